"""What the reader of a statement works with: the cursor, the variables, and the statements within.

The functions that read one kind of statement each (`basic`, `blocks`, `conditionals`, `leaving`,
`loops`, `variables`) get a `Reader` and know nothing of each other's words; which of them reads what
is said above them, in `dispatch`.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.bindings import FOUND, Declared, Value, Variables, query_value, substitute
from idemlint.plpgsql.constants import mentions
from idemlint.plpgsql.cursor import QUOTED, Cursor, Tokens
from idemlint.plpgsql.jumps import Step, leaves
from idemlint.plpgsql.nodes import Asks, Dynamic, Sql
from idemlint.plpgsql.sql import Json, Unreadable, expression, selected, statements
from idemlint.postgres import functions
from idemlint.postgres.functions import Call
from idemlint.source.tree import Tree, wrap

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.plpgsql.bindings import Given
    from idemlint.plpgsql.nodes import Block
    from idemlint.source.statement import Span

_RETOLD: Final = 20_000
#: What the body of a DO is called in itself (`plpgsql_compile_inline`, src/pl/plpgsql/src/pl_comp.c).
_OWN_LABEL: Final = "inline_code_block"
#: Behind these words of a query stand relations, and these are none that may go.
_BEFORE_RELATIONS: Final = frozenset({"from", "join", ","})
#: Before a parenthesis these are no functions.
_NO_CALLS: Final = frozenset(
    re.findall(
        r"\w+",
        "all and any array as case cast coalesce else except exists from greatest in interval "
        "is join lateral least like materialized not nullif on or over row select some then "
        "trim union using values when where xmlelement xmlforest",
    )
)
_NO_RELATIONS: Final = frozenset({"select", "lateral", "pg_catalog", "information_schema"})


class Reader(Cursor):
    """A body being read, `depth` statements deep in others; `block_of` reads one that stands in it."""

    __slots__ = (
        "_block_of",
        "assigned",
        "budget",
        "cursors",
        "depth",
        "is_called",
        "names",
        "nests",
        "variables",
    )

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
        self.names = Declared(label=_OWN_LABEL)
        self.names.add(FOUND)
        self.cursors: dict[str, Asks] = {}  # what the cursors ask that are declared with a query
        self.is_called = False  # a routine's body, as a call runs it
        self.depth = depth  # blocks, branches and loops around the next token
        self.nests = True  # whether parentheses hide semicolons
        self.budget = _RETOLD  # tokens that may be read again, to tell loops round by round
        self.assigned: frozenset[str] | None = None  # what the body may set, once a loop asked

    def is_given(self, given: Given) -> None:
        """The body is that of a routine which is called with these arguments."""
        if not given.label:
            return
        self.is_called = True
        self.names = Declared(label=given.label)
        self.names.add(FOUND)
        for place, (name, type_name, _) in enumerate(given.parameters, start=1):
            self.names.add(f"${place}", (type_name,))
            if name:
                self.names.add(name, (type_name,))
        for name, value in given.values():
            self.variables.set(name, value)

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

    def statement(self, tree: Json, shown: Json, span: Span | None) -> Sql:
        """A statement as a node; `shown` is its tree with values in place of variables."""
        written = wrap(tree) if shown is not tree else None
        return Sql(wrap(shown), span, False, self.names, written)

    def asks(self, steps: list[Step], first: int, last: int) -> None:
        """Add to `steps` what the expressions between two tokens read, if it is anything that may go."""
        if self.reads_tables(first, last) or self._calls(first, last):
            try:
                query = selected(self.tokens.text(first, last), self.place(first))
            except Unreadable:
                return
            steps.append(Asks(wrap(query), self.span(first, last), self.names))

    def query(self, first: int, last: int) -> Json | None:
        """The SELECT that stands between two tokens."""
        try:
            found = statements(self.tokens.text(first, last), self.place(first))
        except Unreadable:
            return None
        return found[0] if len(found) == 1 and "SelectStmt" in found[0] else None

    def reads_tables(self, first: int, last: int) -> bool:
        """Whether a relation that is no system catalog may stand between two tokens."""
        words = self.words
        try:
            begin = words.index("from", first, last)
        except ValueError:
            return False
        behind = [
            word for before, word in pairwise(words[begin:last]) if before in _BEFORE_RELATIONS
        ]
        return any(
            word == QUOTED
            or (_begins_name(word) and word not in _NO_RELATIONS and not word.startswith("pg_"))
            for word in behind
        )

    def _calls(self, first: int, last: int) -> bool:
        """Whether a function may be called between two tokens that is not PostgreSQL's own."""
        called = [word for word, behind in pairwise(self.words[first:last]) if behind == "("]
        return any(
            word not in _NO_CALLS
            and (word == QUOTED or (_begins_name(word) and functions.call((word,)) is Call.UNKNOWN))
            for word in called
        )

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


def _begins_name(word: str) -> bool:
    return word[:1].isalpha() or word[:1] == "_"
