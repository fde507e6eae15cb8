"""What is amiss in a table's or a column's own statement, whatever there is besides: it never ran.

A column that a key, a CHECK or a computed column names and that is not there (42703:
`transformIndexConstraint`, src/backend/parser/parse_utilcmd.c; `cookConstraint`, src/backend/catalog/heap.c),
a DEFAULT that is no value of the column's type (22P02), a column for a table that has those of another
(42809: `ATExecAddColumn`, src/backend/commands/tablecmds.c).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.column import Column
from idemlint.replay.catalog.datatype import BUILTIN
from idemlint.replay.catalog.relation import TableDefinition
from idemlint.replay.catalog.slots import PRESENT
from idemlint.replay.effects.queries import constant
from idemlint.replay.effects.vocabulary import Requires, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.replay.effects.vocabulary import Creates
    from idemlint.replay.machine.run import Pass
    from idemlint.replay.machine.signals import Raised


def checked(
    run: Pass, effect: Creates, definition: TableDefinition | Column
) -> TableDefinition | Column | Raised:
    """The definition, with what it takes over; or the error of its own."""
    if isinstance(definition, Column):
        return _column(run, effect, definition)
    if definition.open:
        # Few tables take anything over.
        from idemlint.replay.machine.objects.taken_over import completed

        definition = completed(run, definition, effect.ref.name)
    for name in _named(definition):
        if definition.inside(Space.COLUMN, name) is False and not _is_systems(name):
            ref = Ref(Space.COLUMN, name, None, effect.ref)
            needs = Requires(ref, True, "42703", Kind.COLUMN, Verb.USE)
            return run.raised("42703", needs, f"there is no column {name} in {effect.ref}")
    for column in definition.columns.values():
        refusal = _default(run, effect, column)
        if refusal is not None:
            return refusal
    return definition


def _is_systems(name: str) -> bool:
    from idemlint.replay.queries.resolve import SYSTEM_COLUMNS

    return name in SYSTEM_COLUMNS


def _named(definition: TableDefinition) -> Iterator[str]:
    """The columns that keys, CHECKs and computed columns name."""
    for constraint in definition.constraints.values():
        yield from constraint.columns
    for column in definition.columns.values():
        yield from column.reads


def _column(run: Pass, effect: Creates, column: Column) -> Column | Raised:
    table = run.catalog.find(effect.ref.parent) if effect.ref.parent is not None else None
    definition = table.definition if table is not None and table.presence is PRESENT else None
    if (
        effect.kind is Kind.COLUMN
        and isinstance(definition, TableDefinition)
        and definition.is_part_of_another
    ):
        return run.raised("42809", effect, f"{effect.ref.parent} has the columns of another")
    return _default(run, effect, column) or column


def _default(run: Pass, effect: Creates, column: Column) -> Raised | None:
    if column.default is None or not column.type or column.type.rstrip("[]") in BUILTIN:
        return None
    text = constant(column.default)
    if text is None or column.type.endswith("[]"):
        return None
    schema, _, bare = column.type.rpartition(".")
    slot = run.catalog.find(Ref(Space.TYPE, bare, schema or None))
    if slot is None or slot.presence is not PRESENT or not slot.certain:
        return None
    # Few columns have a default of such a type.
    from idemlint.replay.queries.literals import of_enum

    refusal = of_enum(run.catalog, slot, bare, text)
    return None if refusal is None else run.raised(refusal[0], effect, refusal[1])
