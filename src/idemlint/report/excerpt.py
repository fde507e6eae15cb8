"""The lines of a file with the guilty span underlined, as rustc draws them.

Text comes out as it will stand on a terminal: tabs are spread, control and direction characters
made visible (a migration must not repaint the terminal it is read on), wide characters count two
cells, and a long line is cut around the span.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.analysis.source_lines import SourceLine

Style = Literal["text", "gutter", "mark", "cut"]

TAB: Final = 4
ELLIPSIS: Final = "…"
#: Characters by which a statement is known, where all of it is not shown.
BEGINNING: Final = 72


class Piece(NamedTuple):
    """A stretch of a line in one style."""

    text: str
    style: Style


Row = list[Piece]


def excerpt(lines: Sequence[SourceLine], width: int) -> list[Row]:
    """The rows that show the lines of a span, none wider than about `width` cells."""
    gutter = len(str(lines[-1].row))
    room = max(width - gutter - 5, 20)
    draw = _Drawing(gutter, room)
    rows = draw.single(lines[0]) if len(lines) == 1 else draw.several(lines)
    return [[Piece(" " * gutter + " |", "gutter")], *rows, [Piece(" " * gutter + " |", "gutter")]]


def beginning(text: str, most: int = BEGINNING) -> str:
    """How a statement begins, on one line of at most so many characters."""
    flat = "".join(character for character, _ in cells(" ".join(text.split())))
    return flat if len(flat) <= most else flat[: most - 1].rstrip() + ELLIPSIS


class _Drawing:
    def __init__(self, gutter: int, room: int) -> None:
        self.gutter = gutter
        self.room = room

    def single(self, line: SourceLine) -> list[Row]:
        room = self.room + 1
        left_out = max(len(line.before) - room, 0) if _is_plain(line.before) else 0
        before = cells(line.before[left_out:], line.column)
        column = line.column + left_out + width(before)
        inside = cells(_first(line.marked, room), column)
        after = cells(_first(line.after, room), column + width(inside))
        before, inside, after = _window(before, inside, after, self.room)
        blank = [(" ", amount) for _, amount in before]
        return [
            [self.number(line.row), *_source("", before + inside + after)],
            [
                self.empty(),
                Piece(" " * width(blank) + "^" * max(width(inside), 1), "mark"),
            ],
        ]

    def several(self, lines: Sequence[SourceLine]) -> list[Row]:
        first, *shown = lines
        rows: list[Row] = []
        if first.before.strip():
            rows.append([self.number(first.row), *self.text("  ", first)])
            reach = min(width(cells(first.before)), self.room - 1)
            rows.append([self.empty(), Piece(" " + "_" * (reach + 1) + "^", "mark")])
        else:
            rows.append([self.number(first.row), *self.text("/ ", first)])
        at = first.row
        for line in shown:
            if line.row > at + 1:
                rows.append([Piece("." * max(self.gutter, 3), "gutter"), Piece(" |", "mark")])
            rows.append([self.number(line.row), *self.text("| ", line)])
            at = line.row
        last = lines[-1]
        reach = min(width(cells(last.before + last.marked)), self.room)
        rows.append([self.empty(), Piece("|" + "_" * max(reach, 1) + "^", "mark")])
        return rows

    def text(self, mark: str, line: SourceLine) -> Row:
        drawn = cells(line.before + line.marked + line.after)
        if width(drawn) > self.room or line.is_cut:
            return _source(mark, _fitting(drawn, self.room - 1), cut=True)
        return _source(mark, drawn)

    def number(self, row: int) -> Piece:
        return Piece(f"{row:>{self.gutter}} | ", "gutter")

    def empty(self) -> Piece:
        return Piece(" " * self.gutter + " | ", "gutter")


Cell = tuple[str, int]


def cells(text: str, column: int = 0) -> list[Cell]:
    """The characters as shown, each with the number of cells that it takes."""
    if _is_plain(text):
        return [(character, 1) for character in text]
    from unicodedata import category, combining, east_asian_width

    from idemlint.report.plain import is_unsafe

    shown: list[Cell] = []
    for character in text:
        if character == "\t":
            amount = TAB - column % TAB
            cell = (" " * amount, amount)
        elif character < " ":
            cell = (chr(0x2400 + ord(character)), 1)
        elif is_unsafe(character):
            cell = ("�", 1)
        elif combining(character) or category(character) in {"Mn", "Me", "Cf"}:
            cell = (character, 0)
        else:
            cell = (character, 2 if east_asian_width(character) in "WF" else 1)
        shown.append(cell)
        column += cell[1]
    return shown


def _is_plain(text: str) -> bool:
    """Whether each character is one cell."""
    return text.isascii() and text.isprintable()


def _first(text: str, room: int) -> str:
    """What of a text can be in so many cells: all of it, where only a look at each character tells."""
    return text[:room] if _is_plain(text) else text


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
    text = "".join(character for character, _ in line)
    row.append(Piece(text.replace("##[", "##�"), "text"))  # a command to GitHub's log, see `plain`
    if cut:
        row.append(Piece(ELLIPSIS, "cut"))
    return row
