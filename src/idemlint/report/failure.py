"""The failure that a log tells, for people: what happened, what stays, what to do now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.sqlstates import condition_name
from idemlint.report import stopped
from idemlint.report.run_report import one_line, shown_name
from idemlint.report.stopped import sentence_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from idemlint.outage.reading import Failure, LastWord
    from idemlint.outage.story import Outage
    from idemlint.report.lines import Line


def lines(
    failure: Failure,
    title: str,
    outage: Outage | None,
    note: str,
    commands: Sequence[tuple[str, str]],
    advice: Sequence[str],
    *,
    width: int | None = None,
) -> Iterator[Line]:
    """`title` is the runner's name, `note` says why there is no `outage`, or how its statement was found;
    `advice` and `commands` (with what each does) are what to do now."""
    yield [("What happened", "error")]
    yield [
        (f"  line {failure.number:,} of the log: ", "cut"),
        (_cut(failure.line), "text"),
    ]
    own = failure.own
    if own is not None:
        yield from sentence_lines(f"{title}: {own.title}. {own.happened}", width, indent=2)
    elif failure.runner:
        did = "stopped" if failure.went_on is None else "failed"
        yield from sentence_lines(f"{title} {did}{_where(failure)}.", width, indent=2)
    if failure.sqlstate:
        said = f"{failure.sqlstate} {condition_name(failure.sqlstate) or ''}".rstrip()
        when = "PostgreSQL said then" if own is not None and own.is_late else "PostgreSQL says"
        yield from sentence_lines(f"{when} {said}: {_cut(failure.message)}", width, indent=2)
    elif own is None:
        yield from sentence_lines(
            f"The log has no SQLSTATE, and this message is none that idemlint knows: {_cut(failure.message)}",
            width,
            indent=2,
        )
    if failure.errors > 1:
        yield from sentence_lines(
            f"The log has {failure.errors:,} different errors: this is the first, and mostly the cause of the"
            " others.",
            width,
            "cut",
            indent=2,
        )
    if failure.through is not None:
        number, line = failure.through
        yield from sentence_lines(
            f"Behind it, on line {number:,}, the log says that a run went through: {_cut(line)}",
            width,
            "warning",
            indent=2,
        )
    yield []
    yield [("What stays", "warning")]
    if outage is None and own is not None:
        yield from sentence_lines(own.stays, width, indent=2)
    if note:
        yield from sentence_lines(note, width, indent=2)
    if outage is not None:
        yield []
        yield from _indented(stopped.lines(outage, width=None if width is None else width - 2))
    yield []
    yield [("What to do now", "good")]
    for each in advice:
        yield from _item(each, width)
    yield []
    yield [("Next commands", "label")]
    for number, (command, effect) in enumerate(commands, 1):
        yield [(f"  {number}. ", "gutter"), (one_line(command), "code")]
        yield from sentence_lines(effect, width, "cut", indent=5)


#: What a line of the log counts in.
_LINES: Final = {
    "file": " at line {}",
    "block": " at line {} of what it sent",
    "text": " at line {} of what it sent",
    "unknown": "",
}


def _where(failure: Failure) -> str:
    where = f" in {shown_name(failure.file)}" if failure.file else ""
    return where + (_LINES[failure.rows].format(failure.row) if failure.row is not None else "")


def _item(text: str, width: int | None) -> Iterator[Line]:
    mark = "- "
    for line in sentence_lines(text, width, indent=4):
        yield [(f"  {mark}", "gutter"), *line[1:]]
        mark = "  "


def _indented(inner: Iterator[Line]) -> Iterator[Line]:
    for line in inner:
        yield [("  ", "text"), *line] if line else []


def _cut(text: str, most: int = 300) -> str:
    flat = one_line(text)
    return flat if len(flat) <= most else flat[: most - 1] + "…"


def nothing(last: LastWord | None, *, width: int | None = None) -> Iterator[Line]:
    """Of a log that tells no failure: that, and what it says last of a migration."""
    yield from sentence_lines(_NOTHING, width)
    if last is None:
        return
    yield []
    said = _THROUGH if last.through else _AT
    yield from sentence_lines(said.format(last.number, _cut(last.line)), width)


_NOTHING: Final = (
    "Nothing in this log is a failed migration that idemlint knows: no message of PostgreSQL's, no SQLSTATE,"
    " none of a runner's own. Paste the lines around the first error, with those above it."
)
_THROUGH: Final = "Line {:,} says that a run went through: {}"
_AT: Final = (
    "The last that it says of a migration is line {:,}: {} — if the run ended there, killed or out of time,"
    " the server took back what had not committed; `idemlint replay --stopped-at FILE:LINE` says what that"
    " is, once you know the statement (the server's log, or pg_stat_activity)."
)
