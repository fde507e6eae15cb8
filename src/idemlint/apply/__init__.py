"""Fixes are proved, and then written. Imported only when somebody fixes."""

from __future__ import annotations

from pathlib import Path

from idemlint.apply import writing
from idemlint.apply.results import Dropped, FixedFile
from idemlint.apply.rounds import fix_files


def write(result: FixedFile) -> None:
    """Write what the fixes made of a file. Raises `UsageProblem` where that cannot be done."""
    writing.replace(Path(result.name), result.before, result.after)


__all__ = ["Dropped", "FixedFile", "fix_files", "write"]
