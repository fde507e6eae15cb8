"""The statements that run again in a rerun, for who asks what else of them writes into a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.replay.effects import flat
from idemlint.replay.effects.vocabulary import Inserts, Updates

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.postgres.kinds import Ref
    from idemlint.replay.effects.vocabulary import Effect


class Reruns:
    """Statements, by index; those of `indexes` run again, numbered from `first` + 1 on."""

    __slots__ = ("_filled", "_first", "_indexes", "_programs", "_updates")

    def __init__(
        self, programs: Sequence[tuple[Effect, ...]], indexes: Sequence[int], first: int
    ) -> None:
        self._programs = programs
        self._indexes = indexes
        self._first = first
        self._updates: dict[str, list[tuple[int, Updates]]] | None = None
        self._filled: dict[str, int] | None = None

    def updates(self, table: Ref, but: int) -> list[Updates]:
        """The UPDATEs of a table, by its bare name, but for that of a statement's number."""
        if self._updates is None:
            self._updates = {}
            for index in self._indexes:
                for effect in flat(self._programs[index]):
                    if isinstance(effect, Updates):
                        found = self._updates.setdefault(effect.table.name, [])
                        found.append((self._first + 1 + index, effect))
        return [each for number, each in self._updates.get(table.name, ()) if number != but]

    def fills(self, table: Ref, number: int) -> bool:
        """Whether a statement behind that of a number inserts into a table, by its bare name."""
        if self._filled is None:
            self._filled = {}
            for index in self._indexes:
                for effect in flat(self._programs[index]):
                    if isinstance(effect, Inserts):
                        self._filled[effect.table.name] = self._first + 1 + index
        return self._filled.get(table.name, 0) > number
