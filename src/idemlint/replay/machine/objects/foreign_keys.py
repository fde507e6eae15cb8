"""Foreign keys: the key that one stands on is chosen when it is made, and stays the one.

`transformFkeyCheckAttrs`, `transformFkeyGetPrimaryKey` (src/backend/commands/tablecmds.c).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.postgres.value_types import compared
from idemlint.replay.catalog.constraint import ForeignKey
from idemlint.replay.catalog.knowledge import is_open
from idemlint.replay.catalog.relation import TableDefinition
from idemlint.replay.catalog.slots import ABSENT, PRESENT, UNKNOWN
from idemlint.replay.catalog.table_rows import is_closed, keys_of
from idemlint.replay.catalog.view import key_columns
from idemlint.replay.effects.vocabulary import Requires, Verb
from idemlint.replay.machine.requirements import requires
from idemlint.replay.machine.signals import Raised
from idemlint.replay.queries.columns import bare_type
from idemlint.replay.queries.resolve import found_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from idemlint.replay.catalog.constraint import Constraint
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Slot
    from idemlint.replay.catalog.table_rows import TableKey
    from idemlint.replay.effects.vocabulary import Creates, CreatesUnnamed
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.queries.scope import GroupedLevel, Name, RangeEntry


def stands_on(
    run: Pass, effect: Creates | CreatesUnnamed, key: ForeignKey
) -> tuple[int, ...] | Raised:
    """The identities that a foreign key needs: the table that it points at, and the key of that."""
    catalog = run.catalog
    table = catalog.find(key.table)
    if table is None or table.presence is not PRESENT:
        return run.oids((key.table,))
    if run.judging:
        # Columns are looked for before a key over them is.
        for name in key.columns:
            column = catalog.find_key((Space.COLUMN, table.oid, name))
            if column is not None and column.presence is ABSENT:
                ref = Ref(Space.COLUMN, name, None, key.table)
                gone = requires(run, Requires(ref, True, "42703", Kind.COLUMN, Verb.USE))
                if isinstance(gone, Raised):
                    return gone
    found = _key(catalog, table, key.columns)
    if found is not None:
        if run.judging:
            clash = _clash(catalog, key._replace(own_types=_own_types(run, effect, key)), found)
            if clash is not None:
                return run.raised("42804", effect, clash)
        return (table.oid, found.oid)
    known = is_closed(table) and table.certain and not is_open(catalog, "", table.oid)
    if run.judging and known and table.maker:
        sqlstate = "42830" if key.columns else "42704"
        which = f"unique key on {', '.join(key.columns)}" if key.columns else "primary key"
        if all(names is not None for _, names in _keys(catalog, table)):
            return run.raised(sqlstate, effect, f"{key.table} has no {which}")
        if run.world is not None:
            run.doubt(f"whether {key.table} has a {which} cannot be told", effect, sqlstate)
    return (table.oid,)


def _own_types(run: Pass, effect: Creates | CreatesUnnamed, key: ForeignKey) -> tuple[str, ...]:
    """The types of the columns that a foreign key is over, as they are now."""
    if key.own_types:
        return key.own_types
    columns = [ref for ref in effect.owners if ref.space is Space.COLUMN and ref.parent is not None]
    found = [found_in(run.catalog, ref.parent, ref.name) for ref in columns if ref.parent]
    types = tuple([each.type for each in found if each is not None and each.type])
    return types if len(types) == len(columns) else ()


def _clash(catalog: Catalog, key: ForeignKey, stands_on: Slot) -> str | None:
    """Why the columns of a foreign key cannot be compared with those that it points at."""
    names = key.columns
    if not names:
        homes = [catalog.key_of(oid) for oid in stands_on.owners]
        names = tuple(home[2] for home in homes if home is not None and home[0] is Space.COLUMN)
    if len(names) != len(key.own_types):
        return None
    for name, own in zip(names, key.own_types, strict=True):
        column = found_in(catalog, key.table, name)
        if column is not None and compared(bare_type(own), bare_type(column.type)) is not None:
            return f"{key.table}.{name} is of type {column.type}, not {own}"
    return None


def _key(catalog: Catalog, table: Slot, columns: tuple[str, ...]) -> Slot | None:
    if not columns:
        primary = catalog.find_key((Space.FACET, table.oid, "primary key"))
        if primary is None or primary.presence is not PRESENT:
            return None
        for owner in primary.owners:
            home = catalog.key_of(owner)
            if home is not None and home[0] is Space.CONSTRAINT:
                return catalog.by_oid(owner)
        return None
    wanted = set(columns)
    for slot, names in _keys(catalog, table):
        if names is not None and set(names) == wanted:
            return slot
    return None


def _keys(catalog: Catalog, table: Slot) -> Iterator[tuple[Slot, tuple[str, ...] | None]]:
    """The keys that may serve, in the order in which they were made, with their columns' names of now
    (`None`: these cannot be told)."""
    definition = table.definition
    told = definition.constraints if isinstance(definition, TableDefinition) else {}
    found = keys_of(catalog, table)
    # Of those that come with a table the primary one is made first.
    for key in sorted(found, key=lambda key: not (key.primary and not key.oid)):
        index = key.definition
        if not index.unique or index.partial or index.deferrable or index.doubtful:
            continue
        if None in index.columns:
            # None with an expression serves.
            continue
        place = (Space.CONSTRAINT, table.oid, key.constraint)
        slot = catalog.by_oid(key.oid) if key.oid else catalog.find_key(place)
        if slot is None or slot.presence is ABSENT or not catalog.alive(slot):
            continue
        if slot.presence is UNKNOWN:
            yield slot, None
        elif key.oid:
            yield slot, None if key.lost else key.columns
        else:
            yield slot, _names(catalog, table, slot, key, told.get(key.constraint))


def _names(
    catalog: Catalog, table: Slot, slot: Slot, key: TableKey, told: Constraint | None
) -> tuple[str, ...] | None:
    """The columns of a key that came with its table, by their names of now: who they are is known, what they
    were called then is not asked. `None`: they cannot be told."""
    if told is not None:
        names = key_columns(catalog, table, slot, told)
    else:
        homes = [catalog.key_of(oid) for oid in slot.owners]
        names = tuple([home[2] for home in homes if home is not None and home[0] is Space.COLUMN])
    if names is None or len(names) != len(key.definition.columns):
        return None
    columns = (catalog.find_key((Space.COLUMN, table.oid, name)) for name in names)
    are_there = all(each is not None and each.presence is PRESENT for each in columns)
    return names if are_there else None


def bind_inline(
    run: Pass, effect: Creates, table_oid: int, definition: TableDefinition
) -> Raised | None:
    """The foreign keys of a CREATE TABLE stand on the keys that are there when it runs."""
    catalog = run.catalog
    for each in definition.foreign_keys():
        target = catalog.find(each.table)
        if run.world is not None:
            gone = requires(run, Requires(each.table, True, "42P01", Kind.TABLE, Verb.USE))
            if isinstance(gone, Raised):
                return gone
        if target is not None and target.presence is ABSENT and run.judging:
            return run.raised("42P01", effect, f"{each.table}, which it refers to, is gone")
        if target is None or target.presence is not PRESENT:
            continue
        if run.judging and target.oid != table_oid:
            stands = stands_on(run, effect, ForeignKey(each.table, each.columns, each.own_types))
            if isinstance(stands, Raised):
                return stands
        slot = catalog.find_key((Space.CONSTRAINT, table_oid, each.name))
        if slot is None or slot.presence is not PRESENT:
            continue
        key = _key(catalog, target, each.columns)
        needs = (target.oid,) if key is None else (target.oid, key.oid)
        made = ForeignKey(each.table, each.columns, each.own_types)
        place = (Space.CONSTRAINT, table_oid, each.name)
        catalog.put(place, slot._replace(kind=Kind.CONSTRAINT, definition=made, needs=needs))
    return None


def keys_grouped_by(catalog: Catalog, groupings: Iterable[GroupedLevel]) -> Iterator[int]:
    """The primary keys without which queries could not give a column that they are not grouped by."""
    for grouping in groupings:
        for source in grouping.sources:
            table = catalog.find(source.table) if source.table is not None else None
            if table is None or table.presence is not PRESENT or source.columns:
                continue
            primary = _key(catalog, table, ())
            names = next((each for slot, each in _keys(catalog, table) if slot is primary), None)
            of_source = [_of_source(catalog, table, source, each) for each in grouping.by]
            if primary is None or not names or not set(names).issubset(of_source):
                continue
            others = (_of_source(catalog, table, source, each) for each in grouping.others)
            if any(each and each not in of_source for each in others):
                yield primary.oid


def _of_source(catalog: Catalog, table: Slot, source: RangeEntry, name: Name) -> str:
    """The column of an entry of FROM that a name stands for; empty: one of another."""
    if len(name) > 1 and name[-2] != source.name:
        return ""
    if name[-1] == "*":
        return "*"
    column = catalog.find_key((Space.COLUMN, table.oid, name[-1]))
    return name[-1] if column is not None and column.presence is PRESENT else ""


def pointing_at(catalog: Catalog, table: Slot) -> Iterator[Slot]:
    """The tables whose foreign keys point at a table (`heap_truncate_check_FKs`:
    src/backend/catalog/heap.c)."""
    for key, slot in catalog.relying(table.oid):
        if key[0] is Space.CONSTRAINT and isinstance(slot.definition, ForeignKey):
            holder = catalog.by_oid(key[1])
            alive = catalog.alive(slot) and not catalog.is_dead(key[1])
            if table.oid in slot.needs and alive and holder is not None:
                yield holder
