"""Commands that are kept to run later (those of a rule, of a BEGIN ATOMIC body) → what they read and write:
PostgreSQL analyses them when they are made, and none of it can be dropped under them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.plpgsql import sql
from idemlint.replay.catalog.refs import table_of
from idemlint.replay.queries.compiled import read_level
from idemlint.replay.queries.from_entries import table_source
from idemlint.replay.queries.scope import RangeEntry, Reading, Scope
from idemlint.replay.queries.statements import (
    read_delete,
    read_insert,
    read_over_target,
    read_update,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from idemlint.postgres.kinds import Ref
    from idemlint.source.tree import Tree

#: How what a statement that writes reads is read.
_READERS: Final = {
    "InsertStmt": (read_insert, read_over_target),
    "UpdateStmt": (read_update,),
    "DeleteStmt": (read_delete,),
}


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
    readers = _READERS.get(kind)
    if readers is None:
        return read_level([command], rows)
    target = table_source(fields["relation"])
    assert target.table is not None
    readings = (read(fields, rows=rows) for read in readers)
    reading = joined(each for each in readings if each is not None)
    written = tuple((target.name, each["ResTarget"]["name"]) for each in _written(fields))
    scope = Scope((*rows, target), written, apart=(reading.scope,))
    tables = tuple(dict.fromkeys((target.table, *reading.tables)))
    return reading._replace(scope=scope, tables=tables)


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


def parameters_of(routine: str, parameters: Iterable[Tree]) -> RangeEntry:
    """The names of a routine's parameters, as its body knows them."""
    names = tuple(
        each.name
        for each in parameters
        if each.name and each.mode not in {"FUNC_PARAM_OUT", "FUNC_PARAM_TABLE"}
    )
    return RangeEntry(routine, columns=names, only=True)


def read_text(
    text: str, routine: str, parameters: Iterable[Tree]
) -> tuple[tuple[Reading, ...], tuple[Ref, ...]]:
    """What the statements of a routine's body, a string, read, and the tables that they make. PostgreSQL
    analyses it when it is made (`fmgr_sql_validator`, src/backend/catalog/pg_proc.c). Names of its parameters
    are known in all of it."""
    try:
        trees = sql.statements(text, 0)
    except sql.Unreadable:
        return (), ()
    itself = parameters_of(routine, parameters)
    analysed = {"SelectStmt", *_READERS}
    readings = tuple(_command(each, (itself,)) for each in trees if analysed.issuperset(each))
    return readings, tuple(_made(trees))


#: Where a temporary table is, which is asked for without a schema.
_TEMPORARY: Final = "pg_temp"


def _made(commands: Iterable[dict[str, Any]]) -> Iterator[Ref]:
    """The tables that commands make without a guard."""
    for command in commands:
        [(kind, fields)] = command.items()
        target = fields.get("into", {}).get("rel") if kind == "CreateTableAsStmt" else None
        if kind == "CreateStmt":
            target = fields["relation"]
        if target is not None and not fields.get("if_not_exists"):
            made = table_of(target)
            yield made._replace(schema=None) if made.schema == _TEMPORARY else made
