"""What is said of a file, as plain data: it can be pickled, sent, or written as JSON, and needs no trees."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.analysis.fingerprint import Identities, Identity, fingerprint
from idemlint.diagnostics import Severity
from idemlint.faults import Fault, Noted, fault
from idemlint.records import NamedTuple
from idemlint.replay.judge.verdict import Verdict
from idemlint.sequence.paths import shown
from idemlint.source.positions import Lines, Position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from idemlint.analysis.judged import Judged
    from idemlint.analysis.outlook import Outlook
    from idemlint.analysis.source_lines import SourceLine
    from idemlint.diagnostics import Diagnostic, Fix
    from idemlint.replay.effects.describe import Described
    from idemlint.replay.judge.verdict import Outcome
    from idemlint.sequence.first.first_outcome import FirstOutcome
    from idemlint.source.statement import Edit, ParsedFile, Statement


class FirstRow(NamedTuple):
    """What a statement does in the first run of its folder on an empty database (`runs`, `fails`, `unknown`).

    `because` is the statement that is to blame, `follows` the earlier failure that this is a consequence of:
    each by its file, as it is shown, and its row.
    """

    verdict: str
    sqlstate: str | None
    reason: str
    because: tuple[str, int] | None
    follows: tuple[str, int] | None


class StatementRow(NamedTuple):
    """A statement and its verdict. `start` and `end` are bytes; `section` is `up` or `down`; `beginning`
    is the first part of its text; `effects` are what it is taken to do, `None` where nobody asked."""

    index: int  # type: ignore[assignment]
    start: int
    end: int
    row: int
    kind: str
    section: str
    unit: int
    verdict: str
    sqlstate: str | None
    reason: str
    rerun: str
    codes: tuple[str, ...]
    beginning: str
    effects: tuple[Described, ...] | None = None
    first: FirstRow | None = None
    upgrade: FirstRow | None = None


class EditText(NamedTuple):
    """A replacement, and where it is made."""

    start: Position
    end: Position
    content: str


class FixText(NamedTuple):
    """Edits that are made together or not at all; `applicability` is `safe`, `unsafe` or `display`."""

    applicability: str
    message: str
    edits: tuple[EditText, ...]

    @property
    def mark(self) -> str:
        """`[*]` for a safe fix, `[-]` for an unsafe one, nothing where a person is needed."""
        if not self.edits:
            return ""
        return {"safe": "[*]", "unsafe": "[-]"}.get(self.applicability, "")


class StatementSpan(NamedTuple):
    """The statement that a finding is about, in bytes."""

    index: int  # type: ignore[assignment]
    start: int
    end: int
    kind: str


class Finding(NamedTuple):
    """What a rule found, where it stands, the lines that show it, and how it is mended.

    `server` is PostgreSQL's own message, where that is certain. `lines` are those of the span, where
    somebody shows them; of a long one the first three and the last. `identity` is what the finding is known
    by when its lines have moved.
    """

    code: str
    name: str
    severity: str
    message: str
    help: str
    filename: str
    start: Position
    end: Position
    statement: StatementSpan | None
    sqlstate: str | None
    rerun: str | None
    fix: FixText | None
    server: str
    lines: tuple[SourceLine, ...]
    identity: Identity

    @property
    def fingerprint(self) -> str:
        """The same for the same finding, wherever its lines have moved."""
        return fingerprint(self.identity)

    @property
    def is_error(self) -> bool:
        """Whether it is certain to fail."""
        return self.severity == Severity.ERROR.value

    @property
    def mark(self) -> str:
        """How its fix is shown beside the code."""
        return self.fix.mark if self.fix is not None else ""


class FileReport(NamedTuple):
    """A file: its statements with their verdicts, and its findings in the order of their places.

    `path` is the file as it was named to us, `filename` as it is shown. `faults` are errors of ours, which
    cost what they are about; `problem` says why the file cannot be read, where it cannot. The last one of a
    sequence has the `outlook` of all.
    """

    filename: str
    path: str
    runner: str
    statements: tuple[StatementRow, ...]
    findings: tuple[Finding, ...]
    faults: tuple[Fault, ...] = ()
    problem: str = ""
    outlook: Outlook | None = None


class FileTally(NamedTuple):
    """What is left of a file where only its findings are shown: they, and how many of its statements
    count, `unjudged` of them without a verdict. `switched_off`: see `Judged`."""

    filename: str
    path: str
    runner: str
    statements: int
    unjudged: int
    findings: tuple[Finding, ...]
    faults: tuple[Fault, ...] = ()
    problem: str = ""
    switched_off: tuple[tuple[str, int], ...] = ()


def tally_of(
    judged: Judged, naming: Callable[[str], str], *, down: bool, excerpts: bool = True
) -> FileTally:
    """A judged migration without its statements. Those of Down sections count where they run (`down`);
    where nobody shows `excerpts`, the findings have no lines. `naming`: see `report_of`."""
    verdicts = [
        outcome.verdict
        for statement, outcome in zip(judged.parsed.statements, judged.outcomes, strict=True)
        if down or statement.section == "up"
    ]
    found, faults = _findings(judged, None, naming, excerpts=excerpts)
    return FileTally(
        judged.filename,
        judged.name,
        judged.migration.profile.name,
        len(verdicts),
        verdicts.count(Verdict.UNKNOWN),
        found,
        faults,
        switched_off=judged.switched_off,
    )


def report_of(judged: Judged, naming: Callable[[str], str], *, effects: bool = False) -> FileReport:
    """Plain data of a judged migration. `naming` tells a file's name wherever we were started; to do so, it
    asks the system where that is."""
    lines = lines_of(judged.parsed)
    rows = tuple(_rows(judged, lines, effects=effects))
    found, faults = _findings(judged, lines, naming)
    return FileReport(
        judged.filename, judged.name, judged.migration.profile.name, rows, found, faults
    )


def _findings(
    judged: Judged, lines: Lines | None, naming: Callable[[str], str], *, excerpts: bool = True
) -> tuple[tuple[Finding, ...], tuple[Fault, ...]]:
    # Most files have none, and need no lines.
    if not (judged.diagnostics or judged.faults or judged.migration.faults):
        return (), ()
    lines = lines_of(judged.parsed) if lines is None else lines
    shown: Noted[tuple[int, str]] = Noted()
    found = tuple(
        located(
            judged.parsed,
            judged.diagnostics,
            judged.outcomes,
            lines,
            naming(judged.name),
            shown,
            excerpts=excerpts,
        )
    )
    return found, tuple(_faults(judged, lines, shown))


def _faults(
    judged: Judged, lines: Lines, shown: Mapping[tuple[int, str], Exception]
) -> Iterator[Fault]:
    """Errors of ours: in statements that were followed, in rules, and in what is told of findings."""

    def row(index: int | None) -> int:
        return 1 if index is None else lines.row(judged.parsed.statements[index].start)

    for index, error in judged.migration.faults.items():
        yield fault(judged.filename, row(index), "", error)
    for (index, rule), error in judged.faults.items():
        yield fault(judged.filename, row(index), rule, error)
    for (start, code), error in shown.items():
        yield fault(judged.filename, lines.row(start), code, error)


def lines_of(parsed: ParsedFile) -> Lines:
    """The lines of a file, as they are shown: undecodable bytes are replaced where offsets stay true."""
    source = parsed.source
    data = source.text.encode("utf-8", "replace")
    return Lines(data if len(data) == len(source.data) and not source.bom else source.data)


def _rows(judged: Judged, lines: Lines, *, effects: bool) -> Iterator[StatementRow]:
    data = judged.data
    described = _described(judged) if effects else {}
    codes: list[list[str]] = [[] for _ in judged.outcomes]
    for diagnostic in judged.diagnostics:
        if diagnostic.statement is not None and diagnostic.code not in codes[diagnostic.statement]:
            codes[diagnostic.statement].append(diagnostic.code)
    deliveries = judged.migration.deliveries
    for statement, outcome, delivery, named in zip(
        judged.parsed.statements, judged.outcomes, deliveries, codes, strict=True
    ):
        start, end = statement.span
        yield StatementRow(
            statement.index,
            start,
            end,
            lines.row(start),
            statement.kind,
            statement.section,
            delivery.unit,
            outcome.verdict.value,
            outcome.sqlstate,
            outcome.reason,
            outcome.rerun,
            tuple(named),
            statement.beginning(data),
            described.get(statement.index, ()) if effects else None,
            _first(judged.migration.firsts.get(statement.index)),
            _first(judged.migration.on_upgrade(statement.index)),
        )


def _first(outcome: FirstOutcome | None) -> FirstRow | None:
    if outcome is None:
        return None
    because, follows = (
        (shown(site.file), site.row) if site is not None else None
        for site in (outcome.because, outcome.follows)
    )
    return FirstRow(outcome.verdict, outcome.sqlstate, outcome.reason, because, follows)


def _described(judged: Judged) -> dict[int, tuple[Described, ...]]:
    # Hardly anybody asks.
    from idemlint.replay.effects.describe import describe

    migration = judged.migration
    return {
        index: describe(program, migration.postgres_version)
        for index, program in migration.programs.items()
    }


def located(
    parsed: ParsedFile,
    diagnostics: Iterable[Diagnostic],
    outcomes: Sequence[Outcome],
    lines: Lines,
    stable_name: str,
    faults: Noted[tuple[int, str]],
    *,
    excerpts: bool = True,
) -> Iterator[Finding]:
    """Diagnostics of a file with their places; `outcomes` are those of its statements. With `excerpts`
    they have the lines that show them. One that cannot be told is noted in `faults`, by its first byte and
    its code."""
    identities = Identities(stable_name, parsed.source.data)
    for diagnostic in diagnostics:
        try:
            finding = _finding(parsed, diagnostic, outcomes, lines, identities, excerpts)
        except Exception as error:
            faults.note((diagnostic.span.start, diagnostic.code), error)
            continue
        yield finding


def _finding(
    parsed: ParsedFile,
    diagnostic: Diagnostic,
    outcomes: Sequence[Outcome],
    lines: Lines,
    identities: Identities,
    excerpts: bool,
) -> Finding:
    index = diagnostic.statement
    statement = parsed.statements[index] if index is not None else None
    start = lines.position(diagnostic.span.start)
    end = lines.position(max(diagnostic.span.end, diagnostic.span.start))
    if statement is not None:
        first, last = statement.start, statement.end
    else:
        first, last = lines.bounds(start.row)
    return Finding(
        diagnostic.code,
        diagnostic.name,
        diagnostic.severity.value,
        diagnostic.message,
        diagnostic.help,
        diagnostic.filename,
        start,
        end,
        _statement(statement),
        diagnostic.sqlstate,
        diagnostic.rerun,
        _fix(diagnostic.fix, lines),
        _server(outcomes, diagnostic),
        _excerpt(lines, start, diagnostic.span.end) if excerpts else (),
        identities.of(diagnostic.code, first, last),
    )


def _excerpt(lines: Lines, start: Position, end: int) -> tuple[SourceLine, ...]:
    # Most files have no finding.
    from idemlint.analysis.source_lines import source_lines

    return tuple(source_lines(lines, start, end))


def _statement(statement: Statement | None) -> StatementSpan | None:
    if statement is None:
        return None
    return StatementSpan(statement.index, statement.start, statement.end, statement.kind)


def _fix(fix: Fix | None, lines: Lines) -> FixText | None:
    if fix is None:
        return None
    edits = tuple(_edit(edit, lines) for edit in fix.edits)
    return FixText(fix.applicability.label, fix.message, edits)


def _edit(edit: Edit, lines: Lines) -> EditText:
    start = lines.position(edit.span.start)
    # Most edits insert.
    end = start if edit.span.end <= edit.span.start else lines.position(edit.span.end)
    return EditText(start, end, edit.content)


def _server(outcomes: Sequence[Outcome], diagnostic: Diagnostic) -> str:
    if diagnostic.statement is None or diagnostic.sqlstate is None:
        return ""
    outcome = outcomes[diagnostic.statement]
    if outcome.sqlstate != diagnostic.sqlstate:
        return ""
    # Most files have no finding.
    from idemlint.analysis.server_messages import server_message

    return server_message(outcome)
