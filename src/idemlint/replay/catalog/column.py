"""What a column is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.records import NamedTuple
from idemlint.replay.catalog.datatype import raw_type_name
from idemlint.source.tree import NESTED, Tree, strings, wrap

if TYPE_CHECKING:
    from collections.abc import Iterator

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
    """A column as its definition says; `generated` where PostgreSQL fills it with a new value each time.

    `expression`: it is computed (GENERATED … STORED) by `computed`, from the columns `reads`.
    `typmods` are what stands in brackets behind the type (`10,2`); `None`: that cannot be told.
    """

    name: str
    type: str
    not_null: bool
    default: Tree | None
    generated: bool
    identity: bool
    expression: bool = False
    reads: tuple[str, ...] = ()
    typmods: str | None = ""
    collation: str = ""
    computed: Tree | None = None


def read_column(fields: dict[str, Any]) -> Column:
    """Read a raw `ColumnDef`."""
    name = raw_type_name(fields["typeName"]) if "typeName" in fields else ""
    default = computed = None
    not_null = identity = expression = False
    reads: tuple[str, ...] = ()
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
            reads = tuple(dict.fromkeys(columns_in(constraint.get("raw_expr"))))
            computed = wrap(constraint["raw_expr"])
    serial = name in SERIALS
    return Column(
        fields["colname"],
        name,
        not_null or identity or serial,
        default,
        identity or serial or generates(default),
        identity,
        expression,
        reads,
        typmods_of(fields.get("typeName", {})),
        strings(wrap(fields["collClause"]).collname)[-1] if "collClause" in fields else "",
        computed,
    )


def columns_in(root: object) -> Iterator[str]:
    """The columns of a raw expression in order; it may be deeper than Python's stack."""
    waiting = [root]
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            reference = value.get("ColumnRef")
            if reference is None:
                waiting += [each for each in reversed(value.values()) if each.__class__ in NESTED]
                continue
            last = reference["fields"][-1].get("String")
            if last is not None:
                yield last.get("sval", "")
        elif isinstance(value, list):
            waiting += reversed(value)


def typmods_of(type_name: dict[str, Any]) -> str:
    """What stands in brackets behind a raw `TypeName`: `10,2`."""
    if "typmods" not in type_name:
        return ""
    constants = (each.get("A_Const", {}) for each in type_name["typmods"])
    return ",".join(str(each.get("ival", {}).get("ival", 0)) for each in constants)


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
