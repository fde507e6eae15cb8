"""Where runners cut a part of a file into the pieces that they send, as they do it themselves: what
a body is they mostly do not know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.runners.line_patterns import compiled
from idemlint.source.statement import Span

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from idemlint.runners.profile import Part


def at_marker(marker: bytes) -> Callable[[bytes, Part], tuple[Span, ...]]:
    """Plain string split at a marker; the marker begins the next piece (it reads as a comment)."""

    def pieces(data: bytes, part: Part) -> tuple[Span, ...]:
        start, end = part.span
        ends = []
        at = data.find(marker, start, end)
        while at >= 0:
            ends.append(at)
            at = data.find(marker, at + len(marker), end)
        return between(start, ends, end)

    return pieces


def at_semicolons(data: bytes, part: Part) -> tuple[Span, ...]:
    """Cut after every `;`, also in strings, comments and bodies."""
    start, end = part.span
    return between(
        start, [match.end() for match in re.finditer(rb";", data[start:end])], end, start
    )


def between(start: int, ends: Iterable[int], end: int, offset: int = 0) -> tuple[Span, ...]:
    """The pieces that end at the given places (offsets, counted from `offset`); the last one ends
    with the part."""
    found: list[Span] = []
    for at in ends:
        found.append(Span(start, at + offset))
        start = at + offset
    if start < end:
        found.append(Span(start, end))
    return tuple(found)


def at_line_ends(prefix: str, skips: bytes) -> Callable[[bytes, Part], tuple[Span, ...]]:
    """Cut after a line whose last word before a `--` word ends in `;`, but nowhere between
    `StatementBegin` and `StatementEnd`. Lines that begin with `skips` never end a statement.

    Blind to quotes, bodies and block comments, as goose and its descendants are.
    """

    def pieces(data: bytes, part: Part) -> tuple[Span, ...]:
        begin = compiled(rf"--\s*\+{prefix}\s+StatementBegin")
        finish = compiled(rf"--\s*\+{prefix}\s+StatementEnd")
        ends = []
        whole = False
        for line in re.compile(_LINE).finditer(data, *part.span):
            text = line.group()
            if whole:
                whole = not text.startswith(b"--") or finish.match(text) is None
                if not whole:
                    ends.append(line.end())
            elif text.startswith(b"--") and begin.match(text):
                whole = True
                if ends and ends[-1] < line.start():
                    ends.append(line.start())
            elif not text.startswith(skips) and ends_statement(text):
                ends.append(line.end())
        return between(part.span.start, ends, part.span.end)

    return pieces


def ends_statement(line: bytes) -> bool:
    """Whether the line's last word before one that begins with `--` ends in a semicolon."""
    if b";" not in line:
        return False
    last = b""
    for word in line.split():
        if word.startswith(b"--"):
            break
        last = word
    return last.endswith(b";")


_LINE: Final = rb"[^\n]*\n|[^\n]+"
