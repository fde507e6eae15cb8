"""Carrying out effects on the catalog, in one of two moods.

*Assuming*: the first run succeeded, so an unmet or unknown requirement teaches what was there before.
*Judging*: the rerun; a requirement that is surely unmet raises, an unknown one is a doubt.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple
from idemlint.replay import rowfacts
from idemlint.replay.catalog import ABSENT, PRESENT, UNKNOWN, Catalog, Key, Slot
from idemlint.replay.definitions import (
    BY_PRODUCT,
    UPDATE,
    Column,
    Constraint,
    IndexDefinition,
    Returns,
    TableDefinition,
)
from idemlint.replay.effects.model import (
    SKIP,
    Again,
    Body,
    Command,
    Creates,
    CreatesUnnamed,
    Deletes,
    Drops,
    Effect,
    EndsAtCommit,
    Fails,
    Fills,
    Inserts,
    Opaque,
    Renames,
    Repeats,
    Requires,
    Sets,
    SetsPath,
    Transaction,
    Updates,
    UsesAnyColumn,
    UsesColumns,
    Verb,
)
from idemlint.replay.names import ROW_TYPES, Kind, Ref, Space

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from idemlint.plpgsql.nodes import Sql, Try
    from idemlint.replay.conditions import Condition
    from idemlint.replay.patterns import Pattern
    from idemlint.source.model import Span


class Raised(NamedTuple):
    """An error: its SQLSTATE, the effect that raised it, and why.

    `passed` are the blocks whose handlers do not catch it, the innermost first.
    """

    sqlstate: str
    effect: Effect | None
    reason: str
    span: Span | None = None
    leaf: Sql | None = None
    passed: tuple[Try, ...] = ()


class Signal(NamedTuple):
    """Control flow that is no error: `skip` leaves a statement, `return` a body."""

    name: str


SKIPPED: Final = Signal("skip")
RETURNED: Final = Signal("return")
_FORK: Final = Signal("fork")

Result = Raised | Signal | None


class Doubt(NamedTuple):
    """Something that cannot be told: it may raise `sqlstate` (`None`: anything)."""

    reason: str
    effect: Effect | None
    sqlstate: str | None = None
    span: Span | None = None
    leaf: Sql | None = None


class Candidate(NamedTuple):
    """A repetition that counts if what it changed is still there when the rerun ends."""

    statement: int
    reason: str
    effect: Effect
    oid: int = 0
    epoch: int = 0
    span: Span | None = None
    leaf: Sql | None = None


class Hazard(NamedTuple):
    """A first run that fails on a database with rows."""

    statement: int
    effect: Fills
    span: Span | None = None
    leaf: Sql | None = None


class Machine:
    """Carries out effects. `statement` numbers run through the folder; 0 is what was there before."""

    def __init__(self, catalog: Catalog, postgres_version: int) -> None:
        self.catalog = catalog
        self.postgres_version = postgres_version
        self.judging = False
        self.uncertain = False
        self.in_body = 0
        self.catches: Callable[[str], bool] | None = None
        self.span: Span | None = None
        self.leaf: Sql | None = None
        self.doubts: list[Doubt] = []
        self.candidates: list[Candidate] = []
        self.hazards: list[Hazard] = []
        self.file_start = 0
        self.in_folder = False
        self.current_error: Raised | None = None
        self.leaves: dict[int, tuple[object, tuple[Effect, ...]]] = {}
        self.conditions: dict[int, tuple[object, Condition]] = {}
        self.patterns: dict[int, tuple[object, Pattern | None]] = {}
        self.savepoints: dict[str, tuple[int, int]] = {}
        # In a rerun, the first identity that was not there when it began.
        self.fresh = 0
        self.until_commit: list[Key] = []
        self.restarted: set[Key] = set()
        self.copied: set[int] = set()

    # -- running -------------------------------------------------------------------------------------

    def run(self, effects: tuple[Effect, ...]) -> Result:
        """Carry out a statement: all of it or, where it raises, nothing."""
        catalog = self.catalog
        mark = catalog.mark()
        before = self.uncertain
        result = self.apply(effects)
        self.uncertain = before
        if result.__class__ is Raised:
            catalog.rollback(mark)
        return result

    def apply(self, effects: tuple[Effect, ...]) -> Result:
        """Carry out effects in order; where a guard may or may not skip the rest, both ways are taken."""
        for position, effect in enumerate(effects):
            result = _APPLY[effect.__class__](self, effect)
            if result is None:
                continue
            if result is _FORK:
                return self._fork(effect, effects[position + 1 :])
            return result
        return None

    def _fork(self, effect: Effect, rest: tuple[Effect, ...]) -> Result:
        assert isinstance(effect, Requires)
        catalog = self.catalog
        if all(isinstance(each, Drops) and each.ref == effect.ref for each in rest):
            catalog.set_presence(effect.ref, ABSENT, effect.kind)
            return None

        def met() -> Result:
            catalog.set_presence(effect.ref, PRESENT if effect.want else ABSENT, effect.kind)
            return self.apply(rest)

        def unmet() -> Result:
            catalog.set_presence(effect.ref, ABSENT if effect.want else PRESENT, effect.kind)
            return None

        return self.either(met, unmet)

    def either(self, first: Callable[[], Result], second: Callable[[], Result]) -> Result:
        """Take both of two ways and join the catalogs; an error on one of them is a doubt.

        In the assuming mood the way that raises cannot have been the one that was taken.
        """
        catalog = self.catalog
        mark = catalog.mark()
        candidates = len(self.candidates)
        one = first()
        after_one = catalog.state_since(mark)
        catalog.rollback(mark)
        two = second()
        one_raised, two_raised = one.__class__ is Raised, two.__class__ is Raised
        if one_raised and two_raised:
            return two
        if one_raised or two_raised:
            raised = one if one_raised else two
            assert isinstance(raised, Raised)
            if two_raised:
                catalog.rollback(mark)
                catalog.restore(after_one)
            if self.judging:
                self.doubts.append(
                    Doubt(
                        f"it may fail: {raised.reason}", raised.effect, raised.sqlstate, raised.span
                    )
                )
            return None
        catalog.join(mark, after_one)
        if self.judging:
            self._doubt_candidates(candidates)
        return one if one is two else None

    def _doubt_candidates(self, since: int) -> None:
        """What repeats on one of two ways may repeat."""
        for each in self.candidates[since:]:
            self.doubts.append(
                Doubt(f"it may repeat: {each.reason}", each.effect, "", each.span, each.leaf)
            )
        del self.candidates[since:]

    # -- knowledge -----------------------------------------------------------------------------------

    def doubt(self, reason: str, effect: Effect, sqlstate: str | None = None) -> None:
        """Something cannot be told, while judging."""
        if self.judging:
            self.doubts.append(Doubt(reason, effect, sqlstate, self.span, self.leaf))

    def candidate(self, reason: str, effect: Effect, oid: int = 0, epoch: int = 0) -> None:
        """Something is done once more, while judging."""
        if self.judging:
            self.candidates.append(
                Candidate(self.catalog.statement, reason, effect, oid, epoch, self.span, self.leaf)
            )

    def raised(self, sqlstate: str, effect: Effect, reason: str) -> Raised:
        """An error at the place that is being run."""
        return Raised(sqlstate, effect, reason, self.span, self.leaf)

    @contextmanager
    def at(self, span: Span | None, leaf: Sql | None = None) -> Iterator[None]:
        """What happens inside happens at that place of a body."""
        before = self.span, self.leaf
        self.span, self.leaf = span or before[0], leaf
        yield
        self.span, self.leaf = before

    def since(self, slot: Slot | None) -> str:
        """When something came to be as it is, in words."""
        maker = slot.maker if slot is not None else 0
        if maker == self.catalog.statement:
            return "since this statement's first run"
        if self.in_folder:
            return "since the folder's first run"
        if maker > self.file_start:
            return f"since statement {maker - self.file_start} of this file"
        return "since an earlier migration" if maker else "already"

    # -- effects -------------------------------------------------------------------------------------

    def _requires(self, effect: Requires) -> Result:
        ref, want = effect.ref, effect.want
        catalog = self.catalog
        if effect.beside is not None:
            ref = catalog.beside(ref, effect.beside)
            effect = effect if ref is effect.ref else effect._replace(ref=ref)
        slot = catalog.find(ref)
        presence = UNKNOWN if slot is None else slot.presence
        if presence is PRESENT:
            if want:
                if effect.wrong_kind is not None and self._other_kind(effect, slot):
                    return self._unmet(effect, slot, effect.wrong_kind)
                return None
        elif presence is ABSENT:
            if not want:
                return self._row_type_taken(effect) if effect.kind in ROW_TYPES else None
        elif presence is UNKNOWN:
            return self._unknown(effect)
        return self._unmet(effect, slot, effect.otherwise)

    def _uses_columns(self, effect: UsesColumns) -> Result:
        """One look at the table serves all its columns; the long way is for the one that is amiss."""
        if self.in_body:
            # In a body a name may be a variable's.
            return None
        catalog = self.catalog
        table = catalog.find(effect.table)
        if table is not None and table.presence is PRESENT:
            oid, definition = table.oid, table.definition
            told = definition.column_names if isinstance(definition, TableDefinition) else ()
            slots = catalog.slots
            amiss = []
            for name in effect.names:
                slot = slots.get((Space.COLUMN, oid, name))
                if slot is None:
                    if name not in told:
                        amiss.append(name)
                elif slot.presence is not PRESENT or (slot.owners and not catalog.alive(slot)):
                    amiss.append(name)
        else:
            amiss = list(effect.names)
        for name in amiss:
            ref = Ref(Space.COLUMN, name, None, effect.table)
            result = self._requires(Requires(ref, True, "42703", Kind.COLUMN, Verb.USE))
            if result is not None:
                return result
        return None

    def _uses_any_column(self, effect: UsesAnyColumn) -> Result:
        catalog = self.catalog
        if self.in_body or not self.judging:
            return None
        for name in effect.names:
            for table in effect.tables:
                ref = Ref(Space.COLUMN, name, None, table)
                if catalog.presence(table) is not PRESENT or catalog.presence(ref) is not ABSENT:
                    break
            else:
                had = [Ref(Space.COLUMN, name, None, table) for table in effect.tables]
                # The one that a table had once is the one that was meant.
                gone = next((ref for ref in had if self._had(ref)), had[0])
                return self._requires(Requires(gone, True, "42703", Kind.COLUMN, Verb.USE))
        return None

    def _had(self, ref: Ref) -> bool:
        key = self.catalog.key(ref)
        return key is not None and key in self.catalog.slots

    def _unknown(self, effect: Requires) -> Result:
        anew = self.judging and self._is_anew(effect.ref)
        if effect.otherwise is SKIP:
            if effect.want or (self.judging and not anew):
                return _FORK
            self.uncertain = True
            return None
        if self.judging and not anew:
            state = "is there" if effect.want else "is not there"
            reason = f"whether {effect.kind.noun} {effect.ref} {state} cannot be told"
            self.doubts.append(Doubt(reason, effect, effect.otherwise, self.span, self.leaf))
            return None
        self.catalog.set_presence(
            effect.ref, PRESENT if effect.want else ABSENT, effect.kind if effect.want else None
        )
        if self.catches is not None and self.catches(effect.otherwise):
            self.uncertain = True
        return None

    def _is_anew(self, ref: Ref) -> bool:
        """Whether a name lives in something that the rerun has made: there, all is as in the first run."""
        key = self.catalog.key(ref)
        if key is None or key[1] < self.fresh:
            return False
        home = self.catalog.by_oid(key[1])
        return home is not None and home.maker > 0

    def _unmet(self, effect: Requires, slot: Slot | None, otherwise: str) -> Result:
        if otherwise is SKIP:
            return SKIPPED
        sqlstate = self._sqlstate(effect, otherwise)
        if not self.judging and (self.catches is None or not self.catches(sqlstate)):
            # The first run is assumed to succeed, so what was believed before it is wrong.
            self.catalog.set_presence(effect.ref, PRESENT if effect.want else ABSENT)
            return None
        return self.raised(sqlstate, effect, self._why(effect, slot, sqlstate))

    def _sqlstate(self, effect: Requires, otherwise: str) -> str:
        """A schema that is gone is noticed before what was in it (queries do not ask for it first)."""
        schema = effect.ref.schema or (effect.ref.parent.schema if effect.ref.parent else None)
        if effect.want and schema and effect.verb not in {Verb.USE, Verb.WRITE}:
            slot = self.catalog.slots.get((Space.SCHEMA, 0, schema))
            if slot is not None and slot.presence is ABSENT:
                return "3F000"
        parent = effect.ref.parent
        if effect.want and parent is not None and self.catalog.presence(parent) is ABSENT:
            return "42P01" if parent.space is Space.RELATION else "42704"
        return otherwise

    def _why(self, effect: Requires, slot: Slot | None, sqlstate: str) -> str:
        noun = effect.kind.noun
        if sqlstate == "42809" and slot is not None and slot.kind is not None and effect.want:
            return f"{effect.ref} is a {slot.kind.noun}, not a {noun}"
        if sqlstate == "3F000" and effect.kind is not Kind.SCHEMA:
            return f"schema {effect.ref.schema} is gone"
        if effect.want:
            if sqlstate == "42P01" and effect.ref.parent is not None:
                return f"{effect.ref.parent} is gone"
            return f"{noun} {effect.ref} is gone {self.since(slot)}"
        return f"{noun} {effect.ref} exists {self.since(slot)}"

    def _other_kind(self, effect: Requires, slot: Slot | None) -> bool:
        return slot is not None and slot.kind is not None and slot.kind is not effect.kind

    def _row_type_taken(self, effect: Requires) -> Result:
        type_ref = effect.ref._replace(space=Space.TYPE)
        key = self.catalog.key(type_ref)
        slot = self.catalog.slot(key) if key is not None else None
        if slot is not None and slot.presence is PRESENT and self.judging:
            return self.raised("42710", effect, f"type {effect.ref} has that name")
        return None

    def oids(self, refs: tuple[Ref, ...]) -> tuple[int, ...]:
        """The identities of what is there of some names; the first run proves that it is."""
        found = []
        for ref in refs:
            slot = self.catalog.find(ref)
            if slot is None and not self.judging:
                slot = self.catalog.set_presence(ref, PRESENT)
            if slot is not None and slot.presence is PRESENT:
                found.append(slot.oid)
        return tuple(found)

    def _creates(self, effect: Creates) -> Result:
        catalog = self.catalog
        catalog.cause = (effect, self.span, self.leaf)
        beside = effect.beside
        key = catalog.key(effect.ref if beside is None else catalog.beside(effect.ref, beside))
        if key is None:
            return None
        owners, needs = self.oids(effect.owners), self.oids(effect.needs)
        existing = catalog.slot(key)
        for source in self.oids(effect.copies):
            self.copied.add(source)
        if effect.replaces and existing is not None and existing.presence is PRESENT:
            if effect.kind is Kind.VIEW and existing.kind not in {None, Kind.VIEW} and self.judging:
                noun = existing.kind.noun if existing.kind else "relation"
                return self.raised("42809", effect, f"{effect.ref} is a {noun}")
            if self.judging and _other_result(existing.definition, effect.definition):
                reason = f"{effect.ref} returns {existing.definition}, not {effect.definition}"
                return self.raised("42P13", effect, reason)
            slot = existing._replace(
                kind=effect.kind, needs=needs, maker=catalog.statement, definition=effect.definition
            )
            catalog.put(key, slot)
            return None
        oid = self._put_new(key, effect.kind, effect.definition, owners, needs)
        if isinstance(effect.definition, TableDefinition):
            return self._brings(effect, key, oid, effect.definition)
        return None

    def _brings(self, effect: Creates, key: Key, oid: int, definition: TableDefinition) -> Result:
        """A table comes with sequences and indexes; a chosen name gets a number where it is taken."""
        catalog = self.catalog
        for each in definition.by_products():
            name = each.name
            relation: Key = (Space.RELATION, key[1], name)
            if each.base is None and self.judging and not self._free(relation):
                return self.raised("42P07", effect, f"relation {name} exists")
            number = 0
            while each.base is not None and (
                not self._free(relation) or (number and name in definition.constraints)
            ):
                number += 1
                name = each.base.numbered(number)
                relation = (Space.RELATION, key[1], name)
            inner: Key = (each.of_space, oid, each.of)
            of = catalog.find_key(inner)
            if of is None:
                continue
            if number and each.is_index:
                catalog.put(inner, Slot(ABSENT, catalog.new_oid(), maker=catalog.statement))
                catalog.put((each.of_space, oid, name), of)
            owners = (of.oid, oid, *of.owners)
            if not each.is_index:
                identity = catalog.find_key((Space.FACET, oid, f"identity:{each.of}"))
                if identity is not None and identity.presence is PRESENT:
                    owners = (identity.oid, *owners)
            kind = Kind.INDEX if each.is_index else Kind.SEQUENCE
            self._put_new(relation, kind, BY_PRODUCT, owners, ())
        return None

    def _put_new(
        self,
        key: Key,
        kind: Kind,
        definition: object,
        owners: tuple[int, ...],
        needs: tuple[int, ...],
    ) -> int:
        catalog = self.catalog
        oid = catalog.new_oid()
        slot = Slot(
            PRESENT, oid, kind, definition, owners, needs, catalog.statement, not self.uncertain
        )
        catalog.put(key, slot)
        if isinstance(definition, IndexDefinition):
            table = key[1] if key[0] is Space.CONSTRAINT else (owners[0] if owners else 0)
            if table:
                rowfacts.remember_key(catalog, table, oid, definition)
        return oid

    def _creates_unnamed(self, effect: CreatesUnnamed) -> Result:
        catalog = self.catalog
        catalog.cause = (effect, self.span, self.leaf)
        table_key = catalog.key(effect.table)
        table = catalog.find(effect.table)
        if table_key is None or table is None or table.presence is ABSENT:
            return None
        owners, needs = self.oids(effect.owners), self.oids(effect.needs)
        is_index = isinstance(effect.definition, IndexDefinition)
        keys = self._chosen(effect, table_key, table, is_index=is_index)
        oid = 0
        for key in keys:
            kind = effect.kind
            if kind is Kind.CONSTRAINT and key[0] is Space.RELATION:
                kind = Kind.INDEX
            of = owners if not oid else (oid, table.oid, *owners)
            oid = self._put_new(key, kind, effect.definition, of, needs)
        return None

    def _chosen(
        self, effect: CreatesUnnamed, table_key: Key, table: Slot, *, is_index: bool
    ) -> list[Key]:
        """The first name that is free, in every namespace that the object needs it in."""
        number = 0
        while True:
            name = effect.base.numbered(number)
            keys: list[Key] = []
            if effect.kind is Kind.CONSTRAINT:
                keys.append((Space.CONSTRAINT, table.oid, name))
                if is_index:
                    keys.append((Space.RELATION, table_key[1], name))
            else:
                keys.append((effect.kind.space, table_key[1], name))
            if all(self._free(key) for key in keys):
                return keys
            number += 1

    def _free(self, key: Key) -> bool:
        slot = self.catalog.slot(key)
        if slot is None and key[0] is Space.CONSTRAINT:
            slot = self.catalog.find_key(key)
        return slot is None or slot.presence is not PRESENT

    def _drops(self, effect: Drops) -> Result:
        catalog = self.catalog
        catalog.cause = (effect, self.span, self.leaf)
        ref = effect.ref
        key = catalog.key(ref)
        if ref.space is Space.ROUTINE and ref.signature is None:
            overloads = catalog.overloads(ref)
            if len(overloads) > 1 and self.judging:
                return self.raised("42725", effect, f"there are several routines named {ref}")
            if overloads:
                key = overloads[0][0]
        if key is None:
            return None
        slot = catalog.find_key(key)
        if slot is None or slot.presence is not PRESENT:
            if ref.space is Space.TYPE:
                return self._drops_row_type(effect, key)
            catalog.put(
                key,
                Slot(ABSENT, catalog.new_oid(), effect.kind, maker=catalog.statement),
            )
            return None
        if self.judging and effect.kind in {Kind.INDEX, Kind.SEQUENCE}:
            # Not even CASCADE drops an index away from under its constraint, a sequence from an identity.
            for owner in slot.owners:
                home = catalog.key_of(owner)
                if home is not None and home[0] in {Space.CONSTRAINT, Space.FACET}:
                    inner = "a constraint" if home[0] is Space.CONSTRAINT else "an identity column"
                    return self.raised("2BP01", effect, f"{inner} needs it")
        if self.judging and not effect.cascade and effect.kind in _KEPT_BY_DEPENDENTS:
            result = self._kept(effect, key, slot)
            if result is not None:
                return result
            uncertain = effect.kind not in {Kind.CONSTRAINT, Kind.SCHEMA}
            maybe = catalog.dependents(slot, key, certain=False) if uncertain else []
            if maybe:
                other = maybe[0][0][2]
                self.doubt(f"whether {other} depends on it cannot be told", effect, "2BP01")
                catalog.put(key, slot._replace(presence=UNKNOWN, certain=False))
                return None
        self._end(key, slot, effect)
        return None

    def _drops_row_type(self, effect: Drops, key: Key) -> Result:
        """A composite type's name stands among the relations."""
        relation: Key = (Space.RELATION, key[1], key[2])
        slot = self.catalog.find_key(relation)
        if slot is not None and slot.presence is PRESENT and slot.kind in ROW_TYPES:
            self._end(relation, slot, effect)
            return None
        absent = Slot(ABSENT, self.catalog.new_oid(), effect.kind, maker=self.catalog.statement)
        self.catalog.put(key, absent)
        return None

    def _end(self, key: Key, slot: Slot, effect: Drops) -> None:
        catalog = self.catalog
        if effect.cascade and effect.kind in _KEPT_BY_DEPENDENTS:
            for other_key, other in catalog.dependents(slot, key):
                need = catalog.definition_needs(other, key, slot)
                if need is not None:
                    # Only the column, or the foreign key, goes.
                    other_key = (need.by_space, other.oid, need.by)
                    part = catalog.find_key(other_key)
                    if part is None:
                        continue
                    other = part
                catalog.kill(other.oid)
                catalog.put(other_key, other._replace(presence=ABSENT, maker=catalog.statement))
        catalog.kill(slot.oid)
        catalog.put(key, slot._replace(presence=ABSENT, maker=catalog.statement))
        if effect.kind is Kind.CONSTRAINT and effect.ref.parent is not None:
            table = catalog.key(effect.ref.parent)
            if table is not None:
                index: Key = (Space.RELATION, table[1], key[2])
                known = catalog.slot(index)
                if known is not None and known.presence is PRESENT and known.kind is Kind.INDEX:
                    catalog.kill(known.oid)
                    catalog.put(index, known._replace(presence=ABSENT, maker=catalog.statement))

    def _kept(self, effect: Drops, key: Key, slot: Slot) -> Result:
        catalog = self.catalog
        if effect.kind is Kind.CONSTRAINT:
            return self._key_kept(effect, key, slot)
        if effect.kind is Kind.SCHEMA:
            for name in catalog.names_in(slot.oid):
                return self.raised("2BP01", effect, f"{name} is in it")
            return None
        dependents = catalog.dependents(slot, key)
        if not dependents:
            return None
        other_key, other = dependents[0]
        noun = other.kind.noun if other.kind is not None else other_key[0].value
        return self.raised("2BP01", effect, f"{noun} {other_key[2]} depends on it")

    def _key_kept(self, effect: Drops, key: Key, slot: Slot) -> Result:
        """A key that a foreign key stands on."""
        catalog = self.catalog
        table = catalog.by_oid(key[1])
        home = catalog.key_of(key[1])
        if table is None or home is None:
            return None
        known: Constraint | None = None
        if isinstance(slot.definition, IndexDefinition):
            columns = tuple(column for column in slot.definition.columns if column)
            facet = catalog.find_key((Space.FACET, key[1], "primary key"))
            primary = facet is not None and slot.oid in facet.owners
            known = Constraint(key[2], "CONSTR_PRIMARY" if primary else "CONSTR_UNIQUE", columns)
        elif isinstance(table.definition, TableDefinition):
            known = table.definition.constraints.get(key[2])
        if known is None or known.contype not in {"CONSTR_PRIMARY", "CONSTR_UNIQUE"}:
            return None
        for name in catalog.foreign_keys(table, home, known):
            return self.raised("2BP01", effect, f"foreign key {name} stands on it")
        return None

    def _renames(self, effect: Renames) -> Result:
        catalog = self.catalog
        catalog.cause = (effect, self.span, self.leaf)
        key, to = catalog.key(effect.ref), None
        if effect.ref.space is Space.ROUTINE and effect.ref.signature is None:
            overloads = catalog.overloads(effect.ref)
            if overloads:
                key = overloads[0][0]
        if key is None:
            return None
        slot = catalog.find_key(key)
        if effect.ref.space is Space.TYPE and (slot is None or slot.presence is not PRESENT):
            relation: Key = (Space.RELATION, key[1], key[2])
            known = catalog.find_key(relation)
            if known is not None and known.presence is PRESENT:
                key, slot = relation, known
        if effect.to.schema == effect.ref.schema:
            # The new name stays in the schema where the old one was found.
            suffix = key[2][len(effect.ref.name) :] if effect.ref.space is Space.ROUTINE else ""
            to = (key[0], key[1], effect.to.name + suffix)
        else:
            to = catalog.key(effect.to)
            if to is not None:
                to = (key[0], to[1], key[2])
        if to is None or to == key:
            return None
        moves = to[1] != key[1]
        if moves and self.judging:
            taken = catalog.slot(to)
            if taken is not None and taken.presence is PRESENT:
                duplicate = "42P07" if key[0] is Space.RELATION else effect.kind.duplicate
                return self.raised(duplicate, effect, f"{effect.to} exists already")
        if slot is None or slot.presence is not PRESENT:
            slot = Slot(PRESENT, catalog.new_oid(), effect.kind, certain=False)
        if moves and key[0] is Space.RELATION:
            self._move_along(slot, key[1], to[1])
        if effect.kind in {Kind.INDEX, Kind.CONSTRAINT}:
            self._rename_twin(effect, key, slot, to[2])
        catalog.put(key, Slot(ABSENT, catalog.new_oid(), effect.kind, maker=catalog.statement))
        catalog.put(to, slot)
        return None

    def _move_along(self, table: Slot, schema: int, to: int) -> None:
        """A table's indexes and sequences are in its schema."""
        catalog = self.catalog
        for key, slot in list(catalog.slots.items()):
            here = key[0] is Space.RELATION and key[1] == schema and slot.presence is PRESENT
            if here and table.oid in slot.owners and slot.kind in {Kind.INDEX, Kind.SEQUENCE}:
                absent = Slot(ABSENT, catalog.new_oid(), slot.kind, maker=catalog.statement)
                catalog.put(key, absent)
                catalog.put((key[0], to, key[2]), slot)

    def _rename_twin(self, effect: Renames, key: Key, slot: Slot, name: str) -> None:
        """A constraint and its index have one name."""
        catalog = self.catalog
        if effect.kind is Kind.CONSTRAINT and effect.ref.parent is not None:
            table = catalog.key(effect.ref.parent)
            if table is None:
                return
            twin: Key = (Space.RELATION, table[1], key[2])
            other = catalog.slot(twin)
            if other is None or slot.oid not in other.owners:
                return
        else:
            home = next((catalog.key_of(owner) for owner in slot.owners), None)
            if home is None or home[0] is not Space.CONSTRAINT:
                return
            twin, other = home, catalog.slot(home)
            if other is None:
                return
        catalog.put(twin, Slot(ABSENT, catalog.new_oid(), maker=catalog.statement))
        catalog.put((twin[0], twin[1], name), other)

    def _sets(self, effect: Sets) -> Result:
        catalog = self.catalog
        if effect.facet == "restart":
            key = catalog.key(effect.ref)
            if key is not None:
                self.restarted.add(key)
            return None
        key = catalog.key(effect.ref)
        if key is None:
            return None
        slot = catalog.find_key(key)
        if slot is None or slot.presence is not PRESENT:
            return None
        if effect.facet == "owners":
            catalog.put(key, slot._replace(owners=self.oids(effect.value)))
            return None
        known = slot.definition
        if known is None:
            table = catalog.by_oid(key[1])
            columns = getattr(table.definition, "columns", {}) if table is not None else {}
            known = columns.get(effect.ref.name)
        if isinstance(known, Column):
            definition = known._replace(**{effect.facet: effect.value})
            catalog.put(key, slot._replace(definition=definition))
        return None

    def _sets_path(self, effect: SetsPath) -> Result:
        self.catalog.search_path = effect.schemas or ("public",)
        return None

    def _fills(self, effect: Fills) -> Result:
        if not self.judging:
            slot = self.catalog.find(effect.table)
            fresh = slot is not None and slot.maker > self.file_start and slot.certain
            if not fresh:
                self.hazards.append(Hazard(self.catalog.statement, effect, self.span, self.leaf))
        return None

    def _repeats(self, effect: Repeats) -> Result:
        if effect.subject is not None:
            key = self.catalog.key(effect.subject)
            if key in self.restarted:
                return None
        self.candidate(f"it {effect.what}" if " " in effect.what else effect.what, effect)
        return None

    def _fails(self, effect: Fails) -> Result:
        return self.raised(effect.sqlstate, effect, effect.reason) if self.judging else None

    def _opaque(self, effect: Opaque) -> Result:
        self.doubt(effect.reason, effect)
        if effect.mentions:
            self.catalog.forget_all(effect.mentions)
        return None

    def _command(self, effect: Command) -> Result:
        before = self.uncertain
        result = self.apply(effect.effects)
        self.uncertain = before
        return None if result is SKIPPED else result

    def _transaction(self, effect: Transaction) -> Result:
        """What is rolled back never was. A rollback in a body, or of nothing, does nothing here."""
        kind = effect.kind
        if self.in_body:
            return None
        here = (self.catalog.mark(), len(self.candidates))
        if kind in {"TRANS_STMT_BEGIN", "TRANS_STMT_START"}:
            self.savepoints = {"": here}
        elif kind == "TRANS_STMT_SAVEPOINT":
            self.savepoints[effect.name] = here
        elif kind in {"TRANS_STMT_ROLLBACK", "TRANS_STMT_ROLLBACK_TO"}:
            since = self.savepoints.get(effect.name if kind.endswith("_TO") else "")
            if since is not None:
                self.catalog.undo(since[0])
                del self.candidates[since[1] :]
            if kind == "TRANS_STMT_ROLLBACK":
                self.savepoints = {}
        elif kind in {"TRANS_STMT_COMMIT", "TRANS_STMT_PREPARE"}:
            self.savepoints = {}
            for key in self.until_commit:
                slot = self.catalog.slot(key)
                if slot is not None and slot.presence is PRESENT:
                    self.catalog.kill(slot.oid)
                    self.catalog.put(key, slot._replace(presence=ABSENT))
            self.until_commit.clear()
        return None

    def _ends_at_commit(self, effect: EndsAtCommit) -> Result:
        key = self.catalog.key(effect.ref)
        if key is not None:
            self.until_commit.append(key)
        return None

    def _inserts(self, effect: Inserts) -> Result:
        # These modules drive the machine; the machine only hands over to them.
        from idemlint.replay.writes import insert

        return insert(self, effect)

    def _updates(self, effect: Updates) -> Result:
        catalog = self.catalog
        table = catalog.find(effect.table)
        if table is None or table.presence is ABSENT:
            return None
        facts = rowfacts.rows_of(catalog, table)
        if facts.rows and effect.columns:
            blurred = tuple(
                frozenset(pair for pair in row if pair[0] not in effect.columns)
                for row in facts.rows
            )
            # What they are now is not known: a row that is not found may still be there.
            rowfacts.set_rows(catalog, table, facts._replace(rows=blurred, complete=False))
        if catalog.has(Space.RULE, table.oid):
            self.doubt(f"a rule on {effect.table} may do something else", effect)
        elif effect.again is Again.SAME:
            if catalog.fires(table.oid, UPDATE):
                self.doubt(f"a trigger on {effect.table} runs once more", effect)
        elif effect.again is Again.UNKNOWN:
            self.doubt(effect.why, effect)
        else:
            self.candidate(effect.why, effect, table.oid, facts.epoch)
        return None

    def _deletes(self, effect: Deletes) -> Result:
        catalog = self.catalog
        table = catalog.find(effect.table)
        if table is None or table.presence is ABSENT:
            return None
        facts = rowfacts.rows_of(catalog, table)
        if effect.every:
            after = rowfacts.Rows(complete=True, epoch=facts.epoch + 1, restarted=effect.restarts)
        elif effect.rows is not None:
            gone = effect.rows
            kept = tuple(row for row in facts.rows if not any(each <= row for each in gone))
            after = facts._replace(rows=kept, gone=(*facts.gone, *gone))
        else:
            after = facts._replace(rows=(), complete=False, blurred=True)
        rowfacts.set_rows(catalog, table, after)
        if effect.limited:
            self.candidate("LIMIT picks other rows each time", effect, table.oid, facts.epoch)
        return None

    def _body(self, effect: Body) -> Result:
        from idemlint.replay.flow import run_block

        self.in_body += 1
        result = run_block(self, effect.block)
        self.in_body -= 1
        return None if result is RETURNED else result


def _other_result(before: object, now: object) -> bool:
    """Whether OR REPLACE would change what a function returns."""
    return isinstance(before, Returns) and isinstance(now, Returns) and before != now


#: Kinds whose DROP without CASCADE looks for what depends on them. What depends on a policy or a
#: column is not modelled.
_KEPT_BY_DEPENDENTS: Final = frozenset(
    {
        Kind.TABLE,
        Kind.VIEW,
        Kind.MATERIALIZED_VIEW,
        Kind.SEQUENCE,
        Kind.TYPE,
        Kind.DOMAIN,
        Kind.FUNCTION,
        Kind.ROUTINE,
        Kind.SCHEMA,
        Kind.FOREIGN_TABLE,
        Kind.CONSTRAINT,
    }
)

_APPLY: Final[dict[type, Callable[..., Result]]] = {
    Requires: Machine._requires,
    UsesColumns: Machine._uses_columns,
    UsesAnyColumn: Machine._uses_any_column,
    Creates: Machine._creates,
    CreatesUnnamed: Machine._creates_unnamed,
    EndsAtCommit: Machine._ends_at_commit,
    Drops: Machine._drops,
    Renames: Machine._renames,
    Sets: Machine._sets,
    SetsPath: Machine._sets_path,
    Inserts: Machine._inserts,
    Updates: Machine._updates,
    Deletes: Machine._deletes,
    Fills: Machine._fills,
    Repeats: Machine._repeats,
    Fails: Machine._fails,
    Opaque: Machine._opaque,
    Command: Machine._command,
    Transaction: Machine._transaction,
    Body: Machine._body,
}
