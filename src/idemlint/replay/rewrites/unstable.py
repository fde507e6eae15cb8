"""What an UPDATE reads besides the row: what of it may be otherwise when it runs again."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from idemlint.records import NamedTuple
from idemlint.replay.queries.scope import field_names
from idemlint.replay.rewrites.picked import conjuncts
from idemlint.source.tree import nodes_in, shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from collections.abc import Set as AbstractSet

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
        names = mentions_in(each).names
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
        and any(name[-1] in written for name in NodeMentions(fields).names)
        for kind, fields in nodes_in(query)
    )
    if "targetList" not in query or "limitCount" in query or finds_more:
        return mentions_in(node).is_changing(changing, written)
    asked = {
        name: query[name] for name in query.keys() - {"fromClause", "whereClause", "withClause"}
    }
    if changing.isdisjoint(mentions_in(node).relations):
        return False
    names = NodeMentions(asked).names
    within = [
        fields["subquery"]
        for kind, fields in entries(query.get("fromClause", ()))
        if "subquery" in fields
    ]
    return any(name[-1] in {*written, "*"} for name in names) or any(
        _gives_others(each, changing, written) for each in within
    )


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


class NodeMentions:
    """What stands in a raw tree: columns, relations, functions that are called; whether it `counts` (adds
    something, or takes it away), and its `text` without places."""

    def __init__(self, node: Any) -> None:
        self.node = node
        self.names: list[tuple[str, ...]] = []
        self.relations: set[str] = set()
        self.calls: list[tuple[str, ...]] = []
        self.counts = False
        for kind, inner in nodes_in(node):
            if kind == "ColumnRef":
                self.names.append(field_names(inner["fields"]))
            elif kind == "RangeVar":
                self.relations.add(inner["relname"])
            elif kind == "FuncCall":
                self.calls.append(field_names(inner["funcname"]))
            elif kind == "A_Expr":
                self.counts |= inner["name"][-1]["String"].get("sval") in {"+", "-"}

    @cached_property
    def text(self) -> str:
        """The same for what says the same."""
        return shape(self.node)

    def is_changing(self, changing: set[str], written: AbstractSet[str]) -> bool:
        """Whether a query gives something else once columns of the table are written."""
        return not changing.isdisjoint(self.relations) and any(
            name[-1] in written or name[-1] == "*" for name in self.names
        )


def mentions_in(node: Any) -> NodeMentions:
    """What stands in a raw tree. The same ones are asked on each way through an UPDATE, in each rerun."""
    known = _KNOWN.get(id(node))
    if known is None or known.node is not node:
        if len(_KNOWN) >= _MOST_KNOWN:
            _KNOWN.clear()
        known = _KNOWN[id(node)] = NodeMentions(node)
    return known


_KNOWN: Final[dict[int, NodeMentions]] = {}
_MOST_KNOWN: Final = 500
