"""IDM6: the guard does not guard."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.diagnostics import Applicability, Fix
from idemlint.plpgsql.conditions import condition_name
from idemlint.rules.base import OutcomeRule
from idemlint.source.model import Edit, Span
from idemlint.source.places import tokens_of

if TYPE_CHECKING:
    from idemlint.plpgsql.nodes import Handler, Try
    from idemlint.rules.base import Case, Migration

_WORDS: Final = {True: str.upper, False: str.lower}


class HandlerMissesError(OutcomeRule):
    """`ADD CONSTRAINT … UNIQUE` under `WHEN duplicate_object`: it raises duplicate_table."""

    code = "IDM602"
    name = "handler-misses-error"

    def narrows(self, case: Case) -> bool:
        """Errors that went through a block with handlers."""
        return bool(case.outcome.passed)

    def message(self, case: Case) -> str:
        """What it raises, and what is caught."""
        block = case.outcome.passed[0]
        caught = " or ".join(name for each in block.handlers for name in each.conditions)
        raised = _condition(case)
        return (
            f"this raises {raised} on a rerun, and the handler catches only {caught}:"
            f" {case.outcome.reason}"
        )

    def repair(self, case: Case) -> Fix | None:
        """The condition that is missing, in the handler that swallows the error for which it was written."""
        block = case.outcome.passed[0]
        condition = _condition(case)
        handler = _swallows(block)
        edit = _add_condition(case.migration, handler, condition) if handler else None
        message = f"catch {condition} too"
        if edit is None:
            return Fix(Applicability.DISPLAY, message)
        # Behind the statement that fails, the rest of the block would be skipped.
        alone = len(block.body.body) == 1 and block.body.body[0] is case.outcome.leaf
        return Fix(Applicability.SAFE if alone else Applicability.UNSAFE, message, (edit,))


def _condition(case: Case) -> str:
    sqlstate = case.outcome.sqlstate or ""
    return condition_name(sqlstate) or f"SQLSTATE '{sqlstate}'"


def _swallows(block: Try) -> Handler | None:
    """The first handler that goes on as if nothing had been: it runs no SQL and raises nothing."""
    return next((each for each in block.handlers if not each.body.body), None)


def _add_condition(migration: Migration, handler: Handler, condition: str) -> Edit | None:
    """` OR duplicate_table` before the THEN of a handler."""
    if handler.span is None:
        return None
    before = None
    for word in tokens_of(migration.parsed, handler.span):
        if word.says("THEN"):
            if before is None:
                return None
            upper = word.text.isupper()
            return Edit(Span(before, before), f" {'OR' if upper else 'or'} {condition}")
        before = word.end
    return None
