"""`-- idemlint: ignore[IDM101] reason` and `-- idemlint: ignore-file[IDM101] reason`."""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from idemlint.diagnostics import Applicability, Fix
from idemlint.records import NamedTuple
from idemlint.rules.kit.rule import FileRule
from idemlint.source.statement import Edit, Span
from idemlint.source.tokens import comments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from idemlint.diagnostics import Diagnostic
    from idemlint.sequence.migration import Migration

MARKER: Final = b"idemlint:"
#: What a comment for a whole file stands for among the statements.
_FILE: Final = "file"
_COMMENT: Final = rb"(?i)idemlint:\s*(?P<what>ignore(?:-file)?)\s*\[(?P<codes>[^\]]*)\]"


class Suppression(NamedTuple):
    """A comment that suppresses `codes` in its statement, or in its file; `used` are those that it did."""

    span: Span
    codes: tuple[str, ...]
    whole_file: bool
    statement: int | None
    used: set[str]


def suppressions(migration: Migration) -> list[Suppression]:
    """The file's suppression comments, each with the statement that it is on or above."""
    parsed = migration.parsed
    if MARKER not in migration.data:
        return []
    ends = [statement.end for statement in parsed.statements]
    found = []
    for span in comments(parsed, MARKER):
        match = re.compile(_COMMENT).search(migration.data, span.start, span.end)
        if match is None:
            continue
        codes = tuple(
            code.strip().upper()
            for code in match["codes"].decode("utf-8", "replace").split(",")
            if code.strip()
        )
        whole_file = match["what"].lower() == b"ignore-file"
        place = bisect_left(ends, span.start)
        if place > 0 and _same_line(migration.data, ends[place - 1], span.start):
            place -= 1
        statement = place if place < len(ends) else None
        found.append(Suppression(span, codes, whole_file, None if whole_file else statement, set()))
    return found


def _same_line(data: bytes, end: int, start: int) -> bool:
    """Whether a comment stands behind a statement, on the line where the statement ends."""
    return data.find(b"\n", end, start) < 0


def without_suppressed(
    migration: Migration, found: Iterable[Diagnostic], codes: frozenset[str]
) -> list[Diagnostic]:
    """The findings that no comment suppresses, and IDM007 for comments that suppress nothing."""
    comments_found = suppressions(migration)
    if not comments_found:
        return list(found)
    index: dict[tuple[int | str | None, str], list[Suppression]] = {}
    for each in comments_found:
        for code in each.codes:
            index.setdefault((_FILE if each.whole_file else each.statement, code), []).append(each)
    kept = []
    used = set()
    for diagnostic in found:
        keys = ((_FILE, diagnostic.code), (diagnostic.statement, diagnostic.code))
        mine = [key for key in keys if key in index]
        used.update(mine)
        if not mine:
            kept.append(diagnostic)
    for key in used:
        for each in index[key]:
            each.used.add(key[1])
    if UnusedSuppression.code in codes:
        kept += unused_suppressions(migration, comments_found, codes)
        kept.sort(key=lambda diagnostic: (diagnostic.span, diagnostic.code))
    return kept


class UnusedSuppression(FileRule):
    """Reported where suppressions are applied, when all other findings are known."""

    code = "IDM007"
    name = "unused-suppression"
    comes_to_light = removes_suppressions = True

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Nothing by itself: see `unused_suppressions`."""
        return iter(())


def unused_suppressions(
    migration: Migration, found: Sequence[Suppression], codes: frozenset[str]
) -> Iterator[Diagnostic]:
    """A comment that suppresses nothing, or a code of it. Rules that are switched off prove nothing."""
    rule = UnusedSuppression()
    for each in found:
        unused = [code for code in each.codes if code not in each.used and code in codes]
        if not unused:
            continue
        kept = [code for code in each.codes if code not in unused]
        fix = Fix(Applicability.SAFE, "remove it", (_removal(migration, each, kept),))
        listed = ", ".join(unused)
        yield rule.diagnostic(
            migration,
            each.span,
            f"nothing here is {listed}: the comment suppresses nothing",
            fix=fix,
        )


def _removal(migration: Migration, each: Suppression, kept: list[str]) -> Edit:
    data = migration.data
    if kept:
        start = data.index(b"[", each.span.start) + 1
        return Edit(Span(start, data.index(b"]", start)), ", ".join(kept))
    start, end = each.span
    line_start = max(data.rfind(b"\n", 0, start) + 1, 3 if migration.parsed.source.bom else 0)
    if not data[line_start:start].strip():
        # It has the line for itself: the line goes.
        newline = data.find(b"\n", end)
        return Edit(Span(line_start, newline + 1 if newline >= 0 else len(data)), "")
    while start > line_start and data[start - 1 : start] in {b" ", b"\t"}:
        start -= 1
    return Edit(Span(start, end), "")
