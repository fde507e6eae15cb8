"""Whether another text of a file comes to its end where a run of the one before stopped.

A file that was edited runs on databases that the old one has run on, and on those where it stopped: behind
one of its units, which are not those of the new text. What a rerun of the new one does there, no rerun of it
alone tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple
from idemlint.replay.catalog.slots import PRESENT, UNKNOWN
from idemlint.replay.effects.vocabulary import Command, Creates, Drops, Renames
from idemlint.replay.judge.rerun import ends_of, outcome_of
from idemlint.replay.judge.stops import stops
from idemlint.replay.judge.verdict import Verdict
from idemlint.replay.machine.run import Pass

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from idemlint.postgres.kinds import Ref
    from idemlint.replay.catalog.slots import Presence
    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.replay.judge.rerun import Program
    from idemlint.replay.machine.run import Machine

#: So many statements are run to tell of a file's stops, and so many stops are tried at most; of those
#: that are not next to anything that destroys, of which one tells as much as the next, so many.
_MOST_RUNS: Final = 2_000
_MOST_STOPS: Final = 16
_MOST_ALIKE: Final = 1


class Text(NamedTuple):
    """A text of a file as it runs: its bytes, what its statements do, and what of them commits together."""

    data: bytes
    programs: tuple[Program, ...]
    units: tuple[int, ...]


class Stray(NamedTuple):
    """A stop from which the new text does not come to the end. `after`: the statement of the old one that had
    run last; `statement`: the one of the new text that then fails with `sqlstate`, for a `reason`; `None`:
    all of them run, and what is there in the end is another."""

    after: int
    statement: int | None
    sqlstate: str
    reason: str


def strays(machine: Machine, old: Text, new: Text, first: int) -> list[Stray]:
    """Run the old text over the machine's state, stop it, and run the new one there: what comes of each stop
    that matters. The state is left as it was; `first` is the number of the statement before the first one."""
    machine = machine._replace(foresees=False)
    state = machine.state
    chosen = _chosen(old, len(new.programs))
    if not chosen:
        return []
    names = tuple(_names(old.programs))
    ends = ends_of(state, old.units)
    new_ends = ends_of(state, new.units)
    faults = dict(machine.faults)
    mark = state.mark()
    found: list[tuple[int, list[Stray], dict[Ref, Presence]]] = []
    try:
        state.begin_file()
        run = Pass(machine, judging=False, file_start=first)
        for index, program in enumerate(old.programs):
            run.statement(first + 1 + index, program)
            if index in ends:
                state.end_unit()
            if index in chosen:
                stopped = state.mark()
                failures = _failures(machine, new, first, index, new_ends)
                there = _there(machine, names)
                state.rollback(stopped)
                found.append((index, failures, {} if failures else there))
        ended = _there(machine, names)
    finally:
        state.rollback(mark)
        machine.faults.clear()
        machine.faults.update(faults)
    result = []
    for index, failures, there in found:
        result += failures[:1]
        for ref, presence in there.items():
            if UNKNOWN not in {presence, ended[ref]} and presence is not ended[ref]:
                gone = "is missing" if ended[ref] is PRESENT else "is left"
                result.append(Stray(index, None, "", f"{ref} {gone}"))
                break
    return result


def _chosen(old: Text, length: int) -> frozenset[int]:
    """The stops that are tried: those next to what destroys something, and as many others as there is room
    for."""
    last = len(old.units) - 1
    every = [at for at in range(last) if old.units[at] != old.units[at + 1]]
    if not every:
        return frozenset()
    most = max(1, min(_MOST_STOPS, _MOST_RUNS // max(length, 1)))
    telling = [each.after for each in stops(old.programs, old.units)]
    rest = [each for each in every if each not in telling]
    taken = _spread(telling, most)
    return frozenset(taken + _spread(rest[::-1], min(_MOST_ALIKE, most - len(taken))))


def _spread(places: list[int], most: int) -> list[int]:
    if len(places) <= most:
        return places
    return [places[number * len(places) // most] for number in range(most)]


def _failures(
    machine: Machine, text: Text, first: int, stop: int, ends: frozenset[int]
) -> list[Stray]:
    """Run a text where another one stopped: what surely fails of it. The state is that of its end."""
    state = machine.state
    state.catalog.statement, state.catalog.cause = 0, None
    state.begin_session()
    run = Pass(machine, judging=True, file_start=first)
    found = []
    for index, program in enumerate(text.programs):
        outcome = outcome_of(run, run.statement(first + 1 + index, program), "interrupted")
        if outcome.verdict is Verdict.FAILS:
            found.append(Stray(stop, index, outcome.sqlstate or "", outcome.reason))
        if index in ends:
            state.end_unit()
    return found


def _there(machine: Machine, names: tuple[Ref, ...]) -> dict[Ref, Presence]:
    return {ref: machine.catalog.presence(ref) for ref in names}


def _names(programs: Sequence[Program]) -> dict[Ref, None]:
    """The names that statements make, drop or rename."""
    found: dict[Ref, None] = {}
    for program in programs:
        for effect in _flat(program):
            if isinstance(effect, (Creates, Drops)):
                found[effect.ref] = None
            elif isinstance(effect, Renames):
                found[effect.ref] = found[effect.to] = None
    return found


def _flat(program: Sequence[Effect]) -> Iterator[Effect]:
    for effect in program:
        if isinstance(effect, Command):
            yield from _flat(effect.effects)
        else:
            yield effect
