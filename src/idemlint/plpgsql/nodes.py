"""The control flow of a PL/pgSQL body; a file's statements are its leaves.

Expressions stay parse trees: what they mean for the catalog is for `replay` to say. Variables whose
value the straight-line code before makes plain are already put in their place (`FOUND` after a
`PERFORM` is `EXISTS (…)`, `v` after `SELECT … INTO v` is the query itself).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from idemlint.source.model import Span
    from idemlint.source.tree import Tree


@dataclass(frozen=True, slots=True, eq=False)
class Sql:
    """A static SQL statement (PERFORM is its SELECT), or an EXECUTE of a constant string.

    Locations in a static statement's tree are byte offsets into the file. Of an `executed` one they
    are not, and `span` is that of the EXECUTE.
    """

    tree: Tree
    span: Span | None = None
    executed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Dynamic:
    """Something whose effect cannot be read: an EXECUTE of a computed string, a broken statement.

    `mentions` are the names that stand in its text, folded. `pattern` is the string as far as it is
    constant, with `%I`, `%L`, `%s` where it is not; where an EXECUTE has none, it may run anything.
    """

    reason: str
    mentions: frozenset[str] = frozenset()
    pattern: str | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """Nodes that run one after the other."""

    body: tuple[Node, ...]


@dataclass(frozen=True, slots=True, eq=False)
class If:
    """`condition` is an expression's tree, `None` where it could not be read.

    `span` is the whole statement, `test` its condition. Locations in the condition are byte offsets
    into the file, except in what stands for a variable: they are where the variable got its value.
    """

    condition: Tree | None
    then: Block
    otherwise: Block
    span: Span | None = None
    test: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Handler:
    """`WHEN a OR b THEN`: condition names in lower case (`others` included) or SQLSTATEs."""

    conditions: tuple[str, ...]
    body: Block
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Try:
    """A block with an EXCEPTION part: what its body did is undone before a handler runs."""

    body: Block
    handlers: tuple[Handler, ...]
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Loop:
    """A loop whose number of rounds is not known; `query` is what a FOR runs over."""

    body: Block
    query: Tree | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Raise:
    """`RAISE EXCEPTION` and a failing ASSERT.

    `sqlstate` is `None` for a bare RAISE (the error again), and where it is computed.
    """

    sqlstate: str | None
    span: Span | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Return:
    """Leaves the body."""

    span: Span | None = None


Node = Sql | Dynamic | Block | If | Try | Loop | Raise | Return
