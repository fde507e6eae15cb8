"""Annotations of a GitHub workflow, and the findings as lines: GitHub shows ten of each level."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.report import concise
from idemlint.report.full import notes
from idemlint.report.run_report import repository_path, visible

if TYPE_CHECKING:
    from idemlint.analysis.file_report import Finding
    from idemlint.report.run_report import Report


def render(report: Report) -> str:
    """A workflow command a finding, then all of them once more for the log's readers."""
    account = report.account
    commands = [_command(report, finding) for finding in report.findings]
    commands += [f"::error title=idemlint::{_data(each)}" for each in account.problems]
    commands += [
        f"::error title=an error in idemlint::{_data(f'{each.filename}:{each.row}: {each.error}')}"
        for each in account.faults
    ]
    commands.append(f"::notice title=idemlint::{_data(account.line())}")
    return "".join(f"{command}\n" for command in commands) + concise.render(report)


def _command(report: Report, finding: Finding) -> str:
    properties = {
        "file": repository_path(report, finding.filename),
        "line": str(finding.start.row),
        "endLine": str(finding.end.row),
    }
    if finding.start.row == finding.end.row:  # GitHub takes columns on one line only
        properties["col"] = str(finding.start.column)
        properties["endColumn"] = str(finding.end.column)
    properties["title"] = f"{finding.code} {finding.name}"
    shown = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    text = [finding.message, *(f"{label}: {said}" for label, said in notes(finding))]
    level = "error" if finding.is_error else "warning"
    return f"::{level} {shown}::{_data(chr(10).join(text))}"


def _data(text: str) -> str:
    """The runner's own escapes, those of `ActionCommand.cs`; of other controls only how they look."""
    lines = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return visible(lines)


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
