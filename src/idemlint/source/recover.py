"""A stretch that does not parse → its statements, one by one, mended where possible."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.source import misquote, placeholders
from idemlint.source.grammar import Rejected, TooDeep, parse_stretch
from idemlint.source.lexer import GAP, tokens
from idemlint.source.mask import blank_commands, patch
from idemlint.source.split import ATOMIC, Ahead, split, trim
from idemlint.source.statement import Mask, Problem, Span, Statement

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.source.mask import Piece
    from idemlint.source.statement import Chunk, Section

#: What is no fault of the file.
_NOT_WRONG: Final = frozenset({"too-deep", "included", "client-command"})
_TOO_DEEP: Final = "this statement is nested too deeply to be read"
_SEMICOLON: Final = re.compile(GAP + rb"*;")
# A misquoted body is sought up to the end of the file. So often the file may be searched for nothing.
_MAX_SEARCHES: Final = 200
# The bytes behind a misquoted body in which the end of its statement is sought first.
_REACH: Final = 1000
# Each placeholder that cannot be a name costs one more parse of its statement.
_MAX_GUISES: Final = 40


class Recovery:
    """The statements of a file's broken stretches, and the file's text as it had to be mended.

    `code` is overwritten as far as that made statements readable; `statements` are numbered in the
    order of the calls of `read`; `fold`: see `parse_whole`.
    """

    def __init__(
        self, code: bytes, families: frozenset[placeholders.Family], *, fold: bool = False
    ) -> None:
        self.code = code
        self._fold = fold
        self.statements: list[Statement] = []
        self.problems: list[Problem] = []
        self.masks: list[Mask] = []
        self._families = families
        self._section: Section = "up"
        self._pieces: list[Piece] = []
        self._bytes_to_search = _MAX_SEARCHES * len(code)
        self._singles = misquote.Singles(code, 0)
        self._atomic = Ahead(ATOMIC)

    def read(self, chunk: Chunk) -> None:
        """Read a stretch: as a whole if it parses, else statement by statement."""
        (start, end), self._section = chunk
        if self._parse(self.code[start:end], start) is None:
            return
        if b"\\" in self.code[start:end]:
            raw, first = self.code, len(self.statements)
            self.code, masks = blank_commands(raw, start, end)
            self.masks += masks
            self._read_stretch(start, end, is_new=bool(masks))
            self._add_deeds(raw, masks, first)
        else:
            self._read_stretch(start, end, is_new=False)

    def _read_stretch(self, start: int, end: int, *, is_new: bool) -> None:
        """Read what did not parse as a whole; `is_new`: it has changed since that was tried."""
        if is_new and self._parse(self.code[start:end], start) is None:
            return
        position = start
        while position < end:
            position = self._one_by_one(position, end)
        # No statement needs what is put into those before it: the file is copied once for all of them.
        self.code = patch(self.code, self._pieces)
        self._pieces.clear()

    def _add_deeds(self, raw: bytes, masks: Sequence[Mask], first: int) -> None:
        """Put what psql's own commands do among the statements of a stretch, which begin with the index
        `first`."""
        from idemlint.source.psql_commands import deed  # most files have none

        number = len(self.statements)
        for mask in masks:
            found = deed(raw, mask)
            if found is None:
                continue
            if not found.sql or self._parse(found.sql, mask.span.start) is not None:
                self._add(mask.span, Problem(found.kind, mask.span, found.reason))
        if len(self.statements) > number:
            behind = sorted(self.statements[first:], key=lambda each: each.start)
            self.statements[first:] = behind
            for index, statement in enumerate(behind, first):
                statement.index = index

    def _one_by_one(self, start: int, end: int) -> int:
        """Read the statements up to one that needed mending; returns where to go on."""
        for span in split(self.code, start, end, self._atomic):
            close = _close(self.code, span.end, end)
            if self._parse(self.code[span.start : close], span.start) is None:
                continue
            resume = self._misquoted(span, end)
            if resume is not None:
                return resume
            self._broken(span, close)
        return end

    def _misquoted(self, span: Span, limit: int) -> int | None:
        """Read a statement with a misquoted body; returns where it ends, `None` if it has none."""
        if self._bytes_to_search <= 0 or b"$" not in self.code[span.start : span.end]:
            return None
        if self._singles.code is not self.code or self._singles.limit != limit:
            self._singles = misquote.Singles(self.code, limit)
        found = misquote.find(self._singles, span.start, span.end)
        if found is None:
            return None
        self._bytes_to_search -= (limit if found.end < 0 else found.end) - span.start
        if found.pieces:
            raw = self._mended(found, span.start, limit)
            if self._parse(raw, span.start) is None:
                self._pieces += found.pieces
                self.problems.append(found.problem)
                return span.start + len(raw)
            if found.problem.kind == "unclosed":
                return None  # the text may well be as it should be, and the fault elsewhere
        close = limit if found.end < 0 else _end_of_statement(self.code, found.end, limit)
        whole = trim(self.code, span.start, close)
        if self.code[whole.end - 1 : whole.end] == b";":
            whole = Span(whole.start, whole.end - 1)
        certain = found.problem.certain and self._would_parse(found.problem, span.start, close)
        self._add(whole, found.problem._replace(certain=certain))
        return close

    def _mended(self, found: misquote.Misquote, start: int, limit: int) -> bytes:
        """The text of the statement that begins at `start`, with its body as it should be quoted."""
        pieces = [(Span(a - start, b - start), content) for (a, b), content in found.pieces]
        reach = _REACH
        while True:
            stop = min(found.end + reach, limit)
            raw = patch(self.code[start : max(stop, found.pieces[-1][0].end)], pieces)
            close = _end_of_statement(raw, found.end - start, stop - start)
            if close < stop - start or stop == limit:
                return raw[:close]
            reach *= 4

    def _would_parse(self, problem: Problem, start: int, end: int) -> bool:
        """Whether a statement would parse with the problem's repair."""
        parts: list[bytes] = []
        position = start
        for edit in problem.repair:
            parts += (self.code[position : edit.span.start], edit.content.encode())
            position = edit.span.end
        raw = b"".join(parts) + self.code[position:end]
        try:
            parse_stretch(raw, start, self._section, 0)
        except (Rejected, TooDeep):
            return False
        return True

    def _broken(self, span: Span, close: int) -> None:
        """Read a statement that does not parse: with its placeholders filled, or not at all."""
        raw = self.code[span.start : close]
        places = placeholders.find(raw, self._families)
        guises = [0] * len(places)
        error = self._parse_filled(raw, span.start, places, guises)
        first = error
        for _ in range(_MAX_GUISES):
            # The parser points at the placeholder that cannot be what it was taken for.
            guilty = _guilty(error, span.start, places)
            if guilty is None:
                break
            guises[guilty] += 1
            if guises[guilty] == len(placeholders.GUISES):
                break
            error = self._parse_filled(raw, span.start, places, guises)
        if error is not None and first is not None:
            self._add(span, _problem(first, self.code, span))

    def _parse_filled(
        self, raw: bytes, start: int, places: list[Span], guises: list[int]
    ) -> Rejected | TooDeep | None:
        """Add a statement with its placeholders filled, if that parses; returns what is wrong."""
        pieces = [
            (place, placeholders.fill(raw[slice(*place)], placeholders.GUISES[guise]))
            for place, guise in zip(places, guises, strict=True)
        ]
        error = self._parse(patch(raw, pieces), start)
        if error is None:
            for place, content in pieces:
                moved = Span(start + place.start, start + place.end)
                self._pieces.append((moved, content))
                self.masks.append(Mask(moved, "placeholder"))
        return error

    def _parse(self, raw: bytes, start: int) -> Rejected | TooDeep | None:
        """Add the statements of a text that stands at `start`; returns what is wrong with it."""
        try:
            number = len(self.statements)
            self.statements += parse_stretch(raw, start, self._section, number, fold=self._fold)
        except (Rejected, TooDeep) as error:
            # Its traceback leads to frames that hold it, and with it the file's trees: a circle.
            error.__traceback__ = error.__context__ = None
            return error
        return None

    def _add(self, span: Span, problem: Problem) -> None:
        """Add a statement that cannot be read."""
        index = len(self.statements)
        statement = Statement(index, span.start, span.end, "", None, self._section, problem)
        self.statements.append(statement)
        if problem.kind not in _NOT_WRONG:
            self.problems.append(problem)


def _close(code: bytes, end: int, limit: int) -> int:
    """Behind the `;` of the statement whose last token ends at `end`."""
    found = _SEMICOLON.match(code, end, limit)
    return found.end() if found else end


def _end_of_statement(code: bytes, position: int, limit: int) -> int:
    """Behind the first `;` after a position in a statement, or at the limit."""
    if code[position - 1 : position] == b";":
        return position
    for token in tokens(code, position, limit, coarse=True):
        if token.kind == "punctuation" and code[token.start : token.end] == b";":
            return token.end
    return limit


def _guilty(error: Rejected | TooDeep | None, start: int, places: list[Span]) -> int | None:
    """The placeholder that the parser points at: the first that ends behind the place it names."""
    if not isinstance(error, Rejected):
        return None
    offset = error.offset - start
    for index, place in enumerate(places):
        if offset < place.end:
            return index if place.start <= offset else None
    return None


def _problem(error: Rejected | TooDeep, code: bytes, span: Span) -> Problem:
    """What is wrong with the statement at `span`; a rejection points at one token."""
    if isinstance(error, TooDeep):
        return Problem("too-deep", span, _TOO_DEEP)
    offset = min(max(error.offset, span.start), span.end)
    token = next(tokens(code, offset, span.end), None)
    return Problem("syntax", Span(offset, token.end if token else span.end), error.message)
