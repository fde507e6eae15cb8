"""A file's text → its statements, each with its tree or with the reason why it has none."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from idemlint.source.grammar import Rejected, TooDeep, parse_stretch, parse_whole
from idemlint.source.model import Chunk, ParsedFile, Problem, Span, Statement
from idemlint.source.split import split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.source.model import SourceFile

_TOO_DEEP: Final = "this statement is nested too deeply to be read"


def parse(source: SourceFile, sections: Sequence[Chunk] | None = None) -> ParsedFile:
    """Parse a file, or those stretches of it that its runner would send.

    Statements are numbered in file order over all sections. A statement that cannot be parsed is
    there too, with its problem.
    """
    code = source.text.encode() if source.bom or source.problems else source.data
    chunks = None if sections is None else sorted(sections, key=lambda chunk: chunk.span)
    try:
        statements = parse_whole(source.text, code)
        if chunks is None or _assign(statements, chunks):
            return ParsedFile(source, code, tuple(statements), source.problems)
    except (Rejected, TooDeep):
        pass
    statements = []
    for chunk in [Chunk(Span(0, len(code)))] if chunks is None else chunks:
        statements += _one_by_one(code, chunk, len(statements))
    problems = [*source.problems]
    problems += [item.problem for item in statements if item.problem and item.problem.code]
    return ParsedFile(source, code, tuple(statements), tuple(problems))


def _assign(statements: list[Statement], chunks: list[Chunk]) -> bool:
    """Give each statement its chunk's section; false if the runner would tear or not send one."""
    starts = [chunk.span.start for chunk in chunks]
    for statement in statements:
        chunk = bisect_right(starts, statement.start) - 1
        if chunk < 0 or statement.end > chunks[chunk].span.end:
            return False
        statement.section = chunks[chunk].section
    return True


def _one_by_one(code: bytes, chunk: Chunk, index: int) -> list[Statement]:
    """The statements of a chunk, each parsed alone if the chunk does not parse as a whole."""
    (first, last), section = chunk
    try:
        return parse_stretch(code, first, last, section, index)
    except (Rejected, TooDeep):
        pass
    statements: list[Statement] = []
    for start, end in split(code, first, last):
        number = index + len(statements)
        try:
            statements += parse_stretch(code, start, end, section, number)
        except (Rejected, TooDeep) as error:
            problem = _problem(error, start, end)
            statements.append(Statement(number, start, end, "", None, section, problem))
    return statements


def _problem(error: Rejected | TooDeep, start: int, end: int) -> Problem:
    """What is wrong with the statement that stands at `start`."""
    if isinstance(error, TooDeep):
        return Problem("", Span(start, end), _TOO_DEEP)
    offset = min(max(error.offset, start), end)
    return Problem("IDM001", Span(offset, end), error.message)
