"""The columns that a relation has now: what a table was made with, what a view's query gives."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres.kinds import Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog.column import Column
from idemlint.replay.catalog.definition import Definition
from idemlint.replay.catalog.lookup import parts
from idemlint.replay.catalog.relation import TableDefinition
from idemlint.replay.catalog.slots import PRESENT

if TYPE_CHECKING:
    from idemlint.replay.catalog.lookup import Catalog, ObjectPart
    from idemlint.replay.catalog.slots import Slot


class QueryDefinition(Definition):
    """The columns that a view's query gives, or that of a table made by one: `types` by name, in order
    (empty where a type is not known)."""

    __slots__ = ("types",)

    def __init__(self, types: dict[str, str]) -> None:
        self.types = types

    def __eq__(self, other: object) -> bool:
        return isinstance(other, QueryDefinition) and self.types == other.types

    def __hash__(self) -> int:
        return hash(tuple(self.types))

    #: A query brings no keys.
    open = False

    def inside(self, space: Space, name: str) -> bool | None:
        """Whether it has a column."""
        return name in self.types if space is Space.COLUMN else False

    def names(self, space: Space) -> tuple[str, ...]:
        """Its columns."""
        return tuple(self.types) if space is Space.COLUMN else ()


class Output(NamedTuple):
    """A column that a query gives, and its type where it is known, with its typmods (`numeric(10,2)`)."""

    name: str
    type: str = ""


def type_of(table: Slot, column: Slot | None, name: str | None) -> str:
    """The type of a column as its definition has it, that of the table if it has none of its own; empty
    where that is not known."""
    made = column.definition if column is not None else None
    definition = table.definition
    if made is None and name is not None:
        if isinstance(definition, QueryDefinition):
            return definition.types.get(name, "")
        if isinstance(definition, TableDefinition):
            made = definition.columns.get(name)
    if not isinstance(made, Column) or made.typmods is None:
        return ""
    if not made.typmods:
        return made.type
    bare = made.type.rstrip("[]")
    return f"{bare}({made.typmods}){made.type[len(bare) :]}"


def bare_type(name: str) -> str:
    """A type without typmods."""
    before, bracket, behind = name.partition("(")
    return before + behind.partition(")")[2] if bracket else name


def columns_of(catalog: Catalog, relation: Slot) -> tuple[Output, ...] | None:
    """A relation's columns in order, as they are now; `None`: they cannot all be told."""
    found = _columns(catalog, relation)
    if found is None:
        return None
    return tuple([Output(each.name, type_of(relation, each.slot, each.told)) for each in found])


def names_of(catalog: Catalog, relation: Slot) -> tuple[str, ...]:
    """What its columns are called, in order; none where they cannot all be told."""
    return tuple([each.name for each in _columns(catalog, relation) or ()])


def _columns(catalog: Catalog, relation: Slot) -> list[ObjectPart] | None:
    definition = relation.definition
    if not isinstance(definition, (TableDefinition, QueryDefinition)) or not relation.maker:
        return None
    if definition.inside(Space.COLUMN, "") is not False:
        return None
    return [
        each
        for each in parts(catalog, relation, Space.COLUMN)
        if each.slot is None or each.slot.presence is PRESENT
    ]
