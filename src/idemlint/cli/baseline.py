"""A baseline: findings that are known and no longer reported. What is new still is.

The file names findings by fingerprint, so that moving lines brings nothing back; the rest is for
people.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from idemlint.cli import terminal
from idemlint.cli.exits import Code
from idemlint.errors import UsageProblem
from idemlint.report.run_report import printable
from idemlint.report.words import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.analysis.file_report import Finding
    from idemlint.report.run_report import Report

VERSION: Final = 1


def write_baseline(name: str, findings: Sequence[Finding]) -> Code:
    """Write all findings down."""
    from idemlint.report.json import dumps

    known = [
        {"fingerprint": f.fingerprint, "code": f.code, "filename": printable(f.filename)}
        for f in findings
    ]
    known.sort(key=lambda entry: (entry["filename"], entry["code"], entry["fingerprint"]))
    terminal.write_file(name, dumps({"version": VERSION, "findings": known}))
    terminal.note(f"Wrote {counted(len(known), 'finding')} to {name}; pass `--baseline {name}`.")
    return Code.CLEAN


def without_known(name: str, report: Report, *, verbose: bool) -> Report:
    """The report without the findings of the baseline file."""
    known = _read(name)
    left = [finding for finding in report.findings if finding.fingerprint not in known]
    if verbose:
        gone = known - {finding.fingerprint for finding in report.findings}
        terminal.note(
            f"baseline: {counted(len(report.findings) - len(left), 'finding')} not reported,"
            f" {len(gone):,} no longer found"
        )
    return report._replace(findings=left)


def _read(name: str) -> frozenset[str]:
    import orjson

    try:
        content = orjson.loads(Path(name).read_bytes())
        if content["version"] != VERSION:
            raise UsageProblem(f"{name}: is a baseline of another version of idemlint")
        return frozenset(entry["fingerprint"] for entry in content["findings"])
    except OSError as error:
        raise UsageProblem(
            f"{name}: the baseline cannot be read: {error.strerror or error}"
            f" (`idemlint --write-baseline {name}` makes it)"
        ) from None
    except (ValueError, TypeError, KeyError):
        raise UsageProblem(f"{name}: is not a baseline that idemlint wrote") from None
