"""When an expression is NULL, and when it never is."""

from __future__ import annotations

from typing import Final

from idemlint.plpgsql.constants import constant
from idemlint.postgres.catalogs import NEVER_NULL
from idemlint.replay.guards.conditions import (
    FALSE,
    TRUE,
    Condition,
    Exists,
    Narrowed,
    Not,
    RowExists,
    disjunction,
    negation,
)
from idemlint.replay.guards.counts import aggregate
from idemlint.replay.guards.expressions import Json, cast_of, column_name, describe, uncast
from idemlint.replay.guards.query import search
from idemlint.replay.guards.sought import Refused

#: Functions that give NULL only for NULL.
_KEEPING: Final = frozenset(
    {
        *("max", "min", "string_agg", "array_agg", "bool_or", "bool_and", "every"),
        *("quote_ident", "quote_literal", "lower", "upper"),
    }
)


def narrowed(found: list[Condition], text: str) -> Condition:
    """That one of these is found, and that of it holds what `text` says, too. Raises `Refused`."""
    facts: list[Condition] = []
    for fact in found:
        if isinstance(fact, Exists | RowExists):
            facts.append(Narrowed(fact, text))
        elif isinstance(fact, Narrowed):
            facts.append(Narrowed(fact.fact, f"{fact.text} AND {text}"))
        else:
            raise Refused(text)
    return disjunction(facts)


def is_null(expr: Json, depth: int) -> Condition:
    """When an expression is NULL."""
    found = cast_of(expr)
    if found is not None:
        ref, strict = found
        if strict:  # it raises instead
            raise Refused("a cast that fails where there is nothing")
        return Not(Exists(ref, catalog="to_reg"))
    link = uncast(expr).get("SubLink")
    if link is not None and link["subLinkType"] == "EXPR_SUBLINK":
        select = link["subselect"]["SelectStmt"]
        targets = select.get("targetList", ())
        if len(targets) == 1 and "havingClause" not in select:
            value = targets[0]["ResTarget"]["val"]
            if "fromClause" not in select and "whereClause" not in select:
                return is_null(value, depth + 1)
            return _value_is_null(select, value)
    if constant(expr) is not None:
        return FALSE
    if expr.get("A_Const", {}).get("isnull"):
        return TRUE
    raise Refused(describe(expr))


def _value_is_null(select: Json, value: Json) -> Condition:
    """When `(SELECT value FROM …)` is NULL: there is no row, or the value in it is NULL."""
    if aggregate(value) == "count":
        return FALSE
    found = search(select)
    rows = disjunction(found)
    asked = {column for fact in found if isinstance(fact, RowExists) for column, _ in fact.row}
    if never_null(value, asked | NEVER_NULL):
        return negation(rows)
    return negation(narrowed(found, f"{describe(value)} IS NOT NULL"))


def never_null(value: Json, columns: frozenset[str] | set[str]) -> bool:
    """Whether a row always gives a value, where `columns` are known to hold one."""
    value = uncast(value)
    if constant(value) is not None:
        return True
    call = value.get("FuncCall")
    if call is not None:
        name = call["funcname"][-1]["String"]["sval"]
        arguments = call.get("args", [])
        if name in {"concat", "concat_ws"}:
            return True
        if name == "format":
            return bool(arguments) and constant(arguments[0]) is not None
        kept = name in _KEEPING and len(arguments) > 0
        return kept and all(never_null(argument, columns) for argument in arguments)
    return column_name(value) in columns
