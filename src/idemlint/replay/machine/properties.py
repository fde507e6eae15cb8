"""Effects that make and end no names: settings, transactions, and what raises or repeats by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.replay.catalog.column import Column
from idemlint.replay.catalog.slots import ABSENT, PRESENT
from idemlint.replay.machine.run import SKIPPED, Hazard

if TYPE_CHECKING:
    from idemlint.replay.effects.vocabulary import (
        Command,
        EndsAtCommit,
        Fails,
        Fills,
        Opaque,
        Repeats,
        Sets,
        SetsPath,
        Transaction,
    )
    from idemlint.replay.machine.run import Machine, Result


def sets(machine: Machine, effect: Sets) -> Result:
    """A property gets a value; only those that matter to later statements are kept."""
    catalog = machine.catalog
    if effect.facet == "restart":
        key = catalog.key(effect.ref)
        if key is not None:
            machine.restarted.add(key)
        return None
    key = catalog.key(effect.ref)
    if key is None:
        return None
    slot = catalog.find_key(key)
    if slot is None or slot.presence is not PRESENT:
        return None
    if effect.facet == "owners":
        catalog.put(key, slot._replace(owners=machine.oids(effect.value)))
        return None
    known = slot.definition
    if known is None:
        table = catalog.by_oid(key[1])
        columns = getattr(table.definition, "columns", {}) if table is not None else {}
        known = columns.get(effect.ref.name)
    if isinstance(known, Column):
        definition = known._replace(**{effect.facet: effect.value})
        catalog.put(key, slot._replace(definition=definition))
    return None


def sets_path(machine: Machine, effect: SetsPath) -> Result:
    """From here on, names are looked for elsewhere."""
    machine.catalog.search_path = effect.schemas or ("public",)
    return None


def transaction(machine: Machine, effect: Transaction) -> Result:
    """What is rolled back never was. A rollback in a body, or of nothing, does nothing here."""
    kind = effect.kind
    if machine.in_body:
        return None
    here = (machine.catalog.mark(), len(machine.candidates))
    if kind in {"TRANS_STMT_BEGIN", "TRANS_STMT_START"}:
        machine.savepoints = {"": here}
    elif kind == "TRANS_STMT_SAVEPOINT":
        machine.savepoints[effect.name] = here
    elif kind in {"TRANS_STMT_ROLLBACK", "TRANS_STMT_ROLLBACK_TO"}:
        since = machine.savepoints.get(effect.name if kind.endswith("_TO") else "")
        if since is not None:
            machine.catalog.undo(since[0])
            del machine.candidates[since[1] :]
        if kind == "TRANS_STMT_ROLLBACK":
            machine.savepoints = {}
    elif kind in {"TRANS_STMT_COMMIT", "TRANS_STMT_PREPARE"}:
        machine.savepoints = {}
        for key in machine.until_commit:
            slot = machine.catalog.slot(key)
            if slot is not None and slot.presence is PRESENT:
                machine.catalog.kill(slot.oid)
                machine.catalog.put(key, slot._replace(presence=ABSENT))
        machine.until_commit.clear()
    return None


def ends_at_commit(machine: Machine, effect: EndsAtCommit) -> Result:
    """ON COMMIT DROP."""
    key = machine.catalog.key(effect.ref)
    if key is not None:
        machine.until_commit.append(key)
    return None


def fills(machine: Machine, effect: Fills) -> Result:
    """A first run that rows would break, unless the table is of the same file."""
    if not machine.judging:
        slot = machine.catalog.find(effect.table)
        fresh = slot is not None and slot.maker > machine.file_start and slot.certain
        if not fresh:
            machine.hazards.append(
                Hazard(machine.catalog.statement, effect, machine.span, machine.leaf)
            )
    return None


def repeats(machine: Machine, effect: Repeats) -> Result:
    """It happens once more each time, unless its sequence was restarted before."""
    if effect.subject is not None:
        key = machine.catalog.key(effect.subject)
        if key in machine.restarted:
            return None
    machine.candidate(effect.what, effect)
    return None


def fails(machine: Machine, effect: Fails) -> Result:
    """It raises by itself the second time."""
    return machine.raised(effect.sqlstate, effect, effect.reason) if machine.judging else None


def opaque(machine: Machine, effect: Opaque) -> Result:
    """It cannot be told; what it mentions is not known any more."""
    machine.doubt(effect.reason, effect)
    if effect.mentions:
        machine.catalog.forget_all(effect.mentions)
    return None


def command(machine: Machine, effect: Command) -> Result:
    """Effects that a guard skips together; the statement goes on."""
    before = machine.uncertain
    result = machine.apply(effect.effects)
    machine.uncertain = before
    return None if result is SKIPPED else result
