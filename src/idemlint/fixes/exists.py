"""The question whether a thing is there, as SQL: true exactly where its CREATE (or RENAME) would meet it.

Every text is made of keywords in upper case, names in lower case, and literals.
"""

from __future__ import annotations

import re
from typing import Final

from idemlint.postgres.kinds import Kind, Ref
from idemlint.records import NamedTuple

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


def relation(ref: Ref) -> str:
    """A relation's `regclass`; a statement that needs the relation fails without it just the same."""
    return f"{literal(dotted(ref.schema, ref.name))}::regclass"


def maybe_relation(ref: Ref) -> str:
    """A relation's `regclass`, or NULL where there is none (under `ALTER TABLE IF EXISTS`)."""
    return f"to_regclass({literal(dotted(ref.schema, ref.name))})"


class Lookup(NamedTuple):
    """The catalog that lists a kind; `schema` or `parent` where its names live in one."""

    catalog: str
    name: str
    schema: str = ""
    parent: str = ""
    parent_type: str = "regclass"


LOOKUPS: Final[dict[Kind, Lookup]] = {
    Kind.TYPE: Lookup("pg_type", "typname", "typnamespace"),
    Kind.DOMAIN: Lookup("pg_type", "typname", "typnamespace"),
    Kind.COMPOSITE_TYPE: Lookup("pg_type", "typname", "typnamespace"),
    Kind.COLLATION: Lookup("pg_collation", "collname", "collnamespace"),
    Kind.CONVERSION: Lookup("pg_conversion", "conname", "connamespace"),
    Kind.STATISTICS: Lookup("pg_statistic_ext", "stxname", "stxnamespace"),
    Kind.TS_CONFIGURATION: Lookup("pg_ts_config", "cfgname", "cfgnamespace"),
    Kind.TS_DICTIONARY: Lookup("pg_ts_dict", "dictname", "dictnamespace"),
    Kind.TS_PARSER: Lookup("pg_ts_parser", "prsname", "prsnamespace"),
    Kind.TS_TEMPLATE: Lookup("pg_ts_template", "tmplname", "tmplnamespace"),
    Kind.SCHEMA: Lookup("pg_namespace", "nspname"),
    Kind.ROLE: Lookup("pg_roles", "rolname"),
    Kind.LANGUAGE: Lookup("pg_language", "lanname"),
    Kind.ACCESS_METHOD: Lookup("pg_am", "amname"),
    Kind.EVENT_TRIGGER: Lookup("pg_event_trigger", "evtname"),
    Kind.FOREIGN_DATA_WRAPPER: Lookup("pg_foreign_data_wrapper", "fdwname"),
    Kind.SERVER: Lookup("pg_foreign_server", "srvname"),
    Kind.PUBLICATION: Lookup("pg_publication", "pubname"),
    Kind.COLUMN: Lookup("pg_attribute", "attname", parent="attrelid"),
    Kind.ATTRIBUTE: Lookup("pg_attribute", "attname", parent="attrelid"),
    Kind.CONSTRAINT: Lookup("pg_constraint", "conname", parent="conrelid"),
    Kind.TRIGGER: Lookup("pg_trigger", "tgname", parent="tgrelid"),
    Kind.RULE: Lookup("pg_rewrite", "rulename", parent="ev_class"),
    Kind.POLICY: Lookup("pg_policy", "polname", parent="polrelid"),
    Kind.ENUM_VALUE: Lookup("pg_enum", "enumlabel", parent="enumtypid", parent_type="regtype"),
}

#: Kinds that a `to_reg…` function finds just as a statement that names one does.
_REGISTERED: Final = {
    Kind.TYPE: "to_regtype",
    Kind.DOMAIN: "to_regtype",
    Kind.COMPOSITE_TYPE: "to_regtype",
}


def exists(kind: Kind, ref: Ref, parent: str = "") -> str | None:
    """`EXISTS (…)` for a thing as CREATE would name it; `parent` is SQL for the object that it is in.

    What is not qualified is made in the first schema of the search_path, and only there it is in the way.
    """
    lookup = LOOKUPS.get(kind)
    if lookup is None:
        return None
    catalog, name, schema, parent_column, parent_type = lookup
    if parent_column:
        if ref.parent is None:
            return None
        of = parent or literal(dotted(ref.parent.schema, ref.parent.name)) + f"::{parent_type}"
        return (
            f"EXISTS (SELECT FROM {catalog}"
            f" WHERE {name} = {literal(ref.name)} AND {parent_column} = {of})"
        )
    if not schema:
        return f"EXISTS (SELECT FROM {catalog} WHERE {name} = {literal(ref.name)})"
    of = "current_schema()" if ref.schema is None else literal(ref.schema)
    return (
        f"EXISTS (SELECT FROM {catalog} JOIN pg_namespace n ON n.oid = {schema}"
        f" WHERE {name} = {literal(ref.name)} AND n.nspname = {of})"
    )


def missing(kind: Kind, ref: Ref, parent: str = "") -> str | None:
    """What must hold for a CREATE: the thing is not there."""
    found = exists(kind, ref, parent)
    return None if found is None else f"NOT {found}"


def missing_type(ref: Ref) -> str:
    """That a type is not there. `to_regtype` would find `pg_catalog.path` for an unqualified `path`."""
    if ref.schema is not None:
        return f"to_regtype({literal(dotted(ref.schema, ref.name))}) IS NULL"
    condition = missing(Kind.TYPE, ref)
    assert condition is not None
    return condition


def found(kind: Kind, ref: Ref, parent: str = "") -> str | None:
    """What must hold for a RENAME: the thing is there, found as the statement itself would find it."""
    function = _REGISTERED.get(kind)
    if function is not None:
        return f"{function}({literal(dotted(ref.schema, ref.name))}) IS NOT NULL"
    if kind in {Kind.FUNCTION, Kind.PROCEDURE, Kind.AGGREGATE, Kind.ROUTINE}:
        name = dotted(ref.schema, ref.name)
        if ref.signature is None:
            return f"to_regproc({literal(name)}) IS NOT NULL"
        return f"to_regprocedure({literal(f'{name}({ref.signature})')}) IS NOT NULL"
    if kind in {Kind.COLLATION, Kind.TS_CONFIGURATION, Kind.TS_DICTIONARY} and ref.schema is None:
        return None  # which one of the search_path is meant is more than a lookup tells
    return exists(kind, ref, parent)


def missing_on_domain(constraint: Ref) -> str:
    """That a domain has no constraint of this name."""
    assert constraint.parent is not None
    domain = literal(dotted(constraint.parent.schema, constraint.parent.name))
    return (
        f"NOT EXISTS (SELECT FROM pg_constraint WHERE conname = {literal(constraint.name)}"
        f" AND contypid = {domain}::regtype)"
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


def columns_of(condition: str) -> frozenset[str]:
    """The words of a condition that a variable of a body could be called, too."""
    bare = re.sub(r"'(?:[^']|'')*'", "", condition)
    return frozenset(re.findall(r"[a-z_]{4,}", bare))
