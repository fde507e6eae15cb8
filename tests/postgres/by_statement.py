"""The judge, statement by statement: which of a file's statements fails, which did it once more?

As idemlint's `--rerun` modes ask it:

- `judge_by_statement`: all of it again, after its end (`file`)
- `judge_stops`: from the start again, after each stop between two of the runner's units
  (`interrupted`)
- `judge_folder`: all files, and then all of them again (`folder`)

In a rerun a statement that fails has no effect and the rest goes on, even inside the file's own
transaction. A statement repeats where it touched a thing that is different when the rerun ends.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from .rerun import (
    Judgement,
    bare,
    execute_kept,
    first_error,
    is_transaction_control,
    judged_change,
    prepare,
    snapshot_within,
    written,
)
from .server import execute
from .snapshot import Difference

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from .server import Database, Session
    from .snapshot import Snapshot

    Changes = Mapping[str, Difference]
    Look = Callable[[str | None], None]

#: A file has so many stops at most; of more, so many are looked at.
MOST_STOPS = 24
RANKS = {"safe": 0, "sequence": 1, "repeats": 2, "fails": 3}

_COMMITS = re.compile(r"(?:commit|end)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sent:
    """A statement as it is sent: the rows that follow it, and the number of what commits with it."""

    text: str
    copy_data: bytes = b""
    unit: int = 0


def spread(count: int, sample: int | None) -> frozenset[int]:
    """Choose at most `sample` of the numbers below `count`, evenly spread."""
    if sample is None or sample >= count:
        return frozenset(range(count))
    return frozenset(index * count // sample for index in range(sample))


def judge_by_statement(
    database: Database,
    setup: Sequence[str],
    statements: Sequence[str],
    *,
    copy_data: Mapping[int, bytes] | None = None,
) -> tuple[Judgement, list[Judgement]]:
    """Judge all of it again after its end, and say which statement is to blame for what.

    The database is left as after the first run. Where the first run fails there is no second: all
    statements are "first fails", `first` says which ones did.
    """
    data = copy_data or {}
    sent = [Sent(one, data.get(index, b"")) for index, one in enumerate(statements)]
    with database.connect() as connection:
        prepare(connection, setup)
        rows: list[int | None] = []
        first = run_all(connection, sent, rows=rows)
    if (failed := first_error(first)) is not None:
        return Judgement("first fails", failed, first=tuple(first)), _not_judged(first)
    with database.copy() as again:
        with again.connect() as connection:
            # Most reruns change nothing: then there is no state to be read.
            looking = _Looking(again, connection, database.snapshot)
            second = run_all(connection, sent, look=looking)
        lasting = looking.since_begun()
    each = zip(first, second, _blamed(looking.touched, lasting), rows, strict=True)
    judgements = [
        replace(judged_change(mine, (one,), (two,)), rows=number) for one, two, mine, number in each
    ]
    return judged_change(lasting, tuple(first), tuple(second)), judgements


def judge_stops(
    database: Database, statements: Sequence[Sent], *, most: int = MOST_STOPS, undone: bool = False
) -> list[Judgement]:
    """Run a file up to a stop, end the session, run it from its start; for each statement the worst.

    Stops are behind the units and at the end; of more than `most` some are looked at, evenly spread.
    Where the file is one unit, a stop leaves nothing of it: all statements are "not-applicable".
    Only what ran before the stop can repeat. With `undone` the rerun takes back the unit that
    something failed in when it ends, and goes on after it. The database is left as after a whole run.
    """
    ends = [index + 1 for index in range(len(statements)) if _ends_unit(statements, index)]
    if len(ends) <= 1:
        with database.connect() as connection:
            first = run_all(connection, statements)
        if first_error(first) is not None:
            return _not_judged(first)
        return [Judgement("not-applicable", first=(None,)) for _ in statements]
    with database.copy() as origin:
        rows: list[int | None] = []
        with database.connect() as connection:
            first = run_all(connection, statements, rows=rows)
        if first_error(first) is not None:
            return _not_judged(first)
        expected = database.snapshot()
        # The end is where a rerun finds most.
        chosen = [ends[place] for place in sorted(spread(len(ends) - 1, most))] + ends[-1:]
        worst = [Judgement("safe", first=(None,), rows=number) for number in rows]
        for stop in chosen:
            found = _judge_stop(origin, statements, stop, expected, undone=undone)
            worst = [_worse(*pair) for pair in zip(worst, found, strict=True)]
    return worst


def judge_folder(database: Database, files: Sequence[Sequence[Sent]]) -> list[list[Judgement]]:
    """Run all files, a session each, and then all of them again; say for each statement what that did.

    A statement whose first run fails is "first fails"; what else that concerns is the caller's to
    tell. The database is left as after the first run.
    """
    firsts: list[list[str | None]] = []
    seconds: list[list[str | None]] = []
    rows: list[int | None] = []
    for file in files:
        with database.connect() as connection:
            firsts.append(run_all(connection, file, rows=rows))
    before = database.snapshot()
    with database.copy() as again:
        touched: list[Changes] = []
        state = before
        for file in files:
            with again.connect() as connection:
                looking = _Looking(again, connection, _known(state))
                seconds.append(run_all(connection, file, look=looking))
                touched += looking.touched
            state = looking.state or state
        lasting = before.difference(again.snapshot())
    each = iter(zip(_blamed(touched, lasting), rows, strict=True))
    judgements: list[list[Judgement]] = []
    for first, second in zip(firsts, seconds, strict=True):
        judgements.append([])
        for one, two in zip(first, second, strict=True):
            mine, number = next(each)
            judgements[-1].append(replace(judged_change(mine, (one,), (two,)), rows=number))
    return judgements


def _judge_stop(
    origin: Database,
    statements: Sequence[Sent],
    stop: int,
    expected: Snapshot,
    *,
    undone: bool,
) -> list[Judgement]:
    with origin.copy() as stopped:
        with stopped.connect() as connection:
            run_all(connection, statements[:stop])
        with stopped.connect() as connection:
            second = run_all(connection, statements, undone=undone)
        lasting = expected.difference(stopped.snapshot())
    touched: list[Changes] = [{} for _ in statements]
    if lasting:
        with origin.copy() as stopped:
            with stopped.connect() as connection:
                run_all(connection, statements[:stop])
            state = stopped.snapshot()
            with stopped.connect() as connection:
                looking = _Looking(stopped, connection, lambda: state)
                run_all(connection, statements, undone=undone, look=looking)
            # What has not run before the stop does nothing once more.
            touched = [*looking.touched[:stop], *touched[stop:]]
    each = zip(second, _blamed(touched, lasting), strict=True)
    return [replace(judged_change(mine, (None,), (one,)), stop=stop) for one, mine in each]


def _worse(one: Judgement, other: Judgement) -> Judgement:
    worse = other if RANKS[other.outcome] > RANKS[one.outcome] else one
    worse = replace(worse, rows=one.rows)
    states = {one.sqlstate, other.sqlstate, *one.also, *other.also} - {None, worse.sqlstate}
    return replace(worse, also=tuple(sorted(filter(None, states))))


def run_all(
    connection: Session,
    statements: Sequence[Sent],
    *,
    undone: bool = False,
    look: Look | None = None,
    rows: list[int | None] | None = None,
) -> list[str | None]:
    """Run statements and say which of them failed; with `undone`, units are transactions."""
    outcomes: list[str | None] = []
    opened = failed = False
    for index, one in enumerate(statements):
        last = _ends_unit(statements, index)
        if undone and (index == 0 or _ends_unit(statements, index - 1)):
            failed = False
            opened = not last and not is_transaction_control(one.text)
            if opened:
                execute(connection, "BEGIN")
        commits = _COMMITS.match(bare(one.text)) is not None
        text = "ROLLBACK" if undone and failed and commits else one.text
        sqlstate = execute_kept(connection, text, one.copy_data)
        number = connection.rows
        if opened and last:
            ended = execute(connection, "ROLLBACK" if failed or sqlstate else "COMMIT")
            sqlstate = sqlstate or ended
        failed = failed or sqlstate is not None
        outcomes.append(sqlstate)
        if rows is not None:
            rows.append(number)
        if look is not None:
            look(sqlstate)
    return outcomes


def _ends_unit(statements: Sequence[Sent], index: int) -> bool:
    return index + 1 == len(statements) or statements[index + 1].unit != statements[index].unit


def _known(state: Snapshot) -> Callable[[], Snapshot]:
    return lambda: state


class _Looking:
    """What each statement of a rerun in one session changed, seen right after it."""

    def __init__(
        self, database: Database, connection: Session, begun: Callable[[], Snapshot]
    ) -> None:
        self._database = database
        self._connection = connection
        self._begun = begun
        self._written = written(connection)
        self.touched: list[Changes] = []
        #: What was seen last; None where there was nothing to be seen.
        self.state: Snapshot | None = None

    def __call__(self, sqlstate: str | None) -> None:
        """Note what a statement changed that had this outcome."""
        now = written(self._connection)
        if now == self._written or (sqlstate is not None and _sequences_same(now, self._written)):
            self._written = now
            self.touched.append({})
            return
        before = self.state or self._begun()
        self.state = snapshot_within(self._database, self._connection)
        self.touched.append(before.difference(self.state))
        self._written = written(self._connection)

    def since_begun(self) -> Changes:
        """Return what is different now that the session has ended."""
        if self.state is None:
            return {}
        return self._begun().difference(self._database.snapshot())


def _sequences_same(one: tuple[str, str] | None, other: tuple[str, str] | None) -> bool:
    """What fails may have moved a sequence on, and it is in the log that it was taken back."""
    return one is not None and other is not None and one[1] == other[1]


def _blamed(touched: Sequence[Changes], lasting: Changes) -> list[Changes]:
    """Return what of each statement's changes is different in the end because of it.

    That is where the very thing came or went that has come or gone in the end; where none did that to
    a thing (a row had another column then), all that touched it. What hangs on a relation that is new
    in the end is its maker's.
    """
    lasting = _without_parts_of_new(lasting)
    makers: dict[tuple[str, str], set[int]] = {}
    for index, changes in enumerate(touched):
        for part, change in changes.items():
            if part in lasting:
                for name in _same(part, change, lasting[part]):
                    makers.setdefault((part, name), set()).add(index)
    return [
        {part: change for part, change in mine if change.added or change.removed}
        for mine in (
            [
                (
                    part,
                    _of(
                        change,
                        {
                            name
                            for name in change.names & lasting[part].names
                            if index in makers.get((part, name), (index,))
                        },
                    ),
                )
                for part, change in changes.items()
                if part in lasting
            ]
            for index, changes in enumerate(touched)
        )
    ]


def _without_parts_of_new(lasting: Changes) -> Changes:
    relations = lasting.get("pg_class", Difference((), ()))
    new = {name for name, _ in relations.added} - {name for name, _ in relations.removed}
    beginnings = tuple(f"{name}{end}" for name in sorted(new) for end in ". ")
    if not beginnings:
        return lasting
    return {
        part: _of(change, {name for name in change.names if not name.startswith(beginnings)})
        for part, change in lasting.items()
    }


def _same(part: str, one: Difference, other: Difference) -> set[str]:
    """The things that changed alike. A column that came or went did so whatever its place was; one that has
    another place in the end has it because of who dropped it and who made it, wherever it was meanwhile."""
    added = set(one.added).intersection(other.added)
    same = {name for name, _ in added.union(set(one.removed).intersection(other.removed))}
    if part != "pg_attribute":
        return same
    came, went = _came_and_went(other)
    mine, lost = _came_and_went(one)
    return (came & mine) | (went & lost) | (same - came - went) | (_moved(other) & (mine | lost))


def _moved(change: Difference) -> set[str]:
    """The columns that have another place, and are otherwise what they were."""
    before = {(name, text.partition(",")[2]) for name, text in change.removed}
    return {name for name, text in change.added if (name, text.partition(",")[2]) in before}


def _came_and_went(change: Difference) -> tuple[set[str], set[str]]:
    added = {name for name, _ in change.added}
    removed = {name for name, _ in change.removed}
    return added - removed, removed - added


def _of(change: Difference, names: set[str]) -> Difference:
    return Difference(
        tuple(item for item in change.added if item[0] in names),
        tuple(item for item in change.removed if item[0] in names),
    )


def _not_judged(first: Sequence[str | None]) -> list[Judgement]:
    """The state is not one that a rerun would meet: nothing can be said of any statement."""
    failed = first_error(first)
    return [Judgement("first fails", failed, first=(one,)) for one in first]
