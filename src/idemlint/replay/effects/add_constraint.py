"""Constraints that are added to a table: named or not, by columns or by an index that is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres.alter_passes import INDEXED
from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.postgres.operators import PLAIN_OPERATORS
from idemlint.replay.catalog.constraint import ForeignKey, chosen_constraint, constraint_columns
from idemlint.replay.catalog.identifiers import cut
from idemlint.replay.catalog.refs import facet, inside, primary_key, qualified, relation
from idemlint.replay.catalog.relation import IndexDefinition, constraint_index
from idemlint.replay.effects.queries import called
from idemlint.replay.effects.vocabulary import (
    Creates,
    CreatesUnnamed,
    Effect,
    ReadsColumns,
    Renames,
    Requires,
    Verb,
)
from idemlint.replay.queries.compiled import read_level
from idemlint.replay.queries.scope import RangeEntry, field_names
from idemlint.source.tree import Tree, strings

if TYPE_CHECKING:
    from idemlint.replay.catalog.identifiers import ChosenName
    from idemlint.replay.queries.scope import Reading


def create_constraint(table: Ref, node: Tree, column_name: str | None = None) -> list[Effect]:
    """ADD CONSTRAINT, named or not; which SQLSTATE its second run raises depends on its kind."""
    contype = node.contype
    reading = None
    columns = constraint_columns(node, column_name)
    column_refs = tuple(inside(Space.COLUMN, name, table) for name in columns)
    used: list[Effect] = [
        Requires(ref, True, "42703", Kind.COLUMN, Verb.USE) for ref in column_refs
    ]
    if contype == "CONSTR_NOTNULL":
        # Idempotent: a second one of the same or no name merges with the first (PostgreSQL 18).
        return used
    if node.indexname:
        return _using_index(table, node)
    named = node.conname
    base = chosen_constraint(table.name, node, column_name)
    name = cut(named) if named else base
    ref = inside(Space.CONSTRAINT, name, table)
    if contype in INDEXED:
        index = Ref(Space.RELATION, name, table.schema)
        definition = constraint_index(node, columns)
        reading = _index_reading(table, node)
        effects = used
        if contype == "CONSTR_PRIMARY":
            key = primary_key(table)
            effects.append(Requires(key, False, "42P16", Kind.CONSTRAINT, Verb.CREATE))
            effects += _named_constraint(
                ref, index, named, table, base, definition, column_refs, reading
            )
            effects.append(Creates(key, Kind.CONSTRAINT, None, (ref, *column_refs)))
            return effects
        effects += _named_constraint(
            ref, index, named, table, base, definition, column_refs, reading
        )
        return effects
    key_definition = None
    if contype == "CONSTR_CHECK":
        reading = read_level([node.fields.get("raw_expr")], (RangeEntry(table.name, table),))
        used += called(reading.functions)
        if reading.scope.meetings or reading.scope.casts:
            used.append(ReadsColumns(reading.scope))
    if contype == "CONSTR_FOREIGN":
        # `ATAddForeignKeyConstraint` (src/backend/commands/tablecmds.c).
        target = relation(node.pktable)
        key_definition = ForeignKey(target, tuple(strings(node.pk_attrs)))
        used.insert(0, Requires(target, True, "42P01", Kind.TABLE, Verb.USE))
    if not named:
        return [
            *used,
            CreatesUnnamed(
                table, base, Kind.CONSTRAINT, key_definition, column_refs, reads=reading
            ),
        ]
    free = Requires(ref, False, "42710", Kind.CONSTRAINT, Verb.CREATE)
    made = Creates(ref, Kind.CONSTRAINT, key_definition, column_refs, reads=reading)
    if contype == "CONSTR_CHECK":
        # The expression is analysed first (`AddRelationNewConstraints`, src/backend/catalog/heap.c).
        return [*used, free, made]
    return [free, *used, made]


def _index_reading(table: Ref, node: Tree) -> Reading | None:
    """What expressions of an EXCLUDE read, and the operators that compare."""
    pairs = [each["List"]["items"] for each in node.fields.get("exclusions", ())]
    if not pairs:
        return None
    parts = [element["IndexElem"].get("expr") for element, _ in pairs]
    reading = read_level(
        [*parts, node.fields.get("where_clause")], (RangeEntry(table.name, table),)
    )
    names = [list(field_names(by["List"]["items"])) for _, by in pairs]
    operators = [
        qualified(Space.OPERATOR, each) for each in names if each[-1] not in PLAIN_OPERATORS
    ]
    return reading._replace(types=(*reading.types, *operators))


def _named_constraint(
    ref: Ref,
    index: Ref,
    named: str | None,
    table: Ref,
    base: ChosenName,
    definition: IndexDefinition,
    columns: tuple[Ref, ...],
    reading: Reading | None,
) -> list[Effect]:
    """A constraint that is an index too: 42P07, because the index's name is looked at first."""
    if not named:
        return [
            CreatesUnnamed(table, base, Kind.CONSTRAINT, definition, columns, reads=reading),
        ]
    return [
        Requires(index, False, "42P07", Kind.CONSTRAINT, Verb.CREATE, beside=table),
        Requires(ref, False, "42710", Kind.CONSTRAINT, Verb.CREATE),
        Creates(ref, Kind.CONSTRAINT, definition, columns, reads=reading),
        # It goes with the constraint, and with what that goes with: owners are not followed any further.
        Creates(index, Kind.INDEX, definition, (ref, table, *columns), beside=table),
    ]


def _using_index(table: Ref, node: Tree) -> list[Effect]:
    """`ADD CONSTRAINT c UNIQUE USING INDEX i`: the index takes the constraint's name, before anything else is
    looked at (`ATExecAddIndexConstraint`, src/backend/commands/tablecmds.c)."""
    index = Ref(Space.RELATION, cut(node.indexname), table.schema)
    attached = facet("constraint", index)
    name = cut(node.conname) if node.conname else index.name
    ref = inside(Space.CONSTRAINT, name, table)
    effects: list[Effect] = [
        Requires(index, True, "42704", Kind.CONSTRAINT, Verb.CREATE),
        Requires(attached, False, "55000", Kind.CONSTRAINT, Verb.CREATE),
    ]
    if name != index.name:
        free = index._replace(name=name)
        effects.append(Requires(free, False, "42P07", Kind.CONSTRAINT, Verb.CREATE, beside=table))
    if node.contype == "CONSTR_PRIMARY":
        key = primary_key(table)
        effects.append(Requires(key, False, "42P16", Kind.CONSTRAINT, Verb.CREATE))
    # A check of that name is in the way of nothing but the catalog's own index.
    effects.append(Requires(ref, False, "23505", Kind.CONSTRAINT, Verb.CREATE))
    effects.append(Creates(attached, Kind.CONSTRAINT))
    if name != index.name:
        effects.append(Renames(index, index._replace(name=name), Kind.INDEX))
    effects.append(Creates(ref, Kind.CONSTRAINT, None, (index._replace(name=name),)))
    if node.contype == "CONSTR_PRIMARY":
        effects.append(Creates(primary_key(table), Kind.CONSTRAINT, None, (ref,)))
    return effects
