"""Making, dropping and renaming things in a catalog, without statements."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.slots import ABSENT, PRESENT, Slot

if TYPE_CHECKING:
    from idemlint.replay.catalog.lookup import Catalog

T = Ref(Space.RELATION, "t")
A = Ref(Space.COLUMN, "a", None, T)


def make(catalog: Catalog, ref: Ref, kind: Kind = Kind.TABLE, owners: tuple[int, ...] = ()) -> int:
    key = catalog.key(ref)
    assert key is not None
    oid = catalog.new_oid()
    catalog.put(key, Slot(PRESENT, oid, kind, owners=owners))
    return oid


def drop(catalog: Catalog, ref: Ref) -> None:
    key, slot = catalog.key(ref), catalog.find(ref)
    assert key is not None
    assert slot is not None
    catalog.kill(slot.oid)
    catalog.put(key, slot._replace(presence=ABSENT))


def rename(catalog: Catalog, ref: Ref, to: Ref) -> None:
    old, new, slot = catalog.key(ref), catalog.key(to), catalog.find(ref)
    assert old is not None
    assert new is not None
    assert slot is not None
    catalog.put(old, Slot(ABSENT, catalog.new_oid()))
    catalog.put(new, slot)
