"""What writing a value once more comes to: `SET a = 1` is a fixpoint, `SET n = n + 1` is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres import functions
from idemlint.postgres.functions import Call
from idemlint.records import NamedTuple
from idemlint.replay.effects.queries import Mentions, constant, walk
from idemlint.replay.effects.vocabulary import Again
from idemlint.source.tree import Tree, strings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Written(NamedTuple):
    """What a SET list comes to, and why in words."""

    again: Again
    why: str = ""


#: f(f(x)) = f(x).
_IDEMPOTENT: Final = frozenset(
    {
        "lower",
        "upper",
        "initcap",
        "trim",
        "btrim",
        "ltrim",
        "rtrim",
        "abs",
        "round",
        "floor",
        "ceil",
        "ceiling",
        "trunc",
        "date_trunc",
        "jsonb_set",
        "jsonb_set_lax",
        "jsonb_strip_nulls",
        "json_strip_nulls",
        "to_jsonb",
        "to_json",
        "array_remove",
        "array_replace",
        "jsonb_pretty",
        "unaccent",
        "left",
        "lpad",
        "rpad",
        "nullif",
        "coalesce",
        "numnode",
        "normalize",
    }
)
#: f(f(x)) is more than f(x).
_ACCUMULATING: Final = frozenset(
    {"concat", "concat_ws", "array_append", "array_prepend", "array_cat", "repeat", "timezone"}
)
#: f(f(x, n), n) = f(x, n), for these n: what is cut from the first letter on.
_CUTS: Final = {"substr": "1", "substring": "1"}
#: Nodes that may move on what they are made of.
_MOVING: Final = frozenset({"A_Expr", "FuncCall", "TypeCast", "CoalesceExpr", "MinMaxExpr"})
_FUNCTIONS: Final = {
    **dict.fromkeys(_IDEMPOTENT, Again.SAME),
    **dict.fromkeys(_ACCUMULATING, Again.MOVES),
}
#: What a call comes to that gives another value the second time, or may; `{}` is its name.
_CALLED: Final[dict[Call, tuple[Again, str]]] = {
    Call.CLOCK: (Again.VOLATILE, "{}() gives another value each time"),
    Call.VOLATILE: (Again.VOLATILE, "{}() gives another value each time"),
    Call.REPEATS: (Again.VOLATILE, "{}() gives another value each time"),
    Call.UNKNOWN: (Again.UNKNOWN, "what {}() gives the second time cannot be seen"),
}
_RANK: Final = {Again.SAME: 0, Again.UNKNOWN: 1, Again.VOLATILE: 2, Again.MOVES: 3}


_SAME: Final = Written(Again.SAME)


def worst(first: Written, second: Written) -> Written:
    """The one that matters."""
    return first if _RANK[first.again] >= _RANK[second.again] else second


def assignments(
    targets: tuple[Tree, ...], where: Any, own: frozenset[str], *, excluded: bool = False
) -> Written:
    """A SET list with its WHERE (raw). `own` are the names the table goes by.

    Once more is the same where the value does not depend on the row as the first run left it, or where
    the WHERE does not match a row any more that was written already.
    """
    result = Written(Again.SAME)
    written = frozenset(target.name for target in targets if target.name)
    condition = _Where(where, own) if where is not None else None
    for target in targets:
        name = target.name or ""
        value = target.val
        if value is not None and value.kind == "MultiAssignRef":
            value = value.source
        each = value_again(value, name, own, written, excluded=excluded)
        if each.again is not Again.SAME and condition is not None:
            each = _narrowed(each, name, condition, written)
        result = worst(result, each)
    return result


def value_again(
    value: Tree | None,
    name: str,
    own: frozenset[str],
    written: frozenset[str] = frozenset(),
    *,
    excluded: bool = False,
) -> Written:
    """What assigning an expression to column `name` once more comes to."""
    if value is None:
        return _SAME
    found = walk([{value.kind: value.fields}] if value.kind else [value.fields])
    for called, _ in found.functions:
        again, why = _CALLED.get(functions.call(called), (Again.SAME, ""))
        if again is not Again.SAME:
            return Written(again, why.format(called[-1]))
    if _is_clock(value):
        return Written(Again.VOLATILE, "the current time is another one each time")
    reads = _columns_read(found, own, excluded=excluded)
    if any(fields.get("relname") in own for fields in found.relations):
        if value.kind == "SubLink" and _arithmetic(value):
            return Written(Again.MOVES, f"it moves {name} on from what the first run left")
        return Written(Again.UNKNOWN, f"{name} is computed from the same table")
    if name in reads:
        return _self_reference(value, name)
    if reads & written:
        return Written(Again.UNKNOWN, "it reads a column that the same statement sets")
    return _SAME


def _columns_read(found: Mentions, own: frozenset[str], *, excluded: bool) -> set[str]:
    """The columns of the table itself that an expression reads."""
    if found.relations:
        # Inside a subquery an unqualified name is first of all the subquery's own.
        return {column[-1] for column in found.columns if len(column) > 1 and column[-2] in own}
    return {
        column[-1]
        for column in found.columns
        if len(column) == 1 or (column[-2] != "excluded" and (excluded or column[-2] in own))
    }


def _arithmetic(value: Tree) -> bool:
    return any(
        node.get("name", [{}])[-1].get("String", {}).get("sval") in {"+", "-"}
        for node in nodes(value, "A_Expr")
    )


def _is_clock(value: Tree) -> bool:
    return any(
        node.get("op", "").startswith(("SVFOP_CURRENT_D", "SVFOP_CURRENT_TI", "SVFOP_LOCAL"))
        for node in nodes(value, "SQLValueFunction")
    )


def nodes(tree: Tree, kind: str) -> Iterator[dict[str, Any]]:
    """The raw nodes of a kind in a tree, itself included."""
    stack: list[Any] = [{tree.kind: tree.fields}]
    while stack:
        current = stack.pop()
        if isinstance(current, list):
            stack.extend(current)
        elif isinstance(current, dict):
            for name, inner in current.items():
                if name == kind and isinstance(inner, dict):
                    yield inner
                stack.append(inner)


def _self_reference(value: Tree, name: str) -> Written:
    """What an expression comes to that reads the column it is assigned to."""
    again = _SELF[value.kind](value, name) if value.kind in _SELF else Again.UNKNOWN
    if again is Again.SAME:
        return _SAME
    if again is Again.MOVES:
        return Written(again, f"the new {name} is computed from the one the first run left")
    return Written(again, f"{name} is computed from itself")


def _of_argument(value: Tree, column: str) -> Again:
    inner = value.arg
    return _SELF[inner.kind](inner, column) if inner.kind in _SELF else Again.UNKNOWN


def _of_operator(value: Tree, column: str) -> Again:
    name = "".join(strings(value.fields.get("name") and value.name)[-1:])
    exception = _OPERATORS.get(name)
    if exception is None:
        return Again.UNKNOWN
    return Again.SAME if exception(value.rexpr) else Again.MOVES


def _of_call(value: Tree, column: str) -> Again:
    name = strings(value.funcname)[-1]
    if name == "replace" and len(value.args or ()) == 3:
        old, new = constant(value.args[1]), constant(value.args[2])
        if old and new is not None:
            return Again.MOVES if old in new else Again.SAME
    arguments: tuple[Tree, ...] = value.args or ()
    if name in _CUTS and len(arguments) > 1 and constant(arguments[1]) == _CUTS[name]:
        return _of_arguments(value, column)
    again = _FUNCTIONS.get(name, Again.UNKNOWN)
    return _of_arguments(value, column) if again is Again.SAME else again


def _of_arguments(value: Tree, column: str) -> Again:
    """What hands on one of some values, or trims it, moves on what one of them moves on."""
    arguments = value.args or ()
    if value.kind == "FuncCall":
        # What the others are for is another matter.
        place = 1 if strings(value.funcname)[-1] == "date_trunc" else 0
        arguments = arguments[place : place + 1]
    for each in arguments:
        if each.kind in _MOVING and _SELF[each.kind](each, column) is Again.MOVES:
            found = walk([{each.kind: each.fields}])
            called = {name[-1] for name, _ in found.functions}
            # In the session's own time zone AT TIME ZONE gives the same.
            if "timezone" not in called and any(read[-1] == column for read in found.columns):
                return Again.MOVES
    return Again.SAME


def _merges_object(node: Tree | None) -> bool:
    """`jsonb || '{"a": 1}'` sets keys; an array or a plain string is put at the end."""
    text = constant(node)
    return text is not None and text.lstrip().startswith("{")


def _is_key(node: Tree | None) -> bool:
    """`jsonb - 'key'` removes a key: a string, where a number would be arithmetic."""
    while node is not None and node.kind == "TypeCast":
        node = node.arg
    return node is not None and "sval" in node.fields


def _never(node: Tree | None) -> bool:
    return False


def _is_key_constant(node: Tree | None) -> bool:
    return constant(node) is not None and _is_key(node)


#: Operators that move a value on each time, but where their right side is of this sort.
_OPERATORS: Final[dict[str, Callable[[Tree | None], bool]]] = {
    **dict.fromkeys(("+", "*", "/", "^", "#"), _never),
    "||": _merges_object,
    "-": _is_key_constant,
}

#: What a node comes to that reads the column it is assigned to.
_SELF: Final[dict[str, Callable[[Tree, str], Again]]] = {
    "ColumnRef": lambda value, column: Again.SAME,
    "CoalesceExpr": _of_arguments,
    "MinMaxExpr": _of_arguments,
    "TypeCast": _of_argument,
    "CollateClause": _of_argument,
    "BoolExpr": lambda value, column: Again.MOVES if value.boolop == "NOT_EXPR" else Again.UNKNOWN,
    "A_ArrayExpr": lambda value, column: Again.MOVES,
    "A_Expr": _of_operator,
    "FuncCall": _of_call,
}


class _Where:
    """What a WHERE (raw) asks of the table itself, which goes by the names `own`."""

    def __init__(self, where: Any, own: frozenset[str]) -> None:
        found = walk([where])
        self.reads = {
            column[-1] for column in found.columns if len(column) == 1 or column[-2] in own
        }
        self.asks_table = any(fields.get("relname") in own for fields in found.relations)
        self._where = where
        self._pins: Pins | None = None

    @property
    def pins(self) -> Pins:
        """Its conjuncts."""
        if self._pins is None:
            self._pins = pinned(Tree("", {"where": self._where}).where)
        return self._pins


def _narrowed(written: Written, name: str, where: _Where, targets: frozenset[str]) -> Written:
    """What the WHERE makes of it: a row that was written may not match a second time."""
    if name in where.reads:
        pins = where.pins
        if name in pins.nulls or (name in pins.values and written.again is Again.MOVES):
            return Written(Again.SAME)
        return Written(Again.UNKNOWN, f"the WHERE reads {name}, which it sets")
    if not where.reads.isdisjoint(targets):
        return Written(Again.UNKNOWN, "the WHERE reads a column that the statement sets")
    if where.asks_table:
        return Written(Again.UNKNOWN, "the WHERE reads the same table")
    return written


class Pins(NamedTuple):
    """The conjuncts of a WHERE that can be read: `column = constant`, `IN (…)`, `column IS NULL`.

    `choices` are the column and the values of one IN list; `all` tells whether there is nothing else in it.
    """

    values: dict[str, str]
    nulls: frozenset[str]
    all: bool
    choices: tuple[str, tuple[str, ...]] | None = None

    def rows(self) -> tuple[frozenset[tuple[str, str]], ...]:
        """The rows it matches, by these values: one, or one for each value of `IN (…)`."""
        pinned_values = frozenset(self.values.items())
        if self.choices is None:
            return (pinned_values,) if pinned_values else ()
        name, values = self.choices
        return tuple(pinned_values | {(name, value)} for value in values)


def pinned(where: Tree | None) -> Pins:
    """Read the conjuncts of a WHERE."""
    values: dict[str, str] = {}
    nulls: set[str] = set()
    complete = True
    choices: tuple[str, tuple[str, ...]] | None = None
    stack = [where] if where is not None else []
    while stack:
        node = stack.pop()
        if node.kind == "BoolExpr" and node.boolop == "AND_EXPR":
            stack.extend(node.args)
        elif node.kind == "NullTest" and node.nulltesttype == "IS_NULL" and _column(node.arg):
            nulls.add(_column(node.arg) or "")
        elif (
            node.kind == "A_Expr"
            and node.fields.get("kind") == "AEXPR_OP"
            and strings(node.name) == ["="]
        ):
            left, right = node.lexpr, node.rexpr
            if _column(left) is None:
                left, right = right, left
            name, value = _column(left), constant(right)
            if name is not None and value is not None:
                values[name] = value
            else:
                complete = False
        elif choices is None and (found := _choices(node)) is not None:
            choices = found
        else:
            complete = False
    return Pins(values, frozenset(nulls), complete, choices)


def _choices(node: Tree) -> tuple[str, tuple[str, ...]] | None:
    """`column IN ('a', 'b')`."""
    if node.kind != "A_Expr" or node.fields.get("kind") != "AEXPR_IN":
        return None
    name, listed = _column(node.lexpr), node.rexpr
    if name is None or strings(node.name) != ["="]:
        return None
    items = listed.items if listed is not None and listed.kind == "List" else listed
    values = tuple(constant(item) for item in items or ())
    if not values or any(value is None for value in values):
        return None
    return name, tuple(value for value in values if value is not None)


def _column(node: Tree | None) -> str | None:
    if node is None or node.kind != "ColumnRef":
        return None
    # `ColumnRef.fields` and the view's own attribute have one name: read the raw list.
    last = node.fields["fields"][-1].get("String")
    return last.get("sval", "") if last is not None else None
