"""What an object that is made cannot do without, by the names in its definition."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.replay.catalog.column import Column
from idemlint.replay.catalog.constraint import ForeignKey
from idemlint.replay.catalog.datatype import BUILTIN
from idemlint.replay.catalog.definition import Definition
from idemlint.replay.catalog.needed import needed_by
from idemlint.replay.catalog.relation import TableDefinition
from idemlint.replay.catalog.routine import Routine, names_in
from idemlint.replay.effects.vocabulary import Retypes, Sets
from idemlint.replay.queries.scope import Reading
from idemlint.source.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.replay.catalog.constraint import InlineKey
    from idemlint.replay.effects.vocabulary import Creates, CreatesUnnamed


def foreign_keys(definition: object) -> Sequence[ForeignKey | InlineKey]:
    """The foreign keys that a definition is, or comes with."""
    if isinstance(definition, TableDefinition):
        return definition.foreign_keys()
    return (definition,) if isinstance(definition, ForeignKey) else ()


def needed(effect: Creates | CreatesUnnamed | Sets | Retypes) -> set[str]:
    """What an object, or a value of a column, cannot do without, by the names in its definition."""
    if isinstance(effect, Retypes):
        return _type(effect.type)
    found: set[str] = set()
    value = effect.value if isinstance(effect, Sets) else effect.definition
    if isinstance(value, Reading):
        found = {each.name for each in (*value.tables, *value.types)}
        return found | {name[-1] for name, _ in value.functions}
    if isinstance(value, Definition):
        return {name for _, name in value.needed_names}
    if isinstance(value, Routine):
        row = (each for _, each in value.row or ())
        found.update(names_in(",".join((*value.every, value.result, *row))))
    if isinstance(value, Column):
        found |= _type(value.type)
        value = value.default
    if isinstance(value, Tree):
        found.update(names[-1] for _, names in needed_by({value.kind: value.fields}))
    return found


def _type(name: str) -> set[str]:
    name = name.rstrip("[]")
    return set() if name in BUILTIN else {name.rpartition(".")[2]}
