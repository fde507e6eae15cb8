"""RENAME and SET SCHEMA: a thing goes by another name, with all that lives in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres.kinds import Kind, Space
from idemlint.replay.catalog.column import Column
from idemlint.replay.catalog.slots import ABSENT, PRESENT, Key, Slot
from idemlint.replay.machine.objects.defaults import keep
from idemlint.replay.machine.objects.dependencies import column_needs
from idemlint.replay.machine.objects.needs import by_name

if TYPE_CHECKING:
    from idemlint.replay.effects.vocabulary import Renames
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result


def renames(run: Pass, effect: Renames) -> Result:
    """The thing moves to another name, its twin (a constraint and its index) with it."""
    catalog = run.catalog
    catalog.cause = (effect, run.span, run.leaf)
    is_routine, to = effect.ref.space is Space.ROUTINE, None
    if is_routine:
        from idemlint.replay.machine.objects import routines

        key = routines.key_of(run, effect)
    else:
        key = catalog.key(effect.ref)
    if key is None:
        return None
    slot = catalog.find_key(key)
    if effect.ref.space is Space.TYPE and (slot is None or slot.presence is not PRESENT):
        relation: Key = (Space.RELATION, key[1], key[2])
        known = catalog.find_key(relation)
        if known is not None and known.presence is PRESENT:
            key, slot = relation, known
    if effect.to.schema == effect.ref.schema:
        # The new name stays in the schema where the old one was found.
        suffix = key[2][len(effect.ref.name) :] if is_routine else ""
        to = (key[0], key[1], effect.to.name + suffix)
    else:
        to = catalog.key(effect.to)
        if to is not None:
            to = (key[0], to[1], key[2])
    if to is None or to == key:
        return None
    moves = to[1] != key[1]
    if moves and run.judging:
        taken = catalog.slot(to)
        if taken is not None and taken.presence is PRESENT:
            duplicate = "42P07" if key[0] is Space.RELATION else effect.kind.duplicate
            return run.raised(duplicate, effect, f"{effect.to} exists already")
    if slot is None or slot.presence is not PRESENT:
        slot = Slot(PRESENT, catalog.new_oid(), effect.kind, certain=False)
    if moves and key[0] is Space.RELATION:
        _move_along(run, slot, key[1], to[1])
    pin(run, key, slot)
    if effect.kind in {Kind.INDEX, Kind.CONSTRAINT}:
        _rename_twin(run, effect, key, slot, to[2])
    catalog.put(key, Slot(ABSENT, catalog.new_oid(), effect.kind, maker=catalog.statement))
    catalog.put(to, slot)
    return None


def pin(run: Pass, key: Key, slot: Slot) -> None:
    """What needs a thing by its name needs it by whatever name it gets."""
    catalog = run.catalog
    for holder in by_name(catalog, key, slot):
        part = holder.part
        known = catalog.find_key(part) if part is not None else None
        if part is None or part[0] is not Space.COLUMN or known is None:
            continue
        columns = getattr(holder.slot.definition, "columns", {})
        made = columns.get(part[2])
        if isinstance(made, Column):
            needs = column_needs(run, made)
            catalog.put(part, known._replace(definition=made, needs=needs))
            keep(run, known.oid, made)


def _move_along(run: Pass, table: Slot, schema: int, to: int) -> None:
    """A table's indexes and sequences are in its schema."""
    catalog = run.catalog
    for key, slot in catalog.relying(table.oid):
        here = key[0] is Space.RELATION and key[1] == schema
        if here and table.oid in slot.owners and slot.kind in {Kind.INDEX, Kind.SEQUENCE}:
            absent = Slot(ABSENT, catalog.new_oid(), slot.kind, maker=catalog.statement)
            catalog.put(key, absent)
            catalog.put((key[0], to, key[2]), slot)


def _rename_twin(run: Pass, effect: Renames, key: Key, slot: Slot, name: str) -> None:
    """A constraint and its index have one name."""
    catalog = run.catalog
    if effect.kind is Kind.CONSTRAINT and effect.ref.parent is not None:
        table = catalog.key(effect.ref.parent)
        if table is None:
            return
        twin: Key = (Space.RELATION, table[1], key[2])
        other = catalog.slot(twin)
        if other is None or not (slot.oid in other.owners or other.oid in slot.owners):
            return
    else:
        home = next((catalog.key_of(owner) for owner in slot.owners), None)
        if home is None or home[0] is not Space.CONSTRAINT:
            return
        twin, other = home, catalog.slot(home)
        if other is None:
            return
    catalog.put(twin, Slot(ABSENT, catalog.new_oid(), maker=catalog.statement))
    catalog.put((twin[0], twin[1], name), other)
