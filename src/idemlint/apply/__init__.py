"""Fixes: edits that are proved before they are written.

`build` makes the text of fixes and is for the rules; all else here runs behind the rules, and is
therefore imported only when somebody fixes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.apply.results import Dropped, FixedFile

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from idemlint.diagnostics import Applicability
    from idemlint.engine import Settings


def fix(
    paths: Sequence[Path],
    settings: Settings,
    *,
    lowest: Applicability,
    fix_applied: bool = False,
    stdin: tuple[str, bytes] | None = None,
    report_on: Callable[[Path], bool] | None = None,
) -> list[FixedFile]:
    """What the fixes make of the files; nothing is written. See `engine.fix_files`."""
    from idemlint.apply.rounds import fix_files

    return fix_files(
        paths,
        settings,
        lowest,
        fix_applied=fix_applied,
        stdin=stdin,
        report_on=report_on,
    )


def write(result: FixedFile) -> None:
    """Write what the fixes made of a file. Raises `UsageProblem` where that cannot be done."""
    assert result.path is not None
    write_atomically(result.path, result.before, result.after)


def write_atomically(path: Path, before: bytes, after: bytes) -> None:
    """Replace the file's bytes `before` by `after`. See `writing.replace`."""
    from idemlint.apply import writing

    writing.replace(path, before, after)


__all__ = ["Dropped", "FixedFile", "fix", "write", "write_atomically"]
