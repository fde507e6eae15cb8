"""What INSERT and COPY FROM come to when they run once more."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Space
from idemlint.replay.catalog import table_rows
from idemlint.replay.catalog.definition import INSERT, UPDATE
from idemlint.replay.catalog.known_rows import NEW, NULL, OR_ANOTHER, literal
from idemlint.replay.effects.vocabulary import Again, Inserts, Updates
from idemlint.replay.keys import given
from idemlint.replay.keys.identity import Keys, assumed_key
from idemlint.replay.keys.implied import some
from idemlint.replay.keys.inference import infer
from idemlint.replay.keys.values import is_new
from idemlint.replay.machine.asked.row_guards import kept_out
from idemlint.replay.machine.refusals import is_null, no_values, refused
from idemlint.replay.machine.writes import base_of, known_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.replay.catalog.known_rows import Row
    from idemlint.replay.catalog.slots import Slot
    from idemlint.replay.catalog.table_rows import Rows, TableKey
    from idemlint.replay.keys.given import GivenRows, Values
    from idemlint.replay.keys.inference import Inference
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result

#: What ON CONFLICT does, in the outcome of a statement whose table may have any keys.
UNSURE: Final = "unsure"
_ONCE_MORE: Final = "the same rows are inserted once more"
_DOUBTFUL: Final = "whether the rows are still there, or a key keeps them apart, cannot be told"
#: By whether a key keeps the rows out.
_AGAIN: Final = {
    True: "where its query gives rows, they are there since the first run: 23505",
    None: f"{_ONCE_MORE}, or fail with 23505 where a key keeps them apart",
    False: _ONCE_MORE,
}
#: Seed files hold thousands of rows; of those past this, only that there are some is remembered.
_MOST_ROWS: Final = 5000


def insert(run: Pass, effect: Inserts) -> Result:
    """Carry out an INSERT or a COPY FROM, and say what its rerun does."""
    known = known_table(run, effect.table)
    if known is None:
        return None
    table, facts = known
    base = base_of(run, table)
    if base is not None:
        table, facts = base, table_rows.rows_of(run.catalog, base)
    rows = given.read(run.catalog, effect, table, in_order=base is None)
    if isinstance(rows, str):
        return run.raised("21000", effect, "a sub-select gives more than one row")
    if run.judging:
        # A query is analysed before it is asked for any row.
        result = no_values(run, effect, table, rows)
        if result is not None:
            return result
    inference = None
    if effect.conflict:
        inference = infer(run.catalog, table, effect)
        result = refused(run, effect, table, facts, rows, inference)
        if result is not None:
            return result
    if run.world is not None:
        # Of rows that come for the first time nothing is asked.
        _learn(run, table, facts, rows, effect, guarded=effect.guarded is not False)
        return None
    if effect.guard is not None or effect.guarded is None:
        is_kept_out = kept_out(run, effect, rows) if effect.guard is not None else None
        if is_kept_out is True:
            return None
        if is_kept_out is None:
            run.doubt("whether its guard finds the row cannot be told", effect)
            _learn(run, table, facts, rows, effect, guarded=True)
            return None
    elif effect.guarded:
        return None
    if run.judging and run.catalog.has(Space.RULE, table.oid):
        run.doubt(f"a rule on {effect.table} may do something else", effect)
        return None
    # A row that ON CONFLICT skips has met the BEFORE triggers by then.
    if run.judging and effect.conflict and run.catalog.fires(table.oid, INSERT, before=True):
        from idemlint.replay.machine.called.firing import skips_again

        keys = {name for key in run.catalog.made_of(table, Keys).all for name in key.columns or ()}
        if not skips_again(run, table, INSERT, frozenset(keys)):
            run.doubt(f"a trigger on {effect.table} runs once more", effect)
            return None
    if run.judging:
        result = is_null(run, effect, table, rows)
        if result is not None:
            return result
        judge = _Judge(run, effect, table, facts, rows, inference)
        result = judge.verdict()
        if result is not None or judge.kept:
            return result
        if table.oid >= run.fresh and rows is not None and len(rows) and not rows.found:
            reason = f"the rerun makes one more table {effect.table.name}, and this fills it"
            run.candidate(reason, effect, table.oid, facts.epoch, of_new=True)
        elif run.current_error is not None:
            reason = "the handler takes over when this runs again, and inserts rows"
            run.candidate(reason, effect, table.oid, facts.epoch)
    _learn(run, table, facts, rows, effect)
    return None


def _learn(
    run: Pass,
    table: Slot,
    facts: Rows,
    rows: GivenRows | None,
    effect: Inserts,
    *,
    guarded: bool = False,
) -> None:
    run.copied.update(run.oids(effect.sources))
    if rows is None:
        table_rows.set_rows(run.catalog, table, facts._replace(complete=False))
        return
    room = _MOST_ROWS - len(facts.rows)
    unsure = (
        guarded
        or effect.guard is not None
        or (effect.conflict and not _are_new(run, table, facts, rows))
    )
    more = (OR_ANOTHER,) if unsure else ()
    known = tuple(
        frozenset((*(pair for pair in row.items() if pair[1] is not None), *more))
        for row in islice(rows, max(room, 0))
    )
    complete = facts.complete and room >= len(rows) and not rows.found
    vague = run.catalog.made_of(table, Keys).vague(rows)
    if known or complete is not facts.complete:
        vague |= facts.vague
        facts = facts._replace(complete=complete, rows=facts.rows.plus(known), vague=vague)
    table_rows.set_rows(run.catalog, table, facts)


#: Of more rows nobody asks one by one whether a key finds them: seed files hold thousands.
_FEW: Final = 20


def _are_new(run: Pass, table: Slot, facts: Rows, rows: GivenRows) -> bool:
    """Whether no key finds any of these rows for sure."""
    if not facts.complete or len(rows) > _FEW:
        return False
    keys = run.catalog.made_of(table, Keys)
    return all(keys.is_there(facts, row, key) is False for row in rows for key in keys.all)


def _literal(row: Values) -> Row:
    return literal((name, value) for name, value in row.items() if value is not None)


def _raises(key: TableKey) -> str:
    """What a second row with the same key raises; empty where that is not known."""
    definition = key.definition
    if not key.sure or definition.excludes in {"other", "overlaps"}:
        return ""
    return "23P01" if definition.excludes else "23505"


class _Judge:
    """What the rerun of one INSERT comes to."""

    def __init__(
        self,
        run: Pass,
        effect: Inserts,
        table: Slot,
        facts: Rows,
        rows: GivenRows | None,
        inference: Inference | None,
    ) -> None:
        self._run = run
        self._effect = effect
        self._table = table
        self._facts = facts
        self._rows = rows
        self._inference = inference
        self._asked = run.catalog.made_of(table, Keys)
        self._keys = self._asked.all
        self._closed = self._asked.closed
        #: ON CONFLICT finds all rows there, and leaves them as they are.
        self.kept = False

    def verdict(self) -> Result:
        """The error, or what is noted."""
        facts, rows = self._facts, self._rows
        empty = facts.complete and not facts.rows
        as_at_first = facts.restarted or (not facts.epoch and self._table.oid >= self._run.fresh)
        if empty and (rows is None or as_at_first):
            return None
        if self._effect.conflict:
            return self._conflict()
        return self._unknown_rows() if rows is None else self._plain(rows, self._keys)

    # -- without ON CONFLICT, or where that looks at other keys ------------------------------------------

    def _plain(self, rows: GivenRows, keys: Sequence[TableKey]) -> Result:
        run, effect, facts = self._run, self._effect, self._facts
        doubtful = repeats = another = False
        for row in rows:
            present: bool | None = False
            for key in keys:
                there = self._asked.is_there(facts, row, key)
                if there is True and (sqlstate := _raises(key)):
                    return run.raised(sqlstate, effect, self._same_key(key))
                if there is not False:
                    present = None
            deleted = self._deleted(row)
            another = another or not (self._closed or deleted)
            if present is None:
                doubtful = True
            elif not deleted:
                repeats = True
            elif anew := self._anew(row):
                gone = _literal(row)
                run.renewed.add((self._table.oid, gone))
                reason = f"the row is deleted and inserted anew, with another {anew}"
                run.candidate(reason, effect, self._table.oid, facts.epoch, gone=gone)
        if another:
            self._comes_again()
        elif doubtful:
            run.doubt(_DOUBTFUL, effect, "23505")
        elif repeats:
            kept = effect._replace(kept=False)
            run.candidate(_AGAIN[False], kept, self._table.oid, facts.epoch)
        return None

    def _same_key(self, key: TableKey) -> str:
        effect = self._effect
        if key.columns is None:
            return f"{effect.table} has a row with this key since its first run"
        columns = ", ".join(key.columns)
        return f"{effect.table} has a row with this ({columns}) since its first run"

    def _anew(self, row: Values) -> str:
        """A column that gets another value when the row is inserted anew."""
        for column in getattr(self._table.definition, "columns", {}).values():
            changes = column.generated or (column.default is not None and is_new(column.default))
            if changes and column.name not in row:
                return str(column.name)
        return ""

    def _deleted(self, row: Values) -> bool:
        """Whether the row was surely removed before, so that inserting it is not once more."""
        return table_rows.holds(self._facts, _literal(row)) is False

    def _unknown_rows(self) -> Result:
        run, effect, facts = self._run, self._effect, self._facts
        if max(self._table.oid, facts.emptied) >= run.fresh:
            return (
                None  # the rerun has made the table, or emptied it: all is as it was the first time
            )
        if effect.from_file:
            for key in self._keys:
                if not key.sure or not key.definition.unique or key.columns is None:
                    continue
                given_all = effect.columns is None or set(key.columns) <= set(effect.columns)
                if given_all and not key.definition.partial:
                    reason = f"{effect.table} has these rows since the first run"
                    return run.raised("23505", effect, reason)
        kept = self._kept_by(self._keys)
        if kept and not effect.picks and self._finds_the_same():
            return run.raised("23505", effect, _AGAIN[True].removesuffix(": 23505"))
        if kept is not False or not self._closed:
            self._comes_again(kept=kept or None)
        else:
            reason = _AGAIN[False]
            run.candidate(reason, effect._replace(kept=False), self._table.oid, facts.epoch)
        return None

    def _finds_the_same(self) -> bool:
        """Whether the tables that its query reads have not been written into since: then it gives what it
        gave. Of this one itself it finds the rows that it found, and those that it has inserted."""
        catalog, sources = self._run.catalog, self._effect.sources
        found = [catalog.find(each) for each in sources]
        return bool(found) and all(
            each is not None
            and table_rows.written_by(catalog, each)
            < catalog.statement + (each.oid == self._table.oid)
            for each in found
        )

    def _comes_again(self, kept: bool | None = None) -> None:
        """It is not known which keys there are, or whether there are rows: either is amiss."""
        effect = self._effect._replace(conflict=UNSURE, kept=kept)
        doubts = self._run.doubts
        self._run.doubt(_AGAIN[kept], effect, "23505")
        # It says more than that something else cannot be told.
        doubts.insert(0, doubts.pop())

    # -- ON CONFLICT -------------------------------------------------------------------------------------

    def _conflict(self) -> Result:
        run, effect = self._run, self._effect
        if effect.conflict == "update" and effect.update not in {None, Again.SAME}:
            if effect.update is Again.UNKNOWN:
                run.doubt("what DO UPDATE sets the second time cannot be told", effect)
            else:
                reason = "DO UPDATE gives the rows another value each time"
                run.candidate(reason, effect, self._table.oid, self._facts.epoch)
            return None
        assert self._inference is not None
        arbiters = self._inference.keys
        if arbiters is None:
            assumed = assumed_key(effect)
            arbiters = (assumed,) if assumed is not None else tuple(self._keys)
            # The WHERE behind the columns may say more than the index's.
            known = assumed is not None and not assumed.definition.partial
        else:
            known = True
        kept = self._kept_by(arbiters)
        if kept is False and known:
            return self._never_kept(arbiters)
        if effect.conflict == "update" and run.catalog.fires(self._table.oid, UPDATE, before=False):
            from idemlint.replay.machine.called.firing import updates_again

            written = Updates(effect.table, Again.SAME, columns=effect.columns or ())
            updates_again(run, self._table, UPDATE, written, rows=True)
        self.kept = kept is True and effect.conflict == "nothing"
        if kept is not True:
            run.doubt(f"which keys {effect.table} has cannot be told", effect)
        return None

    def _never_kept(self, arbiters: Sequence[TableKey]) -> Result:
        """No key that ON CONFLICT looks at finds the rows: another may, and that is an error."""
        run, effect = self._run, self._effect
        others = [key for key in self._keys if key not in arbiters]
        if self._rows is not None and others:
            result = self._plain_others(self._rows, others)
            if result is not None or run.doubts:
                return result
        reason = f"{_ONCE_MORE}: no key finds them there, so ON CONFLICT never happens"
        run.candidate(reason, effect, self._table.oid, self._facts.epoch)
        return None

    def _plain_others(self, rows: GivenRows, others: list[TableKey]) -> Result:
        for row in rows:
            for key in others:
                there = self._asked.is_there(self._facts, row, key)
                if there is True and (sqlstate := _raises(key)):
                    return self._run.raised(sqlstate, self._effect, self._same_key(key))
                if there is not False:
                    self._run.doubt(_DOUBTFUL, self._effect, "23505")
                    return None
        return None

    def _kept_by(self, keys: Sequence[TableKey]) -> bool | None:
        """Whether one of these keys keeps out the rows that the first run brought."""
        if self._rows is None:
            return some([self._query_meets(key) if key.sure else None for key in keys])
        answers: list[bool | None] = []
        for key in keys:
            answers.append(self._meet(self._rows, key) if key.sure else None)
            if answers[-1]:
                break  # rows may be many
        return some(answers)

    def _meet(self, rows: GivenRows, key: TableKey) -> bool | None:
        answer = self._asked.meet_themselves(rows, key)
        return self._query_meets(key) if answer is None and rows.found else answer

    def _query_meets(self, key: TableKey) -> bool | None:
        """The same of rows that are not known: whether it gives all columns of the key."""
        columns = key.columns
        if columns is None or key.lost:
            return None
        given_columns = self._effect.columns
        definition = self._table.definition
        if given_columns is None:
            return None if key.definition.partial else True
        template = dict(zip(given_columns, (self._effect.rows or ((),))[0], strict=False))
        for name in columns:
            if name in template and (value := template[name]) in {NEW, NULL, None}:
                return None if value is None else False
            if name not in given_columns:
                told = getattr(definition, "columns", {}).get(name)
                if told is None:
                    return None
                if told.generated or told.default is None:
                    return False
        return None if key.definition.partial else True
