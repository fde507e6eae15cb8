"""What a run of a sequence has left in the end, by names that can be held against another run's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Ref, Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog import knowledge
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
from idemlint.sequence.upgrade.upgrade_path import dated
from idemlint.source.tree import shape

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.replay.catalog.slots import Key, Presence, Slot
    from idemlint.sequence.chain import Chain
    from idemlint.sequence.upgrade.upgrade_path import DatedSite

#: What stands in a schema and is looked at.
_COMPARED: Final = frozenset({Space.RELATION, Space.TYPE, Space.ROUTINE})
#: The schemas that every database has, by their identities.
BUILTIN: Final = {oid: name for name, oid in BUILTIN_SCHEMAS.items() if oid != PG_TEMP}


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
    has done its work, and of files that are `spared`, what may fail in either run does the same in both."""

    def __init__(self, run: Chain, spared: frozenset[str]) -> None:
        self._refs: set[tuple[Space, str, str]] = set()
        self._names: set[str] = set()
        for (file, index), outcome in run.first.notable:
            if file in spared if outcome.verdict == "unknown" else run.is_applied(file):
                continue
            script = run.running(file).script
            statement = script.parsed.statements[index]
            for effect in flat(script.program(statement)):
                if isinstance(effect, Body | Opaque):
                    self._names |= script.mentions(statement)
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


class RunEnd:
    """What a run has left. Files of the revision have names that begin with `past`; of those that are
    `spared`, what cannot be told does the same in either run."""

    def __init__(self, run: Chain, past: str, spared: frozenset[str]) -> None:
        self._run = run
        self._spared = spared
        self._past = past
        self.catalog = run.first.catalog
        self.view = View(self.catalog).surely
        start = Mark(0, 0, self.catalog.search_path)
        #: Which statement touched a name last.
        self._last = {each.key: each.statement for each in self.catalog.changes(start)}
        self._doubts = Doubts(run, spared)
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
        if oid in BUILTIN:
            return BUILTIN[oid]
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
        return self._run.first.is_in_doubt(ref, self._spared) or self._doubts.about(ref)

    def is_amiss(self, site: DatedSite | None) -> bool:
        """Whether a statement of the work tree fails here, or may fail."""
        return site is not None and not site.is_past and (site.file, site.statement) in self._amiss

    def site(self, slot: Slot | None) -> DatedSite | None:
        """The statement that made something, or changed it last, or took it away."""
        number = slot.maker if slot is not None else 0
        if slot is not None:
            number = self._last.get(self.catalog.key_of(slot.oid), number)
        site = self._run.first.site(self._run.origin(number)) if number else None
        return dated(site, self._past)

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
