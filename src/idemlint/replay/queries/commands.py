"""Commands that are kept to run later (those of a rule, of a BEGIN ATOMIC body) → what they read and write:
PostgreSQL analyses them when they are made, and none of it can be dropped under them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.plpgsql import sql
from idemlint.replay.queries.compiled import read_level
from idemlint.replay.queries.from_entries import table_source
from idemlint.replay.queries.scope import RangeEntry, Reading, Scope, as_column

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.source.tree import Tree

_WRITES: Final = frozenset({"InsertStmt", "UpdateStmt", "DeleteStmt"})
_FROM: Final = ("fromClause", "usingClause")
#: Parts of a data-modifying command that hold no expressions of its level.
_APART: Final = frozenset({"relation", "cols", "withClause", *_FROM})


def read_commands(commands: Iterable[dict[str, Any]], rows: tuple[RangeEntry, ...] = ()) -> Reading:
    """What raw commands mention; `rows` are entries that all of them see (NEW and OLD)."""
    return joined([_command(each, rows) for each in commands])


def joined(readings: Iterable[Reading]) -> Reading:
    """All that some readings mention, each with names of its own."""
    given = tuple(readings)
    if len(given) == 1:
        return given[0]
    return Reading(
        Scope(apart=tuple(each.scope for each in given)),
        tuple(dict.fromkeys(ref for each in given for ref in each.tables)),
        tuple(call for each in given for call in each.functions),
        tuple(dict.fromkeys(ref for each in given for ref in each.types)),
        tuple(dict.fromkeys(text for each in given for text in each.regclasses)),
        tuple(write for each in given for write in each.writes),
        tuple(group for each in given for group in each.groupings),
    )


def _command(command: dict[str, Any], rows: tuple[RangeEntry, ...]) -> Reading:
    [(kind, fields)] = command.items()
    if kind == "ReturnStmt":
        return read_level([fields.get("returnval")], rows)
    if kind not in _WRITES:
        return read_level([command], rows)
    target = table_source(fields["relation"])
    assert target.table is not None
    parts = [value for name, value in fields.items() if name not in _APART]
    parts += [as_column(target.name, each["ResTarget"]["name"]) for each in _written(fields)]
    sources = (*rows, target)
    if "onConflictClause" in fields:
        sources = (*sources, RangeEntry("excluded", target.table))
    from_items = next((fields[part] for part in _FROM if part in fields), ())
    reading = read_level(parts, sources, from_items, fields.get("withClause"))
    return reading._replace(tables=tuple(dict.fromkeys((target.table, *reading.tables))))


def _written(fields: dict[str, Any]) -> list[dict[str, Any]]:
    """The columns that an INSERT names, or that an UPDATE sets."""
    written = [*fields.get("cols", ()), *fields.get("targetList", ())]
    return [each for each in written if "name" in each.get("ResTarget", ())]


def body_commands(body: dict[str, Any]) -> list[dict[str, Any]]:
    """The commands of a raw `sql_body`: `RETURN …`, or what stands in BEGIN ATOMIC … END."""
    if "List" not in body:
        return [body]
    return [
        each for part in body["List"]["items"] for each in part["List"].get("items", ()) if each
    ]


def read_text(text: str, routine: str, parameters: Iterable[Tree]) -> tuple[Reading, ...]:
    """What the statements of a routine's body, a string, read. PostgreSQL analyses it when it is made
    (`fmgr_sql_validator`, src/backend/catalog/pg_proc.c). Names of its parameters are known in all of it."""
    try:
        trees = sql.statements(text, 0)
    except sql.Unreadable:
        return ()
    names = tuple(
        each.name
        for each in parameters
        if each.name and each.mode not in {"FUNC_PARAM_OUT", "FUNC_PARAM_TABLE"}
    )
    itself = RangeEntry(routine, columns=names, only=True)
    analysed = _WRITES | {"SelectStmt"}
    return tuple(_command(each, (itself,)) for each in trees if analysed.issuperset(each))
