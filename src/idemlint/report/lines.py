"""Styled lines, and how they are broken between words where they are wider than the terminal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

#: A line: texts and the names of their styles.
Line = list[tuple[str, str]]

#: A word with the blanks behind it.
_WORD: Final = re.compile(r"[^ ]* +|[^ ]+")
#: In fewer columns nothing can be read.
_NARROW: Final = 30


def wrapped(sentence: str, indent: int, width: int | None) -> list[str]:
    """The pieces of a sentence that fit behind `indent` columns; all of it where there is no `width`."""
    if width is None or width - indent < _NARROW:
        return [sentence]
    from textwrap import wrap

    return wrap(sentence, width - indent, break_long_words=False, break_on_hyphens=False)


def indented(sentence: str, indent: int, width: int | None, style: str) -> Iterator[Line]:
    """A sentence as lines that begin behind `indent` columns."""
    for piece in wrapped(sentence, indent, width):
        yield [(" " * indent, "text"), (piece, style)]


def headed(lead: Line, text: str, width: int | None) -> Iterator[Line]:
    """A text behind what stands before its first line, and below itself."""
    column = sum(len(piece) for piece, _ in lead)
    first, *rest = wrapped(text, column, width) or [""]
    yield [*lead, (first, "text")]
    for piece in rest:
        yield [(" " * column, "text"), (piece, "text")]


def folded(line: Line, width: int | None, indent: str = "") -> Iterator[Line]:
    """A styled line as lines no wider than `width`, as far as its words allow; `indent` stands before those
    that go on."""
    if width is None or _cells(line) <= width:
        yield line
        return
    current: Line = []
    for word in _words(line):
        bare = _without_blank_end(word)
        if current and _cells(current) + _cells(bare) > width:
            yield _without_blank_end(current)
            current = [(indent, "text")] if indent else []
        current += word
    yield _without_blank_end(current)


def _words(line: Line) -> Iterator[Line]:
    """The words of a line, each with the blanks behind it; one may be of several styles."""
    word: Line = []
    for text, style in line:
        for piece in _WORD.findall(text):
            word.append((piece, style))
            if piece.endswith(" "):
                yield word
                word = []
    if word:
        yield word


def _without_blank_end(line: Line) -> Line:
    text, style = line[-1]
    return [*line[:-1], (text.rstrip(" "), style)]


def _cells(line: Line) -> int:
    text = "".join(text for text, _ in line)
    if text.isascii():
        return len(text)
    from idemlint.report.excerpt import cells, width

    return width(cells(text))
