"""IDM006: guards that PostgreSQL does not have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.diagnostics import Applicability, Diagnostic, Fix
from idemlint.postgres.create_drop import EVER, forms_of
from idemlint.records import NamedTuple
from idemlint.rules.kit.rule import FileRule
from idemlint.source.grammar import Rejected, TooDeep, parse_stretch
from idemlint.source.statement import Edit, Span
from idemlint.source.tokens import Word, tokens_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.sequence.migration import Migration
    from idemlint.source.statement import Statement

_GUARDS: Final = (("IF", "NOT", "EXISTS"), ("IF", "EXISTS"), ("OR", "REPLACE"))
_IF_NOT_EXISTS, _IF_EXISTS, _OR_REPLACE = _GUARDS


class Unsupported(NamedTuple):
    """A guard without which the statement would parse. `place` is where the parser stumbled."""

    statement: Statement
    place: Span
    words: tuple[Word, ...]
    kind: str

    @property
    def text(self) -> str:
        """`IF NOT EXISTS`."""
        return " ".join(word.text.upper() for word in self.words)


def unsupported(migration: Migration) -> Iterator[Unsupported]:
    """Statements that PostgreSQL rejects for the sake of a guard."""
    for statement in migration.parsed.statements:
        problem = statement.problem
        if problem is None or problem.kind != "syntax" or statement.index not in migration.outcomes:
            continue
        words = list(tokens_of(migration.parsed, statement))
        for guard in _GUARDS:
            found = _find(words, guard, problem.span.start)
            kind = _without(migration, statement, found) if found else ""
            if kind:
                yield Unsupported(statement, problem.span, found, kind)
                break


def _find(words: list[Word], guard: tuple[str, ...], at: int) -> tuple[Word, ...]:
    """The last place of a guard's words that begins before where the parser stopped, or there."""
    for index in range(len(words) - len(guard), -1, -1):
        found = words[index : index + len(guard)]
        if found[0].start <= at and all(map(Word.says, found, guard)):
            return tuple(found)
    return ()


def _without(migration: Migration, statement: Statement, words: tuple[Word, ...]) -> str:
    """The kind of the statement that is left when the words are blanked; empty if it does not parse."""
    code = bytearray(migration.parsed.code[statement.start : statement.end])
    for word in words:
        code[word.start - statement.start : word.end - statement.start] = b" " * (
            word.end - word.start
        )
    try:
        found = parse_stretch(bytes(code), statement.start, "up", 0)
    except (Rejected, TooDeep):
        return ""
    return found[0].kind if len(found) == 1 else ""


class UnsupportedGuard(FileRule):
    """`CREATE POLICY IF NOT EXISTS`, `ADD CONSTRAINT IF NOT EXISTS`, `CREATE OR REPLACE TABLE`."""

    code = "IDM006"
    name = "unsupported-guard"
    changes_meaning = True

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """One finding a statement."""
        for guard in unsupported(migration):
            yield self.diagnostic(
                migration,
                Span(guard.words[0].start, guard.words[-1].end),
                f"PostgreSQL has no {guard.text} here: the statement is a syntax error",
                statement=guard.statement.index,
                sqlstate="42601",
                fix=_repair(migration, guard),
            )


def _repair(migration: Migration, guard: Unsupported) -> Fix:
    """The guard that the statement can have; or none: then the next pass guards it by a lookup."""
    words = list(tokens_of(migration.parsed, guard.statement))
    removal = _removal(migration, guard)
    lower = words[0].text.islower()
    if guard.text == "OR REPLACE":
        forms = [form for form in forms_of(guard.kind) if form.if_not_exists is not None]
        keywords = [form.keyword.split()[-1] for form in forms]
        instead = _place_of(words, ("CONCURRENTLY", *keywords)) if forms else None
        if instead is not None:
            text = " if not exists" if lower else " IF NOT EXISTS"
            return Fix(
                Applicability.UNSAFE,
                f"write{text} instead, which keeps what is there",
                (removal, Edit(Span(instead, instead), text)),
            )
        return Fix(Applicability.UNSAFE, f"leave {guard.text} away", (removal,))
    if guard.text == "IF NOT EXISTS" and _replaceable(guard.kind):
        at = words[0].end
        text = " or replace" if lower else " OR REPLACE"
        return Fix(
            Applicability.UNSAFE,
            f"write{text} instead",
            (Edit(Span(at, at), text), removal),
        )
    message = f"leave {guard.text} away, and guard the statement in another way"
    return Fix(Applicability.SAFE, message, (removal,))


def _replaceable(node: str) -> bool:
    """Whether all that a statement can make can have `OR REPLACE`."""
    forms = forms_of(node)
    return bool(forms) and all(form.or_replace == EVER for form in forms)


def _removal(migration: Migration, guard: Unsupported) -> Edit:
    """Without the guard's words, and without the blanks before them."""
    data = migration.data
    start, end = guard.words[0].start, guard.words[-1].end
    while data[start - 1 : start] in {b" ", b"\t"}:
        start -= 1
    return Edit(Span(start, end), "")


def _place_of(words: list[Word], keywords: tuple[str, ...]) -> int | None:
    """Behind the first of these keywords that the statement has."""
    for keyword in keywords:
        for word in words[:8]:
            if word.says(keyword):
                return word.end
    return None
