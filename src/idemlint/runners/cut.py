"""How runners cut a file before they send it, as they do it themselves: what a body is they mostly
do not know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from idemlint.source.model import Span

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
    """The stretches that end at the given places; the last one ends with the section."""
    found: list[Span] = []
    for at in ends:
        found.append(Span(start, at + offset))
        start = at + offset
    if start < end:
        found.append(Span(start, end))
    return tuple(found)
