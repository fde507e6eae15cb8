"""DEFAULTs: an object of its own, that goes with its column, and without it where CASCADE ends what it
calls (`pg_attrdef`: `StoreAttrDefault`, src/backend/catalog/heap.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Space
from idemlint.replay.catalog.needed import NEEDS_NOTHING
from idemlint.replay.catalog.slots import ABSENT, PRESENT, Slot
from idemlint.replay.catalog.table_rows import column_of
from idemlint.replay.machine.parse_analysis import used
from idemlint.replay.queries.compiled import read_level

if TYPE_CHECKING:
    from idemlint.replay.catalog.column import Column
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Key
    from idemlint.replay.machine.run import Pass

#: Under its column's identity: no object that a rerun could make once more.
NAME: Final = "@default"


def keep(run: Pass, column_oid: int, definition: Column) -> None:
    """A column has this DEFAULT now, or none."""
    catalog = run.catalog
    key: Key = (Space.FACET, column_oid, NAME)
    needs: tuple[int, ...] = ()
    default = definition.default
    if default is not None and default.kind not in NEEDS_NOTHING:
        needs = used(run, read_level([{default.kind: default.fields}])).others
    known = catalog.recorded(key)
    if not needs and known is None:
        return
    presence = PRESENT if needs else ABSENT
    oid = known.oid if known is not None else catalog.new_oid()
    catalog.put(key, Slot(presence, oid, None, None, (column_oid,), needs, catalog.statement))


def lose(catalog: Catalog, column: Key) -> None:
    """A column is without its DEFAULT: what that called is gone."""
    slot = catalog.find_key(column)
    if slot is None or slot.presence is not PRESENT:
        return
    key: Key = (Space.FACET, slot.oid, NAME)
    known = catalog.recorded(key)
    if known is not None and known.presence is PRESENT:
        catalog.put(key, known._replace(presence=ABSENT, needs=()))
    definition = column_of(catalog, catalog.by_oid(column[1]), column[2])
    if definition is not None:
        without = definition._replace(default=None, generated=definition.identity)
        catalog.put(column, slot._replace(definition=without))
