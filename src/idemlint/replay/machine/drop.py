"""DROP: a name is free again, unless something depends on the thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import ROW_TYPES, Kind, Space
from idemlint.replay.catalog import needs
from idemlint.replay.catalog.constraint import Constraint
from idemlint.replay.catalog.relation import IndexDefinition, TableDefinition
from idemlint.replay.catalog.slots import ABSENT, PRESENT, UNKNOWN, Key, Slot

if TYPE_CHECKING:
    from idemlint.replay.effects.vocabulary import Drops
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result


#: Kinds whose DROP without CASCADE looks for what depends on them. What depends on a policy or a
#: column is not modelled.
_KEPT_BY_DEPENDENTS: Final = frozenset(
    {
        Kind.TABLE,
        Kind.VIEW,
        Kind.MATERIALIZED_VIEW,
        Kind.SEQUENCE,
        Kind.TYPE,
        Kind.DOMAIN,
        Kind.FUNCTION,
        Kind.ROUTINE,
        Kind.SCHEMA,
        Kind.FOREIGN_TABLE,
        Kind.CONSTRAINT,
    }
)


def drops(run: Pass, effect: Drops) -> Result:
    """The thing ends, and what hangs on it; what depends on it may forbid that (2BP01)."""
    catalog = run.catalog
    catalog.cause = (effect, run.span, run.leaf)
    ref = effect.ref
    if ref.space is Space.ROUTINE:
        from idemlint.replay.machine import routines

        key = routines.key_of(run, effect)
    else:
        key = catalog.key(ref)
    if key is None:
        return None
    slot = catalog.find_key(key)
    if slot is None or slot.presence is not PRESENT:
        if ref.space is Space.TYPE:
            return _drops_row_type(run, effect, key)
        catalog.put(
            key,
            Slot(ABSENT, catalog.new_oid(), effect.kind, maker=catalog.statement),
        )
        return None
    if run.judging and effect.kind in {Kind.INDEX, Kind.SEQUENCE}:
        # Not even CASCADE drops an index away from under its constraint, a sequence from an identity.
        for owner in slot.owners:
            home = catalog.key_of(owner)
            if home is not None and home[0] in {Space.CONSTRAINT, Space.FACET}:
                inner = "a constraint" if home[0] is Space.CONSTRAINT else "an identity column"
                return run.raised("2BP01", effect, f"{inner} needs it")
    if run.judging and not effect.cascade and effect.kind in _KEPT_BY_DEPENDENTS:
        result = _kept(run, effect, key, slot)
        if result is not None:
            return result
        uncertain = effect.kind not in {Kind.CONSTRAINT, Kind.SCHEMA}
        maybe = needs.dependents(catalog, slot, key, certain=False) if uncertain else []
        if maybe:
            other = maybe[0][0][2]
            run.doubt(f"whether {other} depends on it cannot be told", effect, "2BP01")
            catalog.put(key, slot._replace(presence=UNKNOWN, certain=False))
            return None
    _end(run, key, slot, effect)
    return None


def _drops_row_type(run: Pass, effect: Drops, key: Key) -> Result:
    """A composite type's name stands among the relations."""
    relation: Key = (Space.RELATION, key[1], key[2])
    slot = run.catalog.find_key(relation)
    if slot is not None and slot.presence is PRESENT and slot.kind in ROW_TYPES:
        _end(run, relation, slot, effect)
        return None
    absent = Slot(ABSENT, run.catalog.new_oid(), effect.kind, maker=run.catalog.statement)
    run.catalog.put(key, absent)
    return None


def _end(run: Pass, key: Key, slot: Slot, effect: Drops) -> None:
    catalog = run.catalog
    if effect.cascade and effect.kind in _KEPT_BY_DEPENDENTS:
        for other_key, other in needs.dependents(catalog, slot, key):
            need = needs.definition_needs(catalog, other, key, slot)
            if need is not None:
                # Only the column, or the foreign key, goes.
                other_key = (need.by_space, other.oid, need.by)
                part = catalog.find_key(other_key)
                if part is None:
                    continue
                other = part
            catalog.kill(other.oid)
            catalog.put(other_key, other._replace(presence=ABSENT, maker=catalog.statement))
    catalog.kill(slot.oid)
    catalog.put(key, slot._replace(presence=ABSENT, maker=catalog.statement))
    if effect.kind is Kind.CONSTRAINT and effect.ref.parent is not None:
        table = catalog.key(effect.ref.parent)
        if table is not None:
            index: Key = (Space.RELATION, table[1], key[2])
            known = catalog.slot(index)
            if known is not None and known.presence is PRESENT and known.kind is Kind.INDEX:
                catalog.kill(known.oid)
                catalog.put(index, known._replace(presence=ABSENT, maker=catalog.statement))


def _kept(run: Pass, effect: Drops, key: Key, slot: Slot) -> Result:
    catalog = run.catalog
    if effect.kind is Kind.CONSTRAINT:
        return _key_kept(run, effect, key, slot)
    if effect.kind is Kind.SCHEMA:
        for name in catalog.names_in(slot.oid):
            return run.raised("2BP01", effect, f"{name} is in it")
        return None
    dependents = needs.dependents(catalog, slot, key)
    if not dependents:
        return None
    other_key, other = dependents[0]
    noun = other.kind.noun if other.kind is not None else other_key[0].value
    return run.raised("2BP01", effect, f"{noun} {other_key[2]} depends on it")


def _key_kept(run: Pass, effect: Drops, key: Key, slot: Slot) -> Result:
    """A key that a foreign key stands on."""
    catalog = run.catalog
    table = catalog.by_oid(key[1])
    home = catalog.key_of(key[1])
    if table is None or home is None:
        return None
    known: Constraint | None = None
    if isinstance(slot.definition, IndexDefinition):
        columns = tuple(column for column in slot.definition.columns if column)
        facet = catalog.find_key((Space.FACET, key[1], "primary key"))
        primary = facet is not None and slot.oid in facet.owners
        known = Constraint(key[2], "CONSTR_PRIMARY" if primary else "CONSTR_UNIQUE", columns)
    elif isinstance(table.definition, TableDefinition):
        known = table.definition.constraints.get(key[2])
    if known is None or known.contype not in {"CONSTR_PRIMARY", "CONSTR_UNIQUE"}:
        return None
    for name in needs.foreign_keys(catalog, table, home, known):
        return run.raised("2BP01", effect, f"foreign key {name} stands on it")
    return None
