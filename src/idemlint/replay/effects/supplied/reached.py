"""Whether a query comes to the calls in its target list: it may find no row, or choose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.plpgsql.nodes import Block, If, Sql
from idemlint.replay.catalog.refs import relation
from idemlint.replay.effects.fixpoint import pinned
from idemlint.replay.effects.queries import walk
from idemlint.replay.effects.supplied import list_deeds
from idemlint.replay.effects.vocabulary import (
    Body,
    Calls,
    Command,
    Deletes,
    Effect,
    Fails,
    Opaque,
    Repeats,
)
from idemlint.source.tree import Tree, holds, wrap

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.postgres.kinds import Ref

#: What looks at one argument before it comes to another.
_CHOICES: Final = frozenset({"CaseExpr", "CoalesceExpr", "BoolExpr"})
#: What a query may have that returns one row, or none where its WHERE is false.
_PLAIN: Final = frozenset({"targetList", "whereClause", "limitOption", "op"})


def reached(query: Tree, names: Sequence[str], effects: list[Effect]) -> list[Effect]:
    """What the calls of a query do (`effects`), as far as it surely comes to them; `names` are those."""
    fields = query.fields
    ended = _ended(fields, names)
    if ended is not None:
        return [Command((*_calls_of(effects[0]), ended))]
    if not any(map(_does, effects)):
        return effects
    if "whereClause" in fields:
        chooses = holds({"targetList": fields.get("targetList", [])}, _CHOICES)
        if _PLAIN.issuperset(fields) and not chooses:
            return [_guarded(query)]
        return [_uncertain(each) for each in effects]
    if holds(fields, _CHOICES):
        return [_uncertain(each) for each in effects]
    if "fromClause" in fields and not _is_call(fields):
        return [each if isinstance(each, Repeats) else _uncertain(each) for each in effects]
    return effects


def in_values(effect: Effect) -> Effect:
    """What a call does in the rows of an INSERT, of which not all may come."""
    return _uncertain(effect) if isinstance(effect, Command) else effect


def _does(effect: Effect) -> bool:
    """Whether it is told more of a call than what it gives."""
    if isinstance(effect, Command):
        return not all(isinstance(each, Calls) for each in effect.effects)
    if isinstance(effect, Opaque):
        return effect.call is not None
    return isinstance(effect, (Fails, Repeats))


def _calls_of(effect: Effect) -> list[Calls]:
    """The call of a deed, or of what is not known to be one; PostgreSQL's own are nobody else's."""
    if isinstance(effect, Command):
        return [each for each in effect.effects if isinstance(each, Calls)]
    if isinstance(effect, Opaque) and effect.call is not None:
        return [Calls(effect.call.ref, unless=effect)]
    return []


def _guarded(query: Tree) -> Effect:
    """`SELECT f() WHERE …` is an IF."""
    plain = {name: value for name, value in query.fields.items() if name != "whereClause"}
    called = Block((Sql(Tree("SelectStmt", plain)),))
    return Body(Block((If(query.whereClause, called, Block(())),)))


def _ended(fields: dict[str, Any], names: Sequence[str]) -> Effect | None:
    """`SELECT cron.unschedule(jobid) FROM cron.job WHERE …` deletes the rows that it finds."""
    sources = fields.get("fromClause", ())
    if len(sources) != 1 or "RangeVar" not in sources[0] or len(names) != 1:
        return None
    table = list_deeds.ENDING.get(names[0])
    if table is None or not _is(relation(wrap(sources[0])), table):
        return None
    where = fields.get("whereClause")
    pins = pinned(wrap(where) if where is not None else None)
    rows = pins.rows() if pins.all and not pins.nulls else None
    return Deletes(table, rows or None)


def _is(read: Ref, table: Ref) -> bool:
    """Whether a query's table is that one: what is in pg_catalog needs no schema."""
    return read.name == table.name and (read.schema or "pg_catalog") == table.schema


def _is_call(fields: dict[str, Any]) -> bool:
    """`SELECT * FROM f()`."""
    return all("RangeFunction" in each for each in fields["fromClause"]) and not (
        walk(fields.get("targetList", [])).functions
    )


def _uncertain(effect: Effect) -> Effect:
    """It may come to the call, or not."""
    if isinstance(effect, Command) and _does(effect):
        for each in effect.effects:
            if not isinstance(each, Calls) and not (isinstance(each, Fails) and not each.sqlstate):
                return Opaque(f"whether it comes to the call cannot be told: {_what(effect)}")
        return effect
    if isinstance(effect, (Fails, Repeats)):
        return Opaque(f"whether it comes to the call cannot be told: {_what(effect)}")
    return effect


def _what(effect: Effect) -> str:
    if isinstance(effect, Command):
        said = [each for each in effect.effects if isinstance(each, (Fails, Repeats))]
        does = next((each for each in said if _what(each)), None)
        return _what(does) if does is not None else f"{_calls_of(effect)[0].ref}()"
    return effect.reason if isinstance(effect, Fails) else str(getattr(effect, "what", ""))
