"""What running a query does by the functions that it calls, as effects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idemlint.postgres import functions
from idemlint.postgres.functions import Call
from idemlint.postgres.kinds import Kind, Space
from idemlint.replay.catalog.refs import qualified
from idemlint.replay.effects.queries import constant, walk
from idemlint.replay.effects.vocabulary import Calls, Command, Opaque, Repeats, Sets, SetsPath
from idemlint.replay.queries.scope import field_names
from idemlint.source.tree import wrap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.postgres.kinds import Ref
    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.replay.queries.scope import Name
    from idemlint.source.tree import Tree


def calls(found: Iterable[tuple[Name, Tree]], *, many: bool = False) -> list[Effect]:
    """What running a query does by the functions it calls; `many`: for each of its rows, or never."""
    effects: list[Effect] = []
    for name, call in found:
        last, fields = name[-1], call.fields
        kind = functions.call(name)
        if last == "set_config":
            effects += _set_config(fields)
        elif last == "setval":
            effects += _setval(fields)
        elif kind is Call.REPEATS:
            subject = _constant(fields, 0)
            ref = qualified(Space.RELATION, subject.lower().split(".")) if subject else None
            effects.append(Repeats(f"{last}() {functions.REPEATS[last]}", Kind.SEQUENCE, ref))
        elif kind is Call.FAILS or kind is Call.UNKNOWN:
            # Most folders call none.
            from idemlint.replay.effects.supplied import deeds

            if kind is Call.FAILS:
                effects += deeds.kept_list(name, fields)
            else:
                effects += deeds.supplied(name, fields, many=many)
    return effects


def relied_on(found: Iterable[tuple[Name, Tree]], written: Any) -> list[Effect]:
    """What is written (raw) is what functions of extensions give, unless the folder has made them; `found`
    are all that the statement calls."""
    if all(functions.call(name) is not Call.UNKNOWN for name, _ in found):
        return []
    # Most folders call none.
    from idemlint.postgres.extension_functions import value_of_call

    names = dict.fromkeys(tuple(name) for name, _ in walk(written).functions)
    return [
        Command(
            (
                Calls(
                    qualified(Space.ROUTINE, list(name)),
                    unless=Opaque(f"what {name[-1]}() gives the second time cannot be seen"),
                ),
            )
        )
        for name in names
        if functions.call(name) is Call.UNKNOWN and value_of_call(name) is not Call.UNKNOWN
    ]


def _set_config(fields: dict[str, Any]) -> list[Effect]:
    if _constant(fields, 0) != "search_path":
        return []
    value = _constant(fields, 1)
    if value is None:
        return []
    names = tuple(part.strip().strip('"') for part in value.split(",") if part.strip())
    return [SetsPath(names, _constant(fields, 2) in {"true", "t", "1", "on", "yes"})]


def _setval(fields: dict[str, Any]) -> list[Effect]:
    """A sequence is put somewhere: at a number, or at one that the data tell (`None`)."""
    given = fields.get("args", [])
    ref = _sequence_of(given[0]) if given else None
    return [Sets(ref, "restart", _constant(fields, 1))] if ref is not None else []


def _sequence_of(node: dict[str, Any]) -> Ref | None:
    """The sequence of a regclass literal, or of `pg_get_serial_sequence('t', 'id')`."""
    text = constant(wrap(node))
    if text is not None:
        return qualified(Space.RELATION, _parts(text))
    while "TypeCast" in node:
        node = node["TypeCast"]["arg"]
    found = node.get("FuncCall")
    if found is None or field_names(found["funcname"])[-1] != "pg_get_serial_sequence":
        return None
    table, column = _constant(found, 0), _constant(found, 1)
    if table is None or column is None:
        return None
    *schema, name = _parts(table)
    return qualified(Space.RELATION, [*schema, f"{name}_{column}_seq"])


def _parts(text: str) -> list[str]:
    """A dotted name as it is written in a literal."""
    return [
        each.strip('"') if each.startswith('"') else each.lower()
        for each in text.strip().split(".")
    ]


def _constant(fields: dict[str, Any], position: int) -> str | None:
    arguments = fields.get("args", [])
    if position >= len(arguments):
        return None
    return constant(wrap(arguments[position]))
