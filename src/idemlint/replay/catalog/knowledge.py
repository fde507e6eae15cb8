"""Knowing less: two ways that meet, a transaction that never was, names that may stand for anything now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idemlint.postgres.kinds import Kind, Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog.slots import ABSENT, FIRST_OID, PRESENT, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from idemlint.replay.catalog.slots import Key, Mark, Slot, Slots


class Way(NamedTuple):
    """What one of two ways came to: the slots that it changed, each with the cause, the identities that
    it ended, and the search_path at its end."""

    slots: dict[Key, tuple[Slot, Any]]
    ended: list[int]
    search_path: tuple[str, ...]


def way_since(catalog: Slots, mark: Mark) -> Way:
    """What was changed since `mark`."""
    changed: dict[Key, tuple[Slot, Any]] = {}
    ended = []
    for key, _, _, cause, oid, _ in catalog.changes(mark):
        if key is None:
            ended.append(oid)
        else:
            changed[key] = (catalog.slots[key], cause)
    return Way(changed, ended, catalog.search_path)


def go(catalog: Slots, way: Way) -> None:
    """Make the changes again that were taken back."""
    catalog.search_path = way.search_path
    for oid in way.ended:
        catalog.kill(oid)
    for key, (slot, cause) in way.slots.items():
        catalog.cause = cause
        catalog.put(key, slot)


def join(catalog: Slots, mark: Mark, other: Way) -> None:
    """Know only what holds both in the present state and at the end of the `other` way from `mark`."""
    before: dict[Key, Slot | None] = {}
    for change in catalog.changes(mark):
        if change.key is not None:
            before.setdefault(change.key, change.before)
    keys = {**before, **other.slots}
    one = {key: catalog.recorded(key) for key in keys}
    two = {key: other.slots[key][0] if key in other.slots else before[key] for key in keys}
    for key in keys:
        here, there = one[key], two[key]
        lacking = one if here is None else two if there is None else None
        if lacking is not None and _is_homeless(catalog, key, lacking):
            # What is in a thing is asked for only where that is there.
            joined = here or there
        else:
            joined = _joined(here, there, catalog.statement)
        if joined is not here and joined is not None and joined != here:
            catalog.put(key, joined)
    if catalog.search_path == mark.search_path:
        catalog.search_path = other.search_path


def _is_homeless(catalog: Slots, key: Key, slots: Mapping[Key, Slot | None]) -> bool:
    """Whether the thing that a key is in is surely not there."""
    home = catalog.key_of(key[1])
    held = slots.get(home) if home is not None else None
    return held is not None and held.presence is ABSENT


def _joined(one: Slot | None, two: Slot | None, statement: int) -> Slot | None:
    if one is None or two is None:
        known = one or two
        return None if known is None else known._replace(presence=UNKNOWN, certain=False)
    if one.presence is not two.presence:
        return one._replace(presence=UNKNOWN, certain=False)
    if one.oid == two.oid:
        return one if one.certain else two
    made = one if one.maker == statement else two
    return made._replace(certain=False)


def undo(catalog: Slots, mark: Mark) -> None:
    """Take back what was done since `mark`, but keep what it proved of how things were before."""
    facts: dict[Key, Slot] = {}
    for change in reversed(catalog.changes(mark)):
        key = change.key
        if key is not None:
            # Walking back: what a change found is what the one before it had made.
            before = change.before
            facts[key] = before if before is not None else facts.get(key, catalog.slots[key])
    catalog.revert(mark)
    kept = {
        key: slot
        for key, slot in facts.items()
        if catalog.recorded(key) is None and not slot.maker and not is_internal(key)
    }
    identities = {slot.oid for slot in kept.values()}
    for key, slot in kept.items():
        container = key[1]
        # What is inside of something that never was is not there either.
        if (
            container < FIRST_OID
            or container in identities
            or catalog.by_oid(container) is not None
        ):
            catalog.put(key, slot)


def is_internal(key: Key) -> bool:
    """Whether a key is bookkeeping (of a table's rows), and no object that a rerun could change."""
    return key[0] is Space.FACET and key[2].startswith("@")


def forget(catalog: Slots, names: frozenset[tuple[Space, str]]) -> None:
    """Nothing is known any more of things of these names, wherever they are."""
    for space, name in sorted(names, key=lambda each: (each[1], each[0].value)):
        for key, slot in catalog.named(space, name):
            forget_thing(catalog, key, slot)


def forget_thing(catalog: Slots, key: Key, slot: Slot) -> None:
    """Nothing is known any more of one thing."""
    _forget(catalog, key, slot, owners=())


def forget_all(catalog: Slots, names: frozenset[str]) -> None:
    """Nothing is known any more of anything that has one of these names."""
    forget(catalog, frozenset((space, name) for space in Space for name in names))


def open_all(catalog: Slots, names: Iterable[str]) -> None:
    """From now on, things of these names may be there of which nobody has heard; tables of these names, and
    whatever else is told by its statement, may have more than that."""
    for name in names:
        catalog.opened[name] = None
        for key, known in list(catalog.named(Space.RELATION, name)):
            if known.presence is PRESENT and known.certain:
                catalog.put(key, known._replace(certain=False))


def open_tables(catalog: Slots) -> None:
    """All tables that are there may have more, or less, than their statements say."""
    catalog.opened_before = catalog.new_oid()


def relations_may_go(catalog: Slots, *, indexes: bool = False) -> None:
    """Any relation that is there may be gone, or have another name; or only `indexes` may."""
    now = catalog.new_oid()
    catalog.gone_before = (catalog.gone_before[0] if indexes else now, now)


def may_be_gone(catalog: Slots, slot: Slot) -> bool:
    """Whether a relation may be gone, or have another name, though no statement says so."""
    return slot.oid < catalog.gone_before[slot.kind is Kind.INDEX]


def is_open(catalog: Slots, name: str, oid: int = 0) -> bool:
    """Whether a thing of that name may be there, of which nobody has heard, in an object if `oid` is its
    identity."""
    return name in catalog.opened or 0 < oid < catalog.opened_before


def _forget(catalog: Slots, key: Key, slot: Slot, owners: tuple[int, ...]) -> None:
    """Nor is anything known of what it has, and of what goes with it: but that it goes with that."""
    if slot.presence is UNKNOWN or slot.oid < FIRST_OID:
        return
    catalog.put(key, slot._replace(presence=UNKNOWN, certain=False, owners=owners))
    for inner, held in (*catalog.contents(slot.oid), *catalog.relying(slot.oid)):
        if not is_internal(inner) and (inner[1] == slot.oid or slot.oid in held.owners):
            _forget(catalog, inner, held, held.owners)
