"""What a first run cannot see: of what built its SQL, nobody knows what it made.

What its text and its arguments name may be there from then on, and may be something else; where the names are
not constant (a loop over pg_tables), any table may have more or less than its statement says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Space
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


#: What has a name among the relations and is no index, or holds some that have.
_HOLDING: Final = frozenset({"view", "sequence", "schema", "owned"})


def _ended(catalog: Slots, words: frozenset[str]) -> None:
    """A statement put together of such words may take the names of relations away: ALTER TABLE … DROP and
    RENAME COLUMN do not."""
    drops, alters = "drop" in words, "alter" in words
    renames = "rename" in words and words.isdisjoint({"column", "constraint", "value", "attribute"})
    if renames or (drops and (words & _HOLDING or ("table" in words and not alters))):
        knowledge.relations_may_go(catalog)
    elif drops and "index" in words:
        knowledge.relations_may_go(catalog, indexes=True)


def by_text(catalog: Slots, pattern: Pattern | None, mentions: frozenset[str]) -> None:
    """An EXECUTE of a text that is not constant; `pattern` is what can be read of it."""
    if pattern is None:
        # What it mentions is opened where it is carried out (`properties.opaque`).
        knowledge.open_tables(catalog)
        _ended(catalog, mentions)
        return
    if (Space.RELATION, STAND_IN) in pattern.changes:
        knowledge.relations_may_go(catalog)
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
            _ended(catalog, builds)
