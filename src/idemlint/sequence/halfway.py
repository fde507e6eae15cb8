"""A run that stopped in the midst of a file: what committed before, what was taken back, what never ran."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.errors import UsageProblem
from idemlint.postgres.no_block import transaction_verb
from idemlint.records import NamedTuple
from idemlint.replay.judge.rerun import Cut, replay_stopped
from idemlint.replay.judge.verdict import Verdict
from idemlint.source.positions import Lines

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from idemlint.replay.judge.rerun import Program
    from idemlint.replay.judge.verdict import Outcome
    from idemlint.replay.machine.run import Machine
    from idemlint.runners.clues import FolderClues
    from idemlint.runners.profile import Profile
    from idemlint.runners.units import Delivery
    from idemlint.sequence.running.runs import Running
    from idemlint.sequence.script import Script
    from idemlint.source.statement import Statement

_CLOSING: Final = re.compile(rb"\s*;")


class StoppedAt(NamedTuple):
    """The statement that a run stopped at, and why it was taken where the place is not in it: `note`, a
    sentence, or nothing. `is_exact`: the place is in it, and in no other."""

    statement: Statement
    is_exact: bool
    note: str = ""


class Ran(NamedTuple):
    """A statement of a run: the file it stands in, as it was named to us, and how it was sent."""

    name: str
    script: Script
    statement: Statement
    delivery: Delivery


class Halfway(NamedTuple):
    """What a run left that stopped at `at`, the statement that did not finish, and what the rerun does.

    `stays` committed, `undone` ran and was taken back, `never` did not run; each in the order of the run.
    `again` is what runs before the rerun comes to `at`, with outcomes up to the first that fails. `earlier`
    are the files before this one, `together` those of them that share its transaction, `None` where they are
    not known. `ended_by` is what ended that transaction in one of them.
    """

    profile: Profile
    at: Ran
    stop: StoppedAt
    stays: tuple[Ran, ...]
    undone: tuple[Ran, ...]
    never: tuple[Ran, ...]
    again: tuple[tuple[Ran, Outcome], ...]
    together: tuple[str, ...] | None
    earlier: tuple[str, ...]
    ended_by: Ran | None = None

    @property
    def hits(self) -> tuple[Ran, Outcome] | None:
        """The statement that fails in the rerun before it comes to where the run stopped."""
        if self.again and self.again[-1][1].verdict is Verdict.FAILS:
            return self.again[-1]
        return None


def locate(script: Script, row: int, column: int | None = None) -> StoppedAt:
    """The statement at a place of a file, row and column counted from 1; between two of them, the next one.

    Raises `UsageProblem` where there is none to take, or what is there is not applied.
    """
    source = script.parsed.source
    lines = Lines(source.data)
    name = source.path
    number = len(lines) - source.data.endswith(b"\n")
    if not 1 <= row <= number:
        raise UsageProblem(f"{name} has {number:,} lines: there is no line {row}")
    first, last = lines.bounds(row)
    if column is not None:
        first = last = _offset(source.data, first, last, column)
    statements = script.parsed.statements
    applied = {each.index for each in script.applied}
    # A server tells the line on which a statement begins, psql that of its semicolon.
    there = [each for each in statements if each.start <= last and _end(source.data, each) >= first]
    whose = f"{name}: line {row}"
    if there:
        stop = next((each for each in there if each.start >= first), there[0])
        if len(there) > 1 and all(each.index not in applied for each in there):
            stop = there[0]
        if stop.index not in applied:
            raise UsageProblem(
                f"{whose} is in the down section, which does not run in a deploy"
                " (`--down` counts it in)"
            )
        note = ""
        if len(there) > 1:
            note = (
                f"Line {row} has {len(there)} statements: the one that begins at column"
                f" {lines.position(stop.start).column} is taken. FILE:LINE:COLUMN names another."
            )
        return StoppedAt(stop, len(there) == 1, note)
    behind = [each for each in statements if each.start > last]
    if behind and behind[0].index not in applied:
        raise UsageProblem(f"{whose} is behind the last statement that is applied{_WHOLE}")
    if not behind:
        raise UsageProblem(f"{whose} is behind the last statement{_WHOLE}")
    taken = lines.row(behind[0].start)
    return StoppedAt(
        behind[0],
        False,
        f"Line {row} is in no statement: the next one, on line {taken}, is taken.",
    )


_WHOLE: Final = (
    ": if all of the file ran and only the journal does not know it,"
    " `idemlint replay --rerun file` says what a rerun does"
)


def _offset(data: bytes, first: int, last: int, column: int) -> int:
    text = data[first:last].decode("utf-8", "replace")
    return first + len(text[: max(column - 1, 0)].encode("utf-8", "replace"))


def _end(data: bytes, statement: Statement) -> int:
    """The last byte of a statement, its semicolon included."""
    closing = _CLOSING.match(data, statement.end)
    return (closing.end() if closing else statement.end) - 1


def shares_transaction(script: Script, clues: FolderClues) -> bool:
    """Whether the file begins in a transaction that the runner opened for all pending files."""
    if script.profile.sending != "tx-all":
        return False
    deliveries = script.deliveries(clues)
    return any(_is_shared(deliveries[each.index]) for each in script.applied[:1])


def _is_shared(delivery: Delivery) -> bool:
    return delivery.block == "transaction" and not delivery.authored


class Run:
    """The statements of the files of one transaction, in their order, up to the end of the file in which the
    run stopped: the last of `files`, which runs the one, `name`, that the statement stands in."""

    def __init__(self, files: Sequence[Running], name: str, stop: StoppedAt) -> None:
        self._stop = stop
        self._ended_by: Ran | None = None
        self._ran: list[Ran] = []
        units: list[int] = []
        for each in files:
            self._last_file = len(self._ran)
            units += self._units(each, units[-1] if units else -1)
        self._together = tuple([each.name for each in files[:-1]])
        found = (
            place
            for place, each in enumerate(self._ran)
            if place >= self._last_file
            and each.name == name
            # A file may have been read anew meanwhile.
            and each.statement.index == stop.statement.index
        )
        self._at = next(found, -1)
        if self._at < 0:
            raise UsageProblem("this statement runs another file: name the place in that one")
        self.programs: list[Program] = [each.script.program(each.statement) for each in self._ran]
        self.cut = self._cut(units)

    def replayed(self, machine: Machine, number: int) -> dict[int, Outcome]:
        """What the rerun comes to over the machine's state, which stays what it is; the first statement has
        the number behind `number`. Raises what fails of ours: it is one question, and there is no answer."""
        mark, faults = machine.state.mark(), machine.faults
        faults.clear()
        try:
            found = replay_stopped(machine, self.programs, self.cut, number)
            for error in faults.values():
                raise error
        finally:
            machine.state.rollback(mark)
        return found

    def _units(self, runs: Running, latest: int) -> list[int]:
        """What of a file commits together, numbered on from the `latest` unit, which goes on where the
        runner's transaction does."""
        found: list[int] = []
        before: Delivery | None = self._ran[-1].delivery if self._ran else None
        chained = before is not None and transaction_verb(self._ran[-1].statement) == "chain"
        ended = before is not None and (self._ended_by is not None or not _is_open(self._ran[-1]))
        for ran in map(Ran._make, runs.ran()):
            delivery = ran.delivery
            goes_on = before is not None and (
                delivery.unit == before.unit
                if found
                else not ended and _is_shared(before) and _is_shared(delivery) and not chained
            )
            if ended and _is_shared(delivery):
                # Nobody opens another one: from here on each message commits.
                goes_on = False
                if self._ended_by is None:
                    self._ended_by = next(
                        (each for each in reversed(self._ran) if _ends(each.statement)), None
                    )
            if not goes_on:
                latest += 1
            found.append(latest)
            self._ran.append(ran)
            before = delivery
        return found

    def _cut(self, units: list[int]) -> Cut:
        at = self._at
        stays = [each for each in range(at) if units[each] != units[at]]
        undone = [each for each in range(at) if units[each] == units[at]]
        begin = self._begin(stays)
        return Cut(stays, undone, range(begin, at), units)

    def _begin(self, stays: Sequence[int]) -> int:
        """Where the rerun begins: at the file, unless the runner wrote down how far it came."""
        at = self._ran[self._at]
        own = range(self._last_file, len(self._ran))
        profile = at.script.profile
        if profile.begins_again == "statement":
            return len(stays)
        if profile.begins_again == "part":
            start = at.statement.start
            data = at.script.parsed.source.data
            for part in profile.parts(data):
                if part.span.start <= start < part.span.end:
                    inside = (p for p in own if self._ran[p].statement.start >= part.span.start)
                    return next(inside)
        return 0 if self._together else own[0]

    def told(
        self,
        outcomes: Mapping[int, Outcome],
        earlier: tuple[str, ...],
        *,
        is_pending_known: bool,
    ) -> Halfway:
        """All of it; `outcomes` are those of the rerun, `earlier` the files before that one."""
        cut, at = self.cut, self._ran[self._at]
        shared = at.script.profile.sending == "tx-all" and _is_shared(at.delivery)
        is_known = is_pending_known or not shared or not earlier
        return Halfway(
            at.script.profile,
            at,
            self._stop,
            tuple(self._ran[each] for each in cut.stays),
            tuple(self._ran[each] for each in cut.undone),
            tuple(self._ran[self._at + 1 :]),
            tuple((self._ran[each], outcomes[each]) for each in cut.again if each in outcomes),
            self._together if is_known else None,
            earlier,
            self._ended_by,
        )


def _is_open(ran: Ran) -> bool:
    """Whether the runner's transaction goes on behind a file's last statement."""
    return _is_shared(ran.delivery) and not _ends(ran.statement)


def _ends(statement: Statement) -> bool:
    return transaction_verb(statement) == "end"
