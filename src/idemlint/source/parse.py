"""A file's text → its statements, each with its tree or with the reason why it has none."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from idemlint.source.grammar import Rejected, TooDeep, parse_stretch
from idemlint.source.model import Chunk, ParsedFile, Problem, Span, Statement
from idemlint.source.split import split

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.source.grammar import Parsed
    from idemlint.source.model import Section, SourceFile

_TOO_DEEP: Final = "this statement is nested too deeply to be read"


def parse(source: SourceFile, sections: Sequence[Chunk] | None = None) -> ParsedFile:
    """Parse a file, or those stretches of it that its runner would send.

    Statements are numbered in file order over all sections. A statement that cannot be parsed is there
    too, with its problem.
    """
    code = source.text.encode() if source.bom or source.problems else source.data
    if sections is None:
        chunks = [Chunk(Span(0, len(code)))]
    else:
        chunks = sorted(sections, key=lambda chunk: chunk.span)
    statements = _at_once(code, chunks)
    if statements is None:
        statements = []
        for chunk in chunks:
            _one_by_one(code, chunk, statements)
    problems = [*source.problems]
    problems += [item.problem for item in statements if item.problem and item.problem.code]
    return ParsedFile(source, code, tuple(statements), tuple(problems))


def _at_once(code: bytes, chunks: Sequence[Chunk]) -> list[Statement] | None:
    """Parse the whole file in one go, which is fastest; `None` if that is not what the runner would see."""
    if not chunks:
        return []
    try:
        found = parse_stretch(code, 0, len(code))
    except (Rejected, TooDeep):
        return None
    if len(chunks) == 1 and chunks[0].span == (0, len(code)):
        section = chunks[0].section
        return [
            Statement(index, start, end, kind, tree, section)
            for index, (start, end, kind, tree) in enumerate(found)
        ]
    starts = [chunk.span.start for chunk in chunks]
    statements = []
    for index, (start, end, kind, tree) in enumerate(found):
        chunk = chunks[bisect_right(starts, start) - 1]
        if not chunk.span.start <= start < end <= chunk.span.end:
            return None  # the runner would tear this one, or never send it
        statements.append(Statement(index, start, end, kind, tree, chunk.section))
    return statements


def _one_by_one(code: bytes, chunk: Chunk, statements: list[Statement]) -> None:
    """Add the statements of a chunk, parsing each alone where the chunk does not parse as a whole."""
    (first, last), section = chunk
    try:
        _add(parse_stretch(code, first, last), section, statements)
        return
    except (Rejected, TooDeep):
        pass
    for start, end in split(code, first, last):
        try:
            _add(parse_stretch(code, start, end), section, statements)
        except (Rejected, TooDeep) as error:
            problem = _problem(error, start, end)
            statements.append(Statement(len(statements), start, end, "", None, section, problem))


def _add(found: list[Parsed], section: Section, statements: list[Statement]) -> None:
    for start, end, kind, tree in found:
        statements.append(Statement(len(statements), start, end, kind, tree, section))


def _problem(error: Rejected | TooDeep, start: int, end: int) -> Problem:
    """What is wrong with the statement that stands at `start`."""
    if isinstance(error, TooDeep):
        return Problem("", Span(start, end), _TOO_DEEP)
    offset = min(max(error.offset, start), end)
    return Problem("IDM001", Span(offset, end), error.message)
