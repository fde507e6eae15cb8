"""Findings for people: the message, the guilty lines, what PostgreSQL says, how to mend it.

One list of styled lines is made; piped, it is printed as plain text, on a terminal with rich. So
both say the same. rich is imported only for the terminal, and never interprets SQL (`ARRAY[id]` is
not markup).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres.sqlstates import condition_name
from idemlint.report.lines import folded, wrapped
from idemlint.report.run_report import no_command, one_line, shown_name, visible
from idemlint.report.summary import summary

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from idemlint.analysis.file_report import Finding
    from idemlint.report.lines import Line
    from idemlint.report.run_report import Report

#: Source lines longer than this are cut, also where no terminal gives a width.
WIDEST: Final = 200

STYLES: Final = {
    "path": "bold",
    "place": "cyan",
    "error": "bold red",
    "warning": "bold yellow",
    "fix": "bold cyan",
    "message": "bold",
    "gutter": "bold blue",
    "mark-error": "bold red",
    "mark-warning": "bold yellow",
    "cut": "dim",
    "label": "bold",
    "sqlstate": "bold magenta",
    "code": "green",
    "good": "bold green",
    "added": "green",
    "removed": "red",
    "text": "",
}


def render(report: Report, *, quiet: bool = False) -> str:
    """The report as plain text."""
    return plain(lines(report, quiet=quiet))


def lines(
    report: Report,
    *,
    width: int | None = None,
    quiet: bool = False,
    tables: bool = False,
    most: int | None = None,
) -> Iterator[Line]:
    """The report as styled lines. `tables`: what is too long for one look ends with where the findings are,
    and how to go on. `most`: of more findings than that, only those of the newest files are shown."""
    findings = report.findings
    is_long = False
    if tables or most is not None:
        from idemlint.report import overview

        is_long = tables and len(findings) > overview.WALL
        if most is not None and len(findings) > most:
            names = overview.newest(report)
            findings = [finding for finding in findings if finding.filename in names][:most]
    for finding in findings:
        yield from finding_lines(finding, width)
    if is_long:
        yield from overview.overview(report)
        if len(findings) < len(report.findings):
            number = f"{len(findings):,} of {len(report.findings):,} findings"
            text = f"Shown above: {number}, of the newest files. `--no-limit` shows all."
            yield from folded(_ticked(text), width)
    if not quiet:
        for line in summary_lines(report):
            yield from folded(line, width)
        if is_long and report.hints:
            yield []
            yield [("How to go on:", "message")]
            for hint in report.hints:
                yield from folded([("  ", "text"), *_ticked(hint)], width, "    ")


def finding_lines(finding: Finding, width: int | None = None) -> Iterator[Line]:
    """One finding, with an empty line behind it."""
    # Most runs find nothing.
    from idemlint.report.excerpt import excerpt

    severity = finding.severity
    heading: Line = [
        (shown_name(finding.filename), "path"),
        (f":{finding.start.row}:{finding.start.column}", "place"),
        (": ", "text"),
        (finding.code, severity),
        (" ", "text"),
    ]
    if finding.mark:
        heading += [(finding.mark, "fix"), (" ", "text")]
    yield from folded([*heading, *_ticked(one_line(finding.message), "message")], width, "  ")
    rows = excerpt(finding.lines, min(width or WIDEST, WIDEST))
    for row in rows:
        yield [
            (piece.text, f"mark-{severity}" if piece.style == "mark" else piece.style)
            for piece in row
        ]
    indent = max(len(rows[0][0].text) - 1, 1)
    for label, text in notes(finding):
        yield from _note(label, text, indent, width)
    yield []


def notes(finding: Finding) -> Iterator[tuple[str, str]]:
    """What stands below the lines: PostgreSQL's answer, and the way out."""
    if finding.sqlstate:
        said = f"{finding.sqlstate} {condition_name(finding.sqlstate) or ''}".rstrip()
        if finding.server:
            said += f": {finding.server}"
        yield (_WHEN.get(finding.rerun or "", _SAYS), said)
    fix = finding.fix
    if finding.help and (fix is None or finding.help != fix.message):
        yield ("help", finding.help)
    if fix is not None and fix.message:
        yield (f"{fix.applicability} fix" if fix.edits else "help", fix.message)


_SAYS: Final = "PostgreSQL says"
_WHEN: Final = {
    "statement": f"{_SAYS} when it runs again",
    "file": f"{_SAYS} on the rerun",
    "interrupted": f"{_SAYS} on the rerun after an interruption",
    "folder": f"{_SAYS} when the folder runs again",
    "redo": f"{_SAYS} when it is rolled back and run again",
}


def summary_lines(report: Report) -> Iterator[Line]:
    """The sentences at the end."""
    style = "message" if report.findings else "good"
    for sentence in summary(report):
        yield _ticked(sentence, style)
        style = "text"


def plain(styled: Iterable[Line]) -> str:
    """Styled lines as text."""
    return "".join(no_command("".join(text for text, _ in line)) + "\n" for line in styled)


def print_rich(styled: Iterable[Line], console: Any) -> None:
    """Styled lines on a rich console, the text as it is but for what would steer the terminal."""
    from rich.text import Text

    for line in styled:
        text = Text(no_wrap=True, overflow="ignore", end="\n")
        whole = "".join(piece for piece, _ in line)
        if no_command(whole) != whole:
            text.append(".")
        for piece, style in line:
            text.append(visible(piece), style=STYLES.get(style, ""))
        console.print(text, markup=False, emoji=False, highlight=False, soft_wrap=True, crop=False)


def _note(label: str, text: str, indent: int, width: int | None) -> Iterator[Line]:
    lead: Line = [(" " * indent + "= ", "gutter"), (f"{label}: ", "label")]
    offset = sum(len(piece) for piece, _ in lead)
    paragraphs = [one_line(paragraph) for paragraph in text.splitlines() if paragraph.strip()]
    pieces = [piece for paragraph in paragraphs for piece in wrapped(paragraph, offset, width)]
    for piece in pieces or [""]:
        if label.startswith(_SAYS) and lead[-1][1] == "label":
            sqlstate, _, rest = piece.partition(" ")
            yield [*lead, (sqlstate, "sqlstate"), (f" {rest}" if rest else "", "text")]
        else:
            yield [*lead, *_ticked(piece)]
        lead = [(" " * offset, "text")]


def _ticked(text: str, style: str = "text") -> Line:
    """A sentence with what stands between backticks set off."""
    pieces = text.split("`")
    if len(pieces) % 2 == 0:
        return [(text, style)]
    line: Line = [(pieces[0], style)]
    for index, piece in enumerate(pieces[1:], 1):
        line.append((f"`{piece}`", "code") if index % 2 else (piece, style))
    return line
