"""What statements that write into a table read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.replay.queries.compiled import read_level
from idemlint.replay.queries.from_entries import table_source
from idemlint.replay.queries.meetings import in_assignments

if TYPE_CHECKING:
    from collections.abc import Mapping

    from idemlint.replay.queries.scope import RangeEntry, Reading

    #: What the WITH around a statement makes known to it.
    Known = Mapping[str, RangeEntry]
    #: Entries that a whole statement sees: NEW and OLD in a rule, a routine's parameters.
    Rows = tuple[RangeEntry, ...]

NO_NAMES: Final[dict[str, RangeEntry]] = {}


def read_insert(fields: dict[str, Any], known: Known = NO_NAMES, rows: Rows = ()) -> Reading:
    """What the query of a raw `InsertStmt` reads; of VALUES, what is no literal."""
    values = fields.get("selectStmt", {}).get("SelectStmt", {}).get("valuesLists")
    given = [fields.get("selectStmt")]
    if values:
        given = [item for row in values for item in row["List"]["items"] if "A_Const" not in item]
    return read_level(given, rows, with_clause=fields.get("withClause"), known=known)


def read_over_target(
    fields: dict[str, Any], known: Known = NO_NAMES, rows: Rows = ()
) -> Reading | None:
    """What ON CONFLICT and RETURNING of a raw `InsertStmt` read: the table itself, and `excluded`."""
    parts = [fields[part] for part in ("onConflictClause", "returningList") if part in fields]
    if not parts:
        return None
    target = table_source(fields["relation"])
    excluded = target._replace(name="excluded")
    sets = in_assignments(target.name, fields.get("onConflictClause", {}).get("targetList", ()))
    return read_level(parts, (*rows, target, excluded), known=known, sets=sets)


def read_update(fields: dict[str, Any], known: Known = NO_NAMES, rows: Rows = ()) -> Reading:
    """What a raw `UpdateStmt` reads."""
    target = table_source(fields["relation"])
    return read_level(
        [fields.get(part) for part in ("whereClause", "returningList", "targetList")],
        (*rows, target),
        fields.get("fromClause", ()),
        fields.get("withClause"),
        known,
        in_assignments(target.name, fields.get("targetList", ())),
    )


def read_delete(fields: dict[str, Any], known: Known = NO_NAMES, rows: Rows = ()) -> Reading:
    """What a raw `DeleteStmt` reads."""
    return read_level(
        [fields.get(part) for part in ("whereClause", "returningList")],
        (*rows, table_source(fields["relation"])),
        fields.get("usingClause", ()),
        fields.get("withClause"),
        known,
    )


def read_merge(fields: dict[str, Any], known: Known = NO_NAMES, rows: Rows = ()) -> Reading:
    """What a raw `MergeStmt` reads."""
    return read_level(
        [fields.get(part) for part in ("joinCondition", "mergeWhenClauses", "returningList")],
        (*rows, table_source(fields["relation"])),
        [fields["sourceRelation"]],
        fields.get("withClause"),
        known,
    )
