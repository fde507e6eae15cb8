"""OR REPLACE: what it keeps of a routine that is there, and what it therefore refuses to change.

The order is that of `ProcedureCreate` (src/backend/catalog/pg_proc.c): the kind (42809), then what is
returned, names of parameters, defaults (all 42P13).
"""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from idemlint.replay.catalog import routine
from idemlint.replay.catalog.routine import Routine
from idemlint.replay.catalog.slots import PRESENT

if TYPE_CHECKING:
    from idemlint.postgres.kinds import Kind
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Slot
    from idemlint.replay.effects.vocabulary import Creates
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result


def as_made(catalog: Catalog, definition: object) -> object:
    """A definition with what its types mean at the moment at which the thing is made."""
    if not isinstance(definition, Routine):
        return definition
    return definition.types_by(lambda text: routine.resolved(catalog, text))


def refused(run: Pass, effect: Creates, existing: Slot | None, now: object) -> Result:
    """The error of putting a definition, `as_made`, in the place of the one that is there, if one is; a doubt
    where it cannot be told whether the two differ."""
    if not run.judging or not isinstance(now, Routine):
        return None
    if existing is None or existing.presence is not PRESENT:
        return None
    if existing.kind is not None and _other_kind(existing.kind, now, existing.definition):
        reason = f"{effect.ref} is {_a(existing.kind, existing.definition)} {run.since(existing)}"
        return run.raised("42809", effect, f"{reason}, and OR REPLACE keeps that")
    before = existing.definition
    if not isinstance(before, Routine):
        return None
    differs = _difference(before, now)
    if not differs:
        return None
    certain, text = differs
    reason = f"{effect.ref} {text} {run.since(existing)}, and OR REPLACE keeps that"
    if certain and existing.certain:
        return run.raised("42P13", effect, reason)
    run.doubt(f"whether {reason} cannot be told", effect, "42P13")
    return None


def _other_kind(kind: Kind, now: Routine, before: object) -> bool:
    """`prokind`: a window function is of another kind than a plain one."""
    if kind.objects == ("OBJECT_ROUTINE",):
        return False
    return kind is not now.kind or (isinstance(before, Routine) and before.window != now.window)


def _a(kind: Kind, definition: object) -> str:
    if isinstance(definition, Routine) and definition.window:
        return "a window function"
    return f"an {kind.noun}" if kind.noun[0] in "aeiou" else f"a {kind.noun}"


def _difference(before: Routine, now: Routine) -> tuple[bool, str] | None:
    """What it has that it would lose, in words, and whether that is certain; `None`: nothing."""
    doubt: tuple[bool, str] | None = None
    for same, text in (
        (_same_result(before, now), f"returns {_returned(before)}, not {_returned(now)}"),
        (_same_row(before, now), f"returns {_returned(before)}, not {_returned(now)}"),
    ):
        if same is False:
            return True, text
        if same is None and doubt is None:
            doubt = False, text
    for old, new in zip_longest(before.names, now.names, fillvalue=""):
        if old and old != new:
            other = f"not {new}" if new else "which has a name"
            return True, f"has a parameter {old}, {other}"
    if now.defaults < before.defaults:
        return True, f"has a DEFAULT for {before.defaults} of its parameters, not {now.defaults}"
    return doubt


def _same_result(before: Routine, now: Routine) -> bool | None:
    old, new = before.result, now.result
    if old.startswith("setof ") is not new.startswith("setof "):
        return False if old and new else None
    return routine.same_type(old.removeprefix("setof "), new.removeprefix("setof "))


def _same_row(before: Routine, now: Routine) -> bool | None:
    """Whether the record that OUT parameters make is the same (`build_function_result_tupdesc_d`)."""
    old, new = before.row, now.row
    if old is None or new is None:
        return old is new
    if [name for name, _ in old] != [name for name, _ in new]:
        return False
    return routine.same_all((one, other) for (_, one), (_, other) in zip(old, new, strict=True))


def _returned(each: Routine) -> str:
    if each.row is None:
        return each.result or "what its final function gives"
    return f"({', '.join(f'{name} {text}' for name, text in each.row)})"
