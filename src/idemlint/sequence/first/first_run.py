"""The first run of a sequence, on a database that was empty: what is there is what its files have made.

It goes along with the replay that takes first runs to have succeeded, and runs the same programs over a
catalog of its own. What nobody has made yet is absent where a statement of the folder makes it later; what
nobody in the folder makes is outside, and unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from idemlint.faults import ours
from idemlint.postgres.kinds import Ref, Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog import knowledge
from idemlint.replay.catalog.relation import TableDefinition
from idemlint.replay.effects import flat
from idemlint.replay.effects.vocabulary import (
    Creates,
    CreatesUnnamed,
    Drops,
    Renames,
    Requires,
)
from idemlint.replay.judge.assembly import new_machine
from idemlint.replay.judge.first import First, first, needed
from idemlint.replay.judge.rerun import ends_of
from idemlint.replay.machine.run import Pass
from idemlint.sequence.first.first_outcome import RUNS, FirstFailure, FirstOutcome, StatementSite

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.replay.judge.rerun import Program
    from idemlint.replay.machine.state import StateMark
    from idemlint.runners.ordering import Ordering
    from idemlint.sequence.first.makings import Making, Makings
    from idemlint.sequence.running.runs import Running
    from idemlint.sequence.script import Scripts
    from idemlint.sequence.terms import Terms


class _Place(NamedTuple):
    """A file that has run: the state before it, how many failures and doubts there were by then, and the
    number of the statement before its first one. An empty `name`: it did nothing by itself, or cannot be
    read."""

    mark: StateMark
    failures: int
    doubts: int
    notable: int
    name: str = ""
    number: int = 0


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


class FirstRun:
    """The first run, which goes `along` with a replay: file by file, and back again."""

    def __init__(self, along: Along, scripts: Scripts) -> None:
        terms = along.terms
        session = scripts.profile.session
        self._machine = new_machine(terms.search_path, terms.postgres_version, session)
        self._along = along
        self._scripts = scripts
        self._asked: Makings | None = None
        self._places: list[_Place] = []
        #: Files that have run, and were taken back for what another file says now.
        self._waiting: list[_Place] = []
        self._failures: list[FirstFailure] = []
        #: What statements make of which it cannot be told whether they run, first made first.
        self._doubtful: dict[Ref, StatementSite] = {}
        #: What does not run, or of which it cannot be told, by its file and its index there.
        self.notable: list[tuple[tuple[str, int], FirstOutcome]] = []
        #: Files whose rows were told, each with the place of who was told.
        self._referred: list[tuple[str, int]] = []

    @property
    def _makings(self) -> Makings:
        """Who makes what; most folders are never asked."""
        if self._asked is None:
            from idemlint.sequence.first.makings import Makings

            self._asked = Makings(self._along.names, self._scripts, self._along.terms)
        self._asked.place = len(self._places) - 1
        return self._asked

    def back_to(self, place: int) -> None:
        """Undo the files from `place` on."""
        ran = len(self._places)
        del self._waiting[max(place - ran, 0) :]
        if ran > place:
            before = self._places[place]
            self._machine.state.rollback(before.mark)
            del self._failures[before.failures :]
            del self.notable[before.notable :]
            for ref in list(self._doubtful)[before.doubts :]:
                del self._doubtful[ref]
            del self._places[place:]
            self._referred = [each for each in self._referred if each[1] < place]

    def update(self, names: Sequence[str]) -> int:
        """Some files have other texts now. Returns the place of the first file of which something else may be
        said for that, though it stands before them."""
        asked = self._asked
        place = asked.update(names) if asked is not None else len(self._along.names)
        place = min((at for file, at in self._referred if file in names), default=place)
        if place < len(self._places):
            waiting = [*self._places[place:], *self._waiting]
            self.back_to(place)
            self._waiting = waiting
        return place

    def passed(self, name: str = "", number: int = 0) -> None:
        """A file begins that does nothing by itself (without a `name`), or what `run` says."""
        self._places.append(
            _Place(
                self._machine.state.mark(),
                len(self._failures),
                len(self._doubtful),
                len(self.notable),
                name,
                number,
            )
        )

    def run(self, runs: Running, number: int) -> list[FirstOutcome]:
        """Run what a file runs; the first statement has the number behind `number`. Where the file has run on
        the live database, a statement that fails here has done its work there, and counts as done."""
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            if each.name:
                self._run(self._along.running(each.name), each.number)
            else:
                self.passed()
        return self._run(runs, number)

    def _run(self, runs: Running, number: int) -> list[FirstOutcome]:
        machine, state = self._machine, self._machine.state
        programs, ends = runs.programs(), ends_of(state, runs.units())
        has_run = self._along.is_applied(runs.name)
        self.passed(runs.name, number)
        machine.faults.clear()
        state.begin_file()
        run = Pass(machine, judging=True, file_start=number, world=self)
        told = []
        for index, program in enumerate(programs):
            mine = number + 1 + index
            result = run.statement(mine, program)
            error = machine.faults.get(mine)
            if error is not None:
                runs.blame(index, error)
                told.append(FirstOutcome("unknown", reason=ours(error)))
            else:
                found = first(run, result)
                outcome = RUNS if found.verdict == "runs" else self._told(found, program)
                if outcome.verdict == "unknown":
                    self._doubts(mine, program)
                elif outcome.verdict == "runs" and self._doubtful:
                    outcome = self._rests_on_doubt(program) or outcome
                told.append(outcome)
                origin = self._along.origin(mine) if outcome is not RUNS else None
                if origin is not None:
                    self.notable.append((origin, outcome))
                if result is not None and found.sqlstate is not None:
                    self._failed(mine, program, outcome, has_run=has_run)
            if index in ends:
                state.end_unit()
        state.end_file()
        return told

    def _failed(
        self, number: int, program: Program, outcome: FirstOutcome, *, has_run: bool
    ) -> None:
        if has_run or outcome.verdict != "fails":
            # Where it cannot be told that it failed, it is taken to have done its work.
            Pass(self._machine, judging=False, file_start=number).statement(number, program)
            return
        site = self._site(self._along.origin(number))
        if site is not None:
            self._failures.append(self._failure(number, outcome.follows or site, program))

    def _doubts(self, number: int, program: Program) -> None:
        """What a statement makes may not be there: it cannot be told whether it runs."""
        site = None
        for effect in flat(program):
            if isinstance(effect, Creates):
                site = site or self._site(self._along.origin(number))
                if site is not None:
                    self._doubtful.setdefault(self._makings.resolved(effect.ref), site)

    def _rests_on_doubt(self, program: Program) -> FirstOutcome | None:
        """A statement that needs what may not be there."""
        for effect in flat(program):
            if isinstance(effect, Requires) and effect.want:
                ref = effect.ref
                for needed_ref in (ref, ref.parent):
                    site = (
                        self._doubtful.get(self._makings.resolved(needed_ref))
                        if needed_ref
                        else None
                    )
                    if site is not None:
                        reason = f"it needs {needed_ref}, and whether that was made cannot be told"
                        return FirstOutcome("unknown", None, reason, effect, follows=site)
        return None

    def _failure(self, number: int, root: StatementSite, program: Program) -> FirstFailure:
        resolved = self._makings.resolved
        made: dict[Ref, object] = {}
        ended: set[Ref] = set()
        touched: set[Ref] = set()
        for effect in flat(program):
            if isinstance(effect, Creates):
                made[resolved(effect.ref)] = effect.definition
                tables = (*effect.owners, effect.beside, effect.ref.parent)
                touched.update(resolved(each) for each in tables if each is not None)
            elif isinstance(effect, CreatesUnnamed):
                touched.add(resolved(effect.table))
            elif isinstance(effect, Renames):
                made[resolved(effect.to)] = None
                ended.add(resolved(effect.ref))
            elif isinstance(effect, Drops):
                ended.add(resolved(effect.ref))
        return FirstFailure(number, root, made, frozenset(ended), frozenset(touched))

    @property
    def _doubt(self) -> str:
        """Why the order of the files is only a guess; empty where it is known."""
        return self._along.ordering.doubt

    # -- what a name is that nobody has made yet -----------------------------------------------------

    def is_to_come(self, ref: Ref) -> bool:
        """Whether it is surely not there: a statement of the folder makes it, and has not done so yet."""
        if self._doubt or ref.parent is not None or ref.space not in _CLOSED:
            return False
        catalog = self._machine.catalog
        if knowledge.is_open(catalog, ref.name):
            return False
        makings = self._makings.of(ref)
        if ref.space is Space.TYPE:
            makings += self._makings.of(ref._replace(space=Space.RELATION))
        if not makings:
            return False
        if any(each.guarded for each in makings) and self._makings.has_baseline:
            knowledge.open_all(catalog, (ref.name,))
            return False
        return True

    def may_be_there(self, ref: Ref) -> bool:
        """Whether it may be there all the same: of what built its SQL, nobody knows what it made."""
        return knowledge.is_open(self._machine.catalog, ref.name)

    # -- who is to blame -----------------------------------------------------------------------------

    def _told(self, found: First, program: Program) -> FirstOutcome:
        outcome = FirstOutcome(*found[:6])
        if found.verdict != "fails":
            return outcome
        effect = found.effect
        if found.is_made_twice and isinstance(effect, Requires):
            ref = self._makings.resolved(effect.ref)
            follows = next((each.root for each in self._failures[::-1] if ref in each.ended), None)
            if self._doubt and self._makings.is_ended(ref):
                return self._in_doubt(outcome)
            because = self._site(self._along.origin(found.maker))
            # Most things are made once.
            from idemlint.sequence.first.sameness import makes_the_same

            same = makes_the_same(self._machine.catalog, program, effect.ref)
            return outcome._replace(
                because=because, follows=follows, is_made_twice=True, is_same=same
            )
        missing = needed(effect)
        if missing is None:
            return self._in_doubt(outcome) if self._doubt else outcome
        return self._missing(outcome, found, self._makings.resolved(missing))

    def _missing(self, outcome: FirstOutcome, found: First, ref: Ref) -> FirstOutcome:
        """Of something that is not there."""
        makings = self._makings.of(ref)
        if self._doubt and (makings or found.maker or self._makings.is_ended(ref)):
            return self._in_doubt(outcome)
        follows = self._follows(ref, found)
        because = self._site(self._along.origin(found.maker)) if found.maker else None
        to_come = skipped = False
        if follows is None and because is None:
            later = next((each for each in makings if not self._has_run(each)), None)
            because = self._making_site(later) if later is not None else self._skipped(ref)
            to_come, skipped = later is not None, later is None and because is not None
        return outcome._replace(
            because=because, follows=follows, is_to_come=to_come, is_skipped=skipped
        )

    def _follows(self, ref: Ref, found: First) -> StatementSite | None:
        """The failure without which it would be there."""
        by_key = found.sqlstate in {"42P10", "42830"} or (
            found.sqlstate == "42704" and not ref.parent
        )
        parent = ref.parent
        for each in reversed(self._failures):
            if ref in each.made or (parent is not None and parent in each.made):
                made = each.made.get(parent) if parent is not None else None
                told = isinstance(made, TableDefinition) and ref not in each.made
                if not told or _has(made, ref):
                    return each.root
            if by_key and ref in each.touched:
                return each.root
        return None

    def _skipped(self, ref: Ref) -> StatementSite | None:
        """The statement whose guard found another table there, and that would have made it."""
        table = ref.parent
        if table is None:
            return None
        for making in self._makings.of(table):
            script = self._scripts.read(making.file)
            for effect in flat(script.program(script.parsed.statements[making.statement])):
                made = effect.definition if isinstance(effect, Creates) else None
                if isinstance(made, TableDefinition) and made.inside(ref.space, ref.name):
                    return self._making_site(making)
        return None

    def _has_run(self, making: Making) -> bool:
        """Whether the run has come past a statement."""
        last = self._along.origin(self._machine.catalog.statement)
        if last is None:
            return True
        place = self._makings.place_of
        return (place(making.file), making.statement) <= (place(last[0]), last[1])

    def _in_doubt(self, outcome: FirstOutcome) -> FirstOutcome:
        reason = f"{outcome.reason}, if the files run in this order: {self._doubt}"
        return outcome._replace(verdict="unknown", sqlstate=None, reason=reason)

    def _making_site(self, making: Making) -> StatementSite | None:
        return self._site((making.file, making.statement))

    def _site(self, origin: tuple[str, int] | None) -> StatementSite | None:
        if origin is None:
            return None
        file, index = origin
        self._referred.append((file, len(self._places) - 1))
        parsed = self._scripts.read(file).parsed
        start = parsed.statements[index].span.start
        return StatementSite(file, index, parsed.source.data.count(b"\n", 0, start) + 1)


def _has(definition: object, ref: Ref) -> bool:
    """Whether a table that would have been made may have had something."""
    if not isinstance(definition, TableDefinition):
        return True
    return definition.inside(ref.space, ref.name) is not False


#: Of these names the folder's statements tell which there are; others come with the server, or extensions.
_CLOSED: Final = frozenset({Space.RELATION, Space.TYPE, Space.ROUTINE, Space.SCHEMA})
