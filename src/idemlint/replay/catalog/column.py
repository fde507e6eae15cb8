"""What a column is made of."""

from __future__ import annotations

from typing import Any, Final

from idemlint.records import NamedTuple
from idemlint.replay.catalog.datatype import raw_type_name
from idemlint.source.tree import Tree, strings, wrap

#: Types that bring a sequence.
SERIALS: Final = frozenset({"serial", "serial2", "serial4", "serial8", "smallserial", "bigserial"})
#: Functions in a DEFAULT that give another value each time.
_GENERATORS: Final = frozenset(
    {
        "nextval",
        "gen_random_uuid",
        "uuidv4",
        "uuidv7",
        "uuid_generate_v1",
        "uuid_generate_v1mc",
        "uuid_generate_v4",
        "random",
        "now",
        "clock_timestamp",
        "statement_timestamp",
        "transaction_timestamp",
        "txid_current",
        "gen_random_bytes",
        "cuid",
        "nanoid",
        "gen_ulid",
        "generate_ulid",
    }
)


class Column(NamedTuple):
    """A column as its definition says; `generated` where PostgreSQL fills it with a new value each time."""

    name: str
    type: str
    not_null: bool
    default: Tree | None
    generated: bool
    identity: bool
    expression: bool = False
    collation: str = ""


def read_column(fields: dict[str, Any]) -> Column:
    """Read a raw `ColumnDef`."""
    name = raw_type_name(fields["typeName"]) if "typeName" in fields else ""
    default = None
    not_null = identity = expression = False
    for each in fields.get("constraints", ()):
        constraint = each["Constraint"]
        contype = constraint["contype"]
        if contype == "CONSTR_DEFAULT":
            default = wrap(constraint["raw_expr"])
        elif contype in {"CONSTR_NOTNULL", "CONSTR_PRIMARY"}:
            not_null = True
        elif contype == "CONSTR_IDENTITY":
            identity = True
        elif contype == "CONSTR_GENERATED":
            expression = True
    serial = name in SERIALS
    return Column(
        fields["colname"],
        name,
        not_null or identity or serial,
        default,
        identity or serial or generates(default),
        identity,
        expression,
        strings(wrap(fields["collClause"]).collname)[-1] if "collClause" in fields else "",
    )


def generates(default: Tree | None) -> bool:
    """Whether a DEFAULT gives another value each time it is used."""
    if default is None:
        return False
    if default.kind == "FuncCall":
        return strings(default.funcname)[-1] in _GENERATORS
    if default.kind == "SQLValueFunction":
        return True
    if default.kind == "TypeCast":
        return generates(default.arg)
    return False
