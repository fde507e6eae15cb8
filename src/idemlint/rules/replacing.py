"""IDM8: what OR REPLACE keeps of a routine, and what a second one of its name does to those who name it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from idemlint import fixes
from idemlint.diagnostics import Severity
from idemlint.postgres.kinds import Kind
from idemlint.replay.effects.vocabulary import Creates, Requires, Verb
from idemlint.rules.kit.first_runs import finding, place
from idemlint.rules.kit.rule import OutcomeRule, fails

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.diagnostics import Diagnostic, Fix
    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.sequence.first.first_outcome import StatementSite
    from idemlint.sequence.migration import Case, FirstCase, Migration
    from idemlint.source.statement import Statement

_ROUTINES = (Kind.FUNCTION, Kind.PROCEDURE, Kind.AGGREGATE, Kind.ROUTINE)


class ReplaceRoutine(OutcomeRule):
    """`CREATE OR REPLACE FUNCTION` with another result; `COMMENT ON FUNCTION f` where there are two."""

    code = "IDM804"
    name = "replace-function-changes-signature"
    on = fails(Creates, *_ROUTINES) + fails(Verb.MEAN)

    def message(self, case: Case) -> str:
        """What it is, and what PostgreSQL does not make of it."""
        return f"{_what(case.effect)} fails on a rerun: {case.outcome.reason}"

    def of_file(self, migration: Migration) -> Iterator[Diagnostic]:
        """OR REPLACE of what is not replaced, since its arguments are others."""
        for statement in migration.applied():
            if statement.kind != "CreateFunctionStmt":
                continue
            for effect in migration.programs[statement.index]:
                if isinstance(effect, Creates) and effect.replaces:
                    yield from self._second(migration, statement, effect)

    def _second(
        self, migration: Migration, statement: Statement, effect: Creates
    ) -> Iterator[Diagnostic]:
        found = migration.fresh.second_routine(effect.ref)
        if found is None or _is_meant(migration, statement, effect.ref.name, found.site):
            return
        name, noun = effect.ref.name, effect.kind.noun
        older = f"{name}({found.older})"
        by = f", which {place(migration, found.site)} has made" if found.site is not None else ""
        finding = self.diagnostic(
            migration,
            statement.span,
            f"this makes a second {noun} {name}, beside {older}{by}: OR REPLACE replaces only what has"
            " the same types of arguments, and calls as before find the old one",
            statement=statement.index,
            fix=fixes.create_fixes.advice(
                f"put DROP {noun.upper()} IF EXISTS {older} before it, if this is to take its place"
            ),
        )
        yield finding._replace(severity=Severity.WARNING)

    def of_first_run(self, case: FirstCase) -> Diagnostic:
        """Nobody has dropped the first before the second comes."""
        outcome = case.outcome
        by = f" ({place(case.migration, outcome.because)})" if outcome.because is not None else ""
        effect = outcome.effect
        text = f"{_what(effect)} fails, {outcome.reason}{by}"
        if not isinstance(effect, Creates):
            return finding(self, case, text, fix=_named_with_arguments(effect))
        drop = (
            f"put DROP {effect.kind.noun.upper()} IF EXISTS {effect.ref} before it, or give it"
            " another name"
        )
        return finding(self, case, text, fix=fixes.create_fixes.advice(drop))

    def repair(self, case: Case) -> Fix | None:
        """To drop it takes along what hangs on it: its author has to say."""
        effect = case.effect
        if isinstance(effect, Creates):
            return fixes.create_fixes.advice(
                f"put DROP {effect.kind.noun.upper()} IF EXISTS {effect.ref} before it, or leave"
                " this statement to the migration that made it last"
            )
        assert isinstance(effect, Requires)
        if case.outcome.sqlstate == "42725":
            return _named_with_arguments(effect)
        return fixes.create_fixes.advice(
            f"say ROUTINE instead of {effect.kind.noun.upper()}, or leave this to the migration that"
            " made it last"
        )


def _is_meant(
    migration: Migration, statement: Statement, name: str, older: StatementSite | None
) -> bool:
    """Whether its author knows of the older one: the file makes that anew, too, or this one calls it."""
    if older is not None and older.file == migration.path:
        return True
    called = re.findall(rf"\b{re.escape(name)}\s*\(", migration.text(statement.span), re.IGNORECASE)
    return len(called) > 1


def _what(effect: Effect | None) -> str:
    if isinstance(effect, Creates):
        return f"CREATE OR REPLACE {effect.kind.noun.upper()} {effect.ref.name}"
    return "this"


def _named_with_arguments(effect: Effect | None) -> Fix:
    name = effect.ref.name if isinstance(effect, Requires) else "f"
    return fixes.create_fixes.advice(
        f"name the arguments, too: {name}(…); DROP the old one where the new one was to take its place"
    )
