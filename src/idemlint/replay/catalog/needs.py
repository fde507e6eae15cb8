"""What depends on what: what keeps an object from being dropped without CASCADE, as far as it is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres.kinds import Ref, Space
from idemlint.replay.catalog.constraint import ForeignKey
from idemlint.replay.catalog.relation import TableDefinition
from idemlint.replay.catalog.slots import PRESENT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.replay.catalog.constraint import Constraint
    from idemlint.replay.catalog.definition import Need
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Key, Slot


def dependents(
    catalog: Catalog, slot: Slot, key: Key, *, certain: bool = True
) -> list[tuple[Key, Slot]]:
    """What keeps an object from being dropped without CASCADE, as far as it is known.

    `certain=False`: what does so if its own definition is what it has.
    """
    oid = slot.oid
    found = {
        other_key: other
        for other_key, other in catalog.relying(oid)
        if oid in other.needs and oid not in other.owners
    }
    found |= {
        other_key: other
        for other_key, other in catalog.relying((key[0], key[2]))
        if other.certain is certain and definition_needs(catalog, other, key, slot) is not None
    }
    return [
        (other_key, other)
        for other_key, other in sorted(found.items(), key=_age)
        if other.oid != oid
        and catalog.alive(other)
        and other_key[1] != oid
        and not catalog.is_dead(other_key[1])
    ]


def _age(found: tuple[Key, Slot]) -> int:
    return found[1].oid


def definition_needs(catalog: Catalog, other: Slot, key: Key, slot: Slot) -> Need | None:
    """The part of an object whose own definition needs the one under `key`."""
    needs = getattr(other.definition, "needs", None)
    if needs is None:
        return None
    for need in needs():
        if need.name != key[2] or need.space is not key[0]:
            continue
        part = catalog.recorded((need.by_space, other.oid, need.by))
        if part is not None and (
            part.presence is not PRESENT or not catalog.alive(part) or part.definition is not None
        ):
            # The part is gone, or it was changed and says itself what it needs.
            continue
        target = catalog.find(Ref(need.space, need.name, need.schema))
        if target is not None and target.oid == slot.oid:
            known: Need = need
            return known
    return None


def foreign_keys(catalog: Catalog, table: Slot, key: Key, constraint: Constraint) -> Iterator[str]:
    """The foreign keys that point at a table's unique or primary key."""
    found = {
        other_key: other
        for on in (table.oid, (Space.RELATION, key[2]))
        for other_key, other in catalog.relying(on)
    }
    for (_, container, name), slot in sorted(found.items(), key=_age):
        if not catalog.alive(slot):
            continue
        definition = slot.definition
        if isinstance(definition, ForeignKey):
            points_here = table.oid in slot.needs and not catalog.is_dead(container)
            if points_here and constraint.is_key_of(definition.columns):
                yield name
        elif isinstance(definition, TableDefinition):
            yield from _inline_foreign_keys(catalog, slot, table, key, constraint)


def _inline_foreign_keys(
    catalog: Catalog, other: Slot, table: Slot, key: Key, constraint: Constraint
) -> Iterator[str]:
    for need in other.definition.needs():
        if need.space is not Space.RELATION or need.name != key[2]:
            continue
        part = catalog.recorded((Space.CONSTRAINT, other.oid, need.by))
        if part is not None and (part.presence is not PRESENT or not catalog.alive(part)):
            continue
        target = catalog.find(Ref(need.space, need.name, need.schema))
        points_here = target is not None and target.oid == table.oid
        if points_here and constraint.is_key_of(need.columns):
            yield need.by
