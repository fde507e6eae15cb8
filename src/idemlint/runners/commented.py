"""Rollbacks that stand in comments, which only their runner reads: `--rollback DROP TABLE t;`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from idemlint.runners.line_patterns import compiled
from idemlint.source.statement import Chunk, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.runners.profile import Profile


def uncommented(profile: Profile, data: bytes) -> tuple[bytes, tuple[Chunk, ...]]:
    """The file with those comments opened, byte for byte at the same offsets, and its parts: what applies,
    and between that what rolls back."""
    code = bytearray(profile.undelimited(data))
    chunks: list[Chunk] = []
    lines = list(_lines(profile, data))
    for part in profile.parts(data):
        start = part.span.start
        for begin, end in lines:
            if not part.span.start <= begin < part.span.end:
                continue
            if start < begin:
                chunks.append(Chunk(Span(start, begin), part.section))
            chunks.append(Chunk(Span(begin, end), "down"))
            start = end
        if start < part.span.end:
            chunks.append(Chunk(Span(start, part.span.end), part.section))
    for match in compiled(profile.undoing.comments).finditer(data):
        code[match.start() : match.end()] = re.sub(rb"[^\r\n]", b" ", match.group())
    return bytes(code), tuple(chunks)


def are_rolled_back(profile: Profile, data: bytes) -> bool:
    """Whether each part of a file that applies says how it is rolled back, be it that nothing is done."""
    found = [match.start() for match in compiled(profile.undoing.comments).finditer(data)]
    parts = [part.span for part in profile.parts(data) if part.section == "up"]
    return bool(found) and all(
        any(span.start <= begin < span.end for begin in found) for span in parts
    )


def _lines(profile: Profile, data: bytes) -> Iterator[tuple[int, int]]:
    """Such comments, from their beginnings to the ends of their lines; those that follow each other are
    one."""
    begin = end = -1
    for match in compiled(profile.undoing.comments).finditer(data):
        stop = data.find(b"\n", match.end())
        stop = len(data) if stop < 0 else stop + 1
        if end < 0 or data[end : match.start()].strip():
            if end >= 0:
                yield begin, end
            begin = match.start()
        end = stop
    if end >= 0:
        yield begin, end
