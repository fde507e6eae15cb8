"""IDM399, IDM810: what a rerun comes to, or a first run, and no narrower rule names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.diagnostics import Applicability, Fix
from idemlint.postgres.sqlstates import condition_name
from idemlint.replay.judge.verdict import Verdict
from idemlint.rules.kit.first_runs import finding
from idemlint.rules.kit.rule import On, OutcomeRule, Rule

if TYPE_CHECKING:
    from idemlint.diagnostics import Diagnostic
    from idemlint.sequence.migration import Case, FirstCase


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


#: What is to be done about it, by what PostgreSQL says.
_ADVICE: Final = {
    "22P02": "write a value of that type",
    "42883": "name one that is there, for arguments of these types",
    "0A000": "drop what stands in the way before it, and make it again behind it",
    "2BP01": "drop what needs it before it, or let CASCADE take that along",
    "42601": "give each column one value",
    "42809": "name it as what it is",
    "42P16": "change the definition that is there instead",
}


class CannotRunOnce(Rule):
    """Any statement that fails in the first run of its folder, where no other rule names how."""

    code = "IDM810"
    name = "cannot-run-once"

    def of_first_run(self, case: FirstCase) -> Diagnostic:
        """What the replay says of it."""
        sqlstate = case.outcome.sqlstate or ""
        return finding(
            self,
            case,
            f"this raises {condition_name(sqlstate) or sqlstate}, {case.outcome.reason}",
            fix=Fix(Applicability.DISPLAY, _ADVICE.get(sqlstate, _MEND)),
        )


#: What no server can run once helps nobody.
_MEND: Final = "mend the statement, or leave it out: it runs on no new database"
