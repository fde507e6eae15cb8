"""A stop in the midst of a file, told as plain data: it can be printed, or written as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.outage.recovery import recovery_of, run_again
from idemlint.postgres.no_block import called, concurrently, refuses_block, transaction_verb
from idemlint.records import NamedTuple
from idemlint.replay.judge.verdict import Outcome, Verdict
from idemlint.sequence.paths import root, short_name, shown
from idemlint.source.positions import Lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.outage.recovery import Remedy
    from idemlint.sequence.halfway import Halfway, Ran


class Step(NamedTuple):
    """A statement of the run. `filename` is as it is shown; rows count from 1, `start` and `end` are bytes.
    `verdict` is what it does in the rerun, empty where it is not reached; `sqlstate` and `reason` go with
    it."""

    filename: str
    index: int  # type: ignore[assignment]
    row: int
    start: int
    end: int
    kind: str
    beginning: str
    verdict: str = ""
    sqlstate: str | None = None
    reason: str = ""


class Told(NamedTuple):
    """Statements that had one fate, and why."""

    steps: tuple[Step, ...]
    why: str


class Outage(NamedTuple):
    """What a run left that stopped at a statement, and what comes next.

    `note` says why that statement was taken where the place does not name it. `earlier` is what became of
    the files before it, `about` what the statement itself may have left though it failed, or why it cannot
    work. `begins` is where the rerun begins; `hits` is the statement that fails in it before it comes to
    `at`, `None` where none is sure to. `repeats` are done once more by then, `unknown` may fail, too.
    `journal` is what the runner wrote down, `commands` what it wants,
    `again` the command that runs what is pending (empty where the application does).
    """

    filename: str
    runner: str
    title: str
    at: Step
    is_exact: bool
    note: str
    stays: Told
    undone: Told
    never: Told
    earlier: str
    about: str
    begins: Step
    hits: Step | None
    repeats: tuple[Step, ...]
    unknown: tuple[Step, ...]
    journal: str
    commands: tuple[Remedy, ...]
    again: str


def outage_of(halfway: Halfway) -> Outage:
    """Plain data of a run that stopped."""
    rows = _Rows()
    at, profile = halfway.at, halfway.profile
    again = [rows.step(ran, outcome) for ran, outcome in halfway.again]
    hits = again[-1] if halfway.hits is not None else None
    own = at.delivery.block == "transaction" and not at.delivery.authored
    recovery = recovery_of(profile.name, profile.family)
    journal = recovery.inside if own else recovery.outside
    before = halfway.earlier[-1] if halfway.earlier else None
    words = {
        "name": _named(halfway, at.name),
        "version": profile.version_of(at.name),
        "before": profile.version_of(before) if before is not None else "",
        "folder": shown(root(profile, at.name)) or ".",
        "file": shown(at.name),
    }
    commands = journal.first if before is None and journal.first else journal.commands
    return Outage(
        at.script.parsed.source.path,
        profile.name,
        profile.title,
        rows.step(at),
        halfway.stop.is_exact,
        halfway.stop.note,
        Told(rows.steps(halfway.stays), _why_stays(halfway)),
        Told(rows.steps(halfway.undone), _why_undone(halfway)),
        Told(rows.steps(halfway.never), ""),
        _earlier(halfway),
        _of_itself(at),
        again[0] if again else rows.step(at),
        hits,
        tuple(each for each in again if each.verdict == Verdict.REPEATS.value),
        tuple(each for each in again if each.verdict == Verdict.UNKNOWN.value),
        _filled(journal.says, words),
        tuple(
            each._replace(text=_filled(each.text, words), effect=_filled(each.effect, words))
            for each in commands
        ),
        _filled(run_again(profile.name, profile.family), words),
    )


class _Rows:
    """Places of statements; each file's lines are found once."""

    def __init__(self) -> None:
        self._lines: dict[str, Lines] = {}

    def row(self, ran: Ran, offset: int) -> int:
        lines = self._lines.get(ran.name)
        if lines is None:
            lines = self._lines[ran.name] = Lines(ran.script.parsed.source.data)
        return lines.row(offset)

    def step(self, ran: Ran, outcome: Outcome | None = None) -> Step:
        source, statement = ran.script.parsed.source, ran.statement
        start, end = statement.span
        step = Step(
            source.path,
            statement.index,
            self.row(ran, start),
            start,
            end,
            statement.kind,
            statement.beginning(source.data),
        )
        if outcome is None:
            return step
        return step._replace(
            verdict=outcome.verdict.value, sqlstate=outcome.sqlstate, reason=outcome.reason
        )

    def steps(self, ran: Iterable[Ran]) -> tuple[Step, ...]:
        return tuple(map(self.step, ran))


def _named(halfway: Halfway, name: str) -> str:
    """A migration as its runner calls it: its folder where that has the name, else its file's stem."""
    folder, _, file = short_name(halfway.profile, name).rpartition("/")
    return folder or file.removesuffix(".sql")


def _filled(text: str, words: dict[str, str]) -> str:
    for key, word in words.items():
        text = text.replace("{" + key + "}", word)
    return text


def _why_stays(halfway: Halfway) -> str:
    if not halfway.stays:
        return ""
    title = halfway.profile.title
    if halfway.ended_by is not None:
        return (
            f"a statement of {halfway.ended_by.script.parsed.source.path} ended the transaction that"
            f" {title} had opened; what came behind it committed by itself"
        )
    if any(transaction_verb(each.statement) == "end" for each in halfway.stays):
        return "it stands before a COMMIT of the file's own, or committed by itself"
    if all(each.delivery.block == "none" for each in halfway.stays):
        return f"{title} sends it statement by statement, and each commits by itself"
    return f"it had committed when {title} came to that statement"


def _why_undone(halfway: Halfway) -> str:
    if not halfway.undone:
        return ""
    reason = halfway.at.delivery.reason or halfway.undone[-1].delivery.reason
    return reason or "it shared the transaction of the statement that failed"


def _earlier(halfway: Halfway) -> str:
    """What became of the files before this one."""
    files, title = halfway.earlier, halfway.profile.title
    if not files:
        return ""
    if halfway.together is None:
        return (
            f"{title} runs all pending files in one transaction: whatever files were pending before this one"
            " were taken back with it. Which these are stands in no file: say with --start-after what was"
            " applied before the run."
        )
    if halfway.together:
        names = ", ".join(map(shown, halfway.together[:3]))
        if len(halfway.together) > 3:
            names += f" and {len(halfway.together) - 3} more"
        return (
            f"{_count(len(halfway.together), 'earlier file')} of the same run shared the transaction"
            f" ({names})."
        )
    return recovery_of(halfway.profile.name, halfway.profile.family).earlier


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


#: What a statement may leave though it failed (PostgreSQL's documentation of CREATE INDEX, "Building Indexes
#: Concurrently", of REINDEX, "Rebuilding Indexes Concurrently", of DROP INDEX and of ALTER TABLE, DETACH
#: PARTITION … CONCURRENTLY), by its node.
_LEFT: Final = {
    "IndexStmt": (
        "CREATE INDEX CONCURRENTLY that fails leaves its index behind, INVALID: a rerun fails with 42P07"
        " there, and IF NOT EXISTS would keep the invalid one. Look with `\\d TABLE`, and DROP INDEX first."
    ),
    "ReindexStmt": (
        "REINDEX CONCURRENTLY that fails leaves INVALID indexes whose names end in _ccnew or _ccold: DROP"
        " INDEX them, and run it again."
    ),
    "DropStmt": ("DROP INDEX CONCURRENTLY that fails may leave the index INVALID: run it again."),
    "AlterTableStmt": (
        "DETACH PARTITION CONCURRENTLY that fails leaves the partition half detached: ALTER TABLE … DETACH"
        " PARTITION … FINALIZE ends it."
    ),
}


def _of_itself(at: Ran) -> str:
    """What the statement that failed may have left all the same."""
    statement = at.statement
    if at.delivery.refuses and refuses_block(statement):
        return f"{called(statement)} cannot run there (25001): it fails in every run of this file."
    if concurrently(statement):
        return _LEFT.get(statement.kind, "")
    if statement.kind in {"DoStmt", "CallStmt"} and at.delivery.block == "none":
        body = bytes(at.script.parsed.source.data[statement.start : statement.end]).upper()
        if statement.kind == "CallStmt" or b"COMMIT" in body:
            what = "DO block" if statement.kind == "DoStmt" else "procedure"
            return f"What the {what} did before a COMMIT of its own stays."
    return ""
