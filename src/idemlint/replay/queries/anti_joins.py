"""Queries that fill a table and leave out what it holds already: `WHERE NOT EXISTS`, `NOT IN`, EXCEPT, an
outer join that finds nothing."""

from __future__ import annotations

from collections import defaultdict
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

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
        elif kind == "SubLink" or not any(
            inner == "SubLink" and _reads(link, names) for inner, link in nodes_in(node)
        ):
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
