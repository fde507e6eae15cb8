"""IDM6: the guard does not guard."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, cast

from idemlint.diagnostics import Applicability, Fix
from idemlint.plpgsql.conditions import condition_name
from idemlint.rules.base import OutcomeRule
from idemlint.source.model import Edit, Span
from idemlint.source.places import tokens_of

if TYPE_CHECKING:
    from idemlint.plpgsql.nodes import Handler, Node
    from idemlint.rules.base import Case, Migration


class HandlerMissesError(OutcomeRule):
    """`ADD CONSTRAINT … UNIQUE` under `WHEN duplicate_object`: it raises duplicate_table."""

    code = "IDM602"
    name = "handler-misses-error"

    def narrows(self, case: Case) -> bool:
        """Errors that went through a block with a handler that was meant to let the body go on."""
        return _guard(case) is not None

    def message(self, case: Case) -> str:
        """What it raises, and what is caught."""
        found = _guard(case)
        assert found is not None
        caught = " or ".join(found.handler.conditions)
        return (
            f"on a rerun this raises {_condition(case)}, and the handler catches only {caught}:"
            f" {case.outcome.reason}"
        )

    def repair(self, case: Case) -> Fix | None:
        """The condition that is missing, in the handler that swallows the error for which it was written."""
        found = _guard(case)
        assert found is not None
        condition = _condition(case)
        edit = _add_condition(case.migration, found.handler, condition)
        message = f"catch {condition} too"
        if edit is None:
            return Fix(Applicability.DISPLAY, message)
        # Behind the statement that fails, the rest of the block would be skipped.
        return Fix(Applicability.SAFE if found.alone else Applicability.UNSAFE, message, (edit,))


class _Guard(NamedTuple):
    """A handler that goes on as if nothing had been, and whether its block holds nothing else."""

    handler: Handler
    alone: bool


def _guard(case: Case) -> _Guard | None:
    """The innermost handler around the failing statement that runs no SQL and raises nothing."""
    alone, node = True, cast("Node | None", case.outcome.leaf)
    for block in case.outcome.passed:
        alone = alone and len(block.body.body) == 1 and block.body.body[0] is node
        for handler in block.handlers:
            if not handler.body.body:
                return _Guard(handler, alone)
        node = block
    return None


def _condition(case: Case) -> str:
    sqlstate = case.outcome.sqlstate or ""
    return condition_name(sqlstate) or f"SQLSTATE '{sqlstate}'"


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
