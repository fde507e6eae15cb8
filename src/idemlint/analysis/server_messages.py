"""PostgreSQL's own words about an object that is there already, or is not there.

Only for effects whose message is certain; for all others the SQLSTATE and its name must do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Space
from idemlint.replay.effects.vocabulary import Requires, Verb

if TYPE_CHECKING:
    from idemlint.replay.judge.verdict import Outcome

#: Kinds whose messages have the form `noun "name" does not exist` where they are to be dropped.
_DROPPED: Final = frozenset(
    {
        Kind.TABLE,
        Kind.VIEW,
        Kind.MATERIALIZED_VIEW,
        Kind.SEQUENCE,
        Kind.INDEX,
        Kind.FOREIGN_TABLE,
        Kind.TYPE,
        Kind.DOMAIN,
        Kind.SCHEMA,
        Kind.EXTENSION,
        Kind.ROLE,
    }
)
#: Kinds whose messages have the form `noun "name" already exists`.
_MADE: Final = frozenset({Kind.TYPE, Kind.DOMAIN, Kind.SCHEMA, Kind.EXTENSION, Kind.ROLE})
#: What lives in a table, and what the messages about a missing one call the table.
_IN_TABLE: Final = {Kind.TRIGGER: "table", Kind.RULE: "relation", Kind.POLICY: "table"}


def server_message(outcome: Outcome | None) -> str:
    """The text of the error that PostgreSQL raises; empty where it is not certain."""
    if outcome is None or outcome.sqlstate is None or not isinstance(outcome.effect, Requires):
        return ""
    effect = outcome.effect
    if outcome.sqlstate != effect.otherwise:
        return ""
    return _missing(effect) if effect.want else _present(effect)


def _present(effect: Requires) -> str:
    kind, ref = effect.kind, effect.ref
    if ref.parent is not None:
        table = ref.parent.name
        if kind is Kind.COLUMN:
            return f'column "{ref.name}" of relation "{table}" already exists'
        if kind is Kind.POLICY:
            return f'policy "{ref.name}" for table "{table}" already exists'
        if kind in {Kind.CONSTRAINT, Kind.TRIGGER, Kind.RULE}:
            return f'{kind.noun} "{ref.name}" for relation "{table}" already exists'
    elif kind.space is Space.RELATION and effect.otherwise == "42P07":
        return f'relation "{ref.name}" already exists'
    elif kind in _MADE:
        noun = "type" if kind is Kind.DOMAIN else kind.noun
        return f'{noun} "{ref.name}" already exists'
    return ""


def _missing(effect: Requires) -> str:
    kind, ref = effect.kind, effect.ref
    if effect.verb is not Verb.DROP:
        return ""
    if ref.parent is not None:
        table = ref.parent.name
        if kind in {Kind.COLUMN, Kind.CONSTRAINT}:
            return f'{kind.noun} "{ref.name}" of relation "{table}" does not exist'
        if kind in _IN_TABLE:
            return f'{kind.noun} "{ref.name}" for {_IN_TABLE[kind]} "{table}" does not exist'
    elif kind in _DROPPED and ref.schema is None:
        noun = "type" if kind is Kind.DOMAIN else kind.noun
        return f'{noun} "{ref.name}" does not exist'
    return ""
