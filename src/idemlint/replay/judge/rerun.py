"""Which rerun: a file is run once, and then again after its end, after a stop, or statement by statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.records import NamedTuple
from idemlint.replay.effects.vocabulary import Effect
from idemlint.replay.judge.footprints import changed
from idemlint.replay.judge.lasting import repeated
from idemlint.replay.judge.stops import Slices, plan, stops
from idemlint.replay.judge.verdict import Outcome, Verdict
from idemlint.replay.machine.run import Pass
from idemlint.replay.machine.signals import Raised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.modes import Rerun
    from idemlint.replay.catalog.slots import Change
    from idemlint.replay.judge.footprints import Name
    from idemlint.replay.machine.run import Machine
    from idemlint.replay.machine.signals import Hazard, Result

Program = tuple[Effect, ...]


class FileReplay(NamedTuple):
    """What one file's reruns came to: per statement one outcome a mode, and hazards of its first run."""

    outcomes: list[dict[Rerun, Outcome]]
    hazards: list[tuple[int, Hazard]]


def replay_file(
    machine: Machine,
    programs: Sequence[Program],
    units: Sequence[int],
    modes: frozenset[str],
    first: int,
) -> FileReplay:
    """Run a file once over the machine's state, which keeps what it leaves, and judge the reruns in `modes`.

    `first` is the number of the statement before the file's first one; `units` are what commits together.
    Of the reruns nothing is left: the state is what it is where there are no `modes`.
    """
    state = machine.state
    path = state.catalog.search_path
    told: list[dict[Rerun, Outcome]] = [{} for _ in programs]
    stopping = _Stopping(machine, programs, units) if "interrupted" in modes else None
    run = Pass(machine, judging=False, file_start=first)
    for index, program in enumerate(programs):
        began = state.catalog.mark()
        run.statement(first + 1 + index, program)
        if "statement" in modes:
            # Right after itself: in the same session.
            here = state.catalog.search_path
            _keep_worst(told, _rerun(machine, programs, [index], "statement", first, here))
        if stopping is not None:
            again = stopping.behind(index, state.catalog.changes(began))
            if again:
                _keep_worst(told, _rerun(machine, programs, again, "interrupted", first, path))
    if stopping is not None:
        _keep_worst(told, stopping.left_out())
    state.end_file(path)
    if "file" in modes:
        _keep_worst(told, _rerun(machine, programs, range(len(programs)), "file", first, path))
    if "interrupted" in modes:
        _where_not_interrupted(told, units)
    return FileReplay(told, [(hazard.statement - first - 1, hazard) for hazard in run.hazards])


class _Stopping:
    """The stops of a file's first run, while it runs."""

    def __init__(self, machine: Machine, programs: Sequence[Program], units: Sequence[int]) -> None:
        self._catalog = machine.catalog
        self._changed: dict[int, set[Name]] = {}
        found = stops(programs, units)
        self._number = len(found)
        if found:
            self._slices = Slices(programs, machine.postgres_version)
            self._plan = plan(found, self._slices, len(programs))
            for stop in self._plan.tried.values():
                self._changed.update((index, set()) for index in stop.next_to)

    def behind(self, index: int, changes: Sequence[Change]) -> list[int]:
        """What runs again where the run stops behind a statement that made these changes, if it does."""
        if not self._number:
            return []
        if index in self._changed:
            self._changed[index].update(changed(self._catalog, changes))
        stop = self._plan.tried.get(index)
        if stop is None:
            return []
        names = self._slices.names(stop).union(*(self._changed[each] for each in stop.next_to))
        return self._slices.with_grounds(self._slices.concerned(index, names))

    def left_out(self) -> dict[int, Outcome]:
        """What cannot be told of statements, for so many stops that not all were tried."""
        if not self._number or not self._plan.left_out:
            return {}
        last = max(stop.after for stop in self._plan.left_out)
        names: set[Name] = set()
        for stop in self._plan.left_out:
            names |= self._slices.names(stop)
        reason = (
            f"a run may stop at {self._number:,} places that matter to it, and a rerun was tried after"
            f" {len(self._plan.tried):,} of them"
        )
        outcome = Outcome(Verdict.UNKNOWN, "interrupted", reason)
        return dict.fromkeys(self._slices.concerned(last, names), outcome)


def replay_folder(
    machine: Machine,
    files: Sequence[Sequence[Program]],
    path: tuple[str, ...],
    chosen: frozenset[int] | None = None,
) -> list[list[Outcome]]:
    """Files again, over what all of them left: a lost journal, a database made by hand.

    They were run in this order before, numbered from 1 through; each begins a session of its own. Of
    `files`, those at the places `chosen` run (all where it is `None`); the others have no outcomes.
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
    found = _rerun(machine, programs, indexes, "folder", 0, path, frozenset(starts))
    return [[found[index] for index in span] for span in runs]


def _keep_worst(outcomes: list[dict[Rerun, Outcome]], found: dict[int, Outcome]) -> None:
    for index, outcome in found.items():
        before = outcomes[index].get(outcome.rerun)
        if before is None or outcome.verdict.rank > before.verdict.rank:
            outcomes[index][outcome.rerun] = outcome


def _where_not_interrupted(outcomes: list[dict[Rerun, Outcome]], units: Sequence[int]) -> None:
    """A stop inside the file's only unit leaves nothing behind; other stops that were not looked at are
    those after which a rerun does what it does after the end."""
    several = len(set(units)) > 1
    for each in outcomes:
        if "interrupted" in each:
            continue
        whole = each.get("file")
        if not several or whole is None:
            reason = "the file is one transaction: a stop leaves nothing of it"
            each["interrupted"] = Outcome(Verdict.NOT_APPLICABLE, "interrupted", reason)
        else:
            each["interrupted"] = whole._replace(rerun="interrupted")


def _rerun(
    machine: Machine,
    programs: Sequence[Program],
    indexes: Sequence[int],
    mode: Rerun,
    first: int,
    path: tuple[str, ...],
    sessions: frozenset[int] = frozenset(),
) -> dict[int, Outcome]:
    """Run statements again, judge each, and take it all back.

    It is a new session, unless a statement runs again right after itself.

    `sessions` are the statements that begin one more session.
    """
    state = machine.state
    catalog = state.catalog
    mark = state.mark()
    catalog.statement, catalog.cause = 0, None
    if mode == "statement":
        # A rollback of the rerun takes back nothing of the first run.
        state.savepoints = {}
    else:
        state.begin_session(path)
    begun = catalog.mark()
    # Numbers are the folder's in its rerun, a file's in others.
    run = Pass(machine, judging=True, file_start=first, in_folder=mode == "folder")
    outcomes: dict[int, Outcome] = {}
    for index in indexes:
        if index in sessions:
            state.begin_session(path)
        result = run.statement(first + 1 + index, programs[index])
        outcomes[index] = _outcome(run, result, mode)
    for number, outcome in repeated(run, begun, mode).items():
        index = number - first - 1
        before = outcomes.get(index)
        if before is not None and outcome.verdict.rank > before.verdict.rank:
            outcomes[index] = outcome
    state.rollback(mark)
    return outcomes


def _outcome(run: Pass, result: Result, mode: Rerun) -> Outcome:
    if isinstance(result, Raised):
        return Outcome(
            Verdict.FAILS,
            mode,
            result.reason,
            result.sqlstate,
            result.effect,
            result.span,
            result.leaf,
            result.passed,
        )
    if run.doubts:
        doubt = run.doubts[0]
        return Outcome(
            Verdict.UNKNOWN, mode, doubt.reason, None, doubt.effect, doubt.span, doubt.leaf
        )
    return Outcome(Verdict.SAFE, mode)
