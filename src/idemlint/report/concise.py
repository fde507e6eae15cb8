"""One line a finding, for editors and grep."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.report.run_report import one_line, shown_name
from idemlint.report.summary import summary

if TYPE_CHECKING:
    from idemlint.analysis.file_report import Finding
    from idemlint.report.run_report import Report


def render(report: Report, *, quiet: bool = False) -> str:
    """The findings, then how many there are."""
    lines = [line(finding) for finding in report.findings]
    if not quiet:
        lines += summary(report)
    return "".join(f"{text}\n" for text in lines)


def line(finding: Finding) -> str:
    """`path:row:column: CODE [*] message`."""
    mark = f"{finding.mark} " if finding.mark else ""
    message = one_line(finding.message)
    place = f"{shown_name(finding.filename)}:{finding.start.row}:{finding.start.column}"
    return f"{place}: {finding.code} {mark}{message}"
