"""SQL inside a body → parse trees as JSON objects, whose locations are those of the file."""

from __future__ import annotations

from typing import Any, Final

from idemlint.source.grammar import Rejected, TooDeep, parse_stretch

Json = dict[str, Any]

_SELECT: Final = "SELECT "


class Unreadable(Exception):
    """PostgreSQL's grammar refuses the text, or its tree is too deep."""


def statements(text: str, base: int) -> list[Json]:
    """The statements of a text that stands at byte `base` of the file, as `{kind: fields}`."""
    try:
        found = parse_stretch(text.encode("utf-8", "replace"), base, "up", 0)
    except Rejected as error:
        raise Unreadable(error.message) from None
    except TooDeep:
        raise Unreadable("nested too deeply") from None
    return [{each.kind: each.tree.fields} for each in found if each.tree is not None]


def expression(text: str, base: int) -> Json:
    """The expression `text` as a tree; PL/pgSQL too evaluates it as `SELECT <text>`.

    What a variable is set to may go on like a query (`n := count(*) FROM t`): then it is that query
    as a sub-select.
    """
    return value_of(selected(text, base), 0)


def selected(text: str, base: int) -> Json:
    """The query that PL/pgSQL evaluates an expression with, or several: `SELECT <text>`."""
    found = statements(_SELECT + text, base - len(_SELECT))
    if len(found) != 1 or "SelectStmt" not in found[0]:
        raise Unreadable("not an expression")
    return found[0]


def value_of(query: Json, column: int) -> Json:
    """The value of a query's `column` (from 0) in its first row, as an expression."""
    select = query.get("SelectStmt")
    targets = select.get("targetList", ()) if select is not None else ()
    if select is None or column >= len(targets):
        raise Unreadable("no such column")
    target: Json = targets[column]["ResTarget"]["val"]
    if "ColumnRef" in target and "A_Star" in target["ColumnRef"]["fields"][-1]:
        raise Unreadable("the columns are not listed")
    if _PLAIN.issuperset(select):
        return target
    single = {"SelectStmt": {**select, "targetList": [targets[column]]}}
    return {"SubLink": {"subLinkType": "EXPR_SUBLINK", "subselect": single}}


_PLAIN: Final = frozenset({"targetList", "limitOption", "op"})


def exists(query: Json) -> Json:
    """Whether a query gives a row."""
    return {"SubLink": {"subLinkType": "EXISTS_SUBLINK", "subselect": query}}


def negated(expression: Json) -> Json:
    """`NOT expression`."""
    return {"BoolExpr": {"boolop": "NOT_EXPR", "args": [expression]}}


def setting(name: str) -> Json:
    """`current_setting('name')`."""
    text = {"A_Const": {"sval": {"sval": name}}}
    return {"FuncCall": {"funcname": [{"String": {"sval": "current_setting"}}], "args": [text]}}


TRUE: Final[Json] = {"A_Const": {"boolval": {"boolval": True}}}
