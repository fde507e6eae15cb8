"""CREATE INDEX, CREATE STATISTICS, and what keeps tables in shape: REINDEX, CLUSTER, VACUUM, ANALYZE."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.identifiers import chosen_name, cut
from idemlint.replay.catalog.refs import inside, qualified, relation, table_of
from idemlint.replay.catalog.relation import IndexDefinition
from idemlint.replay.effects.queries import reads
from idemlint.replay.effects.vocabulary import (
    SKIP,
    Creates,
    CreatesUnnamed,
    Effect,
    Requires,
    UsesColumns,
    Verb,
)
from idemlint.replay.queries.compiled import read_level
from idemlint.replay.queries.scope import RangeEntry, as_column, field_names
from idemlint.source.tree import Tree, shape, strings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from idemlint.replay.queries.scope import Reading


def create_index(stmt: Tree) -> list[Effect]:
    """`CREATE INDEX`: the table and the columns are looked at before the index's own name.

    That order is why IF NOT EXISTS does not help when the table or a column is gone
    (`DefineIndex`, src/backend/commands/indexcmds.c).
    """
    fields = stmt.fields
    table = table_of(fields["relation"])
    effects: list[Effect] = [Requires(table, True, "42P01", Kind.TABLE, Verb.USE)]
    parameters = stmt.indexParams or ()
    columns = tuple(element.name or _in_parentheses(element) for element in parameters)
    covered = [name for name in columns if name] + [
        element.name for element in stmt.indexIncludingParams or () if element.name
    ]
    column_refs = tuple(inside(Space.COLUMN, name, table) for name in dict.fromkeys(covered))
    used = tuple(dict.fromkeys(covered))
    if used:
        effects.append(UsesColumns(table, used))
    reading = _expressions(stmt, table)
    if reading is not None:
        effects += reads(reading)
    owners = (table, *column_refs)
    definition = _definition(stmt, columns)
    name = fields.get("idxname")
    if name is None:
        base = chosen_name(table.name, "_".join(_column_labels(parameters)), "idx")
        effects.append(CreatesUnnamed(table, base, Kind.INDEX, definition, owners, reads=reading))
        return effects
    ref = Ref(Space.RELATION, cut(name), table.schema)
    otherwise = SKIP if fields.get("if_not_exists") else "42P07"
    effects.append(Requires(ref, False, otherwise, Kind.INDEX, Verb.CREATE, beside=table))
    effects.append(Creates(ref, Kind.INDEX, definition, owners, beside=table, reads=reading))
    return effects


def _expressions(stmt: Tree, table: Ref) -> Reading | None:
    """What expressions and the WHERE clause read: the index goes when one of these columns goes."""
    parameters = stmt.fields.get("indexParams", ())
    parts = [each["IndexElem"]["expr"] for each in parameters if "expr" in each["IndexElem"]]
    if "whereClause" in stmt.fields:
        parts.append(stmt.fields["whereClause"])
    named = list(_named(stmt.fields.get("accessMethod", "btree"), parameters))
    if not parts and not named:
        return None
    reading = read_level(parts, (RangeEntry(table.name, table),))
    return reading._replace(types=(*reading.types, *named)) if named else reading


def _named(method: str, parameters: Iterable[dict[str, Any]]) -> Iterator[Ref]:
    """The collations and operator classes that its columns name."""
    for each in parameters:
        element = each["IndexElem"]
        if "collation" in element:
            yield qualified(Space.COLLATION, list(field_names(element["collation"])))
        if "opclass" in element:
            yield qualified(Space.OPERATOR_CLASS, list(field_names(element["opclass"])), method)


#: What a plain `CREATE INDEX i ON t (a)` has of an element.
_PLAIN_ELEMENT: Final = {"ordering": "SORTBY_DEFAULT", "nulls_ordering": "SORTBY_NULLS_DEFAULT"}
#: What else makes an index another one; its name and CONCURRENTLY do not, nor where it is stored.
_MORE: Final[tuple[str, ...]] = (
    "accessMethod",
    "indexIncludingParams",
    "whereClause",
    "nulls_not_distinct",
)


def _more(fields: dict[str, Any]) -> str:
    """What is not plain about an index."""
    told: dict[str, Any] = {name: fields[name] for name in _MORE if name in fields}
    if told.get("accessMethod") == "btree":
        del told["accessMethod"]
    elements = [each["IndexElem"] for each in fields.get("indexParams", ())]
    if any(
        {**_PLAIN_ELEMENT, "name": each.get("name")} != _without_place(each) for each in elements
    ):
        told["elements"] = elements
    return shape(told) if told else ""


def _without_place(element: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in element.items() if name != "location"}


def _in_parentheses(element: Tree) -> str | None:
    """`((a))` is the column a (`ComputeIndexAttrs`, src/backend/commands/indexcmds.c)."""
    expression = element.fields.get("expr", {}).get("ColumnRef")
    last = expression["fields"][-1].get("String") if expression is not None else None
    return last.get("sval", "") if last is not None else None


def _definition(stmt: Tree, columns: tuple[str | None, ...]) -> IndexDefinition:
    fields = stmt.fields
    unique, partial = bool(fields.get("unique")), "whereClause" in fields
    if not unique:
        return IndexDefinition(columns, False, partial, more=_more(fields))
    plain = all(_PLAIN.issuperset(element.fields) for element in stmt.indexParams or ())
    return IndexDefinition(
        columns,
        True,
        partial,
        () if plain else tuple(stmt.indexParams),
        stmt.whereClause,
        # ON ONLY a partitioned table it is not valid until its partitions have one.
        doubtful=not fields["relation"].get("inh"),
        nulls_meet=bool(fields.get("nulls_not_distinct")),
        more=_more(fields),
    )


#: What an `IndexElem` has that is a column and no more.
_PLAIN: Final = frozenset({"name", "ordering", "nulls_ordering"})


def _column_labels(parameters: Iterable[Tree]) -> list[str]:
    """`ChooseIndexColumnNames`: a column's name, a function's, else `expr`; numbered where taken."""
    labels: list[str] = []
    for element in parameters:
        label = element.name
        if not label:
            expression = element.expr
            label = "expr"
            if expression is not None and expression.kind == "FuncCall":
                label = strings(expression.funcname)[-1]
        base, number = label, 0
        while label in labels:
            number += 1
            label = f"{base}{number}"
        labels.append(label)
    return labels


def reindex(stmt: Tree) -> list[Effect]:
    """`REINDEX`: the thing has to be there."""
    target = stmt.relation
    if target is None:
        return []
    if stmt.fields.get("kind") == "REINDEX_OBJECT_INDEX":
        return [Requires(relation(target), True, "42P01", Kind.INDEX, Verb.USE)]
    return [Requires(relation(target), True, "42P01", Kind.TABLE, Verb.USE)]


def cluster(stmt: Tree) -> list[Effect]:
    """`CLUSTER t USING i`."""
    if stmt.relation is None:
        return []
    table = relation(stmt.relation)
    effects: list[Effect] = [Requires(table, True, "42P01", Kind.TABLE, Verb.USE)]
    if stmt.indexname:
        index = Ref(Space.RELATION, stmt.indexname, table.schema)
        effects.append(Requires(index, True, "42704", Kind.INDEX, Verb.USE))
    return effects


def vacuum(stmt: Tree) -> list[Effect]:
    """`VACUUM` and `ANALYZE` of some tables, and of some of their columns: all of them have to be there."""
    effects: list[Effect] = []
    columns: list[Effect] = []
    for each in stmt.rels or ():
        table = relation(each.relation)
        effects.append(Requires(table, True, "42P01", Kind.TABLE, Verb.WRITE))
        if each.va_cols:
            columns.append(UsesColumns(table, tuple(strings(each.va_cols))))
    return [*effects, *columns]


def create_statistics(stmt: Tree) -> list[Effect]:
    """`CREATE STATISTICS`: the table is looked at first; without a name (16+) one more each time."""
    tables = [relation(each) for each in stmt.relations or () if each.kind == "RangeVar"]
    effects: list[Effect] = [
        Requires(table, True, "42P01", Kind.TABLE, Verb.USE) for table in tables
    ]
    names = strings(stmt.defnames)
    columns = [element.name or "expr" for element in stmt.exprs or ()]
    elements = [each.get("StatsElem", {}) for each in stmt.fields.get("exprs", ())]
    parts = [
        each["expr"] if "expr" in each else as_column(each.get("name", "")) for each in elements
    ]
    reading = read_level(parts, tuple(RangeEntry(table.name, table) for table in tables))
    if not names:
        if tables:
            base = chosen_name(tables[0].name, "_".join(columns), "stat")
            effects.append(
                CreatesUnnamed(tables[0], base, Kind.STATISTICS, None, (tables[0],), reads=reading)
            )
        return effects
    ref = qualified(Space.STATISTICS, names)
    otherwise = SKIP if stmt.if_not_exists else "42710"
    effects.append(Requires(ref, False, otherwise, Kind.STATISTICS, Verb.CREATE))
    effects.append(Creates(ref, Kind.STATISTICS, None, tuple(tables), reads=reading))
    return effects
