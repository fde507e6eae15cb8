"""Errors of ours: what they cost, and how they are told.

An exception in the midst of a statement, a rule or a file is a bug of idemlint. It costs what it was about,
which becomes `unknown`; all else is judged, and the run ends with exit code 2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable

#: What was being done: a statement's number, a rule's code.
_About = TypeVar("_About", bound="Hashable")


class Fault(NamedTuple):
    """A fault as it is told: the file as it is shown, the row that it is about, what was being done, the
    error in one line, and where it came from."""

    filename: str
    row: int
    doing: str
    error: str
    trace: str


class Noted(dict[_About, Exception]):
    """Exceptions that were caught, by what they are about: the first of each."""

    def note(self, about: _About, error: Exception) -> None:
        """Every exception of ours that does not end the run goes through here."""
        self.setdefault(about, error)


def described(error: Exception) -> str:
    """An exception in one line."""
    if isinstance(error, RecursionError):
        return "nested too deeply"
    text = " ".join(str(error).split())
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def ours(error: Exception) -> str:
    """Why nothing is known of a statement."""
    return f"an error in idemlint ({described(error)})"


def fault(filename: str, row: int, doing: str, error: Exception) -> Fault:
    """What is told of an exception."""
    from traceback import format_exception

    return Fault(filename, row, doing, described(error), "".join(format_exception(error)))
