"""Which rerun: a file is run once, and then again after its end, after a stop, or statement by statement."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from idemlint.records import NamedTuple
from idemlint.replay.catalog.knowledge import undo
from idemlint.replay.effects.vocabulary import Effect
from idemlint.replay.judge.lasting import changed_since, point, repeated
from idemlint.replay.judge.stops import stops
from idemlint.replay.judge.verdict import Outcome, Verdict, safe
from idemlint.replay.machine.run import Pass
from idemlint.replay.machine.signals import Raised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.modes import Rerun
    from idemlint.replay.catalog.slots import Change
    from idemlint.replay.judge.left_behind import Rollback
    from idemlint.replay.judge.renamed import Name
    from idemlint.replay.judge.slices import Slice
    from idemlint.replay.judge.stops import Stop
    from idemlint.replay.machine.run import Machine
    from idemlint.replay.machine.signals import Hazard, Result
    from idemlint.replay.machine.state import State

Program = tuple[Effect, ...]


class FileReplay(NamedTuple):
    """What one file's reruns came to: per statement one outcome a mode, hazards of its first run, and of a
    rollback what that came to besides; and what its first run comes to where nothing was there before the
    folder."""

    outcomes: list[dict[Rerun, Outcome]]
    hazards: list[tuple[int, Hazard]]
    rollback: Rollback | None = None
    firsts: Sequence[Any] = ()


def replay_file(
    machine: Machine,
    programs: Sequence[Program],
    units: Sequence[int],
    modes: frozenset[Rerun],
    first: int,
) -> FileReplay:
    """Run a file once over the machine's state, which keeps what it leaves, and judge the reruns in `modes`.

    `first` is the number of the statement before the file's first one; `units` are what commits together.
    Of the reruns nothing is left: the state is what it is where there are no `modes`.
    """
    state = machine.state
    state.begin_file()
    told: list[dict[Rerun, Outcome]] = [{} for _ in programs]
    stopping = _Stopping(machine, programs, units) if "interrupted" in modes else None
    run = Pass(machine, judging=False, file_start=first)
    ends = ends_of(state, units)
    for index, program in enumerate(programs):
        began = state.catalog.mark() if stopping is not None and index <= stopping.last else None
        run.statement(first + 1 + index, program)
        if index in ends and (not index or index - 1 in ends):
            state.end_unit()
        if "statement" in modes:
            _keep_worst(told, _rerun(machine, programs, [index], "statement", first))
        if index in ends:
            state.end_unit()
        if stopping is not None and began is not None:
            part = stopping.behind(index, state.catalog.changes(began))
            if part is not None and part.concerned:
                crossed = _crossed(part.runs, units, ends)
                changing: set[int] = set()
                rerun = _rerun(
                    machine, programs, part.runs, "interrupted", first, crossed, changing=changing
                )
                # What the others did for good may be undone by statements that do not run here.
                _keep_worst(told, {each: rerun[each] for each in part.concerned})
                stopping.ran(part.runs, changing)
    if stopping is not None:
        _keep_worst(told, stopping.left_out())
    state.end_file()
    if "file" in modes:
        everything = range(len(programs))
        _keep_worst(told, _rerun(machine, programs, everything, "file", first, ends))
    if "interrupted" in modes:
        _behind_the_last(told, units)
    return FileReplay(told, [(hazard.statement - first - 1, hazard) for hazard in run.hazards])


class _Stopping:
    """The stops of a file's first run, while it runs."""

    def __init__(self, machine: Machine, programs: Sequence[Program], units: Sequence[int]) -> None:
        self._catalog = machine.catalog
        self._changed: dict[int, set[Name]] = {}
        self._stops = {stop.after: stop for stop in stops(programs, units)}
        #: The statement behind which the last of them is; none is asked about that comes later.
        self.last = max(self._stops, default=-1)
        self._left_out: list[Stop] = []
        if self._stops:
            # Most files have no stop.
            from idemlint.replay.judge.slices import MOST_RUNS, Slices

            # What is behind the last stop, and what borders on it, has not run when it comes to that.
            known = max(
                each for stop in self._stops.values() for each in (stop.after, *stop.next_to)
            )
            self._slices = Slices(programs[: known + 1], machine.postgres_version)
            self._left = MOST_RUNS * len(programs)
            for stop in self._stops.values():
                self._changed.update((each, set(self._slices.names(each))) for each in stop.next_to)

    def behind(self, index: int, changes: Sequence[Change]) -> Slice | None:
        """Where the run stops behind a statement that made these changes: the statements that it concerns,
        and what runs again to tell."""
        if changes:
            from idemlint.replay.judge.footprints import changed

            names = set(changed(self._catalog, changes))
            self._slices.unsettle(names.union(self._slices.names(index)))
            if index in self._changed:
                self._changed[index] |= names
        stop = self._stops.get(index)
        if stop is None:
            return None
        if self._left > 0:
            found = self._slices.of(index, self._names(stop))
            self._left -= len(found.concerned) + len(found.runs)
        if self._left <= 0:
            self._left_out.append(stop)
            return None
        return found

    def ran(self, runs: Sequence[int], changing: set[int]) -> None:
        """What ran again behind the last stop, and what of it changed something."""
        self._slices.settle(runs, changing)

    def left_out(self) -> dict[int, Outcome]:
        """What cannot be told of statements, for so many stops that not all were tried."""
        if not self._left_out:
            return {}
        number = len(self._stops)
        reason = (
            f"a run may stop at {number:,} places that matter to it, and a rerun was tried after"
            f" {number - len(self._left_out):,} of them"
        )
        outcome = Outcome(Verdict.UNKNOWN, "interrupted", reason)
        names = set().union(*map(self._names, self._left_out))
        last = self._left_out[-1].after
        return dict.fromkeys(self._slices.concerned(last, names), outcome)

    def _names(self, stop: Stop) -> set[Name]:
        return set().union(*(self._changed[each] for each in stop.next_to))


class Cut(NamedTuple):
    """Where a run was cut off, in indexes of its statements: what committed before that (`stays`), what ran
    and was taken back (`undone`), and what runs once more (`again`) before the statement that it stopped at.
    `units` are what commits together."""

    stays: Sequence[int]
    undone: Sequence[int]
    again: Sequence[int]
    units: Sequence[int]


def replay_stopped(
    machine: Machine, programs: Sequence[Program], cut: Cut, first: int
) -> dict[int, Outcome]:
    """Run statements up to where a run stopped, take back what was not committed, and run again what runs
    again: the outcomes of that, up to the first statement that fails.

    `first` is the number of the statement before the first one. The state is left as the rerun finds it: the
    caller takes it back. What the rerun changes is told as if it ended there, the unit that fails taken back.
    """
    state, units = machine.state, cut.units
    ends = ends_of(state, units)
    state.begin_file()
    run = Pass(machine, judging=False, file_start=first)
    for index in cut.stays:
        run.statement(first + 1 + index, programs[index])
        if index in ends:
            state.end_unit()
    mark = state.catalog.mark()
    for index in cut.undone:
        run.statement(first + 1 + index, programs[index])
    undo(state.catalog, mark)

    def again(indexes: Sequence[int]) -> dict[int, Outcome]:
        crossed = _crossed(indexes, units, ends)
        return _rerun(machine, programs, indexes, "interrupted", first, crossed)

    def first_time(index: int, outcome: Outcome) -> Outcome:
        """What was taken back is not repeated."""
        done = index in stays or outcome.verdict is not Verdict.REPEATS
        return outcome if done else safe("interrupted")

    stays = frozenset(cut.stays)
    outcomes = {each: first_time(each, found) for each, found in again(cut.again).items()}
    stop = next((each for each in cut.again if outcomes[each].verdict is Verdict.FAILS), None)
    if stop is None:
        return outcomes
    before = [each for each in cut.again if each < stop]
    found = again([each for each in before if units[each] != units[stop]])
    for each in before:
        outcome = found.get(each, outcomes[each])
        taken_back = each not in found and outcome.verdict is Verdict.REPEATS
        found[each] = safe("interrupted") if taken_back else outcome
    found[stop] = outcomes[stop]
    return found


def replay_folder(
    machine: Machine,
    files: Sequence[Sequence[Program]],
    units: Sequence[Sequence[int]],
    chosen: frozenset[int] | None = None,
) -> list[list[Outcome]]:
    """Files again, over what all of them left: a lost journal, a database made by hand.

    They were run in this order before, numbered from 1 through; `units` are what commits together, file by
    file. Of `files`, those at the places `chosen` run (all where it is `None`); the others have no outcomes.
    """
    programs = [program for file in files for program in file]
    starts: list[int] = []
    for file in files:
        starts.append(starts[-1] + len(file) if starts else len(file))
    spans = [range(end - len(file), end) for file, end in zip(files, starts, strict=True)]
    runs = [
        span if chosen is None or place in chosen else range(0) for place, span in enumerate(spans)
    ]
    indexes = [index for span in runs for index in span]
    ends = {
        span.start + index
        for span, each in zip(spans, units, strict=True)
        for index in ends_of(machine.state, each)
    }
    last = frozenset(span.stop - 1 for span in runs if span)
    found = _rerun(machine, programs, indexes, "folder", 0, frozenset(ends), last)
    return [[found[index] for index in span] for span in runs]


def ends_of(state: State, units: Sequence[int]) -> frozenset[int]:
    """The statements after which something commits: the next one is of another unit, or of another file."""
    last = len(units) - 1
    commits = state.session != "transaction"
    return frozenset(
        index
        for index, unit in enumerate(units)
        if (commits if index == last else units[index + 1] != unit)
    )


def _crossed(indexes: Sequence[int], units: Sequence[int], ends: frozenset[int]) -> frozenset[int]:
    """Of some statements, those after which something commits before the next of them runs."""
    follows = pairwise(indexes)
    between = {one for one, two in follows if one in ends or units[one] != units[two]}
    return frozenset(between | ends.intersection(indexes[-1:]))


def _keep_worst(outcomes: list[dict[Rerun, Outcome]], found: dict[int, Outcome]) -> None:
    for index, outcome in found.items():
        before = outcomes[index].get(outcome.rerun)
        if before is None or outcome.verdict.rank > before.verdict.rank:
            outcomes[index][outcome.rerun] = outcome


def _behind_the_last(outcomes: list[dict[Rerun, Outcome]], units: Sequence[int]) -> None:
    """The stop behind the last unit is one of all statements: everything ran, only the journal was not
    written, and a rerun does what it does after the end. A file that is one unit has no other, and a stop
    inside leaves nothing of it: where all of it stays, nothing was interrupted."""
    several = len(set(units)) > 1
    reason = "the file is one transaction: a stop leaves nothing of it"
    nothing_left = Outcome(Verdict.NOT_APPLICABLE, "interrupted", reason)
    for each in outcomes:
        halfway, whole = each.get("interrupted"), each.get("file")
        if not several or whole is None:
            each.setdefault("interrupted", nothing_left)
        elif halfway is None or whole.verdict.rank > halfway.verdict.rank:
            is_safe = whole is safe("file")
            each["interrupted"] = (
                safe("interrupted") if is_safe else whole._replace(rerun="interrupted")
            )


def _rerun(
    machine: Machine,
    programs: Sequence[Program],
    indexes: Sequence[int],
    mode: Rerun,
    first: int,
    units: frozenset[int] = frozenset(),
    files: frozenset[int] = frozenset(),
    changing: set[int] | None = None,
) -> dict[int, Outcome]:
    """Run statements again, judge each, and take it all back.

    It is a new session, unless a statement runs again right after itself.

    `units` and `files` are the statements that are the last of one. Those that change something are put
    into `changing`.
    """
    state = machine.state
    catalog = state.catalog
    mark = state.mark()
    catalog.statement, catalog.cause = 0, None
    if mode == "statement":
        # A rollback of the rerun takes back nothing of the first run.
        state.savepoints = {}
    else:
        state.begin_session()
    begun = catalog.mark()
    # Numbers are the folder's in its rerun, a file's in others.
    run = Pass(machine, judging=True, file_start=first, in_folder=mode == "folder")
    run.again = programs, indexes, first
    outcomes: dict[int, Outcome] = {}
    for index in indexes:
        before = point(run) if changing is not None else None
        result = run.statement(first + 1 + index, programs[index])
        if before is not None and changing is not None and changed_since(run, before):
            changing.add(index)
        outcomes[index] = outcome_of(run, result, mode)
        if index in units:
            state.end_unit()
        if index in files:
            state.end_file()
            state.begin_file()
    ends = sorted(first + 1 + index for index in files)
    for number, outcome in repeated(run, begun, mode, ends).items():
        index = number - first - 1
        found = outcomes.get(index)
        if found is not None and outcome.verdict.rank > found.verdict.rank:
            outcomes[index] = outcome
    state.rollback(mark)
    return outcomes


def outcome_of(run: Pass, result: Result, mode: Rerun) -> Outcome:
    """What one statement of a rerun comes to by itself: what it changes for good is told by `repeated`."""
    if isinstance(result, Raised):
        return _failure(result, mode)
    if run.doubts:
        doubt = run.doubts[0]
        return Outcome(
            Verdict.UNKNOWN, mode, doubt.reason, None, doubt.effect, doubt.span, doubt.leaf
        )
    return safe(mode)


def _failure(raised: Raised, mode: Rerun) -> Outcome:
    return Outcome(
        Verdict.FAILS,
        mode,
        raised.reason,
        raised.sqlstate,
        raised.effect,
        raised.span,
        raised.leaf,
        raised.passed,
        tuple([_failure(each, mode) for each in raised.behind]),
    )
