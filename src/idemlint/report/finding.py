"""What printers print: findings with their places in the text, and the totals of a run."""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Final

from idemlint.analysis.fingerprint import Identities, fingerprint
from idemlint.diagnostics import Applicability, Severity
from idemlint.records import NamedTuple
from idemlint.source.positions import Lines, Position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from idemlint.diagnostics import Diagnostic, Fix
    from idemlint.source.statement import ParsedFile, Statement

#: Where the project, and the rules' pages, can be read.
PROJECT: Final = "https://github.com/idemlint/idemlint"
PAGES: Final = f"{PROJECT}/blob/main/rules"


class StatementSpan(NamedTuple):
    """The statement that a finding is about."""

    index: int  # type: ignore[assignment]
    start: int
    end: int
    kind: str


class Finding(NamedTuple):
    """A diagnostic and where it stands; `server` is PostgreSQL's message, where certain."""

    diagnostic: Diagnostic
    start: Position
    end: Position
    statement: StatementSpan | None
    lines: Lines
    identity: bytes
    server: str = ""

    @property
    def fingerprint(self) -> str:
        """The same for the same finding, wherever its lines have moved."""
        return fingerprint(self.identity)

    @property
    def code(self) -> str:
        """The rule's code."""
        return self.diagnostic.code

    @property
    def name(self) -> str:
        """The rule's name."""
        return self.diagnostic.name

    @property
    def is_error(self) -> bool:
        """Whether it is certain to fail."""
        return self.diagnostic.severity is Severity.ERROR

    @property
    def filename(self) -> str:
        """The file as it is shown."""
        return self.diagnostic.filename

    @property
    def url(self) -> str:
        """The rule's page."""
        return page_url(self.code, self.name)

    @property
    def mark(self) -> str:
        """`[*]` for a safe fix, `[-]` for an unsafe one, nothing where a person is needed."""
        return mark(self.diagnostic.fix)


class RuleText(NamedTuple):
    """A rule as printers show it. `fix` holds the applicabilities that its fixes may have."""

    code: str
    name: str
    severity: str
    fix: tuple[str, ...]
    default: bool
    sqlstates: tuple[str, ...]
    title: str
    markdown: str

    @property
    def url(self) -> str:
        """The rule's page."""
        return page_url(self.code, self.name)


class Report(NamedTuple):
    """A run: its findings in the order of files and places, and what was looked at.

    `rule` gives a rule's text by its code; only formats that carry it along ask. `root` is the
    repository's, which paths are relative to in formats that a forge reads. `hints` are ways to go
    on that the command knows (`idemlint init`), shown below a long list.
    """

    findings: Sequence[Finding]
    files: int = 0
    statements: int = 0
    unjudged: int = 0
    fixed: int = 0
    rule: Callable[[str], RuleText | None] = lambda code: None
    root: str | None = None
    hints: tuple[str, ...] = ()

    @property
    def errors(self) -> int:
        """Findings that are certain to fail."""
        return sum(1 for finding in self.findings if finding.is_error)

    def fixable(self, applicability: Applicability) -> int:
        """Findings with a fix of exactly this applicability that can be applied."""
        return sum(
            1
            for finding in self.findings
            if finding.diagnostic.fix is not None
            and finding.diagnostic.fix.edits
            and finding.diagnostic.fix.applicability is applicability
        )

    def by_rule(self) -> list[tuple[str, str, int, str]]:
        """Code, name, number and fix mark of the findings of each rule, most frequent first."""
        counts = Counter((finding.code, finding.name) for finding in self.findings)
        marks: dict[str, str] = {}
        for finding in self.findings:
            marks[finding.code] = max(marks.get(finding.code, ""), finding.mark, key=_MARKS.index)
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return [(code, name, count, marks[code]) for (code, name), count in ordered]


_MARKS: Final = ["", "[-]", "[*]"]


def mark(fix: Fix | None) -> str:
    """How a fix is shown beside a code."""
    if fix is None or not fix.edits or fix.applicability is Applicability.DISPLAY:
        return ""
    return "[*]" if fix.applicability is Applicability.SAFE else "[-]"


def page_url(code: str, name: str) -> str:
    """The address of a rule's page."""
    return f"{PAGES}/{code}-{name}.md"


def repository_path(report: Report, filename: str) -> str:
    """A file's path from the repository's root, with slashes, as forges want it."""
    if report.root is not None:
        relative = os.path.relpath(filename, report.root)
        if not relative.startswith(".."):
            filename = relative
    return printable(filename.replace(os.sep, "/"))


def printable(text: str) -> str:
    """A file name without the lone surrogates that undecodable bytes in it become."""
    if text.isascii():
        return text
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def one_line(text: str) -> str:
    """A text without newlines and control characters: what it says must not steer a terminal."""
    flat = " ".join(text.split())
    return flat if flat.isprintable() else "".join(c if c.isprintable() else "�" for c in flat)


def locate(
    parsed: ParsedFile,
    diagnostics: Iterable[Diagnostic],
    *,
    stable_name: str,
    server: Callable[[Diagnostic], str] = lambda diagnostic: "",
) -> list[Finding]:
    """Give the diagnostics of one file their places. `stable_name` is the same wherever we run."""
    diagnostics = list(diagnostics)
    if not diagnostics:
        return []
    source = parsed.source
    data = source.text.encode("utf-8", "replace")
    lines = Lines(data if len(data) == len(source.data) and not source.bom else source.data)
    statements = {statement.index: statement for statement in parsed.statements}
    identities = Identities(stable_name)
    findings = []
    for diagnostic in diagnostics:
        statement = None if diagnostic.statement is None else statements.get(diagnostic.statement)
        start = lines.position(diagnostic.span.start)
        end = lines.position(max(diagnostic.span.end, diagnostic.span.start))
        if statement is not None:
            text = source.data[statement.start : statement.end]
        else:
            first, last = lines.bounds(start.row)
            text = source.data[first:last]
        findings.append(
            Finding(
                diagnostic=diagnostic,
                start=start,
                end=end,
                statement=_span(statement),
                lines=lines,
                identity=identities.of(diagnostic.code, text),
                server=server(diagnostic),
            )
        )
    return findings


def _span(statement: Statement | None) -> StatementSpan | None:
    if statement is None:
        return None
    return StatementSpan(statement.index, statement.start, statement.end, statement.kind)
