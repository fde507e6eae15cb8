"""What a transaction that several files share has done when the next one begins.

Some runners send all pending files in one transaction (`tx-all`): what a file adds to an enum is not
committed when the next one uses it. Files that count as applied were committed before.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.nodes import statements as statements_in
from idemlint.postgres.no_block import transaction_verb
from idemlint.records import NamedTuple
from idemlint.replay.effects.vocabulary import Body
from idemlint.source.tree import strings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from idemlint.runners.clues import FolderClues
    from idemlint.sequence.script import Script
    from idemlint.source.statement import Statement
    from idemlint.source.tree import Tree


class Added(NamedTuple):
    """A value that a file added to an enum, both by name; it was the how manieth."""

    place: int
    value: str
    enum: str
    file: str


class Uncommitted(NamedTuple):
    """What the open transaction has done: enums that it made, by name, and values that it added, by value."""

    created: frozenset[str] = frozenset()
    added: Mapping[str, Added] = MappingProxyType({})


NOTHING: Final = Uncommitted()
#: Statements that may make an enum, or add a value to one.
_MAKERS: Final = frozenset({"CreateEnumStmt", "AlterEnumStmt", "DoStmt"})


def after(before: Uncommitted, name: str, script: Script, clues: FolderClues) -> Uncommitted:
    """What is uncommitted when the file has run, too."""
    statements = script.applied
    if not statements:
        return before
    makes_none = _MAKERS.isdisjoint([each.kind for each in statements])
    if makes_none and before is NOTHING:
        return NOTHING
    deliveries = script.deliveries(clues)
    first, last = (deliveries[statements[place].index] for place in (0, -1))
    ends = transaction_verb(statements[-1]) == "end" or last.block != "transaction"
    if makes_none and first.unit == last.unit:
        return NOTHING if ends else before
    unit, created, added = first.unit, set(before.created), dict(before.added)
    for statement in statements:
        delivery = deliveries[statement.index]
        if delivery.unit != unit or delivery.block != "transaction":
            unit, created, added = delivery.unit, set(), {}
        if statement.kind not in _MAKERS:
            continue
        for tree in _trees(script, statement):
            if tree.kind == "CreateEnumStmt":
                created.add(strings(tree.typeName)[-1])
            elif tree.kind == "AlterEnumStmt" and tree.newVal and not tree.oldVal:
                enum = strings(tree.typeName)[-1]
                added[tree.newVal] = Added(len(added), tree.newVal, enum, name)
    return NOTHING if ends else Uncommitted(frozenset(created), added)


def _trees(script: Script, statement: Statement) -> Iterator[Tree]:
    """The statement, or those of its body."""
    if statement.kind == "DoStmt":
        program = script.program(statement)
        body = program[-1] if program else None
        if isinstance(body, Body) and body.block is not None:
            yield from (leaf.tree for leaf in statements_in(body.block))
    elif statement.tree is not None:
        yield statement.tree
