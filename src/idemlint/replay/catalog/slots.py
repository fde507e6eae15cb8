"""The abstract catalog's memory: which names are taken, by what, and how to undo that.

Objects have an identity (an `oid`) apart from their name, as in PostgreSQL: what lives inside an object
is keyed by its oid, so a rename takes columns and constraints along, and after a drop nothing inside is
reached any more. Nothing is ever copied: all goes through two logs, and `rollback` takes both back.

*Changes* are what statements did, and what they prove of how things were: these are what a rerun is
judged by. *Learned* is what looking makes known without a word about the database: the identity of a
schema or a table never heard of, and what a definition says of a name inside. It has a log of its own,
so that it can be taken back like the rest, and is never taken for something that was made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar

from idemlint.postgres.kinds import ACTING, HOLDERS, OVERLOADED, Kind, Ref, Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog.definition import INSIDE, Definition
from idemlint.replay.catalog.key_index import Derived, KeyIndex, OwnedKeys, TakenNumbers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

Presence = Literal["present", "absent", "unknown"]
PRESENT: Final[Presence] = "present"
ABSENT: Final[Presence] = "absent"
UNKNOWN: Final[Presence] = "unknown"

#: Where a name lives: namespace, oid of what contains it (0: nothing), the name.
Key = tuple[Space, int, str]

#: Schemas every database has, and the pseudo-schema of temporary objects.
PG_TEMP: Final = 3
BUILTIN_SCHEMAS: Final = {"public": 1, "pg_catalog": 2, "pg_temp": PG_TEMP, "information_schema": 4}
#: The identities below are the built-in schemas'.
FIRST_OID: Final = 16

#: What a table has of its rows.
ROWS: Final = "@rows"
#: There, where the bodies of routines are not looked at (`check_function_bodies`).
UNCHECKED: Final[Key] = (Space.FACET, 0, "@unchecked bodies")

_Made = TypeVar("_Made")


class Slot(NamedTuple):
    """What is known about a name.

    `owners` are oids with whose end this ends too (an index and its columns); `needs` are oids that
    cannot be dropped without CASCADE while this is there (a view and its tables). `maker` tells which
    statement made it (0: it was there before); `certain` whether `definition` is surely its own.
    """

    presence: Presence
    oid: int
    kind: Kind | None = None
    definition: Any = None
    owners: tuple[int, ...] = ()
    needs: tuple[int, ...] = ()
    maker: int = 0
    certain: bool = True


class Change(NamedTuple):
    """What the slot was under `key`, which statement changed it, and by what.

    `oid` is the identity that is there now, `home` the name that it went by before. Where `key` is
    `None`, the identity ended.
    """

    key: Key | None
    before: Slot | None
    statement: int
    cause: Any
    oid: int
    home: Key | None = None


class Mark(NamedTuple):
    """A point of the catalog's history: how long its logs were, and the search_path of then."""

    changes: int
    learned: int
    search_path: tuple[str, ...]


class Slots:
    """See the module's docstring. Changes are booked on `statement`, a number, and `cause`."""

    __slots__ = (
        "_by_name",
        "_contents",
        "_dead",
        "_derived",
        "_home",
        "_learned",
        "_log",
        "_on_tables",
        "_overloads",
        "_parents",
        "_relying",
        "_search_path",
        "_sole_schema",
        "_temporary",
        "_version",
        "cause",
        "families",
        "gone_before",
        "last_oid",
        "opened",
        "opened_before",
        "slots",
        "statement",
        "taken_numbers",
    )

    def __init__(self, search_path: tuple[str, ...] = ("public",)) -> None:
        self.slots: dict[Key, Slot] = {}
        self._search_path = search_path
        self.statement = 0
        self.cause: Any = None
        self._log: list[Change] = []
        self._learned: list[Key] = []
        self._dead: dict[int, int] = {}
        self._home: dict[int, Key] = {}
        # Some of the keys of `slots`, first come first: overloads, what acts on writes, temporary things.
        self._overloads: dict[Key, dict[str, None]] = {}
        self._temporary: OwnedKeys[Key] = OwnedKeys()
        self._on_tables: KeyIndex[tuple[Space, int], Key] = KeyIndex()
        # All of them, by what they are looked for; made when somebody does so first.
        self._by_name: KeyIndex[tuple[Space, str], Key] | None = None
        self._contents: KeyIndex[int, Key] | None = None
        self._relying: KeyIndex[int | tuple[Space, str], Key] | None = None
        #: How far the names that PostgreSQL chooses are taken.
        self.taken_numbers: TakenNumbers[Key] = TakenNumbers()
        # What references resolve to, at a version of the names that others live in, never taken back.
        self._parents: dict[Ref, tuple[int, Slot | None]] = {}
        self._version = 0
        # The only schema that names without one are looked for in, at a version: temporary ones aside.
        self._sole_schema = (-1, 0)
        self._derived: Derived[Slot] = Derived()
        #: What no rollback forgets: what may be there unheard of (`knowledge`), or a child of a table.
        self.opened: dict[str, None] = {}
        self.opened_before, self.gone_before = 0, (0, 0)
        self.families: dict[int, dict[str, None]] = {}
        self.last_oid = FIRST_OID
        for name, oid in BUILTIN_SCHEMAS.items():
            self.slots[(Space.SCHEMA, 0, name)] = Slot(PRESENT, oid, Kind.SCHEMA)
        self.slots[(Space.EXTENSION, 0, "plpgsql")] = Slot(PRESENT, self.new_oid(), Kind.EXTENSION)
        self.slots[(Space.LANGUAGE, 0, "plpgsql")] = Slot(PRESENT, self.new_oid(), Kind.LANGUAGE)

    @property
    def search_path(self) -> tuple[str, ...]:
        """Where unqualified names are looked for."""
        return self._search_path

    @search_path.setter
    def search_path(self, path: tuple[str, ...]) -> None:
        if path != self._search_path:
            self._search_path = path
            self._version += 1

    # -- undo ----------------------------------------------------------------------------------------

    def mark(self) -> Mark:
        """A point to come back to."""
        return Mark(len(self._log), len(self._learned), self._search_path)

    def rollback(self, mark: Mark) -> None:
        """Take everything back since `mark`: the catalog is as it was, but for identities handed out."""
        self.revert(mark)
        learned, slots, home = self._learned, self.slots, self._home
        if len(learned) == mark.learned:
            return
        self._version += 1
        while len(learned) > mark.learned:
            key = learned.pop()
            slot = slots.pop(key)
            del home[slot.oid]
            self._replaced(key, slot, None)

    def revert(self, mark: Mark) -> None:
        """Take the changes back since `mark`; what was learned meanwhile stays."""
        self.search_path = mark.search_path
        log, slots, homes = self._log, self.slots, self._home
        if len(log) == mark.changes:
            return
        self._version += 1
        while len(log) > mark.changes:
            key, before, _, _, oid, home = log.pop()
            if key is None:
                self._derived.change_all()
                del self._dead[oid]
                self._temporary.revive(oid, self._dead)
                continue
            if home is None:
                del homes[oid]
            else:
                homes[oid] = home
            after = slots.pop(key) if before is None else slots[key]
            if before is not None:
                slots[key] = before
            self._replaced(key, after, before)

    def changes(self, mark: Mark) -> list[Change]:
        """What happened since `mark`, oldest first."""
        return self._log[mark.changes :]

    def new_oid(self) -> int:
        """An identity nobody has."""
        self.last_oid += 1
        return self.last_oid

    # -- reading -------------------------------------------------------------------------------------

    def alive(self, slot: Slot, at: Mark | None = None) -> bool:
        """Whether nothing it hangs on is gone (or was gone already at the mark `at`)."""
        dead = self._dead
        if dead.keys().isdisjoint(slot.owners):
            return True
        return at is not None and all(
            dead.get(each, at.changes) >= at.changes for each in slot.owners
        )

    def is_dead(self, oid: int) -> bool:
        """Whether the object was dropped."""
        return oid in self._dead

    def recorded(self, key: Key) -> Slot | None:
        """What was last said of a key, be it that what it hangs on is gone since."""
        return self.slots.get(key)

    def slot(self, key: Key) -> Slot | None:
        """What is known under a key; `None` where nothing is."""
        slot = self.slots.get(key)
        if slot is None or slot.presence is ABSENT or self._dead.keys().isdisjoint(slot.owners):
            return slot
        return slot._replace(presence=ABSENT)

    def named(self, space: Space, name: str) -> Iterator[tuple[Key, Slot]]:
        """All that is recorded of a name in a namespace, whatever contains it, first known first."""
        if self._by_name is None:
            self._by_name = KeyIndex()
            for key in self.slots:
                self._by_name.add((key[0], key[2]), key)
        return ((key, self.slots[key]) for key in self._by_name.find((space, name)))

    def contents(self, oid: int) -> Iterator[tuple[Key, Slot]]:
        """All that is recorded inside an object, first known first."""
        if self._contents is None:
            self._contents = KeyIndex()
            for key in self.slots:
                self._contents.add(key[1], key)
        return ((key, self.slots[key]) for key in self._contents.find(oid))

    def relying(self, on: int | tuple[Space, str]) -> list[tuple[Key, Slot]]:
        """What is there (if what it hangs on is) and has an identity among its owners or needs, or whose
        definition needs something of a name; first made first."""
        if self._relying is None:
            self._relying = KeyIndex()
            for key, slot in self.slots.items():
                self._rely(key, None, slot)
        found = [(key, self.slots[key]) for key in self._relying.find(on)]
        return sorted(found, key=_oid) if len(found) > 1 else found

    def by_oid(self, oid: int) -> Slot | None:
        """The object with an identity."""
        key = self._home.get(oid)
        slot = self.slots.get(key) if key is not None else None
        return slot if slot is not None and slot.oid == oid else None

    def key_of(self, oid: int) -> Key | None:
        """The name an identity goes by now."""
        key = self._home.get(oid)
        slot = self.slots.get(key) if key is not None else None
        return key if slot is not None and slot.oid == oid else None

    def temporary(self) -> Sequence[Key]:
        """The temporary things that are there, first made first."""
        return sorted(self._temporary.there, key=lambda key: self.slots[key].oid)

    def on_table(self, space: Space, oid: int) -> Sequence[Slot]:
        """What is known of a table's triggers, or rules."""
        return [self.slots[key] for key in self._on_tables.find((space, oid))]

    def made_of(self, table: Slot, make: Callable[[Any, Slot], _Made]) -> _Made:
        """What `make` makes of a table's columns and keys, not of its rows; made again where something in
        it changed, or elsewhere something that had been there."""
        known: _Made | None = self._derived.known(make, table.oid, table)
        if known is None:
            known = make(self, table)
            self._derived.keep(make, table.oid, table, known)
        return known

    # -- writing -------------------------------------------------------------------------------------

    def put(self, key: Key, slot: Slot) -> None:
        """Set a slot, undoably."""
        slots, homes, oid = self.slots, self._home, slot.oid
        before = slots.get(key)
        self._log.append(
            Change(key, before, self.statement, self.cause, oid, homes.get(oid)),
        )
        slots[key] = slot
        homes[oid] = key
        if key[0] in HOLDERS:
            self._version += 1
        self._replaced(key, before, slot)

    def kill(self, oid: int) -> None:
        """End an identity: what hangs on it is gone."""
        self._version += 1
        self._derived.change_all()
        if oid not in self._dead:
            self._dead[oid] = len(self._log)
            self._log.append(Change(None, None, self.statement, self.cause, oid))
            self._temporary.end(oid)
            if self.taken_numbers.numbers:
                for key, _ in self.relying(oid):
                    self.taken_numbers.free(key)

    # -- what looking makes known --------------------------------------------------------------------

    def _learn(self, key: Key, slot: Slot) -> Slot:
        self._learned.append(key)
        self.slots[key] = slot
        self._home[slot.oid] = key
        self._replaced(key, None, slot)
        return slot

    # -- bookkeeping ---------------------------------------------------------------------------------

    def _replaced(self, key: Key, before: Slot | None, after: Slot | None) -> None:
        """Under a key, one slot has taken the place of another: what finds it, finds the new one."""
        if key[0] in INSIDE:
            if key[2] != ROWS:
                self._derived.change(key[1])
        elif before is not None:
            self._derived.change_all()
        if before is None:
            self._list(key)
        elif after is None:
            self._unlist(key)
        if key[1] == PG_TEMP:
            self._version += 1
            self._temporary.discard(key)
            if after is not None and after.presence is PRESENT:
                self._temporary.add(key, after.owners, self._dead)
        if self._relying is not None:
            self._rely(key, before, after)
        if self.taken_numbers.numbers and (
            after is None or after.presence is not PRESENT or not self.alive(after)
        ):
            self.taken_numbers.free(key)

    def _list(self, key: Key) -> None:
        space, container, name = key
        if space in OVERLOADED:
            bare = (space, container, name.partition("(")[0])
            self._overloads.setdefault(bare, {})[name] = None
        elif space in ACTING:
            self._on_tables.add((space, container), key)
        if self._by_name is not None:
            self._by_name.add((space, name), key)
        if self._contents is not None:
            self._contents.add(container, key)

    def _unlist(self, key: Key) -> None:
        space, container, name = key
        if space in OVERLOADED:
            del self._overloads[(space, container, name.partition("(")[0])][name]
        elif space in ACTING:
            self._on_tables.discard((space, container), key)
        if self._by_name is not None:
            self._by_name.discard((space, name), key)
        if self._contents is not None:
            self._contents.discard(container, key)

    def _rely(self, key: Key, before: Slot | None, after: Slot | None) -> None:
        """What it relies on may be other things."""
        index = self._relying
        assert index is not None
        old = _relied_on(before) if before is not None and before.presence is PRESENT else ()
        new = _relied_on(after) if after is not None and after.presence is PRESENT else ()
        if old is not new and old != new:
            for each in old:
                index.discard(each, key)
            for each in new:
                index.add(each, key)


def _oid(found: tuple[Key, Slot]) -> int:
    return found[1].oid


def _relied_on(slot: Slot) -> tuple[int | tuple[Space, str], ...]:
    definition = slot.definition
    named = definition.needed_names if isinstance(definition, Definition) else ()
    return (*slot.owners, *slot.needs, *named)
