"""How statements make and drop each kind of object, and the guards of their own that they can have.

From the synopses of PostgreSQL's documentation, one page a statement: `CREATE <keyword>` is
sql-create<keyword>.html, `DROP <keyword>` sql-drop<keyword>.html, without the blanks (sql-altertype.html
for ADD VALUE, sql-altertable.html and sql-alterdomain.html for commands). Nodes and fields are those of
src/include/nodes/parsenodes.h.
"""

from __future__ import annotations

from typing import Final

from idemlint.postgres.kinds import Kind
from idemlint.records import NamedTuple

#: A guard that every version has that we know: PostgreSQL 13 and later.
EVER: Final = 0


class Form(NamedTuple):
    """The statements of a kind.

    `keyword` stands behind CREATE and DROP. `nodes` are the statements that make it, with blanks
    between. `if_not_exists`, `or_replace` (of CREATE) and `if_exists` (of DROP) say since which major
    version there is such a guard; `None`: there is none. `name` and `table` are the fields of the node
    that hold the object's name and its table, where its DROP names both.
    """

    keyword: str
    nodes: str = ""
    if_not_exists: int | None = None
    or_replace: int | None = None
    if_exists: int | None = EVER
    name: str = ""
    table: str = ""


FORMS: Final[dict[Kind, Form]] = {
    Kind.TABLE: Form("TABLE", "CreateStmt CreateTableAsStmt", EVER),
    Kind.VIEW: Form("VIEW", "ViewStmt", or_replace=EVER),
    Kind.MATERIALIZED_VIEW: Form("MATERIALIZED VIEW", "CreateTableAsStmt", EVER),
    Kind.SEQUENCE: Form("SEQUENCE", "CreateSeqStmt", EVER),
    Kind.INDEX: Form("INDEX", "IndexStmt", EVER),
    Kind.FOREIGN_TABLE: Form("FOREIGN TABLE", "CreateForeignTableStmt", EVER),
    Kind.COMPOSITE_TYPE: Form("TYPE", "CompositeTypeStmt"),
    Kind.TYPE: Form("TYPE", "CreateEnumStmt CreateRangeStmt DefineStmt"),
    Kind.DOMAIN: Form("DOMAIN", "CreateDomainStmt"),
    Kind.FUNCTION: Form("FUNCTION", "CreateFunctionStmt", or_replace=EVER),
    Kind.PROCEDURE: Form("PROCEDURE", "CreateFunctionStmt", or_replace=EVER),
    Kind.AGGREGATE: Form("AGGREGATE", "DefineStmt", or_replace=EVER),
    Kind.ROUTINE: Form("ROUTINE"),
    Kind.OPERATOR: Form("OPERATOR", "DefineStmt"),
    Kind.OPERATOR_CLASS: Form("OPERATOR CLASS", "CreateOpClassStmt"),
    Kind.OPERATOR_FAMILY: Form("OPERATOR FAMILY", "CreateOpFamilyStmt"),
    Kind.COLLATION: Form("COLLATION", "DefineStmt", EVER),
    Kind.CONVERSION: Form("CONVERSION", "CreateConversionStmt"),
    Kind.STATISTICS: Form("STATISTICS", "CreateStatsStmt", EVER),
    Kind.TS_CONFIGURATION: Form("TEXT SEARCH CONFIGURATION", "DefineStmt"),
    Kind.TS_DICTIONARY: Form("TEXT SEARCH DICTIONARY", "DefineStmt"),
    Kind.TS_PARSER: Form("TEXT SEARCH PARSER", "DefineStmt"),
    Kind.TS_TEMPLATE: Form("TEXT SEARCH TEMPLATE", "DefineStmt"),
    Kind.SCHEMA: Form("SCHEMA", "CreateSchemaStmt", EVER),
    Kind.EXTENSION: Form("EXTENSION", "CreateExtensionStmt", EVER),
    Kind.ROLE: Form("ROLE", "CreateRoleStmt"),
    Kind.DATABASE: Form("DATABASE", "CreatedbStmt"),
    Kind.TABLESPACE: Form("TABLESPACE", "CreateTableSpaceStmt"),
    Kind.LANGUAGE: Form("LANGUAGE", "CreatePLangStmt", or_replace=EVER),
    Kind.CAST: Form("CAST", "CreateCastStmt"),
    Kind.TRANSFORM: Form("TRANSFORM", "CreateTransformStmt", or_replace=EVER),
    Kind.ACCESS_METHOD: Form("ACCESS METHOD", "CreateAmStmt"),
    Kind.FOREIGN_DATA_WRAPPER: Form("FOREIGN DATA WRAPPER", "CreateFdwStmt"),
    Kind.SERVER: Form("SERVER", "CreateForeignServerStmt", EVER),
    Kind.USER_MAPPING: Form("USER MAPPING", "CreateUserMappingStmt", EVER),
    Kind.PUBLICATION: Form("PUBLICATION", "CreatePublicationStmt"),
    Kind.SUBSCRIPTION: Form("SUBSCRIPTION", "CreateSubscriptionStmt"),
    Kind.EVENT_TRIGGER: Form("EVENT TRIGGER", "CreateEventTrigStmt", name="trigname"),
    Kind.TRIGGER: Form(
        "TRIGGER", "CreateTrigStmt", or_replace=14, name="trigname", table="relation"
    ),
    Kind.RULE: Form("RULE", "RuleStmt", or_replace=EVER, name="rulename", table="relation"),
    Kind.POLICY: Form("POLICY", "CreatePolicyStmt", name="policy_name", table="table"),
    # `ALTER TYPE … ADD VALUE`; nothing drops one again
    Kind.ENUM_VALUE: Form("VALUE", "AlterEnumStmt", EVER, if_exists=None),
}


class CommandGuard(NamedTuple):
    """Where a command's own guard goes: behind `words`, or behind these and `optional`."""

    words: tuple[str, ...]
    optional: str
    text: str


#: The commands of ALTER TABLE, and of ALTER TYPE and ALTER DOMAIN, with a guard of their own, by
#: `AlterTableType`. All of them are older than PostgreSQL 13 but DROP EXPRESSION, which is as old.
COMMAND_GUARDS: Final[dict[str, CommandGuard]] = {
    "AT_AddColumn": CommandGuard(("ADD",), "COLUMN", "IF NOT EXISTS"),
    "AT_DropColumn": CommandGuard(("DROP",), "COLUMN", "IF EXISTS"),
    "AT_DropAttribute": CommandGuard(("DROP", "ATTRIBUTE"), "", "IF EXISTS"),
    "AT_DropConstraint": CommandGuard(("DROP", "CONSTRAINT"), "", "IF EXISTS"),
    "AT_DropIdentity": CommandGuard(("DROP", "IDENTITY"), "", "IF EXISTS"),
    "AT_DropExpression": CommandGuard(("DROP", "EXPRESSION"), "", "IF EXISTS"),
}


def forms_of(node: str) -> tuple[Form, ...]:
    """The forms of the kinds that a statement can make, by its node: `CreateTableAsStmt` makes two."""
    return tuple(form for form in FORMS.values() if node in form.nodes.split())


def has_if_not_exists(kind: Kind) -> bool:
    """Whether the statement that makes a kind can have `IF NOT EXISTS`."""
    form = FORMS.get(kind)
    return form is not None and form.if_not_exists is not None


def has_or_replace(kind: Kind, version: int) -> bool:
    """Whether `CREATE OR REPLACE` makes a kind in this major version of PostgreSQL."""
    form = FORMS.get(kind)
    return form is not None and form.or_replace is not None and form.or_replace <= version
