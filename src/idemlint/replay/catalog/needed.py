"""What the parts of a CREATE TABLE need by name: it is looked for when something of that name is dropped."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres.kinds import Space
from idemlint.replay.catalog.datatype import BUILTIN, PERCENT_TYPE, raw_type_name
from idemlint.replay.catalog.definition import Need
from idemlint.source.tree import nodes_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from idemlint.replay.catalog.column import Column
    from idemlint.replay.catalog.constraint import Constraint

#: Functions whose first argument names a sequence.
_OF_SEQUENCES: Final = frozenset({"nextval", "currval", "setval"})
#: Expressions that read nothing of the database.
NEEDS_NOTHING: Final = frozenset({"A_Const", "SQLValueFunction"})


def column_needs(columns: Iterable[Column]) -> Iterator[Need]:
    """Types and collations of columns, what their expressions mention; a DEFAULT goes without its column."""
    for each in columns:
        yield from type_needs(each.type, Space.COLUMN, each.name)
        if each.collation:
            yield Need(Space.COLLATION, each.collation, None, Space.COLUMN, each.name)
        if each.computed is not None:
            raw = {each.computed.kind: each.computed.fields}
            for need in expression_needs(raw, Space.COLUMN, each.name):
                yield need._replace(by_computing=True)
        default = each.default
        if default is not None and default.kind not in NEEDS_NOTHING:
            for need in expression_needs({default.kind: default.fields}, Space.COLUMN, each.name):
                yield need._replace(by_default=True)


def check_needs(constraints: Iterable[Constraint]) -> Iterator[Need]:
    """What the expressions of CHECKs mention."""
    for each in constraints:
        if each.contype == "CONSTR_CHECK" and each.tree is not None:
            raw = each.tree.fields.get("raw_expr")
            yield from expression_needs(raw, Space.CONSTRAINT, each.name)


def whole_needs(fields: dict[str, Any]) -> Iterator[Need]:
    """What a raw CREATE TABLE needs that is no part's: the type it is OF, what its partition key calls."""
    if "ofTypename" in fields:
        yield from type_needs(raw_type_name(fields["ofTypename"]), Space.RELATION, "")
    for part in fields.get("partspec", {}).get("partParams", ()):
        yield from expression_needs(part["PartitionElem"].get("expr"), Space.RELATION, "")


def type_needs(text: str, by_space: Space, by: str) -> Iterator[Need]:
    """A type, unless it is built in."""
    name = text.rstrip("[]")
    if name and name not in BUILTIN and not name.endswith(PERCENT_TYPE):
        schema, _, bare = name.rpartition(".")
        yield Need(Space.TYPE, bare, schema or None, by_space, by)


def expression_needs(root: object, by_space: Space, by: str) -> Iterator[Need]:
    """What a raw expression cannot do without; it may be deeper than Python's stack."""
    for space, path in needed_by(root):
        yield Need(space, path[-1], path[-2] if len(path) > 1 else None, by_space, by)


def needed_by(root: object) -> Iterator[tuple[Space, list[str]]]:
    """Routines, relations, types, collations, operators of a raw expression, by their dotted names."""
    for kind, inner in nodes_in(root):
        if kind in _NODES and isinstance(inner, dict):
            yield from _NODES[kind](inner)


def _call(call: dict[str, Any]) -> Iterator[tuple[Space, list[str]]]:
    names = _dotted(call["funcname"])
    yield Space.ROUTINE, names
    arguments = call.get("args", [])
    if names[-1] in _OF_SEQUENCES and arguments:
        text = _literal(arguments[0])
        if text is not None:
            yield Space.RELATION, _folded(text)
    elif names[-1].endswith(("tsvector", "tsquery")) and len(arguments) > 1:
        yield from _configuration(arguments[0])


def _cast(cast: dict[str, Any]) -> Iterator[tuple[Space, list[str]]]:
    name = raw_type_name(cast["typeName"]).rstrip("[]")
    if name == "regconfig":
        yield from _configuration(cast["arg"])
    elif name and name not in BUILTIN:
        yield Space.TYPE, name.split(".")


def _configuration(value: dict[str, Any]) -> Iterator[tuple[Space, list[str]]]:
    text = value.get("A_Const", {}).get("sval")
    if text is not None:
        yield Space.TS_CONFIGURATION, _folded(str(text.get("sval", "")))


def _operator(operation: dict[str, Any]) -> Iterator[tuple[Space, list[str]]]:
    names = operation.get("name")
    if names:
        yield Space.OPERATOR, _dotted(names)


def _collation(clause: dict[str, Any]) -> Iterator[tuple[Space, list[str]]]:
    yield Space.COLLATION, _dotted(clause["collname"])


_NODES: Final = {
    "FuncCall": _call,
    "TypeCast": _cast,
    "A_Expr": _operator,
    "CollateClause": _collation,
}


def _dotted(names: list[dict[str, Any]]) -> list[str]:
    return [part["String"].get("sval", "") for part in names if "String" in part]


def _literal(value: dict[str, Any]) -> str | None:
    """The text of a string literal that stands by itself or is cast to regclass: cast to text, nothing
    of it is known to PostgreSQL."""
    cast = value.get("TypeCast")
    if cast is not None:
        if raw_type_name(cast["typeName"]) != "regclass":
            return None
        value = cast["arg"]
    text = value.get("A_Const", {}).get("sval")
    return None if text is None else str(text.get("sval", ""))


def _folded(text: str) -> list[str]:
    """A dotted name in a string; dots in quotes are not expected."""
    parts = text.split(".")
    return [part[1:-1] if part[:1] == '"' else part.lower() for part in parts]
