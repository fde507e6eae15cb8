"""Where a run that is interrupted tells more than one that came to its end, and of which statements.

A stop tells more next to a statement that destroys: before it, what it ends is still there; after it, what
comes in its place is not there yet. So it does next to one that takes a thing off what an earlier statement
destroys: before it, that may not go. Behind the last statement all has run: that is the file's end.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple
from idemlint.replay.effects.vocabulary import (
    Command,
    Creates,
    Deletes,
    Drops,
    Renames,
    Retypes,
    Sets,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from idemlint.postgres.kinds import Ref
    from idemlint.replay.effects.vocabulary import Effect

#: Of statements that destroy the very same in the very same way, so many are looked at from either end: what
#: the others leave is what these leave.
_ALIKE: Final = 4

_DESTROYING: Final = (Drops, Renames, Deletes)
#: What others may forbid that need a thing.
_FORBIDDING: Final = (Drops, Retypes)
#: What gives a thing other needs than it had: a view is replaced, a column gets a type or a DEFAULT.
_LEANING: Final = (Creates, Retypes, Sets)


class Stop(NamedTuple):
    """A stop behind the statement `after`, because of those `next_to` it that destroy: in the unit that ends
    there, and in the one that begins."""

    after: int
    next_to: tuple[int, ...]


def stops(programs: Sequence[tuple[Effect, ...]], units: Sequence[int]) -> list[Stop]:
    """The stops that tell more than the file's end: those that border on a unit that destroys something,
    wherever in it."""
    last_of_unit = {unit: index for index, unit in enumerate(units)}
    if len(last_of_unit) <= 1:
        return []
    first_of_unit: dict[int, int] = {}
    for index, unit in enumerate(units):
        first_of_unit.setdefault(unit, index)
    destroying = _destroying(programs)
    places = {
        place
        for unit in {units[each] for each in destroying}
        for place in (first_of_unit[unit] - 1, last_of_unit[unit])
    }
    places -= {-1, len(programs) - 1}
    of_unit: dict[int, list[int]] = {}
    for each in destroying:
        of_unit.setdefault(units[each], []).append(each)
    return [
        Stop(place, (*of_unit.get(units[place], ()), *of_unit.get(units[place + 1], ())))
        for place in sorted(places)
    ]


def _destroying(programs: Sequence[tuple[Effect, ...]]) -> list[int]:
    """Statements that destroy, or let go of something that may not be destroyed; of very many that are alike,
    the first ones and the last ones."""
    found = []
    #: Made or set in this file, behind something that what needs it may forbid.
    leaning: set[Ref] = set()
    forbidden = False
    for index, program in enumerate(programs):
        made: set[Ref] = set()
        destroys = forbids = False
        for each in _flat(program):
            if isinstance(each, _DESTROYING):
                destroys = True
            if isinstance(each, _LEANING):
                made.add(each.ref)
            forbids = forbids or isinstance(each, _FORBIDDING)
        if forbidden:
            destroys = destroys or not made.isdisjoint(leaning)
            leaning |= made
        forbidden = forbidden or forbids
        if destroys:
            found.append(index)
    number: Counter[tuple[Effect, ...]] = Counter()
    places = []
    for index in found:
        places.append(number[programs[index]])
        number[programs[index]] += 1
    return [
        index
        for index, place in zip(found, places, strict=True)
        if place < _ALIKE or place >= number[programs[index]] - _ALIKE
    ]


def _flat(program: Iterable[Effect]) -> Iterator[Effect]:
    for effect in program:
        if isinstance(effect, Command):
            yield from _flat(effect.effects)
        else:
            yield effect
