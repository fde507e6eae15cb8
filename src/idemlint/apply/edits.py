"""Edits on bytes: a fix whole or not at all, what is not touched stays as it is.

Spans are byte offsets into the file as it is on disk, so a byte order mark and characters beyond
ASCII need no care.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING

from idemlint.source.statement import Span

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from idemlint.diagnostics import Fix
    from idemlint.source.statement import Edit


@dataclass(frozen=True, slots=True, eq=False)
class Patch:
    """Bytes after some edits, and where every byte of the old text went."""

    data: bytes
    edits: tuple[tuple[Span, bytes], ...]
    ends: tuple[int, ...]
    shifts: tuple[int, ...]

    def moved(self, offset: int, *, after: bool) -> int:
        """Where an old offset is now.

        At the very place of an edit: in front of the new text, or `after` it.
        """
        index = bisect_right(self.ends, offset) if after else bisect_left(self.ends, offset)
        moved = offset + (self.shifts[index - 1] if index else 0)
        if index < len(self.edits):
            span, content = self.edits[index]
            if span.start < offset <= span.end:  # inside of what was replaced
                start = span.start + (self.shifts[index - 1] if index else 0)
                return start + (len(content) if after else 0)
        return moved

    def moved_span(self, span: Span) -> Span:
        """Where a stretch is now, with what was written at both of its ends."""
        return Span(self.moved(span.start, after=False), self.moved(span.end, after=True))

    def touches(self, span: Span) -> bool:
        """Whether an edit was made inside a stretch or at one of its ends."""
        index = bisect_left(self.ends, span.start)
        return index < len(self.edits) and self.edits[index][0].start <= span.end


def patch(data: bytes, fixes: Iterable[Fix], newline: str = "\n") -> Patch:
    """Make all edits of the fixes, which must not overlap; their `\\n` become the file's newline."""
    unique = dict.fromkeys(tuple(fix.edits) for fix in fixes)
    edits = sorted(
        ((edit.span, _encoded(edit, newline)) for each in unique for edit in each),
        key=lambda edit: edit[0],
    )
    parts: list[bytes] = []
    position = 0
    for span, content in edits:
        parts += (data[position : span.start], content)
        position = span.end
    result = b"".join(parts) + data[position:]
    shifts = accumulate(len(content) - (span.end - span.start) for span, content in edits)
    return Patch(result, tuple(edits), tuple(span.end for span, _ in edits), tuple(shifts))


def apply(data: bytes, fixes: Iterable[Fix], newline: str = "\n") -> bytes:
    """The bytes after those of the fixes that `choose` chooses."""
    fixes = list(fixes)
    return patch(data, [fixes[index] for index in choose(fixes)], newline).data


def choose(fixes: Sequence[Fix]) -> list[int]:
    """The indexes of the fixes that can be made together, in the order of their places.

    A fix claims all from its first to its last edit, ends included: what stands in between is text
    that its author had in mind. Of two that claim the same byte or insertion point the one that
    begins earlier is taken, and the other left for the next round. Equal ones are one.
    """
    order = sorted(
        (index for index, fix in enumerate(fixes) if fix.edits),
        key=lambda index: (extent(fixes[index]), index),
    )
    chosen: list[int] = []
    for index in order:
        if chosen:
            last = fixes[chosen[-1]]
            same = fixes[index].edits == last.edits
            if not same and extent(fixes[index]).start <= extent(last).end:
                continue
        chosen.append(index)
    return chosen


def extent(fix: Fix) -> Span:
    """From the first to the last byte that a fix touches."""
    return Span(
        min(edit.span.start for edit in fix.edits), max(edit.span.end for edit in fix.edits)
    )


def _encoded(edit: Edit, newline: str) -> bytes:
    content = edit.content
    if newline != "\n":
        content = content.replace("\r\n", "\n").replace("\n", newline)
    return content.encode()
