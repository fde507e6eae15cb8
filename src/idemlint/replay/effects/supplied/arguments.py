"""The arguments of a call, by place or by name (`if_not_exists => true`)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from idemlint.replay.catalog.refs import relation
from idemlint.replay.effects.fixpoint import pinned
from idemlint.replay.effects.queries import constant
from idemlint.source.tree import wrap

if TYPE_CHECKING:
    from idemlint.postgres.kinds import Ref
    from idemlint.source.tree import Tree

_YES = frozenset({"true", "t", "1", "on", "yes"})


class Arguments:
    """What a `FuncCall` (raw) hands over; `schema` is the one that the routine is called with."""

    def __init__(self, fields: dict[str, Any], schema: str = "") -> None:
        self.schema = schema
        self._placed: list[dict[str, Any]] = []
        self._named: dict[str, dict[str, Any]] = {}
        for each in fields.get("args", ()):
            named = each.get("NamedArgExpr")
            if named is None:
                self._placed.append(each)
            else:
                self._named[named["name"]] = named["arg"]

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._placed) + len(self._named)

    def has(self, place: int, name: str) -> bool:
        """Whether one is given, and is not the word NULL."""
        node = self._node(place, name)
        return node is not None and not node.get("A_Const", {}).get("isnull")

    def text(self, place: int, name: str) -> str | None:
        """One that is a literal; `None`: it is not given, or computed."""
        node = self._node(place, name)
        return constant(wrap(node)) if node is not None else None

    def number(self, place: int, name: str) -> str | None:
        """One that is a number, as text."""
        node = self._node(place, name)
        tree: Tree | None = wrap(node) if node is not None else None
        while tree is not None and tree.kind in {"TypeCast", "A_Expr"}:
            tree = tree.arg if tree.kind == "TypeCast" else tree.rexpr
        is_number = tree is not None and tree.kind == "A_Const" and "ival" in tree.fields
        return self.text(place, name) if is_number else None

    def flag(self, place: int, name: str, *, default: bool = False) -> bool | None:
        """A boolean; `None`: it is computed."""
        if self._node(place, name) is None:
            return default
        text = self.text(place, name)
        return None if text is None else text.lower() in _YES

    def table(self, place: int, name: str) -> Ref | None:
        """A table that is named by a literal, as `regclass` reads it."""
        from idemlint.replay.guards.registered import registered

        text = self.text(place, name)
        return registered(text, "regclass") if text else None

    def looked_up(self, place: int, name: str, table: Ref) -> frozenset[tuple[str, str]] | None:
        """The row of a table that one is looked up in: `(SELECT jobid FROM cron.job WHERE jobname = 'a')`."""
        query = (self._node(place, name) or {}).get("SubLink", {}).get("subselect", {})
        fields = query.get("SelectStmt", {})
        sources, where = fields.get("fromClause", ()), fields.get("whereClause")
        if len(sources) != 1 or "RangeVar" not in sources[0] or where is None:
            return None
        rows = pinned(wrap(where)).rows() if relation(wrap(sources[0])) == table else ()
        return rows[0] if len(rows) == 1 else None

    def _node(self, place: int, name: str) -> dict[str, Any] | None:
        named = self._named.get(name)
        if named is not None:
            return named
        return self._placed[place] if 0 <= place < len(self._placed) else None
