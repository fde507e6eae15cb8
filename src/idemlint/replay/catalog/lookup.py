"""What names mean: along the search_path, inside one another, and in any schema.

Looking may learn: a schema or a table never heard of gets an identity, so that what is said of names
inside it has a place, and what a definition says of a name becomes a slot of its own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import ROW_TYPES, SCHEMA_BOUND, Kind, Ref, Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog.definition import INSIDE, Definition
from idemlint.replay.catalog.knowledge import is_open
from idemlint.replay.catalog.relation import TableDefinition
from idemlint.replay.catalog.slots import (
    ABSENT,
    BUILTIN_SCHEMAS,
    FIRST_OID,
    PG_TEMP,
    PRESENT,
    UNKNOWN,
    Key,
    Presence,
    Slot,
    Slots,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_BUILTIN_NAMES: Final = {oid: name for name, oid in BUILTIN_SCHEMAS.items()}
#: A temporary function, operator … is found only where the schema is named.
_HIDDEN_BY_TEMPORARY: Final = frozenset({Space.RELATION, Space.TYPE})
#: Overloads of one name that are told apart by more than their letters.
_CROWD: Final = 20
#: Stands for every container: a name that is in none of them.
_ANYWHERE: Final = -1


class Catalog(Slots):
    """The abstract catalog, asked by name."""

    __slots__ = ()

    def key(self, ref: Ref) -> Key | None:
        """The key that a reference resolves to; `None` where its parent or schema is surely not there.

        An unqualified name is looked for along the search_path; where no schema has it, it is the first
        schema's. Where a CREATE would make it is another question: `place`.
        """
        space, name, schema, parent, signature = ref
        if signature is not None:
            if space is Space.ROUTINE:
                # Most files have no routines.
                from idemlint.replay.catalog.routine import key_of

                return key_of(self, ref)
            name = f"{name}({signature})"
        elif parent is None and schema is None and self._sole_schema[0] == self._version:
            return (space, self._sole_schema[1] if space in SCHEMA_BOUND else 0, name)
        if parent is not None:
            cached = self._parents.get(parent)
            if cached is not None and cached[0] == self._version:
                owner = cached[1]
            else:
                owner = self.find(parent)
                if owner is None:
                    owner = self.identify(parent)
                self._parents[parent] = (self._version, owner)
            return None if owner is None or owner.presence is ABSENT else (space, owner.oid, name)
        if space not in SCHEMA_BOUND:
            return (space, 0, name)
        if schema is not None:
            oid = self._schema(schema)
            return None if oid is None else (space, oid, name)
        path, temporary = self._search_path, self._temporary.there
        if len(path) == 1 and not temporary:
            self._sole_schema = (self._version, self._schema(path[0]) or BUILTIN_SCHEMAS["public"])
            return (space, self._sole_schema[1], name)
        if temporary and space in _HIDDEN_BY_TEMPORARY and "pg_temp" not in path:
            # Looked for before the search_path, unless that says where.
            hidden = self.slot((space, PG_TEMP, name))
            if hidden is not None and hidden.presence is PRESENT:
                return (space, PG_TEMP, name)
        first: Key | None = None
        for part in path:
            oid = self._schema(part)
            if oid is not None:
                key = (space, oid, name)
                first = first or key
                slot = self.slot(key)
                if slot is not None and slot.presence is PRESENT:
                    return key
        return first if first is not None else (space, BUILTIN_SCHEMAS["public"], name)

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
        slot = self.slots.get(key)
        if slot is None:
            slot = self._inside(key) if key[1] >= FIRST_OID else None
            if slot is None:
                return None
        # What it hangs on may have gone before anybody asked for it.
        if slot.presence is ABSENT or self._dead.keys().isdisjoint(slot.owners):
            return slot
        return slot._replace(presence=ABSENT)

    def presence(self, ref: Ref) -> Presence:
        """Three-valued presence of a name."""
        slot = self.find(ref)
        return UNKNOWN if slot is None else slot.presence

    def overloads(self, ref: Ref) -> list[tuple[Key, Slot]]:
        """The live routines of a name, whatever their arguments."""
        return [each for each in self.namesakes(ref) if each[1].presence is PRESENT]

    def namesakes(self, ref: Ref) -> list[tuple[Key, Slot]]:
        """All that is known of routines of a name: those of a schema, or of all of the search_path, schema by
        schema and first made first.

        Of two with the same arguments the first that is there is meant (`FuncnameGetCandidates`,
        src/backend/catalog/namespace.c).
        """
        found: dict[str, tuple[Key, Slot]] = {}
        for part in self._search_path if ref.schema is None else (ref.schema,):
            oid = self._schema(part) or 0
            for name in self._overloads.get((ref.space, oid, ref.name), ()):
                key = (ref.space, oid, name)
                slot = self.slot(key)
                known = found.get(name)
                if slot is not None and (known is None or known[1].presence is not PRESENT):
                    found[name] = (key, slot)
        return list(found.values())

    def is_crowded(self, ref: Ref) -> bool:
        """Whether so many routines have a name that each is not held against all others."""
        path = self._search_path if ref.schema is None else (ref.schema,)
        places = ((ref.space, self._schema(part) or 0, ref.name) for part in path)
        return any(len(self._overloads.get(place, ())) > _CROWD for place in places)

    def home_of(self, ref: Ref) -> str | None:
        """The schema that a name without one is found in; `None`: in none that is known to have it."""
        if len(self._search_path) == 1 and self._search_path[0] == "public":
            return None
        for part in self._search_path:
            known = self.find(ref._replace(schema=part))
            if known is not None and known.presence is PRESENT:
                return part
        return None

    def place(self, ref: Ref, beside: Ref | None = None) -> Ref:
        """A name as a CREATE takes it: with the schema that the thing is put into, where that is not
        what looking would find.

        That is the first schema of the search_path that is there, whatever the others hold, and never
        that of temporary objects (`RangeVarGetCreationNamespace`). What has no schema of its own goes
        `beside` another thing: an index is where its table is.
        """
        if ref.schema is not None or (len(self._search_path) == 1 and not self._temporary.there):
            return ref
        if ref.parent is not None or ref.space not in SCHEMA_BOUND:
            return ref
        if beside is not None:
            return self._beside(ref, beside)
        home = self.creation_schema()
        return ref if home is None else ref._replace(schema=home)

    def creation_schema(self) -> str | None:
        """The first schema of the search_path that is there, or may be; `None`: all are surely gone."""
        for part in self._search_path:  # half the time of `next`, for every CREATE
            if self._schema(part) is not None:
                return part
        return None

    def _beside(self, ref: Ref, table: Ref) -> Ref:
        key = self.key(table)
        if key is None:
            return ref
        home = _BUILTIN_NAMES.get(key[1])
        if home is None:
            known = self.key_of(key[1])
            home = known[2] if known is not None else None
        return ref._replace(schema=home)

    def lacks(self, table: Slot, names: Iterable[str]) -> list[str]:
        """The columns that a table is not known to have, by one look at what it was made with."""
        oid, definition, slots = table.oid, table.definition, self.slots
        told = definition.column_names if isinstance(definition, TableDefinition) else ()
        amiss = []
        for name in names:
            slot = slots.get((Space.COLUMN, oid, name))
            if slot is None:
                if name not in told:
                    amiss.append(name)
            elif slot.presence is not PRESENT or (slot.owners and not self.alive(slot)):
                amiss.append(name)
        return amiss

    def names_in(self, oid: int) -> Iterator[str]:
        """The names of what is surely there inside a schema: what is granted on it is nothing inside."""
        for (space, _, name), slot in self.contents(oid):
            if slot.presence is PRESENT and space is not Space.FACET and self.alive(slot):
                yield name

    def fires(self, oid: int, event: int, *, before: bool = False) -> bool:
        """Whether a table is known to have a trigger for an event (BEFORE it)."""
        for slot in self.on_table(Space.TRIGGER, oid):
            if slot.presence is PRESENT:
                when = slot.definition
                if when is None or when.fires(event, before=before):
                    return True
        return False

    def has(self, what: Space, oid: int) -> bool:
        """Whether a table is known to have a trigger, or a rule."""
        return any(slot.presence is PRESENT for slot in self.on_table(what, oid))

    def is_nowhere(self, ref: Ref) -> bool:
        """Whether it was learned that a name is in no schema, and in no parent."""
        return (ref.space, _ANYWHERE, ref.name) in self.slots

    def set_nowhere(self, ref: Ref) -> None:
        """Know that a name is in no schema, or in no parent."""
        self.put((ref.space, _ANYWHERE, ref.name), Slot(ABSENT, self.new_oid()))

    def set_presence(self, ref: Ref, presence: Presence, kind: Kind | None = None) -> Slot | None:
        """Know that a name is there, or is not; what else is known of it stays."""
        key = self.key(ref)
        if key is None:
            return None
        slot = self.slots.get(key)
        if slot is None:
            slot = self._inside(key) if key[1] >= FIRST_OID else None
        if slot is None or (
            presence is PRESENT
            and slot.presence is not PRESENT
            # What nobody has made, if it is there, is the one that it was.
            and (slot.presence is ABSENT or slot.maker)
        ):
            slot = Slot(presence, self.new_oid(), kind, certain=False)
        else:
            slot = slot._replace(presence=presence, kind=kind or slot.kind)
        self.put(key, slot)
        return slot

    # -- what looking makes known --------------------------------------------------------------------

    def _schema(self, name: str) -> int | None:
        """The oid of a schema; one never heard of gets an identity. `None`: it is surely not there."""
        key = (Space.SCHEMA, 0, name)
        slot = self.slots.get(key)
        if slot is None:
            slot = self._learn(key, Slot(UNKNOWN, self.new_oid(), Kind.SCHEMA))
        return slot.oid if slot.presence is not ABSENT else None

    def identify(self, ref: Ref) -> Slot | None:
        """What a name stands for, as a thing that may be there where nobody has heard of it."""
        key = self.key(ref)
        if key is None:
            return None
        return self.slots.get(key) or self._learn(key, Slot(UNKNOWN, self.new_oid(), certain=False))

    def _inside(self, key: Key) -> Slot | None:
        """What an object's own definition says about a name inside it."""
        space, oid, name = key
        owner = self.by_oid(oid) if space in INSIDE else None
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
            return self._learn(
                key,
                Slot(
                    PRESENT,
                    self.new_oid(),
                    maker=owner.maker,
                    owners=tuple(owners),
                    certain=owner.certain,
                ),
            )
        if told is False and owner.certain and not is_open(self, name, oid):
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


class ObjectPart(NamedTuple):
    """Something inside an object: its name, what is known of it, and what the object's definition calls it.

    Without a `slot` only the definition speaks of it; without `told` the definition does not.
    """

    name: str
    slot: Slot | None
    told: str | None


def parts(catalog: Catalog, holder: Slot, space: Space) -> list[ObjectPart]:
    """What is there of a namespace inside an object: what it came with, then what was added."""
    definition = holder.definition
    came = definition.names(space) if isinstance(definition, Definition) else ()
    slots = {
        name: slot
        for (other, _, name), slot in catalog.contents(holder.oid)
        if other is space and not name.startswith("@")
    }
    there = {name: slot for name, slot in slots.items() if is_there(catalog, holder, slot)}
    # What has a name of the definition, and is what the definition means.
    own = {
        n for n, slot in there.items() if n in came and (came_with(holder, slot) or not slot.maker)
    }
    # What came with the object hangs on it first of all. Where such a thing goes by a name that the
    # definition does not know, it was renamed, and its old name is left with nothing to hang on; what
    # has that name since is another.
    renamed = [name for name, slot in there.items() if name not in came and came_with(holder, slot)]
    free = [name for name in came if name in slots and name not in own and not slots[name].owners]
    left = [name for name in free if name not in there]
    left = free if len(left) < len(renamed) else left
    found: list[ObjectPart] = []
    waiting = iter(renamed)
    for name in came:
        if name not in slots:
            found.append(ObjectPart(name, None, name))
        elif name in own:
            found.append(ObjectPart(name, there.pop(name), name))
        elif name in left and (now := next(waiting, None)) is not None:
            # Which of several is which cannot be told.
            sole = len(left) == len(renamed) == 1
            found.append(ObjectPart(now, there.pop(now), name if sole else None))
    added = sorted(there.items(), key=lambda each: each[1].oid)
    return found + [ObjectPart(name, slot, None) for name, slot in added]


def came_with(holder: Slot, slot: Slot) -> bool:
    """Whether something was made along with what holds it."""
    return slot.owners[:1] == (holder.oid,)


def is_there(catalog: Catalog, holder: Slot, slot: Slot) -> bool:
    """Whether it is there, or was when what holds it went."""
    return slot.presence is PRESENT and not any(
        catalog.is_dead(oid) for oid in slot.owners if oid != holder.oid
    )
