"""A stretch of text → the stretches of its statements."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from idemlint.source.lexer import GAP, tokens
from idemlint.source.statement import Span

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator

_RULE: Final = rb"CREATE%b+(?:OR%b+REPLACE%b+)?RULE\b" % (GAP, GAP, GAP)
ATOMIC: Final = re.compile(rb"\bATOMIC\b", re.IGNORECASE)


@cache
def _rule() -> re.Pattern[bytes]:
    return re.compile(_RULE, re.IGNORECASE)


class Ahead:
    """Whether a text has something ahead of a place, for places and ends that ascend: it is read once."""

    def __init__(self, pattern: re.Pattern[bytes]) -> None:
        self._search = pattern.search
        self._known = (-1, -1, -1)  # from where, where it is or -1, and up to where

    def within(self, data: bytes, start: int, end: int) -> bool:
        """Whether it is in `data[start:end]`."""
        begin, at, stop = self._known
        if end != stop or start < begin or 0 <= at < start:
            found = self._search(data, start, end)
            self._known = (start, found.start() if found else -1, end)
        return self._known[1] >= 0


def split(data: bytes, start: int, end: int, atomic: Ahead | None = None) -> Iterator[Span]:
    """Cut `data[start:end]` at the semicolons that end a statement.

    Each span goes from the first to the last token of a statement, without comments around it and
    without its `;`. Semicolons in literals, in the parentheses of CREATE RULE, and between BEGIN
    ATOMIC and its END do not cut, except where these are never closed. `atomic` is for those who begin
    again and again in the same text.
    """
    words = (atomic or Ahead(ATOMIC)).within(data, start, end)
    resume = yield from _cut(data, start, end, nesting=True, words=words)
    if resume >= 0:  # once, so that hostile text cannot make the work quadratic
        yield from _cut(data, resume, end, nesting=False, words=False)


def trim(data: bytes, start: int, end: int) -> Span:
    """`data[start:end]` without the blanks and comments around it, perhaps empty."""
    extent = _Extent(data, start)
    for token in tokens(data, start, end, coarse=True):
        if token.kind == "comment":
            extent.comment(token.start, token.end)
    return extent.close(end)


def _cut(
    data: bytes, start: int, end: int, *, nesting: bool, words: bool
) -> Generator[Span, None, int]:
    """Give the statements' spans; returns where one begins whose nesting never closes, else -1."""
    extent = _Extent(data, start)
    parentheses = 0  # open ones, in CREATE RULE
    rule: bool | None = None  # whether this statement is one, once a parenthesis asks
    block = _Block()
    for kind, first, last in tokens(data, start, end, coarse=not words):
        if kind == "comment":
            extent.comment(first, last)
        elif kind == "punctuation":
            mark = data[first]
            if mark == 0x3B and parentheses <= 0 and not block.depth:  # ;
                span = extent.close(first)
                if span.start < span.end:
                    yield span
                extent = _Extent(data, last)
                parentheses, rule = 0, None
                block = _Block()
            elif mark == 0x28 and nesting:  # (
                if rule is None:
                    rule = _rule().match(data, extent.begin(first), end) is not None
                parentheses += rule
            elif mark == 0x29 and parentheses:  # )
                parentheses -= 1
        elif words and kind == "word":
            block.word(data[first:last])
    span = extent.close(end)
    if parentheses > 0 or block.depth:
        return span.start
    if span.start < span.end:
        yield span
    return -1


class _Block:
    """How deep a statement is in `BEGIN ATOMIC … END`, in which `CASE … END` nests."""

    __slots__ = ("_before", "depth")

    def __init__(self) -> None:
        self.depth = 0
        self._before = b""

    def word(self, word: bytes) -> None:
        """Take the next word of the statement."""
        if len(word) > 6:
            self._before = b""
            return
        word = word.upper()
        if (word == b"ATOMIC" and self._before == b"BEGIN") or (word == b"CASE" and self.depth):
            self.depth += 1
        elif word == b"END" and self.depth:
            self.depth -= 1
        self._before = word


class _Extent:
    """The stretch of one statement, while its comments are seen one after the other."""

    __slots__ = ("_data", "_start", "_tail", "_tail_end")

    def __init__(self, data: bytes, start: int) -> None:
        self._data = data
        self._start = start  # behind all leading comments seen so far
        self._tail = self._tail_end = start  # the comments that nothing but blanks has followed yet

    def comment(self, start: int, end: int) -> None:
        """Take the next comment."""
        if self._blank(self._tail_end, start):
            if self._tail == self._start:
                self._start = self._tail = end
        else:
            self._tail = start
        self._tail_end = end

    def begin(self, end: int) -> int:
        """Where the first token is, given that it is before `end`."""
        raw = self._data[self._start : end]
        return end - len(raw.lstrip())

    def close(self, end: int) -> Span:
        """The span of what is not blank and not comment before `end`."""
        if self._tail > self._start and self._blank(self._tail_end, end):
            end = self._tail
        raw = self._data[self._start : end].lstrip()
        start = end - len(raw)
        return Span(start, start + len(raw.rstrip()))

    def _blank(self, start: int, end: int) -> bool:
        raw = self._data[start:end]
        return not raw or raw.isspace()
