"""DROP: a name is free again, unless something depends on the thing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import ROW_TYPES, SCHEMA_BOUND, Kind, Space
from idemlint.replay.catalog.definition import INSIDE
from idemlint.replay.catalog.knowledge import is_open, may_be_gone
from idemlint.replay.catalog.slots import ABSENT, PRESENT, UNKNOWN, Key, Slot
from idemlint.replay.machine.objects.defaults import NAME, lose
from idemlint.replay.machine.objects.needs import going, holders, is_partition_key, noun_of

if TYPE_CHECKING:
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.effects.vocabulary import Drops
    from idemlint.replay.machine.objects.needs import Holder, Objects
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result


def drops(run: Pass, effect: Drops) -> Result:
    """The thing ends, and what hangs on it; what depends on it may forbid that (2BP01)."""
    catalog = run.catalog
    catalog.cause = (effect, run.span, run.leaf)
    ref = effect.ref
    if ref.space is Space.ROUTINE:
        from idemlint.replay.machine.objects import routines

        key = routines.key_of(run, effect)
    else:
        key = catalog.key(ref)
    if key is None:
        return None
    slot = catalog.find_key(key)
    if slot is None or slot.presence is not PRESENT:
        if ref.space is Space.TYPE:
            return _drops_row_type(run, effect, key)
        catalog.put(
            key,
            Slot(ABSENT, catalog.new_oid(), effect.kind, maker=catalog.statement),
        )
        return None
    return _dropped(run, effect, key, slot)


def _dropped(run: Pass, effect: Drops, key: Key, slot: Slot) -> Result:
    """A thing that is there: what it is part of forbids it, what needs it does so or goes along."""
    catalog = run.catalog
    if run.judging and key[0] is Space.COLUMN and is_partition_key(catalog, key):
        return run.raised("42P16", effect, f"column {key[2]} is in the partition key")
    part_of = _part_of(run, effect, slot)
    if part_of is not None:
        return run.raised("2BP01", effect, part_of)
    members = [(key, slot), *_members(run, effect)]
    version = run.machine.postgres_version
    objects = going(catalog, members, version)
    if effect.cascade:
        _spread(catalog, objects, version)
    elif run.judging:
        if effect.kind is Kind.SCHEMA:
            for name in catalog.names_in(slot.oid):
                return run.raised("2BP01", effect, f"{name} is in it")
        held = holders(catalog, objects)
        for holder in held:
            if holder.certain and not _is_in_doubt(catalog, holder):
                return run.raised("2BP01", effect, f"{_noun(holder)} depends on it")
        if held:
            run.doubt(f"whether {held[0].key[2]} depends on it cannot be told", effect, "2BP01")
            catalog.put(key, slot._replace(presence=UNKNOWN, certain=False))
            return None
    if len(members) > 1:
        objects = going(catalog, members[:1], version)
    end(catalog, objects)
    return None


def _is_in_doubt(catalog: Catalog, holder: Holder) -> bool:
    """Whether what built its SQL may have dropped a holder, or the table that it is in."""
    key, slot = holder.key, holder.slot
    home = catalog.key_of(key[1]) if key[0] in INSIDE else None
    table = catalog.slot(home) if home is not None else None
    if home is None or table is None:
        gone = key[0] is Space.RELATION and may_be_gone(catalog, slot)
        return gone or is_open(catalog, key[2])
    is_table_open = is_open(catalog, home[2]) or is_open(catalog, key[2], key[1])
    return is_table_open or may_be_gone(catalog, table)


def _part_of(run: Pass, effect: Drops, slot: Slot) -> str | None:
    """Not even CASCADE drops an index away from under its constraint, a sequence from an identity."""
    if not run.judging or effect.kind not in {Kind.INDEX, Kind.SEQUENCE}:
        return None
    for owner in slot.owners:
        home = run.catalog.key_of(owner)
        if home is not None and home[0] in {Space.CONSTRAINT, Space.FACET}:
            inner = "a constraint" if home[0] is Space.CONSTRAINT else "an identity column"
            return f"{inner} needs it"
    for key, held in run.catalog.relying(slot.oid):
        # A foreign key that only stands on it goes with CASCADE.
        if key[0] is Space.CONSTRAINT and slot.oid in held.owners:
            return "a constraint was made of it"
    return None


def _members(run: Pass, effect: Drops) -> list[tuple[Key, Slot]]:
    """What else the same DROP names: none of that keeps the others."""
    found = []
    for ref in effect.among:
        key = run.catalog.key(ref)
        slot = run.catalog.find_key(key) if key is not None else None
        if key is not None and slot is not None and slot.presence is PRESENT:
            found.append((key, slot))
    return found


def _noun(holder: Holder) -> str:
    key, slot = holder.key, holder.slot
    if key[0] is Space.FACET:
        return _FACETS.get(key[2].partition(" ")[0], "something")
    return noun_of(key, slot)


#: What a holder is that has no name.
_FACETS: Final = {
    NAME: "the default of a column",
    "@owner": "something that it owns",
    "@granted": "a privilege",
    "@default": "a default privilege",
}


def _spread(catalog: Catalog, objects: Objects, version: int) -> None:
    """CASCADE: what needs any of the objects goes too, a part of it where it is only that."""
    while True:
        more: list[tuple[Key, Slot]] = []
        for holder in holders(catalog, objects):
            key, slot = holder.part or holder.key, holder.slot
            if holder.by_default:
                lose(catalog, key)
                continue
            if key[0] is Space.FACET and key[2] == NAME:
                column = catalog.key_of(key[1])
                if column is not None:
                    lose(catalog, column)
                    continue
            found = catalog.find_key(key) if holder.part is not None else slot
            if found is not None and found.presence is PRESENT and found.oid not in objects:
                more.append((key, found))
        if not more:
            return
        objects.update(going(catalog, more, version))


def end(catalog: Catalog, objects: Objects) -> None:
    """All of them are gone."""
    for oid, (key, slot) in objects.items():
        catalog.kill(oid)
        if key[1] not in objects or key[0] in SCHEMA_BOUND:
            catalog.put(key, slot._replace(presence=ABSENT, maker=catalog.statement))


def _drops_row_type(run: Pass, effect: Drops, key: Key) -> Result:
    """A composite type's name stands among the relations."""
    relation: Key = (Space.RELATION, key[1], key[2])
    slot = run.catalog.find_key(relation)
    if slot is not None and slot.presence is PRESENT and slot.kind in ROW_TYPES:
        return _dropped(run, effect, relation, slot)
    absent = Slot(ABSENT, run.catalog.new_oid(), effect.kind, maker=run.catalog.statement)
    run.catalog.put(key, absent)
    return None
