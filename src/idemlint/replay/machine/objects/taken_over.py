"""Columns that a table has from others: by LIKE, INHERITS, PARTITION OF and OF.

Where all that these have is known, the table is known as a whole. Which keys come along, only `_Keys` says:
nothing of the parents' for INHERITS, an index for each of the parent's for a partition
(https://www.postgresql.org/docs/current/sql-createtable.html, tried on a server).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.column import Column
from idemlint.replay.catalog.datatype import CompositeDefinition
from idemlint.replay.catalog.refs import relation, table_of, type_ref
from idemlint.replay.catalog.relation import TableDefinition
from idemlint.replay.catalog.slots import PRESENT, Key, Slot
from idemlint.replay.machine.objects.needs import by_name
from idemlint.replay.queries.columns import columns_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.effects.vocabulary import Creates
    from idemlint.replay.machine.run import Pass
    from idemlint.source.tree import Tree

#: `CREATE_TABLE_LIKE_INDEXES` (src/include/nodes/parsenodes.h).
_INDEXES: Final = 1 << 6


class TakenOver(TableDefinition):
    """A CREATE TABLE with the columns that it takes over from others: all that it has.

    `has_keys`: keys of others come along as well, and are not told.
    """

    __slots__ = ("_columns", "_has_keys")

    def __init__(self, name: str, tree: Tree, columns: dict[str, Column], *, has_keys: bool):
        super().__init__(name, tree)
        self._columns = columns
        self._has_keys = has_keys
        self.open = has_keys

    @property
    def column_names(self) -> frozenset[str]:
        """The names of all columns."""
        return frozenset(self._columns)

    @property
    def columns(self) -> dict[str, Column]:
        """By name, in order."""
        return self._columns

    def inside(self, space: Space, name: str) -> bool | None:
        """Whether something of that name came with the statement; `None`: it does not say."""
        if space is Space.COLUMN:
            return name in self._columns
        return super().inside(space, name)


def completed(run: Pass, definition: TableDefinition, name: str) -> TableDefinition:
    """The same with all columns that it takes over; as it is where these are not all known."""
    stmt = definition.statement
    columns: dict[str, Column] = {}
    has_keys = "partbound" in stmt.fields
    for source, options in _sources(stmt):
        found = _columns(run.catalog, source)
        if found is None:
            return definition
        has_keys = has_keys or bool(options & _INDEXES)
        if len(columns) + len(found) > _MOST_COLUMNS:
            return definition
        for each in found:
            columns.setdefault(each.name, each)
    columns.update(definition.columns)
    return TakenOver(name, stmt, columns, has_keys=has_keys)


def _sources(stmt: Tree) -> Iterator[tuple[Ref, int]]:
    """What it takes columns from, with the options of LIKE."""
    for parent in stmt.inhRelations or ():
        yield relation(parent), 0
    if stmt.ofTypename is not None:
        yield type_ref(stmt.ofTypename), 0
    for element in stmt.fields.get("tableElts", ()):
        like = element.get("TableLikeClause")
        if like is not None:
            yield table_of(like["relation"]), like.get("options", 0)


def _columns(catalog: Catalog, source: Ref) -> list[Column] | None:
    slot = catalog.find(source)
    if slot is None or slot.presence is not PRESENT or not slot.certain:
        return None
    if isinstance(slot.definition, CompositeDefinition):
        types = {
            name: slot.definition.attributes.get(name, "")
            for name in (each.name for each in _attributes(catalog, slot))
        }
        return [_column(name, type_name) for name, type_name in types.items()]
    found = catalog.made_of(slot, columns_of)
    return None if found is None else [_column(each.name, each.type) for each in found]


def _attributes(catalog: Catalog, slot: Slot) -> Iterator[Column]:
    from idemlint.replay.catalog.lookup import parts

    for each in parts(catalog, slot, Space.COLUMN):
        if each.slot is None or each.slot.presence is PRESENT:
            yield _column(each.name, "")


def _column(name: str, type_name: str) -> Column:
    bare, _, typmods = type_name.partition("(")
    return Column(name, bare, False, None, False, False, typmods=typmods.rstrip(")[]"))


def hand_down(run: Pass, effect: Creates, key: Key) -> None:
    """The children and partitions of a table get its new column, too; so do the tables of a type."""
    catalog = run.catalog
    table, column = catalog.by_oid(key[1]), catalog.slot(key)
    if table is None or column is None:
        return
    for child in children(catalog, table):
        inner = (Space.COLUMN, child.oid, key[2])
        known = catalog.find_key(inner)
        if known is None or known.presence is not PRESENT:
            catalog.put(inner, column._replace(oid=catalog.new_oid(), owners=(child.oid,)))
            hand_down(run, effect, inner)


def children(catalog: Catalog, table: Slot) -> Iterator[Slot]:
    """The tables that inherit from a table, and its partitions."""
    if table.kind is Kind.COMPOSITE_TYPE:
        key = catalog.key_of(table.oid)
        for holder in by_name(catalog, key, table) if key is not None else ():
            made = holder.slot.definition
            if isinstance(made, TableDefinition) and made.is_part_of_another:
                yield holder.slot
    for name in catalog.families.get(table.oid, ()):
        link = catalog.slot((Space.MEMBER, table.oid, name))
        schema, _, bare = name.partition(" ")[2].rpartition(".")
        child = catalog.find(Ref(Space.RELATION, bare, schema or None))
        is_one = link is not None and link.presence is PRESENT and catalog.alive(link)
        if is_one and child is not None and child.presence is PRESENT:
            yield child


#: Tables that each have all columns of the one before must not cost the square of their number.
_MOST_COLUMNS: Final = 60
