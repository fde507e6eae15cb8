"""From what a log says of a place to rows of a file.

A row of a log counts in the file, in the block of it that is sent, or in the text that the log prints (`Rows`
of `wording`, with the sources); and some show the line with the error, whose row is found by its text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from idemlint.outage.reading import Failure
    from idemlint.outage.wording import Rows

#: Shorter pieces of a line may stand in it by chance.
_TELLING: Final = 8
#: A name in a message: PostgreSQL's marks in the languages that it speaks (its catalogs).
_NAMED: Final = re.compile(r'"([^"\\]+)\\?"|»([^»«]+)«|«\s*([^»«]+?)\s*»|„([^„“]+)“|“([^“”]+)”')


def names_of(message: str) -> tuple[str, ...]:
    """The names that a message quotes, in their order."""
    return tuple("".join(groups) for groups in _NAMED.findall(message))


def rows_of(text: str, failure: Failure, blocks: Sequence[tuple[int, int]]) -> tuple[int, ...]:
    """The rows of a file that a log may mean, from 1; none where it says nothing that fits. `blocks` are
    those that the runner sends, with their first and last row."""
    lines = text.replace("\r\n", "\n").split("\n")
    counted: tuple[int, ...] = ()
    if failure.row is not None:
        counted = _COUNTED[failure.rows](failure, lines, blocks)
    shown = _rows_with(lines, _line_shown(failure))
    both = tuple(each for each in counted if each in shown)
    return both or (shown if len(shown) == 1 else counted)


def _line_shown(failure: Failure) -> str:
    """The text of the line with the error, without the marks of what was cut off."""
    shown = failure.excerpt
    if failure.rows == "text" and failure.row is not None:
        rows = failure.statement.split("\n")
        shown = rows[failure.row - 1] if failure.row <= len(rows) else ""
    return shown.strip().removeprefix("...").removesuffix("...").strip()


def _rows_with(lines: Sequence[str], piece: str) -> tuple[int, ...]:
    if len(piece) < _TELLING:
        return ()
    return tuple(row for row, line in enumerate(lines, 1) if piece in line)


def _in_file(failure: Failure, lines: Sequence[str], _: object) -> tuple[int, ...]:
    return (failure.row or 0,)


def _in_block(
    failure: Failure, lines: Sequence[str], blocks: Sequence[tuple[int, int]]
) -> tuple[int, ...]:
    rows = ((first + (failure.row or 1) - 1, last) for first, last in blocks)
    return tuple(row for row, last in rows if row <= last)


def _in_text(failure: Failure, lines: Sequence[str], _: object) -> tuple[int, ...]:
    """Where the printed text stands in the file; it may begin and end with other blanks there."""
    text = failure.statement.split("\n")
    while text and not text[-1].strip():
        text.pop()
    number = len(text)
    found = (
        first
        for first in range(len(lines) - number + 1)
        if number
        and lines[first].endswith(text[0])
        and lines[first + number - 1].lstrip().startswith(text[-1].strip())
        and all(lines[first + at] == text[at] for at in range(1, number - 1))
    )
    return tuple(first + (failure.row or 1) for first in found)


#: How a row is counted, and from where.
_COUNTED: Final[
    dict[Rows, Callable[[Failure, Sequence[str], Sequence[tuple[int, int]]], tuple[int, ...]]]
] = {
    "file": _in_file,
    "unknown": _in_file,
    "block": _in_block,
    "text": _in_text,
}
