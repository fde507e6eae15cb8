"""How much of a body is run for one statement: what takes longer is not judged, so that all else is."""

from __future__ import annotations

from typing import Final

#: Nodes of a body, branches and handlers included, that are run in one run of its statement. So many take
#: some seconds; of 30,000 statements in public folders none takes more than 69.
MOST_STEPS: Final = 100_000


class OverBudget(Exception):
    """A statement takes more steps than it may."""

    def __str__(self) -> str:
        return f"its body takes more than {MOST_STEPS:,} steps to follow"


class Budget:
    """The steps that are left for the statement that is being run."""

    __slots__ = ("left",)

    def __init__(self) -> None:
        self.renew()

    def renew(self) -> None:
        """Another statement begins."""
        self.left = MOST_STEPS

    def spend(self, steps: int) -> None:
        """Take so many steps. Raises `OverBudget` where there are none left."""
        self.left -= steps
        if self.left < 0:
            raise OverBudget
