"""Of which statements a stop tells more than the file's end does.

To run a file again from its start after each stop would cost the square of its length, and nearly all of it
would say what was said before: most statements have nothing to do with what was destroyed. So only those run
that it can concern, and those that they stand on.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple
from idemlint.replay.effects.vocabulary import Transaction
from idemlint.replay.judge.footprints import footprints

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.replay.judge.footprints import Name
    from idemlint.replay.judge.stops import Stop

#: How many statements all reruns after a stop may run, for each that the file has.
MOST_RUNS: Final = 32


class Slices:
    """Which statements of a file a stop concerns, by what they look at and change."""

    def __init__(self, programs: Sequence[tuple[Effect, ...]], postgres_version: int) -> None:
        self._prints = footprints(programs, postgres_version)
        rolls_back = any(
            isinstance(effect, Transaction) and "ROLLBACK" in effect.kind
            for program in programs
            for effect in program
        )
        self._whole = set()
        for index, program in enumerate(programs):
            only = all(isinstance(effect, Transaction) for effect in program)
            if self._prints[index].whole and (rolls_back or not only):
                self._whole.add(index)
        self._touching: dict[Name, list[int]] = {}
        self._writing: dict[Name, list[int]] = {}
        for index, each in enumerate(self._prints):
            for name in each.touches:
                self._touching.setdefault(name, []).append(index)
            for name in each.writes:
                self._writing.setdefault(name, []).append(index)

    def concerned(self, after: int, names: Iterable[Name]) -> set[int]:
        """The statements up to `after` that changes of these names concern, one leading to another."""
        found: set[int] = set()
        known: set[Name] = set()
        waiting = [index for index in self._whole if index <= after]
        heapify(waiting)

        def changed(names: Iterable[Name], since: int) -> None:
            for name in names:
                if name not in known:
                    known.add(name)
                    for index in self._touching.get(name, ()):
                        if since <= index <= after:
                            heappush(waiting, index)

        changed(names, 0)
        while waiting:
            index = heappop(waiting)
            if index not in found:
                found.add(index)
                changed(self._prints[index].writes, index + 1)
        return found

    def with_grounds(self, concerned: Iterable[int]) -> list[int]:
        """These, and the statements that make, before them, what they look at; in order."""
        found = set(concerned)
        known: set[Name] = set()
        waiting = [-index for index in found]
        heapify(waiting)
        while waiting:
            index = -heappop(waiting)
            for name in self._prints[index].touches:
                if name in known:
                    continue
                known.add(name)
                for maker in self._writing.get(name, ()):
                    if maker >= index:
                        break
                    if maker not in found:
                        found.add(maker)
                        heappush(waiting, -maker)
        return sorted(found)

    def of(self, stop: Stop, names: set[Name]) -> Slice:
        """What runs again after a stop next to statements that change what has these names."""
        concerned = self.concerned(stop.after, names)
        return Slice(stop, names, concerned, self.with_grounds(concerned))

    def names(self, stop: Stop) -> set[Name]:
        """What the statements next to a stop say that they change."""
        return {name for index in stop.next_to for name in self._prints[index].writes}


class Slice(NamedTuple):
    """What runs again after a stop, to tell of those that it concerns: by what was changed, in `names`."""

    stop: Stop
    names: set[Name]
    concerned: set[int]
    runs: list[int]


class Plan(NamedTuple):
    """The stops that are tried, by the statement that they are behind, and those that are too many."""

    tried: dict[int, Slice]
    left_out: list[Stop]


def plan(found: Sequence[Stop], slices: Slices, statements: int) -> Plan:
    """Choose stops, evenly, as long as their reruns do not run more than their share."""
    left = MOST_RUNS * statements
    tried: dict[int, Slice] = {}
    left_out: list[Stop] = []
    for stop in _spread(found):
        if left > 0:
            found_there = slices.of(stop, slices.names(stop))
            left -= len(found_there.runs)
        if left > 0:
            tried[stop.after] = found_there
        else:
            left_out.append(stop)
    return Plan(tried, left_out)


def _spread(found: Sequence[Stop]) -> Iterator[Stop]:
    """All of them, so that the first ones of it stand evenly apart: the last, the middle, the quarters …"""
    step = 1
    while step < len(found):
        step *= 2
    seen = set()
    while step:
        for place in range(len(found) - 1, -1, -step):
            if place not in seen:
                seen.add(place)
                yield found[place]
        step //= 2
