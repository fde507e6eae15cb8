"""CREATE TABLE and its relatives: CREATE TABLE AS, SELECT INTO, PARTITION OF, foreign tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.refs import inside, partitioned, relation, schema, table_of
from idemlint.replay.catalog.relation import TableDefinition
from idemlint.replay.effects.queries import called_in, reads, types_there
from idemlint.replay.effects.vocabulary import SKIP, Creates, Effect, EndsAtCommit, Requires, Verb
from idemlint.source.tree import Tree, strings

if TYPE_CHECKING:
    from collections.abc import Sequence


def target(
    ref: Ref,
    kind: Kind,
    *,
    guarded: bool,
    needs: tuple[Ref, ...] = (),
    types: Sequence[Effect] = (),
) -> list[Effect]:
    """What every CREATE of a relation begins with: the schema is there, the name is free. The `types` of its
    columns are looked at before that, but for what a guard skips."""
    effects: list[Effect] = []
    if ref.schema is not None and ref.schema != "pg_temp":
        effects.append(Requires(schema(ref.schema), True, "3F000", Kind.SCHEMA, Verb.USE))
    otherwise = SKIP if guarded else kind.duplicate
    free = Requires(ref, False, otherwise, kind, Verb.CREATE, needs=needs)
    return [*effects, free, *types] if guarded else [*effects, *types, free]


def create_table(stmt: Tree, kind: Kind = Kind.TABLE) -> list[Effect]:
    """`CREATE TABLE`: neither referenced tables nor types are looked at where IF NOT EXISTS skips."""
    ref = table_of(stmt.fields["relation"])
    elements = stmt.fields.get("tableElts", ())
    columns = [each["ColumnDef"] for each in elements if "ColumnDef" in each]
    types = types_there(each["typeName"] for each in columns if "typeName" in each)
    effects = target(ref, kind, guarded=bool(stmt.fields.get("if_not_exists")), types=types)
    inline = [each for column in columns for each in column.get("constraints", ())]
    parts = [each.get("Constraint", {}) for each in (*elements, *inline)]
    effects += called_in(each["raw_expr"] for each in parts if "raw_expr" in each)
    needs: tuple[Ref, ...] = ()
    parents = stmt.inhRelations
    if parents:
        needs = tuple(relation(parent) for parent in parents)
        effects += [Requires(each, True, "42P01", Kind.TABLE, Verb.USE) for each in needs]
    effects += [Requires(each, True, "42P01", Kind.TABLE, Verb.USE) for each in _likes(stmt)]
    # A partition goes with its parent without CASCADE; a child made by INHERITS keeps it there.
    is_partition = bool(stmt.fields.get("partbound"))
    # `transformPartitionBound` (parse_utilcmd.c), `MergeAttributes` (tablecmds.c).
    otherwise = "42P17" if is_partition else "42809"
    effects += [
        Requires(partitioned(each), is_partition, otherwise, Kind.PARTITION, Verb.USE)
        for each in needs
    ]
    effects.append(
        Creates(
            ref,
            kind,
            TableDefinition(ref.name, stmt),
            owners=needs if is_partition else (),
            needs=() if is_partition else needs,
        )
    )
    for parent in needs:
        link = inside(Space.MEMBER, f"{'partition' if is_partition else 'child'} {ref}", parent)
        effects.append(Creates(link, Kind.PARTITION if is_partition else Kind.INHERITANCE))
    if stmt.fields.get("oncommit") == "ONCOMMIT_DROP":
        effects.append(EndsAtCommit(ref))
    return effects


def _likes(stmt: Tree) -> list[Ref]:
    """The tables whose columns it takes over."""
    return [
        table_of(element["TableLikeClause"]["relation"])
        for element in stmt.fields.get("tableElts", ())
        if "TableLikeClause" in element
    ]


def create_foreign_table(stmt: Tree) -> list[Effect]:
    """`CREATE FOREIGN TABLE`."""
    server = Ref(Space.SERVER, stmt.servername)
    return [
        *create_table(stmt.base or stmt.baseStmt, Kind.FOREIGN_TABLE),
        Requires(server, True, "42704", Kind.SERVER, Verb.USE),
    ]


def create_table_as(stmt: Tree) -> list[Effect]:
    """`CREATE TABLE AS`, `CREATE MATERIALIZED VIEW`: the query is analysed before the name."""
    kind = Kind.MATERIALIZED_VIEW if stmt.objtype == "OBJECT_MATVIEW" else Kind.TABLE
    ref = relation(stmt.into.rel)
    from idemlint.replay.queries.compiled import read_query

    query = stmt.query
    reading = read_query(query.fields) if query.kind == "SelectStmt" else None
    effects: list[Effect] = reads(reading) if reading is not None else []
    effects += target(ref, kind, guarded=bool(stmt.if_not_exists))
    effects.append(
        Creates(
            ref,
            kind,
            copies=reading.tables if reading is not None else (),
            reads=reading,
            gives=tuple(strings(stmt.into.colNames)),
        )
    )
    if stmt.into.fields.get("onCommit") == "ONCOMMIT_DROP":
        effects.append(EndsAtCommit(ref))
    return effects


def select_into(stmt: Tree) -> list[Effect]:
    """`SELECT … INTO t`."""
    from idemlint.replay.queries.compiled import read_query

    into = stmt.intoClause
    ref = relation(into.rel)
    reading = read_query(stmt.fields)
    return [
        *reads(reading),
        *target(ref, Kind.TABLE, guarded=False),
        Creates(ref, Kind.TABLE, copies=reading.tables, reads=reading, gives=()),
    ]
