"""Of what sort a thing is, where lookups ask for that: by letters, which the catalogs use, or which
`postgres.catalogs` does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import ROW_TYPES, Kind, Space
from idemlint.replay.catalog.constraint import ForeignKey
from idemlint.replay.catalog.datatype import CompositeDefinition, EnumDefinition, RangeDefinition
from idemlint.replay.catalog.definition import TRUNCATE, RoleDefinition, TriggerDefinition
from idemlint.replay.catalog.lookup import came_with
from idemlint.replay.catalog.relation import IndexDefinition, TableDefinition
from idemlint.replay.catalog.slots import PRESENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.replay.catalog.slots import Key, Slot
    from idemlint.replay.machine.run import Pass


def sorts_of(run: Pass, space: Space, key: Key | None, slot: Slot) -> frozenset[str] | None:
    """The sorts that a thing may be of; `None`: that cannot be told."""
    reader = _SORTS.get(space)
    return None if reader is None else reader(run, key, slot)


_CONTYPES: Final = {
    "CONSTR_PRIMARY": "p",
    "CONSTR_UNIQUE": "u",
    "CONSTR_FOREIGN": "f",
    "CONSTR_CHECK": "c",
    "CONSTR_EXCLUSION": "x",
    "CONSTR_NOTNULL": "n",
}


def _sorts_of_constraint(run: Pass, key: Key | None, slot: Slot) -> frozenset[str] | None:
    """What `contype` may be (https://www.postgresql.org/docs/current/catalog-pg-constraint.html)."""
    catalog = run.catalog
    if isinstance(slot.definition, ForeignKey):
        return frozenset("f")
    if isinstance(slot.definition, IndexDefinition):
        if slot.definition.excludes in {"equal", "other"}:
            return frozenset("x")
        primary = catalog.find_key((Space.FACET, key[1], "primary key")) if key else None
        if primary is None:
            return frozenset("pu")
        is_it = primary.presence is PRESENT and slot.oid in primary.owners
        return frozenset("p" if is_it else "u")
    owner = catalog.by_oid(key[1]) if key is not None else None
    if owner is None or key is None:
        return None
    if owner.kind is Kind.DOMAIN:
        return frozenset("cn")
    if isinstance(owner.definition, TableDefinition) and came_with(owner, slot):
        told = owner.definition.constraints.get(key[2])
        letter = _CONTYPES.get(told.contype) if told is not None else None
        return frozenset(letter) if letter else None
    if not slot.maker:
        return None
    hangs_on = {home[0] for oid in slot.owners if (home := catalog.key_of(oid)) is not None}
    if Space.TRIGGER in hangs_on:
        return frozenset("t")
    return frozenset("pu" if Space.RELATION in hangs_on else "c")


def _sorts_of_type(run: Pass, key: Key | None, slot: Slot) -> frozenset[str] | None:
    """What `typtype` may be (https://www.postgresql.org/docs/current/catalog-pg-type.html)."""
    if isinstance(slot.definition, EnumDefinition):
        return frozenset("e")
    if isinstance(slot.definition, CompositeDefinition) or slot.kind in ROW_TYPES:
        return frozenset("c")
    if slot.kind is Kind.DOMAIN:
        return frozenset("d")
    if isinstance(slot.definition, RangeDefinition):
        return frozenset("r")
    return frozenset("b") if slot.kind is Kind.TYPE and slot.maker else None


def _sorts_of_trigger(run: Pass, key: Key | None, slot: Slot) -> frozenset[str] | None:
    """Whether it fires for rows that are written, or for TRUNCATE alone."""
    if not isinstance(slot.definition, TriggerDefinition):
        return None
    return frozenset("t" if slot.definition.events == TRUNCATE else "w")


def _sorts_of_role(run: Pass, key: Key | None, slot: Slot) -> frozenset[str] | None:
    """Whether it may log in."""
    if not isinstance(slot.definition, RoleDefinition):
        return None
    return frozenset("l" if slot.definition.login else "g")


def _sorts_of_relation(run: Pass, key: Key | None, slot: Slot) -> frozenset[str] | None:
    """Whether a table is partitioned: `relkind` is another one then."""
    if slot.kind is not Kind.TABLE or not isinstance(slot.definition, TableDefinition):
        return None
    return frozenset("p" if slot.definition.partitioned else "r")


_SORTS: Final[dict[Space, Callable[[Pass, Key | None, Slot], frozenset[str] | None]]] = {
    Space.RELATION: _sorts_of_relation,
    Space.CONSTRAINT: _sorts_of_constraint,
    Space.TYPE: _sorts_of_type,
    Space.TRIGGER: _sorts_of_trigger,
    Space.ROLE: _sorts_of_role,
}
