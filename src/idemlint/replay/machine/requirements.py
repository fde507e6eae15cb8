"""Requirements: what a statement needs to be there, or not to be there, before it does anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres.kinds import ROW_TYPES, Kind, Ref, Space
from idemlint.replay.catalog.relation import TableDefinition
from idemlint.replay.catalog.slots import ABSENT, PRESENT, UNKNOWN, Slot
from idemlint.replay.effects.vocabulary import SKIP, Requires, UsesAnyColumn, UsesColumns, Verb
from idemlint.replay.machine.run import FORK, SKIPPED, Doubt

if TYPE_CHECKING:
    from idemlint.replay.machine.run import Machine, Result


def requires(machine: Machine, effect: Requires) -> Result:
    """Something must be there, or must not: raise, skip, learn or doubt."""
    ref, want = effect.ref, effect.want
    catalog = machine.catalog
    if effect.beside is not None:
        ref = catalog.beside(ref, effect.beside)
        effect = effect if ref is effect.ref else effect._replace(ref=ref)
    slot = catalog.find(ref)
    presence = UNKNOWN if slot is None else slot.presence
    if presence is PRESENT:
        if want:
            if effect.wrong_kind is not None and _other_kind(machine, effect, slot):
                return _unmet(machine, effect, slot, effect.wrong_kind)
            return None
    elif presence is ABSENT:
        if not want:
            return _row_type_taken(machine, effect) if effect.kind in ROW_TYPES else None
    elif presence is UNKNOWN:
        return _unknown(machine, effect)
    return _unmet(machine, effect, slot, effect.otherwise)


def uses_columns(machine: Machine, effect: UsesColumns) -> Result:
    """One look at the table serves all its columns; the long way is for the one that is amiss."""
    if machine.in_body:
        # In a body a name may be a variable's.
        return None
    catalog = machine.catalog
    table = catalog.find(effect.table)
    if table is not None and table.presence is PRESENT:
        oid, definition = table.oid, table.definition
        told = definition.column_names if isinstance(definition, TableDefinition) else ()
        slots = catalog.slots
        amiss = []
        for name in effect.names:
            slot = slots.get((Space.COLUMN, oid, name))
            if slot is None:
                if name not in told:
                    amiss.append(name)
            elif slot.presence is not PRESENT or (slot.owners and not catalog.alive(slot)):
                amiss.append(name)
    else:
        amiss = list(effect.names)
    for name in amiss:
        ref = Ref(Space.COLUMN, name, None, effect.table)
        result = requires(machine, Requires(ref, True, "42703", Kind.COLUMN, Verb.USE))
        if result is not None:
            return result
    return None


def uses_any_column(machine: Machine, effect: UsesAnyColumn) -> Result:
    """A name that must be a column of one of several tables."""
    catalog = machine.catalog
    if machine.in_body or not machine.judging:
        return None
    for name in effect.names:
        for table in effect.tables:
            ref = Ref(Space.COLUMN, name, None, table)
            if catalog.presence(table) is not PRESENT or catalog.presence(ref) is not ABSENT:
                break
        else:
            had = [Ref(Space.COLUMN, name, None, table) for table in effect.tables]
            # The one that a table had once is the one that was meant.
            gone = next((ref for ref in had if _had(machine, ref)), had[0])
            return requires(machine, Requires(gone, True, "42703", Kind.COLUMN, Verb.USE))
    return None


def _had(machine: Machine, ref: Ref) -> bool:
    key = machine.catalog.key(ref)
    return key is not None and key in machine.catalog.slots


def _unknown(machine: Machine, effect: Requires) -> Result:
    anew = machine.judging and _is_anew(machine, effect.ref)
    if effect.otherwise is SKIP:
        if effect.want or (machine.judging and not anew):
            return FORK
        machine.uncertain = True
        return None
    if machine.judging and not anew:
        state = "is there" if effect.want else "is not there"
        reason = f"whether {effect.kind.noun} {effect.ref} {state} cannot be told"
        machine.doubts.append(Doubt(reason, effect, effect.otherwise, machine.span, machine.leaf))
        return None
    machine.catalog.set_presence(
        effect.ref, PRESENT if effect.want else ABSENT, effect.kind if effect.want else None
    )
    if machine.catches is not None and machine.catches(effect.otherwise):
        machine.uncertain = True
    return None


def _is_anew(machine: Machine, ref: Ref) -> bool:
    """Whether a name lives in something that the rerun has made: there, all is as in the first run."""
    key = machine.catalog.key(ref)
    if key is None or key[1] < machine.fresh:
        return False
    home = machine.catalog.by_oid(key[1])
    return home is not None and home.maker > 0


def _unmet(machine: Machine, effect: Requires, slot: Slot | None, otherwise: str) -> Result:
    if otherwise is SKIP:
        return SKIPPED
    sqlstate = _sqlstate(machine, effect, otherwise)
    handled = machine.catches is not None and machine.catches(sqlstate)
    if (
        not machine.judging
        and not handled
        and machine.catalog.key(effect.ref) not in machine.believed
    ):
        # The first run is assumed to succeed, so what was believed before it is wrong.
        machine.catalog.set_presence(effect.ref, PRESENT if effect.want else ABSENT)
        return None
    return machine.raised(sqlstate, effect, _why(machine, effect, slot, sqlstate))


def _sqlstate(machine: Machine, effect: Requires, otherwise: str) -> str:
    """A schema that is gone is noticed before what was in it (queries do not ask for it first)."""
    schema = effect.ref.schema or (effect.ref.parent.schema if effect.ref.parent else None)
    if effect.want and schema and effect.verb not in {Verb.USE, Verb.WRITE}:
        slot = machine.catalog.slots.get((Space.SCHEMA, 0, schema))
        if slot is not None and slot.presence is ABSENT:
            return "3F000"
    parent = effect.ref.parent
    if effect.want and parent is not None and machine.catalog.presence(parent) is ABSENT:
        return "42P01" if parent.space is Space.RELATION else "42704"
    return otherwise


def _why(machine: Machine, effect: Requires, slot: Slot | None, sqlstate: str) -> str:
    noun = effect.kind.noun
    if sqlstate == "42809" and slot is not None and slot.kind is not None and effect.want:
        return f"{effect.ref} is a {slot.kind.noun}, not a {noun}"
    if sqlstate == "3F000" and effect.kind is not Kind.SCHEMA:
        return f"schema {effect.ref.schema} is gone"
    if effect.want:
        if sqlstate == "42P01" and effect.ref.parent is not None:
            return f"{effect.ref.parent} is gone"
        return f"{noun} {effect.ref} is gone {machine.since(slot)}"
    return f"{noun} {effect.ref} exists {machine.since(slot)}"


def _other_kind(machine: Machine, effect: Requires, slot: Slot | None) -> bool:
    return slot is not None and slot.kind is not None and slot.kind is not effect.kind


def _row_type_taken(machine: Machine, effect: Requires) -> Result:
    type_ref = effect.ref._replace(space=Space.TYPE)
    key = machine.catalog.key(type_ref)
    slot = machine.catalog.slot(key) if key is not None else None
    if slot is not None and slot.presence is PRESENT and machine.judging:
        return machine.raised("42710", effect, f"type {effect.ref} has that name")
    return None
