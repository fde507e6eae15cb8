"""What a query reads: tables, columns, functions; a walk over the raw tree, which may be large."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres import functions
from idemlint.postgres.functions import Call
from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog.identifiers import cut
from idemlint.replay.catalog.refs import qualified
from idemlint.replay.effects.vocabulary import (
    Effect,
    Fails,
    Opaque,
    Repeats,
    Requires,
    SetsPath,
    UsesAnyColumn,
    UsesColumns,
    Verb,
)
from idemlint.source.tree import Tree, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable

#: System columns, which every table has (https://www.postgresql.org/docs/current/ddl-system-columns.html).
SYSTEM_COLUMNS = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid", "excluded"})
_SYSTEM_SCHEMAS = frozenset({"pg_catalog", "information_schema"})
#: Clauses whose column references may be output names.
_OUTPUT_CLAUSES = frozenset({"sortClause", "groupClause", "distinctClause"})


class Query(NamedTuple):
    """What a walk found.

    `scopes` counts what else, besides its tables, an unqualified column could belong to; `derived` are
    names that stand for a query and not for a table (WITH, a subquery's alias); `outputs` are names
    that the query gives its own columns.
    """

    relations: list[dict[str, Any]]
    columns: list[list[str]]
    functions: list[tuple[list[str], dict[str, Any]]]
    writes: list[Tree]
    derived: set[str]
    scopes: list[str]
    outputs: set[str]


def walk(value: Any) -> Query:
    """All that a raw (sub)tree mentions; `relations` without the names that a WITH clause makes."""
    query = Query([], [], [], [], set(), [], set())
    _walk(value, query)
    if query.derived:
        query.relations[:] = [
            each
            for each in query.relations
            if "schemaname" in each or each.get("relname") not in query.derived
        ]
    return query


_WRITES = frozenset({"InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})
_SUBSCOPES = frozenset(
    {"RangeSubselect", "RangeFunction", "SubLink", "CommonTableExpr", "JoinExpr"}
)


def _walk(value: Any, query: Query) -> None:
    stack: list[Any] = [value]
    while stack:
        current = stack.pop()
        if current.__class__ is not dict:
            if current.__class__ is list:
                stack.extend(current)
            continue
        for name, inner in current.items():
            if inner.__class__ is list:
                if name in _OUTPUT_CLAUSES:
                    query.scopes.append(name)
                stack.append(inner)
                continue
            if inner.__class__ is not dict:
                continue
            if name == "ColumnRef":
                query.columns.append(_field_names(inner["fields"]))
                continue
            if name == "RangeVar":
                query.relations.append(inner)
                continue
            if name == "FuncCall":
                query.functions.append((_field_names(inner["funcname"]), inner))
            elif name == "ResTarget" and "name" in inner:
                query.outputs.add(inner["name"])
            elif name in _WRITES:
                query.writes.append(Tree(name, inner))
                if "relation" in inner:
                    query.relations.append(inner["relation"])
            elif name in _SUBSCOPES:
                query.scopes.append(name)
                alias = inner.get("alias", _NOTHING).get("aliasname") or inner.get("ctename")
                if alias is not None:
                    query.derived.add(alias)
            stack.append(inner)


def _field_names(fields: list[dict[str, Any]]) -> list[str]:
    return [field["String"].get("sval", "") if "String" in field else "*" for field in fields]


def table_of(fields: dict[str, Any]) -> Ref:
    """A raw `RangeVar`."""
    name = fields["relname"]
    schema = "pg_temp" if fields.get("relpersistence") == "t" else fields.get("schemaname")
    return Ref(Space.RELATION, name if len(name) < 16 else cut(name), schema)


def needs_relations(query: Query) -> list[Effect]:
    """The tables a query reads have to be there (42P01: a query does not ask for the schema first)."""
    seen: dict[Ref, None] = {}
    for fields in query.relations:
        if _is_system(fields):
            continue
        seen[table_of(fields)] = None
    return [Requires(ref, True, "42P01", Kind.TABLE, Verb.USE) for ref in seen]


def needs_columns(query: Query, target: dict[str, Any] | None = None) -> list[Effect]:
    """The columns of tables that a query reads have to be there (42703).

    `target` is the raw table that an UPDATE or a DELETE is about. A column counts where it is qualified
    with a name that stands for one table only, or where there is one table and nothing else it could
    come from.
    """
    sources = query.relations if target is None else [target, *query.relations]
    tables: dict[str, Ref | None] = {}
    for fields in sources:
        if _is_system(fields):
            continue
        name = fields.get("alias", _NOTHING).get("aliasname") or fields["relname"]
        ref = table_of(fields)
        tables[name] = ref if tables.get(name, ref) == ref else None
    for name in query.derived:
        tables.pop(name, None)
    only = None
    if len(sources) == 1 == len(tables) and not query.scopes:
        only = next(iter(tables.values()))
    names: dict[Ref, dict[str, None]] = {}
    anywhere = _closed_scope(query, sources)
    loose: dict[str, None] = {}
    for column in query.columns:
        last = column[-1]
        if last == "*" or last in SYSTEM_COLUMNS or last in tables:
            continue
        table = only if len(column) == 1 else tables.get(column[-2])
        if table is not None:
            names.setdefault(table, {})[last] = None
        elif anywhere and len(column) == 1 and last not in query.outputs:
            loose[last] = None
    effects: list[Effect] = [UsesColumns(table, tuple(found)) for table, found in names.items()]
    if loose and None not in tables.values():
        effects.append(UsesAnyColumn(tuple(filter(None, tables.values())), tuple(loose)))
    return effects


def _closed_scope(query: Query, sources: list[dict[str, Any]]) -> bool:
    """Whether an unqualified column can come from these tables only."""
    return (
        bool(sources)
        and not query.derived
        and _OPEN_SCOPES.isdisjoint(query.scopes)
        and not any(
            _is_system(fields) or "colnames" in fields.get("alias", _NOTHING) for fields in sources
        )
    )


def _is_system(fields: dict[str, Any]) -> bool:
    """Whether a raw `RangeVar` is one of PostgreSQL's own catalogs."""
    relation: str = fields["relname"]
    return fields.get("schemaname") in _SYSTEM_SCHEMAS or relation.startswith("pg_")


#: Scopes with columns of their own.
_OPEN_SCOPES: Final = frozenset({"RangeSubselect", "RangeFunction", "CommonTableExpr"})


_NOTHING: Final[dict[str, Any]] = {}


def reads(tree: Tree) -> list[Effect]:
    """Tables that a query reads, without running it (a view's definition)."""
    return needs_relations(walk(tree.fields))


def calls(found: Iterable[tuple[list[str], dict[str, Any]]]) -> list[Effect]:
    """What running a query does by the functions it calls."""
    effects: list[Effect] = []
    for name, fields in found:
        last = name[-1]
        kind = functions.call(name)
        if last == "set_config":
            effects += _set_config(fields)
        elif last == "lo_create" and _constant(fields, 0) in {"0", "-1"}:
            effects.append(Repeats("makes one more large object"))
        elif kind is Call.REPEATS:
            subject = _constant(fields, 0)
            ref = qualified(Space.RELATION, subject.lower().split(".")) if subject else None
            effects.append(Repeats(f"{last}() {functions.REPEATS[last]}", Kind.SEQUENCE, ref))
        elif kind is Call.FAILS:
            effects.append(Fails(functions.FAILS[last], f"{last}() did it already"))
        elif kind is Call.UNKNOWN:
            shown = ".".join(name)
            effects.append(Opaque(f"what {shown}() does cannot be seen", frozenset()))
    return effects


def _set_config(fields: dict[str, Any]) -> list[Effect]:
    if _constant(fields, 0) != "search_path":
        return []
    value = _constant(fields, 1)
    if value is None:
        return []
    names = tuple(part.strip().strip('"') for part in value.split(",") if part.strip())
    return [SetsPath(names, _constant(fields, 2) in {"true", "t", "1", "on", "yes"})]


def _constant(fields: dict[str, Any], position: int) -> str | None:
    arguments = fields.get("args", [])
    if position >= len(arguments):
        return None
    return constant(wrap(arguments[position]))


def constant(node: Tree | None) -> str | None:
    """A literal as text, through casts (`'a'::text`, `-1`, `true`); `None` for anything else and for NULL."""
    while node is not None and node.kind == "TypeCast":
        node = node.arg
    if node is None:
        return None
    if node.kind == "A_Expr" and node.lexpr is None and node.fields.get("kind") == "AEXPR_OP":
        inner = constant(node.rexpr)
        sign = [item.fields.get("sval") for item in node.name or ()]
        return f"-{inner}" if inner is not None and sign == ["-"] else None
    if node.kind != "A_Const":
        return None
    for name, value in node.fields.items():
        if name == "ival":
            return str(value.get("ival", 0))
        if name == "boolval":
            return "true" if value.get("boolval") else "false"
        if name in {"sval", "fval", "bsval"}:
            return str(value.get(name, ""))
    return None


def literal_value(item: dict[str, Any]) -> str | None:
    """A raw expression's constant value; `None` for NULL and for what is not constant."""
    const = item.get("A_Const")
    return constant(wrap(item) if const is None else Tree("A_Const", const))
