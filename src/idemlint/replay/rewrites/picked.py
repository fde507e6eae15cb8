"""The conditions of an UPDATE: those of its WHERE, and those of a subquery that picks rows of the table.

`WHERE id IN (SELECT id FROM t WHERE c IS NULL LIMIT 100)`: all rows that it changes are such rows, and once
no row is such a row it finds none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.records import NamedTuple
from idemlint.replay.queries.scope import field_names
from idemlint.source.tree import nodes_in

if TYPE_CHECKING:
    from collections.abc import Iterator

_NOTHING: Final[dict[str, Any]] = {}
#: What a query may not have whose rows are rows of its table, each for itself.
_SUMMED: Final = (
    "groupClause",
    "havingClause",
    "distinctClause",
    "withClause",
    "valuesLists",
    "larg",
)


class Rewriting(NamedTuple):
    """What an UPDATE does with a row: columns and their new values, its WHERE, FROM and WITH (all raw), and
    the names that the table goes by, its own one first."""

    sets: tuple[tuple[str, dict[str, Any]], ...]
    where: dict[str, Any] | None
    own: tuple[str, ...]
    sources: tuple[dict[str, Any], ...] = ()
    ctes: tuple[dict[str, Any], ...] = ()

    def __hash__(self) -> int:
        return hash(self.own)


#: What is said of an UPDATE that takes some of the rows that it finds.
LIMITED: Final = "LIMIT picks other rows each time"


class Rewritten(NamedTuple):
    """An UPDATE that is to be looked at again, on a catalog. `narrowed`: for some rows it does nothing since
    they are not found again, by what it sets itself; `limited`: it takes some of the rows that it finds.
    `settled`: its values are the same whatever it finds."""

    rewriting: Rewriting
    narrowed: bool = False
    limited: bool = False
    settled: bool = False


class Condition(NamedTuple):
    """A raw condition, and the names by which the row goes in it besides."""

    raw: dict[str, Any]
    names: tuple[str, ...] = ()


class Conditions(NamedTuple):
    """All conditions that a row meets; `limited`: not all rows that do are taken."""

    all: tuple[Condition, ...]
    limited: bool


class _Pick(NamedTuple):
    """Rows of the table: the columns that are given of them, by label, and the query."""

    columns: dict[str, str]
    query: dict[str, Any]
    names: tuple[str, ...]


def conjuncts(node: dict[str, Any] | None) -> Iterator[dict[str, Any]]:
    """The conditions that a raw one consists of."""
    waiting = [node] if node else []
    while waiting:
        each = waiting.pop()
        parts = each.get("BoolExpr", _NOTHING)
        if parts.get("boolop") == "AND_EXPR":
            waiting += reversed(parts["args"])
        else:
            yield each


def picked(of: Rewriting) -> Conditions:
    """Read the WHERE of an UPDATE."""
    found: list[Condition] = []
    limited = False
    sources = dict(_sources(of))
    for each in conjuncts(of.where):
        pick = _pick_of(each, of, sources)
        if pick is None:
            found.append(Condition(each))
            continue
        limited = limited or "limitCount" in pick.query
        inner = pick.query.get("whereClause")
        found += (Condition(part, pick.names) for part in conjuncts(inner))
    return Conditions(tuple(found), limited)


def _pick_of(node: dict[str, Any], of: Rewriting, sources: dict[str, _Pick]) -> _Pick | None:
    """The rows that a condition asks the row to be one of."""
    link = node.get("SubLink", _NOTHING)
    if link.get("subLinkType") == "ANY_SUBLINK" and "operName" not in link:
        return _from_query(link["subselect"], _own(link.get("testexpr", _NOTHING), of), of, sources)
    compared = node.get("A_Expr", _NOTHING)
    if compared.get("kind") != "AEXPR_OP" or _operator(compared) != "=":
        return None
    for one, other in (("lexpr", "rexpr"), ("rexpr", "lexpr")):
        mine = _own(compared.get(one, _NOTHING), of)
        given = compared.get(other, _NOTHING)
        if not mine:
            continue
        if given.get("SubLink", _NOTHING).get("subLinkType") == "EXPR_SUBLINK":
            return _from_query(given["SubLink"]["subselect"], mine, of, sources)
        for name, column in zip(mine, _references(given), strict=False):
            if len(column) == 2 and column[0] in sources:
                pick = sources[column[0]]
                if pick.columns.get(column[1]) == name:
                    return pick
    return None


def _operator(fields: dict[str, Any]) -> str:
    return str(fields["name"][-1]["String"].get("sval", ""))


def _references(node: dict[str, Any]) -> list[tuple[str, ...]]:
    """The columns that a reference, or a row of them, names."""
    if "RowExpr" in node:
        return [name for each in node["RowExpr"].get("args", ()) for name in _references(each)]
    reference = node.get("ColumnRef")
    return [field_names(reference["fields"])] if reference is not None else []


def _own(node: dict[str, Any], of: Rewriting) -> list[str]:
    """The columns of the row that it names, where it names nothing else."""
    found = _references(node)
    is_own = all(len(name) == 1 or (len(name) == 2 and name[0] in of.own) for name in found)
    return [name[-1] for name in found] if is_own else []


def _from_query(
    node: dict[str, Any], mine: list[str], of: Rewriting, sources: dict[str, _Pick]
) -> _Pick | None:
    query = node.get("SelectStmt", _NOTHING)
    pick = _rows_of(query, of)
    if pick is not None:
        labels = list(pick.columns.values())
        return pick if mine and labels == mine else None
    # `IN (SELECT id FROM batch)`, where `batch` is such a query.
    entries = query.get("fromClause", ())
    name = _entry_name(entries[0]) if len(entries) == 1 else ""
    given = sources.get(name)
    if given is None or "whereClause" in query or any(each in query for each in _SUMMED):
        return None
    columns = [
        _references(each["ResTarget"].get("val", _NOTHING)) for each in query.get("targetList", ())
    ]
    labels = [given.columns.get(each[0][-1], "") if each else "" for each in columns]
    return given if mine and labels == mine else None


def _rows_of(query: dict[str, Any], of: Rewriting) -> _Pick | None:
    """A query that gives columns of rows of the table as they are."""
    entries = query.get("fromClause", ())
    if len(entries) != 1 or any(each in query for each in _SUMMED):
        return None
    table = entries[0].get("RangeVar", _NOTHING)
    if table.get("relname") != of.own[0] or any(_is_cte(each, of.own[0]) for each in of.ctes):
        return None
    alias = table.get("alias", _NOTHING).get("aliasname", "")
    names = (alias,) if alias else (of.own[0],)
    columns: dict[str, str] = {}
    for each in query.get("targetList", ()):
        target = each["ResTarget"]
        reference = _references(target.get("val", _NOTHING))
        if len(reference) != 1 or reference[0][-1] == "*":
            return None
        columns[str(target.get("name", reference[0][-1]))] = reference[0][-1]
    outer = [name for name in of.own if name not in names]
    if any(_mentions(query.get("whereClause"), name) for name in outer):
        return None
    return _Pick(columns, query, names)


def _mentions(node: Any, name: str) -> bool:
    """Whether a name stands before a column's somewhere."""
    return any(
        kind == "ColumnRef" and name in field_names(inner["fields"])[:-1]
        for kind, inner in nodes_in(node)
    )


def _is_cte(node: dict[str, Any], name: str) -> bool:
    return bool(node.get("CommonTableExpr", _NOTHING).get("ctename") == name)


def _entry_name(entry: dict[str, Any]) -> str:
    [(_, fields)] = entry.items()
    return str(fields.get("alias", _NOTHING).get("aliasname") or fields.get("relname", ""))


def _sources(of: Rewriting) -> Iterator[tuple[str, _Pick]]:
    """Entries of FROM, and of WITH, that are rows of the table."""
    queries = {}
    for each in of.ctes:
        cte = each.get("CommonTableExpr", _NOTHING)
        query = cte.get("ctequery", _NOTHING).get("SelectStmt")
        pick = _rows_of(query, of) if query is not None else None
        if pick is not None:
            queries[cte["ctename"]] = pick
            yield cte["ctename"], pick
    for each in of.sources:
        name = _entry_name(each)
        within = each.get("RangeSubselect")
        query = within["subquery"].get("SelectStmt") if within is not None else None
        pick = _rows_of(query, of) if query is not None else None
        pick = pick or queries.get(each.get("RangeVar", _NOTHING).get("relname", ""))
        if pick is not None:
            yield name, pick
