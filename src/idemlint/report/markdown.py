"""A summary in Markdown, for a job or a comment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.sqlstates import condition_name
from idemlint.report.run_report import one_line, page_url, repository_path, shown_name
from idemlint.report.summary import summary

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.analysis.file_report import Finding
    from idemlint.report.run_report import Report

#: GitHub refuses summaries above 1 MiB; nobody reads them that far.
LONGEST: Final = 200

#: What Markdown would read as something else; a `@` by itself calls nobody.
_SPECIAL: Final = str.maketrans(
    {c: f"\\{c}" for c in "\\`*_[]<>|#~$"} | {"&": "&amp;", "@": "@<!-- -->"}
)


def render(report: Report) -> str:
    """Counts by rule, then the findings."""
    return "".join(f"{line}\n" for line in _lines(report))


def _lines(report: Report) -> Iterator[str]:
    yield "## idemlint: what happens if these migrations run again"
    yield ""
    for sentence in summary(report):
        yield sentence
        yield ""
    account = report.account
    for problem in account.problems:
        yield f"- **not read**: {_escaped(one_line(problem))}"
    for fault in account.faults:
        place = f"{fault.filename}:{fault.row}"
        yield f"- **error in idemlint**: {_escaped(one_line(f'{place}: {fault.error}'))}"
    if account.is_broken:
        yield ""
    if not report.findings:
        return
    urls = {finding.code: page_url(finding.code, finding.name) for finding in report.findings}
    yield "| findings | rule | fix |"
    yield "|---:|---|---|"
    for code, name, count, mark in report.by_rule():
        fix = {"[*]": "safe", "[-]": "unsafe"}.get(mark, "")
        yield f"| {count:,} | [{code}]({urls[code]}) {name} | {fix} |"
    yield ""
    yield "| where | rule | what | PostgreSQL says |"
    yield "|---|---|---|---|"
    for finding in report.findings[:LONGEST]:
        yield _row(report, finding)
    if len(report.findings) > LONGEST:
        yield ""
        yield f"… and {len(report.findings) - LONGEST:,} more."


def _row(report: Report, finding: Finding) -> str:
    path = shown_name(repository_path(report, finding.filename))
    place = f"{path}:{finding.start.row}"
    sqlstate = finding.sqlstate
    said = f"{sqlstate} {condition_name(sqlstate) or ''}" if sqlstate else ""
    message = _prose(one_line(finding.message))
    return f"| {_escaped(place)} | {finding.code} | {message} | {_escaped(said)} |"


def _escaped(text: str) -> str:
    return text.translate(_SPECIAL)


def _prose(text: str) -> str:
    """A message: code spans stay, all else is taken literally. A pipe ends a cell even in code.

    Backticks that stand together are another mark than one alone, and make it unsure which of all that
    follows is code: then nothing is. So does a pipe behind a backslash, of a span.
    """
    pieces = text.split("`")
    if len(pieces) % 2 == 0 or "``" in text:
        return _escaped(text)
    return "".join(
        _span(piece) if index % 2 else _escaped(piece) for index, piece in enumerate(pieces)
    )


def _span(code: str) -> str:
    return _escaped(f"`{code}`") if "\\|" in code else f"`{code}`".replace("|", "\\|")
