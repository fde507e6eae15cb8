"""What idemlint says of a migration that stands in a test."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from idemlint import engine
from idemlint.rules import all_rules
from idemlint.settings import Settings

from .cases import FOLDER, NAMES

if TYPE_CHECKING:
    from idemlint.analysis.judged import Judged
    from idemlint.diagnostics import Diagnostic


def report(
    sql: str, *setup: str, runner: str = "psql", postgres: int = 14, select: str = ""
) -> Judged:
    """The report on a migration behind earlier ones of its folder."""
    return reports(*setup, sql, runner=runner, postgres=postgres, select=select)[-1]


def reports(
    *texts: str, runner: str = "psql", postgres: int = 14, select: str = "", ignore: str = ""
) -> list[Judged]:
    """The reports on the migrations of a folder, in their order."""
    from idemlint import runners

    profile = runners.get(runner)
    form = next(name for name in NAMES if profile.direction(f"m/{name.format(1)}") == "up")
    files = {
        f"{FOLDER}/{form.format(number)}": text.encode() for number, text in enumerate(texts, 1)
    }
    codes = {code for code, rule in all_rules().items() if rule.default}
    settings = Settings(
        rules=frozenset((codes | set(select.split(","))) - {"", *ignore.split(",")}),
        root=Path(),
        runner=runner,
        postgres_version=postgres,
    )
    (sequence,) = engine.open(files, settings, files)
    return [sequence.judged(name) for name in files]


def found(sql: str, *setup: str, code: str, **options: object) -> list[Diagnostic]:
    """The findings of one rule, which is on."""
    every = report(sql, *setup, select=code, **options).diagnostics  # type: ignore[arg-type]
    return [each for each in every if each.code == code]


def codes(sql: str, *setup: str, **options: object) -> list[str]:
    """The codes of all findings, in order of place."""
    return [each.code for each in report(sql, *setup, **options).diagnostics]  # type: ignore[arg-type]


def fixed(finding: Diagnostic, sql: str) -> str:
    """The text with the finding's fix made."""
    assert finding.fix is not None
    data = sql.encode()
    for edit in sorted(finding.fix.edits, key=lambda each: each.span, reverse=True):
        data = data[: edit.span.start] + edit.content.encode() + data[edit.span.end :]
    return data.decode()
