"""A statement that makes what is there already, just as it is: a guard hides nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint import fixes
from idemlint.postgres.kinds import Kind
from idemlint.replay.effects.vocabulary import Requires
from idemlint.replay.judge.verdict import Outcome, Verdict
from idemlint.sequence.migration import Case

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.diagnostics import Fix
    from idemlint.sequence.first.first_outcome import FirstOutcome
    from idemlint.sequence.migration import Migration
    from idemlint.source.statement import Statement

#: How a second making of the same is guarded, where CREATE has no guard of its own for it.
_GUARDS: Final[dict[Kind, Callable[[Case], Fix | None]]] = {
    Kind.TABLE: fixes.create_fixes.create_table,
    Kind.COLUMN: fixes.alter_fixes.alter_table,
}


def guard_of_twin(migration: Migration, statement: Statement, first: FirstOutcome) -> Fix | None:
    """The guard, where a statement makes the same as there is; `None`: it makes another one."""
    effect = first.effect
    if not first.is_same or not isinstance(effect, Requires):
        return None
    outcome = Outcome(
        Verdict.FAILS, "file", first.reason, first.sqlstate, effect, first.span, first.leaf
    )
    guard = _GUARDS.get(effect.kind, fixes.create_fixes.create)
    return guard(Case(migration, statement, outcome))
