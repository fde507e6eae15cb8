"""What would fail behind the first failure of a body: asked by who mends one failure after the other.

A body stops at its first failure. Whoever puts a guard around that finds the next one in another replay, and
a body of n statements costs n of them. So, where it is wanted (`Machine.foresees`), a rerun goes on behind
a statement that fails, as it would with a guard around it. It is a guess at what there is to mend, and
says nothing of what the body does: all of it is taken back.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from idemlint.plpgsql.nodes import Try
    from idemlint.replay.catalog.slots import Key
    from idemlint.replay.machine.signals import Raised


class Foresight:
    """The failures of one body, in the order in which they would come to light."""

    __slots__ = ("candidates", "copied", "failures", "restarted")

    def __init__(self) -> None:
        self.failures: list[Raised] = []
        # What the run had found by the first of them: with that it stops.
        self.candidates = 0
        self.restarted: set[Key] = set()
        self.copied: set[int] = set()

    def passed(self, since: int, block: Try) -> None:
        """A block lets those through that came since there were so many."""
        for place in range(since, len(self.failures)):
            each = self.failures[place]
            self.failures[place] = each._replace(passed=(*each.passed, block))

    def told(self) -> Raised:
        """The first failure, with the others behind it."""
        first, *behind = self.failures
        return first._replace(behind=tuple(behind))
