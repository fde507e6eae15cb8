"""What becomes of the names of a file, statement by statement, and what tells its stages apart."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from idemlint.postgres.create_drop import COMMAND_GUARDS
from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.records import NamedTuple
from idemlint.replay.effects import flat
from idemlint.replay.effects.vocabulary import (
    SKIP,
    Body,
    Creates,
    Drops,
    Inserts,
    Opaque,
    Renames,
    Requires,
    UsesColumns,
    Verb,
)
from idemlint.source.tokens import tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.sequence.migration import Migration
    from idemlint.source.statement import Statement

#: Names that a guard can look up.
_LOOKED_UP: Final = frozenset(
    {
        Space.RELATION,
        Space.TYPE,
        Space.COLUMN,
        Space.CONSTRAINT,
        Space.TRIGGER,
        Space.POLICY,
        Space.RULE,
        Space.SCHEMA,
        Space.ROLE,
        Space.ENUM_VALUE,
    }
)
#: Statements that can have `IF EXISTS` for the relation that they change.
_OF_RELATION: Final = frozenset({"AlterTableStmt", "RenameStmt", "AlterObjectSchemaStmt"})
_WITH_QUERIES: Final = frozenset(
    {
        "UpdateStmt",
        "InsertStmt",
        "DeleteStmt",
        "MergeStmt",
        "SelectStmt",
        "CreateTableAsStmt",
        "AlterTableStmt",
        "IndexStmt",
        "ViewStmt",
        "CreatePolicyStmt",
        "CreateTrigStmt",
        "CommentStmt",
        "CreateStatsStmt",
    }
)
#: Statements that make one thing, and nothing else.
_MAKES_ONE: Final = frozenset(
    {"CreateStmt", "IndexStmt", "CreateSeqStmt", "CreateTableAsStmt", "CreateForeignTableStmt"}
)
#: A group of more statements is no group that a person would see.
_MOST: Final = 40


class Sign(NamedTuple):
    """A name that tells a stage: whether it is there."""

    ref: Ref
    present: bool


class _Part(NamedTuple):
    """A statement of a file, and the names that it touches. It `skips` itself where one of these signs does
    not hold: what it makes only where that is not there, and changes only where it is."""

    statement: Statement
    touches: frozenset[Ref]
    skips: frozenset[Sign]


class FileStages:
    """What becomes of the names of a file, statement by statement."""

    def __init__(self, migration: Migration) -> None:
        self.migration = migration
        self.parts: dict[int, _Part] = {}
        self._at_first: dict[Ref, bool] = {}
        #: By name: behind which statements it comes and goes.
        self._events: dict[Ref, list[tuple[int, bool]]] = {}
        self._kinds: dict[Ref, Kind] = {}
        self._written: dict[Ref, Ref] = {}
        self._chain: dict[Ref, Ref] = {}
        self._closed: set[str] = set()
        touched: dict[int, set[Ref]] = {}
        skips: dict[int, set[Sign]] = {}
        for statement in migration.applied():
            index = statement.index
            touched[index], skips[index] = set(), set()
            self._read(index, migration.programs[index], touched[index], skips[index])
        self._mention(touched)
        self._members: dict[Ref, list[int]] = {}
        for statement in migration.applied():
            mine = frozenset(touched[statement.index])
            self.parts[statement.index] = _Part(statement, mine, frozenset(skips[statement.index]))
            for root in {self._root(each) for each in mine}:
                self._members.setdefault(root, []).append(statement.index)

    # -- reading ---------------------------------------------------------------------------------------

    def _read(
        self, index: int, program: tuple[Effect, ...], touched: set[Ref], skips: set[Sign]
    ) -> None:
        for effect in flat(program):
            match effect:
                case Requires(ref, want, otherwise, kind, verb) if verb is not Verb.MEAN:
                    if ref.space not in _LOOKED_UP:
                        continue
                    key = self._known(_beside(ref, effect.beside), kind, present=want)
                    touched.add(key)
                    if otherwise is SKIP:
                        skips.add(Sign(key, want))
                case UsesColumns(table, names):
                    for name in names:
                        column = Ref(Space.COLUMN, name, None, table)
                        touched.add(self._known(column, Kind.COLUMN, present=True))
                case Creates(ref, kind) if ref.space in _LOOKED_UP and not effect.replaces:
                    key = self._known(_beside(ref, effect.beside), kind, present=False)
                    touched.add(key)
                    self._happens(index, key, present=True)
                    index_of = _plain(
                        _beside(ref._replace(space=Space.RELATION, parent=None), ref.parent)
                    )
                    if ref.space is Space.CONSTRAINT and (index, True) in self._events.get(
                        index_of, ()
                    ):
                        # An index that was there has become the constraint's, and has its name.
                        self._chain[self._root(index_of)] = self._root(key)
                case Drops(ref, kind) if ref.space in _LOOKED_UP:
                    key = self._known(ref, kind, present=True)
                    touched.add(key)
                    self._happens(index, key, present=False)
                case Renames(ref, to, kind) if ref.space in _LOOKED_UP:
                    old = self._known(ref, kind, present=True)
                    new = self._known(_beside(to, ref), kind, present=False)
                    touched |= {old, new}
                    self._happens(index, old, present=False)
                    self._happens(index, new, present=True)
                    self._chain[self._root(old)] = self._root(new)
                case Body() | Opaque():
                    words = tokens_of(
                        self.migration.parsed, self.migration.parsed.statements[index]
                    )
                    self._closed.update(word.text.strip('"').lower() for word in words)
                    text = self.migration.text(self.migration.parsed.statements[index].span)
                    self._closed.update(text.replace('"', " ").replace("'", " ").lower().split())

    def _known(self, ref: Ref, kind: Kind, *, present: bool) -> Ref:
        """A name as it is known here, met for the first time or once more."""
        key = _plain(ref)
        self._kinds.setdefault(key, kind)
        if self._written.setdefault(key, ref).schema is None:
            self._written[key] = ref
        self._at_first.setdefault(key, present)
        return key

    def _happens(self, index: int, ref: Ref, *, present: bool) -> None:
        self._events.setdefault(ref, []).append((index, present))

    def _mention(self, touched: dict[int, set[Ref]]) -> None:
        """Queries and expressions name columns: by words, where such a column goes in this file."""
        columns = [each for each in self._events if each.space is Space.COLUMN and each.parent]
        if not columns:
            return
        by_name: dict[str, list[Ref]] = {}
        for each in columns:
            by_name.setdefault(each.name, []).append(each)
        for statement in self.migration.applied():
            if statement.kind not in _WITH_QUERIES:
                continue
            words = {
                word.text.strip('"') if word.kind == "quoted" else word.text.lower()
                for word in tokens_of(self.migration.parsed, statement)
            }
            for name in by_name.keys() & words:
                touched[statement.index].update(
                    each
                    for each in by_name[name]
                    if each.parent is not None and each.parent.name in words
                )

    # -- asking ----------------------------------------------------------------------------------------

    def _root(self, ref: Ref) -> Ref:
        while ref in self._chain and self._chain[ref] != ref:
            ref = self._chain[ref]
        return ref

    def presence(self, ref: Ref, index: int) -> bool:
        """Whether a name is there before a statement."""
        events = self._events.get(ref, ())
        at = bisect_right(events, index - 1, key=lambda each: each[0])
        return events[at - 1][1] if at else self._at_first[ref]

    def kind(self, ref: Ref) -> Kind:
        """What a name is the name of."""
        return self._kinds[ref]

    def written(self, ref: Ref) -> Ref:
        """A name as the file has it, with its schema where that is said."""
        return self._written[ref]

    def _names(self, ref: Ref) -> frozenset[Ref]:
        return self._names_of(self._root(ref))

    def _names_of(self, root: Ref) -> frozenset[Ref]:
        """The names that one thing has, one after the other."""
        found = {each for each in self._chain if self._root(each) == root}
        return frozenset(found | {root})

    def group(self, index: int) -> tuple[int, ...]:
        """The statements that go through the stages of renamed names with this one, in the file's order."""
        found: set[int] = set()
        waiting = [index]
        roots: set[Ref] = set()
        while waiting:
            each = waiting.pop()
            if each in found:
                continue
            found.add(each)
            for root in {self._root(ref) for ref in self.parts[each].touches}:
                if root not in roots and len(self._names_of(root)) > 1:
                    roots.add(root)
                    waiting += self._members[root]
        return tuple(sorted(found)) if roots and len(found) <= _MOST else ()

    def shown(self, group: tuple[int, ...]) -> list[str]:
        """The names by which a group's statements are guarded."""
        signs = {sign for index in group for sign in self.signs(index)}
        return sorted({f"{self.kind(each.ref).noun} {each.ref}" for each in signs})

    def signs(self, index: int) -> tuple[Sign, ...]:
        """What must be there, or not, for a statement to run: this tells its stage from all later ones, but
        for those where it does no harm. Clauses that it has, or can have, count as had."""
        part = self.parts[index]
        found: dict[Sign, None] = {}
        for root in sorted({self._root(each) for each in part.touches}, key=str):
            names = self._names_of(root)
            stages = self._harmful(index, part, names, part.skips | self._clauses(index))
            found.update(dict.fromkeys(self._told(index, names, stages)))
        return tuple(found)

    def clauses(self, index: int) -> list[Sign]:
        """The guards of its own that a statement lacks, and needs."""
        part = self.parts[index]
        return [
            sign
            for sign in self._clauses(index) - part.skips
            for stages in [self._harmful(index, part, self._names(sign.ref), part.skips)]
            if _tells(sign, stages)
        ]

    def _harmful(
        self, index: int, part: _Part, names: frozenset[Ref], skips: frozenset[Sign]
    ) -> list[frozenset[Ref]]:
        """The later stages of a thing at which a statement must not run, and that it does not skip."""
        mine, first = self._stage(names, index), self._stage(names, 0)
        changes = any(at == index for each in names for at, _ in self._events.get(each, ()))
        touched = names & part.touches
        later = {at + 1 for ref in names for at, _ in self._events.get(ref, ()) if at >= index}
        return [
            stage
            for stage in (self._stage(names, at) for at in sorted(later))
            if stage not in {mine, first}
            and (changes or stage & touched != mine & touched)
            and not any(
                (each.ref in stage) is not each.present for each in skips if each.ref in names
            )
        ]

    def _told(
        self, index: int, names: frozenset[Ref], stages: list[frozenset[Ref]]
    ) -> Iterator[Sign]:
        """Signs that tell the stage before a statement from others."""
        mine, made = self._stage(names, index), self._made(index)
        signs = sorted(
            (Sign(each, each in mine) for each in names),
            key=lambda sign: (
                sign.ref.space is not Space.CONSTRAINT,
                sign.ref in made or sign.ref not in self.parts[index].touches,
                str(sign.ref),
            ),
        )
        while stages:
            best = max(signs, key=lambda sign: _tells(sign, stages))
            if not _tells(best, stages):
                return
            stages = [stage for stage in stages if (best.ref in stage) is best.present]
            yield best

    def _made(self, index: int) -> set[Ref]:
        return {
            ref for ref in self.parts[index].touches if (index, True) in self._events.get(ref, ())
        }

    def _stage(self, names: frozenset[Ref], index: int) -> frozenset[Ref]:
        return frozenset(each for each in names if self.presence(each, index))

    def _clauses(self, index: int) -> frozenset[Sign]:
        """The guards of its own that a statement can have."""
        part = self.parts[index]
        tree = part.statement.tree
        if tree is None:
            return frozenset()
        found = set()
        if tree.kind in _OF_RELATION and (ref := self._own_relation(index)) is not None:
            found.add(Sign(ref, present=True))
        made = self._made(index)
        if tree.kind in _MAKES_ONE:
            found |= {Sign(each, present=False) for each in made if each.space is Space.RELATION}
        one = len(tree.cmds or tree.objects or ()) == 1
        if tree.kind == "DropStmt" and one:
            found |= {Sign(each, present=True) for each in self._gone(index)}
        if tree.kind == "AlterTableStmt" and one and tree.cmds[0].subtype in COMMAND_GUARDS:
            found |= {Sign(each, present=False) for each in made}
            found |= {Sign(each, present=True) for each in self._gone(index)}
        return frozenset(found)

    def _gone(self, index: int) -> set[Ref]:
        return {
            ref for ref in self.parts[index].touches if (index, False) in self._events.get(ref, ())
        }

    def _own_relation(self, index: int) -> Ref | None:
        """The relation that a statement alters, renames or moves, which it can do IF EXISTS."""
        for effect in flat(self.migration.programs[index]):
            if isinstance(effect, Requires) and effect.want:
                return _plain(effect.ref) if effect.ref.space is Space.RELATION else None
        return None

    def comes_back(self, index: int) -> bool:
        """Whether the names that a statement touches are in the end as they were: it runs again each time."""
        end = max(self.parts) + 1
        touched = self.parts[index].touches
        names = {each for ref in touched for each in self._names(ref)}
        return all(self.presence(each, 0) is self.presence(each, end) for each in names)

    def fills(self, index: int) -> list[Ref]:
        """The tables that a statement fills, which the file makes, and nothing else in it fills."""
        return [
            ref
            for ref in self._filled(index)
            if self._at_first.get(_plain(ref)) is False
            and [each for each in self.parts if ref in self._filled(each)] == [index]
        ]

    def _filled(self, index: int) -> list[Ref]:
        effects = flat(self.migration.programs[index])
        return [each.table for each in effects if isinstance(each, Inserts)]

    def is_open(self, sign: Sign) -> bool:
        """Whether nothing changes the name that is not read here."""
        return sign.ref.name.lower() not in self._closed


def _tells(sign: Sign, stages: list[frozenset[Ref]]) -> int:
    """How many stages a sign tells from the one that it was read at."""
    return sum((sign.ref in stage) is not sign.present for stage in stages)


def _beside(ref: Ref, other: Ref | None) -> Ref:
    """A name that is made where another is."""
    if other is None or ref.schema is not None or ref.space not in {Space.RELATION, Space.TYPE}:
        return ref
    return ref._replace(schema=other.schema)


def _plain(ref: Ref) -> Ref:
    """A name, however it is written: what is in `public` needs no schema."""
    parent = None if ref.parent is None else _plain(ref.parent)
    return ref._replace(schema=None if ref.schema == "public" else ref.schema, parent=parent)
