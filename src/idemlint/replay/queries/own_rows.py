"""What a statement asks of the rows of the table that it fills or empties: whether the first run has changed
the answer.

An INSERT may leave out what is there already (`WHERE NOT EXISTS`, `NOT IN`, EXCEPT, an outer join that finds
nothing). A DELETE may find rows by what is said of others, of which it leaves fewer.
"""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres import functions
from idemlint.source.tree import nodes_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NOTHING: Final[dict[str, Any]] = {}
_NONE: Final = {"ival": -1}
#: The sides of an outer join that may find nothing.
_NULLABLE: Final = {
    "JOIN_LEFT": ("rarg",),
    "JOIN_RIGHT": ("larg",),
    "JOIN_FULL": ("larg", "rarg"),
}


def leaves_out(statement: dict[str, Any], table: str) -> bool | None:
    """Whether the query of an INSERT (its raw fields) gives no row that the `table` has from it already;
    `None`: how it comes out what it asks the table cannot be told.

    That it reads the table is not enough: `INSERT INTO t SELECT … FROM t WHERE a = 1` gives the same again.
    """
    names = _names_of(statement, table)
    select = statement.get("selectStmt", _NOTHING).get("SelectStmt", _NOTHING)
    arms = list(_arms(select))
    parts = [statement] if len(arms) < 2 else arms
    answers = {_answer(each, names) for each in parts}
    if False in answers:
        return False
    return None if None in answers else True


def _arms(select: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What UNION joins, each of which gives rows of its own."""
    waiting = [select]
    while waiting:
        each = waiting.pop()
        if each.get("op") == "SETOP_UNION":
            waiting += (each["rarg"], each["larg"])
        else:
            yield each


def _answer(part: dict[str, Any], names: frozenset[str]) -> bool | None:
    answers: list[bool | None] = []
    for kind, fields in chain([("SelectStmt", part)], nodes_in(part)):
        if kind == "SelectStmt":
            if fields.get("op") == "SETOP_EXCEPT":
                answers.append(_reads(fields["rarg"], names))
            answers += _of_select(fields, names)
        elif kind == "JoinExpr" and "quals" in fields:
            answers += _asked(fields["quals"], names, frozenset())
    if True in answers:
        return True
    return None if None in answers else False


def _names_of(statement: dict[str, Any], table: str) -> frozenset[str]:
    """The table, and what WITH clauses make of it."""
    readers: dict[str, list[str]] = defaultdict(list)
    for kind, fields in nodes_in(statement):
        if kind == "CommonTableExpr":
            for name in _relations(fields["ctequery"]):
                readers[name].append(fields["ctename"])
    found, waiting = {table}, [table]
    while waiting:
        for name in readers.get(waiting.pop(), ()):
            if name not in found:
                found.add(name)
                waiting.append(name)
    return frozenset(found)


def _relations(node: object) -> Iterator[str]:
    return (fields["relname"] for kind, fields in nodes_in(node) if kind == "RangeVar")


def _reads(node: object, names: frozenset[str]) -> bool:
    return any(name in names for name in _relations(node))


def _of_select(fields: dict[str, Any], names: frozenset[str]) -> list[bool | None]:
    """The answers of a query's WHERE and HAVING."""
    missing, found = _sides(fields.get("fromClause", ()), names)
    answers: list[bool | None] = []
    for clause in ("whereClause", "havingClause"):
        if clause in fields:
            answers += _asked(fields[clause], names, missing)
    if found and missing:
        # Of rows of the table itself, those without another: whether that finds the new ones is not told.
        return [None if answer else answer for answer in answers]
    return answers


def _sides(sources: Iterable[dict[str, Any]], names: frozenset[str]) -> tuple[frozenset[str], bool]:
    """The names that the table has on the sides of outer joins that may find nothing; and whether it stands
    elsewhere, too."""
    missing: set[str] = set()
    found = False
    waiting = [(each, False) for each in sources]
    while waiting:
        node, nullable = waiting.pop()
        [(kind, fields)] = node.items()
        if kind == "JoinExpr":
            sides = _NULLABLE.get(fields["jointype"], ())
            waiting += [(fields[side], nullable or side in sides) for side in ("larg", "rarg")]
        elif _reads(node, names):
            if nullable:
                missing.add(
                    fields.get("alias", _NOTHING).get("aliasname") or fields.get("relname", "")
                )
            else:
                found = True
    return frozenset(missing), found


def _asked(
    condition: dict[str, Any], names: frozenset[str], missing: frozenset[str]
) -> Iterator[bool | None]:
    """What a condition asks the table: `True`, where the row has to be missing from it; `False`, there."""
    waiting = [(condition, True, True)]
    while waiting:
        node, wanted, sure = waiting.pop()
        [(kind, fields)] = node.items()
        if kind == "BoolExpr":
            negates = fields["boolop"] == "NOT_EXPR"
            whole = negates or (fields["boolop"] == "AND_EXPR") is wanted
            waiting += [(each, wanted is not negates, sure and whole) for each in fields["args"]]
            continue
        absent: bool | None = None
        if kind == "SubLink" and _reads(fields["subselect"], names):
            if fields["subLinkType"] in _FINDS:
                absent = not wanted
            elif fields["subLinkType"] == "ALL_SUBLINK" and _name(fields, "operName") == "<>":
                absent = wanted
        elif kind == "A_Expr" and _is_count(fields, names):
            none = fields["rexpr"].get("A_Const", _NOTHING).get("ival", _NONE)
            of_none = _name(fields, "name") == "=" and not none.get("ival")
            absent = wanted if of_none else None
        elif kind == "NullTest" and _is_of(fields["arg"], missing):
            absent = (fields["nulltesttype"] == "IS_NULL") is wanted
        elif not _reads(node, names):
            continue
        yield None if absent and not sure else absent


_FINDS: Final = frozenset({"EXISTS_SUBLINK", "ANY_SUBLINK"})


def _is_count(fields: dict[str, Any], names: frozenset[str]) -> bool:
    """`(SELECT count(*) FROM t …) = …`."""
    link = fields.get("lexpr", _NOTHING).get("SubLink", _NOTHING)
    query = link.get("subselect", _NOTHING).get("SelectStmt", _NOTHING)
    calls = [
        each["ResTarget"]["val"].get("FuncCall", _NOTHING) for each in query.get("targetList", ())
    ]
    is_count = [_name(each, "funcname") for each in calls] == ["count"]
    return is_count and "groupClause" not in query and _reads(query, names)


def _name(fields: dict[str, Any], key: str) -> str:
    names = fields.get(key, ())
    return str(names[-1]["String"].get("sval", "")) if names else ""


def _is_of(node: dict[str, Any], missing: frozenset[str]) -> bool:
    """Whether an expression is a column of one of these, as far as its name says."""
    parts = node.get("ColumnRef", _NOTHING).get("fields", ())
    if not missing or not parts:
        return False
    return len(parts) == 1 or parts[-2].get("String", _NOTHING).get("sval") in missing


# -- DELETE ------------------------------------------------------------------------------------------------


def finds_others(statement: dict[str, Any], table: str) -> bool | None:
    """Whether a DELETE (its raw fields) finds other rows each time, as long as there are any: `True`, where
    it takes the first or the last ones; `None`, where it cannot be told.

    With fewer rows EXISTS, IN and joins find no more than before; NOT EXISTS and NOT IN may. A row that is
    neither the greatest nor one of a hundred that are kept is neither of them by then.
    """
    if not any(_relations(statement)):
        return False  # like most: it asks for nothing but the row
    names = _names_of(statement, table)
    ctes = dict(_with(statement))
    kept = _is_past_first(statement)
    answers: set[bool | None] = set()
    for entry in statement.get("usingClause", ()):
        query = entry.get("RangeSubselect", _NOTHING).get("subquery", _NOTHING)
        if _reads(entry, names):
            given = ctes.get(entry.get("RangeVar", _NOTHING).get("relname", ""), query)
            answers |= _of_rows(given.get("SelectStmt", _NOTHING), ctes, kept, wanted=True)
    waiting = [(statement.get("whereClause"), True)]
    while waiting:
        node, wanted = waiting.pop()
        if node is None or not _reads(node, names):
            continue
        [(kind, fields)] = node.items()
        if kind == "BoolExpr":
            flips = fields["boolop"] == "NOT_EXPR"
            waiting += [(each, wanted is not flips) for each in fields["args"]]
        elif kind == "SubLink" and fields["subLinkType"] in {*_FINDS, "ALL_SUBLINK"}:
            is_all = fields["subLinkType"] == "ALL_SUBLINK"
            if is_all and _name(fields, "operName") != "<>":
                answers.add(None)
            else:
                query = fields["subselect"]["SelectStmt"]
                answers |= _of_rows(query, ctes, kept, wanted=wanted is not is_all)
        elif kind == "A_Expr" and fields.get("kind") == "AEXPR_OP":
            answers.add(_of_extreme(fields, wanted))
        else:
            answers.add(None)
    return True if True in answers else None if None in answers else False


def _with(statement: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for kind, fields in nodes_in(statement.get("withClause")):
        if kind == "CommonTableExpr":
            yield fields["ctename"], fields["ctequery"]


def _of_rows(
    query: dict[str, Any], ctes: dict[str, dict[str, Any]], kept: bool, *, wanted: bool
) -> set[bool | None]:
    """`IN (query)`, `EXISTS (query)`, or, not `wanted`, the contrary. The first of rows that are numbered are
    `kept`."""
    answers = {_of_query(query, kept, wanted)}
    seen: set[str] = set()
    waiting = list(_relations(query))
    while waiting:
        name = waiting.pop()
        if name in ctes and name not in seen:
            seen.add(name)
            waiting += _relations(ctes[name])
            answers.add(_of_query(ctes[name].get("SelectStmt", _NOTHING), kept, wanted))
    return answers


def _of_query(query: dict[str, Any], kept: bool, wanted: bool) -> bool | None:
    limits, skips = "limitCount" in query, "limitOffset" in query
    if wanted and (limits or skips):
        # The first hundred are others by then; what comes behind them is gone.
        return limits and not skips
    if limits or skips:
        return None if skips else False
    if any(kind == "FuncCall" and "over" in fields for kind, fields in nodes_in(query)):
        return False if wanted and kept else None
    if any("limitCount" in fields for kind, fields in nodes_in(query) if kind == "SelectStmt"):
        return True if wanted else None
    groups = "groupClause" in query or "distinctClause" in query
    if groups or "havingClause" in query or _aggregate(query) in functions.aggregates():
        if _aggregate(query) in _EXTREMES and "havingClause" not in query:
            # One of each group goes each time, or is kept: `NOT IN (SELECT min(id) … GROUP BY a)`.
            return wanted
        return False if wanted and groups else None  # groups go whole
    return False if wanted else None


_EXTREMES: Final = frozenset({"min", "max"})


def _aggregate(query: dict[str, Any]) -> str:
    """The only function that a query gives the value of."""
    targets = query.get("targetList", ())
    value = targets[0]["ResTarget"]["val"] if len(targets) == 1 else _NOTHING
    return _name(value.get("FuncCall", _NOTHING), "funcname")


def _is_past_first(statement: dict[str, Any]) -> bool:
    """`WHERE n > 1`, of rows that are numbered in a query."""
    return any(
        kind == "A_Expr"
        and _name(fields, "name") in {">", ">="}
        and "ColumnRef" in fields.get("lexpr", _NOTHING)
        and "A_Const" in fields["rexpr"]
        for kind, fields in nodes_in(statement)
    )


def _of_extreme(fields: dict[str, Any], wanted: bool) -> bool | None:
    """`a = (SELECT max(a) …)` takes the last one each time, `a < (SELECT max(a) …)` leaves it."""
    link = fields["rexpr"].get("SubLink", _NOTHING)
    query = link.get("subselect", _NOTHING).get("SelectStmt", _NOTHING)
    extreme = _aggregate(query)
    if extreme not in _EXTREMES or "ColumnRef" not in fields.get("lexpr", _NOTHING) or not wanted:
        return None
    operator = _name(fields, "name")
    if operator in {"<>", "<" if extreme == "max" else ">"}:
        return False
    return True if operator == "=" else None
