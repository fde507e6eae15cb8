"""Which catalog relation lists what: a table of facts, one row a relation.

A row says the namespace of what is listed and what its columns mean. `name`, `schema` and `parent`
are names in text, `self.oid`, `schema.oid`, `parent.oid`, `on.oid` references to other rows; `on`
names a table the thing belongs to without living in it, `source` and `target` are the types of a cast.
`kind` is a letter or word that says what
it is, `column` a column it is about, `facet:…` whether it has a property. `live` and `database` say
nothing: they are what every lookup has to ask, or that this is the database it runs in.
"""

from __future__ import annotations

from functools import cache
from typing import Final

from idemlint.postgres.functions import facts_in
from idemlint.postgres.kinds import Kind, Space
from idemlint.records import NamedTuple


class CatalogRelation(NamedTuple):
    """A row. `kinds` and `only` are what it lists, where that is not all of the namespace: by what a thing
    is, and by its sort (a letter of `contype` or `typtype`; of a trigger `w`, where it fires for rows that
    are written; of a role `l`, where it may log in, otherwise `g`). `of` are the kinds of what such things
    are in.

    https://www.postgresql.org/docs/current/catalogs.html and …/information-schema.html, and where these do
    not say it, the definitions in src/backend/catalog/information_schema.sql and system_views.sql.
    """

    name: str
    space: Space
    roles: dict[str, str]
    parent: Space = Space.RELATION
    kinds: frozenset[Kind] | None = None
    only: frozenset[str] = frozenset()
    of: frozenset[Kind] | None = None

    def column(self, role: str) -> str:
        """The first column that plays a role: `polname` is the `name` of pg_policy; empty: none."""
        return next((column for column, played in self.roles.items() if played == role), "")


_TABLES: Final = frozenset({Kind.TABLE, Kind.VIEW, Kind.FOREIGN_TABLE})
_OF_TABLES: Final = frozenset({Kind.TABLE})


def _row(
    name: str,
    space: Space,
    columns: str,
    *kinds: Kind,
    parent: Space = Space.RELATION,
    only: str = "",
    of: frozenset[Kind] | None = None,
) -> CatalogRelation:
    roles = dict(column.partition("=")[::2] for column in columns.split())
    return CatalogRelation(
        name, space, roles, parent, frozenset(kinds) or None, frozenset(only), of
    )


_ROWS: Final = (
    # relations
    _row(
        "pg_class",
        Space.RELATION,
        "relname=name relnamespace=schema.oid oid=self.oid relkind=kind",
    ),
    _row("pg_tables", Space.RELATION, "tablename=name schemaname=schema", Kind.TABLE),
    _row("pg_views", Space.RELATION, "viewname=name schemaname=schema", Kind.VIEW),
    _row(
        "pg_matviews",
        Space.RELATION,
        "matviewname=name schemaname=schema",
        Kind.MATERIALIZED_VIEW,
    ),
    _row("pg_sequences", Space.RELATION, "sequencename=name schemaname=schema", Kind.SEQUENCE),
    _row("pg_sequence", Space.RELATION, "seqrelid=self.oid", Kind.SEQUENCE),
    _row("pg_indexes", Space.RELATION, "indexname=name schemaname=schema tablename=on", Kind.INDEX),
    _row("pg_index", Space.RELATION, "indexrelid=self.oid indrelid=on.oid", Kind.INDEX),
    _row(
        "pg_stat_user_indexes",
        Space.RELATION,
        "indexrelname=name schemaname=schema relname=on indexrelid=self.oid relid=on.oid",
        Kind.INDEX,
    ),
    _row(
        "pg_stat_user_tables",
        Space.RELATION,
        "relname=name schemaname=schema relid=self.oid",
        Kind.TABLE,
        Kind.MATERIALIZED_VIEW,
    ),
    _row("pg_foreign_table", Space.RELATION, "ftrelid=self.oid", Kind.FOREIGN_TABLE),
    _row(
        "information_schema.tables",
        Space.RELATION,
        "table_name=name table_schema=schema table_type=kind table_catalog=database",
        *_TABLES,
    ),
    _row(
        "information_schema.views",
        Space.RELATION,
        "table_name=name table_schema=schema table_catalog=database",
        Kind.VIEW,
    ),
    _row(
        "information_schema.sequences",
        Space.RELATION,
        "sequence_name=name sequence_schema=schema sequence_catalog=database",
        Kind.SEQUENCE,
    ),
    _row(
        "information_schema.foreign_tables",
        Space.RELATION,
        "foreign_table_name=name foreign_table_schema=schema",
        Kind.FOREIGN_TABLE,
    ),
    # columns
    _row(
        "pg_attribute",
        Space.COLUMN,
        "attname=name attrelid=parent.oid attisdropped=live attnum=live"
        " attidentity=facet:identity attgenerated=facet:expression",
    ),
    _row(
        "information_schema.columns",
        Space.COLUMN,
        "column_name=name table_name=parent table_schema=schema table_catalog=database"
        " is_identity=facet:identity is_generated=facet:expression",
        of=_TABLES,
    ),
    # constraints
    _row(
        "pg_constraint",
        Space.CONSTRAINT,
        "conname=name conrelid=parent.oid contypid=domain.oid connamespace=schema.oid"
        " contype=kind oid=self.oid conindid=index.oid",
    ),
    _row(
        "information_schema.table_constraints",
        Space.CONSTRAINT,
        "constraint_name=name table_name=parent table_schema=schema constraint_schema=schema"
        " constraint_type=kind table_catalog=database constraint_catalog=database",
        only="pufcn",
        of=_OF_TABLES,
    ),
    _row(
        "information_schema.key_column_usage",
        Space.CONSTRAINT,
        "constraint_name=name table_name=parent table_schema=schema constraint_schema=schema"
        " column_name=column table_catalog=database constraint_catalog=database",
        only="puf",
        of=_OF_TABLES,
    ),
    _row(
        "information_schema.constraint_column_usage",
        Space.CONSTRAINT,
        "constraint_name=name table_name=on table_schema=on.schema constraint_schema=schema"
        " column_name=column table_catalog=database constraint_catalog=database",
        only="pufcn",
        of=_OF_TABLES,
    ),
    _row(
        "information_schema.constraint_table_usage",
        Space.CONSTRAINT,
        "constraint_name=name table_name=on table_schema=on.schema constraint_schema=schema",
        only="puf",
        of=_OF_TABLES,
    ),
    _row(
        "information_schema.referential_constraints",
        Space.CONSTRAINT,
        "constraint_name=name constraint_schema=schema constraint_catalog=database",
        only="f",
        of=_OF_TABLES,
    ),
    _row(
        "information_schema.check_constraints",
        Space.CONSTRAINT,
        "constraint_name=name constraint_schema=schema constraint_catalog=database",
        only="cn",
    ),
    _row(
        "information_schema.domain_constraints",
        Space.CONSTRAINT,
        "constraint_name=name constraint_schema=schema domain_name=parent domain_schema=schema",
        parent=Space.TYPE,
        of=frozenset({Kind.DOMAIN}),
    ),
    # triggers, rules, policies
    _row("pg_trigger", Space.TRIGGER, "tgname=name tgrelid=parent.oid tgisinternal=live"),
    _row(
        "information_schema.triggers",
        Space.TRIGGER,
        "trigger_name=name event_object_table=parent event_object_schema=schema"
        " trigger_schema=schema trigger_catalog=database",
        only="w",
    ),
    _row("pg_rules", Space.RULE, "rulename=name tablename=parent schemaname=schema"),
    _row("pg_rewrite", Space.RULE, "rulename=name ev_class=parent.oid"),
    _row("pg_policies", Space.POLICY, "policyname=name tablename=parent schemaname=schema"),
    _row("pg_policy", Space.POLICY, "polname=name polrelid=parent.oid"),
    # types
    _row(
        "pg_type",
        Space.TYPE,
        "typname=name typnamespace=schema.oid oid=self.oid typtype=kind",
    ),
    _row(
        "pg_enum",
        Space.ENUM_VALUE,
        "enumlabel=name enumtypid=parent.oid",
        parent=Space.TYPE,
    ),
    _row(
        "information_schema.domains",
        Space.TYPE,
        "domain_name=name domain_schema=schema domain_catalog=database",
        Kind.DOMAIN,
    ),
    _row(
        "information_schema.user_defined_types",
        Space.TYPE,
        "user_defined_type_name=name user_defined_type_schema=schema",
        Kind.COMPOSITE_TYPE,
    ),
    _row(
        "information_schema.attributes",
        Space.COLUMN,
        "attribute_name=name udt_name=parent udt_schema=schema",
        of=frozenset({Kind.COMPOSITE_TYPE}),
    ),
    # routines
    _row(
        "pg_proc", Space.ROUTINE, "proname=name pronamespace=schema.oid oid=self.oid prokind=kind"
    ),
    _row(
        "information_schema.routines",
        Space.ROUTINE,
        "routine_name=name routine_schema=schema routine_type=kind routine_catalog=database"
        " specific_schema=schema",
    ),
    # what has a schema besides
    _row("pg_collation", Space.COLLATION, "collname=name collnamespace=schema.oid oid=self.oid"),
    _row("pg_conversion", Space.CONVERSION, "conname=name connamespace=schema.oid oid=self.oid"),
    _row("pg_operator", Space.OPERATOR, "oprname=name oprnamespace=schema.oid oid=self.oid"),
    _row("pg_opclass", Space.OPERATOR_CLASS, "opcname=name opcnamespace=schema.oid oid=self.oid"),
    _row("pg_opfamily", Space.OPERATOR_FAMILY, "opfname=name opfnamespace=schema.oid oid=self.oid"),
    _row("pg_statistic_ext", Space.STATISTICS, "stxname=name stxnamespace=schema.oid oid=self.oid"),
    _row(
        "pg_ts_config", Space.TS_CONFIGURATION, "cfgname=name cfgnamespace=schema.oid oid=self.oid"
    ),
    _row("pg_ts_dict", Space.TS_DICTIONARY, "dictname=name dictnamespace=schema.oid oid=self.oid"),
    _row("pg_ts_parser", Space.TS_PARSER, "prsname=name prsnamespace=schema.oid oid=self.oid"),
    _row(
        "pg_ts_template", Space.TS_TEMPLATE, "tmplname=name tmplnamespace=schema.oid oid=self.oid"
    ),
    # what has none
    _row("pg_cast", Space.CAST, "oid=self.oid castsource=source.oid casttarget=target.oid"),
    _row("pg_namespace", Space.SCHEMA, "nspname=name oid=self.oid"),
    _row("information_schema.schemata", Space.SCHEMA, "schema_name=name catalog_name=database"),
    _row("pg_extension", Space.EXTENSION, "extname=name"),
    _row("pg_roles", Space.ROLE, "rolname=name oid=self.oid"),
    _row("pg_authid", Space.ROLE, "rolname=name oid=self.oid"),
    _row("pg_user", Space.ROLE, "usename=name usesysid=self.oid", only="l"),
    _row("pg_shadow", Space.ROLE, "usename=name usesysid=self.oid", only="l"),
    _row("pg_group", Space.ROLE, "groname=name grosysid=self.oid", only="g"),
    _row("information_schema.enabled_roles", Space.ROLE, "role_name=name"),
    _row("pg_database", Space.DATABASE, "datname=name oid=self.oid"),
    _row("pg_tablespace", Space.TABLESPACE, "spcname=name oid=self.oid"),
    _row("pg_language", Space.LANGUAGE, "lanname=name oid=self.oid"),
    _row("pg_am", Space.ACCESS_METHOD, "amname=name"),
    _row("pg_event_trigger", Space.EVENT_TRIGGER, "evtname=name"),
    _row("pg_foreign_data_wrapper", Space.FOREIGN_DATA_WRAPPER, "fdwname=name"),
    _row("pg_foreign_server", Space.SERVER, "srvname=name oid=self.oid"),
    _row("information_schema.foreign_servers", Space.SERVER, "foreign_server_name=name"),
    _row("pg_publication", Space.PUBLICATION, "pubname=name oid=self.oid"),
    _row("pg_subscription", Space.SUBSCRIPTION, "subname=name"),
    # members
    _row(
        "pg_publication_tables",
        Space.MEMBER,
        "pubname=parent tablename=member schemaname=member.schema",
        parent=Space.PUBLICATION,
    ),
    _row(
        "pg_publication_rel",
        Space.MEMBER,
        "prpubid=parent.oid prrelid=member.oid",
        parent=Space.PUBLICATION,
    ),
    _row("pg_inherits", Space.MEMBER, "inhparent=parent.oid inhrelid=member.oid"),
)

#: By the name that a query gives: `pg_class`, `information_schema.tables`.
CATALOGS: Final[dict[str, CatalogRelation]] = {row.name: row for row in _ROWS}

#: Lists of what has no name in any namespace: they are read by their rows, like a table.
LISTS: Final = frozenset(
    {"pg_largeobject_metadata", "pg_replication_origin", "pg_replication_slots"}
)

#: Columns that hold a value in every row.
NEVER_NULL: Final = frozenset(
    column
    for row in _ROWS
    for column, role in row.roles.items()
    if role in {"name", "parent", "schema", "self.oid", "parent.oid", "schema.oid", "kind"}
)

#: `unnest(enum_range(NULL::e))`, whose only column may be called anything.
ENUM_RANGE: Final = CatalogRelation("pg_enum", Space.ENUM_VALUE, {}, Space.TYPE)

#: What the letters and words of a `kind` column stand for: a `Kind`, or a letter kept as it is.
LETTERS: Final[dict[str, dict[str, Kind | str]]] = {
    "relkind": {
        "r": Kind.TABLE,
        "p": Kind.TABLE,
        "v": Kind.VIEW,
        "m": Kind.MATERIALIZED_VIEW,
        "S": Kind.SEQUENCE,
        "i": Kind.INDEX,
        "I": Kind.INDEX,
        "f": Kind.FOREIGN_TABLE,
        "c": Kind.COMPOSITE_TYPE,
    },
    "table_type": {
        "BASE TABLE": Kind.TABLE,
        "VIEW": Kind.VIEW,
        "FOREIGN": Kind.FOREIGN_TABLE,
        "FOREIGN TABLE": Kind.FOREIGN_TABLE,
    },
    "contype": {letter: letter for letter in "pufcxnt"},
    "constraint_type": {
        "PRIMARY KEY": "p",
        "UNIQUE": "u",
        "FOREIGN KEY": "f",
        "CHECK": "c",
    },
    "typtype": {"d": Kind.DOMAIN, "c": Kind.COMPOSITE_TYPE, "e": "e", "r": "r", "m": "m", "b": "b"},
    "prokind": {"f": Kind.FUNCTION, "p": Kind.PROCEDURE, "a": Kind.AGGREGATE, "w": "w"},
    "routine_type": {"FUNCTION": Kind.FUNCTION, "PROCEDURE": Kind.PROCEDURE},
}

#: Namespaces whose names live in another object.
CHILDREN: Final = frozenset(
    {
        Space.COLUMN,
        Space.CONSTRAINT,
        Space.TRIGGER,
        Space.RULE,
        Space.POLICY,
        Space.ENUM_VALUE,
        Space.MEMBER,
    }
)

#: What a cast or a `to_reg…` function looks for.
REGISTERED: Final = {
    "regclass": Space.RELATION,
    "regtype": Space.TYPE,
    "regproc": Space.ROUTINE,
    "regprocedure": Space.ROUTINE,
    "regoperator": Space.OPERATOR,
    "regrole": Space.ROLE,
    "regnamespace": Space.SCHEMA,
    "regcollation": Space.COLLATION,
    "regconfig": Space.TS_CONFIGURATION,
    "regdictionary": Space.TS_DICTIONARY,
}


@cache
def catalog_columns() -> frozenset[str]:
    """The names of all columns of all catalogs (PostgreSQL 15 and 18: `catalog_columns.txt`)."""
    return frozenset(facts_in("catalog_columns.txt").split())
