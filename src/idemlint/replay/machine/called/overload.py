"""Which routine a call means, and its body with the call's arguments in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.plpgsql.bindings import Given
from idemlint.plpgsql.constants import is_settled
from idemlint.records import NamedTuple
from idemlint.replay.catalog.routine import Routine
from idemlint.replay.catalog.slots import ABSENT, PRESENT
from idemlint.source.tree import shape

if TYPE_CHECKING:
    from typing import Any

    from idemlint.plpgsql.nodes import Block
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.refs import Called
    from idemlint.replay.catalog.routine import Parameter, RoutineBody

    Json = dict[str, Any]


class MeantRoutine(NamedTuple):
    """The routine of a call: its identity, what it is, and the arguments by its parameters (`None`: one that
    is not given, and has no DEFAULT that could be read)."""

    oid: int
    routine: Routine
    body: RoutineBody
    arguments: tuple[Json | None, ...]


def meant(catalog: Catalog, call: Called) -> MeantRoutine | None:
    """The one routine that a call can mean; `None`: there is none, there are several, or none has a body that
    is known."""
    found: list[MeantRoutine] = []
    for key, slot in catalog.namesakes(call.ref):
        if slot.presence is ABSENT:
            continue
        routine = slot.definition
        if slot.presence is not PRESENT or not isinstance(routine, Routine) or key[2] == "?":
            return None
        arguments = _by_parameter(routine, call.arguments)
        if arguments is None:
            continue
        if routine.body is None or found:
            return None
        found.append(MeantRoutine(slot.oid, routine, routine.body, arguments))
    return found[0] if found else None


def _by_parameter(routine: Routine, arguments: tuple[Json, ...]) -> tuple[Json | None, ...] | None:
    """The arguments in the order of the parameters; `None` where they do not fit.

    https://www.postgresql.org/docs/current/sql-syntax-calling-funcs.html
    """
    inputs = routine.inputs
    by_name = {each.name: place for place, each in enumerate(inputs) if each.name}
    found: list[Json | None] = [
        {each.default.kind: each.default.fields} if each.default is not None else None
        for each in inputs
    ]
    missing = {place for place, each in enumerate(inputs) if each.default is None}
    for position, argument in enumerate(arguments):
        named = argument.get("NamedArgExpr")
        place = by_name.get(named["name"]) if named is not None else position
        if place is None or place >= len(inputs) or inputs[place].variadic:
            return None
        found[place] = named["arg"] if named is not None else argument
        missing.discard(place)
    missing -= {place for place in missing if inputs[place].variadic}
    return None if missing else tuple(found)


def block_of(call: MeantRoutine, name: str) -> Block:
    """The body of a routine as it is called; it is read once for the same arguments."""
    body = call.body
    given = Given(name, tuple(map(_bound, call.routine.inputs, call.arguments)))
    read = body.blocks
    if read is None:
        read = body.blocks = {}
    key = (name, tuple([shape(tree) for _, _, tree in given.parameters]))
    block: Block | None = read.get(key)
    if block is None:
        # Few files call what they make.
        from idemlint.plpgsql.body import routine_block

        block = read[key] = routine_block(body.language, body.text, given)
    return block


def _bound(parameter: Parameter, argument: Json | None) -> tuple[str, str, Json | None]:
    is_known = argument is not None and is_settled(argument) and not parameter.variadic
    return parameter.name, parameter.type, argument if is_known else None
