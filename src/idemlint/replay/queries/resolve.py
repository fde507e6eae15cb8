"""Names of a query → columns of the catalog, as PostgreSQL's parse analysis finds them.

A name is looked for level by level, from the inside (`colNameToVar`, `refnameNamespaceItem`:
src/backend/parser/parse_relation.c). Of what may have any column nothing is claimed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Ref, Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog.datatype import BUILTIN
from idemlint.replay.catalog.slots import ABSENT, PRESENT
from idemlint.replay.queries.columns import Output, columns_of, names_of, type_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from idemlint.plpgsql.bindings import Declared
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Key, Slot
    from idemlint.replay.queries.scope import Meeting, Name, RangeEntry, Scope

#: System columns, which every table has (https://www.postgresql.org/docs/current/ddl-system-columns.html).
SYSTEM_COLUMNS: Final = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid"})


class FoundColumn(NamedTuple):
    """A column that a name stands for: its table and name, or (no table) one that a query gives.

    `type` is as it is written in its definition (`varchar(10)`); empty where that is not known.
    `type_oid` is the type, where it is one that somebody made.
    """

    table: Ref | None
    name: str
    type: str = ""
    type_oid: int = 0


class Resolved:
    """What the names of a query came to.

    `columns` are columns of tables that it reads, in order; `sole` those that only one table could have;
    `missing` are names that nothing has, with the tables that were asked; `met` are columns that meet
    something, and what they meet, if that is a column too; `ambiguous` are columns that are called like a
    variable.
    """

    __slots__ = ("ambiguous", "columns", "met", "missing", "sole")

    def __init__(self) -> None:
        self.ambiguous: list[FoundColumn] = []
        self.columns: dict[tuple[Ref, str], None] = {}
        self.sole: dict[tuple[Ref, str], None] = {}
        self.missing: list[tuple[str, tuple[Ref, ...]]] = []
        self.met: list[tuple[Meeting, FoundColumn, FoundColumn | None]] = []


def found_in(catalog: Catalog, table: Ref, name: str) -> FoundColumn | None:
    """A column of a table; `None`: there is none, or that is not known."""
    if name in SYSTEM_COLUMNS:
        return FoundColumn(None, name)
    slot = catalog.find(table)
    if slot is None or slot.presence is not PRESENT:
        return None
    column = catalog.find_key((Space.COLUMN, slot.oid, name))
    if column is None or column.presence is not PRESENT:
        return None
    type_name = type_of(slot, column, name)
    return FoundColumn(table, name, type_name, _made_type(catalog, type_name, column))


def _made_type(catalog: Catalog, type_name: str, column: Slot) -> int:
    """A type that somebody made: who it is does not change with its name."""
    if not type_name or type_name in BUILTIN or type_name.endswith("[]"):
        return 0
    for oid in column.needs:
        home = catalog.key_of(oid)
        if home is not None and home[0] is Space.TYPE:
            return oid
    slot = catalog.find(_type_called(type_name))
    return slot.oid if slot is not None and slot.presence is PRESENT else 0


def _type_called(type_name: str) -> Ref:
    schema, _, bare = type_name.rpartition(".")
    return Ref(Space.TYPE, bare, schema or None)


def outputs(catalog: Catalog, scope: Scope) -> tuple[Output, ...] | None:
    """The columns that a query gives now, `*` expanded; `None`: they cannot be told."""
    return Resolver(catalog).outputs(scope)


class Resolver:
    """Looks up the names of a query, and notes in `resolved` what they came to.

    `stars`: what `*` stands for as well; `names` are what a name may be that is no column. What was looked
    at: `tables` and types by name, `columns` by key, `types` by identity; `asked_for_all`: all columns of
    a relation, too.
    """

    def __init__(
        self, catalog: Catalog, *, stars: bool = False, names: Declared | None = None
    ) -> None:
        self._catalog = catalog
        self._names = names
        self._stars = stars
        self._outputs: dict[int, tuple[Output, ...] | None] = {}
        self._by_name: dict[int, dict[str, list[RangeEntry]]] = {}
        self.tables: dict[Ref, Slot | None] = {}
        self.columns: dict[Key, Slot | None] = {}
        self.types: dict[int, None] = {}
        self.asked_for_all = False
        self.resolved = Resolved()

    def level(self, scope: Scope, around: tuple[Scope, ...]) -> None:
        """Look up all names of a level and of those in it, `around` which others are."""
        for each in scope.apart:
            if each.asks:
                self.level(each, around)
        levels = (scope, *around)
        looked: dict[Name, _Look] = {}
        for name in scope.names:
            if name[-1] != "*":
                looked[name] = found = self._look(name, levels)
                self._note(name, found)
        if self._stars:
            self._star(scope)
        for meeting in scope.meetings:
            column_name = meeting.column
            known = column_name in looked
            found = looked[column_name] if known else self._look(column_name, levels)
            typed = self.typed(found)
            if typed is not None and typed.type:
                other = self._look(meeting.other, levels) if meeting.other else None
                self.resolved.met.append((meeting, typed, self.typed(other)))
        for each in scope.inner:
            if each.asks:
                self.level(each, levels)

    def _star(self, scope: Scope) -> None:
        """`*` is each column that is there now."""
        names: Iterable[Name] = scope.names
        if scope.targets is not None:
            names = [each.name for each in scope.targets if each.label == "*" and not each.type]
        for name in names:
            of = name[-2] if len(name) > 1 else None
            for source in scope.sources if name[-1:] == ("*",) else ():
                slot = self._table(source.table) if source.table is not None else None
                if slot is None or source.table is None or of not in {None, source.name}:
                    continue
                self.asked_for_all = True
                for column in names_of(self._catalog, slot):
                    self.resolved.columns[source.table, column] = None

    def _note(self, name: Name, found: _Look) -> None:
        resolved = self.resolved
        if isinstance(found, FoundColumn):
            if found.table is not None:
                resolved.columns[found.table, found.name] = None
        elif isinstance(found, _Sole):
            resolved.sole[found.table, name[-1]] = None
        elif found is not None:
            resolved.missing.append((name[-1], found))

    def _look(self, name: Name, levels: tuple[Scope, ...]) -> _Look:
        """The column; the only table that may have it; the tables that all lack it; `None`: unknown."""
        found = self._qualified(name, levels) if len(name) > 1 else self._bare(name, levels)
        names = self._names
        if names is None or not names.knows(name[0]):
            return found
        if len(name) == 1:
            return self._or_variable(name[0], names, levels, found)
        return found if isinstance(found, FoundColumn) else None

    def _or_variable(
        self, name: str, names: Declared, levels: tuple[Scope, ...], found: _Look
    ) -> _Look:
        """The same for what may be a variable: it is one where there is surely no column."""
        type_name = names.type_of(name)
        if type_name is None:
            return found
        surely = found.__class__ is tuple or not any(level.sources for level in levels)
        if surely or names.come_first:
            return FoundColumn(None, name, type_name)
        if isinstance(found, FoundColumn):
            if found.table is not None and names.clash:
                self.resolved.ambiguous.append(found)
            return found
        return None

    def _bare(self, name: Name, levels: tuple[Scope, ...]) -> _Look:
        label = name[0]
        asked: list[Ref] = []
        for scope in levels:
            maybe: list[RangeEntry] = []
            for source in scope.sources:
                found = self.column(source, label)
                if found is None:
                    maybe.append(source)
                elif found is not _LACKS:
                    return found
                asked += _tables(source)
            if maybe:
                only = maybe[0].table if len(maybe) == len(scope.sources) == 1 else None
                return _Sole(only) if only is not None and not maybe[0].columns else None
        if any(source.name == label for scope in levels for source in scope.sources):
            # A whole row.
            return None
        return tuple(dict.fromkeys(asked)) or None

    def _qualified(self, name: Name, levels: tuple[Scope, ...]) -> _Look:
        of, label = name[-2], name[-1]
        for scope in levels:
            for source in self._named(scope, of):
                if len(name) > 2 and not _in_schema(source, name[-3]):
                    continue
                found = self.column(source, label)
                if found is not None and found is not _LACKS:
                    return found
                if found is None:
                    told = source.table is not None and not source.columns
                    return _Sole(source.table) if told and source.table is not None else None
                return tuple(_tables(source)) or None
        return None

    def _named(self, scope: Scope, name: str) -> Sequence[RangeEntry]:
        """The entries of FROM that go by a name; there may be thousands of others."""
        if len(scope.sources) < 4:
            return [source for source in scope.sources if source.name == name]
        known = self._by_name.get(id(scope))
        if known is None:
            known = self._by_name[id(scope)] = {}
            for source in scope.sources:
                known.setdefault(source.name, []).append(source)
        return known.get(name, ())

    def column(self, source: RangeEntry, label: str) -> FoundColumn | None:
        """A column of an entry of FROM; `_LACKS`: it has none of that name, `None`: that is not known."""
        table, columns = source.table, source.columns
        if not columns and table is not None:
            return self._in_table(table, label)
        if label in columns:
            given = self._behind(source, columns.index(label))
            return given or FoundColumn(None, label)
        if source.only:
            return _LACKS
        if table is not None and label in SYSTEM_COLUMNS:
            return FoundColumn(None, label)
        if source.query is None or columns:
            return None
        given_by_query = self.outputs(source.query)
        if given_by_query is None:
            return None
        found = next((each for each in given_by_query if each.name == label), None)
        return FoundColumn(None, label, found.type) if found is not None else _LACKS

    def _behind(self, source: RangeEntry, place: int) -> FoundColumn | None:
        """The column of a table that an alias list gives another name."""
        if source.table is None:
            return None
        slot = self._table(source.table)
        columns = self._columns_of(slot)
        if columns is None or place >= len(columns):
            return None
        return FoundColumn(source.table, columns[place].name, columns[place].type)

    def _columns_of(self, relation: Slot | None) -> tuple[Output, ...] | None:
        self.asked_for_all = True
        return columns_of(self._catalog, relation) if relation is not None else None

    def _table(self, table: Ref) -> Slot | None:
        if table in self.tables:
            return self.tables[table]
        found = self.tables[table] = self._catalog.find(table)
        return found

    def _in_table(self, table: Ref, label: str) -> FoundColumn | None:
        if label in SYSTEM_COLUMNS:
            return FoundColumn(None, label)
        slot = self.tables[table] if table in self.tables else self._table(table)
        if slot is None or slot.presence is not PRESENT:
            return None
        key = (Space.COLUMN, slot.oid, label)
        column = self.columns[key] = self._catalog.find_key(key)
        if column is None:
            return None
        if column.presence is PRESENT:
            return FoundColumn(table, label)
        return _LACKS if column.presence is ABSENT else None

    def typed(self, found: _Look) -> FoundColumn | None:
        """A column with its type: most names are asked for without."""
        if not isinstance(found, FoundColumn):
            return None
        if found.table is None or found.type:
            return found
        slot = self._table(found.table)
        column = self.columns.get((Space.COLUMN, slot.oid, found.name)) if slot else None
        if slot is None or column is None:
            return found
        name = type_of(slot, column, found.name)
        if name and name not in BUILTIN:
            self.types.update(dict.fromkeys(column.needs))
            self._table(_type_called(name))
        return FoundColumn(found.table, found.name, name, _made_type(self._catalog, name, column))

    # -- what a query gives ----------------------------------------------------------------------------

    def outputs(self, scope: Scope) -> tuple[Output, ...] | None:
        """The columns that a query gives now, `*` expanded; `None`: they cannot be told."""
        known = self._outputs.get(id(scope), ())
        if known != ():
            return known
        found = self._outputs[id(scope)] = self._read_outputs(scope)
        return found

    def _read_outputs(self, scope: Scope) -> tuple[Output, ...] | None:
        if scope.targets is None:
            return None
        found: list[Output] = []
        for target in scope.targets:
            if target.label != "*":
                found.append(Output(target.label, target.type or self._type(target.name, scope)))
                continue
            of = target.name[-2] if len(target.name) > 1 else None
            for source in scope.sources:
                if of is None or source.name == of:
                    columns = self._all(source)
                    if columns is None:
                        return None
                    found += (
                        [each._replace(type="") for each in columns] if target.type else columns
                    )
        return tuple(found)

    def _type(self, name: Name, scope: Scope) -> str:
        found = self.typed(self._look(name, (scope,))) if name else None
        return found.type if found is not None else ""

    def _all(self, source: RangeEntry) -> tuple[Output, ...] | None:
        if source.only:
            return tuple(map(Output, source.columns))
        columns: tuple[Output, ...] | None = None
        if source.table is not None:
            slot = self._table(source.table)
            columns = self._columns_of(slot)
        elif source.query is not None:
            columns = self.outputs(source.query)
        if columns is None or len(source.columns) > len(columns):
            return None
        given = zip(source.columns, columns, strict=False)
        renamed = tuple(each._replace(name=name) for name, each in given)
        return renamed + columns[len(renamed) :]


class _Sole(NamedTuple):
    """The only table that may have a column."""

    table: Ref


_Look = FoundColumn | _Sole | tuple[Ref, ...] | None

_LACKS: Final = FoundColumn(None, "")


def _in_schema(source: RangeEntry, schema: str) -> bool:
    return source.table is not None and source.table.schema in {None, schema}


def _tables(source: RangeEntry) -> list[Ref]:
    """The tables whose columns an entry of FROM has."""
    if source.table is not None:
        return [source.table]
    if source.query is None:
        return []
    return [table for each in source.query.sources for table in _tables(each)]
