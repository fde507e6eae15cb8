"""What a guard asks and what its branch makes, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal

from idemlint.plpgsql.nodes import Block, If, Sql, walk
from idemlint.postgres.kinds import Ref, Space
from idemlint.records import NamedTuple
from idemlint.replay.effects import effects_of, flat
from idemlint.replay.effects.vocabulary import (
    SKIP,
    Creates,
    Drops,
    Renames,
    Requires,
    Verb,
)
from idemlint.replay.guards import conditions
from idemlint.replay.guards.conditions import Exists
from idemlint.replay.guards.kept import condition_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.plpgsql.nodes import Node
    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.source.tree import Tree

Likeness = Literal["same", "case", "other"]

#: Namespaces between which one name may stand for one thing: a constraint has an index, a table a type.
_ALIKE: Final = (
    frozenset({Space.RELATION, Space.CONSTRAINT}),
    frozenset({Space.RELATION, Space.TYPE}),
)


#: What is made and needed is the same in every version of PostgreSQL; only SQLSTATEs differ.
_ANY_VERSION: Final = 18


class Asked(NamedTuple):
    """A fact that a branch hangs on: the thing is there (`present`), or is not."""

    fact: Exists
    present: bool


class Made(NamedTuple):
    """What a statement makes or removes without a guard of its own."""

    ref: Ref
    leaf: Sql
    owners: tuple[Ref, ...] = ()


def asked(node: If, branch: Block) -> list[Asked]:
    """The facts that the branch of an IF hangs on. What ELSE hangs on is the opposite."""
    condition = condition_of(node)
    return [
        Asked(fact, present)
        for fact, present in conditions.meant(condition, branch is node.then)
        if isinstance(fact, Exists)
    ]


def branches(inside: tuple[Node, ...]) -> Iterator[tuple[If, Block]]:
    """The IFs around a statement, the innermost first, each with the branch that it stands in."""
    for position in range(len(inside) - 2, -1, -1):
        node, part = inside[position], inside[position + 1]
        if isinstance(node, If) and isinstance(part, Block):
            yield node, part


def likeness(fact: Exists, ref: Ref) -> Likeness:
    """Whether a lookup is about the thing, about one that is spelled in another case, or another."""
    if fact.ref.space is not ref.space and {fact.ref.space, ref.space} not in _ALIKE:
        return "other"
    pairs = [(fact.ref.name, ref.name)] if not fact.any_name else []
    if fact.ref.parent is not None and ref.parent is not None and not fact.any_parent:
        pairs.append((fact.ref.parent.name, ref.parent.name))
    if fact.any_case:
        pairs = [(one.lower(), other.lower()) for one, other in pairs]
    if all(one == other for one, other in pairs):
        return "same"
    alike = all(one.lower() == other.lower() for one, other in pairs)
    return "case" if alike else "other"


def effects(tree: Tree) -> Iterator[Effect]:
    """The effects of a statement, those of the commands of an ALTER TABLE among them."""
    return flat(effects_of(tree, _ANY_VERSION))


class Doings(NamedTuple):
    """What a branch does, without the guards that its statements have themselves."""

    creates: list[Made]
    needs: list[Made]


def doings(block: Block) -> Doings:
    """What a branch makes that it did not remove before, and needs that it did not make before."""
    creates: list[Made] = []
    needs: list[Made] = []
    made: set[Ref] = set()
    gone: set[Ref] = set()
    for place in walk(block):
        if not isinstance(place.node, Sql):
            continue
        owners: tuple[Ref, ...] = ()
        mine: list[Ref] = []
        for effect in effects(place.node.tree):
            if isinstance(effect, Requires) and effect.otherwise is not SKIP:
                if not effect.want and effect.verb is Verb.CREATE and effect.ref not in gone:
                    mine.append(effect.ref)
                elif effect.want and effect.verb in _NEEDS and effect.ref not in made:
                    needs.append(Made(effect.ref, place.node))
            elif isinstance(effect, Drops):
                gone.add(effect.ref)
            elif isinstance(effect, Renames):
                gone.add(effect.ref)
                made.add(effect.to)
            elif isinstance(effect, Creates):
                made.add(effect.ref)
                owners = (*effect.owners, *effect.needs)
        creates += [Made(ref, place.node, owners) for ref in mine]
    return Doings(creates, needs)


_NEEDS: Final = frozenset({Verb.DROP, Verb.ALTER, Verb.RENAME})
