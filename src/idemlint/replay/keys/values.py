"""What an INSERT gives, value by value: literals, what is computed of them, what a query finds."""

from __future__ import annotations

from typing import Any, Final

from idemlint.postgres.functions import Call, call
from idemlint.replay.catalog.column import generates
from idemlint.replay.catalog.datatype import raw_type_name
from idemlint.replay.catalog.known_rows import (
    COMPUTED,
    DEFAULT,
    NEW,
    NULL,
    STAR,
    Picked,
    Source,
    Value,
)
from idemlint.replay.catalog.refs import relation
from idemlint.replay.effects.fixpoint import pinned
from idemlint.replay.effects.queries import constant, walk
from idemlint.replay.keys.nullness import not_null
from idemlint.replay.keys.shapes import shape
from idemlint.source.tree import Tree, strings, wrap


def value_of(item: dict[str, Any], source: Source | None = None) -> Value:
    """What a raw expression of an INSERT gives; a column is one of the `source`'s rows."""
    const = item.get("A_Const")
    node = wrap(item) if const is None else Tree("A_Const", const)
    text = constant(node)
    if text is not None:
        return text
    while node.kind == "TypeCast":
        node = node.arg
    if node.kind == "A_Const":
        return NULL if node.fields.get("isnull") else None
    if node.kind == "SetToDefault":
        return DEFAULT
    if node.kind == "SubLink":
        return _picked(node)
    if node.kind == "ColumnRef":
        last = node.fields["fields"][-1].get("String", {}).get("sval", STAR)
        return Picked(source.table, frozenset(), last) if source is not None else None
    return NEW if is_new(wrap(item)) else _computed(node)


#: Functions of a new value that give a new one.
_PASSING: Final = frozenset(
    {"replace", "md5", "lower", "upper", "concat", "encode", "left", "substr"}
)
#: `CURRENT_TIMESTAMP` and its like (`SQLValueFunctionOp`); the day and the user may be the same again.
_CLOCKS: Final = ("SVFOP_CURRENT_TIME", "SVFOP_LOCALTIME")


def is_new(node: Tree) -> bool:
    """Whether it is another value each time (a moment, a number that nobody has had)."""
    if node.kind == "TypeCast":
        return raw_type_name(node.fields["typeName"]) != "date" and is_new(node.arg)
    if node.kind == "SQLValueFunction":
        return str(node.fields.get("op", "")).startswith(_CLOCKS)
    if node.kind == "FuncCall" and strings(node.funcname)[-1] in _PASSING:
        return any(is_new(each) for each in node.args or ())
    if node.kind == "A_Expr" and strings(node.name)[-1:] in (["||"], ["+"], ["-"]):
        return any(is_new(each) for each in (node.lexpr, node.rexpr) if each is not None)
    return generates(node)


def _computed(node: Tree) -> str | None:
    """What is the same at each run, and never NULL."""
    found = walk({node.kind: node.fields})
    if found.columns or found.relations:
        return None
    if not all(call(name) is Call.PURE for name, _ in found.functions):
        return None
    if not not_null(node, lambda _: None):
        return None
    form = shape(node, {}).form
    return None if form is None else f"{COMPUTED}{form}"


def _picked(node: Tree) -> Picked | None:
    """`(SELECT column FROM table WHERE other = 'x')`."""
    query = node.subselect
    if node.fields.get("subLinkType") != "EXPR_SUBLINK" or query is None:
        return None
    limited = constant(query.limitCount) == "1"
    source = read_source(query, limited=limited)
    targets = list(query.targetList or ())
    if source is None or source.rows is None or len(targets) != 1 or len(source.rows) != 1:
        return None
    value = targets[0].val
    if value.kind != "ColumnRef":
        return None
    last = value.fields["fields"][-1].get("String")
    if last is None:
        return None
    return Picked(source.table, source.rows[0], last.get("sval", ""), limited)


#: Clauses that leave rows out, or make others of them.
_CHANGING = ("groupClause", "havingClause", "limitOffset", "distinctClause", "withClause")


def read_source(query: Tree, *, limited: bool = False) -> Source | None:
    """The one table that a SELECT reads as it is, or (`limited`) one row of it."""
    fields = query.fields
    tables = list(query.fromClause or ())
    if fields.get("op", "SETOP_NONE") != "SETOP_NONE" or len(tables) != 1:
        return None
    if tables[0].kind != "RangeVar" or any(each in fields for each in _CHANGING):
        return None
    if "limitCount" in fields and not limited:
        return None
    where = query.whereClause
    if where is None:
        return Source(relation(tables[0]), (frozenset(),))
    pins = pinned(where)
    rows = pins.rows() if pins.all and not pins.nulls else None
    return Source(relation(tables[0]), tuple(rows) if rows is not None else None)
