"""A file's text → its statements, each with its tree or with the reason why it has none."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Final

from idemlint.source.grammar import Rejected, TooDeep, parse_whole
from idemlint.source.statement import Chunk, ParsedFile, Problem, Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.source.placeholders import Family
    from idemlint.source.statement import SourceFile, Statement

# Ten megabytes in one INSERT take 1.3 seconds and 0.6 GB. What COPY reads costs next to nothing.
MAX_SQL: Final = 32_000_000
#: Bytes of SQL from which on a file's trees are not kept: they take sixty times as much.
LARGE: Final = 1_000_000


def parse(
    source: SourceFile,
    sections: Sequence[Chunk] | None = None,
    placeholders: frozenset[Family] | None = None,
) -> ParsedFile:
    """Parse a file, or those stretches of it that its runner would send.

    Statements are numbered in file order over all sections. A statement that cannot be parsed is
    there too, with its problem. `placeholders` are the families that may be filled in a statement
    that does not parse as it is (`None`: all).
    """
    code = source.text.encode() if source.bom or source.problems else source.data
    if len(code) > MAX_SQL:
        too_large = _too_large(code)
        if too_large is not None:
            return ParsedFile(source, code, (), (*source.problems, too_large))
    chunks = None if sections is None else sorted(sections, key=lambda chunk: chunk.span)
    try:
        statements = parse_whole(source.text, code, fold=len(code) >= LARGE)
        if chunks is None or _assign(statements, chunks):
            return ParsedFile(source, code, tuple(statements), source.problems)
    except (Rejected, TooDeep):
        pass
    # Most files parse as a whole and need none of what this imports.
    from idemlint.source.placeholders import FAMILIES
    from idemlint.source.recover import Recovery

    recovery = Recovery(
        code, FAMILIES if placeholders is None else placeholders, fold=len(code) >= LARGE
    )
    for chunk in [Chunk(Span(0, len(code)))] if chunks is None else chunks:
        recovery.read(chunk)
    return ParsedFile(
        source,
        recovery.code,
        tuple(recovery.statements),
        source.problems + tuple(recovery.problems),
        tuple(sorted(recovery.masks)),
    )


def _too_large(code: bytes) -> Problem | None:
    """The reason not to parse a large file, unless it is data for the most part."""
    size = len(code)
    if b"\n\\." in code:
        from idemlint.source.mask import blank_commands

        _, masks = blank_commands(code, 0, size)
        size -= sum(mask.span.end - mask.span.start for mask in masks)
    if size <= MAX_SQL:
        return None
    message = (
        f"{size // 1_000_000} MB of SQL in one file; idemlint reads up to {MAX_SQL // 1_000_000}"
    )
    return Problem("too-large", Span(0, 0), message, help="exclude the file, or split it")


def _assign(statements: list[Statement], chunks: list[Chunk]) -> bool:
    """Give each statement its chunk's section; false if the runner would tear or not send one."""
    starts = [chunk.span.start for chunk in chunks]
    for statement in statements:
        chunk = bisect_right(starts, statement.start) - 1
        if chunk < 0 or statement.end > chunks[chunk].span.end:
            return False
        statement.section = chunks[chunk].section
    return True
