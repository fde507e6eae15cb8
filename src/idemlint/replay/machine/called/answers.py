"""What a function of the folder answers: its result, as an expression in the place of the call.

`IF NOT has_column('t', 'c') THEN` asks what the body of `has_column` asks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.plpgsql import nodes
from idemlint.plpgsql.sql import Unreadable, negated, value_of
from idemlint.postgres import functions
from idemlint.postgres.functions import Call
from idemlint.replay.effects import effects_of, flat
from idemlint.replay.effects.queries import call_of
from idemlint.replay.effects.vocabulary import Calls, ReadsColumns, Requires
from idemlint.replay.machine.called.overload import block_of, meant
from idemlint.replay.queries.scope import field_names
from idemlint.source.tree import wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.plpgsql.nodes import Node
    from idemlint.plpgsql.sql import Json
    from idemlint.replay.machine.run import Pass
    from idemlint.source.tree import Tree

#: Functions in functions, and branches in branches.
_DEEPEST: Final = 12
_READING: Final = (Requires, ReadsColumns, Calls)


def answered(run: Pass, expression: Tree | None) -> Tree | None:
    """An expression with results in the place of calls of the folder's functions, where these only look;
    `None` where it calls none of them."""
    if expression is None:
        return None
    raw = {expression.kind: expression.fields}
    found = _replaced(run, raw, 0)
    return wrap(found) if found is not raw else None


def _replaced(run: Pass, value: Any, depth: int) -> Any:
    if value.__class__ is list:
        items = [_replaced(run, item, depth) for item in value]
        return items if any(a is not b for a, b in zip(items, value, strict=True)) else value
    if value.__class__ is not dict:
        return value
    called = value.get("FuncCall")
    if called is not None and functions.call(field_names(called["funcname"])) is Call.UNKNOWN:
        result = _result_of_call(run, called, depth)
        return value if result is None else result
    changed = {key: _replaced(run, item, depth) for key, item in value.items()}
    return changed if any(changed[key] is not value[key] for key in value) else value


def _result_of_call(run: Pass, call: Json, depth: int) -> Json | None:
    asked = call_of(field_names(call["funcname"]), call)
    found = meant(run.catalog, asked) if asked is not None and depth < _DEEPEST else None
    if asked is None or found is None:
        return None
    run.machine.budget.spend(1)
    block = block_of(found, asked.ref.name)
    version = run.machine.postgres_version
    result = (
        _last(block.body, version)
        if found.body.language == "sql"
        else _returned(block.body, version, 0)
    )
    return None if result is None else _replaced(run, result, depth + 1)


def _last(body: Sequence[Node], version: int) -> Json | None:
    """What an SQL function gives: its last query's first value."""
    if not body or not all(only_looks(each, version) for each in body):
        return None
    last = body[-1]
    if not isinstance(last, nodes.Sql) or last.tree.kind != "SelectStmt":
        return None
    try:
        return value_of({last.tree.kind: last.tree.fields}, 0)
    except Unreadable:
        return None


def _returned(body: Sequence[Node], version: int, depth: int) -> Json | None:
    """What statements return, one after the other; `None` where that cannot be told."""
    for place, node in enumerate(body):
        rest = body[place + 1 :]
        if isinstance(node, nodes.Return):
            return {node.value.kind: node.value.fields} if node.value is not None else None
        if isinstance(node, nodes.Block):
            return _returned((*node.body, *rest), version, depth)
        if isinstance(node, nodes.If):
            if node.condition is None or depth > _DEEPEST:
                return None
            one = _returned((*node.then.body, *rest), version, depth + 1)
            other = _returned((*node.otherwise.body, *rest), version, depth + 1)
            if one is None or other is None:
                return None
            return _chosen({node.condition.kind: node.condition.fields}, one, other)
        if not only_looks(node, version):
            return None
    return None


def _chosen(condition: Json, one: Json, other: Json) -> Json:
    """`condition AND one OR NOT condition AND other`."""
    first, second = _all(condition, one), _all(negated(condition), other)
    return {"BoolExpr": {"boolop": "OR_EXPR", "args": [first, second]}}


def _all(*parts: Json) -> Json:
    return {"BoolExpr": {"boolop": "AND_EXPR", "args": list(parts)}}


def only_looks(node: Node, version: int) -> bool:
    """Whether a statement of a body changes nothing."""
    if isinstance(node, nodes.Asks):
        return True
    return isinstance(node, nodes.Sql) and all(
        isinstance(each, _READING) for each in flat(effects_of(node.tree, version))
    )
