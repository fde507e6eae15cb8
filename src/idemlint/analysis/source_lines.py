"""The lines of a file that show a span, as plain data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from idemlint.source.positions import Lines, Position

#: Of a source line, about so many characters are kept on either side of a place in it: what is printed is
#: at most 200 cells wide.
_REACH: Final = 800
#: A span of more rows is shown by its first three, and its last.
_FULL_HEIGHT: Final = 6


class SourceLine(NamedTuple):
    """A line of the file, cut where a span begins and where it ends: `before`, `marked`, `after`.

    What is far from the span is left out: `column` is the number of characters before `before`, and
    `is_cut` says that a line of several goes on behind `after`.
    """

    row: int
    before: str
    marked: str
    after: str
    column: int = 0
    is_cut: bool = False


def source_lines(lines: Lines, start: Position, end: int) -> Iterator[SourceLine]:
    """The lines that the span from `start` to the byte `end` is shown by."""
    last = lines.row(max(end - 1, start.offset))
    if last == start.row:
        yield _whole_span(lines, start, end)
        return
    rows: Sequence[int] = range(start.row, last + 1)
    if len(rows) > _FULL_HEIGHT:
        rows = [*rows[:3], last]
    for row in rows:
        low, high = lines.bounds(row)
        text_end = min(high, low + 4 * _REACH)
        first = min(start.offset, text_end) if row == start.row else low
        stop = min(end, text_end) if row == last else text_end
        before = lines.slice(low, first) if low < first else ""
        after = lines.slice(stop, text_end) if stop < text_end else ""
        yield SourceLine(row, before, lines.slice(first, stop), after, 0, text_end < high)


def _whole_span(lines: Lines, start: Position, end: int) -> SourceLine:
    """The line of a span that is on one line, the span in the midst of it."""
    low, high = lines.bounds(start.row)
    first = min(max(start.offset, low), high)
    stop = min(max(end, first), high)
    before = lines.slice(max(low, first - 4 * _REACH), first)[-_REACH:]
    marked = lines.slice(first, min(stop, first + 4 * _REACH))
    after = lines.slice(stop, min(high, stop + 4 * _REACH))
    hidden = max(start.column - 1 - len(before), 0)
    return SourceLine(start.row, before, marked, after, hidden)
