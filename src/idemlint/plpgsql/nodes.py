"""The control flow of a PL/pgSQL body; a file's statements are its leaves.

Expressions stay parse trees: what they mean for the catalog is for `replay` to say. Variables whose
value the straight-line code before makes plain are already put in their place (`FOUND` after a
`PERFORM` is `EXISTS (…)`, `v` after `SELECT … INTO v` is the query itself).

A leaf and a condition are read once, however often they run: `effects` and `read` are where `replay`
keeps what it made of them. They are no part of what a node is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.plpgsql.bindings import Declared
    from idemlint.source.statement import Span
    from idemlint.source.tree import Tree


class _Sql(NamedTuple):
    tree: Tree
    span: Span | None = None
    executed: bool = False
    names: Declared | None = None
    written: Tree | None = None


class Sql(_Sql):
    """A static SQL statement (PERFORM is its SELECT), or an EXECUTE of a constant string.

    Locations in a static statement's tree are byte offsets into the file. Of an `executed` one they
    are not, and `span` is that of the EXECUTE.

    `names` are what it may mean by its names besides columns; `written` is it with its variables, where
    `tree` has values in their place.
    """

    effects: Any = None


class _Asks(NamedTuple):
    query: Tree
    span: Span | None = None
    names: Declared | None = None


class Asks(_Asks):
    """A query that only looks: a condition that reads tables (`query` selects it), what a FOR runs over.

    It stands before the node whose condition or query it is. `names` as in `Sql`.
    """

    effects: Any = None


class _Dynamic(NamedTuple):
    reason: str
    mentions: frozenset[str] = frozenset()
    pattern: str | None = None
    span: Span | None = None


class Dynamic(_Dynamic):
    """Something whose effect cannot be read: an EXECUTE of a computed string, a broken statement.

    `mentions` are the names that stand in its text, folded. `pattern` is the string as far as it is
    constant, with `%I`, `%L`, `%s` where it is not; where an EXECUTE has none, it may run anything.
    """

    read: Any = None


class Block(NamedTuple):
    """Nodes that run one after the other."""

    body: tuple[Node, ...]


class _If(NamedTuple):
    condition: Tree | None
    then: Block
    otherwise: Block
    span: Span | None = None
    test: Span | None = None


class If(_If):
    """`condition` is an expression's tree, `None` where it could not be read.

    `span` is the whole statement, `test` its condition. Locations in the condition are byte offsets
    into the file, except in what stands for a variable: they are where the variable got its value.
    """

    read: Any = None


class Handler(NamedTuple):
    """`WHEN a OR b THEN`: condition names in lower case (`others` included) or SQLSTATEs."""

    conditions: tuple[str, ...]
    body: Block
    span: Span | None = None


class Try(NamedTuple):
    """A block with an EXCEPTION part: what its body did is undone before a handler runs."""

    body: Block
    handlers: tuple[Handler, ...]
    span: Span | None = None


class Loop(NamedTuple):
    """A loop whose number of rounds is not known; `query` is what a FOR runs over."""

    body: Block
    query: Tree | None = None
    span: Span | None = None


class Raise(NamedTuple):
    """`RAISE EXCEPTION` and a failing ASSERT.

    `sqlstate` is `None` for a bare RAISE (the error again), and where it is computed.
    """

    sqlstate: str | None
    span: Span | None = None


class Return(NamedTuple):
    """Leaves the body; `value` is what a routine gives that is called with known arguments."""

    span: Span | None = None
    value: Tree | None = None


Node = Sql | Asks | Dynamic | Block | If | Try | Loop | Raise | Return


# -- walking ---------------------------------------------------------------------------------------


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


def insides(block: Block) -> dict[int, tuple[Node, ...]]:
    """What each SQL statement of a body stands in, the outermost first, by the statement's identity."""
    return {id(place.node): place.inside for place in walk(block) if isinstance(place.node, Sql)}
