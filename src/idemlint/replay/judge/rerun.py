"""Which rerun: a file is run once, and then again after its end, after a stop, or statement by statement."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.records import NamedTuple
from idemlint.replay.effects.vocabulary import Effect
from idemlint.replay.judge.lasting import repeated
from idemlint.replay.judge.stops import stops
from idemlint.replay.judge.verdict import Outcome, Verdict
from idemlint.replay.machine.run import Pass
from idemlint.replay.machine.signals import Raised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.modes import Rerun
    from idemlint.replay.machine.run import Machine
    from idemlint.replay.machine.signals import Hazard, Result
    from idemlint.replay.machine.state import State

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
    state.begin_file()
    told: list[dict[Rerun, Outcome]] = [{} for _ in programs]
    interrupted = stops(programs, units) if "interrupted" in modes else frozenset()
    run = Pass(machine, judging=False, file_start=first)
    ends = _ends(state, units)
    for index, program in enumerate(programs):
        run.statement(first + 1 + index, program)
        if index in ends and (not index or index - 1 in ends):
            state.end_unit()
        if "statement" in modes:
            _keep_worst(told, _rerun(machine, programs, [index], "statement", first))
        if index in ends:
            state.end_unit()
        if index in interrupted:
            before = range(index + 1)
            _keep_worst(told, _rerun(machine, programs, before, "interrupted", first, ends))
    state.end_file()
    if "file" in modes:
        everything = range(len(programs))
        _keep_worst(told, _rerun(machine, programs, everything, "file", first, ends))
    if "interrupted" in modes:
        _where_not_interrupted(told, units)
    return FileReplay(told, [(hazard.statement - first - 1, hazard) for hazard in run.hazards])


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
        for index in _ends(machine.state, each)
    }
    last = frozenset(span.stop - 1 for span in runs if span)
    found = _rerun(machine, programs, indexes, "folder", 0, frozenset(ends), last)
    return [[found[index] for index in span] for span in runs]


def _ends(state: State, units: Sequence[int]) -> frozenset[int]:
    """The statements after which something commits: the next one is of another unit, or of another file."""
    last = len(units) - 1
    commits = state.session != "transaction"
    return frozenset(
        index
        for index, unit in enumerate(units)
        if (commits if index == last else units[index + 1] != unit)
    )


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
    units: frozenset[int] = frozenset(),
    files: frozenset[int] = frozenset(),
) -> dict[int, Outcome]:
    """Run statements again, judge each, and take it all back.

    It is a new session, unless a statement runs again right after itself.

    `units` and `files` are the statements that are the last of one.
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
    outcomes: dict[int, Outcome] = {}
    for index in indexes:
        result = run.statement(first + 1 + index, programs[index])
        outcomes[index] = _outcome(run, result, mode)
        if index in units:
            state.end_unit()
        if index in files:
            state.end_file()
            state.begin_file()
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
