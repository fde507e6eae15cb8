"""Files once more, over what all of them left."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate, chain
from typing import TYPE_CHECKING

from idemlint.replay.judge.rerun import FileReplay, replay_folder
from idemlint.replay.judge.settling import settled

if TYPE_CHECKING:
    from collections.abc import Collection, Container, Mapping, Sequence

    from idemlint.replay.judge.rerun import Program
    from idemlint.replay.judge.verdict import Outcome
    from idemlint.replay.machine.run import Machine
    from idemlint.sequence.running.runs import Running


def all_again(
    machine: Machine,
    every: Sequence[Running],
    inner: Mapping[str, Sequence[str]],
    files: Container[str] | None = None,
) -> dict[str, dict[int, Outcome]]:
    """What happens if `files` (`None`: all) run again over the machine's state, which all of them left:
    outcomes by file and statement index. A file that another one runs (`inner`, by that one) runs again
    with it."""
    chosen = [
        [name for name in each.judged_here(inner) if files is None or name in files]
        for each in every
    ]
    places = [place for place, mine in enumerate(chosen) if mine]
    outcomes = _outcomes(machine, every, places)
    found = {}
    for place in places:
        runs = every[place]
        replayed = FileReplay([{"folder": each} for each in outcomes[place]], [])
        for name in chosen[place]:
            told = runs.of(name, replayed).outcomes
            found[name] = {
                index: each["folder"]
                for index, each in zip(runs.programs_of(name), told, strict=True)
            }
    return found


def _outcomes(
    machine: Machine, every: Sequence[Running], places: Collection[int]
) -> list[list[Outcome]]:
    programs = [runs.programs() for runs in every]
    units = [runs.units() for runs in every]
    ends = list(accumulate(map(len, programs)))
    spans = [slice(end - len(file), end) for end, file in zip(ends, programs, strict=True)]

    def replay(programs: Sequence[Program]) -> list[list[Outcome]]:
        mark = machine.state.mark()
        try:
            files = [programs[span] for span in spans]
            return replay_folder(machine, files, units, frozenset(places))
        except BaseException:
            machine.state.rollback(mark)
            raise

    def blame(index: int, error: Exception) -> Program:
        place = bisect_right(ends, index)
        return every[place].blame(index - spans[place].start, error)

    flat = list(chain.from_iterable(programs))
    found = settled(replay, flat, blame, take_back=lambda: None, faults=machine.faults)
    if not isinstance(found, Exception):
        return found
    return [[one["folder"] for one in each.give_up(found, {"folder"})] for each in every]
