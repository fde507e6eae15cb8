"""What a thing that is made goes with, and what it keeps from being dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.column import Column
from idemlint.replay.catalog.constraint import ForeignKey
from idemlint.replay.catalog.datatype import BUILTIN
from idemlint.replay.catalog.slots import PRESENT
from idemlint.replay.effects.vocabulary import Creates
from idemlint.replay.machine.objects.foreign_keys import stands_on
from idemlint.replay.machine.parse_analysis import used
from idemlint.replay.machine.signals import Raised
from idemlint.replay.queries.compiled import read_level
from idemlint.replay.queries.resolve import found_in

if TYPE_CHECKING:
    from idemlint.replay.effects.vocabulary import CreatesUnnamed
    from idemlint.replay.machine.run import Pass

#: By identity: what it goes with, and what it needs.
Bound = tuple[tuple[int, ...], tuple[int, ...]]


def column_needs(run: Pass, column: Column) -> tuple[int, ...]:
    """What a column cannot do without: its type, and what its DEFAULT calls or reads."""
    found: list[int] = []
    name = column.type.rstrip("[]")
    if name and name not in BUILTIN:
        schema, _, bare = name.rpartition(".")
        slot = run.catalog.find(Ref(Space.TYPE, bare, schema or None))
        if slot is not None and slot.presence is PRESENT:
            found.append(slot.oid)
    if column.default is not None and column.default.kind not in {"A_Const", "SQLValueFunction"}:
        raw = {column.default.kind: column.default.fields}
        found += used(run, read_level([raw])).others
    return tuple(found)


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
        if definition.reads and isinstance(effect, Creates):
            table = effect.ref.parent
            needs += run.oids(
                tuple(Ref(Space.COLUMN, each, None, table) for each in definition.reads)
            )
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
