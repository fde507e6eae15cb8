"""What the reader of a statement works with: the cursor, the variables, and the statements within.

The functions that read one kind of statement each (`basic`, `blocks`, `conditionals`, `leaving`,
`loops`, `variables`) get a `Reader` and know nothing of each other's words; which of them reads what
is said above them, in `dispatch`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.bindings import FOUND, Value, Variables, query_value, substitute
from idemlint.plpgsql.constants import mentions
from idemlint.plpgsql.cursor import Cursor, Tokens
from idemlint.plpgsql.jumps import Step, leaves
from idemlint.plpgsql.nodes import Dynamic
from idemlint.plpgsql.sql import Json, Unreadable, expression
from idemlint.source.tree import Tree, wrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.plpgsql.nodes import Block

_RETOLD: Final = 20_000


class Reader(Cursor):
    """A body being read, `depth` statements deep in others; `block_of` reads one that stands in it."""

    __slots__ = ("_block_of", "assigned", "budget", "depth", "nests", "variables")

    def __init__(
        self,
        tokens: Tokens,
        base: int | None,
        block_of: Callable[[Tree, None, int], Block],
        depth: int = 0,
    ) -> None:
        super().__init__(tokens, base)
        self._block_of = block_of
        self.variables = Variables()
        self.depth = depth  # blocks, branches and loops around the next token
        self.nests = True  # whether parentheses hide semicolons
        self.budget = _RETOLD  # tokens that may be read again, to tell loops round by round
        self.assigned: frozenset[str] | None = None  # what the body may set, once a loop asked

    def statements(self, ends: frozenset[str]) -> list[Step]:
        """The statements up to one of the words `ends`, which is next then."""
        raise NotImplementedError

    def body_within(self, do: Json) -> Block:
        """The body of a DO statement that stands in this one."""
        return self._block_of(wrap(do), None, self.depth)

    # -- expressions -------------------------------------------------------------------------------

    def read(self, first: int, last: int) -> Value | None:
        """The expression between two tokens, with what is known of its variables."""
        try:
            tree = expression(self.tokens.text(first, last), self.place(first))
        except Unreadable:
            return None
        used = self.variables.used(self.words[first:last])
        return query_value(substitute(tree, used), self.tokens, first, last, used)

    def condition(self, first: int, last: int) -> Tree | None:
        """The same as a tree to keep."""
        value = self.read(first, last)
        return wrap(value.tree) if value is not None else None

    def unread(self, first: int, last: int, reason: str) -> Dynamic:
        """The tokens `first` to `last` as something that is not read; anything may have changed."""
        text = self.tokens.text(first, last)
        self.variables.forget(all_queries=True, names=frozenset({FOUND}))
        return Dynamic(reason, mentions(text), None, self.span(first, last))

    # -- the ways through a statement with branches ------------------------------------------------

    def way(self, ends: frozenset[str], ways: list[Variables]) -> list[Step]:
        """The statements of one branch; the variables at its end are added to `ways`."""
        here = self.variables
        self.variables = here.copy()
        inner = self.statements(ends)
        if not leaves(inner):
            ways.append(self.variables)
        self.variables = here
        return inner

    def join(self, variables: Variables, ways: list[Variables]) -> None:
        """Go on with what is the same at the end of all `ways`; with `variables` where there is none."""
        if ways:
            variables.known = ways[0].known
            variables.merge(ways[1:])
        self.variables = variables
