"""IDM8: what fails when the folder runs for the first time, on a database that was empty."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.diagnostics import Applicability, Fix
from idemlint.postgres.kinds import Kind, in_words
from idemlint.replay.effects.vocabulary import Creates, Inserts, Requires
from idemlint.rules.kit.rule import FileRule
from idemlint.sequence.paths import short_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.diagnostics import Diagnostic
    from idemlint.sequence.first.first_outcome import FirstOutcome, StatementSite
    from idemlint.sequence.migration import Migration
    from idemlint.source.statement import Span, Statement

#: What PostgreSQL says of a name that is taken.
_TAKEN: Final = frozenset({"42P07", "42701", "42710", "42723", "42P06"})
#: How each finding ends.
_STOPS: Final = "a new database stops here"


class _FirstRunRule(FileRule):
    """Names some of the failures of a first run; what only follows from another failure is counted there."""

    explains_same = True

    def check(self, migration: Migration) -> Iterator[Diagnostic]:
        """Statements that fail so, and follow from nothing before."""
        for index, outcome in migration.firsts.items():
            if outcome.verdict != "fails" or outcome.follows is not None:
                continue
            if not self.names(outcome) or _is_said(migration, index, outcome):
                continue
            statement = migration.parsed.statements[index]
            text = f"{self.message(migration, outcome)}: {_STOPS}{_followers(migration, statement)}"
            yield self.diagnostic(
                migration,
                _span(outcome, statement),
                text,
                statement=index,
                sqlstate=outcome.sqlstate,
                help_text=self.help(migration, outcome),
                fix=self.repair(migration, statement, outcome),
            )

    def names(self, outcome: FirstOutcome) -> bool:
        """Whether it is one of its failures."""
        raise NotImplementedError

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


def _is_said(migration: Migration, index: int, outcome: FirstOutcome) -> bool:
    """Whether the rerun fails for the same, and a rule is there for that alone: what ON CONFLICT asks for."""
    if not isinstance(outcome.effect, Inserts):
        return False
    reruns = migration.outcomes.get(index, {}).values()
    return any(each.sqlstate == outcome.sqlstate for each in reruns)


def _span(outcome: FirstOutcome, statement: Statement) -> Span:
    leaf = outcome.leaf
    if leaf is not None and leaf.span is not None:
        return leaf.span
    return outcome.span or statement.span


def _followers(migration: Migration, statement: Statement) -> str:
    """How many statements of the file fail for that alone."""
    number = sum(
        each.follows is not None
        and each.follows.file == migration.path
        and each.follows.statement == statement.index
        for each in migration.firsts.values()
    )
    if not number:
        return ""
    return (
        f" (and {number} statement{'s' * (number > 1)} behind it that need{'s' * (number == 1)} it)"
    )


def _place(migration: Migration, site: StatementSite | None) -> str:
    """Where a statement stands, in words."""
    if site is None:
        return "the folder"
    if site.file == migration.path:
        return f"line {site.row}"
    return f"{short_name(migration.profile, site.file)}:{site.row}"


def _subject(outcome: FirstOutcome) -> str:
    """What it is about: `table users`, `column x on users`."""
    effect = outcome.effect
    return in_words(effect.kind, effect.ref) if isinstance(effect, Requires) else ""


class MadeTwice(_FirstRunRule):
    """`CREATE TABLE t` in one migration, and once more in a later one."""

    code = "IDM805"
    name = "made-twice"

    def names(self, outcome: FirstOutcome) -> bool:
        """What it makes is there by then."""
        return outcome.is_made_twice and outcome.sqlstate in _TAKEN

    def message(self, migration: Migration, outcome: FirstOutcome) -> str:
        """Where it is made first."""
        where = _place(migration, outcome.because)
        return f"{_subject(outcome)} is made twice, {where} has made it by then"

    def help(self, migration: Migration, outcome: FirstOutcome) -> str:
        """Which of the two is right, its author has to say."""
        return (
            f"leave it out, change what {_place(migration, outcome.because)} has made instead, or"
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

    def names(self, outcome: FirstOutcome) -> bool:
        """A later statement makes what is needed."""
        return outcome.is_to_come

    def message(self, migration: Migration, outcome: FirstOutcome) -> str:
        """Where it is made."""
        where = _place(migration, outcome.because)
        return f"{_subject(outcome)} is used before it is made, which {where} does later"

    def help(self, migration: Migration, outcome: FirstOutcome) -> str:
        """One of the two has to move."""
        where = _place(migration, outcome.because)
        return f"put what makes it ({where}) before this statement, or this one behind it"


class NeverMade(_FirstRunRule):
    """`CREATE INDEX … ON t (missing)`: nothing in the folder makes that column."""

    code = "IDM807"
    name = "never-made"

    def names(self, outcome: FirstOutcome) -> bool:
        """What the folder's own definitions do not have."""
        if outcome.is_to_come or (outcome.is_made_twice and outcome.sqlstate in _TAKEN):
            return False
        return outcome.sqlstate in _NEVER

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
        return "make it in a statement before this one, or name what is there"

    def _why(self, migration: Migration, outcome: FirstOutcome) -> str:
        where = _place(migration, outcome.because)
        if outcome.is_skipped:
            return f"{where} has it, and is skipped: its guard finds another one there"
        return f"see {where}"


#: What the folder itself has no such column, label, constraint or key for, or has no more.
_NEVER: Final = frozenset({"42703", "42704", "42P10", "42830", "22P02", "42P01", "22023", "42804"})


class ReplaceViewChangesColumns(_FirstRunRule):
    """`CREATE OR REPLACE VIEW` with other columns than the view that is there."""

    code = "IDM803"
    name = "replace-view-changes-columns"

    def names(self, outcome: FirstOutcome) -> bool:
        """Of views, not of tables."""
        effect = outcome.effect
        is_view = isinstance(effect, Creates) and effect.kind is Kind.VIEW
        return is_view and outcome.sqlstate == "42P16"

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
