"""Whether a database of the revision comes to the same schema as a new one.

Compared is what is surely there: names that files make, the columns of tables and their types, labels of
enums, and the statements that views and routines were last made by. Of what built its SQL, or failed, or may
have, no more is said here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.constants import mentions
from idemlint.postgres.kinds import Kind, Ref, Space, in_words
from idemlint.records import NamedTuple
from idemlint.replay.catalog import knowledge
from idemlint.replay.catalog.column import SERIALS, Column
from idemlint.replay.catalog.datatype import EnumDefinition
from idemlint.replay.catalog.slots import (
    ABSENT,
    BUILTIN_SCHEMAS,
    FIRST_OID,
    PG_TEMP,
    PRESENT,
    UNKNOWN,
    Mark,
)
from idemlint.replay.catalog.view import View
from idemlint.replay.effects import flat
from idemlint.replay.effects.vocabulary import Body, Opaque, Requires
from idemlint.sequence.upgrade.upgrade_path import DatedSite, Divergence
from idemlint.source.tree import shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.replay.catalog.slots import Key, Presence, Slot
    from idemlint.sequence.chain import Chain
    from idemlint.sequence.upgrade.upgrade_plan import UpgradePlan

#: What stands in a schema and is looked at.
_COMPARED: Final = frozenset({Space.RELATION, Space.TYPE, Space.ROUTINE})
#: The schemas that every database has, by their identities.
_BUILTIN: Final = {oid: name for name, oid in BUILTIN_SCHEMAS.items() if oid != PG_TEMP}
#: What OR REPLACE gives another meaning.
_REPLACED: Final = frozenset({Kind.VIEW, Kind.FUNCTION, Kind.PROCEDURE})


class Held(NamedTuple):
    """Something that a statement of a run has made, by the name that it has in either."""

    space: Space
    schema: str
    name: str

    @property
    def ref(self) -> Ref:
        """A routine without its arguments."""
        bare = self.name.partition("(")[0] if self.space is Space.ROUTINE else self.name
        return Ref(self.space, bare, self.schema)


class Doubts:
    """What the statements of a run are about that fail, or may fail: one that had run before this run began
    has done its work."""

    def __init__(self, run: Chain) -> None:
        self._refs: set[tuple[Space, str, str]] = set()
        self._names: set[str] = set()
        for (file, index), outcome in run.first.notable:
            if outcome.verdict == "fails" and run.is_applied(file):
                continue
            script = run.running(file).script
            statement = script.parsed.statements[index]
            for effect in flat(script.program(statement)):
                if isinstance(effect, Body | Opaque):
                    text = script.parsed.code[statement.start : statement.end]
                    self._names |= mentions(text.decode("utf-8", "replace"))
                elif not isinstance(effect, Requires):
                    for ref in (getattr(effect, "ref", None), getattr(effect, "to", None)):
                        if isinstance(ref, Ref):
                            self._refs.add(_bare(ref))

    def about(self, ref: Ref) -> bool:
        """Whether one of them may make something of that name, or change it."""
        return ref.name in self._names or _bare(ref) in self._refs


def _bare(ref: Ref) -> tuple[Space, str, str]:
    """A name without its schema: another one of that name is in doubt as well."""
    return ref.space, ref.name, ref.parent.name if ref.parent is not None else ""


class OneRun:
    """What a run has left."""

    def __init__(self, run: Chain, past: str) -> None:
        self._run = run
        self._past = past
        self.catalog = run.first.catalog
        self.view = View(self.catalog).surely
        start = Mark(0, 0, self.catalog.search_path)
        #: Which statement touched a name last.
        self._last = {each.key: each.statement for each in self.catalog.changes(start)}
        self._doubts = Doubts(run)
        self._amiss = frozenset(site for site, _ in run.first.notable)
        self.held = {key: slot for key, slot in self._all() if slot.presence is PRESENT}

    def _all(self) -> Iterator[tuple[Held, Slot]]:
        for key in list(self.catalog.slots):
            if key[0] in _COMPARED:
                slot = self._slot(key)
                schema = self._schema(key[1])
                if schema is not None and slot is not None and slot.maker:
                    yield Held(key[0], schema, key[2]), slot

    def _schema(self, oid: int) -> str | None:
        if oid in _BUILTIN:
            return _BUILTIN[oid]
        home = None if self.catalog.is_dead(oid) else self.catalog.key_of(oid)
        return home[2] if home is not None and home[0] is Space.SCHEMA else None

    def _slot(self, key: Key) -> Slot | None:
        """What is known of a name; with what it hangs on, and what that hangs on, it is gone."""
        catalog = self.catalog
        slot = catalog.find_key(key)
        if slot is None or slot.presence is not PRESENT:
            return slot
        owners = [catalog.by_oid(oid) for oid in slot.owners]
        if all(each is None or catalog.alive(each) for each in owners):
            return slot
        return slot._replace(presence=ABSENT)

    def recorded(self, held: Held) -> Slot | None:
        """What is known of something that the other run has."""
        container = self.catalog.key(Ref(held.space, held.ref.name, held.schema))
        return None if container is None else self._slot((held.space, container[1], held.name))

    def presence(self, held: Held) -> Presence:
        """Whether it is there: of a name that no statement has made, and nothing may have made that built its
        SQL, it is surely not."""
        ref = held.ref
        if self.is_in_doubt(ref) or knowledge.is_open(self.catalog, ref.name):
            return UNKNOWN
        slot = self.recorded(held)
        if slot is None or (slot.presence is UNKNOWN and not slot.maker):
            return ABSENT
        return slot.presence

    @property
    def is_open(self) -> bool:
        """Whether it cannot be told what something has made that built its SQL."""
        return knowledge.is_open(self.catalog, "", FIRST_OID)

    def is_in_doubt(self, ref: Ref) -> bool:
        """Whether a statement failed, or may have, that is about it."""
        return self._run.first.is_in_doubt(ref) or self._doubts.about(ref)

    def is_amiss(self, site: DatedSite | None) -> bool:
        """Whether a statement of the work tree fails here, or may fail."""
        return site is not None and not site.is_past and (site.file, site.statement) in self._amiss

    def site(self, slot: Slot | None) -> DatedSite | None:
        """The statement that made something, or changed it last, or took it away."""
        number = slot.maker if slot is not None else 0
        if slot is not None:
            number = self._last.get(self.catalog.key_of(slot.oid), number)
        origin = self._run.origin(number) if number else None
        if origin is None:
            return None
        file, index = origin
        parsed = self._run.running(file).script.parsed
        row = parsed.source.data.count(b"\n", 0, parsed.statements[index].span.start) + 1
        return DatedSite(file.removeprefix(self._past), index, row, file.startswith(self._past))

    def text(self, slot: Slot) -> str:
        """The statement that made something, without its places."""
        origin = self._run.origin(slot.maker)
        if origin is None:
            return ""
        tree = self._run.running(origin[0]).script.parsed.statements[origin[1]].tree
        return shape({**tree.fields, "replace": True}) if tree is not None else ""

    def column_slot(self, table: Ref, name: str) -> Slot | None:
        """What is known of a column; what came with its table has that one's maker."""
        holder = self.catalog.find(table)
        if holder is None:
            return None
        return self.catalog.slots.get((Space.COLUMN, holder.oid, name)) or holder


class Comparison:
    """Holds two runs against each other: `new` from scratch, `old` over the files of the revision, whose
    names begin with `past`."""

    def __init__(self, plan: UpgradePlan, new: Chain, old: Chain, past: str) -> None:
        self._plan = plan
        self._new = OneRun(new, past)
        self._old = OneRun(old, past)
        self._names = new.names
        self._now = dict(plan.twins)
        self._concerned = frozenset((*plan.pending, *plan.never))
        self.divergences: dict[str, list[Divergence]] = {}
        self.lost: dict[str, list[str]] = {}

    def compare(self) -> None:
        """Fill `divergences` and `lost`."""
        new, old = self._new, self._old
        if new.is_open or old.is_open:
            return
        only_new = [each for each in new.held if old.presence(each) is ABSENT]
        only_old = [each for each in old.held if new.presence(each) is ABSENT]
        self._one_has(only_new, new, old)
        self._one_has(only_old, old, new)
        for held, slot in new.held.items():
            other = old.held.get(held)
            if other is None or new.is_in_doubt(held.ref) or old.is_in_doubt(held.ref):
                continue
            if slot.kind is Kind.TABLE and other.kind is Kind.TABLE:
                self._columns(held)
            elif isinstance(slot.definition, EnumDefinition) and slot.kind is other.kind:
                self._labels(held)
            elif slot.kind in _REPLACED and slot.kind is other.kind:
                self._meaning(held, slot, other)

    def _one_has(self, names: list[Held], has: OneRun, lacks: OneRun) -> None:
        mine = {has.held[each].oid for each in names}
        for held in names:
            slot = has.held[held]
            if slot.kind is None or has.is_in_doubt(held.ref) or not mine.isdisjoint(slot.owners):
                continue  # what hangs on another thing goes with that
            if any(self._is_of(owner, mine, has) for owner in slot.owners):
                continue
            self._found(
                in_words(slot.kind, _shown(held)),
                has.site(slot),
                lacks.site(lacks.recorded(held)),
                is_new=has is self._new,
            )

    def _is_of(self, owner: int, mine: set[int], has: OneRun) -> bool:
        """Whether what something hangs on is inside of a thing that the other one lacks as well, or is a
        column that is told of by itself."""
        home = has.catalog.key_of(owner)
        if home is None or home[0] is not Space.COLUMN:
            return False
        if home[1] in mine:
            return True
        table = has.catalog.key_of(home[1])
        lacks = self._old if has is self._new else self._new
        if table is None:
            return False
        schema = _BUILTIN.get(table[1]) or "public"
        there = lacks.view.names(Space.COLUMN, Ref(Space.RELATION, table[2], schema))
        return there.complete and home[2] not in there.names

    def _columns(self, held: Held) -> None:
        table = Ref(Space.RELATION, held.name, held.schema)
        for has, lacks in ((self._new, self._old), (self._old, self._new)):
            there = lacks.view.names(Space.COLUMN, table)
            mine = has.view.names(Space.COLUMN, table)
            for name in mine.names:
                if name in there.names or self._is_doubted(name, table):
                    continue
                if not there.complete and not self._is_added(has, lacks, table, name):
                    continue
                self._found(
                    in_words(Kind.COLUMN, Ref(Space.COLUMN, name, None, _shown(held))),
                    has.site(has.column_slot(table, name)),
                    lacks.site(_known(lacks, table, name)),
                    is_new=has is self._new,
                )
        one, two = self._new.view.columns(table), self._old.view.columns(table)
        for name, column in one.items():
            other = two.get(name)
            if column is None or other is None or self._is_doubted(name, table):
                continue
            mine_is, other_is = _type(column), _type(other)
            if mine_is and other_is and mine_is != other_is:
                self._both(
                    in_words(Kind.COLUMN, Ref(Space.COLUMN, name, None, _shown(held))),
                    (mine_is, other_is),
                    self._new.site(self._new.column_slot(table, name)),
                    self._old.site(self._old.column_slot(table, name)),
                )

    def _is_added(self, has: OneRun, lacks: OneRun, table: Ref, name: str) -> bool:
        """Whether a column of a table that may have others was added by a statement, and the other one has
        nobody who did: else that one statement would have failed."""
        mine, other = _known(has, table, name), _known(lacks, table, name)
        is_new = mine is not None and isinstance(mine.definition, Column) and mine.maker > 0
        return is_new and (other is None or other.presence is ABSENT)

    def _is_doubted(self, name: str, table: Ref) -> bool:
        ref = Ref(Space.COLUMN, name, None, table)
        return any(
            run.is_in_doubt(ref) or knowledge.is_open(run.catalog, name)
            for run in (self._new, self._old)
        )

    def _labels(self, held: Held) -> None:
        enum = Ref(held.space, held.name, held.schema)
        for has, lacks in ((self._new, self._old), (self._old, self._new)):
            there, mine = lacks.view.labels(enum), has.view.labels(enum)
            for name in mine.names:
                if there.complete and name not in there.names:
                    ref = Ref(Space.ENUM_VALUE, name, None, enum)
                    if has.is_in_doubt(ref) or lacks.is_in_doubt(ref):
                        continue
                    slot = has.catalog.find(ref)
                    self._found(
                        f"label {name} of {_shown(held)}",
                        has.site(slot),
                        lacks.site(lacks.catalog.find(ref)),
                        is_new=has is self._new,
                    )

    def _meaning(self, held: Held, slot: Slot, other: Slot) -> None:
        new, old = self._new, self._old
        one, two = new.text(slot), old.text(other)
        if one and two and one != two and slot.kind is not None:
            subject = in_words(slot.kind, _shown(held))
            self._both(subject, None, new.site(slot), old.site(other))

    # -- of whom it is told --------------------------------------------------------------------------

    def _found(
        self, subject: str, maker: DatedSite | None, taker: DatedSite | None, *, is_new: bool
    ) -> None:
        lacks = self._old if is_new else self._new
        if lacks.is_amiss(maker):
            return  # that follows from a failure, which is said
        if is_new and maker is not None and self._is_lost(maker):
            self.lost.setdefault(maker.file, []).append(subject)
            return
        new, old = (maker, taker) if is_new else (taker, maker)
        self._tell(Divergence(subject, "new" if is_new else "old", None, new, old), maker, taker)

    def _both(
        self,
        subject: str,
        types: tuple[str, str] | None,
        new: DatedSite | None,
        old: DatedSite | None,
    ) -> None:
        if self._old.is_amiss(new) or self._new.is_amiss(old):
            return
        if new is not None and self._is_lost(new):
            self.lost.setdefault(new.file, []).append(f"its {subject}")
            return
        self._tell(Divergence(subject, "both", types, new, old), new, old)

    def _is_lost(self, site: DatedSite) -> bool:
        """Whether a statement stands in a late file that never runs there: that is said of the file."""
        return site.file in self._plan.late and site.file in self._plan.never

    def _tell(self, found: Divergence, *sites: DatedSite | None) -> None:
        """It is told of the file that the branch has added or changed, wherever else it shows."""
        for site in sites:
            if site is None:
                continue
            if not site.is_past and site.file in self._concerned:
                found = found._replace(statement=site.statement)
                self.divergences.setdefault(site.file, []).append(found)
                return
            now = self._now.get(site.file) if site.is_past else None
            if now is not None and now in self._concerned:
                self.divergences.setdefault(now, []).append(found)
                return
        file = next(iter((*self._plan.pending, *self._plan.never)), self._names[-1])
        self.divergences.setdefault(file, []).append(found)


def _shown(held: Held) -> Ref:
    """A name as it is told: in `public` without its schema."""
    schema = None if held.schema == "public" else held.schema
    return Ref(held.space, held.name, schema)


def _known(run: OneRun, table: Ref, name: str) -> Slot | None:
    holder = run.catalog.find(table)
    return None if holder is None else run.catalog.slots.get((Space.COLUMN, holder.oid, name))


#: What a serial column is, once it is made.
_INTEGERS: Final = {
    each: f"int{ {'small': 2, 'big': 8}.get(each[:-6], each[6:] or 4) }" for each in SERIALS
}


def _type(column: Column) -> str | None:
    """A column's type in words; `None`: that is not known."""
    if not column.type or column.typmods is None:
        return None
    name = column.type.removeprefix("pg_catalog.")
    name = _INTEGERS.get(name, name)
    return f"{name}({column.typmods})" if column.typmods else name
