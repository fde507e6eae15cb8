"""Reading what a guard asks: `IF <condition> THEN` → a `Condition` on the catalog.

A condition is read for when it IS TRUE and for when it IS FALSE, since SQL has a third answer: with
`SELECT true INTO v …` that finds nothing, neither `IF v` nor `IF NOT v` holds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.constants import constant
from idemlint.postgres.catalogs import NEVER_NULL
from idemlint.postgres.kinds import Ref, Space
from idemlint.replay.guards import rewritten
from idemlint.replay.guards.conditions import (
    FALSE,
    TRUE,
    Condition,
    Constant,
    Exists,
    Not,
    UnreadableCondition,
    conjunction,
    disjunction,
    negation,
)
from idemlint.replay.guards.counts import aggregate, count_compared, has_aggregates, having
from idemlint.replay.guards.expressions import (
    FLIPPED,
    Json,
    describe,
    enum_of,
    operator,
    texts,
    uncast,
)
from idemlint.replay.guards.nulls import is_null, narrowed, never_null
from idemlint.replay.guards.query import search
from idemlint.replay.guards.sought import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.source.tree import Tree


_DEEPEST: Final = 40


def read(condition: Tree | None) -> Condition:
    """When the condition of an IF holds; `UnreadableCondition` where that cannot be said."""
    if condition is None:
        return UnreadableCondition("the condition is not an expression")
    try:
        return _holds({condition.kind: condition.fields}, True, 0)
    except Refused as refused:
        return UnreadableCondition(str(refused))
    except RecursionError:
        return UnreadableCondition("nested too deeply")


def _holds(expr: Json, truth: bool, depth: int) -> Condition:
    """When an expression is `truth` (and not NULL)."""
    try:
        return _read(expr, truth, depth)
    except Refused:
        # Few conditions come to this.
        from idemlint.replay.guards.server_settings import of_server

        found = of_server(expr, truth)
        if found is None:
            raise
        return found


def _read(expr: Json, truth: bool, depth: int) -> Condition:
    if depth > _DEEPEST:
        raise Refused("nested too deeply")
    depth += 1
    [(kind, fields)] = expr.items()
    match kind:
        case "BoolExpr":
            if fields["boolop"] == "NOT_EXPR":
                return _holds(fields["args"][0], not truth, depth)
            parts = [_part(item, truth, depth) for item in fields["args"]]
            return (conjunction if (fields["boolop"] == "AND_EXPR") is truth else disjunction)(
                parts
            )
        case "SubLink":
            return _sub_select(fields, truth, depth)
        case "CaseExpr":
            return _case(fields, truth, depth)
        case "NullTest":
            found = is_null(fields["arg"], depth)
            return found if (fields["nulltesttype"] == "IS_NULL") is truth else negation(found)
        case "BooleanTest":
            return _boolean_test(fields, truth, depth)
        case "A_Const":
            return _constant(expr, truth)
        case "TypeCast" if fields["typeName"]["names"][-1]["String"]["sval"] == "bool":
            return _holds(fields["arg"], truth, depth)
        case "CoalesceExpr" if len(fields["args"]) == 2:
            first, other = fields["args"]
            if constant(other) in {"true", "false"}:
                if (constant(other) == "true") is truth:
                    return negation(_holds(first, not truth, depth))
                return _holds(first, truth, depth)
        case "A_Expr":
            return _compared(fields, truth, depth)
    raise Refused(describe(expr))


def _part(expr: Json, truth: bool, depth: int) -> Condition:
    """A part of AND and OR: what cannot be read there leaves the rest readable."""
    try:
        return _holds(expr, truth, depth)
    except Refused as refused:
        return UnreadableCondition(str(refused))


def _constant(expr: Json, truth: bool) -> Condition:
    text = constant(expr)
    if text is None:  # NULL is neither
        return FALSE
    if text.lower() in {"true", "t", "yes", "on", "1"}:
        return Constant(truth)
    if text.lower() in {"false", "f", "no", "off", "0"}:
        return Constant(not truth)
    raise Refused(describe(expr))


def _boolean_test(fields: Json, truth: bool, depth: int) -> Condition:
    """`x IS [NOT] TRUE|FALSE`, which is never NULL itself."""
    kind = fields["booltesttype"]
    if kind.endswith("UNKNOWN"):
        raise Refused("IS UNKNOWN")
    found = _holds(fields["arg"], kind.endswith("TRUE"), depth)
    return negation(found) if ("NOT" in kind) is truth else found


# -- sub-selects -----------------------------------------------------------------------------------


def _sub_select(fields: Json, truth: bool, depth: int) -> Condition:
    select = fields["subselect"]["SelectStmt"]
    if fields["subLinkType"] == "EXISTS_SUBLINK":
        found = _has_rows(select, depth)
        return found if truth else negation(found)
    if fields["subLinkType"] == "EXPR_SUBLINK":
        return _scalar(select, truth, depth)
    if fields["subLinkType"] == "ANY_SUBLINK" and "operName" not in fields:
        return _in_query(fields, truth, depth)
    other = rewritten.any_of({"SubLink": fields})
    if other is not None:
        return _in_query(other[0], truth is other[1], depth)
    raise Refused("a sub-select")


def _in_query(link: Json, truth: bool, depth: int) -> Condition:
    """`'x' IN (SELECT name FROM …)`: a search with one more condition. (It is NULL only for a NULL among what
    is selected.)"""
    select = rewritten.flat(link["subselect"]["SelectStmt"])
    targets = select.get("targetList", ())
    if constant(link["testexpr"]) is None or len(targets) != 1:
        raise Refused("a sub-select")
    target = targets[0]["ResTarget"]["val"]
    if not truth and not never_null(target, NEVER_NULL):
        raise Refused("a sub-select")
    where = rewritten.both(select.get("whereClause"), rewritten.equal(target, link["testexpr"]))
    found = _has_rows({**select, "whereClause": where}, depth)
    return found if truth else negation(found)


def _case(fields: Json, truth: bool, depth: int) -> Condition:
    """`CASE [x] WHEN … THEN … ELSE … END`: the first branch that fits."""
    subject = fields.get("arg")
    ways: list[Condition] = []
    before: list[Condition] = []
    for each in fields["args"]:
        test, result = each["CaseWhen"]["expr"], each["CaseWhen"]["result"]
        test = test if subject is None else rewritten.equal(subject, test)
        taken = _holds(test, True, depth)
        ways.append(conjunction([*before, taken, _holds(result, truth, depth)]))
        before.append(negation(taken))
    if "defresult" in fields:
        ways.append(conjunction([*before, _holds(fields["defresult"], truth, depth)]))
    return disjunction(ways)


def _is_aggregate(expr: Json) -> bool:
    return "FuncCall" in expr and aggregate(expr) is not None


def _has_rows(select: Json, depth: int) -> Condition:
    """When a query gives at least one row."""
    select = rewritten.flat(select)
    if select.get("op", "SETOP_NONE") == "SETOP_UNION":
        return disjunction([_has_rows(select[side], depth) for side in ("larg", "rarg")])
    if select.get("op", "SETOP_NONE") != "SETOP_NONE":
        raise Refused("INTERSECT and EXCEPT")
    if "havingClause" in select:
        return having(select)
    if "groupClause" not in select and has_aggregates(select):
        return TRUE  # an aggregate over nothing is a row too
    if "fromClause" not in select:
        where = select.get("whereClause")
        return TRUE if where is None else _holds(where, True, depth)
    return disjunction(search(select))


def _scalar(select: Json, truth: bool, depth: int) -> Condition:
    """When the value of `(SELECT …)` is `truth`; without a row it is NULL."""
    targets = select.get("targetList", ())
    if len(targets) != 1 or select.get("op", "SETOP_NONE") != "SETOP_NONE":
        raise Refused("a sub-select")
    value = targets[0]["ResTarget"]["val"]
    if "fromClause" not in select and "whereClause" not in select:
        return _holds(value, truth, depth)
    if "A_Const" in uncast(value):
        always = _constant(uncast(value), truth)
        return _has_rows(select, depth) if always == TRUE else FALSE
    if aggregate(value) is not None:
        return _aggregated(select, value, truth, depth)
    # the value of a column: it needs a row, and more
    return narrowed(search(select), describe(value))


def _aggregated(select: Json, value: Json, truth: bool, depth: int) -> Condition:
    """When what an aggregate comes to is `truth`."""
    call = uncast(value)
    if not _is_aggregate(call):
        if "groupClause" in select or "havingClause" in select:
            raise Refused(describe(value))
        return _holds(rewritten.lifted(value, select, _is_aggregate), truth, depth)
    arguments = call["FuncCall"].get("args", ())
    if aggregate(call) in {"bool_or", "bool_and", "every"} and constant(arguments[0]) == "true":
        rows = {key: item for key, item in select.items() if key != "targetList"}
        return _has_rows(rows, depth) if truth else FALSE
    raise Refused(describe(value))


# -- comparisons -----------------------------------------------------------------------------------


def _compared(expr: Json, truth: bool, depth: int) -> Condition:
    if "lexpr" not in expr:
        raise Refused(operator(expr))
    reader = _COMPARISONS.get(expr["kind"])
    if reader is None:
        raise Refused(describe({"A_Expr": expr}))
    return reader(expr, truth, depth)


def _any(expr: Json, truth: bool, depth: int) -> Condition:
    """`'x' = ANY (enum_range(NULL::e)::text[])`, or of an array that is selected."""
    other = rewritten.any_of({"A_Expr": expr})
    if other is not None:
        return _in_query(other[0], truth is other[1], depth)
    ref = enum_of(expr["rexpr"]) if operator(expr) == "=" else None
    text = constant(uncast(expr["lexpr"])) if ref is not None else None
    if ref is None or text is None:
        raise Refused(describe({"A_Expr": expr}))
    fact = Exists(Ref(Space.ENUM_VALUE, text, None, ref), casts=(ref,), catalog="pg_enum")
    return fact if truth else Not(fact)


def _distinct(expr: Json, truth: bool, depth: int) -> Condition:
    """`x IS [NOT] DISTINCT FROM true|false|NULL`."""
    differs = (expr["kind"] == "AEXPR_DISTINCT") is truth
    for one, other in ((expr["lexpr"], expr["rexpr"]), (expr["rexpr"], expr["lexpr"])):
        fields = other.get("A_Const", {})
        if "boolval" in fields:
            found = _holds(one, constant(other) == "true", depth)
            return negation(found) if differs else found
        if fields.get("isnull"):
            found = is_null(one, depth)
            return negation(found) if differs else found
    raise Refused(describe({"A_Expr": expr}))


def _operator(expr: Json, truth: bool, depth: int) -> Condition:
    """Two values and an operator."""
    left, right, name = _sides(expr)
    if name in {"=", "<>"}:
        for one, other in ((left, right), (right, left)):
            if "boolval" in uncast(other).get("A_Const", {}):
                wanted = (constant(other) == "true") is (name == "=")
                return _holds(one, wanted is truth, depth)
        values = constant(left), constant(right)
        if None not in values:
            return Constant(((values[0] == values[1]) is (name == "=")) is truth)
        if any("isnull" in uncast(side).get("A_Const", {}) for side in (left, right)):
            return FALSE  # it is NULL
    if expr["kind"] == "AEXPR_OP" and "CaseExpr" in uncast(left):
        return _holds(rewritten.within_case(uncast(left)["CaseExpr"], name, right), truth, depth)
    return _sub_select_compared(expr, truth, depth)


def _in_list(expr: Json, truth: bool, depth: int) -> Condition:
    """`(SELECT count(*) …) IN (0, 1)`: one of several comparisons."""
    link = _value_query(expr["lexpr"])
    if link is None or aggregate(_target({"SubLink": link}) or {}) is None:
        return _sub_select_compared(expr, truth, depth)
    name = operator(expr)
    each = [
        _holds(rewritten.compared(expr["lexpr"], name, item), truth, depth)
        for item in expr["rexpr"]["List"]["items"]
    ]
    return (disjunction if (name == "=") is truth else conjunction)(each)


def _sides(expr: Json) -> tuple[Json, Json, str]:
    """Left, right and operator; a constant stands on the right."""
    left, right, name = expr["lexpr"], expr["rexpr"], operator(expr)
    if expr["kind"] == "AEXPR_OP" and constant(left) is not None and constant(right) is None:
        return right, left, FLIPPED.get(name, name)
    return left, right, name


def _sub_select_compared(expr: Json, truth: bool, depth: int) -> Condition:
    """The value of `(SELECT …)`, compared to something."""
    left, right, name = _sides(expr)
    link = _value_query(left)
    if link is None:
        raise Refused(describe({"A_Expr": expr}))
    select = link["subselect"]["SelectStmt"]
    target = _target({"SubLink": link})
    aggregated = target and aggregate(target)
    if target is not None and aggregated and not _is_aggregate(uncast(target)):
        value = rewritten.lifted(target, select, _is_aggregate)
        return _holds(rewritten.compared(value, name, right), truth, depth + 1)
    if target is not None and aggregated == "count":
        inner = {key: item for key, item in select.items() if key != "targetList"}
        turned = {**expr, "name": [{"String": {"sval": name}}]}
        return count_compared(turned, target, right, inner, truth)
    readable = target is not None and not aggregated and "fromClause" in select
    if target is None or not readable or (constant(right) is None and texts(right) is None):
        raise Refused(describe({"A_Expr": expr}))
    if name == "=" and truth and expr["kind"] == "AEXPR_OP":
        # one more condition of the search: all rows have it, or the sub-select gives several and
        # fails
        where = rewritten.both(select.get("whereClause"), rewritten.equal(target, right))
        return disjunction(search({**select, "whereClause": where}))
    return narrowed(search(select), f"{describe(target)} {name} {describe(right)}")


def _value_query(expr: Json) -> Json | None:
    """The sub-select that an expression is the value of; COALESCE adds nothing to a count."""
    link: Json | None = uncast(expr).get("SubLink")
    if link is None and len(arguments := expr.get("CoalesceExpr", {}).get("args", ())) == 2:
        inner, other = arguments
        if constant(other) == "0" and aggregate(_target(inner) or {}) == "count":
            link = uncast(inner).get("SubLink")
    return link if link is not None and link["subLinkType"] == "EXPR_SUBLINK" else None


_COMPARISONS: Final[dict[str, Callable[[Json, bool, int], Condition]]] = {
    "AEXPR_OP": _operator,
    "AEXPR_IN": _in_list,
    "AEXPR_OP_ANY": _any,
    "AEXPR_OP_ALL": _any,
    "AEXPR_DISTINCT": _distinct,
    "AEXPR_NOT_DISTINCT": _distinct,
}


def _target(expr: Json) -> Json | None:
    """The only thing that a sub-select selects."""
    link = uncast(expr).get("SubLink")
    targets: list[Json] = []
    if link is not None:
        targets = link["subselect"]["SelectStmt"].get("targetList", [])
    return targets[0]["ResTarget"]["val"] if len(targets) == 1 else None
