"""Where a column meets a literal: PostgreSQL reads the literal as a value of the column's type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.replay.queries.scope import Meeting, Name, field_names

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOTHING: Final[dict[str, Any]] = {}
#: Operators that take two of one type; others (`||`, `->`) make something else of the literal.
_ALIKE: Final = frozenset({"=", "<>", "!=", "<", ">", "<=", ">="})
#: `A_Expr.kind` → the operands that meet.
_LISTS: Final = frozenset({"AEXPR_IN", "AEXPR_OP_ANY", "AEXPR_OP_ALL"})
_PAIRS: Final = frozenset(
    {"AEXPR_OP", "AEXPR_DISTINCT", "AEXPR_NOT_DISTINCT", "AEXPR_NULLIF"},
)
#: `BETWEEN` and its kin.
_RANGES: Final = "AEXPR_BETWEEN"
_NOT_RANGES: Final = "AEXPR_NOT_BETWEEN"


def meetings(kind: str, fields: dict[str, Any]) -> list[Meeting]:
    """Columns and literals that meet in a raw node (`A_Expr`, `CaseExpr`, `CoalesceExpr`)."""
    if kind == "A_Expr":
        return list(_in_operator(fields))
    if kind == "CaseExpr":
        column = column_of(fields.get("arg", _NOTHING))
        whens = [each["CaseWhen"]["expr"] for each in fields.get("args", ())]
        return _all(column, "=", whens)
    columns = [column for each in fields.get("args", ()) if (column := column_of(each))]
    return _all(columns[0], "=", fields.get("args", ())) if columns else []


def _in_operator(fields: dict[str, Any]) -> Iterator[Meeting]:
    kind = fields.get("kind", "AEXPR_OP")
    left, right = fields.get("lexpr", _NOTHING), fields.get("rexpr", _NOTHING)
    names = fields.get("name", ())
    operator = names[-1].get("String", _NOTHING).get("sval", "") if names else ""
    if kind in _PAIRS:
        if operator not in _ALIKE:
            return
        for one, other in ((left, right), (right, left)):
            yield from _all(column_of(one), operator, (other,))
    elif kind in _LISTS and operator in _ALIKE:
        yield from _all(column_of(left), operator, _items(right))
    elif kind.startswith((_RANGES, _NOT_RANGES)):
        yield from _all(column_of(left), "<", _items(right))


def _items(right: Any) -> tuple[Any, ...]:
    if right.__class__ is list:
        return tuple(right)
    if "List" in right:
        return tuple(right["List"].get("items", ()))
    return tuple(right.get("A_ArrayExpr", _NOTHING).get("elements", ()))


def _all(column: Name, operator: str, values: Any) -> list[Meeting]:
    if not column:
        return []
    texts = [text for each in values if (text := text_of(each)) is not None]
    return [Meeting(column, operator, text) for text in texts]


def column_of(value: dict[str, Any]) -> Name:
    """The column that a raw expression is; none: another expression."""
    return field_names(value.get("ColumnRef", _NOTHING).get("fields", []))


def text_of(value: dict[str, Any]) -> str | None:
    """A raw string literal without a type of its own; `None`: anything else."""
    text = value.get("A_Const", _NOTHING).get("sval")
    return None if text is None else str(text.get("sval", ""))
