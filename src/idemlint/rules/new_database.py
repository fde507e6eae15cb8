"""IDM8: what fails when the folder runs for the first time, on a database that was empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.diagnostics import Applicability, Fix
from idemlint.rules.kit.first_runs import finding, place, subject
from idemlint.rules.kit.rule import Rule

if TYPE_CHECKING:
    from idemlint.diagnostics import Diagnostic
    from idemlint.sequence.first.first_outcome import FirstOutcome
    from idemlint.sequence.migration import FirstCase, Migration
    from idemlint.source.statement import Statement


class _FirstRunRule(Rule):
    """Names some of the failures of a first run (`first_runs`)."""

    def of_first_run(self, case: FirstCase) -> Diagnostic:
        """Which it is, and how it is mended."""
        migration, outcome = case.migration, case.outcome
        return finding(
            self,
            case,
            self.message(migration, outcome),
            help_text=self.help(migration, outcome),
            fix=self.repair(migration, case.statement, outcome),
        )

    def message(self, migration: Migration, outcome: FirstOutcome) -> str:
        """What is the matter."""
        raise NotImplementedError

    def help(self, migration: Migration, outcome: FirstOutcome) -> str:
        """How to mend it."""
        return ""

    def repair(
        self, migration: Migration, statement: Statement, outcome: FirstOutcome
    ) -> Fix | None:
        """The fix, if there is one."""
        return None


class MadeTwice(_FirstRunRule):
    """`CREATE TABLE t` in one migration, and once more in a later one."""

    code = "IDM805"
    name = "made-twice"

    def message(self, migration: Migration, outcome: FirstOutcome) -> str:
        """Where it is made first."""
        where = place(migration, outcome.because)
        return f"{subject(outcome)} is made twice, {where} has made it by then"

    def help(self, migration: Migration, outcome: FirstOutcome) -> str:
        """Which of the two is right, its author has to say."""
        return (
            f"leave it out, change what {place(migration, outcome.because)} has made instead, or"
            " give it another name"
        )

    def repair(
        self, migration: Migration, statement: Statement, outcome: FirstOutcome
    ) -> Fix | None:
        """The guard, where both make the same."""
        from idemlint.rules.kit.twins import guard_of_twin

        return guard_of_twin(migration, statement, outcome)


class UsedBeforeMade(_FirstRunRule):
    """`CREATE INDEX … ON t`, and a later migration makes t."""

    code = "IDM806"
    name = "used-before-made"

    def message(self, migration: Migration, outcome: FirstOutcome) -> str:
        """Where it is made."""
        where = place(migration, outcome.because)
        return f"{subject(outcome)} is used before it is made, which {where} does later"

    def help(self, migration: Migration, outcome: FirstOutcome) -> str:
        """One of the two has to move."""
        where = place(migration, outcome.because)
        return f"put what makes it ({where}) before this statement, or this one behind it"


class NeverMade(_FirstRunRule):
    """`CREATE INDEX … ON t (missing)`: nothing in the folder makes that column."""

    code = "IDM807"
    name = "never-made"

    def message(self, migration: Migration, outcome: FirstOutcome) -> str:
        """What is not there, and whose guard is to blame."""
        if outcome.because is None:
            return outcome.reason
        return f"{outcome.reason} ({self._why(migration, outcome)})"

    def help(self, migration: Migration, outcome: FirstOutcome) -> str:
        """It was not made, or another one is meant."""
        if outcome.is_skipped:
            return (
                "add what is missing to the table that is there: ALTER TABLE … ADD …, before this"
            )
        return _MISSING.get(
            outcome.sqlstate or "", "make it in a statement before this one, or name what is there"
        )

    def _why(self, migration: Migration, outcome: FirstOutcome) -> str:
        where = place(migration, outcome.because)
        if outcome.is_skipped:
            return f"{where} has it, and is skipped: its guard finds another one there"
        return f"see {where}"


#: How what is missing is made, where that is not plain.
_MISSING: Final = {
    "22P02": "add it before this: ALTER TYPE … ADD VALUE IF NOT EXISTS, or name one that is there",
    "42804": "give both columns the same type",
    "42830": "make a unique key over these columns before this, or point at columns that have one",
}


class ReplaceViewChangesColumns(_FirstRunRule):
    """`CREATE OR REPLACE VIEW` with other columns than the view that is there."""

    code = "IDM803"
    name = "replace-view-changes-columns"

    def message(self, migration: Migration, outcome: FirstOutcome) -> str:
        """What differs."""
        return f"OR REPLACE keeps a view's columns: {outcome.reason}"

    def repair(
        self, migration: Migration, statement: Statement, outcome: FirstOutcome
    ) -> Fix | None:
        """What hangs on the view goes with it, so its author has to say."""
        return Fix(
            Applicability.DISPLAY,
            "put DROP VIEW IF EXISTS before it, or add the new columns behind the old ones",
        )
