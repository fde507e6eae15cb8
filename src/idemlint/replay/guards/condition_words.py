"""Conditions in words, as `idemlint replay --effects` shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.replay.guards import conditions

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.replay.guards.conditions import Condition


def columns_in_words(names: tuple[str, ...]) -> str:
    """`columns a, b`."""
    return f"column{'s' * (len(names) > 1)} {', '.join(names)}"


def row_in_words(row: frozenset[tuple[str, str]]) -> str:
    """What a row has, or is to have."""
    return " and ".join(f"{name} = {value}" for name, value in sorted(row))


def asked(condition: Condition) -> str:
    """A condition in words."""
    return _QUESTIONS[condition.__class__](condition)


def _exists(fact: conditions.Exists) -> str:
    nouns = {kind.noun for kind in fact.kinds or ()}
    noun = "/".join(sorted(nouns)) or fact.ref.space.value
    name = str(fact.ref)
    if fact.any_name:
        name = f"of any name on {fact.ref.parent}" if fact.ref.parent is not None else "of any name"
    text = f"{noun} {name}"
    text += " in any schema" if fact.any_schema else ""
    text += " of any table" if fact.any_parent else ""
    text += f" on {fact.on}" if fact.on is not None else ""
    text += f" about {columns_in_words(tuple(sorted(fact.columns)))}" if fact.columns else ""
    return f"{text} exists"


def _row_exists(fact: conditions.RowExists) -> str:
    with_ = f" with {row_in_words(fact.row)}" if fact.row else ""
    return f"{fact.table} has a row{with_}"


def _narrowed(condition: conditions.Narrowed) -> str:
    return f"{asked(condition.fact)} and {condition.text}"


def _not(condition: conditions.Not) -> str:
    return f"not ({asked(condition.of)})"


def _joined(word: str) -> Callable[[conditions.And | conditions.Or], str]:
    return lambda condition: f" {word} ".join(f"({asked(part)})" for part in condition.of)


def _constant(condition: conditions.Constant) -> str:
    return str(condition.value).lower()


def _error_is(condition: conditions.ErrorIs) -> str:
    if condition.words:
        return f"the error says {' … '.join(condition.words)}"
    return f"the error is {' or '.join(sorted(condition.sqlstates))}"


def _on_versions(condition: conditions.OnVersions) -> str:
    known = sorted(condition.true)
    if not known:
        return "the server's version is none of today's"
    return f"the server's version is one of {known[0]} to {known[-1]}"


def _steady(condition: conditions.Steady) -> str:
    return f"{condition.text}{'' if condition.truth else ' is false'} (the same both times)"


def _unreadable(condition: conditions.UnreadableCondition) -> str:
    return f"it cannot be told ({condition.reason})"


_QUESTIONS: Final[dict[type, Callable[..., str]]] = {
    conditions.Exists: _exists,
    conditions.RowExists: _row_exists,
    conditions.Narrowed: _narrowed,
    conditions.Not: _not,
    conditions.And: _joined("and"),
    conditions.Or: _joined("or"),
    conditions.Constant: _constant,
    conditions.ErrorIs: _error_is,
    conditions.OnVersions: _on_versions,
    conditions.Steady: _steady,
    conditions.UnreadableCondition: _unreadable,
}
