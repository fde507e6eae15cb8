"""Names in the abstract catalog: namespaces, kinds of objects, and references to them.

A namespace is PostgreSQL's: tables, indexes, views, sequences and composite types share one per schema,
columns live per table, roles per cluster. A `Ref` says where a name is looked up; a `Kind` says what a
statement takes the thing to be, and with it which SQLSTATE PostgreSQL raises about it.
"""

from __future__ import annotations

from enum import Enum
from typing import Final

from idemlint.records import NamedTuple


class Space(Enum):
    """A namespace. Schema-bound ones hold names per schema, child ones per parent object."""

    # bound to a schema
    RELATION = "relation"
    TYPE = "type"
    ROUTINE = "routine"
    OPERATOR = "operator"
    OPERATOR_CLASS = "operator class"
    OPERATOR_FAMILY = "operator family"
    COLLATION = "collation"
    CONVERSION = "conversion"
    STATISTICS = "statistics object"
    TS_CONFIGURATION = "text search configuration"
    TS_DICTIONARY = "text search dictionary"
    TS_PARSER = "text search parser"
    TS_TEMPLATE = "text search template"
    # global
    SCHEMA = "schema"
    EXTENSION = "extension"
    ROLE = "role"
    DATABASE = "database"
    TABLESPACE = "tablespace"
    LANGUAGE = "language"
    CAST = "cast"
    TRANSFORM = "transform"
    ACCESS_METHOD = "access method"
    FOREIGN_DATA_WRAPPER = "foreign-data wrapper"
    SERVER = "server"
    USER_MAPPING = "user mapping"
    PUBLICATION = "publication"
    SUBSCRIPTION = "subscription"
    EVENT_TRIGGER = "event trigger"
    LARGE_OBJECT = "large object"
    # inside another object
    COLUMN = "column"
    CONSTRAINT = "constraint"
    TRIGGER = "trigger"
    RULE = "rule"
    POLICY = "policy"
    ENUM_VALUE = "enum value"
    FACET = "property"
    MEMBER = "member"

    # Members are singletons; the default hash of Enum is a Python-level call on the hottest path.
    __hash__ = object.__hash__


#: Namespaces whose names live in a schema.
SCHEMA_BOUND: Final = frozenset(
    {
        Space.RELATION,
        Space.TYPE,
        Space.ROUTINE,
        Space.OPERATOR,
        Space.OPERATOR_CLASS,
        Space.OPERATOR_FAMILY,
        Space.COLLATION,
        Space.CONVERSION,
        Space.STATISTICS,
        Space.TS_CONFIGURATION,
        Space.TS_DICTIONARY,
        Space.TS_PARSER,
        Space.TS_TEMPLATE,
    }
)


class KindFacts(NamedTuple):
    """What PostgreSQL says about a kind: where its names live and which SQLSTATEs it raises."""

    space: Space
    noun: str
    duplicate: str
    undefined: str


class Kind(Enum):
    """What a statement takes an object to be.

    The SQLSTATEs were asked of PostgreSQL 13 to 18: `tests/postgres/data`.
    """

    TABLE = KindFacts(Space.RELATION, "table", "42P07", "42P01")
    VIEW = KindFacts(Space.RELATION, "view", "42P07", "42P01")
    MATERIALIZED_VIEW = KindFacts(Space.RELATION, "materialized view", "42P07", "42P01")
    SEQUENCE = KindFacts(Space.RELATION, "sequence", "42P07", "42P01")
    INDEX = KindFacts(Space.RELATION, "index", "42P07", "42704")
    FOREIGN_TABLE = KindFacts(Space.RELATION, "foreign table", "42P07", "42704")
    COMPOSITE_TYPE = KindFacts(Space.RELATION, "type", "42710", "42704")
    TYPE = KindFacts(Space.TYPE, "type", "42710", "42704")
    DOMAIN = KindFacts(Space.TYPE, "domain", "42710", "42704")
    FUNCTION = KindFacts(Space.ROUTINE, "function", "42723", "42883")
    PROCEDURE = KindFacts(Space.ROUTINE, "procedure", "42723", "42883")
    AGGREGATE = KindFacts(Space.ROUTINE, "aggregate", "42723", "42883")
    ROUTINE = KindFacts(Space.ROUTINE, "routine", "42723", "42883")
    OPERATOR = KindFacts(Space.OPERATOR, "operator", "42723", "42883")
    OPERATOR_CLASS = KindFacts(Space.OPERATOR_CLASS, "operator class", "42710", "42704")
    OPERATOR_FAMILY = KindFacts(Space.OPERATOR_FAMILY, "operator family", "42710", "42704")
    COLLATION = KindFacts(Space.COLLATION, "collation", "42710", "42704")
    CONVERSION = KindFacts(Space.CONVERSION, "conversion", "42710", "42704")
    STATISTICS = KindFacts(Space.STATISTICS, "statistics object", "42710", "42704")
    TS_CONFIGURATION = KindFacts(
        Space.TS_CONFIGURATION, "text search configuration", "23505", "42704"
    )
    TS_DICTIONARY = KindFacts(Space.TS_DICTIONARY, "text search dictionary", "23505", "42704")
    TS_PARSER = KindFacts(Space.TS_PARSER, "text search parser", "23505", "42704")
    TS_TEMPLATE = KindFacts(Space.TS_TEMPLATE, "text search template", "23505", "42704")
    SCHEMA = KindFacts(Space.SCHEMA, "schema", "42P06", "3F000")
    EXTENSION = KindFacts(Space.EXTENSION, "extension", "42710", "42704")
    ROLE = KindFacts(Space.ROLE, "role", "42710", "42704")
    DATABASE = KindFacts(Space.DATABASE, "database", "42P04", "3D000")
    TABLESPACE = KindFacts(Space.TABLESPACE, "tablespace", "42710", "42704")
    LANGUAGE = KindFacts(Space.LANGUAGE, "language", "42710", "42704")
    CAST = KindFacts(Space.CAST, "cast", "42710", "42704")
    TRANSFORM = KindFacts(Space.TRANSFORM, "transform", "42710", "42704")
    ACCESS_METHOD = KindFacts(Space.ACCESS_METHOD, "access method", "42710", "42704")
    FOREIGN_DATA_WRAPPER = KindFacts(
        Space.FOREIGN_DATA_WRAPPER, "foreign-data wrapper", "42710", "42704"
    )
    SERVER = KindFacts(Space.SERVER, "server", "42710", "42704")
    USER_MAPPING = KindFacts(Space.USER_MAPPING, "user mapping", "42710", "42704")
    PUBLICATION = KindFacts(Space.PUBLICATION, "publication", "42710", "42704")
    SUBSCRIPTION = KindFacts(Space.SUBSCRIPTION, "subscription", "42710", "42704")
    EVENT_TRIGGER = KindFacts(Space.EVENT_TRIGGER, "event trigger", "42710", "42704")
    LARGE_OBJECT = KindFacts(Space.LARGE_OBJECT, "large object", "23505", "42704")
    COLUMN = KindFacts(Space.COLUMN, "column", "42701", "42703")
    ATTRIBUTE = KindFacts(Space.COLUMN, "attribute", "42701", "42703")
    CONSTRAINT = KindFacts(Space.CONSTRAINT, "constraint", "42710", "42704")
    TRIGGER = KindFacts(Space.TRIGGER, "trigger", "42710", "42704")
    RULE = KindFacts(Space.RULE, "rule", "42710", "42704")
    POLICY = KindFacts(Space.POLICY, "policy", "42710", "42704")
    ENUM_VALUE = KindFacts(Space.ENUM_VALUE, "enum value", "42710", "22023")
    IDENTITY = KindFacts(Space.FACET, "identity", "55000", "55000")
    GENERATION_EXPRESSION = KindFacts(Space.FACET, "generation expression", "55000", "55000")
    PARTITION = KindFacts(Space.MEMBER, "partition", "42809", "42P01")
    INHERITANCE = KindFacts(Space.MEMBER, "inheritance link", "42P07", "42P01")
    TYPED_TABLE = KindFacts(Space.FACET, "typed table", "42809", "42809")
    OPTION = KindFacts(Space.MEMBER, "option", "42710", "42704")
    PUBLICATION_MEMBER = KindFacts(Space.MEMBER, "publication member", "42710", "42704")
    SUBSCRIBED_PUBLICATION = KindFacts(Space.MEMBER, "subscribed publication", "42710", "42P17")
    EXTENSION_MEMBER = KindFacts(Space.MEMBER, "extension member", "55000", "55000")
    OPERATOR_FAMILY_MEMBER = KindFacts(Space.MEMBER, "operator family member", "42710", "42704")
    TS_MAPPING = KindFacts(Space.MEMBER, "text search mapping", "23505", "42704")

    __hash__ = object.__hash__

    @property
    def space(self) -> Space:
        """Where names of this kind live."""
        return self.value.space

    @property
    def noun(self) -> str:
        """What PostgreSQL's messages call it."""
        return self.value.noun

    @property
    def duplicate(self) -> str:
        """The SQLSTATE of making it where it is."""
        return self.value.duplicate

    @property
    def undefined(self) -> str:
        """The SQLSTATE of dropping it where it is not."""
        return self.value.undefined


#: Kinds with a row type: their name is taken among the types too (`CREATE TYPE`: 42710).
ROW_TYPES: Final = frozenset(
    {
        Kind.TABLE,
        Kind.VIEW,
        Kind.MATERIALIZED_VIEW,
        Kind.FOREIGN_TABLE,
        Kind.COMPOSITE_TYPE,
    }
)


class Ref(NamedTuple):
    """A name as a statement gives it, folded as PostgreSQL folds it.

    `schema` is `None` where the statement leaves it to the search_path; `parent` is the object whose
    namespace holds the name (a column's table). `signature` tells overloaded names apart: a routine's
    argument types, `None` where the statement leaves them out.
    """

    space: Space
    name: str
    schema: str | None = None
    parent: Ref | None = None
    signature: str | None = None

    def __str__(self) -> str:
        shown = self.name if self.schema is None else f"{self.schema}.{self.name}"
        if self.signature is not None:
            shown += f"({self.signature})"
        return f"{shown} on {self.parent}" if self.parent is not None else shown
