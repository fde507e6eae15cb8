"""Walking the nodes of a DO body: what stands in it, and inside what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.plpgsql.nodes import Block, If, Loop, Node, Sql, Try
from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator


class Place(NamedTuple):
    """A node, and the nodes that it stands in, the outermost first.

    A branch or a part of a node is one of them too: `(if_node, if_node.then, node)`.
    """

    node: Node
    inside: tuple[Node, ...]


def walk(block: Block, inside: tuple[Node, ...] = ()) -> Iterator[Place]:
    """All nodes of a body in order, the ones inside others after those."""
    for node in block.body:
        yield Place(node, inside)
        for part in parts(node):
            yield from walk(part, (*inside, node, part))


def parts(node: Node) -> tuple[Block, ...]:
    """The blocks that a node holds: branches, a loop's round, a body and its handlers'."""
    if isinstance(node, If):
        return (node.then, node.otherwise)
    if isinstance(node, Try):
        return (node.body, *(handler.body for handler in node.handlers))
    if isinstance(node, Loop):
        return (node.body,)
    return (node,) if isinstance(node, Block) else ()


def statements(block: Block) -> Iterator[Sql]:
    """The SQL statements of a body."""
    return (place.node for place in walk(block) if isinstance(place.node, Sql))


def inside_of(block: Block, leaf: Sql) -> tuple[Node, ...]:
    """What a statement of a body stands in, the outermost first; empty where it is not of this body."""
    return next((place.inside for place in walk(block) if place.node is leaf), ())
