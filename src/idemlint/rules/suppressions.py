"""`-- idemlint: ignore[IDM101] reason` and `-- idemlint: ignore-file[IDM101] reason`.

In the brackets stand codes, names or beginnings of codes, as everywhere else.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from idemlint.diagnostics import Applicability, Fix
from idemlint.records import NamedTuple
from idemlint.rules.kit.rule import FileRule
from idemlint.selection import UnknownRule
from idemlint.source.statement import Edit, Span
from idemlint.source.tokens import comments

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from idemlint.diagnostics import Diagnostic
    from idemlint.selection import Selectors
    from idemlint.sequence.migration import Migration

MARKER: Final = b"idemlint"
#: What a comment for a whole file stands for among the statements.
_FILE: Final = "file"
_COMMENT: Final = re.compile(rb"(?i)idemlint:\s*(?P<what>ignore(?:-file)?)\s*\[(?P<names>[^\]]*)\]")
#: Words that are meant for us: a comment that begins with our name and a colon, or says anywhere that
#: something is to be ignored.
_MEANT: Final = re.compile(
    rb"(?i)\A(?:--|/\*)[\s*-]*idemlint\s*:|idemlint\s*:?\s*(?:ignore|disable|noqa|nolint|skip)\b"
)
_FORM: Final = "`-- idemlint: ignore[IDM101] reason`"


class Selector(NamedTuple):
    """A selector as it is written, and the codes that it means; `problem` says why it means none."""

    text: str
    codes: frozenset[str]
    problem: str = ""


class Suppression(NamedTuple):
    """A comment that suppresses what its selectors mean in its statement, or in its file; `used` are the
    codes that it did suppress. `problem` says why it cannot be understood at all."""

    span: Span
    selectors: tuple[Selector, ...]
    whole_file: bool
    statement: int | None
    used: set[str]
    problem: str = ""

    @property
    def place(self) -> int | str | None:
        """Where it counts: in a statement, by its index, or in the file."""
        return _FILE if self.whole_file else self.statement


def speaks_of_us(data: bytes) -> bool:
    """Whether a file can have suppressions at all."""
    return MARKER in data or MARKER in data.lower()


def suppressions(migration: Migration, known: Selectors) -> list[Suppression]:
    """The file's suppression comments, each with the statement that it is on or above."""
    parsed, data = migration.parsed, migration.data
    meant: dict[str, Selector] = {}
    ends = [statement.end for statement in parsed.statements]
    found = []
    for span in comments(parsed):
        text = data[span.start : span.end]
        if MARKER not in text.lower():
            continue
        match = _COMMENT.search(text)
        if match is None:
            if _MEANT.search(text):
                problem = f"this comment suppresses nothing: it is not written as {_FORM}"
                found.append(Suppression(span, (), False, None, set(), problem))
            continue
        names = list(map(str.strip, match["names"].decode("utf-8", "replace").split(",")))
        meant |= {name: _selector(name, known) for name in names if name and name not in meant}
        chosen = tuple(meant[name] for name in names if name)
        problem = "" if chosen else "this comment suppresses nothing: its brackets name no rule"
        if _COMMENT.search(text, match.end()):
            problem = "only the first pair of brackets of a comment counts: name all rules in it"
        place = bisect_left(ends, span.start)
        if place > 0 and _same_line(data, ends[place - 1], span.start):
            place -= 1
        whole_file = match["what"].lower() == b"ignore-file"
        statement = place if place < len(ends) and not whole_file else None
        found.append(Suppression(span, chosen, whole_file, statement, set(), problem))
    return found


def _selector(text: str, known: Selectors) -> Selector:
    try:
        return Selector(text, known.codes([text], "the comment"))
    except UnknownRule as unknown:
        return Selector(text, frozenset(), f"there is no rule `{text}`{unknown.hint}")


def _same_line(data: bytes, end: int, start: int) -> bool:
    """Whether a comment stands behind a statement, on the line where the statement ends."""
    return data.find(b"\n", end, start) < 0


def without_suppressed(
    migration: Migration,
    found: Iterable[Diagnostic],
    codes: frozenset[str],
    known: Selectors,
    stands_for: Mapping[tuple[Span, str], str] = MappingProxyType({}),
) -> list[Diagnostic]:
    """The findings that no comment suppresses, and IDM007 for comments that suppress nothing. `codes` are
    the rules that are switched on, of all that are `known`. A finding, by its place and its code, that
    `stands_for` another one is suppressed by that one's code, too."""
    comments_found = suppressions(migration, known)
    if not comments_found:
        return list(found)
    index: dict[tuple[int | str | None, str], list[Suppression]] = {}
    for each in comments_found:
        for code in {code for one in each.selectors for code in one.codes}:
            index.setdefault((each.place, code), []).append(each)
    kept = []
    used = set()
    for diagnostic in found:
        other = stands_for.get((diagnostic.span, diagnostic.code))
        named = (diagnostic.code,) if other is None else (diagnostic.code, other)
        places = (_FILE, diagnostic.statement)
        mine = [(place, code) for code in named for place in places if (place, code) in index]
        used.update(mine)
        if not mine:
            kept.append(diagnostic)
    for key in used:
        for each in index[key]:
            each.used.add(key[1])
    own = UnusedSuppression.code
    if own in codes and (_FILE, own) not in index:
        for each in comments_found:
            kept += useless(migration, each, codes, known.default)
        kept.sort(key=lambda diagnostic: (diagnostic.span, diagnostic.code))
    return kept


class UnusedSuppression(FileRule):
    """Reported where suppressions are applied, when all other findings are known."""

    code = "IDM007"
    name = "unused-suppression"
    comes_to_light = removes_suppressions = True

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Nothing by itself: see `useless`."""
        return iter(())


def useless(
    migration: Migration, comment: Suppression, codes: frozenset[str], default: frozenset[str]
) -> Iterator[Diagnostic]:
    """What a comment does not suppress: it cannot be understood, it names a rule that there is none of, or
    nothing is there to suppress. `codes` are the rules that are switched on, `default` those that are by
    default: where one of these is off, nothing is proved."""
    rule = UnusedSuppression()
    if comment.problem:
        yield rule.diagnostic(migration, comment.span, comment.problem, help_text=f"write {_FORM}")
    for each in comment.selectors:
        if each.problem:
            yield rule.diagnostic(
                migration,
                comment.span,
                f"{each.problem}: the comment does not suppress it",
                help_text="name a code, a name or a prefix that `idemlint rules` lists",
            )
    unused = [each.text for each in comment.selectors if _is_unused(each, comment, codes, default)]
    if unused:
        kept = [each.text for each in comment.selectors if each.text not in unused]
        fix = Fix(Applicability.SAFE, "remove it", (_removal(migration, comment, kept),))
        listed = ", ".join(unused)
        yield rule.diagnostic(
            migration,
            comment.span,
            f"nothing here is {listed}: the comment suppresses nothing",
            fix=fix,
        )


def _is_unused(
    selector: Selector, comment: Suppression, codes: frozenset[str], default: frozenset[str]
) -> bool:
    """Whether nothing is there that a selector means, and its rules would have found it."""
    meant = selector.codes
    return bool(meant & codes) and not meant & comment.used and not meant & default - codes


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
