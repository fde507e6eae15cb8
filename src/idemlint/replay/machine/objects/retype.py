"""ALTER COLUMN … TYPE: refused where something is made of the column, be its type the same
(`RememberAllDependentForRebuilding`, `ATPrepAlterColumnType`: src/backend/commands/tablecmds.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.replay.catalog.column import Column
from idemlint.replay.catalog.relation import TableDefinition
from idemlint.replay.catalog.slots import PRESENT
from idemlint.replay.machine.objects.defaults import keep
from idemlint.replay.machine.objects.dependencies import column_needs
from idemlint.replay.machine.objects.needs import holders

if TYPE_CHECKING:
    from idemlint.replay.catalog.slots import Key, Slot
    from idemlint.replay.effects.vocabulary import Retypes
    from idemlint.replay.machine.objects.needs import Holder
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result


def retypes(run: Pass, effect: Retypes) -> Result:
    """The column has another type from now on."""
    catalog = run.catalog
    catalog.cause = (effect, run.span, run.leaf)
    key = catalog.key(effect.ref)
    slot = catalog.find_key(key) if key is not None else None
    if key is None or slot is None or slot.presence is not PRESENT:
        return None
    if run.judging:
        if is_partition_key(run, key):
            return run.raised("42P16", effect, f"column {key[2]} is in the partition key")
        for holder in holders(catalog, {slot.oid: (key, slot)}):
            return run.raised("0A000", effect, f"{_noun(holder)} uses column {key[2]}")
    known = slot.definition
    if known is None:
        table = catalog.by_oid(key[1])
        columns = table.definition.columns if table is not None and _has_columns(table) else {}
        known = columns.get(key[2])
    if isinstance(known, Column):
        known = known._replace(type=effect.type, typmods=effect.typmods)
    else:
        known = Column(key[2], effect.type, False, None, False, False, typmods=effect.typmods)
    catalog.put(key, slot._replace(definition=known, needs=column_needs(run, known)))
    keep(run, slot.oid, known)
    return None


def _has_columns(table: Slot) -> bool:
    return isinstance(table.definition, TableDefinition)


def _noun(holder: Holder) -> str:
    key, slot = holder.part or holder.key, holder.slot
    noun = slot.kind.noun if slot.kind is not None else key[0].value
    return f"{noun} {key[2].partition('(')[0]}"


def is_partition_key(run: Pass, key: Key) -> bool:
    """Whether a column is one by which its table is partitioned."""
    table = run.catalog.by_oid(key[1])
    definition = table.definition if table is not None else None
    return isinstance(definition, TableDefinition) and key[2] in definition.partitioned_by
