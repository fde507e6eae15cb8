"""What a statement looks at in the catalog, and what it may change there, by names.

The names are coarse, so that no schema and no search_path has to be resolved: two statements with nothing in
common cannot concern each other, two with something may.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql import nodes
from idemlint.postgres.kinds import OVERLOADED, Kind, Ref, Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog.relation import IndexDefinition, TableDefinition
from idemlint.replay.catalog.routine import names_in
from idemlint.replay.effects.program import program_within
from idemlint.replay.effects.vocabulary import (
    Body,
    Calls,
    Command,
    Creates,
    CreatesUnnamed,
    Deletes,
    Disowns,
    Drops,
    EndsAtCommit,
    EndsTemporary,
    Entitles,
    Fails,
    Inserts,
    Opaque,
    Renames,
    Retypes,
    Sets,
    SetsPath,
    Transaction,
    Updates,
    UsesColumns,
)
from idemlint.replay.guards.conditions import RowExists
from idemlint.replay.guards.kept import condition_of
from idemlint.replay.judge.held_names import foreign_keys, needed
from idemlint.replay.judge.renamed import Name, Renamed
from idemlint.replay.queries.scope import Scope

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Change
    from idemlint.replay.effects.vocabulary import Effect

#: Inside of any object; of an object that cannot be told; and what keeps an object from being dropped.
_ANYWHERE: Final = "*"
_SOMEWHERE: Final = "~"
_HOLDING: Final = "^"
#: That a table's rows were put elsewhere before: then it may go.
_COPIED: Final = "@copied"
#: Which keys a table has.
_KEYS: Final = "@keys"
_SCHEMA: Final = "schema:"
#: Which schemas of the search_path there are: all that has no schema's name before it is looked for in them.
_PATH: Final = "schemas:"


class Footprint(NamedTuple):
    """What a statement may change, and what it has to do with, that is what it looks at or changes itself;
    `whole`: that cannot be told by names. `passes`: something of it ends with its transaction.

    Two that change something of one table are strangers, unless it is the same thing, or one of them looks at
    all of the table.
    """

    touches: frozenset[Name]
    writes: frozenset[Name]
    whole: bool
    passes: bool


def _is_mark(name: Name) -> bool:
    """Whether it stands for several things."""
    return not isinstance(name, str) and (
        name[0] in {_ANYWHERE, _SOMEWHERE} or name[1] in {_ANYWHERE, _HOLDING}
    )


def footprints(
    programs: Sequence[Iterable[Effect]], postgres_version: int
) -> tuple[list[Footprint], Renamed]:
    """The footprints of a file's statements, each told by its effects, and which of its names are one."""
    renamed = Renamed()
    traces = [_Trace(postgres_version, renamed) for _ in programs]
    on_path: set[Name] = {_SCHEMA + "public"}
    for trace, program in zip(traces, programs, strict=True):
        trace.effects(program)
        on_path |= trace.path
    held = _Held(traces, renamed)
    for trace in traces:
        held.let_go(trace)
        if not trace.writes.isdisjoint(on_path):
            trace.writes.add(_PATH)
    prints = [
        Footprint(
            frozenset(renamed.one_of(trace.reads.union(_unmarked(trace.writes)))),
            frozenset(renamed.one_of(trace.writes)),
            trace.whole,
            trace.passes,
        )
        for trace in traces
    ]
    return prints, renamed


def _unmarked(names: Iterable[Name]) -> Iterator[Name]:
    return (name for name in names if not _is_mark(name))


def changed(catalog: Catalog, changes: Iterable[Change]) -> Iterator[Name]:
    """What changes of the catalog are about: what was changed, what holds it, and what it hung on."""
    for change in changes:
        if change.key is None:
            continue
        space, container, name = change.key
        home = catalog.key_of(container)
        if home is None or home[0] is Space.SCHEMA:
            name = name.partition("(")[0] if space in OVERLOADED else name
            yield _SCHEMA + name if space is Space.SCHEMA else name
        else:
            yield from _inside(home[2], name)
        for slot in (change.before, catalog.recorded(change.key)):
            for oid in (*slot.owners, *slot.needs) if slot is not None else ():
                held = catalog.key_of(oid)
                if held is not None and held[0] is Space.RELATION:
                    yield held[2], _ANYWHERE
                    yield held[2], _HOLDING


def _inside(holder: str, name: str) -> tuple[Name, ...]:
    return (holder, name), (holder, _ANYWHERE), (_ANYWHERE, name)


def _overload(ref: Ref) -> str:
    """A routine or an operator with its arguments; without them, all of its name."""
    return f"{ref.name}(" if ref.signature is None else f"{ref.name}({ref.signature})"


def _tables_of(effect: Creates | CreatesUnnamed) -> Iterator[Ref]:
    """The table that an index or a constraint is on."""
    if isinstance(effect, CreatesUnnamed):
        yield effect.table
    elif effect.ref.parent is not None:
        yield effect.ref.parent
    else:
        yield from (each for each in effect.owners if each.parent is None)


class _Held:
    """What the things that a file makes keep from being dropped, and what goes with CASCADE."""

    def __init__(self, traces: Iterable[_Trace], renamed: Renamed) -> None:
        self._renamed = renamed
        self._held: dict[Name, set[str]] = {}
        self._holding: dict[Name, set[Name]] = {}
        for made, holds in (each for trace in traces for each in trace.holds):
            # It goes with what it is inside of, too.
            for each in (made,) if isinstance(made, str) else (made, made[0]):
                self._held.setdefault(renamed.one(each), set()).update(holds)
            for hold in holds:
                self._holding.setdefault(renamed.one(hold), set()).add(made)

    def let_go(self, trace: _Trace) -> None:
        """Whoever ends a foreign key or a view lets go of the tables that it is about."""
        ended = {*trace.writes, *trace.thins, *trace.overloads}
        waiting: list[Name] = list(trace.cascades)
        while waiting:
            for made in self._holding.get(self._renamed.one(waiting.pop()), ()):
                if made not in ended:
                    ended.add(made)
                    waiting.append(made)
                    bare = made.partition("(")[0] if isinstance(made, str) else ""
                    trace.writes.update((bare,) if isinstance(made, str) else _inside(*made))
        for name in ended:
            held = self._held.get(self._renamed.one(name), ())
            trace.writes.update((each, _HOLDING) for each in held)


class _Trace:
    def __init__(self, postgres_version: int, renamed: Renamed) -> None:
        self._renamed = renamed
        self.reads: set[Name] = set()
        self.writes: set[Name] = set()
        self.holds: list[tuple[Name, set[str]]] = []
        #: Objects that lose something that they have, and with it what hangs on that; and those that end with
        #: all that needs them.
        self.thins: set[str] = set()
        #: Routines and operators that it makes anew or ends, with their arguments: others of their name keep
        #: what they hold.
        self.overloads: set[str] = set()
        self.cascades: set[str] = set()
        self.whole = False
        self.passes = False
        self.path: set[Name] = set()
        self._version = postgres_version

    def effects(self, program: Iterable[Effect]) -> None:
        for effect in program:
            self._effect(effect)

    def _effect(self, effect: Effect) -> None:
        if isinstance(effect, Command):
            self.effects(effect.effects)
            return
        if isinstance(effect, Body):
            self._body(effect.block)
            return
        if isinstance(effect, (EndsTemporary, SetsPath, Transaction)):
            self.whole = True
            if isinstance(effect, SetsPath):
                self.passes = self.passes or effect.local
                self.path.update(_SCHEMA + schema for schema in effect.schemas or ())
            return
        if isinstance(effect, Opaque):
            # What a body does is known only when it runs.
            self.whole = self.whole or effect.call is not None
            self._mention(effect.mentions)
            return
        if isinstance(effect, Entitles):
            self._entitles(effect)
            return
        if isinstance(effect, Calls) and effect.unless is not None:
            self.whole = self.whole or effect.unless.call is not None
        # Each of the tables of a TRUNCATE is looked at for itself.
        self._look_at(effect._replace(among=()) if isinstance(effect, Deletes) else effect)
        if isinstance(effect, Disowns) or (isinstance(effect, Deletes) and effect.cascade):
            # Which tables a TRUNCATE goes on to is looked up.
            self.whole = True
        if isinstance(effect, (Drops, Renames)) and effect.ref.space is Space.SCHEMA:
            # With all that it holds, whoever put it there; without CASCADE it has to be empty.
            self.whole = self.whole or isinstance(effect, Renames) or effect.cascade
        self.passes = self.passes or isinstance(effect, EndsAtCommit)
        if isinstance(effect, (Creates, Drops, EndsAtCommit)):
            self._write(effect.ref)
            if effect.ref.space in OVERLOADED:
                self.overloads.add(_overload(effect.ref))
        elif isinstance(effect, Renames):
            self._write(effect.ref)
            self._write(effect.to)
            self._renamed.add(effect.ref.name, effect.to.name)
        elif isinstance(effect, CreatesUnnamed):
            self.writes.update((effect.base, *_inside(effect.table.name, effect.base)))
        elif isinstance(effect, (Inserts, Updates, Deletes)):
            self.reads.add((effect.table.name, _ANYWHERE))
            self.writes.update(_inside(effect.table.name, "@rows"))
            if isinstance(effect, Inserts):
                self.writes.update((each.name, _COPIED) for each in effect.sources)
        elif isinstance(effect, Fails) and effect.listed is not None:
            table = effect.listed.table
            self.reads.add((table.name, _ANYWHERE))
            self.writes.update(_inside(table.name, "@rows"))
        elif isinstance(effect, (Sets, Retypes)):
            self._write(effect.ref)
            if effect.ref.parent is not None:
                self._holds((effect.ref.parent.name, effect.ref.name), needed(effect))
        if isinstance(effect, (Creates, CreatesUnnamed)):
            self._made(effect)
        elif isinstance(effect, Retypes):
            assert effect.ref.parent is not None
            self.reads.add((effect.ref.parent.name, _HOLDING))
        elif isinstance(effect, Drops):
            ref = effect.ref
            holder = ref.name if ref.parent is None else ref.parent.name
            self.reads.add((holder, _HOLDING))
            if ref.parent is not None:
                self.thins.add(holder)
            if effect.kind is Kind.CONSTRAINT:
                self.writes.add((holder, _KEYS))
            if effect.cascade:
                self.cascades.add(holder)
            if ref.space is Space.RELATION:
                # With all that it has: what made that anew, before it, made nothing that lasts.
                self.reads |= {(ref.name, _ANYWHERE), (ref.name, _COPIED)}

    def _entitles(self, effect: Entitles) -> None:
        """A role is held, by an object that stays what it is."""
        held = {each.name for each in effect.roles}
        self.reads |= held
        self.writes.update((each, _HOLDING) for each in held)
        if effect.ref is not None:
            self._read(effect.ref)
            of = effect.ref if effect.ref.parent is None else effect.ref.parent
            self.holds.append((of.name, held))

    def _made(self, effect: Creates | CreatesUnnamed) -> None:
        """What comes with an object, and what it changes of those that it hangs on (a key, of its table)."""
        for owner in effect.owners:
            table = owner.parent if owner.parent is not None else owner
            self.writes.add((table.name, _ANYWHERE))
        definition = effect.definition
        if isinstance(definition, IndexDefinition) and definition.unique:
            self.writes.update((table.name, _KEYS) for table in _tables_of(effect))
        holds = needed(effect)
        holds |= {each.name for each in (*effect.owners, *effect.needs) if each.parent is None}
        if effect.reads is not None:
            holds.update(each.name for each in (*effect.reads.tables, *effect.reads.types))
            holds.update(name[-1] for name, _ in effect.reads.functions)
        for key in foreign_keys(definition):
            # Which key of the table it stands on is looked up.
            holds.add(key.table.name)
            self.reads.add((key.table.name, _KEYS))
        if isinstance(effect, Creates):
            ref = effect.ref
            self.writes.update((each.name, _COPIED) for each in effect.copies)
            made = ref.name if ref.parent is None else (ref.parent.name, ref.name)
            if ref.space in OVERLOADED:
                made = _overload(ref)
                self.holds.append((_overload(ref._replace(signature=None)), holds))
        else:
            made = (effect.table.name, effect.base)
        self._holds(made, holds)
        if isinstance(definition, TableDefinition):
            self.writes.update(each.name for each in definition.by_products())

    def _holds(self, made: Name, holds: set[str]) -> None:
        self.reads |= holds
        self.writes.update((each, _HOLDING) for each in holds)
        self.holds.append((made, holds))

    def _look_at(self, value: object) -> None:
        """All names that a value holds."""
        if isinstance(value, Ref):
            self._read(value)
        elif isinstance(value, tuple):
            if isinstance(value, RowExists):
                self.reads.add((value.table.name, _ANYWHERE))
            if isinstance(value, UsesColumns):
                for name in value.names:
                    self._read(Ref(Space.COLUMN, name, None, value.table))
            if isinstance(value, Scope):
                self._scope(value, ())
                return
            for each in value:
                if isinstance(each, tuple):
                    self._look_at(each)

    def _scope(self, scope: Scope, around: tuple[Ref, ...]) -> None:
        """The columns that the names of a query may stand for."""
        for each in scope.apart:
            self._scope(each, around)
        here = {source.name: source.table for source in scope.sources if source.table is not None}
        tables = (*here.values(), *around)
        for name in scope.names:
            qualified = here.get(name[-2]) if len(name) > 1 else None
            for table in tables if qualified is None else (qualified,):
                self._read(Ref(Space.COLUMN, name[-1], None, table))
        for each in scope.inner:
            self._scope(each, tables)

    def _read(self, ref: Ref) -> None:
        schema = ref.schema
        if ref.parent is not None:
            holder = ref.parent.name
            self.reads |= {holder, (holder, ref.name), (_SOMEWHERE, ref.name)}
            schema = ref.parent.schema
        elif ref.space is Space.SCHEMA:
            self.reads.add(_SCHEMA + ref.name)
        else:
            # Where a guard does not say in which table, what is in any has the name.
            self.reads |= {ref.name, (_ANYWHERE, ref.name)}
            if ref.signature and ref.space is Space.ROUTINE:
                self.reads.update(names_in(ref.signature))
        if schema is not None:
            self.reads.add(_SCHEMA + schema)
        elif ref.space is not Space.SCHEMA:
            self.reads.add(_PATH)

    def _write(self, ref: Ref) -> None:
        if ref.parent is not None:
            self.writes.update(_inside(ref.parent.name, ref.name))
        else:
            self.writes.add(_SCHEMA + ref.name if ref.space is Space.SCHEMA else ref.name)

    def _mention(self, names: Iterable[str]) -> None:
        for name in names:
            self.writes |= {name, (_ANYWHERE, name), (_SOMEWHERE, name)}

    def _body(self, block: nodes.Block) -> None:
        for place in nodes.walk(block):
            node = place.node
            if isinstance(node, (nodes.Sql, nodes.Asks)):
                self.effects(program_within(node, self._version))
            elif isinstance(node, nodes.Dynamic):
                # What it makes of its pattern is known only when it runs.
                self.whole = True
            elif isinstance(node, nodes.If):
                self._look_at(condition_of(node))
