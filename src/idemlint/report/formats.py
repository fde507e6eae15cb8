"""The output formats of `check` by name. Modules are imported when used."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from idemlint.report.run_report import Report

#: Formats for people take `quiet`; the others are complete whatever was asked.
FOR_PEOPLE: Final = ("full", "concise")

#: Formats that are lists of findings, and have no place to say what was looked at.
LISTS: Final = ("json", "gitlab")

#: Name → what it is for.
FORMATS: Final = {
    "full": "the source lines, what PostgreSQL says, how to mend it",
    "concise": "one line a finding",
    "json": "all there is to know",
    "github": "annotations of a GitHub workflow",
    "gitlab": "a GitLab code quality report",
    "sarif": "SARIF 2.1.0, for code scanning",
    "junit": "JUnit XML",
    "markdown": "a summary for a job or a comment",
}


def render(name: str, report: Report, *, quiet: bool = False) -> str:
    """The report in the format `name`, as plain text."""
    module = import_module(f"idemlint.report.{name}")
    text: str = module.render(report, quiet=quiet) if name in FOR_PEOPLE else module.render(report)
    return text
