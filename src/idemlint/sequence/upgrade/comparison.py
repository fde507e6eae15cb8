"""Whether a database of the revision comes to the same schema as a new one.

Compared is what is surely there: names that files make, the columns of tables and their types, labels of
enums, and the statements that views and routines were last made by. Of what built its SQL, or failed, or may
have, no more is said here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Ref, Space, in_words
from idemlint.replay.catalog import knowledge
from idemlint.replay.catalog.column import SERIALS, Column
from idemlint.replay.catalog.datatype import EnumDefinition
from idemlint.replay.catalog.slots import ABSENT
from idemlint.sequence.upgrade.run_end import BUILTIN, RunEnd
from idemlint.sequence.upgrade.upgrade_path import DatedSite, Divergence

if TYPE_CHECKING:
    from idemlint.replay.catalog.slots import Slot
    from idemlint.sequence.chain import Chain
    from idemlint.sequence.upgrade.run_end import Held
    from idemlint.sequence.upgrade.upgrade_plan import UpgradePlan

#: What OR REPLACE gives another meaning.
_REPLACED: Final = frozenset({Kind.VIEW, Kind.FUNCTION, Kind.PROCEDURE})


class Comparison:
    """Holds two runs against each other: `new` from scratch, `old` over the files of the revision, whose
    names begin with `past`."""

    def __init__(self, plan: UpgradePlan, new: Chain, old: Chain, past: str) -> None:
        self._plan = plan
        same = {then: now for then, now in plan.twins.items() if not plan.runs_otherwise(now)}
        self._new = RunEnd(new, past, frozenset(same.values()))
        self._old = RunEnd(old, past, frozenset(f"{past}{each}" for each in same))
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

    def _one_has(self, names: list[Held], has: RunEnd, lacks: RunEnd) -> None:
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

    def _is_of(self, owner: int, mine: set[int], has: RunEnd) -> bool:
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
        schema = BUILTIN.get(table[1]) or "public"
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

    def _is_added(self, has: RunEnd, lacks: RunEnd, table: Ref, name: str) -> bool:
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


def _known(run: RunEnd, table: Ref, name: str) -> Slot | None:
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
