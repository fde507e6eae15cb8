"""What an UPDATE reads besides the row: what of it may be otherwise when it runs again."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.records import NamedTuple
from idemlint.replay.queries.scope import field_names
from idemlint.replay.rewrites.picked import conjuncts
from idemlint.source.tree import nodes_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from idemlint.replay.rewrites.picked import Rewriting

_NOTHING: Final[dict[str, Any]] = {}


class Unstable(NamedTuple):
    """What is not as it was in a second run: `others` are names in FROM whose rows are others by then,
    `copies` those that are the table itself."""

    others: frozenset[str] = frozenset()
    copies: frozenset[str] = frozenset()


def unstable_names(of: Rewriting) -> Unstable:
    """What an UPDATE reads besides the row that may be otherwise when it runs again."""
    written = {name for name, _ in of.sets}
    changing = {of.own[0]}
    for each in of.ctes:
        if _gives_others(each["CommonTableExpr"]["ctequery"], changing, written):
            changing.add(str(each["CommonTableExpr"]["ctename"]))
    others: set[str] = set()
    copies: set[str] = set()
    for kind, fields in entries(of.sources):
        name = entry_name(fields)
        if kind != "RangeVar":
            query = fields.get("subquery", fields)
            if _gives_others(query, changing, written):
                others.add(name)
        elif fields["relname"] == of.own[0]:
            copies.add(name)
        elif fields["relname"] in changing:
            others.add(name)
    for each in conjuncts(of.where):
        names, _ = mentioned(each)
        if any(name[-1] in written and (len(name) == 1 or name[0] in of.own) for name in names):
            others |= {name[0] for name in names if len(name) > 1 and name[0] not in of.own}
    return Unstable(frozenset(others - copies), frozenset(copies))


def _gives_others(node: dict[str, Any], changing: set[str], written: set[str]) -> bool:
    """Whether the rows that a query gives are others once columns of the table are written: not those that
    are only found by these, and still are or no more."""
    query = node.get("SelectStmt") or node.get("InsertStmt", _NOTHING).get("selectStmt", _NOTHING)
    query = query.get("SelectStmt", query)
    # A column that has a value by then makes rows found that were not.
    finds_more = any(
        kind == "NullTest"
        and fields.get("nulltesttype") == "IS_NOT_NULL"
        and any(name[-1] in written for name in mentioned(fields)[0])
        for kind, fields in nodes_in(query)
    )
    if "targetList" not in query or "limitCount" in query or finds_more:
        return is_changing(node, changing, written)
    asked = {
        name: query[name] for name in query.keys() - {"fromClause", "whereClause", "withClause"}
    }
    names, _ = mentioned(asked)
    _, relations = mentioned(node)
    if changing.isdisjoint(relations):
        return False
    within = [
        fields["subquery"]
        for kind, fields in entries(query.get("fromClause", ()))
        if "subquery" in fields
    ]
    return any(name[-1] in {*written, "*"} for name in names) or any(
        _gives_others(each, changing, written) for each in within
    )


def is_changing(node: dict[str, Any], changing: set[str], written: set[str]) -> bool:
    """Whether a query gives something else once columns of the table are written."""
    names, relations = mentioned(node)
    return not changing.isdisjoint(relations) and any(name[-1] in {*written, "*"} for name in names)


def entry_name(fields: dict[str, Any]) -> str:
    """What an entry of FROM is called."""
    return str(fields.get("alias", _NOTHING).get("aliasname") or fields.get("relname", ""))


def entries(sources: Sequence[dict[str, Any]]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The entries of FROM, those in joins as well."""
    waiting = list(sources)
    while waiting:
        [(kind, fields)] = waiting.pop().items()
        if kind == "JoinExpr":
            waiting += (fields["larg"], fields["rarg"])
        else:
            yield kind, fields


def mentioned(node: Any) -> tuple[list[tuple[str, ...]], set[str]]:
    """The columns and the relations that stand in a raw tree."""
    names: list[tuple[str, ...]] = []
    relations: set[str] = set()
    for kind, inner in nodes_in(node):
        if kind == "ColumnRef":
            names.append(field_names(inner["fields"]))
        elif kind == "RangeVar":
            relations.add(inner["relname"])
    return names, relations


def counts(node: dict[str, Any]) -> bool:
    """Whether it adds something, or takes it away."""
    return any(
        kind == "A_Expr" and each["name"][-1]["String"].get("sval") in {"+", "-"}
        for kind, each in nodes_in(node)
    )


def calls_in(node: Any) -> Iterator[tuple[str, ...]]:
    """The names of the functions that are called in a raw tree."""
    for kind, inner in nodes_in(node):
        if kind == "FuncCall":
            yield field_names(inner["funcname"])
