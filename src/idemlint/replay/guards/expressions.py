"""Expressions in a guard: columns, constants, and casts that name an object."""

from __future__ import annotations

from typing import Any, Final

from idemlint.plpgsql.constants import constant, settled
from idemlint.postgres.catalogs import REGISTERED
from idemlint.postgres.kinds import Ref, Space
from idemlint.replay.guards.registered import registered

Json = dict[str, Any]

#: What a comparison is the other way round.
FLIPPED: Final = {"<": ">", ">": "<", "<=": ">=", ">=": "<="}


def operator(expr: Json) -> str:
    """The operator of an `A_Expr`."""
    return str(expr["name"][-1]["String"]["sval"])


def column_name(expr: Json) -> str | None:
    """The column that an expression is, without casts."""
    expr = uncast(expr)
    fields = expr.get("ColumnRef", {}).get("fields")
    return fields[-1].get("String", {}).get("sval") if fields else None


def uncast(expr: Json) -> Json:
    """An expression without the casts around it."""
    while "TypeCast" in expr:
        expr = expr["TypeCast"]["arg"]
    return expr


def text_of(expr: Json) -> str | None:
    """A constant, casts other than to text included: they change nothing that is compared. What is computed
    of constants has a symbol in it."""
    inner = uncast(expr)
    return settled(inner) if "ColumnRef" not in inner else None


def is_text(value: Json) -> bool:
    """Whether what a name is compared with is text: then nothing is cut. A literal without a type becomes a
    name, which cuts it (`tests/postgres/test_long_names.py`)."""
    if "A_ArrayExpr" in value:
        # The first type that is known is that of all; where none is, they are text.
        kinds = [_type_of(each) for each in value["A_ArrayExpr"].get("elements", ())]
        return next(filter(None, kinds), "text") != "name"
    if "List" in value:
        items = value["List"]["items"]
        # What is compared counts among several: text becomes a name beside it (`select_common_type`).
        return len(items) == 1 and is_text(items[0])
    return _type_of(value) not in {"", "name"}


def _type_of(value: Json) -> str:
    """The type of a value, or of the elements of an array that is cast; empty: it has none yet."""
    if "TypeCast" in value:
        return str(value["TypeCast"]["typeName"]["names"][-1]["String"]["sval"])
    return "" if "A_Const" in value else "text"


def texts(expr: Json) -> list[str] | None:
    """The constants of a list or an array."""
    inner = uncast(expr)
    if "List" in inner:
        items = inner["List"]["items"]
    elif "A_ArrayExpr" in inner:
        items = inner["A_ArrayExpr"].get("elements", [])
    else:
        text = text_of(inner)
        if text is None or text[:1] != "{" or '"' in text:
            return None
        return [item.strip() for item in text[1:-1].split(",")]
    values = [text_of(item) for item in items]
    return None if any(value is None for value in values) else [value or "" for value in values]


def always(condition: Json) -> bool:
    """`true`, `1 = 1`."""
    if "A_Const" in condition:
        return constant(condition) == "true"
    expr = condition.get("A_Expr")
    if expr is None or operator(expr) != "=" or "lexpr" not in expr:
        return False
    left = text_of(expr["lexpr"])
    return left is not None and left == text_of(expr["rexpr"])


def cast_of(expr: Json) -> tuple[Ref, bool] | None:
    """What `'t'::regclass` (which fails where there is no t) or `to_regclass('t')` refers to."""
    if "TypeCast" in expr:
        kind = expr["TypeCast"]["typeName"]["names"][-1]["String"]["sval"]
        argument = expr["TypeCast"]["arg"]
        if kind in {"oid", "int8", "int4"}:
            return cast_of(argument)
        found = cast_of(argument) if "FuncCall" in argument else None
        if found is not None:
            return found
        strict = True
    elif "FuncCall" in expr:
        kind = expr["FuncCall"]["funcname"][-1]["String"]["sval"]
        arguments = expr["FuncCall"].get("args", ())
        if not kind.startswith("to_reg") or len(arguments) != 1:
            return None
        kind, argument, strict = kind[3:], arguments[0], False
    else:
        return None
    text = text_of(argument) if kind in REGISTERED else None
    ref = registered(text, kind) if text is not None else None
    return (ref, strict) if ref is not None else None


def describe(expr: Json) -> str:
    """A condition in a few words, for messages."""
    if "A_Expr" in expr:
        inner = expr["A_Expr"]
        left, right = (
            describe(inner[side]) if side in inner else "" for side in ("lexpr", "rexpr")
        )
        word = {"AEXPR_IN": "IN", "AEXPR_LIKE": "LIKE", "AEXPR_ILIKE": "ILIKE"}.get(inner["kind"])
        return f"{left} {word or operator(inner)} {right}".strip()
    if "BoolExpr" in expr:
        if expr["BoolExpr"]["boolop"] == "NOT_EXPR":
            return f"NOT {describe(expr['BoolExpr']['args'][0])}"
        word = expr["BoolExpr"]["boolop"].removesuffix("_EXPR")
        return f" {word} ".join(describe(item) for item in expr["BoolExpr"]["args"])
    name = column_name(expr)
    if name is not None:
        return name
    text = constant(uncast(expr))
    if text is not None:
        return f"'{text}'" if "sval" in uncast(expr).get("A_Const", {}) else text
    if "FuncCall" in expr:
        return f"{expr['FuncCall']['funcname'][-1]['String']['sval']}(…)"
    return "(…)"


def search_path(expr: Json) -> bool:
    """`current_schema()`, `current_schemas(…)`."""
    inner = uncast(expr)
    if "SQLValueFunction" in inner:
        return bool(inner["SQLValueFunction"]["op"] == "SVFOP_CURRENT_SCHEMA")
    names = inner.get("FuncCall", {}).get("funcname")
    return bool(names) and names[-1]["String"]["sval"] in {"current_schema", "current_schemas"}


def enum_of(expr: Json) -> Ref | None:
    """The type in `enum_range(NULL::e)`, casts around it or not."""
    inner = uncast(expr)
    call = inner.get("FuncCall", {})
    names = call.get("funcname")
    arguments = call.get("args", ())
    if not names or names[-1]["String"]["sval"] != "enum_range" or len(arguments) != 1:
        return None
    cast = arguments[0].get("TypeCast")
    if cast is None:
        return None
    parts = [name["String"]["sval"] for name in cast["typeName"]["names"]]
    return Ref(Space.TYPE, parts[-1], parts[-2] if len(parts) > 1 else None)
