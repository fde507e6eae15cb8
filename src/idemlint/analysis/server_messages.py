"""PostgreSQL's own words about an object that is there already, or is not there.

Only for effects whose message is certain; for all others the SQLSTATE and its name must do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Space, member_name
from idemlint.postgres.messages import (
    DOMAIN_CONSTRAINT,
    MEMBERS,
    MESSAGES,
    PROPERTIES,
    PUBLISHED_TABLE,
    Messages,
)
from idemlint.postgres.names import SYMBOL
from idemlint.replay.effects.vocabulary import Requires, Verb

if TYPE_CHECKING:
    from idemlint.replay.judge.verdict import Outcome

_NONE: Final = Messages()
#: Another SQLSTATE about a relation's name comes from its row type: `type "t" already exists`.
_RELATION_EXISTS: Final = "42P07"
#: Whatever is made: a constraint's index, a sequence of an identity column.
_ANY_RELATION: Final = Messages('relation "{name}" already exists')


def server_message(outcome: Outcome | None) -> str:
    """The text of the error that PostgreSQL raises; empty where it is not certain."""
    if outcome is None or outcome.sqlstate is None or not isinstance(outcome.effect, Requires):
        return ""
    effect = outcome.effect
    if outcome.sqlstate != effect.otherwise or SYMBOL in effect.ref.name:
        return ""
    return _missing(effect) if effect.want else _exists(effect)


def _exists(effect: Requires) -> str:
    if effect.kind.space is Space.RELATION and effect.otherwise != _RELATION_EXISTS:
        return ""
    return _filled(_messages(effect).exists, effect)


def _missing(effect: Requires) -> str:
    if effect.verb is not Verb.DROP or effect.ref.schema is not None:
        return ""
    return _filled(_messages(effect).missing, effect)


def _messages(effect: Requires) -> Messages:
    ref, parent = effect.ref, effect.ref.parent
    if effect.kind in MEMBERS and (ref.space is not Space.FACET or effect.kind is Kind.TYPED_TABLE):
        return MEMBERS[effect.kind]
    if effect.kind is Kind.PUBLICATION_MEMBER:
        return PUBLISHED_TABLE if ref.name.startswith("table ") else _NONE
    if ref.space is Space.FACET:
        return PROPERTIES.get(ref.name.partition(":")[0], _NONE)
    if ref.space is Space.RELATION and effect.otherwise == _RELATION_EXISTS:
        return _ANY_RELATION
    if effect.kind is Kind.CONSTRAINT and parent is not None and parent.space is Space.TYPE:
        return DOMAIN_CONSTRAINT
    return MESSAGES.get(effect.kind, _NONE)


def _filled(message: str, effect: Requires) -> str:
    ref = effect.ref
    name = ref.name
    if ref.space is Space.MEMBER:
        name = member_name(effect.kind, ref).removeprefix("table ")
        # The server leaves the schema out, and that may as well be a part of the name.
        if "." in name:
            return ""
    elif ref.space is Space.FACET:
        name = name.rpartition(":")[2]
    elif effect.kind is not Kind.ENUM_VALUE and ("{parent}" in message) is (ref.parent is None):
        return ""
    return message.format(name=name, parent=ref.parent and ref.parent.name)
