"""What triggers do when a statement that has run fires them once more."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql import nodes
from idemlint.postgres import functions
from idemlint.postgres.functions import Call
from idemlint.postgres.kinds import Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog.routine import Routine
from idemlint.replay.catalog.slots import PRESENT
from idemlint.replay.effects.fixpoint import value_again
from idemlint.replay.effects.queries import walk
from idemlint.replay.effects.vocabulary import Again
from idemlint.replay.machine.called.answers import only_looks
from idemlint.source.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.plpgsql.sql import Json
    from idemlint.replay.catalog.definition import TriggerDefinition
    from idemlint.replay.catalog.routine import RoutineBody
    from idemlint.replay.catalog.slots import Slot
    from idemlint.replay.effects.vocabulary import Updates
    from idemlint.replay.machine.run import Pass

#: PostgreSQL's own trigger functions: what they set follows from the row
#: (https://www.postgresql.org/docs/current/functions-trigger.html).
_KEEPING: Final = frozenset(
    {
        "suppress_redundant_updates_trigger",
        "tsvector_update_trigger",
        "tsvector_update_trigger_column",
    }
)


class TriggerBody(NamedTuple):
    """What a trigger function does: `sets` are the columns of the new row that it gives a value, `stamps`
    those whose value is another one each time. `plain`: nothing besides, but to refuse the row by what
    stands in it."""

    plain: bool
    sets: frozenset[str] = frozenset()
    stamps: frozenset[str] = frozenset()


_OPAQUE: Final = TriggerBody(False)


def skips_again(run: Pass, table: Slot, event: int, keys: frozenset[str]) -> bool:
    """Whether BEFORE triggers leave a row, which ON CONFLICT then skips, as it was the first time: in the
    columns of `keys`."""
    return all(
        each.plain and keys.isdisjoint(each.stamps)
        for each, _ in _fired(run, table, event, before=True, rows=True, columns=None)
    )


def updates_again(run: Pass, table: Slot, event: int, effect: Updates, *, rows: bool) -> bool:
    """Say what the triggers of an UPDATE do that sets what is set; `rows`: it finds some once more. Whether
    there was anything to say."""
    stamped = ""
    for each, name in _fired(run, table, event, before=False, rows=rows, columns=effect.columns):
        if not each.plain:
            run.doubt(f"a trigger on {effect.table} runs once more: {name}", effect)
            return True
        stamped = stamped or next(iter(sorted(each.stamps)), "")
    if stamped:
        reason = f"a trigger on {effect.table} sets {stamped} to another value each time"
        run.candidate(reason, effect._replace(again=Again.VOLATILE), table.oid)
    return bool(stamped)


def _fired(
    run: Pass,
    table: Slot,
    event: int,
    *,
    before: bool,
    rows: bool,
    columns: tuple[str, ...] | None,
) -> Iterator[tuple[TriggerBody, str]]:
    """The triggers that fire, by what their functions do, and their names."""
    for slot in run.catalog.on_table(Space.TRIGGER, table.oid):
        if slot.presence is not PRESENT:
            continue
        home = run.catalog.key_of(slot.oid)
        name = home[2] if home is not None else "a trigger"
        when: TriggerDefinition | None = slot.definition
        if when is None:
            yield _OPAQUE, name
        elif when.fires(event, columns, before=before) and (rows or not when.row):
            yield _body_of(run, slot, when), name


def _body_of(run: Pass, trigger: Slot, when: TriggerDefinition) -> TriggerBody:
    if when.function in _KEEPING:
        return TriggerBody(True)
    for oid in trigger.needs:
        slot = run.catalog.by_oid(oid)
        if slot is not None and isinstance(slot.definition, Routine):
            body = slot.definition.body
            return _OPAQUE if body is None else _read(run, body)
    return _OPAQUE


# -- what a function does -----------------------------------------------------------------------------

#: The key of what is read here among what is kept with a body.
_AS_TRIGGER: Final = "trigger"


def _read(run: Pass, body: RoutineBody) -> TriggerBody:
    known = body.blocks
    if known is None:
        known = body.blocks = {}
    found: TriggerBody | None = known.get(_AS_TRIGGER)
    if found is None:
        found = known[_AS_TRIGGER] = _told(body, run.machine.postgres_version)
    return found


def _told(body: RoutineBody, version: int) -> TriggerBody:
    # Few files have a trigger that matters.
    from idemlint.plpgsql.body import routine_block
    from idemlint.plpgsql.variables import fields_set

    block = routine_block(body.language, body.text)
    asks = raises = False
    for place in nodes.walk(block):
        node = place.node
        if isinstance(node, nodes.Dynamic):
            return _OPAQUE
        if isinstance(node, nodes.Sql):
            if not only_looks(node, version):
                return _OPAQUE
            asks = asks or _reads_tables(node)
        asks = asks or isinstance(node, (nodes.Asks, nodes.Loop))
        raises = raises or isinstance(node, nodes.Raise)
    found = fields_set(body.text, "new")
    mentions = body.mentions()
    if found is None or (raises and (asks or "old" in mentions)):
        # Whether it refuses the row may follow from what the first run left.
        return _OPAQUE
    stamps = set()
    for column, value in found:
        again = _again(column, value)
        if again is Again.UNKNOWN:
            return _OPAQUE
        if again is not Again.SAME:
            stamps.add(column)
    return TriggerBody(True, frozenset(column for column, _ in found), frozenset(stamps))


def _reads_tables(node: nodes.Sql) -> bool:
    return bool(walk([node.tree.fields]).relations)


def _again(column: str, value: Json) -> Again:
    """What setting a column of the new row to a value comes to the second time, over the same row."""
    found = walk([value])
    for name, _ in found.functions:
        if functions.call(name) is Call.UNKNOWN:
            return Again.UNKNOWN
    if any(len(each) > 1 and each[-2] == "old" for each in found.columns):
        return Again.UNKNOWN
    if found.relations:
        return Again.UNKNOWN
    [(kind, fields)] = value.items()
    return value_again(Tree(kind, fields), column, ("new",)).again
