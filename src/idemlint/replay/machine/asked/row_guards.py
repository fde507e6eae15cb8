"""Whether the guard of an INSERT keeps its rows out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.replay.guards import conditions
from idemlint.replay.machine.asked.lookups import truth

if TYPE_CHECKING:
    from idemlint.replay.effects.vocabulary import Inserts
    from idemlint.replay.keys.given import GivenRows
    from idemlint.replay.machine.run import Pass


def kept_out(run: Pass, effect: Inserts, rows: GivenRows | None) -> bool | None:
    """Whether the WHERE of an INSERT … SELECT keeps its row out.

    Where the catalog of rows does not say, the guard itself does: one that tests what it inserts is
    true from then on; one that tests another value is not.
    """
    assert effect.guard is not None
    value = truth(run, effect.guard)
    if value is not None:
        return not value
    row = next(iter(rows), {}) if rows is not None else {}
    for fact, _ in conditions.assume(effect.guard, True):
        if isinstance(fact, conditions.RowExists) and fact.table.name == effect.table.name:
            tested = dict(fact.row)
            if any(row.get(name) not in {None, value} for name, value in tested.items()):
                return False
            if tested and all(row.get(name) == value for name, value in tested.items()):
                return True if run.judging else None
    return None
