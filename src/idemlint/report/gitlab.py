"""A GitLab code quality report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.report.json import dumps
from idemlint.report.run_report import printable, repository_path

if TYPE_CHECKING:
    from idemlint.report.run_report import Report


def render(report: Report) -> str:
    """One array; GitLab tells old findings from new ones by their fingerprints."""
    return dumps(
        [
            {
                "description": f"{finding.code}: {finding.message}",
                "check_name": finding.name,
                "fingerprint": finding.fingerprint,
                "severity": "major" if finding.is_error else "minor",
                "location": {
                    "path": printable(repository_path(report, finding.filename)),
                    "lines": {"begin": finding.start.row, "end": finding.end.row},
                },
            }
            for finding in report.findings
        ]
    )
