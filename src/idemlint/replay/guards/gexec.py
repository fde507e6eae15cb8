"""What a query returns, run as SQL (`\\gexec`): a script's form of IF … THEN EXECUTE … END IF."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.plpgsql.constants import mentions
from idemlint.plpgsql.nodes import Block, Dynamic, If, Sql
from idemlint.plpgsql.sql import Unreadable, statements
from idemlint.source.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.plpgsql.nodes import Node

#: What a query may have that returns one row at most, whose columns are constants.
_PLAIN: Final = frozenset({"targetList", "whereClause", "limitOption", "op"})
_REASON: Final = "`\\gexec` runs what this query returns"


def results_of(query: Tree, text: bytes) -> Block:
    """What runs: constant columns, one after the other, where the query has a row. `text` is the query."""
    unknown = Dynamic(_REASON, mentions(text.decode("utf-8", "replace")), "%s")
    if not _PLAIN.issuperset(query.fields):
        return Block((unknown,))
    try:
        body = tuple(_executed(query))
    except Unreadable:
        return Block((unknown,))
    condition = query.whereClause
    return Block(body if condition is None else (If(condition, Block(body), Block(())),))


def _executed(query: Tree) -> Iterator[Node]:
    for target in query.targetList or ():
        value = target.val
        text = value.fields.get("sval", {}).get("sval") if value.kind == "A_Const" else None
        if text is None:
            raise Unreadable("it is no constant")
        for each in statements(text, 0):
            ((kind, fields),) = each.items()
            yield Sql(Tree(kind, fields), None, executed=True)
