"""Who is to blame for a failure of a first run: what made a name already, makes it later, or has failed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeGuard

from idemlint.postgres.kinds import Ref, Space
from idemlint.replay.catalog.relation import IndexDefinition, TableDefinition
from idemlint.replay.effects import flat
from idemlint.replay.effects.vocabulary import (
    Creates,
    CreatesUnnamed,
    Drops,
    Inserts,
    Renames,
    Requires,
)
from idemlint.sequence.first.first_outcome import FirstFailure, FirstOutcome, StatementSite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.judge.first import First
    from idemlint.replay.judge.rerun import Program
    from idemlint.runners.ordering import Ordering
    from idemlint.sequence.first.makings import Making, Makings
    from idemlint.sequence.running.runs import Running
    from idemlint.sequence.script import Scripts
    from idemlint.sequence.terms import Terms


class Along(Protocol):
    """The replay that a first run goes along with."""

    names: tuple[str, ...]
    terms: Terms

    @property
    def ordering(self) -> Ordering:
        """Whether the order of its files is known."""

    def running(self, name: str) -> Running:
        """What runs when a file runs."""

    def is_applied(self, name: str) -> bool:
        """Whether a file has run on the live database."""

    def origin(self, number: int) -> tuple[str, int] | None:
        """Which statement has a number: its file, and its index there."""


class Blame:
    """Tells who is to blame, and remembers what has failed. `place` is that of the file that runs."""

    def __init__(self, along: Along, scripts: Scripts, catalog: Catalog) -> None:
        self._along = along
        self._scripts = scripts
        self._catalog = catalog
        self._asked: Makings | None = None
        self.failures: list[FirstFailure] = []
        #: The last of them by what it would have made, ended, or given a key.
        self._latest: dict[tuple[str, Ref], FirstFailure] = {}
        #: Files whose rows were told, each with the place of who was told; these rows.
        self._referred: list[tuple[str, int]] = []
        self._rows: dict[str, list[int]] = {}
        self._definitions: dict[Ref, list[tuple[Making, TableDefinition]]] = {}
        self.place = 0

    def back_to(self, place: int, failures: int) -> None:
        """Forget what was found from a place on; so many failures there were before it."""
        if len(self.failures) > failures:
            del self.failures[failures:]
            self._latest.clear()
            for each in self.failures:
                self._note(each)
        self._referred = [each for each in self._referred if each[1] < place]

    def update(self, names: Sequence[str]) -> int:
        """Some files have other texts now. Returns the first place at which something else may be said for
        that; behind all files where there is none."""
        self._definitions.clear()
        for name in names:
            self._rows.pop(name, None)
        asked = self._asked
        place = asked.update(names) if asked is not None else len(self._along.names)
        return min((at for file, at in self._referred if file in names), default=place)

    @property
    def makings(self) -> Makings:
        """Who makes what; most folders are never asked."""
        if self._asked is None:
            from idemlint.sequence.first.makings import Makings

            self._asked = Makings(self._along.names, self._scripts, self._along.terms)
        self._asked.place = self.place
        return self._asked

    @property
    def doubt(self) -> str:
        """Why the order of the files is only a guess; empty where it is known."""
        return self._along.ordering.doubt

    def is_pending_with(self, file: str) -> bool:
        """Whether a file surely runs where the present one does: it is the same, or both are behind what
        counts as applied."""
        names = self._along.names
        if file == names[self.place]:
            return True
        return self._along.is_applied(names[0]) and not self._along.is_applied(file)

    def doubt_about(self, makings: Sequence[Making]) -> str:
        """Why it is not known whether what makes a thing runs before the present file, or behind it."""
        ordering = self._along.ordering
        here = self._along.names[self.place]
        return next(filter(None, (ordering.between(here, each.file) for each in makings)), "")

    def failed(self, number: int, outcome: FirstOutcome, program: Program) -> None:
        """A statement has failed: others may follow from that."""
        site = self.site_of(number)
        if site is not None:
            failure = self._failure(number, outcome.follows or site, program)
            self.failures.append(failure)
            self._note(failure)

    def _note(self, failure: FirstFailure) -> None:
        for what, refs in (
            ("made", failure.made),
            ("ended", failure.ended),
            ("keyed", failure.keyed),
        ):
            for ref in refs:
                self._latest[what, ref] = failure

    def _root(self, what: str, ref: Ref) -> StatementSite | None:
        failure = self._latest.get((what, ref))
        return failure.root if failure is not None else None

    def _failure(self, number: int, root: StatementSite, program: Program) -> FirstFailure:
        resolved = self.makings.resolved
        made: dict[Ref, object] = {}
        ended: set[Ref] = set()
        keyed: set[Ref] = set()
        for effect in flat(program):
            if isinstance(effect, Renames):
                made[resolved(effect.to)] = None
            elif isinstance(effect, Creates):
                made[resolved(effect.ref)] = effect.definition
            if isinstance(effect, Renames | Drops):
                ended.add(resolved(effect.ref))
            if isinstance(effect, Creates | CreatesUnnamed) and _is_key(effect.definition):
                tables = (*effect.owners, _parent(effect))
                keyed.update(resolved(each) for each in tables if _is_relation(each))
        return FirstFailure(number, root, made, frozenset(ended), frozenset(keyed))

    def told(self, found: First, program: Program) -> FirstOutcome:
        """What a statement came to that has just run, and did not simply run."""
        outcome = FirstOutcome(*found[:6])
        if found.verdict != "fails":
            return outcome
        effect = found.effect
        if found.is_made_twice and isinstance(effect, Requires):
            ref = self.makings.resolved(effect.ref)
            follows = self._root("ended", ref)
            if self.doubt and self.makings.is_ended(ref):
                return self._in_doubt(outcome)
            because = self.site_of(found.maker)
            # Most things are made once.
            from idemlint.sequence.first.sameness import makes_the_same

            same = makes_the_same(self._catalog, program, effect.ref)
            return outcome._replace(
                because=because, follows=follows, is_made_twice=True, is_same=same
            )
        if isinstance(effect, Inserts):
            return self._without_key(outcome, self.makings.resolved(effect.table))
        if isinstance(effect, Requires):
            return self._missing(outcome, found, self.makings.resolved(effect.ref))
        if self.doubt:
            return self._in_doubt(outcome)
        return outcome._replace(because=self.site_of(found.maker))

    def _without_key(self, outcome: FirstOutcome, table: Ref) -> FirstOutcome:
        """Of rows that a table does not take, or has no such key for."""
        if self.doubt:
            return self._in_doubt(outcome)
        return outcome._replace(follows=self._root("keyed", table))

    def _missing(self, outcome: FirstOutcome, found: First, ref: Ref) -> FirstOutcome:
        """Of something that is not there."""
        makings = self.made(ref)
        if self.doubt and (makings or found.maker or self.makings.is_ended(ref)):
            return self._in_doubt(outcome)
        if tie := self.doubt_about(makings):
            return self._in_doubt(outcome, tie)
        follows = self._follows(ref)
        because = self.site_of(found.maker) if found.maker else None
        to_come = skipped = False
        if follows is None and because is None:
            later = next((each for each in makings if not self._has_run(each)), None)
            because = self._making_site(later) if later is not None else self._skipped(ref)
            to_come, skipped = later is not None, later is None and because is not None
        return outcome._replace(
            because=because, follows=follows, is_to_come=to_come, is_skipped=skipped
        )

    def made(self, ref: Ref) -> list[Making]:
        """What makes a thing of that name; a relation has a type of its name."""
        makings = self.makings.of(ref)
        if ref.space is Space.TYPE:
            makings += self.makings.of(ref._replace(space=Space.RELATION))
        return makings

    def _follows(self, ref: Ref) -> StatementSite | None:
        """The failure without which it would be there."""
        parent = ref.parent
        root = self._root("made", ref)
        if root is not None or parent is None:
            return root
        failure = self._latest.get(("made", parent))
        may_have = failure is not None and _has(failure.made[parent], ref)
        return failure.root if failure is not None and may_have else None

    def _skipped(self, ref: Ref) -> StatementSite | None:
        """The statement whose guard found another table there, and that would have made it."""
        for making, made in self._definitions_of(ref.parent) if ref.parent is not None else ():
            if made.inside(ref.space, ref.name):
                return self._making_site(making)
        return None

    def _definitions_of(self, table: Ref) -> list[tuple[Making, TableDefinition]]:
        known = self._definitions.get(table)
        if known is None:
            known = self._definitions[table] = []
            for making in self.makings.of(table):
                script = self._scripts.read(making.file)
                for effect in flat(script.program(script.parsed.statements[making.statement])):
                    made = effect.definition if isinstance(effect, Creates) else None
                    if isinstance(made, TableDefinition):
                        known.append((making, made))
        return known

    def _has_run(self, making: Making) -> bool:
        """Whether the run has come past a statement."""
        last = self._along.origin(self._catalog.statement)
        if last is None:
            return True
        place = self.makings.place_of
        return (place(making.file), making.statement) <= (place(last[0]), last[1])

    def _in_doubt(self, outcome: FirstOutcome, why: str = "") -> FirstOutcome:
        reason = f"{outcome.reason}, if the files run in this order: {why or self.doubt}"
        return outcome._replace(verdict="unknown", sqlstate=None, reason=reason)

    def site_of(self, number: int) -> StatementSite | None:
        """The statement that has a number."""
        return self.site(self._along.origin(number))

    def _making_site(self, making: Making) -> StatementSite | None:
        return self.site((making.file, making.statement))

    def site(self, origin: tuple[str, int] | None) -> StatementSite | None:
        """The statement at an index of a file, with its row."""
        if origin is None:
            return None
        file, index = origin
        self._referred.append((file, self.place))
        return StatementSite(file, index, self._rows_of(file)[index])

    def _rows_of(self, file: str) -> list[int]:
        """The rows on which a file's statements begin."""
        known = self._rows.get(file)
        if known is None:
            parsed = self._scripts.read(file).parsed
            data, row, at = parsed.source.data, 1, 0
            known = self._rows[file] = []
            for each in parsed.statements:
                row += data.count(b"\n", at, each.span.start)
                at = each.span.start
                known.append(row)
        return known


def _is_key(definition: object) -> bool:
    return isinstance(definition, IndexDefinition) and bool(
        definition.unique or definition.excludes
    )


def _parent(effect: Creates | CreatesUnnamed) -> Ref | None:
    return effect.table if isinstance(effect, CreatesUnnamed) else effect.ref.parent


def _is_relation(ref: Ref | None) -> TypeGuard[Ref]:
    return ref is not None and ref.space is Space.RELATION


def _has(definition: object, ref: Ref) -> bool:
    """Whether a table that would have been made may have had something."""
    if not isinstance(definition, TableDefinition):
        return True
    return definition.inside(ref.space, ref.name) is not False
