"""What writing a value once more comes to: `SET a = 1` is a fixpoint, `SET n = n + 1` is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres import functions
from idemlint.postgres.functions import Call
from idemlint.records import NamedTuple
from idemlint.replay.effects.queries import Query, constant, walk
from idemlint.replay.effects.vocabulary import Again
from idemlint.source.tree import Tree, strings

if TYPE_CHECKING:
    from collections.abc import Iterator


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
        "nullif",
        "coalesce",
        "numnode",
        "normalize",
    }
)
_ACCUMULATING: Final = frozenset(
    {"concat", "concat_ws", "array_append", "array_prepend", "array_cat", "repeat", "timezone"}
)
_MOVING_OPERATORS: Final = frozenset({"+", "-", "*", "/", "||", "^", "#"})
_RANK: Final = {Again.SAME: 0, Again.UNKNOWN: 1, Again.VOLATILE: 2, Again.MOVES: 3}


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
    condition = walk([where]) if where is not None else None
    for target in targets:
        name = target.name or ""
        value = target.val
        if value is not None and value.kind == "MultiAssignRef":
            value = value.source
        each = value_again(value, name, own, written, excluded=excluded)
        if each.again is not Again.SAME and condition is not None:
            each = _narrowed(each, name, where, condition, written, own)
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
        return Written(Again.SAME)
    found = walk([{value.kind: value.fields}] if value.kind else [value.fields])
    for called, _ in found.functions:
        kind = functions.call(called)
        shown = called[-1]
        if kind in {Call.CLOCK, Call.VOLATILE, Call.REPEATS}:
            return Written(Again.VOLATILE, f"{shown}() gives another value each time")
        if kind is Call.UNKNOWN:
            return Written(Again.UNKNOWN, f"what {shown}() gives the second time cannot be seen")
    if _is_clock(value):
        return Written(Again.VOLATILE, "the current time is another one each time")
    reads = {
        column[-1]
        for column in found.columns
        if len(column) == 1 or (column[-2] in own and column[-2] != "excluded")
    }
    if excluded:
        reads = {
            column[-1] for column in found.columns if len(column) == 1 or column[-2] != "excluded"
        }
    if found.relations:
        # Inside a subquery an unqualified name is first of all the subquery's own.
        reads = {column[-1] for column in found.columns if len(column) > 1 and column[-2] in own}
    reads_table = any(fields.get("relname") in own for fields in found.relations)
    if name not in reads and not reads_table:
        if reads & (written - {name}):
            return Written(Again.UNKNOWN, "it reads a column that the same statement sets")
        return Written(Again.SAME)
    if reads_table:
        moving = value.kind == "SubLink" and _arithmetic(value)
        if moving:
            return Written(Again.MOVES, f"it moves {name} on from what the first run left")
        return Written(Again.UNKNOWN, f"{name} is computed from the same table")
    return _self_reference(value, name)


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
    moves = Written(Again.MOVES, f"the new {name} is computed from the one the first run left")
    unknown = Written(Again.UNKNOWN, f"{name} is computed from itself")
    kind = value.kind
    if kind in {"ColumnRef", "CoalesceExpr", "MinMaxExpr"}:
        return Written(Again.SAME)
    if kind in {"TypeCast", "CollateClause"}:
        return _self_reference(value.arg, name)
    if kind == "BoolExpr":
        return moves if value.boolop == "NOT_EXPR" else unknown
    if kind == "A_ArrayExpr":
        return moves
    if kind == "A_Expr":
        operator = strings(value.fields.get("name") and value.name)[-1:]
        if operator and operator[0] in _MOVING_OPERATORS:
            if operator[0] == "||" and _merges_object(value.rexpr):
                return Written(Again.SAME)
            if operator[0] == "-" and constant(value.rexpr) is not None and _is_key(value.rexpr):
                return Written(Again.SAME)
            return moves
        return unknown
    if kind == "FuncCall":
        last = strings(value.funcname)[-1]
        if last in _IDEMPOTENT:
            return Written(Again.SAME)
        if last in _ACCUMULATING:
            return moves
        if last == "replace" and len(value.args or ()) == 3:
            old, new = constant(value.args[1]), constant(value.args[2])
            if old and new is not None:
                return moves if old in new else Written(Again.SAME)
    return unknown


def _merges_object(node: Tree | None) -> bool:
    """`jsonb || '{"a": 1}'` sets keys; an array or a plain string is put at the end."""
    text = constant(node)
    return text is not None and text.lstrip().startswith("{")


def _is_key(node: Tree | None) -> bool:
    """`jsonb - 'key'` removes a key: a string, where a number would be arithmetic."""
    while node is not None and node.kind == "TypeCast":
        node = node.arg
    return node is not None and "sval" in node.fields


def _narrowed(
    written: Written,
    name: str,
    where: Any,
    condition: Query,
    targets: frozenset[str],
    own: frozenset[str],
) -> Written:
    """What the WHERE makes of it: a row that was written may not match a second time."""
    read = {column[-1] for column in condition.columns if len(column) == 1 or column[-2] in own}
    if name in read:
        pins = pinned(Tree("", {"where": where}).where)
        if name in pins.nulls or (name in pins.values and written.again is Again.MOVES):
            return Written(Again.SAME)
        return Written(Again.UNKNOWN, f"the WHERE reads {name}, which it sets")
    if read & targets:
        return Written(Again.UNKNOWN, "the WHERE reads a column that the statement sets")
    if any(fields.get("relname") in own for fields in condition.relations):
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
