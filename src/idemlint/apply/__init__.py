"""Fixes are proved, and then written. Imported only when somebody fixes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from idemlint.apply import writing
from idemlint.apply.results import Dropped, FixedFile
from idemlint.apply.rounds import fix_files

if TYPE_CHECKING:
    from collections.abc import Iterable


def write(result: FixedFile) -> None:
    """Write what the fixes made of a file. Raises `UsageProblem` where that cannot be done."""
    writing.replace(Path(result.name), result.before, result.after)


def clean_up(names: Iterable[str]) -> None:
    """Take away what killed processes left beside these files."""
    writing.sweep({os.path.dirname(os.path.realpath(name)) for name in names})  # noqa: PTH120


__all__ = ["Dropped", "FixedFile", "clean_up", "fix_files", "write"]
