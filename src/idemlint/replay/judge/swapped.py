"""What is otherwise where one table has taken the place of another.

A new table is filled, the old one dropped, the new one renamed: its name has the same columns and rows. But
the names that PostgreSQL chose for what came along with it (`t_pkey`, `t_id_seq`) were still taken by what
the swap before left, so that these get a number; and foreign keys stand on the index of that name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Space
from idemlint.replay.catalog.constraint import ForeignKey
from idemlint.replay.catalog.definition import BY_PRODUCT
from idemlint.replay.catalog.slots import PRESENT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Key, Mark, Slot

_COMES_ALONG: Final = frozenset({Kind.INDEX, Kind.SEQUENCE})


class Swaps:
    """The tables that took another one's place since `begun`.

    `before` is what slots were then, of those that changed since.
    """

    def __init__(self, catalog: Catalog, before: Mapping[Key, Slot | None], begun: Mark) -> None:
        self._catalog = catalog
        self._begun = begun
        self._table_of: dict[int, Key] = {}
        for key, old in before.items():
            new = catalog.slot(key) if key[0] is Space.RELATION else None
            if new is None or old is None or new.presence is not PRESENT or new.oid == old.oid:
                continue
            sure = old.presence is PRESENT and old.certain and new.certain
            if sure and old.kind is new.kind is Kind.TABLE:
                self._table_of[old.oid] = self._table_of[new.oid] = key

    def table_of(self, key: Key, old: Slot | None) -> Key | None:
        """The swapped table that something has come with, or gone with, that was not there, or is not now."""
        new = self._catalog.slot(key)
        was = old is not None and old.presence is PRESENT and self._catalog.alive(old, self._begun)
        is_now = new is not None and new.presence is PRESENT
        slot = new if is_now else old
        if was is is_now or slot is None or slot.kind not in _COMES_ALONG:
            return None
        return next((self._table_of[oid] for oid in slot.owners if oid in self._table_of), None)

    def otherwise(self, key: Key, old: Slot | None) -> str:
        """How something that nobody has named differs since; empty where it does not."""
        if not self._table_of:
            return ""
        if key[0] is Space.CONSTRAINT:
            return self._stands_elsewhere(key, old)
        table = self.table_of(key, old)
        slot = self._catalog.recorded(key)
        if (
            table is None
            or slot is None
            or BY_PRODUCT not in {slot.definition, old and old.definition}
        ):
            return ""
        noun = slot.kind.noun if slot.kind is not None else key[0].value
        return f"the names of what comes with table {table[2]} are others: {noun} {key[2]}"

    def _stands_elsewhere(self, key: Key, old: Slot | None) -> str:
        new = self._catalog.slot(key)
        if old is None or new is None or new.oid == old.oid or new.presence is not PRESENT:
            return ""
        if not isinstance(old.definition, ForeignKey) or not isinstance(new.definition, ForeignKey):
            return ""
        one, other = self._key_of(old), self._key_of(new)
        if not one or not other or one == other:
            return ""
        return f"foreign key {key[2]} stands on {other}, and stood on {one}"

    def _key_of(self, foreign_key: Slot) -> str:
        """The name of the key that a foreign key stands on; empty where that is not known."""
        homes = map(self._catalog.key_of, foreign_key.needs)
        return next(
            (home[2] for home in homes if home is not None and home[0] is Space.CONSTRAINT), ""
        )
