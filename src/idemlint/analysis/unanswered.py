"""A file of which nothing can be said: it cannot be read, or an error of ours stood in the way."""

from __future__ import annotations

from typing import Any, TypeVar

from idemlint.analysis.file_report import FileReport, FileTally
from idemlint.errors import UsageProblem
from idemlint.faults import Fault, fault
from idemlint.sequence.paths import shown
from idemlint.sequence.script import Unjudged

_Answer = TypeVar("_Answer", FileReport, FileTally)


def unanswered(shape: type[_Answer], name: str, error: Exception, runner: str = "") -> _Answer:
    """What is said of such a file, named `name`: nothing but why."""
    faults, problem = _why(name, error)
    nothing: dict[str, Any] = (
        {"statements": 0, "unjudged": 0} if shape is FileTally else {"statements": ()}
    )
    return shape(
        filename=shown(name),
        path=name,
        runner=runner,
        findings=(),
        faults=faults,
        problem=problem,
        **nothing,
    )


def _why(name: str, error: Exception) -> tuple[tuple[Fault, ...], str]:
    if isinstance(error, Unjudged):
        error = error.error
    elif isinstance(error, UsageProblem):
        return (), str(error)
    return (fault(shown(name), 1, "", error),), ""
