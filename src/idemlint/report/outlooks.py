"""What people read of first runs: `idemlint replay --first`, and the last line of every replay."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.report.excerpt import beginning
from idemlint.report.lines import folded, headed, indented
from idemlint.report.run_report import one_line, shown_name
from idemlint.report.words import counted, error_in_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from idemlint.analysis.file_report import FileReport
    from idemlint.analysis.outlook import FirstStop, Outlook, UpgradeOutlook
    from idemlint.analysis.statement_rows import FirstRow, StatementRow
    from idemlint.report.lines import Line

#: Verdict → the style it is printed in.
_STYLES: Final = {"runs": "good", "fails": "error", "unknown": "sqlstate"}
_WIDTH: Final = max(map(len, _STYLES))


def lines(files: Sequence[FileReport], *, width: int | None = None) -> Iterator[Line]:
    """A block a file that has something to tell: its statements that fail, or that cannot be told, and why;
    what only follows from another one is counted there."""
    followers = _followers(files)
    for file in files:
        told = [each for each in file.statements if _is_told(each)]
        if not told:
            continue
        yield [(shown_name(file.filename), "path"), (f"  {file.runner}", "cut")]
        digits = max(len(str(each.row)) for each in told)
        for statement in told:
            number = followers.get((file.filename, statement.row), 0)
            yield from _statement(file, statement, digits, number, width)
        yield []


def _is_told(statement: StatementRow) -> bool:
    first = statement.first
    return first is not None and first.verdict != "runs" and first.follows is None


def _followers(files: Iterable[FileReport]) -> Mapping[tuple[str, int], int]:
    found: dict[tuple[str, int], int] = {}
    for file in files:
        for statement in file.statements:
            if statement.first is not None and statement.first.follows is not None:
                at = statement.first.follows
                found[at] = found.get(at, 0) + 1
    return found


def _statement(
    file: FileReport, statement: StatementRow, digits: int, followers: int, width: int | None
) -> Iterator[Line]:
    first = statement.first
    assert first is not None
    lead: Line = [
        (f"  {statement.row:>{digits}}  ", "gutter"),
        (f"{first.verdict:<{_WIDTH}}", _STYLES[first.verdict]),
        (f"  {first.sqlstate or '':<5}  ", "sqlstate"),
    ]
    yield from headed(lead, beginning(statement.beginning), width)
    indent = 2 + digits + 2 + _WIDTH + 2
    yield from indented(_why(file, first, followers), indent, width, "cut")


def _why(file: FileReport, first: FirstRow, followers: int) -> str:
    why = error_in_words(first.sqlstate, one_line(first.reason))
    if first.because is not None:
        filename, row = first.because
        place = f"line {row}" if filename == file.filename else f"{shown_name(filename)}:{row}"
        why += f" (see {place})"
    if followers:
        why += f", and {counted(followers, 'statement')} that need{'s' * (followers == 1)} it"
    return why


def outlooks(files: Iterable[FileReport], width: int | None) -> Iterator[Line]:
    """A line a sequence."""
    found = [each.outlook for each in files if each.outlook is not None]
    for each in found:
        whose = f" ({each.runner})" if len(found) > 1 else ""
        style = "error" if each.failures else ("sqlstate" if each.unknown else "good")
        text = f"On an empty database{whose}: "
        yield from folded([(text, "message"), (f"{_outlook(each)}.", style)], width)
        path = each.upgrade
        if path is not None:
            fails = path.stop is not None or bool(path.refused)
            style = "error" if fails else ("sqlstate" if path.unknown else "good")
            text = f"On a database that has run {one_line(path.revision)}{whose}: "
            yield from folded(
                [(text, "message"), (f"{_upgrade(path, each.runner)}.", style)], width
            )


def _upgrade(path: UpgradeOutlook, runner: str) -> str:
    if path.refused:
        return f"{runner} refuses {shown_name(path.refused)}, which comes late, and nothing runs"
    never = f"; {counted(path.skipped, 'late file')} never run{'s' * (path.skipped == 1)}"
    skipped = never if path.skipped else ""
    others = f"; {counted(path.unknown, 'statement')} cannot be told" if path.unknown else ""
    if path.stop is not None:
        where = f"{shown_name(path.stop.filename)}:{path.stop.row} ({path.stop.sqlstate})"
        return f"stops at {where}{others}{skipped}"
    if not path.pending:
        return f"nothing is left to run{skipped}"
    files = (
        f"all {path.pending:,} files that are left" if path.pending > 1 else "the file that is left"
    )
    if others:
        return f"cannot tell: {others.removeprefix('; ')}{skipped}"
    return f"{files} run{'s' * (path.pending == 1)}{skipped}"


def _outlook(each: Outlook) -> str:
    unknown = counted(each.unknown, "statement")
    if each.stop is None:
        if each.unknown:
            runs = "it runs" if each.unknown == 1 else "they run"
            return f"cannot tell: {unknown} of which it is not known whether {runs}"
        return f"all {each.files:,} files run" if each.files > 1 else "the file runs"
    stop = each.stop
    where = f"{shown_name(stop.filename)}:{stop.row} ({stop.sqlstate})"
    others = f"; {unknown} cannot be told" if each.unknown else ""
    if each.goes_on:
        failing = f"{counted(each.failures, 'statement')} fail{'s' * (each.failures == 1)}"
        return f"{failing}, the first at {where}{others}"
    stays = "" if stop.files is None else f"; {_what_stays(stop)}"
    return f"stops at {where}{stays}{others}"


def _what_stays(stop: FirstStop) -> str:
    if stop.together > 1:
        return f"nothing of the {stop.together:,} pending files stays"
    own = (
        f"{counted(stop.statements, 'statement')} of it stay{'s' * (stop.statements == 1)}"
        if stop.statements
        else "nothing of it stays"
    )
    if not stop.files:
        return own
    return f"{counted(stop.files, 'file')} before it stay{'s' * (stop.files == 1)}, {own}"
