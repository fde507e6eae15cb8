"""What a file does to names, statement by statement, as its effects and its words tell."""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Final
from weakref import proxy

from idemlint.plpgsql.nodes import Dynamic, Sql, walk
from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.records import NamedTuple
from idemlint.replay.effects import effects_of, flat
from idemlint.replay.effects.vocabulary import (
    SKIP,
    Body,
    Creates,
    Drops,
    Opaque,
    Renames,
    Requires,
    UsesColumns,
    Verb,
)
from idemlint.source.tokens import tokens_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.plpgsql.nodes import Block
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


class Sign(NamedTuple):
    """A name that tells a stage: whether it is there."""

    ref: Ref
    present: bool


class Touching(NamedTuple):
    """A statement of a file, and the names that it touches. It `skips` itself where one of these signs does
    not hold: what it makes only where that is not there, and changes only where it is."""

    home: Migration
    statement: Statement
    touches: set[Ref]
    skips: set[Sign]

    @property
    def program(self) -> tuple[Effect, ...]:
        """What it does."""
        return self.home.programs[self.statement.index]

    @property
    def is_alone(self) -> bool:
        """Whether it is a body that holds one statement."""
        block = self.home.body(self.statement)
        return block is not None and sum(isinstance(each.node, Sql) for each in walk(block)) == 1


class NamesRead:
    """The names of a file, or of a folder: which statements touch them, and behind which they come and go."""

    def __init__(self, migrations: Sequence[Migration]) -> None:
        #: By a number that counts through the files.
        self.parts: dict[int, Touching] = {}
        self._numbers: dict[tuple[str, int], int] = {}
        self._at_first: dict[Ref, bool] = {}
        #: By name: behind which statements it comes and goes.
        self._events: dict[Ref, list[tuple[int, bool]]] = {}
        self._kinds: dict[Ref, Kind] = {}
        self._written: dict[Ref, Ref] = {}
        self._chain: dict[Ref, Ref] = {}
        self._closed: set[str] = set()
        for migration in migrations:
            # It keeps what is made of it here.
            home = proxy(migration)
            for statement in migration.applied():
                number = len(self.parts)
                self._numbers[migration.path, statement.index] = number
                part = self.parts[number] = Touching(home, statement, set(), set())
                self._read(number, part, migration.programs[statement.index])
        self._mention()
        #: By its last name: all names that one thing has, one after the other.
        self._one: dict[Ref, set[Ref]] = {}
        for ref in self._chain:
            root = self._root(ref)
            self._one.setdefault(root, {root}).add(ref)
        self._members: dict[Ref, list[int]] = {}
        for number, part in self.parts.items():
            for root in {self._root(each) for each in part.touches}:
                self._members.setdefault(root, []).append(number)

    def number(self, migration: Migration, index: int) -> int | None:
        """The number of a statement; `None`: it does not run."""
        return self._numbers.get((migration.path, index))

    def _read(self, index: int, part: Touching, program: tuple[Effect, ...]) -> None:
        touched, skips = part.touches, part.skips
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
                    index_of = plain(
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
                case Body(block):
                    self._read_body(index, part, block)
                case Opaque():
                    self._close(part.home.text(part.statement.span))

    def _read_body(self, index: int, part: Touching, block: Block) -> None:
        """What stands in a body has run once, whatever it hangs on."""
        for place in walk(block):
            if isinstance(place.node, Sql):
                effects = effects_of(place.node.tree, part.home.postgres_version)
                inside = Touching(part.home, part.statement, part.touches, set())
                self._read(index, inside, effects)
            elif isinstance(place.node, Dynamic):
                self._close(part.home.text(part.statement.span))

    def _close(self, text: str) -> None:
        """Nothing is known of what a text may do to the names in it."""
        self._closed.update(re.findall(r"\w+", text.lower()))

    def _known(self, ref: Ref, kind: Kind, *, present: bool) -> Ref:
        """A name as it is known here, met for the first time or once more."""
        key = plain(ref)
        self._kinds.setdefault(key, kind)
        if self._written.setdefault(key, ref).schema is None:
            self._written[key] = ref
        self._at_first.setdefault(key, present)
        return key

    def _happens(self, index: int, ref: Ref, *, present: bool) -> None:
        self._events.setdefault(ref, []).append((index, present))

    def _mention(self) -> None:
        """Queries and expressions name columns: by words, where such a column goes."""
        by_name: dict[str, list[Ref]] = {}
        for each in self._events:
            if each.space is Space.COLUMN and each.parent is not None:
                by_name.setdefault(each.name, []).append(each)
        if not by_name:
            return
        for part in self.parts.values():
            if part.statement.kind not in _WITH_QUERIES:
                continue
            words = {
                word.text.strip('"') if word.kind == "quoted" else word.text.lower()
                for word in tokens_of(part.home.parsed, part.statement)
            }
            part.touches.update(
                each
                for name in by_name.keys() & words
                for each in by_name[name]
                if each.parent is not None and each.parent.name in words
            )

    def _root(self, ref: Ref) -> Ref:
        chain, passed = self._chain, []
        while (following := chain.get(ref, ref)) != ref:
            passed.append(ref)
            ref = following
        for each in passed:
            chain[each] = ref
        return ref

    def presence(self, ref: Ref, index: int) -> bool:
        """Whether a name is there before a statement."""
        events = self._events.get(ref, ())
        at = bisect_right(events, index - 1, key=lambda each: each[0])
        return events[at - 1][1] if at else self._at_first[ref]


def _beside(ref: Ref, other: Ref | None) -> Ref:
    """A name that is made where another is."""
    if other is None or ref.schema is not None or ref.space not in {Space.RELATION, Space.TYPE}:
        return ref
    return ref._replace(schema=other.schema)


def plain(ref: Ref) -> Ref:
    """A name, however it is written: what is in `public` needs no schema."""
    parent = None if ref.parent is None else plain(ref.parent)
    return ref._replace(schema=None if ref.schema == "public" else ref.schema, parent=parent)
