"""DROP, RENAME and SET SCHEMA: the statements that take a name away."""

from __future__ import annotations

from typing import Final

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.identifiers import cut
from idemlint.replay.catalog.refs import KINDS, inside, object_ref, relation, schema, type_ref
from idemlint.replay.effects.vocabulary import (
    SKIP,
    Command,
    Drops,
    Effect,
    Opaque,
    Renames,
    Requires,
    Verb,
)
from idemlint.source.tree import Tree, strings

#: Kinds whose DROP looks at what kind of relation, or of routine, is there (42809).
_CHECKED: Final = frozenset(
    {
        Kind.TABLE,
        Kind.VIEW,
        Kind.MATERIALIZED_VIEW,
        Kind.SEQUENCE,
        Kind.INDEX,
        Kind.FOREIGN_TABLE,
        Kind.FUNCTION,
    }
)
_CHILD_OF_TABLE: Final = frozenset({Kind.TRIGGER, Kind.RULE, Kind.POLICY})


def drop(stmt: Tree) -> list[Effect]:
    """`DROP`: all objects are looked for before the first one goes."""
    guarded = bool(stmt.fields.get("missing_ok"))
    cascade = stmt.behavior == "DROP_CASCADE"
    requires: list[Effect] = []
    drops: list[Effect] = []
    nodes = stmt.objects or ()
    named = [found[1] for node in nodes if (found := object_ref(stmt.removeType, node)) is not None]
    among = tuple(named) if len(nodes) > 1 else ()
    for node in nodes:
        found = object_ref(stmt.removeType, node)
        if found is None:
            return [Opaque(f"no model of DROP {stmt.removeType}")]
        kind, ref = found
        otherwise = SKIP if guarded else kind.undefined
        needed: list[Effect] = []
        if kind in _CHILD_OF_TABLE and ref.parent is not None:
            table_otherwise = SKIP if guarded else "42P01"
            needed.append(Requires(ref.parent, True, table_otherwise, Kind.TABLE, Verb.USE))
        wrong_kind = "42809" if kind in _CHECKED else None
        needed.append(Requires(ref, True, otherwise, kind, Verb.DROP, wrong_kind))
        gone = Drops(ref, kind, cascade, among)
        if guarded:
            requires.append(Command((*needed, gone)))
        else:
            requires += needed
            drops.append(gone)
    return requires + drops


#: What RENAME raises when the old name is gone (`tests/postgres/data`).
_RENAME_MISSING: Final = {
    Kind.INDEX: "42P01",
    Kind.FOREIGN_TABLE: "42P01",
    Kind.COMPOSITE_TYPE: "42704",
}


def rename(stmt: Tree, postgres_version: int) -> list[Effect]:
    """`ALTER … RENAME`: IF EXISTS covers the relation, never its column or constraint."""
    kind = KINDS.get(stmt.renameType)
    guarded = bool(stmt.fields.get("missing_ok"))
    new = cut(stmt.newname)
    if kind is None:
        return [Opaque(f"no model of RENAME {stmt.renameType}")]
    if kind is Kind.CONSTRAINT and stmt.renameType == "OBJECT_DOMCONSTRAINT":
        domain = type_ref(stmt.object) if stmt.object.kind == "TypeName" else None
        if domain is None:
            domain = Ref(Space.TYPE, strings(stmt.object.items)[-1])
        return _renames(inside(Space.CONSTRAINT, stmt.subname, domain), new, kind)
    if kind in {Kind.COLUMN, Kind.ATTRIBUTE, Kind.CONSTRAINT}:
        table = relation(stmt.relation)
        there = Requires(table, True, SKIP if guarded else "42P01", Kind.TABLE, Verb.ALTER)
        return [there, *_renames(inside(kind.space, stmt.subname, table), new, kind)]
    if kind in _CHILD_OF_TABLE:
        table = relation(stmt.relation)
        ref = inside(kind.space, stmt.subname, table)
        there = Requires(table, True, "42P01", Kind.TABLE, Verb.ALTER)
        return [there, *_renames(ref, new, kind, new_first=_new_name_first(kind, postgres_version))]
    if stmt.relation is not None:
        ref = relation(stmt.relation)
        otherwise = SKIP if guarded else _RENAME_MISSING.get(kind, "42P01")
        return _renames(ref, new, kind, otherwise)
    if stmt.object is not None:
        found = object_ref(stmt.renameType, stmt.object)
        if found is None:
            return [Opaque(f"no model of RENAME {stmt.renameType}")]
        kind, ref = found
        if kind is Kind.TYPE:
            otherwise = "42704"
            return _renames(ref, new, kind, otherwise)
        return _renames(ref, new, kind)
    return _renames(Ref(kind.space, cut(stmt.subname)), new, kind)


def _new_name_first(kind: Kind, postgres_version: int) -> bool:
    """ALTER POLICY looks at the new name first, ALTER TRIGGER did so before PostgreSQL 15."""
    return kind is Kind.POLICY or (kind is Kind.TRIGGER and postgres_version < 15)


def _renames(
    ref: Ref, new: str, kind: Kind, otherwise: str | None = None, *, new_first: bool = False
) -> list[Effect]:
    to = ref._replace(name=new)
    if to == ref and kind is Kind.TRIGGER and not new_first:
        return [Requires(ref, True, otherwise or kind.undefined, kind, Verb.RENAME)]
    old_there = Requires(ref, True, otherwise or kind.undefined, kind, Verb.RENAME)
    duplicate = "42P07" if kind.space is Space.RELATION else kind.duplicate
    if kind is Kind.ENUM_VALUE:
        duplicate = "42710"
    new_free = Requires(to, False, duplicate, kind, Verb.RENAME, beside=ref)
    first, second = (new_free, old_there) if new_first else (old_there, new_free)
    if kind is Kind.CONSTRAINT and ref.parent is not None and ref.parent.space is Space.RELATION:
        # Its index, if it has one, gets the name before (`rename_constraint_internal`).
        index = Ref(Space.RELATION, new, ref.parent.schema)
        second = Requires(index, False, "42P07", Kind.INDEX, Verb.RENAME, beside=ref)
        return [first, second, new_free, Renames(ref, to, kind)]
    return [first, second, Renames(ref, to, kind)]


def set_schema(stmt: Tree) -> list[Effect]:
    """`ALTER … SET SCHEMA`: an object that is there already stays, silently."""
    target = schema(stmt.newschema)
    guarded = bool(stmt.fields.get("missing_ok"))
    if stmt.relation is not None:
        ref = relation(stmt.relation)
        kind = KINDS.get(stmt.objectType, Kind.TABLE)
        otherwise = SKIP if guarded else "42P01"
    else:
        found = object_ref(stmt.objectType, stmt.object) if stmt.object is not None else None
        if found is None:
            return [Opaque(f"no model of SET SCHEMA of {stmt.objectType}")]
        kind, ref = found
        otherwise = kind.undefined
    there = Requires(ref, True, otherwise, kind, Verb.MOVE)
    target_there = Requires(target, True, "3F000", Kind.SCHEMA, Verb.USE)
    if kind is Kind.EXTENSION:
        return [there, target_there]
    return [there, target_there, Renames(ref, ref._replace(schema=target.name), kind)]
