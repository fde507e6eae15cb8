"""Which way to go where it is not known what a condition comes to."""

from __future__ import annotations


class Choices:
    """Which way to go where it is not known: each is gone in its turn."""

    def __init__(self) -> None:
        self._made: list[bool] = []
        self._place = 0

    def begun(self) -> Choices:
        """From the beginning."""
        self._place = 0
        return self

    def next(self) -> bool:
        """The way to go here."""
        if self._place == len(self._made):
            self._made.append(True)
        self._place += 1
        return self._made[self._place - 1]

    def another(self) -> bool:
        """Whether there is a way that has not been gone."""
        del self._made[self._place :]
        while self._made and not self._made[-1]:
            self._made.pop()
        if self._made:
            self._made[-1] = False
        return bool(self._made)
