"""How what is there differs from what a statement would have made, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres.kinds import Ref, Space
from idemlint.replay.catalog.refs import inside
from idemlint.replay.catalog.routine import same_type
from idemlint.replay.catalog.slots import ABSENT, PRESENT, UNKNOWN
from idemlint.replay.catalog.view import PrimaryKey
from idemlint.source.tree import shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.replay.catalog.column import Column
    from idemlint.replay.catalog.definition import SequenceDefinition
    from idemlint.replay.catalog.relation import IndexDefinition, TableDefinition
    from idemlint.replay.catalog.view import Answers
    from idemlint.source.tree import Tree


def column(wanted: Column, known: Answers, table: Ref) -> Iterator[str]:
    """What a column has otherwise than it is wanted."""
    ref = inside(Space.COLUMN, wanted.name, table)
    there = known.column(ref) if known.presence(ref) is PRESENT else None
    if there is None:
        return
    name = wanted.name
    if same_type(there.type.removeprefix("public."), wanted.type.removeprefix("public.")) is False:
        yield f"{name} is {there.type}, not {wanted.type}"
    elif there.typmods not in {None, wanted.typmods}:
        yield f"{name} is {_typed(there)}, not {_typed(wanted)}"
    primary = known.primary_key(table)
    in_key = primary.presence is not ABSENT and (not primary.columns or name in primary.columns)
    if there.not_null is not wanted.not_null and not in_key:
        yield f"{name} is NOT NULL" if there.not_null else f"{name} is not NOT NULL"
    if there.identity or wanted.identity or there.expression or wanted.expression:
        return
    if (there.default is None) is not (wanted.default is None):
        yield f"{name} has {'no' if there.default is None else 'a'} DEFAULT"
    elif _constant(there.default) and _constant(wanted.default):
        old, new = _constant(there.default), _constant(wanted.default)
        if old != new:
            yield f"{name} has another DEFAULT"


def _typed(column: Column) -> str:
    return f"{column.type}({column.typmods})" if column.typmods else column.type


def _constant(default: Tree | None) -> str:
    """A constant, whatever it is cast to; empty: it is none."""
    node = default
    while node is not None and node.kind == "TypeCast":
        node = node.arg
    return shape(node.fields) if node is not None and node.kind == "A_Const" else ""


def keys(wanted: TableDefinition, known: Answers, table: Ref) -> Iterator[str]:
    """Keys that the statement has, and the table does not."""
    types = {key.contype for key in wanted.constraints.values()}
    there: set[frozenset[str]] = set()
    complete = False
    if "CONSTR_UNIQUE" in types:
        # A table that was altered often has much to look through.
        there = {frozenset(key.columns) for key in known.unique_keys(table) if key.whole}
        complete = known.names(Space.CONSTRAINT, table).complete
    primary = known.primary_key(table) if "CONSTR_PRIMARY" in types else PrimaryKey(UNKNOWN)
    for key in wanted.constraints.values():
        columns = ", ".join(key.columns)
        if key.contype == "CONSTR_PRIMARY":
            if primary.presence is ABSENT:
                yield f"it has no PRIMARY KEY ({columns})"
            elif primary.columns and primary.columns != key.columns:
                yield f"its PRIMARY KEY is ({', '.join(primary.columns)}), not ({columns})"
        elif key.contype == "CONSTR_UNIQUE" and complete and frozenset(key.columns) not in there:
            yield f"it has no UNIQUE ({columns})"


def index(wanted: IndexDefinition, there: IndexDefinition, changed: set[str]) -> str:
    """What an index is otherwise, but for columns that have `changed` since; empty: nothing."""
    if changed.intersection(filter(None, (*wanted.columns, *there.columns))):
        return ""
    if wanted.columns != there.columns:
        return f"over ({_listed(there)}), not ({_listed(wanted)})"
    if wanted.unique is not there.unique:
        return "as UNIQUE" if there.unique else "not as UNIQUE"
    if wanted.partial is not there.partial:
        return "with a WHERE" if there.partial else "without the WHERE"
    return "with another expression, WHERE or method" if wanted.more != there.more else ""


def _listed(index: IndexDefinition) -> str:
    return ", ".join(name or "an expression" for name in index.columns)


def sequence(wanted: SequenceDefinition, there: SequenceDefinition) -> str:
    """The options that a sequence has otherwise; empty: none."""
    differ = [
        name
        for name in dict.fromkeys([*wanted.options, *there.options])
        if name != "owned_by" and shape(wanted.options.get(name)) != shape(there.options.get(name))
    ]
    return f"with another {', '.join(differ)}" if differ else ""
