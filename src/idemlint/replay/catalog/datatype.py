"""Types: how they are written in a definition, and what those are made of that a statement makes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres.kinds import Space
from idemlint.replay.catalog.definition import Definition, Need

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.source.tree import Tree


#: How the type of a column ends: `t.c%TYPE`.
PERCENT_TYPE: Final = "%type"
#: Types that every database has, by the names that the grammar leaves as they are written or makes of them
#: (https://www.postgresql.org/docs/current/datatype.html).
BUILTIN: Final = frozenset(
    [
        "text",
        "varchar",
        "bpchar",
        "char",
        "name",
        "int2",
        "int4",
        "int8",
        "numeric",
        "float4",
        "float8",
        "bool",
        "date",
        "time",
        "timetz",
        "timestamp",
        "timestamptz",
        "interval",
        "uuid",
        "json",
        "jsonb",
        "jsonpath",
        "xml",
        "bytea",
        "bit",
        "varbit",
        "inet",
        "cidr",
        "macaddr",
        "macaddr8",
        "money",
        "point",
        "line",
        "lseg",
        "box",
        "path",
        "polygon",
        "circle",
        "tsvector",
        "tsquery",
        "oid",
        "regclass",
        "regtype",
        "regproc",
        "regprocedure",
        "regrole",
        "regnamespace",
        "record",
        "void",
        "trigger",
        "event_trigger",
        "unknown",
        "anyelement",
        "anyarray",
        "serial",
        "serial2",
        "serial4",
        "serial8",
        "bigserial",
        "smallserial",
        "int4range",
        "int8range",
        "numrange",
        "tsrange",
        "tstzrange",
        "daterange",
        "int4multirange",
        "int8multirange",
        "nummultirange",
        "tsmultirange",
        "tstzmultirange",
        "datemultirange",
        "xid",
        "xid8",
        "cid",
        "tid",
        "pg_lsn",
        "internal",
        "cstring",
    ]
)


def type_name(node: Tree | None) -> str:
    """A type as an argument list or a comparison needs it: `int4`, `s.mood`, `text[]`, `t.c%type`.

    `pg_catalog.` is left out, since the grammar writes it for the words it knows (`int`); typmods and the
    bounds of an array are no part of a type (`typenameTypeId`, src/backend/parser/parse_type.c).
    """
    return "" if node is None else raw_type_name(node.fields)


def raw_type_name(fields: dict[str, Any]) -> str:
    """The same of the raw fields of a `TypeName`."""
    names = [part["String"].get("sval", "") for part in fields.get("names", ())]
    if names and names[0] == "pg_catalog":
        del names[0]
    name = names[0] if len(names) == 1 else ".".join(names)
    if "pct_type" in fields:
        name += PERCENT_TYPE
    return f"{name}[]" if "arrayBounds" in fields else name


class EnumDefinition(Definition):
    """The labels of a CREATE TYPE … AS ENUM."""

    __slots__ = ("labels",)

    def __init__(self, labels: tuple[str, ...]) -> None:
        self.labels = labels

    def inside(self, space: Space, name: str) -> bool | None:
        """Whether it has a label."""
        return name in self.labels if space is Space.ENUM_VALUE else False

    def names(self, space: Space) -> tuple[str, ...]:
        """Its labels."""
        return self.labels if space is Space.ENUM_VALUE else ()


class RangeDefinition(Definition):
    """A CREATE TYPE … AS RANGE."""

    __slots__ = ()


class CompositeDefinition(Definition):
    """The attributes of a CREATE TYPE … AS (…)."""

    __slots__ = ("attributes", "collations")

    def __init__(self, attributes: dict[str, str], collations: dict[str, str]) -> None:
        self.attributes = attributes
        self.collations = collations

    def inside(self, space: Space, name: str) -> bool | None:
        """Whether it has an attribute."""
        return name in self.attributes if space is Space.COLUMN else False

    def names(self, space: Space) -> tuple[str, ...]:
        """Its attributes."""
        return tuple(self.attributes) if space is Space.COLUMN else ()

    def needs(self) -> Iterator[Need]:
        """The types of its attributes, and their collations."""
        for attribute, name in self.collations.items():
            yield Need(Space.COLLATION, name, None, Space.COLUMN, attribute)
        for attribute, name in self.attributes.items():
            schema, _, bare = name.removesuffix("[]").rpartition(".")
            yield Need(Space.TYPE, bare, schema or None, Space.COLUMN, attribute)
