"""IDM0: the file can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from idemlint.diagnostics import Applicability, Diagnostic, Fix
from idemlint.rules.base import FileRule
from idemlint.source.model import Edit, Span

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from idemlint.rules.base import Migration
    from idemlint.rules.suppressions import Suppression


class _ProblemRule(FileRule):
    """Reports what the source package could not read."""

    title: ClassVar[str] = ""
    advice: ClassVar[str] = ""

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """The file's problems of this code."""
        for problem in migration.parsed.problems:
            if problem.code != self.code:
                continue
            fix = None
            if problem.repair:
                level = Applicability.SAFE if problem.certain else Applicability.UNSAFE
                fix = Fix(level, self.title, problem.repair)
            statement = _statement_at(migration, problem.span)
            yield self.diagnostic(
                migration,
                problem.span,
                problem.message,
                help_text=problem.help or ("" if fix else self.advice),
                statement=statement,
                sqlstate="42601",
                fix=fix,
            )


def _statement_at(migration: Migration, span: Span) -> int | None:
    for statement in migration.parsed.statements:
        if statement.start <= span.start <= statement.end:
            return statement.index
    return None


class SyntaxError_(_ProblemRule):
    """A statement that PostgreSQL's parser rejects."""

    code = "IDM001"
    name = "syntax-error"
    advice = "PostgreSQL's own parser says so: the statement does not run as it stands"


class MisquotedBody(_ProblemRule):
    """`DO $ … $;`."""

    code = "IDM002"
    name = "misquoted-body"
    title = "write `$$` at both ends of the body"


class MismatchedDollarTag(_ProblemRule):
    """`$body$ … $$`."""

    code = "IDM003"
    name = "mismatched-dollar-tag"
    title = "close the body with the tag that opened it"


class UnusedSuppression(FileRule):
    """Reported where suppressions are applied, when all other findings are known."""

    code = "IDM007"
    name = "unused-suppression"

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
