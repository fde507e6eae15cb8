"""Where a run that is interrupted tells more than one that came to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.replay.effects.vocabulary import Command, Deletes, Drops, Renames

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.replay.effects.vocabulary import Effect

#: How many statements all replays after a stop may run in one file; beyond it, stops are left out evenly.
_MOST_STEPS: Final = 40_000


def stops(programs: Sequence[tuple[Effect, ...]], units: Sequence[int]) -> frozenset[int]:
    """The statements after which a stop tells more than the file's end: those that border on one that
    destroys, moved to the end of their unit."""
    last_of_unit = {unit: index for index, unit in enumerate(units)}
    if len(last_of_unit) <= 1:
        return frozenset()
    found: set[int] = set()
    for index, program in enumerate(programs):
        if any(_destroys(effect) for effect in program):
            for candidate in (index - 1, index):
                if candidate >= 0:
                    found.add(last_of_unit[units[candidate]])
    found.discard(len(programs) - 1)
    most = max(1, _MOST_STEPS // max(1, len(programs)))
    ordered = sorted(found)
    if len(ordered) > most:
        step = len(ordered) / most
        ordered = [ordered[int(number * step)] for number in range(most)]
    return frozenset(ordered)


def _destroys(effect: Effect) -> bool:
    if isinstance(effect, Command):
        return any(_destroys(inner) for inner in effect.effects)
    return isinstance(effect, (Drops, Renames, Deletes))
