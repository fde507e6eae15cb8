"""What depends on what, as `pg_depend` has it (src/backend/catalog/dependency.c).

What hangs on an object *goes along* with it (`owners`: an index with its column, all that is inside a
table); what *needs* it keeps it from being dropped without CASCADE, and goes with CASCADE.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.extensions import brought_by, extension_of
from idemlint.postgres.kinds import OVERLOADED, ROW_TYPES, Kind, Ref, Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog.knowledge import is_internal
from idemlint.replay.catalog.relation import TableDefinition
from idemlint.replay.catalog.slots import PRESENT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from idemlint.replay.catalog.definition import Need
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Key, Slot

#: Objects by identity, each with its name.
Objects = dict[int, tuple["Key", "Slot"]]


class Holder(NamedTuple):
    """What needs an object: `key` and `slot`, or a `part` of it by its own definition (a column, a foreign
    key), or only that column's DEFAULT; `certain` unless that definition may not be its own."""

    key: Key
    slot: Slot
    part: Key | None
    certain: bool
    by_default: bool = False
    by_computing: bool = False


#: The first version in which what computes a column keeps it from going along (`StoreAttrDefault`,
#: src/backend/catalog/heap.c).
COMPUTED_HOLD: Final = 15


def noun_of(key: Key, slot: Slot) -> str:
    """An object in words: what it is, and its name without arguments."""
    noun = slot.kind.noun if slot.kind is not None else key[0].value
    return f"{noun} {key[2].partition('(')[0]}"


def going(catalog: Catalog, roots: Iterable[tuple[Key, Slot]], version: int) -> Objects:
    """What is no more when these objects are dropped: they, what is inside them, what hangs on that."""
    computed_go = version < COMPUTED_HOLD
    found: Objects = {}
    waiting = list(roots)
    while waiting:
        key, slot = waiting.pop()
        if slot.oid in found:
            continue
        found[slot.oid] = (key, slot)
        inside = (each for each in catalog.contents(slot.oid) if not is_internal(each[0]))
        hanging = (each for each in catalog.relying(slot.oid) if slot.oid in each[1].owners)
        computed = _computed(catalog, key, slot) if computed_go else ()
        for other_key, other in (*inside, *hanging, *_made_of(catalog, key, slot), *computed):
            if other.presence is PRESENT and other.oid not in found and catalog.alive(other):
                waiting.append((other_key, other))
    return found


def _computed(catalog: Catalog, key: Key, slot: Slot) -> Iterator[tuple[Key, Slot]]:
    """Columns that are computed by something, as their table was made."""
    for holder in (*_generated(catalog, key, slot), *by_name(catalog, key, slot)):
        place = holder.part or holder.key
        found = catalog.find_key(place) if holder.by_computing else None
        if found is not None:
            yield place, found


def _made_of(catalog: Catalog, key: Key, slot: Slot) -> Iterator[tuple[Key, Slot]]:
    """The index that a constraint was made of (USING INDEX): it is the constraint's from then on."""
    if key[0] is Space.CONSTRAINT:
        for oid in slot.owners:
            home, index = catalog.key_of(oid), catalog.by_oid(oid)
            if home is not None and index is not None and index.kind is Kind.INDEX:
                yield home, index


def holders(catalog: Catalog, objects: Objects) -> list[Holder]:
    """What keeps objects from being dropped, the oldest first: none of them does so itself."""
    found: dict[int, Holder] = {}
    for oid, (key, slot) in objects.items():
        generated = _generated(catalog, key, slot)
        for holder in (*_by_identity(catalog, oid), *by_name(catalog, key, slot), *generated):
            of = holder.slot.oid
            container = holder.key[1]
            if of in objects or container in objects or catalog.is_dead(container):
                continue
            if holder.part is not None and _goes(catalog, holder.part, objects):
                continue
            if catalog.alive(holder.slot):
                found.setdefault(of, holder)
    return sorted(found.values(), key=lambda holder: holder.slot.oid)


def _goes(catalog: Catalog, part: Key, objects: Objects) -> bool:
    slot = catalog.recorded(part)
    return slot is not None and slot.oid in objects


def _by_identity(catalog: Catalog, oid: int) -> Iterator[Holder]:
    for key, slot in catalog.relying(oid):
        if oid in slot.needs and oid not in slot.owners:
            yield Holder(key, slot, None, True)


def _generated(catalog: Catalog, key: Key, slot: Slot) -> Iterator[Holder]:
    """Generated columns of the same table, as it was made, that read a column."""
    table = catalog.by_oid(key[1]) if key[0] is Space.COLUMN else None
    definition = table.definition if table is not None else None
    if isinstance(definition, TableDefinition) and slot.owners[:1] == (key[1],):
        for name in definition.generated_from(key[2]):
            place = (Space.COLUMN, key[1], name)
            other = catalog.find_key(place)
            if other is not None and other.presence is PRESENT and catalog.alive(other):
                yield Holder(place, other, None, True, by_computing=True)


def by_name(catalog: Catalog, key: Key, slot: Slot) -> Iterator[Holder]:
    """What says in its own definition that it needs something of that name."""
    space, _, name = key
    if space in OVERLOADED:
        name = name.partition("(")[0]
    names = [(space, name)]
    if slot.kind in ROW_TYPES:
        names.append((Space.TYPE, name))
    elif space is Space.EXTENSION:
        names = brought_by(name)
    for asked, called in names:
        for other_key, other in catalog.relying((asked, called)):
            need = _need(catalog, other, asked, called, slot)
            if need is not None:
                part = (need.by_space, other.oid, need.by) if need.by else None
                yield Holder(
                    other_key, other, part, other.certain, need.by_default, need.by_computing
                )


def _need(catalog: Catalog, other: Slot, space: Space, name: str, slot: Slot) -> Need | None:
    """The part of an object whose own definition needs the one that `slot` is."""
    needs = getattr(other.definition, "needs", None)
    if needs is None:
        return None
    for need in needs():
        if need.name != name or need.space is not space:
            continue
        part = catalog.recorded((need.by_space, other.oid, need.by))
        if part is not None and (
            part.presence is not PRESENT or not catalog.alive(part) or part.definition is not None
        ):
            # The part is gone, or it was changed and says itself what it needs.
            continue
        target = _meant(catalog, Ref(need.space, need.name, need.schema))
        if target is not None and target.oid == slot.oid:
            known: Need = need
            return known
    return None


def _meant(catalog: Catalog, ref: Ref) -> Slot | None:
    if ref.space is Space.OPERATOR:
        found = catalog.overloads(ref)
        return found[0][1] if len(found) == 1 else None
    slot = catalog.find(ref)
    if slot is None or not slot.maker:
        home = extension_of(ref.space, ref.name)
        brought = catalog.find(Ref(Space.EXTENSION, home)) if home is not None else None
        return brought or slot
    return slot


def is_partition_key(catalog: Catalog, key: Key) -> bool:
    """Whether a column is one by which its table is partitioned."""
    table = catalog.by_oid(key[1])
    definition = table.definition if table is not None else None
    return isinstance(definition, TableDefinition) and key[2] in definition.partitioned_by
