"""A query over the catalogs → what it searches for.

Each relation in FROM is an object whose name, schema and parent the WHERE clause pins down, in
constants or through joins to other objects. What no rule here understands is kept as text, and makes
the result `Narrowed`.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

from idemlint.postgres.catalogs import CATALOGS, ENUM_RANGE, LISTS, REGISTERED, CatalogRelation
from idemlint.postgres.kinds import Space
from idemlint.postgres.names import NAME_BYTES
from idemlint.replay.guards.catalog_query import CatalogQuery
from idemlint.replay.guards.expressions import (
    FLIPPED,
    Json,
    always,
    cast_of,
    describe,
    enum_of,
    is_text,
    operator,
    search_path,
    text_of,
    texts,
    uncast,
)
from idemlint.replay.guards.rewritten import MOST, alternatives, flat
from idemlint.replay.guards.row_search import rows_of
from idemlint.replay.guards.sought import (
    Refused,
    SoughtColumn,
    SoughtObject,
    column_of,
    is_one_of,
    refer,
    referred,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.replay.guards.conditions import Condition


def search(select: Json) -> list[Condition]:
    """The objects (or the row) that a query without aggregates looks for: it gives a row for any.

    Raises `Refused`.
    """
    select = flat(select)
    if "withClause" in select or "limitOffset" in select:
        raise Refused("WITH and OFFSET")
    sources = select.get("fromClause", ())
    if len(sources) == 1 and "RangeVar" in sources[0] and _listing(sources[0]["RangeVar"]) is None:
        return [rows_of(sources[0]["RangeVar"], select.get("whereClause"))]
    found: list[Condition] = []
    for where in alternatives(select.get("whereClause")):
        found += _pinned(sources, where).result()
        if len(found) > MOST:
            raise Refused("too many alternatives")
    return found


# -- FROM ------------------------------------------------------------------------------------------


def _pinned(sources: list[Json], where: list[Json]) -> CatalogQuery:
    """The objects of a FROM clause, with all that these conditions say of them."""
    query = CatalogQuery()
    for source in sources:
        _add(query, source)
    for condition in where:
        _pin(query, condition)
    return query


def _add(query: CatalogQuery, source: Json) -> None:
    """A relation or a join in FROM."""
    if "JoinExpr" in source:
        _join(query, source["JoinExpr"])
    elif "RangeVar" in source:
        table = source["RangeVar"]
        listing = _listing(table)
        if listing is None:
            raise Refused(f"a join with {table['relname']}")
        alias = table.get("alias", {}).get("aliasname", table["relname"])
        query.objects[alias] = SoughtObject(listing)
    elif "RangeFunction" in source:
        _enum_range(query, source["RangeFunction"])
    else:
        raise Refused("a sub-select in FROM")


def _join(query: CatalogQuery, join: Json) -> None:
    _add(query, join["larg"])
    before = set(query.objects)
    _add(query, join["rarg"])
    if join["jointype"] == "JOIN_LEFT":
        query.outer |= set(query.objects) - before
    elif join["jointype"] != "JOIN_INNER":
        raise Refused("an outer join")
    if "quals" in join:
        conditions, *more = alternatives(join["quals"])
        for condition in conditions if not more else ():
            _pin(query, condition)
        if more:
            query.not_understood.append(describe(join["quals"]))
    for column in join.get("usingClause", ()):
        name = column["String"]["sval"]
        owners = [
            (alias, each) for alias, each in query.objects.items() if name in each.listing.roles
        ]
        for (left, one), (right, other) in product(owners, owners):
            if left in before and right not in before:
                query.tie(column_of(one, name), column_of(other, name))


def _enum_range(query: CatalogQuery, source: Json) -> None:
    """`unnest(enum_range(NULL::e)) AS v`."""
    call = source["functions"][0]["List"]["items"][0].get("FuncCall", {})
    arguments = call.get("args", ())
    type_ref = enum_of(arguments[0]) if len(arguments) == 1 else None
    if type_ref is None:
        raise Refused("a function in FROM")
    sought = SoughtObject(ENUM_RANGE)
    sought.part("parent").ref = type_ref
    query.objects[source.get("alias", {}).get("aliasname", "unnest")] = sought


def _listing(table: Json) -> CatalogRelation | None:
    """The row of the facts for a relation in FROM; `None` if it is a table of the application's."""
    schema = table.get("schemaname")
    name = table["relname"]
    if schema == "information_schema":
        name = f"{schema}.{name}"
    elif schema not in {None, "pg_catalog"}:
        return None
    found = CATALOGS.get(name)
    if found is None and name not in LISTS and (schema is not None or name.startswith("pg_")):
        raise Refused(f"a lookup in {name}")
    return found


def _searched(select: Json) -> SoughtObject | None:
    """The object whose oid (or name) a sub-select gives."""
    inner = select.get("SelectStmt", {})
    targets = inner.get("targetList", ())
    if len(targets) != 1:
        return None
    target = targets[0]["ResTarget"]["val"]
    if not inner.get("fromClause") or "withClause" in inner:
        found = cast_of(target)
        return None if found is None else referred(*found)
    try:
        [conditions] = alternatives(inner.get("whereClause"))
        query = _pinned(inner["fromClause"], conditions)
    except (Refused, ValueError):
        return None
    column = query.column(target)
    if column is None or column.role not in {"self.oid", "name"} or query.not_understood:
        return None
    return column.of


# -- WHERE -----------------------------------------------------------------------------------------


def _pin(query: CatalogQuery, condition: Json) -> None:
    """Take one condition."""
    if always(condition):
        return
    [(kind, fields)] = condition.items()
    reader = _CONDITIONS.get(kind)
    if not (reader(query, fields) if reader is not None else _flag(query, condition)):
        query.not_understood.append(describe(condition))


def _bool(query: CatalogQuery, fields: Json) -> bool:
    """AND; `NOT attisdropped`."""
    if fields["boolop"] == "AND_EXPR":
        for item in fields["args"]:
            _pin(query, item)
        return True
    column = query.column(fields["args"][0])
    return fields["boolop"] == "NOT_EXPR" and column is not None and column.role == "live"


def _visible(query: CatalogQuery, call: Json) -> bool:
    """`pg_table_is_visible(oid)`."""
    column = query.column(call["args"][0]) if call.get("args") else None
    if column is None or not call["funcname"][-1]["String"]["sval"].endswith("_is_visible"):
        return False
    which, _, kind = column.role.partition(".")
    if kind != "oid":
        return False
    sought = column.of if which == "self" else column.of.part(which)
    sought.visible = True
    return True


def _in_sub_select(query: CatalogQuery, link: Json) -> bool:
    """`relnamespace IN (SELECT oid FROM pg_namespace WHERE …)`."""
    if link["subLinkType"] != "ANY_SUBLINK":
        return False
    column = query.column(link.get("testexpr", {}))
    target = _searched(link["subselect"]) if "operName" not in link else None
    return column is not None and target is not None and refer(column, target)


def _not_null(query: CatalogQuery, test: Json) -> bool:
    """What a catalog never leaves empty IS NOT NULL."""
    column = query.column(test["arg"])
    return (
        column is not None
        and test["nulltesttype"] == "IS_NOT_NULL"
        and column.role in {"name", "self.oid", "parent", "schema", "parent.oid"}
    )


def _flag(query: CatalogQuery, condition: Json) -> bool:
    """`indisprimary`."""
    column = query.column(condition)
    if column is None or column.name != "indisprimary":
        return False
    column.of.letters = frozenset({"p"})
    return True


# -- comparisons -----------------------------------------------------------------------------------


def _compared(query: CatalogQuery, expr: Json) -> bool:
    """A column and an operator."""
    if "lexpr" not in expr:
        return False
    kind, name = expr["kind"], operator(expr)
    column, other = query.column(expr["lexpr"]), expr["rexpr"]
    if kind == "AEXPR_OP" and column is None:
        column, other = query.column(other), expr["lexpr"]
        name = FLIPPED.get(name, name)
    reader = _COMPARISONS.get((kind, name))
    return reader is not None and column is not None and reader(query, column, other)


def _equals(query: CatalogQuery, column: SoughtColumn, value: Json) -> bool:
    """`relname = 't'`, `attrelid = 't'::regclass`, and columns of two relations."""
    other = query.column(value)
    if other is not None and not (column.wrapped or other.wrapped):
        return query.tie(column, other)
    role = column.role
    if uncast(value).get("A_Const", {}).get("isnull"):
        column.of.never = True
        return True
    if role in {"schema", "name"} and search_path(value):
        column.of.visible = True
        return role == "schema" or column.of.space is Space.SCHEMA
    if role == "database":
        return "FuncCall" in value or "SQLValueFunction" in value
    if role == "live":
        return text_of(value) == "false"
    found = cast_of(value)
    if found is not None and (role.endswith(".oid") or column.wrapped in REGISTERED):
        return refer(column, referred(*found))
    link = uncast(value).get("SubLink")
    if link is not None and link["subLinkType"] == "EXPR_SUBLINK":
        searched = _searched(link["subselect"])
        return searched is not None and refer(column, searched)
    text = text_of(value)
    return text is not None and is_one_of(column, [text], as_text=is_text(value))


def _any_of(query: CatalogQuery, column: SoughtColumn, value: Json) -> bool:
    """`IN ('a', 'b')`, `= ANY (ARRAY['a', 'b'])`, `= ANY (current_schemas(false))`."""
    if column.role == "schema" and search_path(value):
        column.of.visible = True
        return True
    values = texts(value)
    return values is not None and is_one_of(column, values, as_text=is_text(value))


def _like(query: CatalogQuery, column: SoughtColumn, value: Json) -> bool:
    """LIKE, where it has no wildcards, or more than a name can hold whatever stands for `_`."""
    text = text_of(value)
    if text is None or set(text) & set("%\\") or ("_" in text and len(text) <= NAME_BYTES):
        return False
    return is_one_of(column, [text], as_text=True)


def _ilike(query: CatalogQuery, column: SoughtColumn, value: Json) -> bool:
    """The same in any case."""
    text = text_of(value)
    if text is None or column.role not in _CASELESS or column.wrapped or set(text) & set("%\\_"):
        return False
    return is_one_of(column._replace(wrapped="lower"), [text.lower()], as_text=True)


_CASELESS: Final = frozenset({"name"})


def _above(query: CatalogQuery, column: SoughtColumn, value: Json) -> bool:
    """`attnum > 0`."""
    return column.role == "live" and text_of(value) == "0"


def _differs(query: CatalogQuery, column: SoughtColumn, value: Json) -> bool:
    """`attidentity <> ''`."""
    if column.role.startswith("facet:") and text_of(value) == "":
        column.of.facet = column.role[6:]
        return True
    if column.role == "name" and column.of.names is not None and not column.wrapped:
        other = text_of(value)
        column.of.names = [name for name in column.of.names if name != other]
        return other is not None
    return _other_schema(query, column, value)


def _other_schema(query: CatalogQuery, column: SoughtColumn, value: Json) -> bool:
    """That a schema is not this or that leaves all the others."""
    return column.role in {"schema", "on.schema"}


_COMPARISONS: Final[dict[tuple[str, str], Callable[[CatalogQuery, SoughtColumn, Json], bool]]] = {
    ("AEXPR_OP", "="): _equals,
    ("AEXPR_OP_ANY", "="): _any_of,
    ("AEXPR_IN", "="): _any_of,
    ("AEXPR_LIKE", "~~"): _like,
    ("AEXPR_ILIKE", "~~*"): _ilike,
    ("AEXPR_OP", ">"): _above,
    ("AEXPR_OP", "<>"): _differs,
    ("AEXPR_OP", "!~~"): _other_schema,
    ("AEXPR_OP_ALL", "<>"): _other_schema,
    ("AEXPR_OP_ALL", "!~~"): _other_schema,
    ("AEXPR_OP_ANY", "<>"): _other_schema,
    ("AEXPR_OP_ANY", "!~~"): _other_schema,
    ("AEXPR_IN", "<>"): _other_schema,
    ("AEXPR_LIKE", "!~~"): _other_schema,
}

_CONDITIONS: Final[dict[str, Callable[[CatalogQuery, Json], bool]]] = {
    "BoolExpr": _bool,
    "A_Expr": _compared,
    "FuncCall": _visible,
    "SubLink": _in_sub_select,
    "NullTest": _not_null,
}
