"""The abstract catalog: which names are taken, by what, as far as it can be known.

Objects have an identity (an `oid`) apart from their name, as in PostgreSQL: what lives inside an object
is keyed by its oid, so a rename takes columns and constraints along, and after a drop nothing inside is
reached any more. Nothing is ever copied: every change goes through an undo log, and `rollback` is what
exception blocks, savepoints, interruptions and reruns use.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal

from idemlint.postgres.kinds import ROW_TYPES, SCHEMA_BOUND, Kind, Ref, Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog.constraint import ForeignKey
from idemlint.replay.catalog.relation import TableDefinition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.replay.catalog.constraint import Constraint
    from idemlint.replay.catalog.definition import Need

Presence = Literal["present", "absent", "unknown"]
PRESENT: Final[Presence] = "present"
ABSENT: Final[Presence] = "absent"
UNKNOWN: Final[Presence] = "unknown"

#: Where a name lives: namespace, oid of what contains it (0: nothing), the name.
Key = tuple[Space, int, str]

#: Schemas every database has, and the pseudo-schema of temporary objects.
PG_TEMP: Final = 3
_BUILTIN_SCHEMAS: Final = {
    "public": 1,
    "pg_catalog": 2,
    "pg_temp": PG_TEMP,
    "information_schema": 4,
}
_BUILTIN_NAMES: Final = {oid: name for name, oid in _BUILTIN_SCHEMAS.items()}
#: Stands for every container: a name that is in none of them.
_ANYWHERE: Final = -1
_FIRST_OID: Final = 16


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
    """An entry of the undo log: what the slot was, which statement changed it, and by what.

    `key` is `None` where an identity ended: then `oid` is that.
    """

    key: Key | None
    before: Slot | None
    statement: int
    cause: Any = None
    oid: int = 0


class Catalog:
    """See the module's docstring. Changes are booked on `statement`, a number, and `cause`."""

    __slots__ = (
        "_dead",
        "_home",
        "_inside_of",
        "_log",
        "_next_oid",
        "_overloads",
        "_parents",
        "_search_path",
        "_temporary",
        "_version",
        "cause",
        "slots",
        "statement",
    )

    def __init__(self, search_path: tuple[str, ...] = ("public",)) -> None:
        self.slots: dict[Key, Slot] = {}
        self._search_path = search_path
        self.statement = 0
        self.cause: Any = None
        self._log: list[Change] = []
        self._dead: dict[int, int] = {}
        self._home: dict[int, Key] = {}
        self._overloads: dict[Key, list[str]] = {}
        # Where to look, never what is there: entries may be stale after a rollback.
        self._inside_of: dict[tuple[Space, int], set[str]] = {}
        self._temporary: list[Key] = []
        # What references resolve to, as long as no name that others live in changes.
        self._parents: dict[Ref, tuple[int, Slot | None]] = {}
        self._version = 0
        self._next_oid = _FIRST_OID
        for name, oid in _BUILTIN_SCHEMAS.items():
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

    def mark(self) -> int:
        """A point to come back to."""
        return len(self._log)

    def rollback(self, mark: int) -> None:
        """Undo everything since `mark`."""
        log, slots, dead = self._log, self.slots, self._dead
        self._version += 1
        while len(log) > mark:
            key, before, _, _, oid = log.pop()
            if key is None:
                del dead[oid]
            elif before is None:
                del slots[key]
            else:
                slots[key] = before
                self._home[before.oid] = key

    def undo(self, mark: int) -> None:
        """Undo what was done since `mark`, but keep what was learned of how things were before."""
        learned: dict[Key, Slot | None] = {}
        for change in reversed(self._log[mark:]):
            if change.key is not None:
                # Walking back: what a change found is what the one before it had made.
                after = learned.get(change.key, self.slots[change.key])
                learned[change.key] = change.before if change.before is not None else after
        self.rollback(mark)
        for key, slot in learned.items():
            if key not in self.slots and slot is not None and not slot.maker:
                self.put(key, slot)

    def changes(self, mark: int) -> list[Change]:
        """What happened since `mark`, oldest first."""
        return self._log[mark:]

    def new_oid(self) -> int:
        """An identity nobody has had."""
        self._next_oid += 1
        return self._next_oid

    # -- reading -------------------------------------------------------------------------------------

    def alive(self, slot: Slot, at: int | None = None) -> bool:
        """Whether nothing it hangs on is gone (or was gone already at the mark `at`)."""
        dead = self._dead
        return not any(owner in dead and (at is None or dead[owner] < at) for owner in slot.owners)

    def is_dead(self, oid: int, at: int | None = None) -> bool:
        """Whether the object was dropped (before the mark `at`)."""
        return oid in self._dead and (at is None or self._dead[oid] < at)

    def slot(self, key: Key) -> Slot | None:
        """What is known under a key; `None` where nothing is."""
        slot = self.slots.get(key)
        if slot is not None and slot.owners and slot.presence is PRESENT and not self.alive(slot):
            return slot._replace(presence=ABSENT)
        return slot

    def key(self, ref: Ref) -> Key | None:
        """The key that a reference resolves to; `None` where its parent or schema is surely not there.

        An unqualified name is looked for along the search_path; where no schema has it, it is the first
        schema's (that is where it would be made).
        """
        space, name, schema, parent, signature = ref
        if signature is not None:
            name = f"{name}({signature})"
        if parent is not None:
            cached = self._parents.get(parent)
            if cached is not None and cached[0] == self._version:
                owner = cached[1]
            else:
                owner = self.find(parent)
                if owner is None:
                    owner = self._learn_parent(parent)
                self._parents[parent] = (self._version, owner)
            return None if owner is None or owner.presence is ABSENT else (space, owner.oid, name)
        if space not in SCHEMA_BOUND:
            return (space, 0, name)
        if schema is not None:
            oid = self._schema(schema)
            return None if oid is None else (space, oid, name)
        path = self._search_path
        first: Key | None = None
        temporary = (space, PG_TEMP, name)
        if temporary in self.slots:
            # Temporary objects are looked for before the search_path.
            slot = self.slot(temporary)
            if slot is not None and slot.presence is PRESENT:
                return temporary
        for part in path:
            oid = self._schema(part)
            if oid is None:
                continue
            key = (space, oid, name)
            if first is None:
                first = key
                if len(path) == 1:
                    return key
            slot = self.slot(key)
            if slot is not None and slot.presence is PRESENT:
                return key
        return first if first is not None else (space, 1, name)

    def find(self, ref: Ref) -> Slot | None:
        """What a reference names; a name that could be a row type is looked for among relations too."""
        if ref.space is Space.ROUTINE and ref.signature is None:
            return self._any_overload(ref)
        key = self.key(ref)
        if key is None:
            return Slot(ABSENT, 0)
        slot = self.find_key(key)
        if ref.space is Space.TYPE and (slot is None or slot.presence is not PRESENT):
            relation = self.slot((Space.RELATION, key[1], key[2]))
            if relation is not None and relation.presence is PRESENT and relation.kind in ROW_TYPES:
                return relation
        return slot

    def find_key(self, key: Key) -> Slot | None:
        """What is known under a key, what its container's own definition says included."""
        slot = self.slot(key)
        if slot is None and key[1] >= _FIRST_OID:
            return self._inside(key)
        return slot

    def presence(self, ref: Ref) -> Presence:
        """Three-valued presence of a name."""
        slot = self.find(ref)
        return UNKNOWN if slot is None else slot.presence

    def names_in(self, oid: int) -> Iterator[str]:
        """The names of what is surely there inside a schema."""
        for (_, container, name), slot in list(self.slots.items()):
            if container == oid and slot.presence is PRESENT and self.alive(slot):
                yield name

    def fires(self, oid: int, event: int, *, before: bool = False) -> bool:
        """Whether a table is known to have a trigger for an event (BEFORE it)."""
        for name in self._inside_of.get((Space.TRIGGER, oid), ()):
            slot = self.slots.get((Space.TRIGGER, oid, name))
            if slot is not None and slot.presence is PRESENT:
                when = slot.definition
                if when is None or (when.events & event and (when.before or not before)):
                    return True
        return False

    def anywhere(self, ref: Ref, *, any_parent: bool = True) -> bool | None:
        """Whether a name is there in any schema, and (`any_parent`) in any parent.

        `False` where it was learned that it is in none, or where all parents of that name that are
        known are known not to have it.
        """
        if not any_parent and ref.parent is not None:
            return self._in_any_schema(ref, ref.parent)
        unknown = False
        for (space, container, name), slot in list(self.slots.items()):
            if space is not ref.space or name != ref.name or self.is_dead(container):
                continue
            if slot.presence is PRESENT and self.alive(slot):
                return True
            unknown = unknown or slot.presence is UNKNOWN
        if not unknown and (ref.space, _ANYWHERE, ref.name) in self.slots:
            return False
        return None

    def _in_any_schema(self, ref: Ref, parent: Ref) -> bool | None:
        """Whether any parent of that name has it, whatever schema the parent is in."""
        absent = unknown = False
        for key, slot in list(self.slots.items()):
            if key[0] is not parent.space or key[2] != parent.name or slot.presence is not PRESENT:
                continue
            inner = self.find_key((ref.space, slot.oid, ref.name)) if self.alive(slot) else None
            if inner is None:
                unknown = unknown or self.alive(slot)
            elif inner.presence is PRESENT:
                return True
            else:
                absent = True
        return False if absent and not unknown else None

    def set_nowhere(self, ref: Ref) -> None:
        """Learn that a name is in no schema, or in no parent."""
        self.put((ref.space, _ANYWHERE, ref.name), Slot(ABSENT, self.new_oid()))

    def has(self, what: Space, oid: int) -> bool:
        """Whether a table is known to have a trigger, or a rule."""
        for name in self._inside_of.get((what, oid), ()):
            slot = self.slots.get((what, oid, name))
            if slot is not None and slot.presence is PRESENT:
                return True
        return False

    def beside(self, ref: Ref, table: Ref) -> Ref:
        """A name in the schema of a table (an index has no schema of its own to be put in)."""
        if ref.schema is not None or (len(self._search_path) == 1 and not self._temporary):
            return ref
        key = self.key(table)
        if key is None:
            return ref
        home = _BUILTIN_NAMES.get(key[1])
        if home is None:
            known = self.key_of(key[1])
            home = known[2] if known is not None else None
        return ref._replace(schema=home)

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

    def dependents(self, slot: Slot, key: Key, *, certain: bool = True) -> list[tuple[Key, Slot]]:
        """What keeps an object from being dropped without CASCADE, as far as it is known.

        `certain=False`: what does so if its own definition is what it has.
        """
        found = []
        for other_key, other in list(self.slots.items()):
            if other.presence is not PRESENT or other.oid == slot.oid or not self.alive(other):
                continue
            if (slot.oid in other.needs and slot.oid not in other.owners) or (
                other.definition is not None
                and other.certain is certain
                and self.definition_needs(other, key, slot) is not None
            ):
                found.append((other_key, other))
        return [
            (other_key, other)
            for other_key, other in found
            if other_key[1] != slot.oid and not self.is_dead(other_key[1])
        ]

    # -- writing -------------------------------------------------------------------------------------

    def put(self, key: Key, slot: Slot) -> None:
        """Set a slot, undoably."""
        self._log.append(Change(key, self.slots.get(key), self.statement, self.cause))
        self.slots[key] = slot
        self._home[slot.oid] = key
        space, container, name = key
        if space in _HOLDERS:
            self._version += 1
        self._inside_of.setdefault((space, container), set()).add(name)
        if container == PG_TEMP:
            self._temporary.append(key)
        if space is Space.ROUTINE or space is Space.OPERATOR:
            bare = name.partition("(")[0]
            names = self._overloads.setdefault((space, container, bare), [])
            if name not in names:
                names.append(name)

    def new_session(self) -> None:
        """What lives only in a session is gone: temporary objects."""
        for key in self._temporary:
            slot = self.slots.get(key)
            if slot is not None and slot.presence is PRESENT:
                self.kill(slot.oid)
                self.put(key, slot._replace(presence=ABSENT))

    def kill(self, oid: int) -> None:
        """End an identity: what hangs on it is gone."""
        self._version += 1
        if oid not in self._dead:
            self._dead[oid] = len(self._log)
            self._log.append(Change(None, None, self.statement, self.cause, oid))

    def set_presence(self, ref: Ref, presence: Presence, kind: Kind | None = None) -> Slot | None:
        """Learn that a name is there, or is not; what else is known of it stays."""
        key = self.key(ref)
        if key is None:
            return None
        slot = self.slots.get(key)
        if slot is None:
            slot = self._inside(key) if key[1] >= _FIRST_OID else None
        if slot is None or (slot.presence is not PRESENT and presence is PRESENT):
            slot = Slot(presence, self.new_oid(), kind, certain=False)
        else:
            slot = slot._replace(presence=presence, kind=kind or slot.kind)
        self.put(key, slot)
        return slot

    def overloads(self, ref: Ref) -> list[tuple[Key, Slot]]:
        """The live routines of a name, whatever their arguments."""
        bare = ref._replace(signature=None)
        key = self.key(bare)
        if key is None:
            return []
        found = []
        for name in self._overloads.get(key, ()):
            slot = self.slot((key[0], key[1], name))
            if slot is not None and slot.presence is PRESENT:
                found.append(((key[0], key[1], name), slot))
        return found

    # -- both ways ---------------------------------------------------------------------------------

    def state_since(self, mark: int) -> tuple[dict[Key, Slot], list[int]]:
        """What was changed since `mark`: the slots as they are now, and the identities that ended."""
        slots = {change.key: self.slots[change.key] for change in self._log[mark:] if change.key}
        return slots, [change.oid for change in self._log[mark:] if change.key is None]

    def restore(self, state: tuple[dict[Key, Slot], list[int]]) -> None:
        """Make the changes again that were undone."""
        slots, dead = state
        for oid in dead:
            self.kill(oid)
        for key, slot in slots.items():
            self.put(key, slot)

    def join(self, mark: int, other: tuple[dict[Key, Slot], list[int]]) -> None:
        """Know only what holds both in the present state and in `other`, which branched off at `mark`."""
        slots, _ = other
        mine = {change.key for change in self._log[mark:] if change.key is not None}
        for key in mine.union(slots):
            here = self.slots.get(key)
            there = slots[key] if key in slots else self._at(key, mark)
            joined = _joined(here, there, self.statement)
            if joined is not here and joined is not None:
                self.put(key, joined)

    def _at(self, key: Key, mark: int) -> Slot | None:
        for change in self._log[mark:]:
            if change.key == key:
                return change.before
        return self.slots.get(key)

    def forget(self, names: frozenset[tuple[Space, str]]) -> None:
        """Nothing is known any more of things of these names, wherever they are."""
        for key, slot in list(self.slots.items()):
            if (key[0], key[2]) in names:
                self._forget(key, slot)

    def forget_all(self, names: frozenset[str]) -> None:
        """Nothing is known any more of anything that has one of these names."""
        for key, slot in list(self.slots.items()):
            if key[2] in names:
                self._forget(key, slot)

    def _forget(self, key: Key, slot: Slot) -> None:
        if slot.presence is not UNKNOWN and slot.oid >= _FIRST_OID:
            self.put(key, slot._replace(presence=UNKNOWN, certain=False))

    # -- inner ---------------------------------------------------------------------------------------

    def _schema(self, name: str) -> int | None:
        """The oid of a schema; one never heard of gets an identity. `None`: it is surely not there."""
        key = (Space.SCHEMA, 0, name)
        slot = self.slots.get(key)
        if slot is None:
            oid = _BUILTIN_SCHEMAS.get(name) or self.new_oid()
            slot = Slot(UNKNOWN, oid, Kind.SCHEMA)
            # An identity is not a fact about the database: it need not be undone.
            self.slots[key] = slot
            self._home[oid] = key
        return slot.oid if slot.presence is not ABSENT else None

    def _learn_parent(self, parent: Ref) -> Slot | None:
        key = self.key(parent)
        if key is None:
            return None
        slot = Slot(UNKNOWN, self.new_oid(), certain=False)
        self.slots[key] = slot
        self._home[slot.oid] = key
        return slot

    def _inside(self, key: Key) -> Slot | None:
        """What an object's own definition says about a name inside it."""
        space, oid, name = key
        owner = self.by_oid(oid) if space in _INSIDE else None
        if owner is None or owner.definition is None:
            return None
        told = owner.definition.inside(space, name)
        if told is True:
            owners = [oid]
            for other_space, other in owner.definition.hangs_on(space, name):
                inner = (other_space, oid, other)
                sibling = self.slots.get(inner) or self._inside(inner)
                if sibling is not None:
                    owners.append(sibling.oid)
            slot = Slot(
                PRESENT,
                self.new_oid(),
                maker=owner.maker,
                owners=tuple(owners),
                certain=owner.certain,
            )
            # What a definition says is no change: it need not be undone.
            self.slots[key] = slot
            self._home[slot.oid] = key
            return slot
        if told is False and owner.certain:
            return Slot(ABSENT, 0)
        return None

    def _any_overload(self, ref: Ref) -> Slot | None:
        found = self.overloads(ref)
        if found:
            return found[0][1]
        key = self.key(ref)
        if key is None:
            return Slot(ABSENT, 0)
        known = self.slots.get(key)
        if known is not None:
            return known if known.presence is not PRESENT else None
        return Slot(ABSENT, 0) if self._overloads.get(key) else None

    def definition_needs(self, other: Slot, key: Key, slot: Slot) -> Need | None:
        """The part of an object whose own definition needs the one under `key`."""
        needs = getattr(other.definition, "needs", None)
        if needs is None:
            return None
        for need in needs():
            if need.name != key[2] or need.space is not key[0]:
                continue
            part = self.slots.get((need.by_space, other.oid, need.by))
            if part is not None and (
                part.presence is not PRESENT or not self.alive(part) or part.definition is not None
            ):
                # The part is gone, or it was changed and says itself what it needs.
                continue
            target = self.find(Ref(need.space, need.name, need.schema))
            if target is not None and target.oid == slot.oid:
                known: Need = need
                return known
        return None

    def foreign_keys(self, table: Slot, key: Key, constraint: Constraint) -> Iterator[str]:
        """The foreign keys that point at a table's unique or primary key."""
        for (_, container, name), slot in list(self.slots.items()):
            if slot.presence is not PRESENT or not self.alive(slot):
                continue
            definition = slot.definition
            if isinstance(definition, ForeignKey):
                points_here = table.oid in slot.needs and not self.is_dead(container)
                if points_here and constraint.is_key_of(definition.columns):
                    yield name
            elif isinstance(definition, TableDefinition):
                yield from self._inline_foreign_keys(slot, table, key, constraint)

    def _inline_foreign_keys(
        self, other: Slot, table: Slot, key: Key, constraint: Constraint
    ) -> Iterator[str]:
        for need in other.definition.needs():
            if need.space is not Space.RELATION or need.name != key[2]:
                continue
            part = self.slots.get((Space.CONSTRAINT, other.oid, need.by))
            if part is not None and (part.presence is not PRESENT or not self.alive(part)):
                continue
            target = self.find(Ref(need.space, need.name, need.schema))
            points_here = target is not None and target.oid == table.oid
            if points_here and constraint.is_key_of(need.columns):
                yield need.by


def _joined(one: Slot | None, two: Slot | None, statement: int) -> Slot | None:
    if one is None or two is None:
        known = one or two
        return None if known is None else known._replace(presence=UNKNOWN, certain=False)
    if one.presence is not two.presence:
        return one._replace(presence=UNKNOWN, certain=False)
    if one.oid == two.oid:
        return one if one.certain else two
    made = one if one.maker == statement else two
    return made._replace(certain=False)


#: Namespaces whose objects others live in.
_HOLDERS: Final = frozenset(
    {
        Space.RELATION,
        Space.TYPE,
        Space.SCHEMA,
        Space.COLUMN,
        Space.PUBLICATION,
        Space.SUBSCRIPTION,
        Space.EXTENSION,
        Space.SERVER,
        Space.USER_MAPPING,
        Space.FOREIGN_DATA_WRAPPER,
        Space.OPERATOR_FAMILY,
        Space.TS_CONFIGURATION,
    }
)

_INSIDE: Final = frozenset(
    {
        Space.COLUMN,
        Space.CONSTRAINT,
        Space.TRIGGER,
        Space.RULE,
        Space.POLICY,
        Space.ENUM_VALUE,
        Space.FACET,
    }
)
