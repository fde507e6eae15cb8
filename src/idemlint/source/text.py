"""Bytes of a file → its text, and the way back from byte offsets to rows and columns."""

from __future__ import annotations

import re
from bisect import bisect_right
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from idemlint.records import NamedTuple
from idemlint.source.statement import Problem, SourceFile, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

_BOM: Final = b"\xef\xbb\xbf"
_BAD: Final = re.compile(r"[\udc80-\udcff]")
_UTF16_BOMS: Final = (b"\xff\xfe", b"\xfe\xff")


def read(path: str) -> SourceFile:
    """Read and decode the file at `path`; raises `OSError` as the operating system does."""
    return decode(path, Path(path).read_bytes())


def decode(path: str, data: bytes) -> SourceFile:
    """Turn the bytes of a file into a `SourceFile`; whatever they are, this raises nothing.

    `text` in UTF-8 is as long as `data`: a byte order mark becomes three blanks, an undecodable
    byte one `?`. A file that PostgreSQL could not be sent at all (NUL bytes, UTF-16) becomes blanks
    altogether.
    """
    newline = _newline(data) if b"\r" in data else "\n"
    if b"\0" in data or data.startswith(_UTF16_BOMS):
        text = " " * len(data)
        return SourceFile(path, data, text, newline=newline, problems=(_refusal(data),))
    bom = data.startswith(_BOM)
    raw = b"   " + data[3:] if bom else data
    try:
        return SourceFile(path, data, raw.decode(), bom, newline)
    except UnicodeDecodeError:
        text, problem = _salvage(raw)
        return SourceFile(path, data, text, bom, newline, (problem,))


def _newline(data: bytes) -> Literal["\n", "\r\n"]:
    """The line end that most lines have."""
    windows = data.count(b"\r\n")
    return "\r\n" if windows and 2 * windows > data.count(b"\n") else "\n"


def _refusal(data: bytes) -> Problem:
    """The reason not to read a file at all."""
    if data.startswith(_UTF16_BOMS):
        return Problem(
            "encoding",
            Span(0, 2),
            "this file is UTF-16; PostgreSQL's clients read migrations as UTF-8",
            help="save it as UTF-8",
        )
    nul = data.find(b"\0")
    return Problem(
        "encoding",
        Span(nul, nul + 1),
        f"NUL byte at offset {nul}: PostgreSQL would not read past it; the file was skipped",
        help="remove the byte, or save the file as UTF-8 if it is UTF-16",
    )


def _salvage(data: bytes) -> tuple[str, Problem]:
    """Decode what can be decoded; one problem names the first bad byte and counts the others."""
    # surrogateescape turns each bad byte, and nothing else, into one lone surrogate.
    text = data.decode("utf-8", "surrogateescape")
    bad = [found.start() for found in _BAD.finditer(text)]
    count, first = len(bad), len(text[: bad[0]].encode())
    more = f", and {count - 1} more like it" if count > 1 else ""
    message = f"byte 0x{data[first]:02X} at offset {first} is not UTF-8{more}"
    problem = Problem("encoding", Span(first, first + 1), message, help="save the file as UTF-8")
    return text.encode("utf-8", "replace").decode(), problem


class Position(NamedTuple):
    """A place for people: row and column from 1, the column counted in characters."""

    row: int
    column: int


class LineIndex:
    """Rows and columns of a file's byte offsets.

    A row ends at a line feed. The byte order mark takes no column. The table of rows is made at the
    first question.
    """

    __slots__ = ("_bom", "_data", "_starts")

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._bom = 3 if data.startswith(_BOM) else 0
        self._starts: Sequence[int] = ()

    def position(self, offset: int) -> Position:
        """The row and column of a byte, or of the place behind the last one."""
        starts = self._rows()
        offset = max(self._bom, min(offset, len(self._data)))
        row = bisect_right(starts, offset)
        return Position(row, _characters(self._data[starts[row - 1] : offset]) + 1)

    def row_span(self, row: int) -> Span:
        """The bytes of a row (from 1), without its line end."""
        starts = self._rows()
        start = starts[row - 1]
        end = starts[row] - 1 if row < len(starts) else len(self._data)
        if end > start and self._data[end - 1 : end] == b"\r":
            end -= 1
        return Span(start, end)

    def row_text(self, row: int) -> str:
        """The text of a row (from 1), without its line end; undecodable bytes become U+FFFD."""
        start, end = self.row_span(row)
        return self._data[start:end].decode("utf-8", "replace")

    def rows(self) -> int:
        """How many rows there are; an empty file has one."""
        return len(self._rows())

    def _rows(self) -> Sequence[int]:
        """Where each row begins, the first one behind the byte order mark."""
        if not self._starts:
            starts = [self._bom]
            position = self._data.find(b"\n")
            while position >= 0:
                starts.append(position + 1)
                position = self._data.find(b"\n", position + 1)
            self._starts = starts
        return self._starts


def _characters(data: bytes) -> int:
    """How many characters the bytes show as; an undecodable one counts as one."""
    return len(data) if data.isascii() else len(data.decode("utf-8", "replace"))
