"""Where things stand in a parsed file: tokens for fixes to insert behind, and comments.

Most nodes of a parse tree say nothing of their place; their tokens do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol

from idemlint.records import NamedTuple
from idemlint.source.lexer import tokens
from idemlint.source.statement import Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.source.statement import ParsedFile


_new: Final = tuple.__new__


class Placed(Protocol):
    """Anything with bytes of its own in a file: a `Statement`, a `Span`, a statement in a body."""

    @property
    def start(self) -> int:
        """The first byte."""

    @property
    def end(self) -> int:
        """The byte behind the last one."""


class Word(NamedTuple):
    """A token with its text as it is written."""

    text: str
    kind: str
    start: int
    end: int

    @property
    def span(self) -> Span:
        """The token's bytes."""
        return Span(self.start, self.end)

    def says(self, keyword: str) -> bool:
        """Whether it is this keyword or sign, in any case; a quoted name never is."""
        return self.kind != "quoted" and self.text.upper() == keyword.upper()


def tokens_of(parsed: ParsedFile, place: Placed) -> Iterator[Word]:
    """The tokens of a statement in order, without comments; all offsets are the file's."""
    code = parsed.code
    for kind, start, end in tokens(code, place.start, place.end):
        if kind != "comment":
            text = code[start:end].decode("utf-8", "replace")
            yield _new(Word, (text, kind, start, end))  # twice as quick as Word(…)


def comments(parsed: ParsedFile, marker: bytes = b"") -> list[Span]:
    """The file's comments that hold the marker, in order; those in bodies and literals are none.

    To ask for a marker that the file does not have costs nothing.
    """
    if marker not in parsed.code:
        return []
    code = parsed.code
    return [
        Span(start, end)
        for kind, start, end in tokens(code, 0, len(code), coarse=True)
        if kind == "comment" and code.find(marker, start, end) >= 0
    ]
