"""Raw expressions in a form in which those that PostgreSQL takes for the same are the same.

Two texts of one expression differ in their places, in parentheses, in how columns are qualified, and in the
casts that pg_dump writes. What is left is compared in three values: two different forms may still be one
after PostgreSQL has simplified both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres.functions import Call, call
from idemlint.records import NamedTuple
from idemlint.replay.effects.queries import constant, walk
from idemlint.source.tree import Tree, wrap

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

#: What is nested deeper is not compared: Python's stack ends.
_DEEPEST: Final = 40
#: Fields that say where a node stands, or how it was written.
_SKIPPED: Final = frozenset({"location", "rexpr_list_start", "rexpr_list_end", "funcformat"})


class Shape(NamedTuple):
    """An expression: `form` with casts, `bare` without; `None` where it is nested too deep.

    `columns` and the names of its `functions` are those that occur anywhere in it.
    """

    form: Hashable
    bare: Hashable
    columns: frozenset[str]
    functions: frozenset[str]
    builtin: bool


def shape(node: Tree, renamed: Mapping[str, str]) -> Shape:
    """The shape of an expression, whose columns go by other names now where `renamed` says so."""
    value = {node.kind: node.fields}
    found = walk(value)
    columns = frozenset(renamed.get(each[-1], each[-1]) for each in found.columns)
    functions = frozenset(name[-1] for name, _ in found.functions)
    builtin = all(call(name) is not Call.UNKNOWN for name, _ in found.functions)
    reader = _Reader(renamed)
    try:
        form = reader.read(value, 0, casts=True)
        bare = reader.read(value, 0, casts=False)
    except _TooDeepError:
        form = bare = None
    return Shape(form, bare, columns, functions, builtin)


def same(one: Shape, two: Shape) -> bool | None:
    """Whether two expressions are one to PostgreSQL (`equal`, src/backend/nodes/equalfuncs.c)."""
    if one.form is None or two.form is None:
        return None
    if one.form == two.form:
        return True
    if one.columns != two.columns:
        return False
    if one.builtin and two.builtin and one.functions != two.functions:
        return False
    return None


class _TooDeepError(Exception):
    pass


class _Reader:
    def __init__(self, renamed: Mapping[str, str]) -> None:
        self._renamed = renamed

    def read(self, value: Any, depth: int, *, casts: bool) -> Hashable:
        """A raw value as nested tuples."""
        if depth > _DEEPEST:
            raise _TooDeepError
        if isinstance(value, list):
            return tuple([self.read(each, depth + 1, casts=casts) for each in value])
        if not isinstance(value, dict):
            hashable: Hashable = value
            return hashable
        if len(value) == 1:
            [(kind, fields)] = value.items()
            special = self._node(kind, fields, depth, casts=casts)
            if special is not None:
                return special
        return tuple(
            [
                (name, self.read(each, depth + 1, casts=casts))
                for name, each in sorted(value.items())
                if name not in _SKIPPED
            ]
        )

    def _node(self, kind: str, fields: Any, depth: int, *, casts: bool) -> Hashable | None:
        if kind in {"A_Const", "TypeCast"}:
            text = constant(wrap({kind: fields}))
            if text is not None:
                return ("constant", text)
            if kind == "TypeCast" and not casts:
                return self.read(fields["arg"], depth + 1, casts=casts)
        elif kind == "ColumnRef":
            name = fields["fields"][-1].get("String", {}).get("sval", "*")
            return ("column", self._renamed.get(name, name))
        elif kind == "FuncCall":
            name = [each.get("String", {}).get("sval", "") for each in fields["funcname"]]
            if name[0] == "pg_catalog":
                rest = {**fields, "funcname": fields["funcname"][1:]}
                return self.read({"": rest}, depth + 1, casts=casts)
        return None
