"""Parse tree → references: how each kind of object is named in a statement."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.records import NamedTuple
from idemlint.replay.catalog.datatype import type_name
from idemlint.replay.catalog.identifiers import cut
from idemlint.source.tree import Tree, strings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

#: `ObjectType` (src/include/nodes/parsenodes.h) → what it is in the catalog.
KINDS: Final[dict[str, Kind]] = {word: kind for kind in Kind for word in kind.objects}


class Called(NamedTuple):
    """A call of a routine, a `FuncCall`; `many`: once for each row, or never."""

    ref: Ref
    call: Tree
    many: bool = False

    @property
    def arguments(self) -> tuple[dict[str, Any], ...]:
        """The raw arguments."""
        return tuple(self.call.fields.get("args", ()))


def relation(range_var: Tree) -> Ref:
    """A `RangeVar`; a temporary one lives in `pg_temp`."""
    return table_of(range_var.fields)


def table_of(fields: dict[str, Any]) -> Ref:
    """The same of the raw fields."""
    name = fields["relname"]
    schema = "pg_temp" if fields.get("relpersistence") == "t" else fields.get("schemaname")
    return Ref(Space.RELATION, name if len(name) < 16 else cut(name), schema)


def qualified(space: Space, names: list[str], signature: str | None = None) -> Ref:
    """A dotted name; a database in front of the schema is left out."""
    schema = names[-2] if len(names) > 1 else None
    return Ref(space, cut(names[-1]) if names else "", schema, None, signature)


def type_ref(node: Tree) -> Ref:
    """A `TypeName`."""
    return qualified(Space.TYPE, strings(node.names))


def signature_of(types: tuple[Tree, ...] | None) -> str:
    """Argument types as one text; NULL entries (a missing operand) are `none`."""
    return ",".join(
        type_name(node).removeprefix("public.") or "none" if isinstance(node, Tree) else "none"
        for node in types or ()
    )


def routine_signature(types: Iterable[Tree | None]) -> str:
    """The argument types of a routine; what they mean, the catalog says."""
    return ",".join(type_name(node) for node in types)


def routine_ref(node: Tree) -> Ref:
    """An `ObjectWithArgs` that names a routine."""
    signature = None if node.args_unspecified else routine_signature(node.objargs or ())
    return qualified(Space.ROUTINE, strings(node.objname), signature)


def parameters_signature(parameters: tuple[Tree, ...] | None) -> str:
    """The input arguments of a CREATE FUNCTION, which are what tells overloads apart."""
    return routine_signature(
        parameter.argType
        for parameter in parameters or ()
        if parameter.mode not in {"FUNC_PARAM_OUT", "FUNC_PARAM_TABLE"}
    )


def inside(space: Space, name: str, parent: Ref) -> Ref:
    """A name within another object."""
    return Ref(space, cut(name), None, parent)


def facet(name: str, parent: Ref) -> Ref:
    """A property of an object that is there or not."""
    return Ref(Space.FACET, name, None, parent)


def primary_key(table: Ref) -> Ref:
    """That a table has a primary key, whatever its name."""
    return facet("primary key", table)


def partitioned(table: Ref) -> Ref:
    """That a table is partitioned, which it is from its CREATE on or never."""
    return facet("partitioned", table)


def schema(name: str) -> Ref:
    """A schema."""
    return Ref(Space.SCHEMA, cut(name))


def _names(node: Tree | str) -> list[str]:
    if isinstance(node, str):
        return [node]
    if node.kind == "List":
        return strings(node.items)
    if node.kind == "TypeName":
        return strings(node.names)
    if node.kind == "String":
        return [node.fields.get("sval", "")]
    return strings(node.names or node.objname)


def _on_relation(space: Space) -> Callable[[Tree], Ref]:
    def read(node: Tree) -> Ref:
        names = _names(node)
        return inside(space, names[-1], qualified(Space.RELATION, names[:-1]))

    return read


def _domain_constraint(node: Tree) -> Ref:
    domain, name = node.items
    return inside(Space.CONSTRAINT, name.fields.get("sval", ""), type_ref(domain))


def _method_bound(space: Space) -> Callable[[Tree], Ref]:
    def read(node: Tree) -> Ref:
        method, *names = _names(node)
        return qualified(space, names, method)

    return read


def _cast(node: Tree) -> Ref:
    source, target = node.items
    return Ref(Space.CAST, f"{type_name(source)} AS {type_name(target)}")


def _transform(node: Tree) -> Ref:
    target, language = node.items
    return Ref(Space.TRANSFORM, f"{type_name(target)} {language.sval}")


def _operator(node: Tree) -> Ref:
    return qualified(Space.OPERATOR, strings(node.objname), signature_of(node.objargs))


def _role(node: Tree) -> Ref:
    return role(node) if node.kind == "RoleSpec" else Ref(Space.ROLE, _names(node)[-1])


def role(node: Tree) -> Ref:
    """A `RoleSpec`; CURRENT_USER and PUBLIC are names of their own that are always there."""
    kind = node.roletype
    return Ref(Space.ROLE, node.rolename if kind in {None, "ROLESPEC_CSTRING"} else f"<{kind}>")


_READERS: Final[dict[Kind, Callable[[Tree], Ref]]] = {
    Kind.FUNCTION: routine_ref,
    Kind.PROCEDURE: routine_ref,
    Kind.AGGREGATE: routine_ref,
    Kind.ROUTINE: routine_ref,
    Kind.OPERATOR: _operator,
    Kind.OPERATOR_CLASS: _method_bound(Space.OPERATOR_CLASS),
    Kind.OPERATOR_FAMILY: _method_bound(Space.OPERATOR_FAMILY),
    Kind.CAST: _cast,
    Kind.TRANSFORM: _transform,
    Kind.TRIGGER: _on_relation(Space.TRIGGER),
    Kind.RULE: _on_relation(Space.RULE),
    Kind.POLICY: _on_relation(Space.POLICY),
    Kind.COLUMN: _on_relation(Space.COLUMN),
    Kind.CONSTRAINT: _on_relation(Space.CONSTRAINT),
    Kind.ROLE: _role,
}


def object_ref(object_type: str, node: Tree) -> tuple[Kind, Ref] | None:
    """The object that a DROP, COMMENT, ALTER … OWNER or SET SCHEMA names; `None`: a kind without a model."""
    kind = KINDS.get(object_type)
    if kind is None:
        return None
    if object_type == "OBJECT_DOMCONSTRAINT":
        return kind, _domain_constraint(node)
    reader = _READERS.get(kind)
    if reader is not None:
        return kind, reader(node)
    return kind, qualified(kind.space, _names(node))
