"""What INSERT, UPDATE and DELETE come to when they run once more."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Space
from idemlint.replay.catalog import table_rows
from idemlint.replay.catalog.known_rows import KnownRows
from idemlint.replay.catalog.relation import INSERT, UPDATE, TableDefinition
from idemlint.replay.catalog.slots import ABSENT
from idemlint.replay.effects.vocabulary import Again, Deletes, Fills, Inserts, Updates
from idemlint.replay.guards import conditions
from idemlint.replay.machine.bodies import truth

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.postgres.kinds import Ref
    from idemlint.replay.catalog.constraint import UniqueKey
    from idemlint.replay.catalog.slots import Slot
    from idemlint.replay.catalog.table_rows import Rows
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result

    Values = dict[str, str | None]

_AGAIN = "the same rows are inserted once more"
_REPEATS = {
    True: f"{_AGAIN}, or fail with 23505",
    None: f"{_AGAIN}, or fail with 23505 where a key keeps them apart",
    False: _AGAIN,
}


def _known(run: Pass, ref: Ref) -> tuple[Slot, Rows] | None:
    """A table, and what is known of its rows; `None` where there is nothing to write into."""
    table = run.catalog.find(ref)
    if table is None or table.presence is ABSENT:
        return None
    return table, table_rows.rows_of(run.catalog, table)


def insert(run: Pass, effect: Inserts) -> Result:
    """Carry out an INSERT or a COPY FROM, and say what its rerun does."""
    known = _known(run, effect.table)
    if known is None:
        return None
    table, facts = known
    rows = _rows(effect, table)
    if effect.target and not run.judging and not _inferred(run, table, effect):
        run.hazard(Fills(effect.table, "42P10", effect.table, Kind.TABLE))
    if effect.guard is not None:
        kept_out = _kept_out(run, effect, rows)
        if kept_out is True:
            return None
        if kept_out is None:
            run.doubt("whether its guard finds the row cannot be told", effect)
            _learn(run, table, facts, rows, effect)
            return None
    elif effect.guarded:
        return None
    if run.judging and run.catalog.has(Space.RULE, table.oid):
        run.doubt(f"a rule on {effect.table} may do something else", effect)
        return None
    # A row that ON CONFLICT skips has met the BEFORE triggers by then.
    if run.judging and effect.conflict and run.catalog.fires(table.oid, INSERT, before=True):
        run.doubt(f"a trigger on {effect.table} runs once more", effect)
        return None
    result = _judge(run, effect, table, facts, rows) if run.judging else None
    if result is None:
        _learn(run, table, facts, rows, effect)
    return result


def _inferred(run: Pass, table: Slot, effect: Inserts) -> bool:
    """Whether a unique index is, or may be, over exactly the columns that ON CONFLICT names."""
    if not table_rows.is_closed(table) or not effect.target or "" in effect.target:
        return True
    return table_rows.may_have_key(run.catalog, table, effect.table, frozenset(effect.target))


def _rows(effect: Inserts, table: Slot) -> _Literal | None:
    """The literal rows by column; positions are named where the table's columns are not known."""
    if effect.rows is None:
        return None
    columns = effect.columns
    if columns is None and isinstance(table.definition, TableDefinition):
        columns = tuple(table.definition.columns)
    return _Literal(columns, effect.rows)


class _Literal:
    """Rows as they are written, read one after the other: seed files hold very many."""

    __slots__ = ("_columns", "_rows")

    def __init__(
        self, columns: tuple[str, ...] | None, rows: tuple[tuple[str | None, ...], ...]
    ) -> None:
        self._columns = columns
        self._rows = rows

    def __iter__(self) -> Iterator[Values]:
        columns = self._columns
        for row in self._rows:
            names = columns if columns is not None else tuple(f"#{n}" for n in range(len(row)))
            yield dict(zip(names, row, strict=False))

    def has_null(self, column: str) -> bool:
        """Whether a row gives a column what is no constant."""
        if self._columns is None or column not in self._columns:
            return False
        # Of two columns of one name, the last counts.
        place = len(self._columns) - 1 - self._columns[::-1].index(column)
        return any(place < len(row) and row[place] is None for row in self._rows)


def _learn(run: Pass, table: Slot, facts: Rows, rows: _Literal | None, effect: Inserts) -> None:
    run.copied.update(run.oids(effect.sources))
    if rows is None:
        table_rows.set_rows(run.catalog, table, facts._replace(complete=False))
        return
    room = _MOST_ROWS - len(facts.rows)
    known = tuple(
        frozenset((name, value) for name, value in row.items() if value is not None)
        for row in islice(rows, max(room, 0))
    )
    complete = facts.complete and room >= len(effect.rows or ())
    if known or complete is not facts.complete:
        facts = facts._replace(complete=complete, rows=facts.rows.plus(known))
    table_rows.set_rows(run.catalog, table, facts)


#: Seed files hold thousands of rows; of those past this, only that there are some is remembered.
_MOST_ROWS: Final = 5000


def _kept_out(run: Pass, effect: Inserts, rows: _Literal | None) -> bool | None:
    """Whether the WHERE of an INSERT … SELECT keeps its row out.

    Where the catalog of rows does not say, the guard itself does: one that tests what it inserts is
    true from then on; one that tests another value is not.
    """
    assert effect.guard is not None
    value = truth(run, effect.guard)
    if value is not None:
        return not value
    row = next(iter(rows), {}) if rows is not None else {}
    for fact, _ in conditions.assume(effect.guard, True):
        if isinstance(fact, conditions.RowExists) and fact.table.name == effect.table.name:
            tested = dict(fact.row)
            if any(row.get(name) not in {None, value} for name, value in tested.items()):
                return False
            if tested and all(row.get(name) == value for name, value in tested.items()):
                return True if run.judging else None
    return None


def _judge(
    run: Pass,
    effect: Inserts,
    table: Slot,
    facts: Rows,
    rows: _Literal | None,
) -> Result:
    keys = table_rows.unique_keys(run.catalog, table)
    known = table_rows.is_closed(table)
    if facts.complete and not facts.rows and (rows is None or facts.restarted or not facts.epoch):
        return None
    if effect.conflict:
        return _judge_conflict(run, effect, table, facts, rows, keys, known=known)
    if rows is None:
        return _judge_unknown_rows(run, effect, table, facts, keys, known=known)
    doubtful = False
    repeats = False
    for row in rows:
        present = _present(facts, row, keys)
        if present is True:
            key = next(key for key in keys if table_rows.restrict(row, key.columns) is not None)
            columns = ", ".join(key.columns)
            reason = f"{effect.table} has a row with this ({columns}) since its first run"
            return run.raised("23505", effect, reason)
        if present is None:
            doubtful = True
        elif not _deleted(facts, row):
            repeats = True
        elif known and (anew := _anew(table, row)):
            reason = f"the row is deleted and inserted anew, with another {anew}"
            run.candidate(reason, effect, table.oid, facts.epoch)
    if repeats:
        _repeat(
            run,
            effect,
            table,
            facts,
            _conflicts(run, effect, table, rows, keys, known=known),
        )
    elif doubtful:
        run.doubt("whether the rows are still there cannot be told", effect, "23505")
    return None


def _present(facts: Rows, row: Values, keys: list[UniqueKey]) -> bool | None:
    """Whether a key finds the row there (`None`: it cannot be told; `False`: no key looks at it)."""
    covered = [part for key in keys if (part := table_rows.restrict(row, key.columns)) is not None]
    if not covered:
        return False
    answers = {table_rows.holds(facts, part) for part in covered}
    if True in answers:
        return True
    return None if None in answers else False


def _anew(table: Slot, row: Values) -> str:
    """A column that gets another value when the row is inserted anew."""
    for column in table.definition.columns.values():
        if column.generated and column.name not in row:
            return str(column.name)
    return ""


def _deleted(facts: Rows, row: Values) -> bool:
    """Whether the row was surely removed before, so that inserting it is not once more."""
    literal = frozenset((name, value) for name, value in row.items() if value is not None)
    return table_rows.holds(facts, literal) is False


def _judge_unknown_rows(
    run: Pass,
    effect: Inserts,
    table: Slot,
    facts: Rows,
    keys: list[UniqueKey],
    *,
    known: bool,
) -> Result:
    if max(table.oid, facts.emptied) >= run.fresh:
        return None  # the rerun has made the table, or emptied it: all is as it was the first time
    if effect.from_file:
        for key in keys:
            if effect.columns is None or set(key.columns) <= set(effect.columns):
                reason = f"{effect.table} has these rows since the first run"
                return run.raised("23505", effect, reason)
    _repeat(run, effect, table, facts, _conflicts(run, effect, table, None, keys, known=known))
    return None


def _repeat(run: Pass, effect: Inserts, table: Slot, facts: Rows, kept: bool | None) -> None:
    """The rows come once more, unless a key stops them, as far as that can be told."""
    run.candidate(_REPEATS[kept], effect._replace(kept=kept), table.oid, facts.epoch)


def _judge_conflict(
    run: Pass,
    effect: Inserts,
    table: Slot,
    facts: Rows,
    rows: _Literal | None,
    keys: list[UniqueKey],
    *,
    known: bool,
) -> Result:
    if effect.conflict == "update" and effect.update not in {None, Again.SAME}:
        if effect.update is Again.UNKNOWN:
            run.doubt("what DO UPDATE sets the second time cannot be told", effect)
        else:
            reason = "DO UPDATE gives the rows another value each time"
            run.candidate(reason, effect, table.oid, facts.epoch)
        return None
    kept = _conflicts(run, effect, table, rows, keys, known=known)
    if kept is False:
        reason = f"{_AGAIN}: no key finds them there, so ON CONFLICT never happens"
        run.candidate(reason, effect, table.oid, facts.epoch)
    elif kept is None:
        run.doubt(f"which keys {effect.table} has cannot be told", effect)
    return None


def _conflicts(
    run: Pass,
    effect: Inserts,
    table: Slot,
    rows: _Literal | None,
    keys: list[UniqueKey],
    *,
    known: bool,
) -> bool | None:
    """Whether ON CONFLICT meets the rows of the first run."""
    if effect.target is not None:
        return _meets(effect, table, rows, effect.target)
    answers = [_meets(effect, table, rows, key.columns) for key in keys]
    if True in answers:
        return True
    if not known or None in answers:
        return None
    # A key over some of the rows may be over what a query gives.
    partial = table_rows.partial_keys(run.catalog, table) if rows is None else []
    return (
        None if any(_meets(effect, table, rows, each) is not False for each in partial) else False
    )


def _meets(
    effect: Inserts, table: Slot, rows: _Literal | None, columns: tuple[str, ...]
) -> bool | None:
    """Whether the values that a key looks at are the same each time, and not NULL."""
    definition = table.definition if isinstance(table.definition, TableDefinition) else None
    given = effect.columns
    if given is None:
        given = tuple(definition.columns) if definition is not None else None
        if given is not None and rows is not None and effect.rows:
            given = given[: len(effect.rows[0])]
    for column in columns:
        if given is not None and column not in given:
            known = definition.columns.get(column) if definition is not None else None
            if known is None:
                return None
            if known.generated or known.default is None:
                return False
    if rows is None or given is None:
        return True
    return not any(rows.has_null(column) and not _may_be_same(effect, column) for column in columns)


def _may_be_same(effect: Inserts, column: str) -> bool:
    """A value that is no literal: a NULL or a generator never meets the row, anything else may."""
    return column not in effect.never_meet


def updates(run: Pass, effect: Updates) -> Result:
    """Carry out an UPDATE: what doing it once more comes to is in the effect."""
    catalog = run.catalog
    known = _known(run, effect.table)
    if known is None:
        return None
    table, facts = known
    if facts.rows and effect.columns:
        # What they are now is not known: a row that is not found may still be there.
        blurred = facts.rows.without_columns(effect.columns)
        table_rows.set_rows(catalog, table, facts._replace(rows=blurred, complete=False))
    if catalog.has(Space.RULE, table.oid):
        run.doubt(f"a rule on {effect.table} may do something else", effect)
    elif effect.again is Again.SAME:
        if catalog.fires(table.oid, UPDATE):
            run.doubt(f"a trigger on {effect.table} runs once more", effect)
    elif effect.again is Again.UNKNOWN:
        run.doubt(effect.why, effect)
    else:
        run.candidate(effect.why, effect, table.oid, facts.epoch)
    return None


def deletes(run: Pass, effect: Deletes) -> Result:
    """Carry out a DELETE or a TRUNCATE: the rows that are known are known to be gone."""
    catalog = run.catalog
    known = _known(run, effect.table)
    if known is None:
        return None
    table, facts = known
    if effect.every:
        after = table_rows.Rows(
            complete=True,
            epoch=facts.epoch + 1,
            restarted=effect.restarts,
            emptied=catalog.new_oid(),
        )
    elif effect.rows is not None:
        kept = facts.rows.without(effect.rows)
        after = facts._replace(rows=kept, gone=facts.gone.plus(effect.rows))
    else:
        after = facts._replace(rows=KnownRows(), complete=False)
    table_rows.set_rows(catalog, table, after)
    if effect.limited:
        run.candidate("LIMIT picks other rows each time", effect, table.oid, facts.epoch)
    return None
