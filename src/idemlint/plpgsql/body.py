"""DO and function bodies → the nodes of `nodes.py`.

There is one reader, and it is our own. PostgreSQL's own PL/pgSQL parser, as libpg_query has it,
gives line numbers where diagnostics and fixes need bytes, strips INTO, and refuses what it cannot
resolve without a database: schema-qualified types, undeclared variables. It is the referee in the
tests, which hold that both see the same statements in the same order wherever it does answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.bindings import NOTHING_GIVEN, substitute
from idemlint.plpgsql.constants import mentions
from idemlint.plpgsql.cursor import Tokens
from idemlint.plpgsql.depth import TOO_DEEP, bounded
from idemlint.plpgsql.dispatch import BodyReader
from idemlint.plpgsql.nodes import Block, Dynamic, Sql
from idemlint.plpgsql.sql import Unreadable, statements
from idemlint.postgres.catalogs import catalog_columns
from idemlint.postgres.names import is_system_name
from idemlint.source.lexer import tokens
from idemlint.source.tree import holds, nodes_in, wrap

if TYPE_CHECKING:
    from idemlint.plpgsql.bindings import Given
    from idemlint.plpgsql.sql import Json
    from idemlint.source.statement import ParsedFile, Statement
    from idemlint.source.tree import Tree

_PLPGSQL: Final = "plpgsql"


def body_of(parsed: ParsedFile, statement: Statement) -> Block | None:
    """The body of a DO statement; `None` if the statement is another, or has no tree."""
    if statement.kind != "DoStmt" or statement.tree is None:
        return None
    tree = statement.tree
    # The language may be a literal, too: `DO LANGUAGE 'plpgsql' $$ … $$`.
    starts = [each.location for each in tree.args or () if each.defname == "as"]
    start = max((starts[0] if starts else None) or 0, statement.start)
    return block_of(tree, _place(parsed.code, start, statement.end))


def block_of(tree: Tree, place: tuple[bytes, int] | None = None, depth: int = 0) -> Block:
    """The body of a `DoStmt`; `place` are its bytes and where they stand in the file, if they do.

    Spans and locations in it are bytes of the file; without a place (a body in `'…'` with quotes in it,
    or one that stands in another body, `depth` statements deep) spans are `None`.
    """
    text = ""
    language = _PLPGSQL
    options = tree.DoStmt.args if tree.kind == "" else tree.args
    for option in options or ():
        if option.defname == "as":
            text = option.arg.sval or ""
        elif option.defname == "language":
            language = option.arg.sval or ""
    if language.lower() != _PLPGSQL:
        return Block((Dynamic(f"DO body in language {language}", mentions(text)),))
    if place is not None:
        return _read(*place, depth)
    return _read(text.encode("utf-8", "replace"), None, depth)


def routine_block(language: str, text: str, given: Given = NOTHING_GIVEN) -> Block:
    """The body of a routine by its text; `language` is in lower case. What cannot be read is `Dynamic`.

    What is `given` to it stands in the place of its parameters.
    """
    if language == _PLPGSQL:
        return _read(text.encode("utf-8", "replace"), None, 0, given)
    reason = f"a body in language {language}"
    if language == "sql":
        try:
            return Block(tuple([_with(given, each) for each in statements(text, 0)]))
        except Unreadable as error:
            reason = str(error)
    return Block((Dynamic(reason, mentions(text)),))


def _with(given: Given, tree: Json) -> Sql:
    """A statement of an SQL function. A column that is called like a parameter comes before it
    (https://www.postgresql.org/docs/current/xfunc-sql.html): by their names they are only told where a
    statement has no columns, or none that is called so."""
    values = dict(given.values())
    relations = [fields for kind, fields in nodes_in(tree) if kind == "RangeVar"]
    if holds(tree, _OTHERS) or not all(
        is_system_name(each.get("schemaname"), each["relname"]) for each in relations
    ):
        values = {name: value for name, value in values.items() if not name.isidentifier()}
    elif relations:
        taken = {each.get("alias", {}).get("aliasname") for each in relations} | catalog_columns()
        values = {name: value for name, value in values.items() if name not in taken}
    shown = substitute(tree, values)
    return Sql(wrap(shown), written=wrap(tree) if shown is not tree else None)


#: What else has columns in FROM.
_OTHERS: Final = frozenset({"RangeSubselect", "RangeFunction", "RangeTableFunc", "JsonTable"})


def _place(code: bytes, start: int, end: int) -> tuple[bytes, int] | None:
    """The body in the text of a DO statement, if it is there as it is run: in dollar quotes."""
    before = b""
    for kind, first, last in tokens(code, start, end):
        is_language = before.lower() == b"language"
        before = code[first:last]
        if is_language:
            continue
        if kind == "dollar":
            size = code.index(b"$", first + 1) + 1 - first
            return code[first + size : last - size], first + size
        if kind == "string":
            content = code[first + 1 : last - 1]
            plain = code[first] == 0x27 and b"'" not in content
            return (content, first + 1) if plain else None
    return None


def _read(data: bytes, base: int | None, depth: int, given: Given = NOTHING_GIVEN) -> Block:
    def named() -> frozenset[str]:
        return mentions(data.decode("utf-8", "replace"))

    try:
        reader = BodyReader(Tokens(data), base, block_of, depth)
        reader.is_given(given)
        block = reader.body()
    except RecursionError:
        return Block((Dynamic(TOO_DEEP, named()),))
    return block if depth else bounded(block, named)
