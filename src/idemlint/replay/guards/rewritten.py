"""Other ways to write the same question, written the plain way: before a condition is read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.replay.guards.expressions import Json, operator, uncast
from idemlint.replay.guards.sought import Refused

if TYPE_CHECKING:
    from collections.abc import Callable


MOST: Final = 16  # alternatives of one query


def alternatives(where: Json | None) -> list[list[Json]]:
    """A condition as an OR of ANDs."""
    if where is None:
        return [[]]
    bool_expr = where.get("BoolExpr")
    if bool_expr is not None and bool_expr["boolop"] == "OR_EXPR":
        each = [option for item in bool_expr["args"] for option in alternatives(item)]
    elif bool_expr is not None and bool_expr["boolop"] == "AND_EXPR":
        each = [[]]
        for item in bool_expr["args"]:
            options = alternatives(item)
            if len(options) == 1:
                for left in each:
                    left += options[0]
                continue
            each = [left + right for left in each for right in options]
            if len(each) > MOST:
                raise Refused("too many alternatives")
    else:
        return [[where]]
    if len(each) > MOST:
        raise Refused("too many alternatives")
    return each


def equal(left: Json, right: Json) -> Json:
    """`left = right`."""
    return compared(left, "=", right)


def compared(left: Json, name: str, right: Json) -> Json:
    """`left <operator> right`."""
    return {
        "A_Expr": {
            "kind": "AEXPR_OP",
            "name": [{"String": {"sval": name}}],
            "lexpr": left,
            "rexpr": right,
        }
    }


def both(one: Json | None, other: Json | None) -> Json | None:
    """`one AND other`."""
    if one is None or other is None:
        return one or other
    return {"BoolExpr": {"boolop": "AND_EXPR", "args": [one, other]}}


def lifted(value: Json, select: Json, is_aggregate: Callable[[Json], bool]) -> Json:
    """What a query without groups selects, as an expression outside of it: `(SELECT count(*) > 0 FROM t)` is
    `(SELECT count(*) FROM t) > 0`."""
    inner = {key: item for key, item in select.items() if key != "targetList"}

    def lift(tree: Any) -> Any:
        if tree.__class__ is list:
            return [lift(each) for each in tree]
        if tree.__class__ is not dict:
            return tree
        if "FuncCall" in tree and is_aggregate(tree):
            query = {**inner, "targetList": [{"ResTarget": {"val": tree}}]}
            return {"SubLink": {"subLinkType": "EXPR_SUBLINK", "subselect": {"SelectStmt": query}}}
        return {key: lift(each) for key, each in tree.items()}

    found: Json = lift(value)
    return found


def within_case(case: Json, name: str, other: Json) -> Json:
    """A CASE that is compared: a CASE of comparisons."""
    whens = [
        {
            "CaseWhen": {
                **each["CaseWhen"],
                "result": compared(each["CaseWhen"]["result"], name, other),
            }
        }
        for each in case["args"]
    ]
    found = {**case, "args": whens}
    if "defresult" in case:
        found["defresult"] = compared(case["defresult"], name, other)
    return {"CaseExpr": found}


def any_of(expr: Json) -> tuple[Json, bool] | None:
    """`x <> ALL (SELECT …)` and `x = ANY (ARRAY (SELECT …))` as `x IN (SELECT …)`, and whether it is that or
    the opposite."""
    link = expr.get("SubLink")
    if link is not None and link["subLinkType"] == "ALL_SUBLINK":
        name = link.get("operName", [{}])[-1].get("String", {}).get("sval")
        if name in {"<>", "!="}:
            plain = {key: item for key, item in link.items() if key != "operName"}
            return {**plain, "subLinkType": "ANY_SUBLINK"}, False
        return None
    fields = expr.get("A_Expr", {})
    kinds = {"AEXPR_OP_ANY": ("=", True), "AEXPR_OP_ALL": ("<>", False)}
    wanted = kinds.get(fields.get("kind", ""))
    if wanted is None or operator(fields) != wanted[0]:
        return None
    link = uncast(fields["rexpr"]).get("SubLink")
    if link is None or link["subLinkType"] != "ARRAY_SUBLINK":
        return None
    return {**link, "subLinkType": "ANY_SUBLINK", "testexpr": fields["lexpr"]}, wanted[1]


#: What a sub-select may have that is read as if it stood in the query around it.
_PLAIN: Final = frozenset({"targetList", "fromClause", "whereClause", "limitOption", "op"})


def flat(select: Json) -> Json:
    """A query whose only source is another query, or one of WITH, as one query; any other as it is."""
    for _ in range(8):
        found = _unfolded(select)
        if found is None:
            return select
        select = found
    return select


def _unfolded(select: Json) -> Json | None:
    sources = select.get("fromClause", ())
    if len(sources) != 1:
        return None
    inner = None
    if "RangeSubselect" in sources[0] and "withClause" not in select:
        inner = sources[0]["RangeSubselect"]["subquery"].get("SelectStmt")
    elif "RangeVar" in sources[0] and "withClause" in select:
        clause = select["withClause"]
        [named, *more] = [each["CommonTableExpr"] for each in clause["ctes"]]
        table = sources[0]["RangeVar"]
        is_it = named["ctename"] == table["relname"] and "schemaname" not in table
        if is_it and not more and not clause.get("recursive") and "aliascolnames" not in named:
            inner = named["ctequery"].get("SelectStmt")
    if inner is None or not inner.keys() <= _PLAIN or "fromClause" not in inner:
        return None
    columns = [each["ResTarget"] for each in inner.get("targetList", ())]
    takes_all = "whereClause" not in select and not _has_calls(columns)
    if not takes_all and any(
        "ColumnRef" not in each.get("val", {}) or "name" in each for each in columns
    ):
        return None
    where = both(inner.get("whereClause"), select.get("whereClause"))
    found = {key: item for key, item in select.items() if key not in {"withClause", "whereClause"}}
    found["fromClause"] = inner["fromClause"]
    return found if where is None else {**found, "whereClause": where}


def _has_calls(tree: Any) -> bool:
    """Whether there may be an aggregate, or what gives several rows."""
    if tree.__class__ is list:
        return any(map(_has_calls, tree))
    return tree.__class__ is dict and ("FuncCall" in tree or any(map(_has_calls, tree.values())))
