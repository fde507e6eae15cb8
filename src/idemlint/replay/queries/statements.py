"""What whole statements read: queries, writes into a table, the bodies of SQL functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.plpgsql import sql
from idemlint.replay.catalog.refs import table_of
from idemlint.replay.queries.compiled import read_level, read_query, table_source
from idemlint.replay.queries.meetings import in_assignments
from idemlint.replay.queries.scope import RangeEntry, Reading, Scope
from idemlint.source.tree import strings

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from idemlint.source.tree import Tree

    #: What the WITH around a statement makes known to it.
    Known = Mapping[str, RangeEntry]

NO_NAMES: Final[dict[str, RangeEntry]] = {}


def read_insert(fields: dict[str, Any], known: Known = NO_NAMES) -> Reading:
    """What the query of a raw `InsertStmt` reads; of VALUES, what is no literal."""
    values = fields.get("selectStmt", {}).get("SelectStmt", {}).get("valuesLists")
    given = [fields.get("selectStmt")]
    if values:
        given = [item for row in values for item in row["List"]["items"] if "A_Const" not in item]
    return read_level(given, with_clause=fields.get("withClause"), known=known)


def read_over_target(fields: dict[str, Any], known: Known = NO_NAMES) -> Reading | None:
    """What ON CONFLICT and RETURNING of a raw `InsertStmt` read: the table itself, and `excluded`."""
    parts = [fields[part] for part in ("onConflictClause", "returningList") if part in fields]
    if not parts:
        return None
    target = table_source(fields["relation"])
    excluded = target._replace(name="excluded")
    sets = in_assignments(target.name, fields.get("onConflictClause", {}).get("targetList", ()))
    return read_level(parts, (target, excluded), known=known, sets=sets)


def read_update(fields: dict[str, Any], known: Known = NO_NAMES) -> Reading:
    """What a raw `UpdateStmt` reads."""
    target = table_source(fields["relation"])
    return read_level(
        [fields.get(part) for part in ("targetList", "whereClause", "returningList")],
        (target,),
        fields.get("fromClause", ()),
        fields.get("withClause"),
        known,
        in_assignments(target.name, fields.get("targetList", ())),
    )


def read_delete(fields: dict[str, Any], known: Known = NO_NAMES) -> Reading:
    """What a raw `DeleteStmt` reads."""
    return read_level(
        [fields.get(part) for part in ("whereClause", "returningList")],
        (table_source(fields["relation"]),),
        fields.get("usingClause", ()),
        fields.get("withClause"),
        known,
    )


def read_merge(fields: dict[str, Any], known: Known = NO_NAMES) -> Reading:
    """What a raw `MergeStmt` reads."""
    return read_level(
        [fields.get(part) for part in ("joinCondition", "mergeWhenClauses", "returningList")],
        (table_source(fields["relation"]),),
        [fields["sourceRelation"]],
        fields.get("withClause"),
        known,
    )


_READERS: Final[dict[str, Callable[[dict[str, Any]], Reading | None]]] = {
    "SelectStmt": read_query,
    "InsertStmt": read_insert,
    "UpdateStmt": read_update,
    "DeleteStmt": read_delete,
    "MergeStmt": read_merge,
}


def read_body(stmt: Tree) -> tuple[Reading, ...]:
    """What the string body of a LANGUAGE sql routine reads: PostgreSQL analyses it when the routine is made
    (`fmgr_sql_validator`, src/backend/catalog/pg_proc.c). Names of parameters are known in all of it."""
    text = _sql_text(stmt)
    if text is None:
        return ()
    try:
        trees = sql.statements(text, 0)
    except sql.Unreadable:
        return ()
    parameters = tuple(
        each.name
        for each in stmt.parameters or ()
        if each.name and each.mode not in {"FUNC_PARAM_OUT", "FUNC_PARAM_TABLE"}
    )
    itself = RangeEntry(strings(stmt.funcname)[-1], columns=parameters, only=True)
    found: list[Reading] = []
    for tree in trees:
        [(kind, fields)] = tree.items()
        read = _READERS.get(kind)
        reading = read(fields) if read is not None else None
        if reading is None:
            continue
        tables = reading.tables
        if kind != "SelectStmt":
            tables = (table_of(fields["relation"]), *tables)
        scope = Scope((itself,), inner=(reading.scope,))
        found.append(reading._replace(scope=scope, tables=tables))
    return tuple(found)


def _sql_text(stmt: Tree) -> str | None:
    text = language = None
    for option in stmt.options or ():
        if option.defname == "as":
            parts = strings(option.arg.items)
            text = parts[0] if len(parts) == 1 else None
        elif option.defname == "language":
            language = str(option.arg.fields.get("sval", "")).lower()
    return text if language == "sql" else None
