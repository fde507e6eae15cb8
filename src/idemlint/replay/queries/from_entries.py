"""Raw entries of FROM, and the sides of a UNION, as they are written."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres.names import is_system_name
from idemlint.replay.catalog.refs import table_of
from idemlint.replay.queries.scope import RangeEntry, field_names

if TYPE_CHECKING:
    from collections.abc import Iterable

_NOTHING: Final[dict[str, Any]] = {}


def table_source(fields: dict[str, Any]) -> RangeEntry:
    """A raw `RangeVar` that an UPDATE or an INSERT is about, as an entry of FROM."""
    alias = fields.get("alias", _NOTHING)
    return RangeEntry(
        alias.get("aliasname") or fields["relname"],
        table_of(fields),
        columns=names_of(alias.get("colnames", ())),
    )


def is_system(fields: dict[str, Any]) -> bool:
    """Whether a raw `RangeVar` is one of PostgreSQL's own catalogs."""
    return is_system_name(fields.get("schemaname"), fields["relname"])


def sides(fields: dict[str, Any]) -> list[dict[str, Any]]:
    """The queries that UNION, INTERSECT, EXCEPT join, in order: thousands may stand in one chain."""
    found: list[dict[str, Any]] = []
    waiting = [fields]
    while waiting:
        current = waiting.pop()
        joined = current.get("op", "SETOP_NONE") != "SETOP_NONE"
        if joined and (current is fields or "withClause" not in current):
            waiting += (current["rarg"], current["larg"])
        else:
            found.append(current)
    return found


def names_of(nodes: Iterable[dict[str, Any]]) -> tuple[str, ...]:
    """The values of raw `String` nodes."""
    return tuple([each["String"].get("sval", "") for each in nodes])


def function_name(fields: dict[str, Any]) -> str:
    """What a function in FROM is called where it has no alias."""
    functions = fields.get("functions", ())
    if len(functions) != 1:
        return ""
    call = functions[0].get("List", _NOTHING).get("items", [_NOTHING])[0].get("FuncCall")
    return field_names(call["funcname"])[-1] if call is not None else ""
