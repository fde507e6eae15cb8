"""IDM8: what OR REPLACE keeps of a routine, and what a second one of its name does to those who name it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint import fixes
from idemlint.postgres.kinds import Kind
from idemlint.replay.effects.vocabulary import Creates, Requires, Verb
from idemlint.rules.kit.rule import OutcomeRule, fails

if TYPE_CHECKING:
    from idemlint.diagnostics import Fix
    from idemlint.sequence.migration import Case

_ROUTINES = (Kind.FUNCTION, Kind.PROCEDURE, Kind.AGGREGATE, Kind.ROUTINE)


class ReplaceRoutine(OutcomeRule):
    """`CREATE OR REPLACE FUNCTION` with another result; `COMMENT ON FUNCTION f` where there are two."""

    code = "IDM804"
    name = "replace-function-changes-signature"
    on = fails(Creates, *_ROUTINES) + fails(Verb.MEAN)

    def message(self, case: Case) -> str:
        """What it is, and what PostgreSQL does not make of it."""
        effect = case.effect
        if isinstance(effect, Creates):
            what = f"CREATE OR REPLACE {effect.kind.noun.upper()} {effect.ref.name}"
            return f"{what} fails on a rerun: {case.outcome.reason}"
        return f"this fails on a rerun: {case.outcome.reason}"

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
            return fixes.create_fixes.advice(
                f"name the arguments, too: {effect.ref.name}(…); DROP the old one where the new one was"
                " to take its place"
            )
        return fixes.create_fixes.advice(
            f"say ROUTINE instead of {effect.kind.noun.upper()}, or leave this to the migration that"
            " made it last"
        )
