"""ALTER COLUMN … TYPE: refused where something is made of the column, be its type the same
(`RememberAllDependentForRebuilding`, `ATPrepAlterColumnType`: src/backend/commands/tablecmds.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Space
from idemlint.replay.catalog.column import Column
from idemlint.replay.catalog.slots import PRESENT
from idemlint.replay.catalog.table_rows import column_of
from idemlint.replay.machine.objects.defaults import keep
from idemlint.replay.machine.objects.dependencies import changed_needs
from idemlint.replay.machine.objects.needs import (
    COMPUTED_HOLD,
    by_name,
    going,
    holders,
    is_partition_key,
    noun_of,
)
from idemlint.replay.machine.parse_analysis import forget_type
from idemlint.replay.queries.resolve import FoundColumn

if TYPE_CHECKING:
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.effects.vocabulary import Converts, Retypes
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result


def converts(run: Pass, effect: Converts) -> Result:
    """The USING of a column that gets a type, analysed over the columns as they are."""
    from idemlint.replay.queries.typed import refusal_of_using

    table = effect.ref.parent
    if table is None:
        return None
    using = {effect.using.kind: effect.using.fields}
    refusal = refusal_of_using(run.catalog, table, using, effect.type, effect.wants)
    if isinstance(refusal, bool):
        if not refusal and effect.why:
            run.doubt(effect.why, effect)
        return None
    sqlstate, reason = refusal
    if run.judging:
        return run.raised(sqlstate, effect, reason)
    # The first run took it, so what is believed of a column that it reads is wrong.
    for each in effect.reads:
        if each.space is Space.COLUMN:
            forget_type(run, FoundColumn(table, each.name))
    return None


def retypes(run: Pass, effect: Retypes) -> Result:
    """The column has another type from now on."""
    catalog = run.catalog
    catalog.cause = (effect, run.span, run.leaf)
    key = catalog.key(effect.ref)
    slot = catalog.find_key(key) if key is not None else None
    if key is None or slot is None or slot.presence is not PRESENT:
        return None
    if run.judging:
        if is_partition_key(catalog, key):
            return run.raised("42P16", effect, f"column {key[2]} is in the partition key")
        if run.machine.postgres_version < COMPUTED_HOLD:
            for _, other in going(catalog, [(key, slot)], COMPUTED_HOLD - 1).values():
                made = other.definition
                if other.oid != slot.oid and isinstance(made, Column) and made.expression:
                    return run.raised("42601", effect, f"a generated column reads column {key[2]}")
        for holder in holders(catalog, {slot.oid: (key, slot)}):
            old = holder.by_computing and run.machine.postgres_version < COMPUTED_HOLD
            sqlstate = "42601" if old else "0A000"
            user = noun_of(holder.part or holder.key, holder.slot)
            return run.raised(sqlstate, effect, f"{user} uses column {key[2]}")
        stored = _stored_in(catalog, key[1])
        if stored is not None:
            return run.raised("0A000", effect, f"{stored} has its row type")
    known = column_of(catalog, catalog.by_oid(key[1]), key[2])
    if known is not None:
        known = known._replace(type=effect.type, typmods=effect.typmods)
    else:
        known = Column(key[2], effect.type, False, None, False, False, typmods=effect.typmods)
    catalog.put(key, slot._replace(definition=known, needs=changed_needs(run, key, slot, known)))
    keep(run, slot.oid, known)
    return None


def _stored_in(catalog: Catalog, oid: int) -> str | None:
    """A column whose values hold rows of a table or a composite type, by way of other types too
    (`find_composite_type_dependencies`, src/backend/commands/tablecmds.c)."""
    waiting, seen = [oid], {oid}
    while waiting:
        key, slot = catalog.key_of(waiting[-1]), catalog.by_oid(waiting.pop())
        if key is None or slot is None:
            continue
        users = [
            (each, other) for each, other in catalog.relying(slot.oid) if slot.oid in other.needs
        ]
        users += [(each.part or each.key, each.slot) for each in by_name(catalog, key, slot)]
        for (space, container, name), other in users:
            if not catalog.alive(other) or catalog.is_dead(container):
                continue
            holder = catalog.by_oid(container) if space is Space.COLUMN else other
            if holder is None or holder.oid in seen:
                continue
            if space is Space.COLUMN and holder.kind in _STORED:
                return f"column {name}"
            if (
                space is Space.COLUMN and holder.kind is Kind.COMPOSITE_TYPE
            ) or space is Space.TYPE:
                seen.add(holder.oid)
                waiting.append(holder.oid)
    return None


#: Relations that hold values.
_STORED: Final = frozenset({Kind.TABLE, Kind.MATERIALIZED_VIEW, Kind.FOREIGN_TABLE})
