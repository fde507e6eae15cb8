"""What ends the rounds of a loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.replay.effects.queries import constant
from idemlint.source.tree import strings

if TYPE_CHECKING:
    from idemlint.source.tree import Tree


def is_of_none(condition: Tree) -> bool:
    """Whether a condition says that nothing was found, or less than was asked for: `n = 0`, `n IS NULL`, `NOT
    FOUND`, `NOT n > 0`, `n < batch`, `NOT EXISTS (…)`."""
    if condition.kind == "BoolExpr":
        parts: tuple[Tree, ...] = condition.args or ()
        if condition.boolop == "NOT_EXPR":
            return parts[0].kind == "SubLink" or _is_of_some(parts[0])
        return condition.boolop == "OR_EXPR" and any(map(is_of_none, parts))
    if condition.kind == "NullTest":
        return bool(condition.nulltesttype == "IS_NULL")
    if condition.kind != "A_Expr":
        return False
    operator = "".join(strings(condition.name)[-1:])
    given = constant(condition.rexpr)
    return (operator in {"=", "<="} and given == "0") or (
        operator == "<" and (given is None or given == "1")
    )


def _is_of_some(condition: Tree) -> bool:
    """`FOUND`, `n > 0`."""
    if condition.kind == "ColumnRef":
        return True
    if condition.kind == "NullTest":
        return bool(condition.nulltesttype == "IS_NOT_NULL")
    if condition.kind != "A_Expr":
        return False
    operator = "".join(strings(condition.name)[-1:])
    given = constant(condition.rexpr)
    return (operator, given) in {(">", "0"), (">=", "1"), ("<>", "0")}
