"""What a transaction that several files share has done when the next one begins.

Some runners send all pending files in one transaction (`tx-all`): what a file adds to an enum is not
committed when the next one uses it. Files that count as applied were committed before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.nodes import statements as statements_in
from idemlint.postgres.no_block import transaction_verb
from idemlint.records import NamedTuple
from idemlint.replay.effects.vocabulary import Body
from idemlint.source.tree import strings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.runners.clues import FolderClues
    from idemlint.sequence.script import Script
    from idemlint.source.statement import Statement
    from idemlint.source.tree import Tree


class Added(NamedTuple):
    """A value that a file added to an enum, both by name."""

    value: str
    enum: str
    file: str


class Uncommitted(NamedTuple):
    """What the open transaction has done: enums that it made, by name, and values that it added."""

    created: frozenset[str] = frozenset()
    added: tuple[Added, ...] = ()


NOTHING: Final = Uncommitted()


def after(before: Uncommitted, name: str, script: Script, clues: FolderClues) -> Uncommitted:
    """What is uncommitted when the file has run, too."""
    statements = script.applied
    if not statements:
        return before
    deliveries = script.deliveries(clues)
    unit = deliveries[statements[0].index].unit
    created, added = set(before.created), list(before.added)
    for statement in statements:
        delivery = deliveries[statement.index]
        if delivery.unit != unit or delivery.block != "transaction":
            unit, created, added = delivery.unit, set(), []
        for tree in _trees(script, statement):
            if tree.kind == "CreateEnumStmt":
                created.add(strings(tree.typeName)[-1])
            elif tree.kind == "AlterEnumStmt" and tree.newVal and not tree.oldVal:
                added.append(Added(tree.newVal, strings(tree.typeName)[-1], name))
    last = statements[-1]
    if transaction_verb(last) == "end" or deliveries[last.index].block != "transaction":
        return NOTHING
    return Uncommitted(frozenset(created), tuple(added))


def _trees(script: Script, statement: Statement) -> Iterator[Tree]:
    """The statement, or those of its body."""
    if statement.kind == "DoStmt":
        program = script.program(statement)
        if program and isinstance(program[0], Body) and program[0].block is not None:
            yield from (leaf.tree for leaf in statements_in(program[0].block))
    elif statement.tree is not None:
        yield statement.tree
