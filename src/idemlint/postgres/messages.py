"""What PostgreSQL says about an object that is there already, or is not there to be dropped.

Only the messages that have one form for a kind, whatever the statement; a test asks a server for each.
They are the texts of `errmsg` in the sources that make and drop a kind: src/backend/catalog/{heap,
pg_constraint,pg_namespace}.c, src/backend/commands/{dropcmds,tablecmds,typecmds,extension,user,policy,
trigger}.c and src/backend/rewrite/rewriteDefine.c.
"""

from __future__ import annotations

from typing import Final

from idemlint.postgres.kinds import Kind
from idemlint.records import NamedTuple


class Messages(NamedTuple):
    """`{name}` and `{parent}` (the table or the domain that it is in) stand for names.

    Empty where the message has other forms, or says more than the names.
    """

    exists: str = ""
    missing: str = ""


def _relation(noun: str) -> Messages:
    """Any relation of the name is in the way of a new one; only one of the kind can be dropped."""
    return Messages('relation "{name}" already exists', noun + ' "{name}" does not exist')


def _plain(noun: str) -> Messages:
    return Messages(noun + ' "{name}" already exists', noun + ' "{name}" does not exist')


MESSAGES: Final[dict[Kind, Messages]] = {
    Kind.TABLE: _relation("table"),
    Kind.VIEW: _relation("view"),
    Kind.MATERIALIZED_VIEW: _relation("materialized view"),
    Kind.SEQUENCE: _relation("sequence"),
    Kind.INDEX: _relation("index"),
    Kind.FOREIGN_TABLE: _relation("foreign table"),
    Kind.COMPOSITE_TYPE: Messages('relation "{name}" already exists'),
    Kind.TYPE: _plain("type"),
    Kind.DOMAIN: _plain("type"),
    Kind.SCHEMA: _plain("schema"),
    Kind.EXTENSION: _plain("extension"),
    Kind.ROLE: _plain("role"),
    Kind.COLUMN: Messages(
        'column "{name}" of relation "{parent}" already exists',
        'column "{name}" of relation "{parent}" does not exist',
    ),
    Kind.CONSTRAINT: Messages(
        'constraint "{name}" for relation "{parent}" already exists',
        'constraint "{name}" of relation "{parent}" does not exist',
    ),
    Kind.TRIGGER: Messages(
        'trigger "{name}" for relation "{parent}" already exists',
        'trigger "{name}" for table "{parent}" does not exist',
    ),
    Kind.RULE: Messages(
        'rule "{name}" for relation "{parent}" already exists',
        'rule "{name}" for relation "{parent}" does not exist',
    ),
    Kind.POLICY: Messages(
        'policy "{name}" for table "{parent}" already exists',
        'policy "{name}" for table "{parent}" does not exist',
    ),
}

#: A constraint of a domain.
DOMAIN_CONSTRAINT: Final = Messages(
    'constraint "{name}" for domain "{parent}" already exists',
    'constraint "{name}" of domain "{parent}" does not exist',
)

#: A property of a table, a column or an index, by its name in `replay.catalog.refs`; `{name}` is the column.
PROPERTIES: Final = {
    "primary key": Messages('multiple primary keys for table "{parent}" are not allowed'),
    "constraint": Messages('index "{parent}" is already associated with a constraint'),
    "identity": Messages(
        'column "{name}" of relation "{parent}" is already an identity column',
        'column "{name}" of relation "{parent}" is not an identity column',
    ),
}

#: What is a member of something, or a value of a type; without the name of what that is in, in some of them.
MEMBERS: Final = {
    Kind.PARTITION: Messages(
        '"{name}" is already a partition',
        'relation "{name}" is not a partition of relation "{parent}"',
    ),
    Kind.INHERITANCE: Messages(
        'relation "{parent}" would be inherited from more than once',
        'relation "{parent}" is not a parent of relation "{name}"',
    ),
    Kind.OPTION: Messages('option "{name}" provided more than once', 'option "{name}" not found'),
    Kind.TS_MAPPING: Messages(
        'duplicate key value violates unique constraint "pg_ts_config_map_index"',
        'mapping for token type "{name}" does not exist',
    ),
    Kind.ENUM_VALUE: Messages('enum label "{name}" already exists'),
    Kind.TYPED_TABLE: Messages(missing='"{parent}" is not a typed table'),
    Kind.ATTRIBUTE: MESSAGES[Kind.COLUMN],
}
#: Members of a publication, which may be schemas, too.
PUBLISHED_TABLE: Final = Messages(
    'relation "{name}" is already member of publication "{parent}"',
    'relation "{name}" is not part of the publication',
)
