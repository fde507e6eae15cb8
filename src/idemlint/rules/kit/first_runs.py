"""Failures of a folder's first run: which rule names each, and what they have in common.

Each failure has one rule, whatever else is switched on: the first that fits here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, in_words
from idemlint.replay.effects.vocabulary import Creates, Inserts, Requires
from idemlint.sequence.paths import short_name

if TYPE_CHECKING:
    from idemlint.diagnostics import Diagnostic, Fix
    from idemlint.rules.kit.rule import Rule
    from idemlint.sequence.first.first_outcome import FirstOutcome, StatementSite
    from idemlint.sequence.migration import FirstCase, Migration
    from idemlint.sequence.upgrade.upgrade_path import DatedSite

#: What PostgreSQL says of a name that is taken.
_TAKEN: Final = frozenset({"42P07", "42701", "42710", "42723", "42P06"})
#: What the folder itself has no such column, label, constraint or key for, or has no more.
_NEVER: Final = frozenset({"42703", "42704", "42P10", "42830", "22P02", "42P01", "22023", "42804"})
#: What ON CONFLICT asks for, and the table does not have.
_CONFLICT: Final = frozenset({"42P10", "42704", "42809", "55000"})
#: What is said of a text that is no label, and not of one that is no number (`queries.literals`).
_NO_LABEL: Final = "is no value of enum"
_ROUTINES: Final = frozenset({Kind.FUNCTION, Kind.PROCEDURE, Kind.AGGREGATE, Kind.ROUTINE})

#: How each finding ends.
_STOPS: Final = "a new database stops here"


def code_for(outcome: FirstOutcome) -> str:
    """The rule that names a failure, by its code."""
    effect, sqlstate = outcome.effect, outcome.sqlstate
    if outcome.is_made_twice and sqlstate in _TAKEN:
        return "IDM805"
    if outcome.is_to_come:
        return "IDM806"
    if isinstance(effect, Inserts) and sqlstate in _CONFLICT:
        return "IDM402"
    if isinstance(effect, Creates) and effect.kind is Kind.VIEW and sqlstate == "42P16":
        return "IDM803"
    if sqlstate == "42725" or (
        isinstance(effect, Creates) and effect.kind in _ROUTINES and sqlstate in {"42P13", "42809"}
    ):
        return "IDM804"
    is_other_text = sqlstate == "22P02" and _NO_LABEL not in outcome.reason
    return "IDM807" if sqlstate in _NEVER and not is_other_text else "IDM810"


def finding(
    rule: Rule, case: FirstCase, text: str, *, help_text: str = "", fix: Fix | None = None
) -> Diagnostic:
    """What a rule says of a failure."""
    behind = case.behind
    more = (
        f" (and {behind} statement{'s' * (behind > 1)} behind it that need{'s' * (behind == 1)} it)"
        if behind
        else ""
    )
    return rule.diagnostic(
        case.migration,
        case.span,
        f"{text}: {_STOPS}{more}",
        statement=case.statement.index,
        sqlstate=case.outcome.sqlstate,
        help_text=help_text,
        fix=fix,
    )


def place(migration: Migration, site: StatementSite | DatedSite | None) -> str:
    """Where a statement stands, in words."""
    if site is None:
        return "the folder"
    if site.file == migration.path:
        return f"line {site.row}"
    return f"{short_name(migration.profile, site.file)}:{site.row}"


def subject(outcome: FirstOutcome) -> str:
    """What it is about: `table users`, `column x on users`."""
    effect = outcome.effect
    return in_words(effect.kind, effect.ref) if isinstance(effect, Requires) else ""
