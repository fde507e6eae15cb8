"""A thin view on the parse tree that libpg_query gives as JSON.

Attribute names are PostgreSQL's own field names (`parsenodes.h`): `stmt.relation.relname`. What is
absent from the JSON (a NULL pointer, a false flag, an empty list) is `None`.
"""

from __future__ import annotations

import gc
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

_NO_FIELDS: Final[dict[str, Any]] = {}


class Tree:
    """One node: its fields, and its `kind` (`CreateStmt`; empty where the field's type says it).

    Nodes are wrapped when they are asked for, so an untouched branch costs nothing.
    """

    __slots__ = ("fields", "kind")

    kind: str
    fields: dict[str, Any]

    def __init__(self, kind: str, fields: dict[str, Any]) -> None:
        self.kind = kind
        self.fields = fields

    def __getattr__(self, name: str) -> Any:
        return _field(name, self)

    def __repr__(self) -> str:
        return f"Tree({self.kind!r}, {self.fields!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tree) and (self.kind, self.fields) == (other.kind, other.fields)

    def __hash__(self) -> int:
        return hash(self.kind)


def _field(name: str, tree: Tree) -> Any:
    value = tree.fields.get(name)
    if value.__class__ is dict:
        return wrap(value)
    if value.__class__ is list:
        return tuple([wrap(item) if item.__class__ is dict else item for item in value])
    return value


# Python looks for an attribute in vain, and makes an error that says so, before it calls `__getattr__`: what
# is asked for most is there as well.
for _name in (
    "alias",
    "aliasname",
    "arg",
    "args",
    "argType",
    "behavior",
    "chain",
    "cmds",
    "cols",
    "columns",
    "concurrent",
    "conname",
    "contype",
    "def",
    "defexpr",
    "defname",
    "events",
    "fk_attrs",
    "fromClause",
    "funcname",
    "gid",
    "if_not_exists",
    "indexIncludingParams",
    "indexname",
    "indexParams",
    "indirection",
    "inhRelations",
    "is_procedure",
    "isconstraint",
    "items",
    "keys",
    "lexpr",
    "mode",
    "name",
    "names",
    "newVal",
    "objects",
    "objtype",
    "oldVal",
    "onConflictClause",
    "op",
    "options",
    "parameters",
    "pk_attrs",
    "pktable",
    "raw_default",
    "relation",
    "removeType",
    "renameType",
    "replace",
    "returnType",
    "rexpr",
    "savepoint_name",
    "selectStmt",
    "sequence",
    "setof",
    "skipIfNewValExists",
    "subtype",
    "tableElts",
    "targetList",
    "timing",
    "trigname",
    "typeName",
    "val",
    "vals",
    "where_clause",
    "whereClause",
):
    setattr(Tree, _name, property(partial(_field, _name)))


def wrap(value: dict[str, Any]) -> Tree:
    """View a JSON object as a `Tree`.

    `{"String": {"sval": "a"}}` is a `String`, `{"relname": "t"}` is nameless.
    """
    if len(value) == 1:
        for kind, fields in value.items():
            if kind < "a":  # upper case: a node's name
                return Tree(kind, fields if fields.__class__ is dict else _NO_FIELDS)
    return Tree("", value)


class _Unfolded(Tree):
    """A tree that was made of its JSON, and can be made once more."""

    __slots__ = ("json",)

    json: bytes


def unfolded(kept: Tree | bytes) -> Tree:
    """The tree, where only its JSON was kept."""
    if isinstance(kept, bytes):
        [(kind, fields)] = orjson.loads(kept).items()
        tree = _Unfolded(kind, fields)
        tree.json = kept
        return tree
    return kept


def folded(tree: Tree) -> Tree | bytes:
    """What to keep of a statement's tree: its JSON, where that is all that the statement keeps."""
    return tree.json if isinstance(tree, _Unfolded) else tree


def strings(nodes: tuple[Tree, ...] | None) -> list[str]:
    """The values of a list of `String` nodes, such as a qualified name; `A_Star` gives `*`."""
    return [node.fields.get("sval", "*") for node in nodes] if nodes else []


#: Where something stands, which two statements that say the same do not share.
_PLACES: Final = frozenset({"location", "arg_location", "list_start", "list_end", "stmt_len"})


#: What raw trees are made of, besides texts and numbers: most values are none of these.
NESTED: Final[frozenset[Any]] = frozenset({dict, list})


def _objects(root: object) -> Iterator[dict[str, Any]]:
    """All JSON objects of a raw tree, at any depth; it may be deeper than Python's stack."""
    waiting = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            yield value
            waiting += [each for each in value.values() if each.__class__ in NESTED]


def nodes_in(root: object) -> Iterator[tuple[str, Any]]:
    """The fields of all nodes of a raw tree, by name, at any depth."""
    for each in _objects(root):
        yield from each.items()


def holds(root: object, kinds: AbstractSet[str]) -> bool:
    """Whether a node or a field of one of these names stands anywhere in a raw tree."""
    return not all(kinds.isdisjoint(each) for each in _objects(root))


def shape(root: object) -> str:
    """A piece of JSON as one text without places: the same for what says the same. It may be deeper than
    Python's stack."""
    words: list[str] = []
    waiting = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            words.append("{")
            waiting.append("}")
            for key in sorted(value.keys() - _PLACES, reverse=True):
                waiting += (value[key], key)
        elif isinstance(value, list):
            words.append("[")
            waiting.append("]")
            waiting += reversed(value)
        else:
            words.append(str(value))
    return " ".join(words)


@contextmanager
def no_garbage() -> Iterator[None]:
    """The trees are large and free of cycles: collecting garbage meanwhile only costs time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
