"""What is known about the rows of a table: the literal ones that the migration itself put there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres.kinds import Ref, Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog.constraint import UniqueKey
from idemlint.replay.catalog.known_rows import KnownRows, Patterns, Row
from idemlint.replay.catalog.relation import IndexDefinition, TableDefinition
from idemlint.replay.catalog.slots import ABSENT, PRESENT, Key, Slot

if TYPE_CHECKING:
    from collections.abc import Mapping

    from idemlint.replay.catalog.lookup import Catalog

_ROWS = "@rows"
_KEYS = "@keys"


class Rows(NamedTuple):
    """Rows that are there for sure, and rows that are surely not (`gone`).

    `complete`: there are no others; `epoch` counts the times all were removed, `restarted` that their
    sequences were restarted with them. `emptied` is the first identity after the last of these times.
    """

    rows: KnownRows = KnownRows()
    complete: bool = False
    epoch: int = 0
    gone: Patterns = Patterns()
    restarted: bool = False
    emptied: int = 0


class BuiltKey(NamedTuple):
    """A unique index made after its table, which lives as long as its `oid`, and the one made `before`."""

    oid: int
    key: UniqueKey
    before: BuiltKey | None


def rows_of(catalog: Catalog, table: Slot) -> Rows:
    """What is known; a table that the folder made for sure began empty."""
    slot = catalog.slots.get((Space.FACET, table.oid, _ROWS))
    if slot is not None:
        known: Rows = slot.definition
        return known
    return Rows(complete=table.certain and table.maker > 0 and _began_empty(table))


def _began_empty(table: Slot) -> bool:
    return isinstance(table.definition, TableDefinition)


def set_rows(catalog: Catalog, table: Slot, rows: Rows) -> None:
    """Learn about rows."""
    catalog.put((Space.FACET, table.oid, _ROWS), Slot(PRESENT, catalog.new_oid(), definition=rows))


def remember_key(catalog: Catalog, table_oid: int, oid: int, definition: IndexDefinition) -> None:
    """A unique index (or constraint) is made on a table."""
    if not definition.unique or None in definition.columns:
        return
    columns = tuple(column for column in definition.columns if column)
    key: Key = (Space.FACET, table_oid, _KEYS)
    slot = catalog.slots.get(key)
    before = slot.definition if slot is not None else None
    built = BuiltKey(oid, UniqueKey(columns, False, not definition.partial), before)
    catalog.put(key, Slot(PRESENT, catalog.new_oid(), definition=built))


def built_keys(catalog: Catalog, table: Slot) -> list[tuple[Slot | None, UniqueKey]]:
    """The unique indexes made after a table, with what is known of them, first made first."""
    slot = catalog.slots.get((Space.FACET, table.oid, _KEYS))
    each: BuiltKey | None = slot.definition if slot is not None else None
    found = []
    while each is not None:
        found.append((catalog.by_oid(each.oid), each.key))
        each = each.before
    return found[::-1]


def unique_keys(catalog: Catalog, table: Slot) -> list[UniqueKey]:
    """The keys that no two rows may share, as far as they are known and cover all rows."""
    keys = []
    if isinstance(table.definition, TableDefinition):
        for constraint in table.definition.constraints.values():
            if constraint.contype in {"CONSTR_PRIMARY", "CONSTR_UNIQUE"}:
                slot = catalog.slots.get((Space.CONSTRAINT, table.oid, constraint.name))
                if slot is None or (slot.presence is PRESENT and catalog.alive(slot)):
                    primary = constraint.contype == "CONSTR_PRIMARY"
                    keys.append(UniqueKey(constraint.columns, primary))
    for slot, key in built_keys(catalog, table):
        if slot is not None and slot.presence is PRESENT and catalog.alive(slot):
            keys.append(key)
    return [key for key in keys if key.whole]


def partial_keys(catalog: Catalog, table: Slot) -> list[tuple[str, ...]]:
    """The columns of unique indexes that cover only some rows."""
    return [
        key.columns
        for slot, key in built_keys(catalog, table)
        if not key.whole and slot is not None and slot.presence is not ABSENT
    ]


def may_have_key(catalog: Catalog, table: Slot, ref: Ref, columns: frozenset[str]) -> bool:
    """Whether a unique index may be over exactly these columns, partial ones and unsure ones included."""
    found: list[tuple[str, ...]] = []
    if isinstance(table.definition, TableDefinition):
        for constraint in table.definition.constraints.values():
            if constraint.contype in {"CONSTR_PRIMARY", "CONSTR_UNIQUE"}:
                slot = catalog.slots.get((Space.CONSTRAINT, table.oid, constraint.name))
                if slot is None or slot.presence is not ABSENT:
                    found.append(constraint.columns)
    for slot, built in built_keys(catalog, table):
        if slot is None or slot.presence is not ABSENT:
            found.append(built.columns)
    for key in found:
        if frozenset(key) == columns:
            return True
        # A column that goes by another name now may be one of those that are asked for.
        if any(catalog.presence(Ref(Space.COLUMN, name, None, ref)) is not PRESENT for name in key):
            return True
    return False


def is_closed(table: Slot) -> bool:
    """Whether all of the table's columns and inline keys are known."""
    definition = table.definition
    return table.certain and isinstance(definition, TableDefinition) and not definition.open


def restrict(row: Mapping[str, str | None], columns: tuple[str, ...]) -> Row | None:
    """The part of a row that a key looks at; `None` where one of its values is not a literal."""
    part = []
    for column in columns:
        value = row.get(column)
        if value is None:
            return None
        part.append((column, value))
    return frozenset(part)


def holds(facts: Rows, wanted: Row) -> bool | None:
    """Whether there is a row with these values."""
    if facts.rows.have(wanted):
        return True
    if facts.complete or facts.gone.match(wanted):
        return False
    return None
