"""The lines of a file with the guilty span underlined, as rustc draws them.

Text comes out as it will stand on a terminal: tabs are spread, control and direction characters
made visible (a migration must not repaint the terminal it is read on), wide characters count two
cells, and a long line is cut around the span.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from idemlint.source.positions import Lines

Style = Literal["text", "gutter", "mark", "cut"]

TAB: Final = 4
ELLIPSIS: Final = "…"
#: Longer spans show their first and last lines.
FULL_HEIGHT: Final = 6
#: Right-to-left overrides and their like, which make code read otherwise than it runs.
_DIRECTIONS: Final = frozenset(
    "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
)


class Piece(NamedTuple):
    """A stretch of a line in one style."""

    text: str
    style: Style


Row = list[Piece]


def excerpt(lines: Lines, start: int, end: int, width: int) -> list[Row]:
    """The rows that show the bytes from `start` to `end`, none wider than about `width` cells."""
    first = lines.position(start).row
    last = lines.position(max(end - 1, start)).row
    gutter = len(str(last))
    room = max(width - gutter - 5, 20)
    draw = _Drawing(lines, gutter, room)
    one = first == last
    rows = draw.single(first, start, end) if one else draw.several(first, last, start, end)
    return [[Piece(" " * gutter + " |", "gutter")], *rows, [Piece(" " * gutter + " |", "gutter")]]


class _Drawing:
    def __init__(self, lines: Lines, gutter: int, room: int) -> None:
        self.lines = lines
        self.gutter = gutter
        self.room = room

    def single(self, row: int, start: int, end: int) -> list[Row]:
        low, high = self.lines.bounds(row)
        start, end = min(max(start, low), high), min(max(end, start), high)
        before = cells(self.lines.slice(low, start))
        inside = cells(self.lines.slice(start, end), width(before))
        after = cells(self.lines.slice(end, high), width(before) + width(inside))
        before, inside, after = _window(before, inside, after, self.room)
        blank = [(" ", amount) for _, amount in before]
        return [
            [self.number(row), *_source("", before + inside + after)],
            [
                self.empty(),
                Piece(" " * width(blank) + "^" * max(width(inside), 1), "mark"),
            ],
        ]

    def several(self, first: int, last: int, start: int, end: int) -> list[Row]:
        low, high = self.lines.bounds(first)
        lead = self.lines.slice(low, min(start, high))
        rows: list[Row] = []
        if lead.strip():
            rows.append([self.number(first), *self.text("  ", low, high)])
            reach = min(width(cells(lead)), self.room - 1)
            rows.append([self.empty(), Piece(" " + "_" * (reach + 1) + "^", "mark")])
        else:
            rows.append([self.number(first), *self.text("/ ", low, high)])
        shown = range(first + 1, last + 1)
        if last - first + 1 > FULL_HEIGHT:
            rows += [self.body(row) for row in shown[:2]]
            rows.append([Piece("." * max(self.gutter, 3), "gutter"), Piece(" |", "mark")])
            rows.append(self.body(last))
        else:
            rows += [self.body(row) for row in shown]
        low, high = self.lines.bounds(last)
        reach = min(width(cells(self.lines.slice(low, min(end, high)))), self.room)
        rows.append([self.empty(), Piece("|" + "_" * max(reach, 1) + "^", "mark")])
        return rows

    def body(self, row: int) -> Row:
        return [self.number(row), *self.text("| ", *self.lines.bounds(row))]

    def text(self, mark: str, low: int, high: int) -> Row:
        line = cells(self.lines.slice(low, min(high, low + 4 * self.room)))
        if width(line) > self.room or high > low + 4 * self.room:
            return _source(mark, _fitting(line, self.room - 1), cut=True)
        return _source(mark, line)

    def number(self, row: int) -> Piece:
        return Piece(f"{row:>{self.gutter}} | ", "gutter")

    def empty(self) -> Piece:
        return Piece(" " * self.gutter + " | ", "gutter")


Cell = tuple[str, int]


def cells(text: str, column: int = 0) -> list[Cell]:
    """The characters as shown, each with the number of cells that it takes."""
    if text.isascii() and text.isprintable():
        return [(character, 1) for character in text]
    from unicodedata import category, combining, east_asian_width

    shown: list[Cell] = []
    for character in text:
        if character == "\t":
            amount = TAB - column % TAB
            cell = (" " * amount, amount)
        elif character < " ":
            cell = (chr(0x2400 + ord(character)), 1)
        elif character in _DIRECTIONS or category(character) in {"Cc", "Cs"}:
            cell = ("�", 1)
        elif combining(character) or category(character) in {"Mn", "Me", "Cf"}:
            cell = (character, 0)
        else:
            cell = (character, 2 if east_asian_width(character) in "WF" else 1)
        shown.append(cell)
        column += cell[1]
    return shown


def width(line: list[Cell]) -> int:
    """How many cells a text takes."""
    return sum(amount for _, amount in line)


def _window(
    before: list[Cell], inside: list[Cell], after: list[Cell], room: int
) -> tuple[list[Cell], list[Cell], list[Cell]]:
    """Cut a line so that its span is seen: a little of what is before, the rest from behind."""
    cut = (ELLIPSIS, 1)
    if width(before) + width(inside) + width(after) <= room:
        return before, inside, after
    if width(inside) > room * 2 // 3:
        inside = [*_fitting(inside, room * 2 // 3 - 1), cut]
        after = []
    lead = max(room - width(inside) - width(after), room // 5)
    if width(before) > lead:
        kept = _fitting(before[::-1], lead - 1)[::-1]
        before = [cut, *kept]
    left = room - width(before) - width(inside)
    if width(after) > left:
        after = [*_fitting(after, left - 1), cut]
    return before, inside, after


def _fitting(line: list[Cell], room: int) -> list[Cell]:
    used = 0
    for index, (_, amount) in enumerate(line):
        used += amount
        if used > room:
            return line[:index]
    return line


def _source(mark: str, line: list[Cell], *, cut: bool = False) -> Row:
    row: Row = [Piece(mark, "mark")] if mark else []
    row.append(Piece("".join(character for character, _ in line), "text"))
    if cut:
        row.append(Piece(ELLIPSIS, "cut"))
    return row
