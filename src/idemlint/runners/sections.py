"""Up and down parts of one file, by the marker lines between them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.records import NamedTuple
from idemlint.runners.line_patterns import compiled
from idemlint.runners.profile import Part
from idemlint.source.statement import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.runners.profile import Sending
    from idemlint.source.statement import Section


class Marker(NamedTuple):
    """A line that begins a part. Where `off` is found in that line, the part is sent as
    `sending`."""

    pattern: str
    section: Section
    off: str | None = None
    sending: Sending | None = None


def marked(*markers: Marker, before: Section | None = None) -> Callable[[bytes], tuple[Part, ...]]:
    """Parts that begin behind marker lines.

    `before` is the section of what stands before the first marker (None: the runner does not send
    it). A file without markers has no parts, or one where `before` is set.
    """

    def parts(data: bytes) -> tuple[Part, ...]:
        found = sorted(
            (match.start(), match.end(), marker, match.group())
            for marker in markers
            for match in compiled(marker.pattern).finditer(data)
        )
        starts = [start for start, *_ in found]
        result: list[Part] = []
        if before is not None and (not starts or starts[0] > 0):
            result.append(Part(Span(0, starts[0] if starts else len(data)), before))
        for number, (_, end, marker, line) in enumerate(found):
            stop = starts[number + 1] if number + 1 < len(starts) else len(data)
            off = marker.off is not None and compiled(marker.off).search(line) is not None
            result.append(
                Part(
                    Span(min(end, stop), stop),
                    marker.section,
                    marker.sending if off else None,
                    group=number,
                )
            )
        return tuple(result)

    return parts


def on_marker_line(pattern: str, text: str) -> Callable[[bytes], Edit | None]:
    """The edit that adds a word to the end of the first marker line."""

    def edit(data: bytes) -> Edit | None:
        match = compiled(pattern).search(data)
        if match is None:
            return None
        end = match.start() + len(match.group().rstrip())
        return Edit(Span(end, end), text)

    return edit
