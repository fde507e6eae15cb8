"""Aggregates in a guard, above all `count(*)` compared to a number."""

from __future__ import annotations

from typing import Final

from idemlint.plpgsql.constants import constant
from idemlint.replay.guards.conditions import (
    FALSE,
    TRUE,
    Condition,
    Exists,
    conjunction,
    disjunction,
    negation,
)
from idemlint.replay.guards.expressions import FLIPPED, Json, describe, operator, uncast
from idemlint.replay.guards.query import search
from idemlint.replay.guards.sought import Refused

_AGGREGATES: Final = frozenset(
    {
        "count",
        "max",
        "min",
        "sum",
        "avg",
        "bool_or",
        "bool_and",
        "every",
        "string_agg",
        "array_agg",
        "json_agg",
        "jsonb_agg",
    }
)


def has_aggregates(select: Json) -> bool:
    """Whether a query selects an aggregate."""
    targets = select.get("targetList", ())
    return any(aggregate(target["ResTarget"]["val"]) is not None for target in targets)


def aggregate(expr: Json) -> str | None:
    """The aggregate that an expression is or compares."""
    expr = uncast(expr)
    if "FuncCall" in expr:
        name = str(expr["FuncCall"]["funcname"][-1]["String"]["sval"])
        if name in _AGGREGATES and "over" not in expr["FuncCall"]:
            return name
        return None
    inner: Json = expr.get("A_Expr") or expr.get("NullTest") or {}
    within = [inner[side] for side in ("lexpr", "rexpr", "arg") if side in inner]
    within += expr.get("CoalesceExpr", {}).get("args", ())
    case = expr.get("CaseExpr", {})
    for each in case.get("args", ()):
        within += [each["CaseWhen"]["expr"], each["CaseWhen"]["result"]]
    within += [case[key] for key in ("arg", "defresult") if key in case]
    return next((found for item in within if (found := aggregate(item)) is not None), None)


def having(select: Json) -> Condition:
    """`… HAVING count(*) = 2`, without groups."""
    having = select["havingClause"].get("A_Expr")
    if having is None or "groupClause" in select or "lexpr" not in having:
        raise Refused("HAVING")
    inner = {key: value for key, value in select.items() if key != "havingClause"}
    return count_compared(having, having["lexpr"], having["rexpr"], inner, True)


def count_compared(expr: Json, count: Json, number: Json, select: Json, truth: bool) -> Condition:
    """`count(*) <operator> number` over the rows of a query; a count is never NULL."""
    name = operator(expr)
    if aggregate(count) != "count":
        count, number, name = number, count, FLIPPED.get(name, name)
    text = constant(number)
    if text is None or not text.isdigit() or "groupClause" in select or "A_Expr" in uncast(count):
        raise Refused(describe({"A_Expr": expr}))
    value = int(text)
    if not _counts_rows(uncast(count)["FuncCall"]):
        raise Refused(describe(count))
    if name in {"<", "<=", "<>"}:
        opposite = {"<": ">=", "<=": ">", "<>": "="}[name]
        return (
            negation(_at_least(select, opposite, value))
            if truth
            else _at_least(select, opposite, value)
        )
    found = _at_least(select, name, value)
    return found if truth else negation(found)


def _counts_rows(call: Json) -> bool:
    """Whether a `count(…)` counts rows, not values that may be NULL."""
    if "agg_filter" in call:
        return False
    arguments = call.get("args", ())
    return "agg_star" in call or (len(arguments) == 1 and "NullTest" not in arguments[0])


def _at_least(select: Json, name: str, value: int) -> Condition:
    """`count(*) >`, `>=` or `=` a number."""
    if name == ">":
        name, value = ">=", value + 1
    if "fromClause" not in select:
        raise Refused("a count of nothing")
    found = search(select)
    if name == "=" and value == 0:
        return negation(disjunction(found))
    if value == 0 and name == ">=":
        return TRUE
    if value == 1 and (name == ">=" or len(found) == 1):
        return disjunction(found)
    if value == len(found) and name in {">=", "="}:
        return conjunction(found)
    if value > len(found) and all(isinstance(fact, Exists) for fact in found) and _unique(found):
        return FALSE
    raise Refused(f"count {name} {value}")


def _unique(found: list[Condition]) -> bool:
    return not any(
        isinstance(fact, Exists) and (fact.any_name or fact.any_schema or fact.any_parent)
        for fact in found
    )
