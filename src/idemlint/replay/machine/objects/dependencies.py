"""What a thing that is made goes with, and what it keeps from being dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.column import Column
from idemlint.replay.catalog.constraint import ForeignKey
from idemlint.replay.catalog.datatype import BUILTIN, PERCENT_TYPE
from idemlint.replay.catalog.routine import Routine, resolved
from idemlint.replay.catalog.slots import PRESENT, Slot
from idemlint.replay.effects.vocabulary import Creates
from idemlint.replay.machine.objects.foreign_keys import stands_on
from idemlint.replay.machine.objects.needs import COMPUTED_HOLD
from idemlint.replay.machine.parse_analysis import named, used
from idemlint.replay.machine.signals import Raised
from idemlint.replay.queries.columns import bare_type
from idemlint.replay.queries.compiled import read_level
from idemlint.replay.queries.resolve import found_in

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.replay.catalog.slots import Key
    from idemlint.replay.effects.vocabulary import CreatesUnnamed
    from idemlint.replay.machine.run import Pass

#: By identity: what it goes with, and what it needs.
Bound = tuple[tuple[int, ...], tuple[int, ...]]


def column_needs(run: Pass, column: Column) -> tuple[int, ...]:
    """What a column cannot do without: its type and its collation."""
    found = [*type_needs(run, column.type)]
    if column.collation:
        found += named(run, Ref(Space.COLLATION, column.collation))
    return tuple(found)


def changed_needs(run: Pass, key: Key, slot: Slot, column: Column) -> tuple[int, ...]:
    """What a column cannot do without when something of it was changed, but not what computes it."""
    needs = column_needs(run, column)
    if not column.expression:
        return needs
    if slot.definition is not None:
        return tuple(dict.fromkeys((*needs, *slot.needs)))
    found = (run.catalog.find_key((Space.COLUMN, key[1], each)) for each in column.reads)
    read = tuple(each.oid for each in found if each is not None and each.presence is PRESENT)
    raw = column.computed and {column.computed.kind: column.computed.fields}
    return (*needs, *read, *used(run, read_level([raw])).others)


def _computed_by(run: Pass, effect: Creates, column: Column) -> tuple[int, ...]:
    """What computes a column: columns of its table, and what its expression calls."""
    table = effect.ref.parent
    found = run.oids(tuple(Ref(Space.COLUMN, each, None, table) for each in column.reads))
    if column.computed is None:
        return found
    raw = {column.computed.kind: column.computed.fields}
    return (*found, *used(run, read_level([raw])).others)


def type_needs(run: Pass, text: str) -> tuple[int, ...]:
    """The type that a text of it means, or the table or domain of its array, if somebody made it."""
    name = text.removeprefix("setof ").rstrip("[]")
    if not name or name in BUILTIN or name.endswith(PERCENT_TYPE):
        return ()
    schema, _, bare = name.rpartition(".")
    return named(run, Ref(Space.TYPE, bare, schema or None))


def bind_columns(run: Pass, table: int, types: dict[str, str]) -> None:
    """The columns of a table that a query made need their types."""
    catalog = run.catalog
    for name, text in types.items():
        needs = type_needs(run, bare_type(text)) if text else ()
        if needs:
            column = Column(name, bare_type(text), False, None, False, False)
            oid, place = catalog.new_oid(), (Space.COLUMN, table, name)
            slot = Slot(PRESENT, oid, Kind.COLUMN, column, (table,), needs, catalog.statement)
            catalog.put(place, slot)


def _signature_needs(run: Pass, routine: Routine) -> Iterator[int]:
    """The types of what a routine takes and returns; `t.c%TYPE` is no more than the type that it is now."""
    for text in (*routine.every, routine.result, *(each for _, each in routine.row or ())):
        if text and text not in BUILTIN:
            yield from type_needs(run, resolved(run.catalog, text))


#: With the columns that they are made of go these, and nothing keeps a column for them.
_GO_ALONG: Final = frozenset({Kind.INDEX, Kind.CONSTRAINT, Kind.STATISTICS})


def _types(run: Pass, effect: Creates | CreatesUnnamed) -> tuple[str, ...]:
    """The types of a foreign key's own columns."""
    found = [
        column.type
        for ref in effect.owners
        if ref.parent is not None
        and (column := found_in(run.catalog, ref.parent, ref.name)) is not None
    ]
    return tuple(found)


def bound(run: Pass, effect: Creates | CreatesUnnamed) -> Bound | Raised:
    """What a thing goes with, and what it needs: it stands in its effect, its definition, its expressions."""
    owners, needs = run.oids(effect.owners), run.oids(effect.needs)
    definition = effect.definition
    if isinstance(definition, Column):
        needs += column_needs(run, definition)
        if definition.expression and isinstance(effect, Creates):
            computed_by = _computed_by(run, effect, definition)
            if run.machine.postgres_version < COMPUTED_HOLD:
                owners += computed_by
            else:
                needs += computed_by
    elif isinstance(definition, Routine):
        needs += tuple(_signature_needs(run, definition))
    elif isinstance(definition, ForeignKey):
        key = stands_on(run, effect, definition._replace(own_types=_types(run, effect)))
        if isinstance(key, Raised):
            return key
        needs += key
    if effect.reads is None or effect.kind is Kind.TABLE:
        return owners, needs
    found = used(run, effect.reads)
    if effect.kind in _GO_ALONG:
        return (*owners, *found.columns), (*needs, *found.others)
    return owners, tuple(dict.fromkeys((*needs, *found.others, *found.columns)))
