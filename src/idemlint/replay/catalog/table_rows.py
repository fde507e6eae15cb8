"""What is known about the rows of a table: the literal ones that the migration itself put there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.alter_passes import INDEXED
from idemlint.postgres.kinds import Kind, Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog.column import Column, columns_in
from idemlint.replay.catalog.definition import Definition
from idemlint.replay.catalog.known_rows import KnownRows, Patterns, Row
from idemlint.replay.catalog.relation import IndexDefinition, TableDefinition, constraint_index
from idemlint.replay.catalog.slots import ABSENT, PRESENT, ROWS, Key, Slot

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.replay.catalog.lookup import Catalog

_KEYS: Final = "@keys"


class Rows(NamedTuple):
    """Rows that are there for sure, and rows that are surely not (`gone`).

    `complete`: there are no others; `epoch` counts the times all were removed, `restarted` that their
    sequences were restarted with them. `emptied` is the first identity after the last of these times.
    Of the columns that are `vague`, some rows have values that are no literals.
    """

    rows: KnownRows = KnownRows()
    complete: bool = False
    epoch: int = 0
    gone: Patterns = Patterns()
    restarted: bool = False
    emptied: int = 0
    vague: frozenset[str] = frozenset()


class BuiltKey(NamedTuple):
    """An index made after its table, which lives as long as its `oid`, and the one made `before`.

    `columns` are the identities of the columns that it names, as far as they are known.
    """

    oid: int
    definition: IndexDefinition
    columns: tuple[tuple[str, int], ...]
    before: BuiltKey | None


class TableKey(NamedTuple):
    """What keeps rows of a table apart, or may do so (`sure`).

    Its columns go by the names of when it was made, but for those that are `renamed`; where it is `lost`,
    which columns these are now is not known. `constraint` is its name where ON CONSTRAINT finds it.
    """

    definition: IndexDefinition
    sure: bool
    constraint: str = ""
    primary: bool = False
    renamed: tuple[tuple[str, str], ...] = ()
    lost: bool = False
    oid: int = 0

    @property
    def columns(self) -> tuple[str, ...] | None:
        """Its columns by their present names; `None` where it has expressions."""
        names = dict(self.renamed)
        found = [names.get(each, each) for each in self.definition.columns if each is not None]
        return tuple(found) if len(found) == len(self.definition.columns) else None


def rows_of(catalog: Catalog, table: Slot) -> Rows:
    """What is known; a table that the folder made for sure began empty."""
    slot = catalog.slots.get((Space.FACET, table.oid, ROWS))
    if slot is not None:
        known: Rows = slot.definition
        return known
    return Rows(complete=table.certain and table.maker > 0 and _began_empty(table))


def _began_empty(table: Slot) -> bool:
    return isinstance(table.definition, TableDefinition)


def set_rows(catalog: Catalog, table: Slot, rows: Rows) -> None:
    """Learn about rows."""
    key: Key = (Space.FACET, table.oid, ROWS)
    latest = max(catalog.statement, written_by(catalog, table))
    catalog.put(key, Slot(PRESENT, catalog.new_oid(), definition=rows, maker=latest))


def written_by(catalog: Catalog, table: Slot) -> int:
    """The last statement that is known to have written into a table, even if one before ran again since."""
    slot = catalog.slots.get((Space.FACET, table.oid, ROWS))
    return slot.maker if slot is not None else 0


def remember_key(catalog: Catalog, table_oid: int, oid: int, definition: IndexDefinition) -> None:
    """A unique index (or constraint) is made on a table."""
    if not (definition.unique or definition.excludes):
        return
    key: Key = (Space.FACET, table_oid, _KEYS)
    slot = catalog.slots.get(key)
    before = slot.definition if slot is not None else None
    names = [each for each in definition.columns if each]
    if definition.elements or definition.where is not None:
        names += _mentioned(definition)
    columns = []
    for name in dict.fromkeys(names):
        column = catalog.find_key((Space.COLUMN, table_oid, name))
        if column is not None and column.presence is PRESENT:
            columns.append((name, column.oid))
    built = BuiltKey(oid, definition, tuple(columns), before)
    catalog.put(key, Slot(PRESENT, catalog.new_oid(), definition=built))


def _mentioned(definition: IndexDefinition) -> list[str]:
    """The columns in an index's expressions and in its WHERE."""
    where = definition.where
    parts = [each.fields.get("expr") for each in definition.elements]
    return list(columns_in([*parts, where.fields if where is not None else None]))


def keys_of(catalog: Catalog, table: Slot) -> tuple[TableKey, ...]:
    """The keys of a table, those that may be gone or may not have been made included; first made first."""
    return catalog.made_of(table, _keys_of)


def _keys_of(catalog: Catalog, table: Slot) -> tuple[TableKey, ...]:
    return (*_own_keys(catalog, table), *_built_keys(catalog, table))


def _own_keys(catalog: Catalog, table: Slot) -> Iterator[TableKey]:
    """Those that came with the table."""
    if not isinstance(table.definition, TableDefinition):
        return
    told = table.definition.constraints
    for constraint in told.values():
        if constraint.contype not in INDEXED or constraint.tree is None:
            continue
        name = constraint.name
        slot = catalog.find_key((Space.CONSTRAINT, table.oid, name))
        if slot is not None and slot.presence is ABSENT and not slot.owners:
            # It was not dropped: it goes by another name.
            others = [
                each
                for each in catalog.contents(table.oid)
                if each[0][0] is Space.CONSTRAINT and each[0][2] not in told
                if each[1].owners[:1] == (table.oid,)
            ]
            slot = others[0][1] if others else slot
            name = others[0][0][2] if len(others) == 1 else ""
        if slot is not None and (slot.presence is ABSENT or not catalog.alive(slot)):
            continue
        if slot is not None and slot.maker and slot.owners[:1] != (table.oid,):
            # Another one has its name since.
            continue
        yield TableKey(
            constraint_index(constraint.tree, constraint.columns),
            slot is None or slot.presence is PRESENT,
            name,
            constraint.contype == "CONSTR_PRIMARY",
            lost=any(_is_gone(catalog, table, each) for each in constraint.columns),
        )


def _is_gone(catalog: Catalog, table: Slot, column: str) -> bool:
    slot = catalog.find_key((Space.COLUMN, table.oid, column))
    return slot is not None and slot.presence is ABSENT


def _built_keys(catalog: Catalog, table: Slot) -> list[TableKey]:
    """Those made after a table."""
    facet = catalog.slots.get((Space.FACET, table.oid, _KEYS))
    each: BuiltKey | None = facet.definition if facet is not None else None
    found: list[TableKey] = []
    while each is not None:
        slot = catalog.by_oid(each.oid)
        if slot is not None and slot.presence is not ABSENT and catalog.alive(slot):
            home = catalog.key_of(each.oid)
            constraint = home[2] if home is not None and home[0] is Space.CONSTRAINT else ""
            sure = slot.presence is PRESENT and not each.definition.doubtful
            key = TableKey(each.definition, sure, constraint, oid=each.oid)
            found.append(_by_present_names(catalog, key, each.columns))
        each = each.before
    return found[::-1]


def _by_present_names(
    catalog: Catalog, key: TableKey, columns: tuple[tuple[str, int], ...]
) -> TableKey:
    renamed = []
    for name, oid in columns:
        home = catalog.key_of(oid)
        if home is None:
            key = key._replace(lost=True)
        elif home[2] != name:
            renamed.append((name, home[2]))
    return key._replace(renamed=tuple(renamed)) if renamed else key


def column_of(catalog: Catalog, table: Slot | None, name: str) -> Column | None:
    """What a column is now; `None`: that is not known."""
    if table is None:
        return None
    slot = catalog.find_key((Space.COLUMN, table.oid, name))
    if slot is None or slot.presence is not PRESENT:
        return None
    if isinstance(slot.definition, Column):
        return slot.definition
    told = table.definition.columns if isinstance(table.definition, TableDefinition) else {}
    return told.get(name) if slot.owners[:1] == (table.oid,) else None


def is_closed(table: Slot) -> bool:
    """Whether all of the table's columns and inline keys are known.

    One made IF NOT EXISTS is taken to be what its statement says: where another was there, nothing that
    the folder does to it can be told.
    """
    definition = table.definition
    told = isinstance(definition, Definition) and not definition.open
    return told and (table.kind is Kind.TABLE or isinstance(definition, TableDefinition))


def holds(facts: Rows, wanted: Row) -> bool | None:
    """Whether there is a row with these values."""
    if facts.rows.have(wanted):
        return True
    if facts.gone.match(wanted):
        return False
    if facts.complete and facts.vague.isdisjoint(name for name, _ in wanted):
        return False
    return None
