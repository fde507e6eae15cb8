"""A stretch that does not parse → its statements, one by one, mended where possible."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from idemlint.source import mask, misquote
from idemlint.source.grammar import Rejected, TooDeep, parse_stretch
from idemlint.source.lexer import GAP
from idemlint.source.model import Mask, Problem, Span, Statement
from idemlint.source.split import split

if TYPE_CHECKING:
    from idemlint.source.model import Chunk

_TOO_DEEP: Final = "this statement is nested too deeply to be read"
_SEMICOLON: Final = re.compile(GAP + rb"*;")
# Each misquoted body costs a copy of the file and a search through its rest.
_PATIENCE: Final = 200


class Recovery:
    """The statements of a file's broken stretches, and the file's text as it had to be mended.

    `code` is overwritten as far as that made statements readable; `statements` are numbered in the
    order of the calls of `read`.
    """

    def __init__(self, code: bytes, families: frozenset[mask.Family]) -> None:
        self.code = code
        self.statements: list[Statement] = []
        self.problems: list[Problem] = []
        self.masks: list[Mask] = []
        self._families = families
        self._filled: list[mask.Piece] = []
        self._patience = _PATIENCE

    def read(self, chunk: Chunk) -> None:
        """Read a stretch: as a whole if it parses, else statement by statement."""
        (start, end), section = chunk
        self._section = section
        if self._parses(start, end):
            return
        if b"\\" in self.code[start:end]:
            self.code, masks = mask.blank_commands(self.code, start, end)
            self.masks += masks
            if masks and self._parses(start, end):
                return
        position = start
        while position >= 0:
            position = self._one_by_one(position, end)
        self.code = mask.patch(self.code, self._filled)
        self._filled.clear()

    def _one_by_one(self, start: int, end: int) -> int:
        """Parse the statements; returns where to go on after having mended the text, or -1."""
        for span in split(self.code, start, end):
            found = _SEMICOLON.match(self.code, span.end, end)
            close = found.end() if found else span.end
            if self._parses(span.start, close):
                continue
            resume = self._misquoted(span, end)
            if resume >= 0:
                return resume
            self._failing(span, close)
        return -1

    def _parses(self, start: int, end: int) -> bool:
        return self._parses_as(self.code[start:end], start)

    def _parses_as(self, raw: bytes, start: int) -> bool:
        """Add the statements of a text, if it parses."""
        try:
            self.statements += parse_stretch(raw, start, self._section, len(self.statements))
        except (Rejected, TooDeep):
            return False
        return True

    def _misquoted(self, span: Span, limit: int) -> int:
        """Read a statement with a misquoted body; returns where it ends, or -1 if it has none."""
        if self._patience <= 0 or b"$" not in self.code[span.start : span.end]:
            return -1
        found = misquote.find(self.code, span.start, span.end, limit)
        if found is None:
            return -1
        self._patience -= 1
        mended = mask.patch(self.code, found.pieces)
        whole = next(split(mended, span.start, limit))
        if found.pieces:
            semicolon = _SEMICOLON.match(mended, whole.end, limit)
            close = semicolon.end() if semicolon else whole.end
            if self._parses_as(mended[whole.start : close], whole.start):
                self.code = mended
                self.problems.append(found.problem)
                return close
            if found.problem.code == "IDM003":
                return -1
        end = whole.end
        if found.end >= 0:
            end = next(split(self.code, found.end, limit), Span(found.end, found.end)).end
            end = found.end if self.code[found.end - 1 : found.end] == b";" else end
        self._add_broken(Span(span.start, end), replace(found.problem, certain=False))
        return end

    def _failing(self, span: Span, close: int) -> None:
        """Read a statement that does not parse: with its placeholders filled, or not at all."""
        raw = self.code[span.start : close]
        places = mask.placeholders(raw, 0, len(raw), self._families)
        first: Rejected | TooDeep | None = None
        for guise in mask.GUISES if places else ():
            pieces = [(place, mask.fill(raw[place.start : place.end], guise)) for place in places]
            filled = mask.patch(raw, pieces)
            if self._parses_as(filled, span.start):
                moved = [Span(span.start + a, span.start + b) for a, b in places]
                self._filled += zip(moved, [content for _, content in pieces], strict=True)
                self.masks += [Mask(place, "placeholder") for place in moved]
                return
            if first is None:
                first = self._reason(filled, span.start)
        error = first or self._reason(raw, span.start)
        self._add_broken(span, _problem(error, span))

    def _reason(self, raw: bytes, start: int) -> Rejected | TooDeep:
        try:
            parse_stretch(raw, start, self._section, 0)
        except (Rejected, TooDeep) as error:
            return error
        raise AssertionError(raw)

    def _add_broken(self, span: Span, problem: Problem) -> None:
        index = len(self.statements)
        self.statements.append(
            Statement(index, span.start, span.end, "", None, self._section, problem)
        )
        if problem.code:
            self.problems.append(problem)


def _problem(error: Rejected | TooDeep, span: Span) -> Problem:
    """What is wrong with the statement at `span`."""
    if isinstance(error, TooDeep):
        return Problem("", span, _TOO_DEEP)
    offset = min(max(error.offset, span.start), span.end)
    return Problem("IDM001", Span(offset, span.end), error.message)
