"""Whether an expression is NULL: keys keep apart only rows whose values are not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.replay.effects.queries import constant
from idemlint.source.tree import Tree, strings

if TYPE_CHECKING:
    from collections.abc import Callable

#: They give NULL only where an argument is NULL (checked on PostgreSQL 18, `pg_proc.proisstrict`).
_STRICT: Final = frozenset(
    [
        "abs",
        "btrim",
        "ceil",
        "ceiling",
        "char_length",
        "convert_from",
        "convert_to",
        "date_part",
        "date_trunc",
        "decode",
        "digest",
        "encode",
        "extract",
        "floor",
        "hashtext",
        "initcap",
        "left",
        "length",
        "lower",
        "lpad",
        "ltrim",
        "make_date",
        "make_interval",
        "make_time",
        "make_timestamp",
        "make_timestamptz",
        "md5",
        "mod",
        "point",
        "power",
        "quote_ident",
        "quote_literal",
        "repeat",
        "replace",
        "reverse",
        "right",
        "round",
        "rpad",
        "rtrim",
        "sha224",
        "sha256",
        "sha384",
        "sha512",
        "sqrt",
        "substr",
        "text",
        "to_char",
        "to_date",
        "to_hex",
        "to_json",
        "to_jsonb",
        "to_number",
        "to_timestamp",
        "translate",
        "trunc",
        "unaccent",
        "upper",
        "uuid_generate_v5",
    ]
)
#: They never give NULL.
_NEVER: Final = frozenset(
    [
        "concat",
        "daterange",
        "int4range",
        "int8range",
        "json_build_array",
        "json_build_object",
        "jsonb_build_array",
        "jsonb_build_object",
        "num_nonnulls",
        "num_nulls",
        "numrange",
        "tsrange",
        "tstzrange",
    ]
)
#: Operators of numbers, texts and times that give NULL only where a side is NULL.
_OPERATORS: Final = frozenset({"+", "-", "*", "/", "%", "||", "=", "<>", "<", "<=", ">", ">="})
#: They give NULL where a side is, and where there is nothing to find.
_FINDING: Final = frozenset({"->", "->>", "#>", "#>>"})
#: What is nested deeper is not looked at.
_DEEPEST: Final = 40


def not_null(node: Tree | None, ask: Callable[[str], bool | None], depth: int = 0) -> bool | None:
    """Whether a raw expression is surely not NULL (`False`: it surely is)."""
    if node is None or depth > _DEEPEST:
        return None
    if constant(node) is not None:
        return True
    kind = node.kind
    if kind == "A_Const":
        return False if node.fields.get("isnull") else None
    if kind == "ColumnRef":
        last = node.fields["fields"][-1].get("String")
        return ask(last.get("sval", "")) if last is not None else None
    if kind == "TypeCast":
        return not_null(node.arg, ask, depth + 1)
    if kind in {"A_ArrayExpr", "RowExpr", "NullTest", "BooleanTest"}:
        return True
    read = _READERS.get(kind)
    return read(node, lambda each: not_null(each, ask, depth + 1)) if read is not None else None


def _strict(answers: list[bool | None]) -> bool | None:
    return False if False in answers else None if None in answers else True


def _function(node: Tree, ask: Callable[[Tree], bool | None]) -> bool | None:
    name = strings(node.funcname)[-1]
    if name in _NEVER:
        return True
    return _strict([ask(each) for each in node.args or ()]) if name in _STRICT else None


def _first_that_is(node: Tree, ask: Callable[[Tree], bool | None]) -> bool | None:
    """COALESCE, GREATEST and LEAST pass NULLs over."""
    answers = [ask(each) for each in node.args or ()]
    return True if True in answers else None if None in answers else False


def _operation(node: Tree, ask: Callable[[Tree], bool | None]) -> bool | None:
    operator = strings(node.name)[-1]
    if node.fields.get("kind") != "AEXPR_OP" or operator not in _OPERATORS | _FINDING:
        return None
    sides = [each for each in (node.lexpr, node.rexpr) if each is not None]
    answer = _strict([ask(each) for each in sides])
    return None if answer and operator in _FINDING else answer


def _case(node: Tree, ask: Callable[[Tree], bool | None]) -> bool | None:
    results = [each.result for each in node.args or ()]
    if node.defresult is None or not all(ask(each) for each in results):
        return None
    return ask(node.defresult) or None


_READERS: Final[dict[str, Callable[[Tree, Callable[[Tree], bool | None]], bool | None]]] = {
    "FuncCall": _function,
    "CoalesceExpr": _first_that_is,
    "MinMaxExpr": _first_that_is,
    "A_Expr": _operation,
    "CaseExpr": _case,
}
