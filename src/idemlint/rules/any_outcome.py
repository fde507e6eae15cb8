"""IDM399: what a rerun comes to, and no narrower rule names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.diagnostics import Applicability, Fix
from idemlint.postgres.sqlstates import condition_name
from idemlint.replay.judge.verdict import Verdict
from idemlint.rules.kit.rule import On, OutcomeRule

if TYPE_CHECKING:
    from idemlint.sequence.migration import Case


class CannotRunTwice(OutcomeRule):
    """Any statement that fails or repeats, where no other rule names how: what replay says, check says."""

    code = "IDM399"
    name = "cannot-run-twice"
    on = (On(Verdict.FAILS), On(Verdict.REPEATS))

    def message(self, case: Case) -> str:
        """What the replay says of it."""
        outcome = case.outcome
        if outcome.verdict is Verdict.REPEATS:
            return f"a rerun does this once more: {outcome.reason}"
        sqlstate = outcome.sqlstate or ""
        return f"on a rerun this raises {condition_name(sqlstate) or sqlstate}: {outcome.reason}"

    def repair(self, case: Case) -> Fix | None:
        """Nothing is known of it but that it should not run again."""
        return Fix(
            Applicability.DISPLAY,
            "put it behind a condition that is false once it has run, or into a migration of its own",
        )
