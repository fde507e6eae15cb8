"""Whether what a statement makes is what is there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres.kinds import Space
from idemlint.replay.catalog.column import Column
from idemlint.replay.catalog.datatype import EnumDefinition
from idemlint.replay.catalog.definition import SequenceDefinition
from idemlint.replay.catalog.relation import IndexDefinition, TableDefinition
from idemlint.replay.catalog.table_rows import column_of
from idemlint.replay.effects import flat
from idemlint.replay.effects.vocabulary import Creates
from idemlint.source.tree import shape

if TYPE_CHECKING:
    from idemlint.postgres.kinds import Ref
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.judge.rerun import Program


def makes_the_same(catalog: Catalog, program: Program, ref: Ref) -> bool:
    """Whether a statement that fails for `ref`, which is there, would make just what is there."""
    made = [each for each in flat(program) if isinstance(each, Creates)]
    if not made or made[0].ref != ref:
        return False
    if ref.space is Space.COLUMN:
        table = catalog.find(ref.parent) if ref.parent is not None else None
        there: object = column_of(catalog, table, ref.name)
    else:
        slot = catalog.find(ref)
        there = slot.definition if slot is not None else None
    return _told(made[0].definition) == _told(there) is not None


def _told(definition: object) -> str | None:
    """A definition as a text; `None`: it is not known, or cannot be compared."""
    if isinstance(definition, TableDefinition):
        fields = definition.statement.fields
        return shape({name: each for name, each in fields.items() if name not in _NAMES})
    if isinstance(definition, Column):
        default = definition.default
        plain = definition._replace(default=None, computed=None)
        return f"{plain} {shape(default.fields) if default is not None else ''}"
    if isinstance(definition, IndexDefinition):
        return f"{definition.columns} {definition.unique} {definition.partial} {definition.more}"
    if isinstance(definition, EnumDefinition):
        return str(definition.labels)
    if isinstance(definition, SequenceDefinition):
        return shape(definition.options)
    return None


#: Of a CREATE TABLE: its guard, and how it names the table.
_NAMES = frozenset({"if_not_exists", "relation"})
