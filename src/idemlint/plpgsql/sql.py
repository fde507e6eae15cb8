"""SQL inside a body → parse trees as JSON objects, whose locations are those of the file."""

from __future__ import annotations

import re
from typing import Any, Final

import orjson
from pglast.parser import ParseError, parse_sql_json

Json = dict[str, Any]

# A key of the JSON: inside a value its quotes would be escaped.
_LOCATION: Final = re.compile(r'location":(\d+)')
_SELECT: Final = "SELECT "


class Unreadable(Exception):
    """PostgreSQL's grammar refuses the text, or its tree is too deep."""


def statements(text: str, shift: int) -> list[Json]:
    """The statements of `text` as `{kind: fields}`; `shift` (bytes) is added to every location."""
    try:
        answer = parse_sql_json(text)
    except ParseError as error:
        raise Unreadable(str(error.args[0])) from None
    if shift:
        answer = _LOCATION.sub(lambda found: f'location":{int(found[1]) + shift}', answer)
    try:
        return [item["stmt"] for item in orjson.loads(answer)["stmts"]]
    except (ValueError, RecursionError):
        raise Unreadable("nested too deeply") from None


def expression(text: str, shift: int) -> Json:
    """The expression `text` as a tree; PL/pgSQL too evaluates it as `SELECT <text>`.

    What a variable is set to may go on like a query (`n := count(*) FROM t`): then it is that query
    as a sub-select.
    """
    found = statements(_SELECT + text, shift - len(_SELECT))
    if len(found) != 1 or "SelectStmt" not in found[0]:
        raise Unreadable("not an expression")
    return value_of(found[0], 0)


def value_of(query: Json, column: int) -> Json:
    """The value of a query's `column` (from 0) in its first row, as an expression."""
    select = query.get("SelectStmt")
    targets = select.get("targetList", ()) if select is not None else ()
    if select is None or column >= len(targets):
        raise Unreadable("no such column")
    target = targets[column]["ResTarget"]["val"]
    if "ColumnRef" in target and "A_Star" in target["ColumnRef"]["fields"][-1]:
        raise Unreadable("the columns are not listed")
    if _PLAIN.issuperset(select):
        return target  # type: ignore[no-any-return]
    single = {"SelectStmt": {**select, "targetList": [targets[column]]}}
    return {"SubLink": {"subLinkType": "EXPR_SUBLINK", "subselect": single}}


_PLAIN: Final = frozenset({"targetList", "limitOption", "op"})


def exists(query: Json) -> Json:
    """Whether a query gives a row."""
    return {"SubLink": {"subLinkType": "EXISTS_SUBLINK", "subselect": query}}


def negated(expression: Json) -> Json:
    """`NOT expression`."""
    return {"BoolExpr": {"boolop": "NOT_EXPR", "args": [expression]}}


TRUE: Final[Json] = {"A_Const": {"boolval": {"boolval": True}}}
