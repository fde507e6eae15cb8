"""What a first run cannot see: of what built its SQL, nobody knows what it made.

What its text and its arguments name may be there from then on, and may be something else; where the names are
not constant (a loop over pg_tables), any table may have more or less than its statement says. Of a routine
that is called it is not known how far its body gets: all that stands in it may have run.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog import knowledge
from idemlint.replay.catalog.definition import INSIDE
from idemlint.replay.catalog.routine import Routine
from idemlint.replay.catalog.slots import ABSENT, PRESENT
from idemlint.replay.effects import effects_of, flat
from idemlint.replay.effects.vocabulary import (
    Calls,
    Creates,
    CreatesUnnamed,
    Disowns,
    Drops,
    Opaque,
    Renames,
)
from idemlint.replay.machine.signals import STAND_IN, Touched

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.plpgsql.nodes import Block, Dynamic
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.routine import RoutineBody
    from idemlint.replay.catalog.slots import Key, Slot, Slots
    from idemlint.replay.effects.vocabulary import Effect
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Pattern


# -- what statements touch ----------------------------------------------------------------------------


def touched(effects: Iterable[Effect]) -> Touched:
    """The objects that effects make or change; those of commands are among them (`effects.flat`)."""
    drops: set[Ref] = set()
    changes: set[Ref] = set()
    makes: set[Ref] = set()
    ends: set[Kind] = set()
    for effect in effects:
        if isinstance(effect, (Drops, Renames)):
            ends.add(effect.kind)
        if _is_dropping_all(effect):
            drops.add(_ANY)
            ends.add(Kind.SCHEMA)
        if isinstance(effect, Renames):
            drops.add(effect.ref)
            makes.add(effect.to)
        elif isinstance(effect, Drops):
            drops.add(effect.ref)
        else:
            (makes if _only_makes(effect) else changes).update(_refs(effect))
    return Touched(
        frozenset(drops), frozenset(changes), frozenset(makes - changes), frozenset(ends)
    )


def _is_dropping_all(effect: Effect) -> bool:
    """Whether what goes has no name here: what a role owns, what a schema or an extension holds."""
    if isinstance(effect, Drops):
        return effect.cascade and effect.kind in _HOLDING
    return isinstance(effect, Disowns) and effect.drops


_ANY: Final = Ref(Space.RELATION, STAND_IN)


def _only_makes(effect: Effect) -> bool:
    return isinstance(effect, CreatesUnnamed) or (
        isinstance(effect, Creates) and not effect.replaces
    )


def _refs(effect: Effect) -> tuple[Ref, ...]:
    if isinstance(effect, CreatesUnnamed):
        return (Ref(effect.kind.space, effect.base),)
    return (effect.ref,) if isinstance(effect, Creates) else ()


#: With what goes when one of these is dropped, relations go.
_HOLDING: Final = frozenset({Kind.SCHEMA, Kind.EXTENSION})
_INDEX: Final = frozenset({Kind.INDEX})
#: With these indexes go.
_INDEXED: Final = _INDEX | {Kind.COLUMN}
_RELATIONS: Final = frozenset(each for each in Kind if each.space is Space.RELATION) - _INDEX
#: Namespaces of what tables consist of. (An index that is gone leaves a table as it is.)
_SHAPING: Final = INSIDE | {Space.RELATION, Space.TYPE}


def forget(catalog: Catalog, what: Touched) -> None:
    """Of what statements touch that may have run, it cannot be told whether it is there.

    What they drop was there, or they would have failed: what is not there is none of it.
    """
    for ref in sorted(what.drops | what.changes, key=str):
        gone = ref in what.drops and ref not in what.changes
        for key, slot in _meant(catalog, ref):
            if not gone or slot.presence is PRESENT:
                knowledge.forget_thing(catalog, key, slot)
    for ref in sorted(what.makes, key=str):
        for key, slot in _meant(catalog, ref):
            if slot.presence is not PRESENT:
                knowledge.forget_thing(catalog, key, slot)


def _meant(catalog: Catalog, ref: Ref) -> Iterable[tuple[Key, Slot]]:
    """The things that a name may mean: one, or, whatever its schema is, all of the name in parents of the
    name."""
    if _says_where(ref):
        key = catalog.key(ref)
        slot = catalog.slot(key) if key is not None else None
        return [] if key is None or slot is None else [(key, slot)]
    found = []
    for key, recorded in catalog.named(ref.space, ref.name):
        owner = catalog.key_of(key[1])
        if ref.parent is None or owner is None or ref.parent.name in {STAND_IN, owner[2]}:
            found.append((key, catalog.slot(key) or recorded))
    return found


def _says_where(ref: Ref) -> bool:
    """Whether a name says which thing it means, whatever the search_path is by then."""
    if ref.parent is not None:
        return _says_where(ref.parent)
    return ref.schema not in {None, STAND_IN}


def _open(catalog: Slots, what: Touched) -> None:
    """What statements touch may be there from now on, and may be another thing."""
    changed = what.drops | what.changes
    # A relation that is dropped is forgotten, and with it all that is in it.
    gone = {each for each in what.drops if each.space is Space.RELATION and _says_where(each)}
    knowledge.open_all(catalog, {each.name for each in (changed | what.makes) - gone} - {STAND_IN})
    nameless = {each.space for each in changed if each.name == STAND_IN}
    if nameless and not what.ends.isdisjoint(_HOLDING | _RELATIONS):
        knowledge.relations_may_go(catalog)
    elif nameless and not what.ends.isdisjoint(_INDEXED):
        knowledge.relations_may_go(catalog, indexes=True)
    inside = {each.space for each in what.makes if each.name == STAND_IN} & INSIDE
    if inside or (what.ends != _INDEX and nameless & _SHAPING):
        knowledge.open_tables(catalog)


# -- what is only a text ------------------------------------------------------------------------------

#: What has a name among the relations and is no index, or holds some that have.
_HOLDING_WORDS: Final = frozenset({"view", "sequence", "schema", "owned"})


def _open_mentioned(catalog: Slots, words: frozenset[str]) -> None:
    """A text that cannot be read may do anything to what it mentions. Put together of such words it may take
    the names of relations away, too; ALTER TABLE … DROP and RENAME COLUMN do not."""
    knowledge.open_tables(catalog)
    drops, alters = "drop" in words, "alter" in words
    renames = "rename" in words and words.isdisjoint({"column", "constraint", "value", "attribute"})
    if renames or (drops and (words & _HOLDING_WORDS or ("table" in words and not alters))):
        knowledge.relations_may_go(catalog)
    elif drops and "index" in words:
        knowledge.relations_may_go(catalog, indexes=True)


def by_text(catalog: Slots, pattern: Pattern | None, mentions: frozenset[str]) -> None:
    """An EXECUTE of a text that is not constant; `pattern` is what can be read of it."""
    if pattern is not None:
        _open(catalog, pattern.touched)
    else:
        # What it mentions is opened where it is carried out (`properties.opaque`).
        _open_mentioned(catalog, mentions)


def pattern_of(run: Pass, node: Dynamic) -> Pattern | None:
    """What can be read of an EXECUTE; it is read once."""
    if node.pattern is None:
        return None
    machine = run.machine
    known = node.read
    if known is None or known[0] != machine.postgres_version:
        found = machine.read_pattern(machine, node.pattern)
        known = node.read = (machine.postgres_version, found)
    pattern: Pattern | None = known[1]
    return pattern


# -- a call -------------------------------------------------------------------------------------------


def by_call(run: Pass, effect: Calls, found: Iterable[Slot]) -> None:
    """A call of a routine that may be one of those that were `found`, and calls others in turn."""
    catalog = run.catalog
    knowledge.open_all(catalog, effect.gives)
    waiting, seen = list(found), set()
    while waiting:
        slot = waiting.pop()
        body = slot.definition.body if isinstance(slot.definition, Routine) else None
        if body is None or slot.presence is ABSENT or slot.oid in seen:
            continue
        seen.add(slot.oid)
        run.machine.budget.spend(1)
        if body.builds:
            _by_body(run, body)
        waiting += [each for ref in body.calls() for _, each in catalog.namesakes(ref)]


def _by_body(run: Pass, body: RoutineBody) -> None:
    from idemlint.plpgsql.nodes import Dynamic, Sql, walk

    catalog = run.catalog
    for place in walk(_block(body)):
        node = place.node
        run.machine.budget.spend(1)
        if isinstance(node, Dynamic):
            pattern = pattern_of(run, node)
            if pattern is not None:
                _may_have_run(catalog, pattern.touched)
            else:
                _open_mentioned(catalog, node.mentions)
                knowledge.open_all(catalog, node.mentions)
        elif isinstance(node, Sql):
            effects = list(flat(effects_of(node.tree, run.machine.postgres_version)))
            _may_have_run(catalog, touched(effects))
            called = [each for each in effects if isinstance(each, Calls)]
            knowledge.open_all(catalog, (name for each in called for name in each.gives))
            if not called and any(isinstance(each, Opaque) for each in effects):
                knowledge.open_all(catalog, body.mentions())
                _open_mentioned(catalog, body.mentions())


def _may_have_run(catalog: Catalog, what: Touched) -> None:
    _open(catalog, what)
    forget(catalog, what)


def _block(body: RoutineBody) -> Block:
    """The body as it is read, once."""
    if body.block is None:
        from idemlint.plpgsql.body import routine_block

        body.block = routine_block(body.language, body.text)
    block: Block = body.block
    return block
