"""A search in a table of the application's."""

from __future__ import annotations

from idemlint.postgres.catalogs import LISTS
from idemlint.postgres.kinds import Ref, Space
from idemlint.replay.guards.conditions import Condition, Narrowed, RowExists, disjunction
from idemlint.replay.guards.expressions import (
    Json,
    always,
    column_name,
    describe,
    operator,
    text_of,
)
from idemlint.replay.guards.rewritten import alternatives


def rows_of(table: Json, where: Json | None) -> Condition:
    """A search in a table of the application's."""
    name = table["relname"]
    schema = table.get("schemaname", "pg_catalog" if name in LISTS else None)
    ref = Ref(Space.RELATION, name, schema)
    found: list[Condition] = []
    for conditions in alternatives(where):
        row = set()
        rest = []
        for condition in conditions:
            pair = _column_value(condition)
            if pair is not None:
                row.add(pair)
            elif not always(condition):
                rest.append(describe(condition))
        fact = RowExists(ref, frozenset(row))
        found.append(Narrowed(fact, " AND ".join(rest)) if rest else fact)
    return disjunction(found)


def _column_value(condition: Json) -> tuple[str, str] | None:
    """`column = constant`, either way round."""
    expr = condition.get("A_Expr")
    if expr is None or expr["kind"] != "AEXPR_OP" or operator(expr) != "=" or "lexpr" not in expr:
        return None
    for column, value in ((expr["lexpr"], expr["rexpr"]), (expr["rexpr"], expr["lexpr"])):
        name = column_name(column)
        text = text_of(value)
        if name is not None and text is not None:
            return name, text
    return None
