"""What UPDATE and DELETE come to when they run once more."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Space
from idemlint.postgres.value_types import differ
from idemlint.replay.catalog import table_rows
from idemlint.replay.catalog.definition import UPDATE
from idemlint.replay.catalog.known_rows import (
    GIVEN,
    NULL,
    OR_ANOTHER,
    KnownRows,
    Patterns,
    literal,
)
from idemlint.replay.catalog.slots import ABSENT
from idemlint.replay.effects.vocabulary import Again, Deletes, Updates
from idemlint.replay.queries.columns import names_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.postgres.kinds import Ref
    from idemlint.replay.catalog.known_rows import Row
    from idemlint.replay.catalog.slots import Slot
    from idemlint.replay.catalog.table_rows import Rows
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result
    from idemlint.replay.rewrites.reruns import Reruns


def known_table(run: Pass, ref: Ref) -> tuple[Slot, Rows] | None:
    """A table, and what is known of its rows; `None` where there is nothing to write into."""
    table = run.catalog.find(ref)
    if table is None or table.presence is ABSENT:
        return None
    return table, table_rows.rows_of(run.catalog, table)


def base_of(run: Pass, view: Slot) -> Slot | None:
    """The one table of a view without triggers and rules, whose columns have the same names."""
    catalog = run.catalog
    if view.kind is not Kind.VIEW:
        return None
    if catalog.has(Space.RULE, view.oid) or catalog.has(Space.TRIGGER, view.oid):
        return None
    read = [
        oid
        for oid in view.needs
        if (home := catalog.key_of(oid)) is not None and home[0] is Space.RELATION
    ]
    table = catalog.by_oid(read[0]) if len(read) == 1 else None
    if table is None or table.kind is not Kind.TABLE:
        return None
    names, own = catalog.made_of(view, names_of), catalog.made_of(table, names_of)
    return table if not own or set(names).issubset(own) else None


def updates(run: Pass, effect: Updates) -> Result:
    """Carry out an UPDATE: what doing it once more comes to is in the effect."""
    catalog = run.catalog
    known = known_table(run, effect.table)
    if known is None:
        return None
    table, facts = known
    if effect.told is not None and run.judging and not effect.told.settled:
        effect = _told(run, effect, table)
    overwritten = _overwritten(run, effect, table, facts) if run.judging else None
    if facts.rows and effect.columns:
        # What they are now is not known: a row that is not found may still be there.
        blurred = facts.rows.without_columns((*effect.columns, GIVEN))
        vague = facts.vague.union(effect.columns)
        known_rows = facts._replace(rows=blurred, complete=False, vague=vague)
        table_rows.set_rows(catalog, table, known_rows)
    if catalog.has(Space.RULE, table.oid):
        run.doubt(f"a rule on {effect.table} may do something else", effect)
    elif effect.again is Again.SAME:
        if run.judging and catalog.fires(table.oid, UPDATE) and _fires(run, table, effect):
            return None
        if overwritten is not None:
            reason = f"it overwrites rows that came to {effect.table} since"
            run.candidate(reason, effect, table.oid, facts.epoch, gone=overwritten)
    elif effect.again is Again.UNKNOWN:
        run.doubt(effect.why, effect)
    else:
        run.candidate(effect.why, effect, table.oid, facts.epoch)
    return None


def _fires(run: Pass, table: Slot, effect: Updates) -> bool:
    from idemlint.replay.machine.called.firing import updates_again

    rows, told = True, effect.told
    if told is not None:
        from idemlint.replay.rewrites.retold import changed_back, finds_rows

        others = _others(run, effect)
        rows = finds_rows(run.catalog, table, effect) or bool(
            changed_back(run.catalog, table, told.rewriting, others, run.fresh)
        )
    return updates_again(run, table, UPDATE, effect, rows=rows)


def _told(run: Pass, effect: Updates, table: Slot) -> Updates:
    """The same, as it is told by what is known of the table, and of what else runs again."""
    from idemlint.replay.rewrites.retold import found_again, retold

    effect = retold(run.catalog, table, effect, exhausts=run.exhausts)
    return found_again(run.catalog, table, effect, _others(run, effect), run.fresh)


def _others(run: Pass, effect: Updates) -> Sequence[Updates]:
    """The other UPDATEs of its table that run again."""
    reruns = reruns_of(run)
    return reruns.updates(effect.table, run.catalog.statement) if reruns is not None else ()


#: As a list of patterns: one that all rows have.
_ALL_ROWS: Final = (frozenset[tuple[str, str]](),)
#: Seed files hold thousands of rows: those that came last are looked at.
_MOST_LOOKED_AT: Final = 100


def _overwritten(run: Pass, effect: Updates, table: Slot, facts: Rows) -> Row | None:
    """A row that came since the first run of an UPDATE, with another value: that one did not see it."""
    if not effect.sets or not facts.rows:
        return None
    columns = {
        name: (column.type if column is not None else "", value)
        for name, value in effect.sets
        for column in (table_rows.column_of(run.catalog, table, name),)
    }
    for wanted in effect.rows:
        for row in islice(facts.rows.find(wanted), _MOST_LOOKED_AT):
            for name, stored in row if OR_ANOTHER not in row else ():
                type_name, value = columns.get(name, ("", ""))
                if stored[:1] == NULL[:1] or not type_name:
                    continue
                if value == NULL or differ(type_name, stored, value):
                    return literal(row)
    return None


def _deletes_again(run: Pass, effect: Deletes, table: Slot, facts: Rows) -> None:
    """Rows that came since the first run of a DELETE, and that it finds now."""
    for wanted in _ALL_ROWS if effect.every else effect.rows or ():
        row = next(facts.rows.find(wanted), None)
        if row is not None and OR_ANOTHER not in row:
            reason = f"it deletes rows that came to {effect.table} since"
            run.candidate(reason, effect, table.oid, facts.epoch, gone=literal(row))
            return


def _is_refilled(run: Pass, effect: Deletes, table: Slot) -> bool:
    """Whether a table that was there before the rerun is filled behind this, and not by what it had."""
    if table.oid >= run.fresh or table.oid in run.copied:
        return False
    reruns = reruns_of(run)
    return reruns is not None and reruns.fills(effect.table, run.catalog.statement)


def reruns_of(run: Pass) -> Reruns | None:
    """What else runs again in a rerun."""
    if run.reruns is None and run.again is not None:
        from idemlint.replay.rewrites.reruns import Reruns

        run.reruns = Reruns(*run.again)
    return run.reruns


def _emptied(run: Pass, facts: Rows, effect: Deletes) -> Rows:
    return table_rows.Rows(
        complete=True,
        epoch=facts.epoch + 1,
        restarted=effect.restarts,
        emptied=run.catalog.new_oid(),
    )


def _empty_along(run: Pass, table: Slot, effect: Deletes) -> None:
    """TRUNCATE … CASCADE goes on to all tables whose foreign keys point at one that it empties
    (`heap_truncate_find_FKs`, src/backend/catalog/heap.c)."""
    from idemlint.replay.machine.objects.foreign_keys import pointing_at

    catalog = run.catalog
    waiting, seen = [table], {table.oid}
    while waiting:
        for holder in pointing_at(catalog, waiting.pop()):
            if holder.oid not in seen:
                seen.add(holder.oid)
                waiting.append(holder)
                rows = table_rows.rows_of(catalog, holder)
                table_rows.set_rows(catalog, holder, _emptied(run, rows, effect))


def deletes(run: Pass, effect: Deletes) -> Result:
    """Carry out a DELETE or a TRUNCATE: the rows that are known are known to be gone."""
    catalog = run.catalog
    known = known_table(run, effect.table)
    if known is None:
        return None
    table, facts = known
    if effect.among and run.judging and not effect.cascade:
        from idemlint.replay.machine.objects.foreign_keys import pointing_at

        for holder in pointing_at(catalog, table):
            if holder.oid not in run.oids(effect.among):
                home = catalog.key_of(holder.oid)
                name = home[2] if home is not None else "another table"
                return run.raised(
                    "0A000", effect, f"a foreign key of {name} points at {effect.table}"
                )
    if effect.every:
        after = _emptied(run, facts, effect)
        if effect.cascade:
            _empty_along(run, table, effect)
    elif effect.rows is not None and facts.vague.isdisjoint(
        name for row in effect.rows for name, _ in row
    ):
        kept = facts.rows.without(effect.rows)
        after = facts._replace(rows=kept, gone=facts.gone.plus(effect.rows))
    else:
        # Rows that came back, and may be left, are among those that are known no more.
        gone = (Patterns() if facts.rows else facts.gone).plus(effect.rows or ())
        after = facts._replace(rows=KnownRows(), complete=False, gone=gone)
    table_rows.set_rows(catalog, table, after)
    if effect.every and run.judging and _is_refilled(run, effect, table):
        reason = f"table {effect.table} is emptied and filled again: its rows are gone"
        run.candidate(reason, effect._replace(refilled=True), table.oid, after.epoch)
    elif effect.others and not run.exhausts:
        run.candidate("it finds other rows each time", effect, table.oid, facts.epoch)
    elif effect.others is None and not run.exhausts:
        run.doubt("which rows it finds depends on those that it has left", effect)
    elif run.judging:
        _deletes_again(run, effect, table, facts)
    return None
