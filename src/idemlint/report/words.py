"""Numbers with their nouns, errors with their names."""

from __future__ import annotations

from idemlint.postgres.sqlstates import condition_name


def counted(number: int, noun: str) -> str:
    """`1 error`, `2 errors`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def error_in_words(sqlstate: str | None, reason: str) -> str:
    """`undefined_table: there is no table t`; the reason alone where there is no error."""
    if not sqlstate:
        return reason
    name = condition_name(sqlstate) or sqlstate
    return f"{name}: {reason}" if reason else name
