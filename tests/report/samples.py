"""Findings made by hand: printers are tested without the engine."""

from __future__ import annotations

from idemlint.analysis.file_report import Finding, lines_of, located
from idemlint.diagnostics import Applicability, Diagnostic, Fix, Severity
from idemlint.faults import Noted
from idemlint.replay.judge.verdict import Outcome, Verdict
from idemlint.report.account import Account
from idemlint.report.run_report import Report, RuleText
from idemlint.source.statement import Edit, ParsedFile, SourceFile, Span, Statement

USERS = b"-- first\nCREATE TABLE users (id int);\nSELECT 1;\n"
TABLE = b"CREATE TABLE users (id int)"


def parsed(data: bytes, *statements: bytes, filename: str = "migrations/1.sql") -> ParsedFile:
    """A file whose statements are the given stretches of it."""
    made = []
    position = 0
    for index, text in enumerate(statements):
        position = data.index(text, position)
        made.append(Statement(index, position, position + len(text), "CreateStmt", None))
        position += len(text)
    text = data.decode("utf-8", "replace")
    source = SourceFile(filename, data, text, bom=data.startswith(b"\xef\xbb\xbf"))
    return ParsedFile(source, text, tuple(made))


def diagnostic(
    data: bytes = USERS,
    guilty: bytes = TABLE,
    *,
    code: str = "IDM101",
    name: str = "create-table",
    severity: Severity = Severity.ERROR,
    message: str = "This `CREATE TABLE` fails on a rerun: users is there already",
    help: str = "Add `IF NOT EXISTS`.",
    filename: str = "migrations/1.sql",
    statement: int | None = 0,
    sqlstate: str | None = "42P07",
    applicability: Applicability | None = Applicability.SAFE,
) -> Diagnostic:
    """A finding about the bytes `guilty`."""
    start = data.index(guilty)
    fix = None
    if applicability is not None:
        edit = Edit(Span(start + 12, start + 12), " IF NOT EXISTS")
        edits = () if applicability is Applicability.DISPLAY else (edit,)
        fix = Fix(applicability, "Guard the table", edits)
    return Diagnostic(
        code=code,
        name=name,
        severity=severity,
        message=message,
        filename=filename,
        span=Span(start, start + len(guilty)),
        help=help,
        statement=statement,
        sqlstate=sqlstate,
        rerun="file",
        fix=fix,
    )


def finding(data: bytes = USERS, guilty: bytes = TABLE, **changes: object) -> Finding:
    """A located finding."""
    made = diagnostic(data, guilty, **changes)  # type: ignore[arg-type]
    file = parsed(data, guilty, filename=made.filename)
    return locate(file, [made], stable_name=made.filename)[0]


def locate(file: ParsedFile, made: list[Diagnostic], *, stable_name: str) -> list[Finding]:
    """Diagnostics of statements that fail for a reason whose message is not certain."""
    outcomes = [Outcome(Verdict.FAILS, "file")] * len(file.statements)
    return list(located(file, made, outcomes, lines_of(file), stable_name, Noted()))


def rule(code: str) -> RuleText | None:
    """One rule with its page."""
    if code != "IDM101":
        return None
    return RuleText(
        code="IDM101",
        name="create-table",
        severity="error",
        fix=("safe",),
        default=True,
        sqlstates=("42P07",),
        title="A table that is there already",
        markdown="# create-table\n\nWhy, and how to mend it.\n",
    )


def report(*findings: Finding, **changes: object) -> Report:
    """A run with these findings."""
    values: dict[str, object] = {"account": Account(1, 2), "rule": rule, **changes}
    return Report(findings=findings, **values)  # type: ignore[arg-type]


def many(number: int, files: int = 10) -> list[Finding]:
    """A wall of findings, spread over files."""
    made = []
    for index in range(files):
        filename = f"migrations/{index:04}.sql"
        share = number // files + (index < number % files)
        data = b"".join(b"CREATE TABLE t%d (id int);\n" % n for n in range(share))
        stretches = [b"CREATE TABLE t%d (id int)" % n for n in range(share)]
        file = parsed(data, *stretches, filename=filename)
        diagnostics = [
            diagnostic(data, stretch, filename=filename, statement=n)
            for n, stretch in enumerate(stretches)
        ]
        made += locate(file, diagnostics, stable_name=filename)
    return made
