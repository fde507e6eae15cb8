"""PostgreSQL's own words about an object that is there already, or is not there.

Only for effects whose message is certain; for all others the SQLSTATE and its name must do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.replay.names import Kind, Space

if TYPE_CHECKING:
    from idemlint.replay.names import Ref
    from idemlint.replay.verdict import Outcome

_ON_TABLE = {Kind.TRIGGER: "relation", Kind.RULE: "relation", Kind.POLICY: "table"}


def server_message(outcome: Outcome | None) -> str:
    """The text of the error that PostgreSQL raises; empty where it is not certain."""
    from idemlint.replay.effects.model import Requires

    if outcome is None or outcome.sqlstate is None or not isinstance(outcome.effect, Requires):
        return ""
    effect = outcome.effect
    if outcome.sqlstate != effect.otherwise:
        return ""
    return _missing(effect.kind, effect.ref) if effect.want else _present(effect.kind, effect.ref)


def _present(kind: Kind, ref: Ref) -> str:
    if kind is Kind.CONSTRAINT and ref.parent is not None:
        return f'constraint "{ref.name}" for relation "{ref.parent.name}" already exists'
    if kind is Kind.COLUMN and ref.parent is not None:
        return f'column "{ref.name}" of relation "{ref.parent.name}" already exists'
    if kind in _ON_TABLE and ref.parent is not None:
        return f'{kind.noun} "{ref.name}" for {_ON_TABLE[kind]} "{ref.parent.name}" already exists'
    if ref.parent is not None:
        return ""
    if kind.space is Space.RELATION and kind.duplicate == "42P07":
        return f'relation "{ref.name}" already exists'
    if kind in {
        Kind.TYPE,
        Kind.DOMAIN,
        Kind.COMPOSITE_TYPE,
        Kind.SCHEMA,
        Kind.EXTENSION,
        Kind.ROLE,
    }:
        noun = "type" if kind is Kind.DOMAIN else kind.noun
        return f'{noun} "{ref.name}" already exists'
    return ""


def _missing(kind: Kind, ref: Ref) -> str:
    if kind is Kind.CONSTRAINT and ref.parent is not None:
        return f'constraint "{ref.name}" of relation "{ref.parent.name}" does not exist'
    if kind is Kind.COLUMN and ref.parent is not None:
        return f'column "{ref.name}" of relation "{ref.parent.name}" does not exist'
    if kind in _ON_TABLE and ref.parent is not None:
        return f'{kind.noun} "{ref.name}" for {_ON_TABLE[kind]} "{ref.parent.name}" does not exist'
    return ""
