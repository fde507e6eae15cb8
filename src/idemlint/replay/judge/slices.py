"""Of which statements a stop tells more than the file's end does.

To run a file again from its start after each stop would cost the square of its length, and nearly all of it
would say what was said before: most statements have nothing to do with what was destroyed. So only those run
that it can concern, and those that they stand on.

Nor do all of these run after every stop. A statement that changed nothing when it ran again is *settled*, if
what it stands on is: until something changes that they have to do with, they would change nothing once more.
"""

from __future__ import annotations

from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple
from idemlint.replay.effects.vocabulary import Transaction
from idemlint.replay.judge.footprints import footprints
from idemlint.replay.machine.sessions import BEGINS, COMMITS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence, Set

    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.replay.judge.renamed import Name

#: How many statements all reruns after a stop may run, or tell of, for each that the file has.
MOST_RUNS: Final = 32


class Slice(NamedTuple):
    """What runs again after a stop, to tell of those that it concerns."""

    concerned: Set[int]
    runs: Sequence[int]


class Slices:
    """Which statements of a file a stop concerns, by what they look at and change."""

    def __init__(self, programs: Sequence[tuple[Effect, ...]], postgres_version: int) -> None:
        self._prints, self._renamed = footprints(programs, postgres_version)
        rolls_back = any(
            isinstance(effect, Transaction) and "ROLLBACK" in effect.kind
            for program in programs
            for effect in program
        )
        self._around = self._transactions(programs)
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
        # What a ROLLBACK takes back was changed all the same.
        self._settles = not rolls_back
        self._settled: set[int] = set()
        self._settled_touching: dict[Name, set[int]] = {}

    def _transactions(self, programs: Sequence[tuple[Effect, ...]]) -> dict[int, list[int]]:
        """Of what ends with its transaction, the statements that begin and end that."""
        around: dict[int, list[int]] = {}
        block: list[int] | None = None
        for index, program in enumerate(programs):
            kind = next((each.kind for each in program if isinstance(each, Transaction)), "")
            if kind in BEGINS:
                block = [index] if block is None else block
            elif block is not None and kind in COMMITS:
                block.append(index)
                block = None
            elif block is not None and self._prints[index].passes:
                around[index] = block
        return around

    def names(self, index: int) -> frozenset[Name]:
        """What a statement says that it changes."""
        return self._prints[index].writes

    def of(self, after: int, names: Iterable[Name]) -> Slice:
        """What runs again after a stop behind the statement `after`, next to changes of these names."""
        concerned = self.concerned(after, names)
        return Slice(concerned, self.with_grounds(concerned))

    def concerned(self, after: int, names: Iterable[Name]) -> set[int]:
        """The statements up to `after` that changes of these names concern, one leading to another."""
        found: set[int] = set()
        known: set[Name] = set()
        waiting = [index for index in self._whole if index <= after]
        heapify(waiting)

        def changed(names: Set[Name], since: int) -> None:
            news = names - known
            known.update(news)
            for name in news & touching.keys():
                for index in touching[name]:
                    if since <= index <= after:
                        heappush(waiting, index)

        touching = self._touching
        changed(frozenset(self._renamed.one_of(names)), 0)
        while waiting:
            index = heappop(waiting)
            if index not in found:
                found.add(index)
                changed(self._prints[index].writes, index + 1)
        return found

    def with_grounds(self, concerned: Iterable[int]) -> list[int]:
        """These, and the statements before them that make what they look at, if they are not settled, with
        the transactions that something of it ends with; in order."""
        found = set(concerned)
        last = max(found, default=-1)
        known: set[Name] = set()
        waiting = [-index for index in found]
        heapify(waiting)
        while waiting:
            index = -heappop(waiting)
            if index in self._around:
                found.update(each for each in self._around[index] if each <= last)
            news = self._prints[index].touches - known
            known |= news
            for name in news & self._writing.keys():
                for maker in self._writing[name]:
                    if maker >= index:
                        break
                    if maker not in found and maker not in self._settled:
                        found.add(maker)
                        heappush(waiting, -maker)
        return sorted(found)

    # -- what is settled ------------------------------------------------------------------------------

    def settle(self, runs: Iterable[int], changing: Set[int]) -> None:
        """These ran again in order, what they stand on among them if it was not settled; those that are
        `changing` changed something."""
        if not self._settles:
            return
        moved: set[Name] = set()
        for index in runs:
            each = self._prints[index]
            if index not in changing and not each.whole and moved.isdisjoint(each.touches):
                self._settled.add(index)
                for name in each.touches:
                    self._settled_touching.setdefault(name, set()).add(index)
            elif each.whole and index in changing:
                # Nobody knows of what.
                for later in [settled for settled in self._settled if settled > index]:
                    self._forget(later)
                return
            else:
                self._forget(index)
                self.unsettle(each.writes, index + 1)
                moved |= each.writes

    def unsettle(self, names: Iterable[Name], since: int = 0) -> None:
        """These names changed for the statements from `since` on, one leading to another."""
        waiting = [(name, since) for name in self._renamed.one_of(names)]
        while waiting:
            name, since = waiting.pop()
            settled = self._settled_touching.get(name)
            for index in [each for each in settled if each >= since] if settled else ():
                self._forget(index)
                waiting += [(each, index + 1) for each in self._prints[index].writes]

    def _forget(self, index: int) -> None:
        if index in self._settled:
            self._settled.remove(index)
            for name in self._prints[index].touches:
                self._settled_touching[name].discard(index)
