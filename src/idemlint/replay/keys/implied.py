"""Whether the WHERE of an ON CONFLICT implies that of a partial index, as far as PostgreSQL would prove it.

`predicate_implied_by` (src/backend/optimizer/util/predtest.c): AND and OR part by part; a part is implied
by an equal one, a NOT NULL by whatever is strict, a comparison with a constant by a narrower one. What we
cannot follow is `None`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.records import NamedTuple
from idemlint.replay.effects.queries import constant
from idemlint.replay.keys.shapes import Shape, same, shape
from idemlint.source.tree import Tree, strings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Operators that give NULL where a side is NULL.
COMPARISONS: Final = frozenset({"=", "<>", "<", "<=", ">", ">="})
_FLIPPED: Final = {"<": ">", "<=": ">=", ">": "<", ">=": "<="}
_AND, _OR, _NOT = "AND_EXPR", "OR_EXPR", "NOT_EXPR"


class Junction(NamedTuple):
    """Parts of which all (`AND_EXPR`) or one (`OR_EXPR`) are true."""

    kind: str
    parts: tuple[Condition, ...]


class Atom(NamedTuple):
    """A condition that is no AND and no OR.

    `test` is `null`, `not null`, `true` or `false` of a column, a comparison of a column with a constant
    `value`, or empty: something else.
    """

    shape: Shape
    test: str = ""
    column: str = ""
    value: str = ""


Condition = Junction | Atom


def condition(node: Tree, renamed: Mapping[str, str]) -> Condition:
    """Read a WHERE clause; its columns go by other names now where `renamed` says so."""
    if node.kind == "BoolExpr":
        if node.boolop in {_AND, _OR}:
            parts = tuple([condition(each, renamed) for each in node.args])
            return Junction(node.boolop, parts)
        [inner] = node.args
        column = _column(inner, renamed)
        if node.boolop == _NOT and column:
            return Atom(shape(node, renamed), "false", column)
        if inner.kind == "NullTest":
            other = {"IS_NULL": "IS_NOT_NULL", "IS_NOT_NULL": "IS_NULL"}[inner.nulltesttype]
            return condition(Tree("NullTest", {**inner.fields, "nulltesttype": other}), renamed)
    elif node.kind == "NullTest":
        column = _column(node.arg, renamed)
        test = "null" if node.nulltesttype == "IS_NULL" else "not null"
        return Atom(shape(node, renamed), test if column else "", column)
    elif node.kind == "ColumnRef":
        return Atom(shape(node, renamed), "true", _column(node, renamed))
    elif node.kind == "A_Expr":
        return _comparison(node, renamed)
    return Atom(shape(node, renamed))


def _comparison(node: Tree, renamed: Mapping[str, str]) -> Condition:
    operator = strings(node.name)[-1]
    kind = node.fields.get("kind")
    if kind == "AEXPR_IN" and operator == "=":
        items = node.fields["rexpr"].get("List", {}).get("items", ())
        each = tuple(
            condition(_operation("=", node.fields["lexpr"], item), renamed) for item in items
        )
        return Junction(_OR, each)
    if kind == "AEXPR_BETWEEN":
        low, high = node.fields["rexpr"].get("List", {}).get("items", ({}, {}))
        left = node.fields["lexpr"]
        both = (_operation(">=", left, low), _operation("<=", left, high))
        return Junction(_AND, tuple(condition(each, renamed) for each in both))
    whole = shape(node, renamed)
    if kind != "AEXPR_OP" or operator not in COMPARISONS or node.lexpr is None:
        return Atom(whole)
    column, value = _column(node.lexpr, renamed), constant(node.rexpr)
    if not column:
        column, value = _column(node.rexpr, renamed), constant(node.lexpr)
        operator = _FLIPPED.get(operator, operator)
    if not column or value is None:
        return Atom(whole)
    if value in {"true", "false"} and operator == "=":
        # `live = true` is simplified to `live`.
        return Atom(whole, value, column)
    return Atom(whole, operator, column, value)


def _operation(operator: str, left: Any, right: Any) -> Tree:
    name = [{"String": {"sval": operator}}]
    return Tree("A_Expr", {"kind": "AEXPR_OP", "name": name, "lexpr": left, "rexpr": right})


def _column(node: Tree | None, renamed: Mapping[str, str]) -> str:
    if node is None or node.kind != "ColumnRef":
        return ""
    name: str = node.fields["fields"][-1].get("String", {}).get("sval", "")
    return renamed.get(name, name)


def implied(predicate: Tree, given: Tree | None, renamed: Mapping[str, str]) -> bool | None:
    """Whether `given` implies an index's `predicate`; a clause that is not there implies nothing."""
    if constant(predicate) == "true":
        return True
    if given is None:
        return False
    return _implies(condition(given, {}), condition(predicate, renamed))


def _implies(given: Condition, wanted: Condition) -> bool | None:
    if isinstance(wanted, Junction) and wanted.kind == _AND:
        return every(_implies(given, part) for part in wanted.parts)
    if isinstance(given, Junction) and given.kind == _OR:
        return every(_implies(part, wanted) for part in given.parts)
    answers: list[bool | None] = []
    if isinstance(wanted, Junction):
        answers += [_implies(given, part) for part in wanted.parts]
    if isinstance(given, Junction):
        answers += [_implies(part, wanted) for part in given.parts]
    if not answers and isinstance(wanted, Atom) and isinstance(given, Atom):
        return _atom_implies(given, wanted)
    return some(answers)


def _atom_implies(given: Atom, wanted: Atom) -> bool | None:
    if same(given.shape, wanted.shape) or _says(given) == _says(wanted) != ():
        return True
    if not given.shape.columns:
        return None  # a constant: what PostgreSQL makes of it is another question
    if given.shape.columns.isdisjoint(wanted.shape.columns):
        return False
    if not given.test or not wanted.test:
        return None
    if wanted.test == "not null":
        return given.test != "null"
    if given.test in {"null", "not null"} or wanted.test == "null":
        return False
    return _narrower(given, wanted)


def _says(atom: Atom) -> tuple[str, ...]:
    return (atom.test, atom.column, atom.value) if atom.test else ()


def _narrower(given: Atom, wanted: Atom) -> bool | None:
    """`b = 5` implies `b > 0`; only whole numbers are compared."""
    if given.test != "=" or wanted.test not in COMPARISONS:
        return None
    try:
        value, bound = int(given.value), int(wanted.value)
    except ValueError:
        return None
    return compare(value, wanted.test, bound)


def compare(value: int, operator: str, bound: int) -> bool:
    """A comparison of whole numbers, by the operator's name."""
    return {
        "=": value == bound,
        "<>": value != bound,
        "<": value < bound,
        "<=": value <= bound,
        ">": value > bound,
        ">=": value >= bound,
    }[operator]


def every(answers: Iterable[bool | None]) -> bool | None:
    """Whether all are true, in three values."""
    found = set(answers)
    return False if False in found else None if None in found else True


def some(answers: Iterable[bool | None]) -> bool | None:
    """Whether one is true, in three values."""
    found = set(answers)
    return True if True in found else None if None in found else False


__all__ = ["Atom", "Condition", "Junction", "compare", "condition", "every", "implied", "some"]
