"""Rows and columns of a file. They exist for display only: all else counts bytes."""

from __future__ import annotations

from bisect import bisect_right
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import MutableSequence

#: Bytes of a file whose lines, were there nothing in them, would take too much memory as objects.
_LARGE: Final = 1_000_000
BOM = b"\xef\xbb\xbf"


class Position(NamedTuple):
    """A place in a file: row and column count characters from 1, the offset bytes from 0."""

    row: int
    column: int
    offset: int


class Lines:
    """A file's lines, found once; places are looked up in them.

    Positions are mostly asked for in ascending order: the last one is kept, so that a file of one
    single long line does not cost a pass over the line each time.
    """

    __slots__ = ("_ascii", "_data", "_last", "_starts")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._ascii = data.isascii()
        starts = accumulate((len(line) + 1 for line in data.split(b"\n")), initial=0)
        self._starts: MutableSequence[int]
        if len(data) < _LARGE:
            self._starts = list(starts)
        else:
            from array import array

            self._starts = array("q", starts)
        self._starts.pop()
        if data.startswith(BOM):
            self._starts[0] = len(BOM)  # no editor counts it as a column
        self._last = (0, 0)

    def __len__(self) -> int:
        return len(self._starts)

    def row(self, offset: int) -> int:
        """The row that a byte offset is in."""
        return bisect_right(self._starts, offset) or 1

    def position(self, offset: int) -> Position:
        """Where a byte offset is."""
        row = bisect_right(self._starts, offset) or 1
        start = self._starts[row - 1]
        if offset <= start:
            return Position(row, 1, offset)
        if self._ascii:
            return Position(row, offset - start + 1, offset)
        known, characters = self._last
        if not start <= known <= offset:
            known, characters = start, 0
        characters += len(self._data[known:offset].decode("utf-8", "replace"))
        self._last = (offset, characters)
        return Position(row, characters + 1, offset)

    def utf16(self, offset: int) -> tuple[int, int]:
        """The row and column of a byte offset as the Language Server Protocol counts them: both from
        0, columns in UTF-16 code units.
        """
        row = self.row(offset)
        before = self.slice(self._starts[row - 1], offset)
        return row - 1, len(before.encode("utf-16-le")) // 2

    def bounds(self, row: int) -> tuple[int, int]:
        """The bytes of a row, without its line end."""
        start = self._starts[row - 1]
        end = self._starts[row] - 1 if row < len(self._starts) else len(self._data)
        if end > start and self._data[end - 1 : end] == b"\r":
            end -= 1
        return start, max(end, start)

    def slice(self, start: int, end: int) -> str:
        """The text between two offsets."""
        return self._data[start:end].decode("utf-8", "replace")
