"""Requirements: what a statement needs to be there, or not to be there, before it does anything."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import (
    ROW_TYPES,
    SCHEMA_BOUND,
    Kind,
    Ref,
    Space,
    in_words,
    member_name,
)
from idemlint.replay.catalog.knowledge import is_open, may_be_gone
from idemlint.replay.catalog.refs import schema as schema_ref
from idemlint.replay.catalog.slots import ABSENT, PG_TEMP, PRESENT, UNKNOWN
from idemlint.replay.effects.vocabulary import SKIP, Requires, UsesColumns, Verb
from idemlint.replay.machine.signals import FORK, SKIPPED, Raised

if TYPE_CHECKING:
    from idemlint.replay.catalog.slots import Slot
    from idemlint.replay.effects.vocabulary import Creates
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Result
    from idemlint.replay.queries.scope import Scope


def requires(run: Pass, effect: Requires) -> Result:
    """Something must be there, or must not: raise, skip, learn or doubt."""
    ref, want = effect.ref, effect.want
    catalog = run.catalog
    if not want:
        beside = effect.beside
        if beside is not None and beside.space is Space.CONSTRAINT and effect.kind is Kind.INDEX:
            # Only a constraint that has an index takes a name among the relations.
            if not _has_index(run, beside):
                return None
            effect = effect._replace(beside=beside.parent)
        if _needs_a_schema(effect) and catalog.creation_schema() is None:
            return requires(run, _somewhere(catalog.search_path[0]))
        ref = place(run, effect)
        if ref is not effect.ref and effect.beside is not None and effect.verb is Verb.CREATE:
            # Nobody reads in the statement where an index goes.
            effect = effect._replace(ref=ref)
    if ref.space is Space.ROUTINE:
        from idemlint.replay.machine.objects.routines import looked_for

        found = looked_for(run, effect)
        if isinstance(found, Raised):
            return found
        slot = found
    else:
        slot = catalog.find(ref)
        if slot is None and want and run.judging:
            slot = _was_temporary(run, ref)
    presence = UNKNOWN if slot is None else slot.presence
    if presence is UNKNOWN and run.world is not None and is_unmade(slot):
        # Nobody has made it yet, on a database that was empty. What a guarded DROP leaves is the same either
        # way.
        dropped = effect.otherwise is SKIP and effect.verb is Verb.DROP
        if effect.want and not dropped:
            is_there = not run.world.is_to_come(ref, changes=effect.verb in _CHANGES)
        else:
            is_there = run.world.may_be_there(ref)
        presence = UNKNOWN if is_there else ABSENT
    if presence is PRESENT:
        if want:
            if effect.wrong_kind is not None and _other_kind(run, effect, slot):
                return _unmet(run, effect, slot, effect.wrong_kind, ref)
            return None
    elif presence is ABSENT:
        if not want:
            return _row_type_taken(run, effect, ref) if effect.kind in ROW_TYPES else None
    elif presence is UNKNOWN:
        return _unknown(run, effect, ref)
    if run.world is not None and (_is_open(run, ref) or _may_be_gone(run, ref, slot)):
        return _unknown(run, effect, ref)
    return _unmet(run, effect, slot, effect.otherwise, ref)


#: What is only done with something that is known to be there.
_CHANGES: Final = frozenset({Verb.DROP, Verb.RENAME, Verb.MOVE, Verb.ALTER})


def is_unmade(slot: Slot | None) -> bool:
    """Whether no statement has made a thing of that name, or may have."""
    return slot is None or (slot.presence is UNKNOWN and not slot.maker)


def _is_open(run: Pass, ref: Ref) -> bool:
    """Whether something that built its SQL may have made it, or taken it away."""
    table = run.catalog.find(ref.parent) if ref.parent is not None else None
    return is_open(run.catalog, ref.name, table.oid if table is not None else 0)


def _may_be_gone(run: Pass, ref: Ref, slot: Slot | None) -> bool:
    if slot is None or slot.presence is not PRESENT or ref.space is not Space.RELATION:
        return False
    return may_be_gone(run.catalog, slot)


def _has_index(run: Pass, constraint: Ref) -> bool:
    catalog = run.catalog
    key, table = catalog.key(constraint), constraint.parent and catalog.key(constraint.parent)
    slot = catalog.find_key(key) if key is not None else None
    if slot is None or not table:
        return False
    index = catalog.slot((Space.RELATION, table[1], constraint.name))
    return index is not None and (slot.oid in index.owners or index.oid in slot.owners)


def _was_temporary(run: Pass, ref: Ref) -> Slot | None:
    """A temporary thing that is gone, where nothing else was ever heard of by its name: where its CREATE
    failed in this run, or was undone, there is none."""
    if ref.schema is not None or ref.space is not Space.RELATION:
        return None
    return run.catalog.slot((ref.space, PG_TEMP, ref.name))


def _needs_a_schema(effect: Requires) -> bool:
    ref = effect.ref
    return (
        ref.schema is None
        and ref.parent is None
        and effect.beside is None
        and ref.space in SCHEMA_BOUND
    )


def _somewhere(name: str) -> Requires:
    """A schema to make things in: where the search_path leads to none, 3F000."""
    return Requires(schema_ref(name), True, "3F000", Kind.SCHEMA, Verb.USE)


def place(run: Pass, effect: Requires | Creates) -> Ref:
    """The name as it is made: with its schema, where that is not what looking would find."""
    catalog = run.catalog
    ref = catalog.place(effect.ref, effect.beside)
    if ref is not effect.ref and effect.kind is Kind.VIEW:
        for need in effect.needs:
            key = catalog.key(need)
            if key is not None and key[1] == PG_TEMP:
                # A view of a temporary table is one (`DefineView`).
                return ref._replace(schema="pg_temp")
    return ref


def uses_columns(run: Pass, effect: UsesColumns) -> Result:
    """One look at the table serves all its columns; the long way is for the one that is amiss."""
    catalog = run.catalog
    table = catalog.find(effect.table)
    if table is not None and table.presence is PRESENT:
        amiss = catalog.lacks(table, effect.names)
    else:
        amiss = list(effect.names)
    for name in amiss:
        ref = Ref(Space.COLUMN, name, None, effect.table)
        result = requires(run, Requires(ref, True, "42703", Kind.COLUMN, Verb.USE))
        if result is not None:
            return result
    return None


def columns_missing(run: Pass, scope: Scope) -> Result:
    """The first name of a query that no column has."""
    for name, tables in run.resolve(scope).missing:
        result = requires(run, column_meant(run, name, tables))
        if result is not None:
            return result
    return None


def column_meant(run: Pass, name: str, tables: tuple[Ref, ...]) -> Requires:
    """That a column is there; of several tables, the one that had it once is the one that was meant."""
    had = [Ref(Space.COLUMN, name, None, table) for table in tables]
    ref = had[0] if len(had) == 1 else next((each for each in had if _had(run, each)), had[0])
    return Requires(ref, True, "42703", Kind.COLUMN, Verb.USE)


def _had(run: Pass, ref: Ref) -> bool:
    key = run.catalog.key(ref)
    return key is not None and run.catalog.recorded(key) is not None


def _unknown(run: Pass, effect: Requires, ref: Ref) -> Result:
    anew = run.judging and _is_anew(run, ref)
    if effect.otherwise is SKIP:
        if effect.want or (run.judging and not anew):
            return FORK
        run.uncertain = True
        return None
    if run.judging and not anew:
        if effect.want and _is_brought(run, ref):
            return None
        state = "is there" if effect.want else "is not there"
        reason = f"whether {in_words(effect.kind, effect.ref)} {state} cannot be told"
        run.doubt(reason, effect, effect.otherwise)
        return None
    run.catalog.set_presence(
        ref, PRESENT if effect.want else ABSENT, effect.kind if effect.want else None
    )
    if run.catches is not None and run.catches(effect.otherwise):
        run.uncertain = True
    return None


def _is_brought(run: Pass, ref: Ref) -> bool:
    """Whether an extension that is there brings it."""
    # Most names are those of the folder.
    from idemlint.postgres.extensions import extension_of

    extension = extension_of(ref.space, ref.name)
    return extension is not None and (
        run.catalog.presence(Ref(Space.EXTENSION, extension)) is PRESENT
    )


def _is_anew(run: Pass, ref: Ref) -> bool:
    """Whether a name lives in something that the rerun has surely made: there, all is as in the first run."""
    key = run.catalog.key(ref)
    if key is None or key[1] < run.fresh:
        return False
    home = run.catalog.by_oid(key[1])
    return home is not None and home.maker > 0 and home.certain


def _unmet(run: Pass, effect: Requires, slot: Slot | None, otherwise: str, ref: Ref) -> Result:
    if otherwise is SKIP:
        return SKIPPED
    if effect.query is not None and run.judging:
        sooner = columns_missing(run, effect.query.until(effect.ref))
        if sooner is not None:
            return sooner
    if effect.want and run.judging and effect.ref.signature:
        from idemlint.replay.machine.objects.routines import missing_type

        needed = missing_type(run, effect.ref)
        if needed is not None:
            return requires(run, needed)
    sqlstate = _sqlstate(run, effect, otherwise)
    handled = run.catches is not None and run.catches(sqlstate)
    if not run.judging and not handled and run.catalog.key(ref) not in run.believed:
        # The first run is assumed to succeed, so what was believed before it is wrong.
        run.catalog.set_presence(ref, PRESENT if effect.want else ABSENT)
        return None
    return run.raised(sqlstate, effect, _why(run, effect, slot, sqlstate))


def _sqlstate(run: Pass, effect: Requires, otherwise: str) -> str:
    """A schema that is gone is noticed before what was in it (queries do not ask for it first)."""
    schema = effect.ref.schema or (effect.ref.parent.schema if effect.ref.parent else None)
    if effect.want and schema and effect.verb not in {Verb.USE, Verb.WRITE}:
        slot = run.catalog.recorded((Space.SCHEMA, 0, schema))
        if slot is not None and slot.presence is ABSENT:
            return "3F000"
        unknown = slot is None or slot.presence is UNKNOWN
        if unknown and run.world is not None and run.world.is_to_come(schema_ref(schema)):
            return "3F000"
    parent = effect.ref.parent
    if effect.want and parent is not None and run.catalog.presence(parent) is ABSENT:
        return "42P01" if parent.space is Space.RELATION else "42704"
    return otherwise


def _why(run: Pass, effect: Requires, slot: Slot | None, sqlstate: str) -> str:
    noun = effect.kind.noun
    if run.world is not None and effect.want and (slot is None or not slot.maker):
        parent = effect.ref.parent
        if parent is not None and run.catalog.presence(parent) is not PRESENT:
            return f"there is no {parent.space.value} {parent}"
        return f"there is no {in_words(effect.kind, effect.ref)}"
    if sqlstate == "42809" and slot is not None and slot.kind is not None and effect.want:
        return f"{effect.ref} is a {slot.kind.noun}, not a {noun}"
    if sqlstate == "3F000" and effect.kind is not Kind.SCHEMA:
        return f"schema {effect.ref.schema} is gone"
    if effect.want:
        parent = effect.ref.parent
        if parent is not None and run.catalog.presence(parent) is ABSENT:
            return f"{parent} is gone"
        return f"{_gone_in_words(effect.kind, effect.ref)} {run.since(slot)}"
    return f"{in_words(effect.kind, effect.ref)} exists {run.since(slot)}"


def _other_kind(run: Pass, effect: Requires, slot: Slot | None) -> bool:
    if slot is None or slot.kind is None or effect.ref.space is Space.ROUTINE:
        return False
    return slot.kind is not effect.kind


def _row_type_taken(run: Pass, effect: Requires, ref: Ref) -> Result:
    if not run.judging:
        return None
    key = run.catalog.key(ref._replace(space=Space.TYPE))
    slot = run.catalog.slot(key) if key is not None else None
    if slot is not None and slot.presence is PRESENT:
        return run.raised("42710", effect, f"type {effect.ref} has that name")
    return None


#: What is said of a member of something where it is none any more: nobody would say that it is gone.
_NO_MEMBERS: Final = {
    Kind.PARTITION: "{} is not a partition of {}",
    Kind.INHERITANCE: "{} does not inherit from {}",
    Kind.PUBLICATION_MEMBER: "{} is not part of publication {}",
}


def _gone_in_words(kind: Kind, ref: Ref) -> str:
    """That a thing is not there: `table users is gone`, `ev_2026 is not a partition of ev`."""
    if kind in _NO_MEMBERS and ref.space is Space.MEMBER:
        return _NO_MEMBERS[kind].format(member_name(kind, ref), ref.parent)
    return f"{in_words(kind, ref)} is gone"
