"""A file's text → its statements, each with its tree or with the reason why it has none."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

from idemlint.source.grammar import Rejected, TooDeep, parse_whole
from idemlint.source.model import Chunk, ParsedFile, Span
from idemlint.source.placeholders import FAMILIES
from idemlint.source.recover import Recovery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.source.model import SourceFile, Statement
    from idemlint.source.placeholders import Family


def parse(
    source: SourceFile,
    sections: Sequence[Chunk] | None = None,
    placeholders: frozenset[Family] = FAMILIES,
) -> ParsedFile:
    """Parse a file, or those stretches of it that its runner would send.

    Statements are numbered in file order over all sections. A statement that cannot be parsed is
    there too, with its problem. `placeholders` are the families that may be filled in a statement
    that does not parse as it is.
    """
    code = source.text.encode() if source.bom or source.problems else source.data
    chunks = None if sections is None else sorted(sections, key=lambda chunk: chunk.span)
    try:
        statements = parse_whole(source.text, code)
        if chunks is None or _assign(statements, chunks):
            return ParsedFile(source, code, tuple(statements), source.problems)
    except (Rejected, TooDeep):
        pass
    recovery = Recovery(code, placeholders)
    for chunk in [Chunk(Span(0, len(code)))] if chunks is None else chunks:
        recovery.read(chunk)
    return ParsedFile(
        source,
        recovery.code,
        tuple(recovery.statements),
        source.problems + tuple(recovery.problems),
        tuple(recovery.masks),
    )


def _assign(statements: list[Statement], chunks: list[Chunk]) -> bool:
    """Give each statement its chunk's section; false if the runner would tear or not send one."""
    starts = [chunk.span.start for chunk in chunks]
    for statement in statements:
        chunk = bisect_right(starts, statement.start) - 1
        if chunk < 0 or statement.end > chunks[chunk].span.end:
            return False
        statement.section = chunks[chunk].section
    return True
