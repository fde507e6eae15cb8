"""A read-only window on the catalog, for those who ask: rules, and what compares with a live database.

`CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY)` leaves a table `t`, but perhaps not this one: it may
have met an older `t` and skipped it. So there are two questions:

- `view.surely`: what replay knows for certain. Whether `t` has a primary key is unknown.
- `view.as_made`: what the folder's own statements say. `t` has a primary key, on `id`.

What is reported as a fact, or changed without asking, stands on the first; what a person is shown of the
folder's intent, and what a database is compared with, on the second. Neither guesses: what no statement
tells of is unknown to both.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres.kinds import Kind, Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog import knowledge, refs
from idemlint.replay.catalog.column import Column
from idemlint.replay.catalog.constraint import UniqueKey
from idemlint.replay.catalog.definition import INSIDE, Definition
from idemlint.replay.catalog.lookup import Catalog, ObjectPart, came_with, is_there, parts
from idemlint.replay.catalog.relation import IndexDefinition, TableDefinition
from idemlint.replay.catalog.slots import ABSENT, PRESENT, UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from idemlint.postgres.kinds import Ref
    from idemlint.replay.catalog.constraint import Constraint
    from idemlint.replay.catalog.slots import Presence, Slot


class StaleView(RuntimeError):
    """A View was asked after its catalog had moved on: take a new one."""


class Names(NamedTuple):
    """Names in order; `complete`: there are no others."""

    names: tuple[str, ...]
    complete: bool


class PrimaryKey(NamedTuple):
    """Whether there is a primary key, and its columns in order (none: they cannot be told)."""

    presence: Presence
    columns: tuple[str, ...] = ()


class Overload(NamedTuple):
    """A routine that shares its name with others: the types of its arguments, the number of the statement
    that made it last (0: it was there before), and who it is: what was made later has a greater number."""

    arguments: str
    maker: int
    identity: int


def _still() -> int:
    return 0


class View:
    """What is known at one moment, by two questions: `surely` and `as_made` (see the module).

    `now` tells the moment that its catalog is at; where that is no more `moment`, the View refuses with
    `StaleView`. Without them the catalog stands still.
    """

    __slots__ = ("as_made", "surely")

    def __init__(self, catalog: Catalog, moment: int = 0, now: Callable[[], int] = _still) -> None:
        self.surely: Final = Answers(catalog, moment, now, sure=True)
        self.as_made: Final = Answers(catalog, moment, now, sure=False)


class Answers:
    """The answers to one of the two questions. Of an object that is gone they tell what it had when it went:
    whether it is there, `presence` says."""

    __slots__ = ("_catalog", "_moment", "_now", "_sure")

    def __init__(
        self, catalog: Catalog, moment: int, now: Callable[[], int], *, sure: bool
    ) -> None:
        self._catalog = catalog
        self._moment = moment
        self._now = now
        self._sure = sure

    def presence(self, ref: Ref) -> Presence:
        """Whether a name is there."""
        with self._look() as catalog:
            slot = _find(catalog, ref)
            if slot is None:
                left_out = not self._sure and _is_left_out(catalog, ref)
                return ABSENT if left_out else UNKNOWN
            return UNKNOWN if self._is_doubted(catalog, slot) else slot.presence

    def kind(self, ref: Ref) -> Kind | None:
        """What it is; `None`: it is not there, or that cannot be told."""
        with self._look() as catalog:
            slot = _find(catalog, ref)
            if slot is None or slot.presence is not PRESENT or self._is_doubted(catalog, slot):
                return None
            return slot.kind

    def maker(self, ref: Ref) -> int | None:
        """The number of the statement that made it, 0: it was there before.

        `None`: it is not there, or that cannot be told (surely: where the statement may have skipped it).
        """
        with self._look() as catalog:
            slot = _find(catalog, ref)
            if slot is None or slot.presence is not PRESENT:
                return None
            return None if self._sure and slot.maker and not slot.certain else slot.maker

    def definition(self, ref: Ref) -> Any:
        """What the statement says that made it; `None`: it is not there, or that cannot be told."""
        with self._look() as catalog:
            slot = _find(catalog, ref)
            if slot is None or slot.presence is not PRESENT or (self._sure and not slot.certain):
                return None
            return slot.definition

    def names(self, space: Space, holder: Ref) -> Names:
        """What is there of a namespace inside an object: columns, constraints, triggers … of a table,
        labels of an enum; relations, types … of a schema (of which no list is complete).
        """
        with self._look() as catalog:
            slot = _find(catalog, holder)
            if slot is None:
                return Names((), False)
            names = tuple(part.name for part in self._parts(catalog, slot, space))
            return Names(names, self._is_complete(slot, space))

    def labels(self, enum: Ref) -> Names:
        """The labels of an enum; those that were added stand at the end."""
        return self.names(Space.ENUM_VALUE, enum)

    def columns(self, table: Ref) -> dict[str, Column | None]:
        """The columns in order, and how they are made, where that can be told.

        `not_null` and `generated` are as the column's own definition says.
        """
        with self._look() as catalog:
            slot = _find(catalog, table)
            if slot is None:
                return {}
            return {
                part.name: self._column(slot, part)
                for part in self._parts(catalog, slot, Space.COLUMN)
            }

    def column(self, ref: Ref) -> Column | None:
        """How a column is made, or was when it went; `None`: that cannot be told."""
        assert ref.parent is not None
        with self._look() as catalog:
            table = _find(catalog, ref.parent)
            if table is None:
                return None
            slot = catalog.slots.get((Space.COLUMN, table.oid, ref.name))
            part = ObjectPart(ref.name, slot, ref.name)
            if self._is_plain(table, slot, ref.name):
                # Those of a table that was altered often are not all looked at for one.
                return self._column(table, part)
        known = self.columns(ref.parent).get(ref.name)
        return known if known is not None else self._column(table, part)

    def _is_plain(self, table: Slot, slot: Slot | None, name: str) -> bool:
        """Whether a column goes by the name that it was made with."""
        if slot is not None and isinstance(slot.definition, Column):
            return slot.presence is PRESENT
        told = table.definition
        if not isinstance(told, TableDefinition) or name not in told.column_names:
            return False
        return slot is None or (slot.presence is PRESENT and came_with(table, slot))

    def primary_key(self, table: Ref) -> PrimaryKey:
        """Whether a table has a primary key, and which."""
        ref = refs.primary_key(table)
        presence = self.presence(ref)
        if presence is not PRESENT:
            return PrimaryKey(presence)
        keys = [key for key in self.unique_keys(table) if key.primary]
        return PrimaryKey(presence, keys[0].columns if keys else ())

    def unique_keys(self, table: Ref) -> tuple[UniqueKey, ...]:
        """What no two rows share, by constraints first and then by indexes; expressions are left out."""
        with self._look() as catalog:
            holder, facet = _find(catalog, table), _find(catalog, refs.primary_key(table))
            if holder is None:
                return ()
            owners = facet.owners if facet is not None else ()
            keys: dict[tuple[tuple[str, ...], bool], UniqueKey] = {}
            for part in self._parts(catalog, holder, Space.CONSTRAINT):
                told = _constraint(holder, part)
                primary = told is not None and told.contype == "CONSTR_PRIMARY"
                primary = primary or (part.slot is not None and part.slot.oid in owners)
                unique = primary or (told is not None and told.contype == "CONSTR_UNIQUE")
                slot = part.slot
                if slot is not None and told is None:
                    slot = _index_of(catalog, slot) or slot
                    unique = unique or _is_unique(slot)
                columns = key_columns(catalog, holder, slot, told) if unique else None
                if columns and self._is_own(holder, part):
                    keys[columns, True] = UniqueKey(columns, primary)
            for _, slot in self._indexes(catalog, holder):
                columns = key_columns(catalog, holder, slot, None) if _is_unique(slot) else None
                if columns and (slot.certain or not self._sure):
                    whole = not slot.definition.partial
                    keys.setdefault((columns, whole), UniqueKey(columns, False, whole))
            return tuple(keys.values())

    def indexes(self, table: Ref) -> tuple[str, ...]:
        """The names of a table's indexes, those of its constraints included."""
        with self._look() as catalog:
            holder = _find(catalog, table)
            found = self._indexes(catalog, holder) if holder is not None else []
            return tuple(name for name, _ in found)

    def overloads(self, ref: Ref) -> tuple[Overload, ...]:
        """A routine by its arguments, and then the others of its name and schema; none: it is not there."""
        from idemlint.replay.catalog.routine import signature_in  # few files replace a function

        with self._look() as catalog:
            key = catalog.key(ref)
            own = catalog.slot(key) if key is not None else None
            if key is None or own is None or own.presence is not PRESENT:
                return ()
            every = catalog.overloads(ref._replace(signature=None))
            others = [each for each in every if each[0][1] == key[1] and each[0] != key]
            return tuple(
                Overload(signature_in(at), slot.maker, slot.oid)
                for at, slot in ((key, own), *others)
            )

    def is_open(self, name: str) -> bool:
        """Whether a statement that builds its SQL may have made, changed or dropped what has that name."""
        with self._look() as catalog:
            return knowledge.is_open(catalog, name)

    def has_no_rows(self, table: Ref) -> bool:
        """Whether a table is surely empty: it was made, and nobody is known to have written into it."""
        from idemlint.replay.catalog.table_rows import rows_of  # hardly anybody asks

        with self._look() as catalog:
            slot = _find(catalog, table)
            if slot is None or slot.presence is not PRESENT:
                return False
            rows = rows_of(catalog, slot)
            return rows.complete and not rows.rows and not rows.vague

    # -- inner ---------------------------------------------------------------------------------------

    @contextmanager
    def _look(self) -> Iterator[Catalog]:
        """The catalog, if it has not moved; what it learns while it is looked at, it forgets."""
        if self._now() != self._moment:
            raise StaleView(f"taken at moment {self._moment}, asked at moment {self._now()}")
        mark = self._catalog.mark()
        try:
            yield self._catalog
        finally:
            self._catalog.rollback(mark)

    def _is_doubted(self, catalog: Catalog, slot: Slot) -> bool:
        """Whether something is there only if the statement that made it did not meet another.

        So it is with what was made along with a thing that may have been there already.
        """
        if not self._sure or slot.certain or not slot.maker:
            return False
        owners = [catalog.by_oid(oid) for oid in slot.owners]
        return slot.presence is PRESENT and any(
            owner is not None and owner.maker == slot.maker and not owner.certain
            for owner in owners
        )

    def _is_complete(self, holder: Slot, space: Space) -> bool:
        """Whether its definition says all of a namespace inside it: it has no name that nobody has."""
        if self._sure and not holder.certain:
            return False
        definition = holder.definition
        return isinstance(definition, Definition) and definition.inside(space, "") is False

    def _parts(self, catalog: Catalog, holder: Slot, space: Space) -> list[ObjectPart]:
        """What is there inside an object: what it came with, then what was added."""
        found = parts(catalog, holder, space)
        if not self._sure:
            return found
        return [
            part
            for part in found
            if (holder.certain if part.slot is None else not self._is_doubted(catalog, part.slot))
        ]

    def _is_own(self, holder: Slot, part: ObjectPart) -> bool:
        """Whether what is known of its making is surely its own, where that is asked."""
        return not self._sure or (holder if part.slot is None else part.slot).certain

    def _column(self, table: Slot, part: ObjectPart) -> Column | None:
        if not self._is_own(table, part):
            return None
        if part.slot is not None and isinstance(part.slot.definition, Column):
            return part.slot.definition._replace(name=part.name)
        if part.told is None or not isinstance(table.definition, TableDefinition):
            return None
        made = table.definition.columns.get(part.told)
        return made._replace(name=part.name) if made is not None else None

    def _indexes(self, catalog: Catalog, table: Slot) -> list[tuple[str, Slot]]:
        return [
            (name, slot)
            for (space, _, name), slot in catalog.relying(table.oid)
            if space is Space.RELATION
            and slot.kind is Kind.INDEX
            and table.oid in slot.owners
            and is_there(catalog, table, slot)
            and not self._is_doubted(catalog, slot)
        ]


def _find(catalog: Catalog, ref: Ref) -> Slot | None:
    slot = catalog.find(ref)
    if slot is not None and slot.presence is PRESENT and not _is_alive(catalog, slot):
        return slot._replace(presence=ABSENT)
    return slot


def _is_alive(catalog: Catalog, slot: Slot) -> bool:
    """Whether what it hangs on is there, and what that hangs on: a primary key goes with its columns."""
    owners = [catalog.by_oid(oid) for oid in slot.owners]
    return catalog.alive(slot) and all(owner is None or catalog.alive(owner) for owner in owners)


def _is_left_out(catalog: Catalog, ref: Ref) -> bool:
    """Whether what holds it was made by a statement that says all there is, and not this."""
    key = catalog.key(ref)
    holder = catalog.by_oid(key[1]) if key is not None and key[0] in INSIDE else None
    if key is None or holder is None or not isinstance(holder.definition, Definition):
        return False
    return holder.definition.inside(key[0], key[2]) is False


def _constraint(table: Slot, part: ObjectPart) -> Constraint | None:
    """How the table's definition makes a constraint."""
    if part.told is None or not isinstance(table.definition, TableDefinition):
        return None
    return table.definition.constraints.get(part.told)


def _is_unique(slot: Slot) -> bool:
    return isinstance(slot.definition, IndexDefinition) and slot.definition.unique


def _index_of(catalog: Catalog, constraint: Slot) -> Slot | None:
    """The index that a constraint was made of (`USING INDEX`)."""
    owners = [catalog.by_oid(oid) for oid in constraint.owners]
    return next((each for each in owners if each is not None and each.kind is Kind.INDEX), None)


def key_columns(
    catalog: Catalog, table: Slot, slot: Slot | None, told: Constraint | None
) -> tuple[str, ...] | None:
    """The columns of a key, by the names that they go by now; `None`: they cannot be told."""
    made: tuple[str | None, ...] = ()
    if told is not None:
        made = told.columns
    elif slot is not None and isinstance(slot.definition, IndexDefinition):
        made = slot.definition.columns
    if not made or None in made:
        return None
    homes = [catalog.key_of(oid) for oid in slot.owners] if slot is not None else []
    now = [home[2] for home in homes if home is not None and home[0] is Space.COLUMN]
    if len(now) >= len(made):
        return tuple(now[: len(made)])
    gone = any(
        known is not None and known.presence is ABSENT
        for name in made
        for known in (catalog.slot((Space.COLUMN, table.oid, str(name))),)
    )
    return None if gone else tuple(str(name) for name in made)


#: Where nothing was replayed.
NOTHING_KNOWN: Final = View(Catalog())
