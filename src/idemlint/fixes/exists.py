"""The question whether a thing is there, as SQL: true exactly where its CREATE (or RENAME) would meet it.

Every text is made of keywords in upper case, names in lower case, and literals.
"""

from __future__ import annotations

import re
from typing import Final

from pglast.keywords import COL_NAME_KEYWORDS, RESERVED_KEYWORDS

from idemlint.postgres.catalogs import CATALOGS, CatalogRelation
from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.datatype import PERCENT_TYPE

_PLAIN: Final = re.compile(r"[a-z_][a-z0-9_]*")


def literal(text: str) -> str:
    """A string literal, right whatever `standard_conforming_strings` says."""
    quoted = text.replace("'", "''")
    return f"E'{quoted}'".replace("\\", "\\\\") if "\\" in text else f"'{quoted}'"


def dotted(*names: str | None) -> str:
    """A name as `regclass` and its kin read it: parts are quoted where they would be folded."""
    return ".".join(
        name if _PLAIN.fullmatch(name) else '"' + name.replace('"', '""') + '"'
        for name in names
        if name is not None
    )


def type_text(*names: str | None) -> str:
    """A name as `regtype` reads it, with PostgreSQL's grammar: keywords are quoted too (`"order"`)."""
    return ".".join(
        f'"{name}"' if name in RESERVED_KEYWORDS or name in COL_NAME_KEYWORDS else dotted(name)
        for name in names
        if name is not None
    )


def quoted(*names: str | None) -> str:
    """A name as statements have it: keywords are quoted, too."""
    return type_text(*names)


def _arguments(signature: str) -> str:
    """The argument types of a `Ref` as `regprocedure` and `regoperator` read them."""
    return ",".join(map(_argument, signature.split(","))) if signature else ""


def _argument(name: str) -> str:
    if name == "none":  # the operand that a prefix operator lacks
        return name
    bare = name.rstrip("[]")
    return type_text(*bare.split(".")) + name[len(bare) :]


def relation(ref: Ref) -> str:
    """A relation's `regclass`; a statement that needs the relation fails without it just the same."""
    return _cast(ref)


def maybe_relation(ref: Ref) -> str:
    """A relation's `regclass`, or NULL where there is none (under `ALTER TABLE IF EXISTS`)."""
    return f"to_regclass({literal(dotted(ref.schema, ref.name))})"


def _cast(ref: Ref) -> str:
    """The oid of a relation or a type; fails where it is not there."""
    if ref.space is Space.TYPE:
        return f"{literal(type_text(ref.schema, ref.name))}::regtype"
    return f"{literal(dotted(ref.schema, ref.name))}::regclass"


#: Kinds that no fix looks up by name: relations and extensions have guards of their own, overloads
#: share their name, and what every database sees is not made in a transaction.
_NOT_BY_NAME: Final = frozenset(
    {
        Kind.EXTENSION,
        Kind.OPERATOR,
        Kind.OPERATOR_CLASS,
        Kind.OPERATOR_FAMILY,
        Kind.DATABASE,
        Kind.TABLESPACE,
        Kind.SUBSCRIPTION,
    }
)

#: The catalog relation that a fix asks after a kind by its name.
LOOKUPS: Final[dict[Kind, CatalogRelation]] = {
    kind: listing
    for kind in Kind
    if kind not in _NOT_BY_NAME
    and kind.catalog not in {"pg_class", "pg_proc"}
    and (listing := CATALOGS.get(kind.catalog)) is not None
    and listing.column("name")
}


def exists(kind: Kind, ref: Ref, parent: str = "") -> str | None:
    """`EXISTS (…)` for a thing as CREATE would name it; `parent` is SQL for the object that it is in.

    What is not qualified is made in the first schema of the search_path, and only there it is in the way.
    """
    listing = LOOKUPS.get(kind)
    if listing is None:
        return None
    is_it = f"{listing.column('name')} = {literal(ref.name)}"
    if parent_column := listing.column("parent.oid"):
        if ref.parent is None:
            return None
        return (
            f"EXISTS (SELECT FROM {listing.name}"
            f" WHERE {is_it} AND {parent_column} = {parent or _cast(ref.parent)})"
        )
    schema = listing.column("schema.oid")
    if not schema:
        return f"EXISTS (SELECT FROM {listing.name} WHERE {is_it})"
    of = "current_schema()" if ref.schema is None else literal(ref.schema)
    return (
        f"EXISTS (SELECT FROM {listing.name} JOIN pg_namespace n ON n.oid = {schema}"
        f" WHERE {is_it} AND n.nspname = {of})"
    )


def missing(kind: Kind, ref: Ref, parent: str = "") -> str | None:
    """What must hold for a CREATE: the thing is not there."""
    found = exists(kind, ref, parent)
    return None if found is None else f"NOT {found}"


def missing_type(ref: Ref) -> str:
    """That a type is not there. `to_regtype` would find `pg_catalog.path` for an unqualified `path`."""
    if ref.schema is not None:
        return f"to_regtype({literal(type_text(ref.schema, ref.name))}) IS NULL"
    condition = missing(Kind.TYPE, ref)
    assert condition is not None
    return condition


def found(kind: Kind, ref: Ref, parent: str = "") -> str | None:
    """What must hold for a RENAME: the thing is there, found as the statement itself would find it."""
    if kind.catalog == "pg_type":
        return f"to_regtype({literal(type_text(ref.schema, ref.name))}) IS NOT NULL"
    if kind.space is Space.ROUTINE:
        name = dotted(ref.schema, ref.name)
        if ref.signature is None:
            return f"to_regproc({literal(name)}) IS NOT NULL"
        if PERCENT_TYPE in ref.signature:
            return None  # regprocedure reads no `t.c%TYPE`
        return f"to_regprocedure({literal(f'{name}({_arguments(ref.signature)})')}) IS NOT NULL"
    if kind in {Kind.COLLATION, Kind.TS_CONFIGURATION, Kind.TS_DICTIONARY} and ref.schema is None:
        return None  # which one of the search_path is meant is more than a lookup tells
    return exists(kind, ref, parent)


def missing_operator(ref: Ref) -> str:
    """That there is no operator of this name for these types."""
    schema = "" if ref.schema is None else f"{dotted(ref.schema)}."
    text = f"{schema}{ref.name}({_arguments(ref.signature or '')})"
    return f"to_regoperator({literal(text)}) IS NULL"


def missing_cast(source: str, target: str) -> str:
    """That there is no cast from one type to another, both as SQL spells them."""
    return (
        f"NOT EXISTS (SELECT FROM pg_cast WHERE castsource = {literal(source)}::regtype"
        f" AND casttarget = {literal(target)}::regtype)"
    )


def missing_on_domain(constraint: Ref) -> str:
    """That a domain has no constraint of this name."""
    return f"NOT {on_domain(constraint)}"


def on_domain(constraint: Ref) -> str:
    """That a domain has a constraint of this name."""
    assert constraint.parent is not None
    return (
        f"EXISTS (SELECT FROM pg_constraint WHERE conname = {literal(constraint.name)}"
        f" AND contypid = {_cast(constraint.parent)})"
    )


def no_primary_key(table: str) -> str:
    """That a table has none, whatever its name would be."""
    return f"NOT EXISTS (SELECT FROM pg_constraint WHERE contype = 'p' AND conrelid = {table})"


def not_identity(table: str, column: str) -> str:
    """That a column is no identity column."""
    return (
        f"NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = {table}"
        f" AND attname = {literal(column)} AND attidentity <> '')"
    )


def inherits(parent: str, child: str) -> str:
    """That one table is a child or partition of another."""
    return f"EXISTS (SELECT FROM pg_inherits WHERE inhparent = {parent} AND inhrelid = {child})"


def published(publication: str, table: str) -> str:
    """That a table belongs to a publication."""
    return (
        f"EXISTS (SELECT FROM pg_publication_rel JOIN pg_publication p ON p.oid = prpubid"
        f" WHERE p.pubname = {literal(publication)} AND prrelid = {table})"
    )


def columns_of(condition: str) -> frozenset[str]:
    """The words of a condition that a variable of a body could be called, too."""
    bare = re.sub(r"'(?:[^']|'')*'", "", condition)
    return frozenset(re.findall(r"[a-z_]{4,}", bare))
