"""PL/pgSQL's simple statements: SQL, PERFORM, EXECUTE, CALL.

Each function reads the statement at the reader's next token, adds what it does to `steps`, and
leaves the reader behind its `;`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.plpgsql import sql as grammar
from idemlint.plpgsql.bindings import FOUND, Value, query_value, substitute
from idemlint.plpgsql.constants import is_settled, mentions, pattern, settled
from idemlint.plpgsql.jumps import EMPTY, Step
from idemlint.plpgsql.nodes import Block, Dynamic, If, Raise, Sql
from idemlint.plpgsql.sql import Json, Unreadable
from idemlint.plpgsql.variables import names_at
from idemlint.source.tree import wrap

if TYPE_CHECKING:
    from idemlint.plpgsql.cursor import Tokens
    from idemlint.plpgsql.reader import Reader

_NO_DATA_FOUND: Final = "P0002"
_HOLE: Final = re.compile("%[ILs]")
#: Statements that see variables; PL/pgSQL gives no values to any other.
_WITH_VARIABLES: Final = frozenset(
    {"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt", "CallStmt"}
)


# -- SQL -------------------------------------------------------------------------------------------


def sql(reader: Reader, steps: list[Step]) -> None:
    """An SQL statement, `SELECT … INTO v` among them."""
    first = reader.at
    last = _statement_end(reader, first)
    text = reader.tokens.text(first, last)
    targets: list[str | None] = []
    strict = False
    if "into" in reader.words[first:last]:
        found = _into(reader, first, last)
        if found is not None:
            start, end, targets, strict = found
            text = _blanked(reader.tokens, first, last, start, end)
    reader.at = last
    reader.skip(";")
    try:
        trees = grammar.statements(text, reader.place(first))
    except Unreadable as error:
        steps.append(reader.unread(first, last, str(error)))
        _set_all(reader, targets)
        return
    if len(trees) != 1:  # a RULE in parentheses that do not match, and the like
        steps.append(reader.unread(first, last, "not one statement"))
        return
    _run(reader, steps, trees[0], first, last, targets, strict)


def perform(reader: Reader, steps: list[Step]) -> None:
    """`PERFORM …`: the SELECT without its result."""
    first = reader.at
    last = _statement_end(reader, first)
    text = "SELECT " + reader.tokens.text(first, last)[len("PERFORM") :]
    reader.at = last
    reader.skip(";")
    try:
        [tree] = grammar.statements(text, reader.place(first))
    except (Unreadable, ValueError) as error:
        steps.append(reader.unread(first, last, str(error)))
        return
    _run(reader, steps, tree, first, last, [], False)


def _run(
    reader: Reader,
    steps: list[Step],
    tree: Json,
    first: int,
    last: int,
    targets: list[str | None],
    strict: bool,
) -> None:
    """Add a statement, and note what it does to variables."""
    [kind] = tree
    span = reader.span(first, last)
    if kind == "DoStmt":
        steps.append(reader.body_within(tree))
        reader.variables.forget(all_queries=True)
        return
    shown = tree
    used: dict[str, Value] = {}
    if kind in _WITH_VARIABLES:
        used = reader.variables.used(reader.words[first:last])
        constants = {name: value for name, value in used.items() if value.depends is None}
        shown = substitute(tree, constants)
    steps.append(reader.statement(tree, shown, span))
    reader.variables.disturb(reader.tokens, first, last)
    if kind == "VariableShowStmt" and len(targets) == 1:
        reader.variables.set(targets[0], Value(grammar.setting(tree[kind]["name"]), frozenset()))
        return
    if kind != "SelectStmt":
        if kind in _WITH_VARIABLES:
            reader.variables.set(FOUND, None)
        _set_all(reader, targets)
        return
    query = substitute(tree, used) if used else tree
    found = query_value(grammar.exists(query), reader.tokens, first, last, used)
    if strict:
        missing = Block((Raise(_NO_DATA_FOUND, span),))
        steps.append(If(wrap(found.tree), EMPTY, missing, span, span))
        found = Value(grammar.TRUE)
    for column, name in enumerate(targets):
        try:
            value = found._replace(tree=grammar.value_of(query, column))
            if is_settled(value.tree):
                # It is computed, and not looked up.
                value = value._replace(depends=None)
        except Unreadable:
            reader.variables.set(name, None)
        else:
            reader.variables.set(name, value)
    reader.variables.set(FOUND, found)


def _set_all(reader: Reader, targets: list[str | None]) -> None:
    for name in targets:
        reader.variables.set(name, None)


def _statement_end(reader: Reader, first: int) -> int:
    """The `;` of an SQL statement; those in CREATE RULE and BEGIN ATOMIC end nothing."""
    words = reader.words
    nesting = reader.nests and words[first] == "create"
    depth = block = 0
    end = len(words) - 1
    for index in range(first, end):
        word = words[index]
        if word == ";":
            if not nesting or (depth <= 0 and block <= 0):
                return index
        elif not nesting:
            continue
        elif word == "(":
            depth += 1
        elif word == ")":
            depth -= 1
        elif word == "atomic" and words[index - 1] == "begin":
            block = 1
        elif block:
            block += (word == "case") - (word == "end")
    if nesting and ";" in words[first:end]:
        reader.nests = False  # once, so that hostile text cannot make the work quadratic
        return words.index(";", first)
    return end


def _into(reader: Reader, first: int, last: int) -> tuple[int, int, list[str | None], bool] | None:
    """Where an INTO clause of PL/pgSQL's stands (its tokens), what it sets, and whether STRICT."""
    words = reader.words
    if words[first] in ("create", "import"):
        return None
    for index in range(first, last):
        if words[index] == "into" and (index == first or words[index - 1] not in _INTO_SQL):
            strict = words[index + 1] == "strict"
            targets, end = names_at(reader, index + 1 + strict, last)
            return index, end, targets, strict
    return None


_INTO_SQL: Final = frozenset({"insert", "merge"})


def _blanked(tokens: Tokens, first: int, last: int, start: int, end: int) -> str:
    """The text of `first` to `last` with blanks in place of the tokens `start` to `end`."""
    begin = tokens.starts[first]
    data = bytearray(tokens.data[begin : tokens.ends[last - 1]])
    hole = slice(tokens.starts[start] - begin, tokens.ends[end - 1] - begin)
    data[hole] = b" " * (hole.stop - hole.start)
    return data.decode("utf-8", "replace")


# -- EXECUTE ---------------------------------------------------------------------------------------


def execute(reader: Reader, steps: list[Step]) -> None:
    """`EXECUTE text [INTO …] [USING …];`."""
    first = reader.at
    reader.at += 1
    end = reader.find(frozenset({"into", "using"}))
    value = reader.read(first + 1, end)
    reader.asks(steps, first + 1, end)
    targets: list[str | None] = []
    reader.at = end
    while reader.words[reader.at] in ("into", "using"):
        if reader.words[reader.at] == "into":
            strict = reader.words[reader.at + 1] == "strict"
            targets, reader.at = names_at(reader, reader.at + 1 + strict, len(reader.words) - 1)
        else:
            reader.at += 1
            begin, reader.at = reader.at, reader.find(frozenset({"into"}))
            reader.asks(steps, begin, reader.at)
    last = reader.at
    reader.skip(";")
    text = settled(value.tree) if value is not None else None
    _set_all(reader, targets)
    if value is None or text is None:
        known = pattern(value.tree) if value is not None else None
        text = known if known is not None else reader.tokens.text(first + 1, end)
        names = mentions(_HOLE.sub(" ", text))
        reader.variables.forget(all_queries=True)
        reason = "EXECUTE of a string that is not constant"
        steps.append(Dynamic(reason, names, known, reader.span(first, last)))
        return
    try:
        trees = grammar.statements(text, 0)
    except Unreadable as error:
        known = pattern(value.tree)
        steps.append(Dynamic(str(error), mentions(text), known or text, reader.span(first, last)))
        reader.variables.forget(all_queries=True)
        return
    span = reader.span(first, last)
    steps += [
        reader.body_within(tree) if "DoStmt" in tree else Sql(wrap(tree), span, executed=True)
        for tree in trees
    ]
    if len(trees) == 1 and "SelectStmt" in trees[0]:
        for column, name in enumerate(targets):
            try:
                tree = grammar.value_of(trees[0], column)
            except Unreadable:
                continue
            reader.variables.set(name, Value(tree, mentions(text), False, len(text) // 4 + 1))
    else:
        reader.variables.forget(all_queries=True)


def executed_query(reader: Reader, first: int, last: int) -> Json | None:
    """The query that a `FOR … IN EXECUTE text` runs over, if its text is constant."""
    here, reader.at = reader.at, first
    end = min(reader.find(frozenset({"using", "loop"})), last)
    reader.at = here
    value = reader.read(first, end)
    text = settled(value.tree) if value is not None else None
    try:
        [tree] = grammar.statements(text or "", 0)
    except (Unreadable, ValueError):
        return None
    return tree


def call(reader: Reader, steps: list[Step]) -> None:
    """`CALL p(…);`, which may set the variables that it is given."""
    first = reader.at
    sql(reader, steps)
    reader.variables.forget(all_queries=True, names=frozenset(reader.words[first : reader.at]))


def nothing(reader: Reader, steps: list[Step]) -> None:
    """`NULL;`."""
    reader.skip_statement()
