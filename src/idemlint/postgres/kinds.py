"""Kinds of objects and the namespaces of their names: what everything else says of a kind begins here.

A namespace is PostgreSQL's: tables, indexes, views, sequences and composite types share one per schema,
columns live per table, roles per cluster. A `Ref` says where a name is looked up; a `Kind` says what a
statement takes the thing to be, and with it which SQLSTATE PostgreSQL raises about it.

The passport of a kind goes on in `catalogs` (the columns of the catalog that lists it, and the letters
that tell its sorts apart), in `create_drop` (how a statement makes and drops it, with which guards of
its own) and in `messages` (the words of the server's errors).
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
#: Namespaces of what other things live in.
HOLDERS: Final = frozenset(
    {
        Space.RELATION,
        Space.TYPE,
        Space.SCHEMA,
        Space.COLUMN,
        Space.PUBLICATION,
        Space.SUBSCRIPTION,
        Space.EXTENSION,
        Space.SERVER,
        Space.USER_MAPPING,
        Space.FOREIGN_DATA_WRAPPER,
        Space.OPERATOR_FAMILY,
        Space.TS_CONFIGURATION,
    }
)
#: Namespaces in which a name may stand for several things, told apart by their arguments.
OVERLOADED: Final = frozenset({Space.ROUTINE, Space.OPERATOR})
#: Namespaces of what acts when a table is written into.
ACTING: Final = frozenset({Space.TRIGGER, Space.RULE})


class KindFacts(NamedTuple):
    """What PostgreSQL says about a kind.

    `space` is where its names live, `noun` what messages call it; `duplicate` is the SQLSTATE of making
    it where it is, `undefined` that of dropping it where it is not. `objects` are its words in the
    grammar, `ObjectType` of src/include/nodes/parsenodes.h, with blanks between. `catalog` is the
    relation that lists it and that every role may read: a chapter of the documentation's "System
    Catalogs" (catalog-pg-policy.html), or of its "System Views" (view-pg-roles.html).
    """

    space: Space
    noun: str
    duplicate: str
    undefined: str
    objects: str = ""
    catalog: str = ""


class Kind(Enum):
    """What a statement takes an object to be.

    The SQLSTATEs were asked of PostgreSQL 13 to 18: `tests/postgres/data`.
    """

    TABLE = KindFacts(Space.RELATION, "table", "42P07", "42P01", "OBJECT_TABLE", "pg_class")
    VIEW = KindFacts(Space.RELATION, "view", "42P07", "42P01", "OBJECT_VIEW", "pg_class")
    MATERIALIZED_VIEW = KindFacts(
        Space.RELATION, "materialized view", "42P07", "42P01", "OBJECT_MATVIEW", "pg_class"
    )
    SEQUENCE = KindFacts(
        Space.RELATION, "sequence", "42P07", "42P01", "OBJECT_SEQUENCE", "pg_class"
    )
    INDEX = KindFacts(Space.RELATION, "index", "42P07", "42704", "OBJECT_INDEX", "pg_class")
    FOREIGN_TABLE = KindFacts(
        Space.RELATION, "foreign table", "42P07", "42704", "OBJECT_FOREIGN_TABLE", "pg_class"
    )
    COMPOSITE_TYPE = KindFacts(Space.RELATION, "type", "42710", "42704", catalog="pg_type")
    TYPE = KindFacts(Space.TYPE, "type", "42710", "42704", "OBJECT_TYPE", "pg_type")
    DOMAIN = KindFacts(Space.TYPE, "domain", "42710", "42704", "OBJECT_DOMAIN", "pg_type")
    FUNCTION = KindFacts(Space.ROUTINE, "function", "42723", "42883", "OBJECT_FUNCTION", "pg_proc")
    PROCEDURE = KindFacts(
        Space.ROUTINE, "procedure", "42723", "42883", "OBJECT_PROCEDURE", "pg_proc"
    )
    AGGREGATE = KindFacts(
        Space.ROUTINE, "aggregate", "42723", "42883", "OBJECT_AGGREGATE", "pg_proc"
    )
    ROUTINE = KindFacts(Space.ROUTINE, "routine", "42723", "42883", "OBJECT_ROUTINE", "pg_proc")
    OPERATOR = KindFacts(
        Space.OPERATOR, "operator", "42723", "42883", "OBJECT_OPERATOR", "pg_operator"
    )
    OPERATOR_CLASS = KindFacts(
        Space.OPERATOR_CLASS, "operator class", "42710", "42704", "OBJECT_OPCLASS", "pg_opclass"
    )
    OPERATOR_FAMILY = KindFacts(
        Space.OPERATOR_FAMILY, "operator family", "42710", "42704", "OBJECT_OPFAMILY", "pg_opfamily"
    )
    COLLATION = KindFacts(
        Space.COLLATION, "collation", "42710", "42704", "OBJECT_COLLATION", "pg_collation"
    )
    CONVERSION = KindFacts(
        Space.CONVERSION, "conversion", "42710", "42704", "OBJECT_CONVERSION", "pg_conversion"
    )
    STATISTICS = KindFacts(
        Space.STATISTICS,
        "statistics object",
        "42710",
        "42704",
        "OBJECT_STATISTIC_EXT",
        "pg_statistic_ext",
    )
    TS_CONFIGURATION = KindFacts(
        Space.TS_CONFIGURATION,
        "text search configuration",
        "23505",
        "42704",
        "OBJECT_TSCONFIGURATION",
        "pg_ts_config",
    )
    TS_DICTIONARY = KindFacts(
        Space.TS_DICTIONARY,
        "text search dictionary",
        "23505",
        "42704",
        "OBJECT_TSDICTIONARY",
        "pg_ts_dict",
    )
    TS_PARSER = KindFacts(
        Space.TS_PARSER, "text search parser", "23505", "42704", "OBJECT_TSPARSER", "pg_ts_parser"
    )
    TS_TEMPLATE = KindFacts(
        Space.TS_TEMPLATE,
        "text search template",
        "23505",
        "42704",
        "OBJECT_TSTEMPLATE",
        "pg_ts_template",
    )
    SCHEMA = KindFacts(Space.SCHEMA, "schema", "42P06", "3F000", "OBJECT_SCHEMA", "pg_namespace")
    EXTENSION = KindFacts(
        Space.EXTENSION, "extension", "42710", "42704", "OBJECT_EXTENSION", "pg_extension"
    )
    ROLE = KindFacts(Space.ROLE, "role", "42710", "42704", "OBJECT_ROLE", "pg_roles")
    DATABASE = KindFacts(
        Space.DATABASE, "database", "42P04", "3D000", "OBJECT_DATABASE", "pg_database"
    )
    TABLESPACE = KindFacts(
        Space.TABLESPACE, "tablespace", "42710", "42704", "OBJECT_TABLESPACE", "pg_tablespace"
    )
    LANGUAGE = KindFacts(
        Space.LANGUAGE, "language", "42710", "42704", "OBJECT_LANGUAGE", "pg_language"
    )
    CAST = KindFacts(Space.CAST, "cast", "42710", "42704", "OBJECT_CAST", "pg_cast")
    TRANSFORM = KindFacts(Space.TRANSFORM, "transform", "42710", "42704", "OBJECT_TRANSFORM")
    ACCESS_METHOD = KindFacts(
        Space.ACCESS_METHOD, "access method", "42710", "42704", "OBJECT_ACCESS_METHOD", "pg_am"
    )
    FOREIGN_DATA_WRAPPER = KindFacts(
        Space.FOREIGN_DATA_WRAPPER,
        "foreign-data wrapper",
        "42710",
        "42704",
        "OBJECT_FDW",
        "pg_foreign_data_wrapper",
    )
    SERVER = KindFacts(
        Space.SERVER, "server", "42710", "42704", "OBJECT_FOREIGN_SERVER", "pg_foreign_server"
    )
    USER_MAPPING = KindFacts(Space.USER_MAPPING, "user mapping", "42710", "42704")
    PUBLICATION = KindFacts(
        Space.PUBLICATION, "publication", "42710", "42704", "OBJECT_PUBLICATION", "pg_publication"
    )
    SUBSCRIPTION = KindFacts(
        Space.SUBSCRIPTION,
        "subscription",
        "42710",
        "42704",
        "OBJECT_SUBSCRIPTION",
        "pg_subscription",
    )
    EVENT_TRIGGER = KindFacts(
        Space.EVENT_TRIGGER,
        "event trigger",
        "42710",
        "42704",
        "OBJECT_EVENT_TRIGGER",
        "pg_event_trigger",
    )
    LARGE_OBJECT = KindFacts(
        Space.LARGE_OBJECT, "large object", "23505", "42704", "OBJECT_LARGEOBJECT"
    )
    COLUMN = KindFacts(Space.COLUMN, "column", "42701", "42703", "OBJECT_COLUMN", "pg_attribute")
    ATTRIBUTE = KindFacts(
        Space.COLUMN, "attribute", "42701", "42703", "OBJECT_ATTRIBUTE", "pg_attribute"
    )
    CONSTRAINT = KindFacts(
        Space.CONSTRAINT,
        "constraint",
        "42710",
        "42704",
        "OBJECT_TABCONSTRAINT OBJECT_DOMCONSTRAINT",
        "pg_constraint",
    )
    TRIGGER = KindFacts(Space.TRIGGER, "trigger", "42710", "42704", "OBJECT_TRIGGER", "pg_trigger")
    RULE = KindFacts(Space.RULE, "rule", "42710", "42704", "OBJECT_RULE", "pg_rewrite")
    POLICY = KindFacts(Space.POLICY, "policy", "42710", "42704", "OBJECT_POLICY", "pg_policy")
    ENUM_VALUE = KindFacts(Space.ENUM_VALUE, "enum value", "42710", "22023", catalog="pg_enum")
    IDENTITY = KindFacts(Space.FACET, "identity", "55000", "55000")
    GENERATION_EXPRESSION = KindFacts(Space.FACET, "generation expression", "55000", "55000")
    PARTITION = KindFacts(Space.MEMBER, "partition", "42809", "42P01", catalog="pg_inherits")
    INHERITANCE = KindFacts(
        Space.MEMBER, "inheritance link", "42P07", "42P01", catalog="pg_inherits"
    )
    # Of extensions: TimescaleDB, Citus (`replay.effects.supplied.table_deeds`).
    HYPERTABLE = KindFacts(Space.FACET, "hypertable", "TS110", "TS001")
    DIMENSION = KindFacts(Space.FACET, "dimension", "TS160", "TS002")
    TABLE_POLICY = KindFacts(Space.FACET, "policy", "42710", "42704")
    DISTRIBUTION = KindFacts(Space.FACET, "distribution", "42P16", "42P16")
    TYPED_TABLE = KindFacts(Space.FACET, "typed table", "42809", "42809")
    OPTION = KindFacts(Space.MEMBER, "option", "42710", "42704")
    PUBLICATION_MEMBER = KindFacts(
        Space.MEMBER, "publication member", "42710", "42704", catalog="pg_publication_rel"
    )
    SUBSCRIBED_PUBLICATION = KindFacts(Space.MEMBER, "subscribed publication", "42710", "42P17")
    EXTENSION_MEMBER = KindFacts(Space.MEMBER, "extension member", "55000", "55000")
    OPERATOR_FAMILY_MEMBER = KindFacts(Space.MEMBER, "operator family member", "42710", "42704")
    TS_MAPPING = KindFacts(Space.MEMBER, "text search mapping", "23505", "42704")

    __hash__ = object.__hash__

    # Attributes, for they are asked for at every step: properties would look in the value each time.
    def __init__(
        self,
        space: Space,
        noun: str,
        duplicate: str,
        undefined: str,
        objects: str,
        catalog: str,
    ) -> None:
        self.space = space
        self.noun = noun
        self.duplicate = duplicate
        self.undefined = undefined
        self.objects = tuple(objects.split())
        self.catalog = catalog


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


#: Properties of an object that have no name of their own, as they are spoken of.
_PROPERTIES: Final = {
    "primary key": "primary key of {}",
    "constraint": "constraint of index {}",
    "partitioned": "partitioning of {}",
    "typed": "type of table {}",
    "distribution": "distribution of {}",
    "retention policy": "retention policy of {}",
    "columnstore policy": "columnstore policy of {}",
    "reorder policy": "reorder policy of {}",
}
#: What is a member of something, as it is spoken of: its own name, and that of what it is a member of.
_MEMBERS: Final = {
    Kind.PARTITION: "partition {} of {}",
    Kind.INHERITANCE: "inheritance of {} from {}",
    Kind.OPTION: "option {} of {}",
    Kind.PUBLICATION_MEMBER: "{} of publication {}",
    Kind.SUBSCRIBED_PUBLICATION: "publication {} of subscription {}",
    Kind.EXTENSION_MEMBER: "{} of extension {}",
    Kind.OPERATOR_FAMILY_MEMBER: "{} of operator family {}",
    Kind.TS_MAPPING: "mapping for {} of text search configuration {}",
}
#: The numbers that the grammar has for them (`OPCLASS_ITEM_OPERATOR` of src/include/nodes/parsenodes.h).
_ITEMS: Final = {"1": "operator", "2": "function", "3": "storage type"}


def member_name(kind: Kind, ref: Ref) -> str:
    """The own name of what is a member of something: `ev_2026`, `table t` of a publication."""
    word, _, name = ref.name.partition(" ")
    if kind is Kind.OPERATOR_FAMILY_MEMBER:
        return f"{_ITEMS.get(word, word)} {name}"
    return ref.name if kind is Kind.PUBLICATION_MEMBER else name


def in_words(kind: Kind, ref: Ref) -> str:
    """A thing as a sentence has it: `table users`, `constraint c on users`, `identity of column id on users`.

    The names of properties and members are ours, and no word of them is shown.
    """
    parent = ref.parent
    if ref.space is Space.MEMBER and parent is not None:
        return _MEMBERS[kind].format(member_name(kind, ref), parent)
    if ref.space is not Space.FACET or parent is None:
        return f"{kind.noun} {ref}"
    column = ref.name.partition(":")[2]
    if column:
        return f"{kind.noun} of column {column} on {parent}"
    return _PROPERTIES.get(ref.name, f"{kind.noun} {{}}").format(parent)
