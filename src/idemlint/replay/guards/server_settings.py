"""Conditions that ask the server and not the catalog: its version, its settings, who is connected to what.

What cannot be known of them is the same both times; so is what tables hold, unless somebody writes into them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.plpgsql.constants import constant
from idemlint.postgres import functions
from idemlint.postgres.functions import Call
from idemlint.postgres.kinds import Ref, Space
from idemlint.records import NamedTuple
from idemlint.replay.guards.conditions import Condition, ErrorIs, Not, OnVersions, Steady
from idemlint.replay.guards.expressions import (
    FLIPPED,
    Json,
    column_name,
    describe,
    operator,
    texts,
    uncast,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Major versions that a test may be about.
_VERSIONS: Final = range(8, 40)
_COMPARED: Final[dict[str, Callable[[float, float], bool]]] = {
    "<": lambda one, two: one < two,
    "<=": lambda one, two: one <= two,
    ">": lambda one, two: one > two,
    ">=": lambda one, two: one >= two,
    "=": lambda one, two: one == two,
    "<>": lambda one, two: one != two,
}


def of_server(expr: Json, truth: bool) -> Condition | None:
    """When an expression that asks the server is `truth`; `None` where it asks for anything else."""
    compared = expr.get("A_Expr", {})
    if "lexpr" in compared:
        found = _of_error(compared, truth)
        if found is None and compared["kind"] == "AEXPR_OP":
            found = _of_version(compared, truth)
        if found is not None:
            return found
    tables = tables_of(expr)
    return None if tables is None else Steady(describe(expr), truth, tuple(sorted(tables, key=str)))


# -- what a handler asks ---------------------------------------------------------------------------


def _of_error(expr: Json, truth: bool) -> Condition | None:
    """`SQLSTATE = '42P07'`, `SQLERRM LIKE '%already exists%'`."""
    name, left, right = operator(expr), expr["lexpr"], expr["rexpr"]
    if expr["kind"] == "AEXPR_OP" and constant(left) is not None:
        left, right = right, left
    variable = column_name(left)
    if variable not in {"sqlstate", "sqlerrm"}:
        return None
    found: Condition
    if variable == "sqlstate":
        values = texts(right) if expr["kind"] in _LISTS else [constant(right) or ""]
        if not values or not all(values) or name not in {"=", "<>"}:
            return None
        found = ErrorIs(frozenset(values))
    else:
        text = constant(right)
        if text is None or expr["kind"] not in {"AEXPR_LIKE", "AEXPR_ILIKE"} or "_" in text:
            return None
        found = ErrorIs(frozenset(), tuple(part for part in text.lower().split("%") if part))
    return found if (name in {"=", "~~", "~~*"}) is truth else Not(found)


_LISTS: Final = frozenset({"AEXPR_IN", "AEXPR_OP_ANY", "AEXPR_OP_ALL"})


# -- its version -----------------------------------------------------------------------------------


class _Range(NamedTuple):
    """The least and the greatest that a number may be in a major version."""

    least: float
    most: float


def _of_version(expr: Json, truth: bool) -> Condition | None:
    """A number that follows from the version, compared with another."""
    name, left, right = operator(expr), expr["lexpr"], expr["rexpr"]
    if _number(left) is not None:
        name, left, right = FLIPPED.get(name, name), right, left
    wanted, compare = _number(right), _COMPARED.get(name)
    if wanted is None or compare is None or _range(left, 15) is None:
        return None
    true, false = set(), set()
    for version in _VERSIONS:
        found = _range(left, version)
        assert found is not None
        answers = {compare(found.least, wanted), compare(found.most, wanted)}
        if name in {"=", "<>"} and found.least != found.most:
            inside = found.least <= wanted <= found.most
            answers = {True, False} if inside else {name == "<>"}
        if answers == {truth}:
            true.add(version)
        elif answers == {not truth}:
            false.add(version)
    return OnVersions(frozenset(true), frozenset(false))


def _number(expr: Json) -> float | None:
    text = constant(uncast(expr))
    try:
        return None if text is None else float(text)
    except ValueError:
        return None


def _range(expr: Json, version: int) -> _Range | None:
    """What a number comes to (https://www.postgresql.org/docs/current/runtime-config-preset.html)."""
    expr = uncast(expr)
    setting = _setting(expr)
    if setting == "server_version_num":
        return _Range(version * 10000, version * 10000 + 9999)
    if setting == "server_version":
        return _Range(version, version + 0.99)
    compared = expr.get("A_Expr", {})
    if compared.get("kind") == "AEXPR_OP" and operator(compared) == "/" and "lexpr" in compared:
        inner, by = _range(compared["lexpr"], version), _number(compared["rexpr"])
        return None if inner is None or not by else _Range(inner.least // by, inner.most // by)
    call = expr.get("FuncCall", {})
    arguments = call.get("args", ())
    name = call["funcname"][-1]["String"]["sval"] if call else ""
    if name == "split_part" and len(arguments) == 3 and _setting(arguments[0]) == "server_version":
        is_major = [constant(each) for each in arguments[1:]] == [".", "1"]
        return _Range(version, version) if is_major else None
    if name in {"floor", "trunc"} and len(arguments) == 1:
        inner = _range(arguments[0], version)
        return None if inner is None else _Range(inner.least // 1, inner.most // 1)
    return None


def _setting(expr: Json) -> str | None:
    """The name in `current_setting('…')`."""
    call = uncast(expr).get("FuncCall", {})
    if not call or call["funcname"][-1]["String"]["sval"] != "current_setting":
        return None
    return constant(call["args"][0]) if call.get("args") else None


# -- what is the same both times -------------------------------------------------------------------

_WALKED: Final = frozenset(
    {
        *("A_Const", "TypeCast", "A_Expr", "BoolExpr", "NullTest", "BooleanTest", "CoalesceExpr"),
        *("CaseExpr", "CaseWhen", "MinMaxExpr", "List", "A_ArrayExpr", "RowExpr", "A_Indirection"),
        *("A_Indices", "SubLink", "SelectStmt", "ResTarget", "FuncCall", "SQLValueFunction"),
        *("ColumnRef", "RangeVar", "JoinExpr", "RangeSubselect", "WithClause", "CommonTableExpr"),
        *("SortBy", "String", "TypeName", "A_Star", "Integer", "Float", "Boolean", "CollateClause"),
    }
)
#: Of the server, and of no object.
_OF_SERVER: Final = frozenset(
    {"pg_is_in_recovery", "version", "current_database", "current_setting"}
)
#: They look into the catalogs, for a name or an oid.
_OF_CATALOG: Final = (
    *("pg_", "has_", "to_reg", "obj_", "col_", "shobj_", "row_security"),
    *("query_to_", "table_to_", "schema_to_", "database_to_"),
)
_OTHERWISE: Final = frozenset(
    {"current_schema", "current_schemas", "format_type", "currval", "lastval", "nextval", "setval"}
)
_TIMES: Final = ("CURRENT_DATE", "CURRENT_TIME", "LOCALTIME", "CURRENT_SCHEMA")
#: Relations of the server: no statement of a migration changes them.
_SERVER_TABLES: Final = frozenset(
    {
        *("pg_available_extensions", "pg_available_extension_versions", "pg_settings", "pg_config"),
        *("pg_timezone_names", "pg_timezone_abbrevs"),
    }
)


class _Unsteady(Exception):
    """It may be another thing the next time."""


def tables_of(expr: Json) -> frozenset[Ref] | None:
    """The tables whose rows an expression depends on, and on nothing else that may change; `None`: it may be
    another thing the next time."""
    found: set[Ref] = set()
    try:
        for ref in _read(expr, inside=False, named=frozenset()):
            found.add(ref)
    except (_Unsteady, RecursionError):
        return None
    return frozenset(found)


def _read(tree: Any, *, inside: bool, named: frozenset[str]) -> Iterator[Ref]:
    """The tables; `inside` of a query, where columns are its sources', and `named` are those of WITH."""
    if tree.__class__ is list:
        for each in tree:
            yield from _read(each, inside=inside, named=named)
    elif tree.__class__ is dict:
        for kind, fields in tree.items():
            if kind[:1].isupper():
                yield from _node(kind, fields, inside, named)
            elif kind not in {"typeName", "funcname", "name", "alias"}:
                yield from _read(fields, inside=inside, named=named)


def _node(kind: str, fields: Any, inside: bool, named: frozenset[str]) -> Iterator[Ref]:
    if kind not in _WALKED:
        raise _Unsteady
    if kind == "FuncCall":
        _check(fields["funcname"])
    elif (
        kind == "SQLValueFunction" and fields["op"].removeprefix("SVFOP_").startswith(_TIMES)
    ) or (kind == "ColumnRef" and not inside):
        raise _Unsteady
    elif kind == "RangeVar":
        ref = _table(fields, named)
        if ref is not None:
            yield ref
        return
    elif kind == "SelectStmt":
        inside = inside or "fromClause" in fields
        ctes = fields.get("withClause", {}).get("ctes", ())
        named = named | {each["CommonTableExpr"]["ctename"] for each in ctes}
    yield from _read(fields, inside=inside, named=named)


def _check(names: list[Json]) -> None:
    name = [each["String"]["sval"] for each in names]
    if name[-1] in _OF_SERVER:
        return
    if name[-1].startswith(_OF_CATALOG) or name[-1] in _OTHERWISE:
        raise _Unsteady
    if functions.call(name) is not Call.PURE:
        raise _Unsteady


def _table(table: Json, named: frozenset[str]) -> Ref | None:
    schema, name = table.get("schemaname"), table["relname"]
    if schema is None and name in named:
        return None
    if schema in {None, "pg_catalog"} and name in _SERVER_TABLES:
        return None
    if schema in {"pg_catalog", "information_schema"} or name.startswith("pg_"):
        raise _Unsteady
    return Ref(Space.RELATION, name, schema)
