"""Where a column meets a value: PostgreSQL reads a literal as a value of the column's type, and looks for
an operator, a function or a cast by the types of the two."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres.value_types import TAKES_TEXT, TAKES_TIME
from idemlint.replay.queries.scope import Meeting, Name, field_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NOTHING: Final[dict[str, Any]] = {}
#: Operators that take two of one type; others (`||`, `->`) make something else of the literal.
_ALIKE: Final = frozenset({"=", "<>", "!=", "<", ">", "<=", ">="})
_LISTS: Final = frozenset({"AEXPR_IN", "AEXPR_OP_ANY", "AEXPR_OP_ALL"})
_PAIRS: Final = frozenset({"AEXPR_OP", "AEXPR_DISTINCT", "AEXPR_NOT_DISTINCT", "AEXPR_NULLIF"})
_PATTERNS: Final = frozenset({"AEXPR_LIKE", "AEXPR_ILIKE", "AEXPR_SIMILAR"})
_RANGES: Final = ("AEXPR_BETWEEN", "AEXPR_NOT_BETWEEN")
#: `Meeting.operator` of an assignment, and of a pattern that a column is matched with.
ASSIGNED: Final = ":="
MATCHED: Final = "~~"


def in_operator(fields: dict[str, Any]) -> Iterator[Meeting]:
    """Those of a raw `A_Expr`."""
    kind = fields.get("kind", "AEXPR_OP")
    left, right = fields.get("lexpr", _NOTHING), fields.get("rexpr", _NOTHING)
    if kind in _PATTERNS:
        yield from _each(column_of(left), MATCHED, ())
        return
    names = fields.get("name", ())
    operator = names[-1].get("String", _NOTHING).get("sval", "") if names else ""
    if operator not in _ALIKE and not kind.startswith(_RANGES):
        return
    if kind in _PAIRS:
        yield from _each(column_of(left), operator, (right,))
        yield from _each(column_of(right), operator, (left,))
    elif kind in _LISTS or kind.startswith(_RANGES):
        yield from _each(column_of(left), "=", _items(right))


def in_case(fields: dict[str, Any]) -> Iterator[Meeting]:
    """Those of a raw `CaseExpr`: `CASE c WHEN 'a' …`."""
    whens = [each["CaseWhen"]["expr"] for each in fields.get("args", ())]
    yield from _each(column_of(fields.get("arg", _NOTHING)), "=", whens)


def in_coalesce(fields: dict[str, Any]) -> Iterator[Meeting]:
    """Those of a raw `CoalesceExpr`: its arguments are of one type."""
    arguments = fields.get("args", ())
    column = next((name for each in arguments if (name := column_of(each))), ())
    for text in map(text_of, arguments):
        if column and text is not None:
            yield Meeting(column, "=", text)


def in_call(names: Name, fields: dict[str, Any]) -> Iterator[Meeting]:
    """A column that is given to a function that takes text, or a time."""
    name = names[-1]
    place = 0 if name in TAKES_TEXT else 1 if name in TAKES_TIME else -1
    arguments = fields.get("args", ())
    if 0 <= place < len(arguments) and len(names) - (names[0] == "pg_catalog") == 1:
        column = column_of(arguments[place])
        if column:
            yield Meeting(column, f"{name}()")


def in_assignments(target: str, targets: Iterable[dict[str, Any]]) -> Iterator[Meeting]:
    """Those of a raw SET list, of the table that goes by a name."""
    for each in targets:
        fields = each["ResTarget"]
        if "indirection" not in fields:
            yield from _each(
                (target, fields.get("name", "")), ASSIGNED, (fields.get("val", _NOTHING),)
            )


def _items(right: Any) -> Iterable[Any]:
    if right.__class__ is list:
        return list(right)
    if "List" in right:
        return list(right["List"].get("items", ()))
    if "A_Const" in right:
        return [{"A_Const": {"sval": {"sval": each}}} for each in elements_of(text_of(right))]
    return list(right.get("A_ArrayExpr", _NOTHING).get("elements", ()))


def _each(column: Name, operator: str, values: Iterable[dict[str, Any]]) -> Iterator[Meeting]:
    if not column:
        return
    if operator == MATCHED:
        yield Meeting(column, operator)
    for value in values:
        text, other, type_name = text_of(value), column_of(value), _type_of(value)
        if text is not None or other or type_name:
            yield Meeting(column, operator, text, other, type_name)


def column_of(value: dict[str, Any]) -> Name:
    """The column that a raw expression is; none: another expression."""
    return field_names(value.get("ColumnRef", _NOTHING).get("fields", []))


def _type_of(value: dict[str, Any]) -> str:
    """The type of a raw constant that is no string; larger numbers are of one that depends on the number."""
    constant = value.get("A_Const", _NOTHING)
    return "int4" if "ival" in constant else "bool" if "boolval" in constant else ""


def text_of(value: dict[str, Any]) -> str | None:
    """A raw string literal without a type of its own; `None`: anything else."""
    text = value.get("A_Const", _NOTHING).get("sval")
    return None if text is None else str(text.get("sval", ""))


def elements_of(text: str | None) -> list[str]:
    """The elements of an array's literal (`{a,b}`); none where it has quotes, or arrays in it."""
    inner = text.strip() if text is not None else ""
    if inner[:1] != "{" or inner[-1:] != "}" or any(each in inner[1:-1] for each in '{}"\\'):
        return []
    return [each.strip() for each in inner[1:-1].split(",") if each.strip()]


def texts_of(cast: dict[str, Any]) -> list[str]:
    """The literals that a raw `TypeCast` makes values of its type, or of an array's elements."""
    value = cast["arg"]
    text = text_of(value)
    if "arrayBounds" not in cast["typeName"]:
        return [text] if text is not None else []
    items = value.get("A_ArrayExpr", _NOTHING).get("elements", ())
    found = [each for each in map(text_of, items) if each is not None]
    return found or elements_of(text)
