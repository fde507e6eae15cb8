"""`-- idemlint: ignore[IDM101] reason` and `-- idemlint: ignore-file[IDM101] reason`."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from idemlint.source.tokens import comments

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.diagnostics import Diagnostic
    from idemlint.sequence.migration import Migration
    from idemlint.source.statement import Span

MARKER: Final = b"idemlint:"
_COMMENT: Final = re.compile(
    rb"idemlint:\s*(?P<what>ignore(?:-file)?)\s*\[(?P<codes>[^\]]*)\]", re.IGNORECASE
)


@dataclass(slots=True)
class Suppression:
    """A comment that suppresses `codes` in its statement, or in its file; `used` are those that it did."""

    span: Span
    codes: tuple[str, ...]
    whole_file: bool
    statement: int | None
    used: set[str] = field(default_factory=set)


def suppressions(migration: Migration) -> list[Suppression]:
    """The file's suppression comments, each with the statement that it is on or above."""
    parsed = migration.parsed
    if MARKER not in migration.data:
        return []
    ends = [statement.end for statement in parsed.statements]
    found = []
    for span in comments(parsed, MARKER):
        match = _COMMENT.search(migration.data, span.start, span.end)
        if match is None:
            continue
        codes = tuple(
            code.strip().upper() for code in match["codes"].decode().split(",") if code.strip()
        )
        whole_file = match["what"].lower() == b"ignore-file"
        place = bisect_left(ends, span.start)
        if place > 0 and _same_line(migration.data, ends[place - 1], span.start):
            place -= 1
        statement = place if place < len(ends) else None
        found.append(Suppression(span, codes, whole_file, None if whole_file else statement))
    return found


def _same_line(data: bytes, end: int, start: int) -> bool:
    """Whether a comment stands behind a statement, on the line where the statement ends."""
    return b"\n" not in data[end:start]


def without_suppressed(
    migration: Migration, found: Iterable[Diagnostic], codes: frozenset[str]
) -> list[Diagnostic]:
    """The findings that no comment suppresses, and IDM007 for comments that suppress nothing."""
    comments_found = suppressions(migration)
    if not comments_found:
        return list(found)
    kept = []
    for diagnostic in found:
        mine = [
            each
            for each in comments_found
            if diagnostic.code in each.codes
            and (each.whole_file or each.statement == diagnostic.statement)
        ]
        for each in mine:
            each.used.add(diagnostic.code)
        if not mine:
            kept.append(diagnostic)
    if "IDM007" in codes:
        from idemlint.rules.readable import unused_suppressions

        kept += unused_suppressions(migration, comments_found, codes)
        kept.sort(key=lambda diagnostic: (diagnostic.span, diagnostic.code))
    return kept
