"""Sequences that a rerun puts where the first run put them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres.kinds import Kind, Space
from idemlint.replay.catalog import table_rows
from idemlint.replay.catalog.slots import ABSENT
from idemlint.replay.effects.vocabulary import Sets

if TYPE_CHECKING:
    from idemlint.postgres.kinds import Ref
    from idemlint.replay.catalog.slots import Slot
    from idemlint.replay.machine.run import Pass


def set_back(run: Pass, effect: Sets) -> None:
    """`RESTART WITH 100`, `setval('s', 1)`: what was given since is given again, and an INSERT meets the row
    that has it (23505). Not of a sequence, or of the rows that it numbers, that the rerun has made anew; nor
    where the file fills the table itself, and says up to where; nor of one that numbers no rows."""
    catalog = run.catalog
    slot = catalog.find(effect.ref)
    oid = slot.oid if slot is not None else 0
    if slot is not None and (slot.presence is ABSENT or slot.oid >= run.fresh):
        return
    run.candidates = [
        each
        for each in run.candidates
        if not (isinstance(each.effect, Sets) and each.effect.ref == effect.ref)
    ]
    if effect.value is None:
        return
    tables = _tables(run, effect.ref, slot)
    for table in tables:
        facts = table_rows.rows_of(catalog, table)
        written = table_rows.written_by(catalog, table)
        if max(table.oid, facts.emptied) >= run.fresh or written > run.file_start:
            return
    if not tables:
        return
    where = f"to {effect.value}" if effect.value else "to where it starts"
    reason = f"sequence {effect.ref} is set back {where}: the numbers it gave since come again"
    run.candidate(reason, effect, oid)


def _tables(run: Pass, ref: Ref, slot: Slot | None) -> list[Slot]:
    """The tables whose rows a sequence numbers: the one that it belongs to, or that it is called after."""
    catalog = run.catalog
    found = [catalog.by_oid(oid) for oid in (slot.owners if slot is not None else ())]
    tables = [each for each in found if each is not None and each.kind is Kind.TABLE]
    if not tables:
        name = ref.name
        while "_" in name:
            name = name.rpartition("_")[0]
            table = catalog.find(ref._replace(space=Space.RELATION, name=name))
            if table is not None and table.kind is Kind.TABLE:
                tables.append(table)
                break
    return tables
