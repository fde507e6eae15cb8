"""Where columns stand in their table: one that is made anew stands behind all that were kept.

PostgreSQL never gives a column's number to another one (pg_attribute.attnum), and `SELECT *`, INSERT and
COPY without a list of columns go by the numbers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres.kinds import Space
from idemlint.replay.catalog.definition import Definition
from idemlint.replay.catalog.lookup import came_with
from idemlint.replay.catalog.slots import PRESENT

if TYPE_CHECKING:
    from collections.abc import Container, Iterator, Mapping

    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Key, Mark, Slot

#: Behind how many others a column stands, as far as its table's definition tells; then its identity.
_Place = tuple[int, int]


def moved(
    catalog: Catalog, before: Mapping[Key, Slot | None], dropped: Container[int], begun: Mark
) -> Iterator[Key]:
    """The columns that took the place of one `dropped` since `begun`, and now stand behind a column that
    stood behind it, or the other way round.

    `before` is what slots were at `begun`, of those that changed since.
    """
    remade: dict[int, list[Key]] = {}
    for key, old in before.items():
        if key[0] is Space.COLUMN and old is not None and old.oid in dropped:
            new = catalog.slot(key)
            if new is not None and _is_sure(old) and _is_sure(new):
                remade.setdefault(key[1], []).append(key)
    for oid, keys in remade.items():
        table = catalog.by_oid(oid)
        if table is not None:
            yield from _moved_in(catalog, table, keys, before, begun)


def _is_sure(slot: Slot) -> bool:
    return slot.presence is PRESENT and slot.certain


def _moved_in(
    catalog: Catalog,
    table: Slot,
    remade: list[Key],
    before: Mapping[Key, Slot | None],
    begun: Mark,
) -> Iterator[Key]:
    definition = table.definition
    came = definition.names(Space.COLUMN) if isinstance(definition, Definition) else ()
    told = {name: number for number, name in enumerate(came)}
    last_kept: _Place = (-1, 0)
    for key, slot in _columns_at(catalog, table, before, begun, told):
        now = catalog.slot(key)
        if now is None or (slot is not None and now.oid == slot.oid and now.presence is PRESENT):
            last_kept = max(last_kept, _place(table, key, slot, told))
    by_old_place = sorted((_place(table, key, before[key], told), key) for key in remade)
    first_new = None
    for place, key in reversed(by_old_place):
        new = catalog.slots[key].oid
        if place < last_kept or (first_new is not None and new > first_new):
            yield key
        else:
            first_new = new


def _columns_at(
    catalog: Catalog,
    table: Slot,
    before: Mapping[Key, Slot | None],
    begun: Mark,
    told: Mapping[str, int],
) -> Iterator[tuple[Key, Slot | None]]:
    """The columns that a table had then; without a slot, where only its definition tells of one."""
    untold = dict.fromkeys(told)
    for key, now in catalog.contents(table.oid):
        if key[0] is Space.COLUMN:
            untold.pop(key[2], None)
            then = before.get(key, now)
            if then is not None and then.presence is PRESENT and catalog.alive(then, begun):
                yield key, then
    for name in untold:
        yield (Space.COLUMN, table.oid, name), None


def _place(table: Slot, key: Key, slot: Slot | None, told: Mapping[str, int]) -> _Place:
    """Columns that came with the table stand before those that were added, which came one by one.

    Of a column that nobody saw come, and of one that was renamed since, it is only known that it stands
    before those.
    """
    if slot is None or came_with(table, slot) or not slot.maker:
        return told.get(key[2], 0), 0
    return len(told), slot.oid
