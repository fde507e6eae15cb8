"""What a first run cannot see: of what built its SQL, nobody knows what it made.

What its text and its arguments name may be there from then on, and may be something else; where the names are
not constant (a loop over pg_tables), any table may have more or less than its statement says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.replay.catalog import knowledge
from idemlint.replay.catalog.definition import INSIDE
from idemlint.replay.catalog.routine import Routine
from idemlint.replay.catalog.slots import PRESENT
from idemlint.replay.machine.signals import STAND_IN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.replay.catalog.slots import Slot, Slots
    from idemlint.replay.effects.vocabulary import Calls
    from idemlint.replay.machine.signals import Pattern


def by_text(catalog: Slots, pattern: Pattern | None) -> None:
    """An EXECUTE of a text that is not constant; `pattern` is what can be read of it."""
    if pattern is None:
        # What it mentions is opened where it is carried out (`properties.opaque`).
        knowledge.open_tables(catalog)
        return
    names = {name for _, name in pattern.changes | pattern.makes}
    knowledge.open_all(catalog, names - {STAND_IN})
    inside = any(space in INSIDE for space, name in pattern.makes if name == STAND_IN)
    if inside or any(name == STAND_IN for _, name in pattern.changes):
        knowledge.open_tables(catalog)


def by_call(catalog: Slots, effect: Calls, found: Iterable[Slot]) -> None:
    """A call of a routine that may be one of those that were `found`."""
    knowledge.open_all(catalog, effect.gives)
    for slot in found:
        builds = slot.definition.builds if isinstance(slot.definition, Routine) else None
        if builds is not None and slot.presence is PRESENT:
            knowledge.open_all(catalog, builds)
            knowledge.open_tables(catalog)
