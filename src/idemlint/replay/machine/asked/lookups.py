"""What a guard's question comes to on the catalog as it is, and what its answer says of that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.catalogs import CATALOGS
from idemlint.postgres.kinds import Kind, Space
from idemlint.replay.catalog import table_rows
from idemlint.replay.catalog.knowledge import is_open
from idemlint.replay.catalog.slots import ABSENT, PRESENT, UNKNOWN, Slot
from idemlint.replay.effects.vocabulary import Requires
from idemlint.replay.guards import conditions
from idemlint.replay.machine.asked.sorts import sorts_of
from idemlint.replay.machine.requirements import is_unmade

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from idemlint.postgres.catalogs import CatalogRelation
    from idemlint.postgres.kinds import Ref
    from idemlint.replay.catalog.slots import Key, Presence
    from idemlint.replay.guards.conditions import Answer, ErrorIs, Exists, Fact
    from idemlint.replay.machine.run import Pass


def truth(run: Pass, condition: conditions.Condition) -> bool | None:
    """The value of a guard on the catalog as it is."""

    def known(fact: Fact | ErrorIs) -> Answer:
        if isinstance(fact, conditions.RowExists):
            return _row_exists(run, fact)
        if isinstance(fact, conditions.ErrorIs):
            return _error_is(run, fact)
        return _exists(run, fact)

    return conditions.evaluate(condition, known, run.machine.postgres_version)


def _row_exists(run: Pass, fact: conditions.RowExists) -> bool | None:
    table = run.catalog.find(fact.table)
    if table is None or table.presence is not PRESENT:
        return None
    return table_rows.holds(table_rows.rows_of(run.catalog, table), fact.row)


def _error_is(run: Pass, fact: ErrorIs) -> bool | None:
    """What a handler asks about its error."""
    error = run.current_error
    if error is None:
        return None
    if not fact.words:
        return error.sqlstate in fact.sqlstates
    if not isinstance(error.effect, Requires) or error.effect.ref.space is Space.MEMBER:
        return None
    said = _SAID.get((error.sqlstate, error.effect.want))
    if said is None:
        return None
    if all(words in said for words in fact.words):
        return True
    others = (text for text in _SAID.values() if text != said)
    is_another = any(all(words in text for words in fact.words) for text in others)
    return False if is_another else None


#: What all messages of a code say, by whether the thing had to be there (`postgres.error_texts`).
_SAID: Final = {
    **dict.fromkeys(
        ((code, False) for code in ("42P07", "42710", "42701", "42P06", "42723", "42P04")),
        " already exists",
    ),
    **dict.fromkeys(
        ((code, True) for code in ("42P01", "42704", "42703", "42883", "3F000", "3D000")),
        " does not exist",
    ),
}


# -- objects ---------------------------------------------------------------------------------------


def _exists(run: Pass, fact: Exists) -> bool | None:
    if fact.any_name:
        return None
    found = _of_its_name(run, fact)
    if fact.any_case and found is not True:
        return True if True in _fitting(run, fact, _in_other_cases(run, fact)) else found
    return found


def _of_its_name(run: Pass, fact: Exists) -> bool | None:
    catalog = run.catalog
    ref = fact.ref
    if fact.any_parent:
        return _anywhere(run, fact)
    slot = catalog.find(ref)
    if run.world is not None and is_unmade(slot) and run.world.is_to_come(ref):
        return False
    if slot is None or slot.presence is UNKNOWN:
        if fact.any_schema and _elsewhere(run, fact) is True:
            return True
        if _was_not_found(run, fact) and (slot is None or not _may_fit(run, fact, slot)):
            return False
        if not fact.any_schema or is_narrow(fact):
            return None
        return _elsewhere(run, fact)
    if slot.presence is PRESENT:
        fits = _is_what_is_sought(run, fact, _key_of(run, fact, slot), slot)
        if fits is not False:
            return fits
    return fact.any_schema and _elsewhere(run, fact) is True


def _key_of(run: Pass, fact: Exists, slot: Slot) -> Key | None:
    return run.catalog.key_of(slot.oid) if slot.oid else None


def _anywhere(run: Pass, fact: Exists) -> bool | None:
    """Whether it is there, whatever it is in."""
    catalog, ref = run.catalog, fact.ref
    known = [(key, slot) for key, slot in catalog.named(ref.space, ref.name) if key[1] >= 0]
    fits = _fitting(run, fact, known)
    if True in fits or None in fits:
        return True if True in fits else None
    for key, slot in known:
        if slot.presence is UNKNOWN and not catalog.is_dead(key[1]) and _may_fit(run, fact, slot):
            return None
    if catalog.is_nowhere(ref) or _was_not_found(run, fact):
        return False
    if not fits and run.world is not None and run.world.is_nowhere(ref):
        return False
    return None


def _elsewhere(run: Pass, fact: Exists) -> bool | None:
    """Whether any schema has it; False, where all parents of its name are known not to have it."""
    catalog, ref = run.catalog, fact.ref
    if ref.parent is None:
        fits = _fitting(run, fact, catalog.named(ref.space, ref.name))
        if True in fits:
            return True
        return False if not fits and catalog.is_nowhere(ref) else None
    absent = unknown = False
    for _, owner in catalog.named(ref.parent.space, ref.parent.name):
        if owner.presence is not PRESENT:
            continue
        key = (ref.space, owner.oid, ref.name)
        inner = catalog.find_key(key) if catalog.alive(owner) else None
        if inner is None:
            unknown = unknown or catalog.alive(owner)
        elif inner.presence is PRESENT:
            fit = _is_what_is_sought(run, fact, key, inner)
            if fit:
                return True
            unknown = unknown or fit is None
        else:
            absent = True
    return False if absent and not unknown else None


def _fitting(run: Pass, fact: Exists, found: Iterable[tuple[Key, Slot]]) -> list[bool | None]:
    """Of things that are there, which are what is sought."""
    catalog = run.catalog
    return [
        _is_what_is_sought(run, fact, key, slot)
        for key, slot in found
        if slot.presence is PRESENT and not catalog.is_dead(key[1]) and catalog.alive(slot)
    ]


def _in_other_cases(run: Pass, fact: Exists) -> Iterator[tuple[Key, Slot]]:
    """What has its name in other letters, and is where it is sought."""
    catalog, ref = run.catalog, fact.ref
    name, anywhere = ref.name.lower(), fact.any_parent or fact.any_schema
    home = None if anywhere else catalog.key(ref)
    for key, slot in list(catalog.slots.items()):
        is_named = key[0] is ref.space and key[2] != ref.name and key[2].lower() == name
        if is_named and (anywhere or (home is not None and key[1] == home[1])):
            yield key, slot


def is_narrow(fact: Exists) -> bool:
    """Whether it asks for more than a name."""
    return bool(_letters(fact) or fact.on or fact.columns or fact.any_case)


def _letters(fact: Exists) -> frozenset[str]:
    """The sorts it asks for, beside kinds; that a table has a primary key is a property, and says it all."""
    return frozenset() if fact.ref.space in {Space.FACET, Space.RELATION} else fact.only


# -- whether a thing is what is sought -------------------------------------------------------------


def _may_fit(run: Pass, fact: Exists, slot: Slot) -> bool:
    """Whether a thing that may be there would be what is sought."""
    return _is_what_is_sought(run, fact, _key_of(run, fact, slot), slot) is not False


def _is_what_is_sought(run: Pass, fact: Exists, key: Key | None, slot: Slot) -> bool | None:
    """Whether a thing that is there is of the kind, and on the table, that a lookup asks for, and whether the
    relation that it looks into lists such things."""
    if fact.kinds is not None and slot.kind is not None and slot.kind not in fact.kinds:
        return False
    row = CATALOGS.get(fact.catalog)
    if row is not None and row.space is not fact.ref.space:
        row = None
    answers: list[bool | None] = [True]
    owner = run.catalog.by_oid(key[1]) if key is not None else None
    if owner is not None and owner.kind is not Kind.SCHEMA and owner.presence is UNKNOWN:
        answers.append(None)  # it is there where that is
    if row is not None and row.of is not None and owner is not None and owner.kind is not None:
        answers.append(owner.kind in row.of)
    sorts = fact.only if fact.ref.space is not Space.FACET else frozenset()
    listed = row.only if row is not None else frozenset()
    if sorts or listed:
        possible = sorts_of(run, fact.ref.space, key, slot)
        if possible is None and fact.ref.space is Space.RELATION:
            sorts = frozenset()
        answers += [_meets(possible, wanted) for wanted in (sorts, listed) if wanted]
    if fact.on is not None:
        answers.append(_is_on(run, fact, row, key, slot))
    if fact.columns:
        answers.append(_is_about(run, fact, row, key, slot))
    if False in answers:
        return False
    return None if None in answers else True


def _meets(possible: frozenset[str] | None, wanted: frozenset[str]) -> bool | None:
    if possible is None:
        return None
    if possible <= wanted:
        return True
    return False if possible.isdisjoint(wanted) else None


def _is_on(
    run: Pass, fact: Exists, row: CatalogRelation | None, key: Key | None, slot: Slot
) -> bool | None:
    """Whether it belongs to a table without living in it: an index; of a foreign key constraint_column_usage
    and constraint_table_usage name the table that it points at."""
    catalog = run.catalog
    assert fact.on is not None
    table = catalog.find(fact.on)
    if fact.ref.space is Space.CONSTRAINT and key is not None:
        target = getattr(slot.definition, "table", None)
        possible = sorts_of(run, Space.CONSTRAINT, key, slot)
        if target is not None:
            pointed = catalog.find(target)
            if pointed is None or pointed.presence is not PRESENT:
                return None
            return table is not None and pointed.oid == table.oid
        if possible is None or "f" in possible:
            return None
        if table is None or table.presence is not PRESENT:
            return False if catalog.by_oid(key[1]) is not None else None
        return table.oid == key[1]
    if table is None or table.presence is not PRESENT:
        return False if table is None and slot.owners and slot.maker else None
    return table.oid in slot.owners if slot.owners else None


def _is_about(
    run: Pass, fact: Exists, row: CatalogRelation | None, key: Key | None, slot: Slot
) -> bool | None:
    """Whether these are among its columns; of a foreign key, in constraint_column_usage, among those that it
    points at."""
    target = getattr(slot.definition, "table", None)
    if target is not None:
        if row is not None and row.column("parent"):  # key_column_usage has its own
            return _hangs_on_columns(run, fact, key, slot)
        columns = slot.definition.columns
        return fact.columns <= set(columns) if columns else None
    columns = getattr(slot.definition, "columns", None)
    if columns is not None:
        return fact.columns <= set(columns)
    return _hangs_on_columns(run, fact, key, slot)


def _hangs_on_columns(run: Pass, fact: Exists, key: Key | None, slot: Slot) -> bool | None:
    if key is None or fact.ref.space is not Space.CONSTRAINT or not slot.maker:
        return None
    found = [run.catalog.find_key((Space.COLUMN, key[1], name)) for name in fact.columns]
    if any(each is None for each in found):
        return None
    return True if all(each is not None and each.oid in slot.owners for each in found) else None


# -- what an answer says ---------------------------------------------------------------------------


def learn(run: Pass, condition: conditions.Condition, assumed: bool) -> None:
    """In a branch, its condition holds (or does not)."""
    catalog = run.catalog
    for fact, value in conditions.assume(condition, assumed):
        if isinstance(fact, conditions.RowExists):
            _learn_row(run, fact, value)
        elif fact.any_name:
            continue
        elif is_narrow(fact) and not value:
            # That nothing of this sort is there does not say that nothing of the name is.
            catalog.put(_memory(fact), Slot(ABSENT, catalog.new_oid()))
        elif fact.any_parent:
            if not value:
                catalog.set_nowhere(fact.ref)
        else:
            _learn_presence(run, fact.ref, PRESENT if value else ABSENT)


def _learn_presence(run: Pass, ref: Ref, presence: Presence) -> None:
    catalog, holder = run.catalog, ref.parent
    known = catalog.presence(ref)
    if (
        holder is not None
        and catalog.presence(holder) is UNKNOWN
        # What is known to be in something is there exactly where that is.
        and PRESENT in {known, presence}
    ):
        catalog.set_presence(holder, presence)
    if known is UNKNOWN:
        catalog.set_presence(ref, presence)


def _was_not_found(run: Pass, fact: Exists) -> bool:
    """Whether there was nothing of a sort before, so that there is only what was made since."""
    catalog = run.catalog
    return (
        is_narrow(fact) and _memory(fact) in catalog.slots and not is_open(catalog, fact.ref.name)
    )


def _memory(fact: Exists) -> Key:
    """Where it is kept that nothing was found."""
    parts = (
        *(str(fact.ref), fact.ref.space.value, fact.catalog, str(fact.on)),
        *sorted(fact.only),
        *sorted(fact.columns),
        *sorted(kind.name for kind in fact.kinds or ()),
        f"{fact.any_case}{fact.any_parent}{fact.any_schema}",
    )
    return (Space.FACET, 0, f"@none {' '.join(parts)}")


def _learn_row(run: Pass, fact: conditions.RowExists, value: bool) -> None:
    table = run.catalog.find(fact.table)
    if table is None or table.presence is not PRESENT:
        return
    facts = table_rows.rows_of(run.catalog, table)
    if table_rows.holds(facts, fact.row) is None:
        changed = (
            facts._replace(rows=facts.rows.plus((fact.row,)))
            if value
            else facts._replace(gone=facts.gone.plus((fact.row,)))
        )
        table_rows.set_rows(run.catalog, table, changed)
