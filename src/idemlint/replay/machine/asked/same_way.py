"""Conditions whose answer is not known, but the same both times: the way that was taken is taken again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres.kinds import Kind
from idemlint.replay.catalog import knowledge, table_rows
from idemlint.replay.catalog.slots import PRESENT, UNKNOWN
from idemlint.replay.guards import conditions
from idemlint.replay.machine.signals import Raised

if TYPE_CHECKING:
    from idemlint.plpgsql import nodes
    from idemlint.postgres.kinds import Ref
    from idemlint.replay.catalog.slots import Mark, Slot
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result


def is_steady(run: Pass, condition: conditions.Condition) -> bool:
    """Whether all that is not known of a condition is the same both times."""
    match condition:
        case conditions.Steady(_, _, tables):
            return all(_is_unchanged(run, table) for table in tables)
        case conditions.Not(of):
            return is_steady(run, of)
        case conditions.And(parts) | conditions.Or(parts):
            return all(_is_known(run, part) or is_steady(run, part) for part in parts)
        case conditions.RowExists(table):
            return _is_unchanged(run, table)
        case conditions.Narrowed(fact):
            return isinstance(fact, conditions.RowExists) and is_steady(run, fact)
    return False


def _is_known(run: Pass, condition: conditions.Condition) -> bool:
    from idemlint.replay.machine.asked.lookups import truth

    return truth(run, condition) is not None


def _is_unchanged(run: Pass, ref: Ref) -> bool:
    """Whether a table holds what it held when the condition was reached first."""
    catalog = run.catalog
    if run.state.is_open:
        return False
    table = catalog.find(ref)
    if table is None:
        return True
    if table.presence is not PRESENT or table.kind not in {Kind.TABLE, None}:
        return False
    if (
        table.maker > catalog.statement
        or table_rows.written_by(catalog, table) >= catalog.statement
    ):
        return False
    # What repeats in this run has changed it, too.
    return all(each.oid != table.oid for each in run.candidates)


# -- the ways of the first run ---------------------------------------------------------------------


def note(run: Pass, node: nodes.If, answer: bool, mark: Mark, result: Result) -> None:
    """Keep what one of the two ways came to in the first run; one that raises was not taken."""
    ways = run.state.ways.setdefault(_place(run, node), {})
    if answer in ways:  # in a loop
        ways.clear()
        ways[answer] = ways[not answer] = {}
    elif isinstance(result, Raised):
        ways[answer] = None
    else:
        changed = knowledge.way_since(run.catalog, mark).slots
        ways[answer] = {key: slot for key, (slot, _) in changed.items()}


def _place(run: Pass, node: nodes.If) -> tuple[int, object, object]:
    """Which condition it is: the body of a routine stands nowhere in the statement."""
    return run.catalog.statement, node.span or id(node), node.test


def taken(run: Pass, node: nodes.If) -> bool | None:
    """The only way that can have been taken in the first run, where the other raises."""
    ways = run.state.ways.get(_place(run, node), {})
    possible = [answer for answer, way in ways.items() if way is not None]
    return possible[0] if len(possible) == 1 and len(ways) > 1 else None


def go_again(run: Pass, node: nodes.If, answer: bool) -> None:
    """Where this way was taken in the first run, what it made is there."""
    catalog = run.catalog
    ways = run.state.ways.get(_place(run, node), {})
    other = ways.get(not answer) or {}
    for key, slot in (ways.get(answer) or {}).items():
        now: Slot | None = catalog.recorded(key)
        if now is None or now.presence is not UNKNOWN:
            continue
        if now.oid == slot.oid or (key in other and now.oid == other[key].oid):
            catalog.put(key, slot)
