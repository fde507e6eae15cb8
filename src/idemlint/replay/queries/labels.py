"""What PostgreSQL calls the columns of a query: `FigureColname` (src/backend/parser/parse_target.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.replay.catalog.column import typmods_of
from idemlint.replay.catalog.datatype import raw_type_name
from idemlint.replay.catalog.identifiers import cut
from idemlint.replay.queries.meetings import column_of
from idemlint.replay.queries.scope import Target

if TYPE_CHECKING:
    from collections.abc import Iterable

_NO_NAME: Final = "?column?"
#: What a node is called by itself, where nothing inside it is.
_OF_NODES: Final = {
    "CoalesceExpr": "coalesce",
    "RowExpr": "row",
    "GroupingFunc": "grouping",
    "A_ArrayExpr": "array",
    "XmlSerialize": "xmlserialize",
    "JsonObjectConstructor": "json_object",
    "JsonArrayConstructor": "json_array",
}
_OF_MIN_MAX: Final = {"IS_GREATEST": "greatest", "IS_LEAST": "least"}
_OF_SUBLINKS: Final = {"EXISTS_SUBLINK": "exists", "ARRAY_SUBLINK": "array"}
#: `SVFOP_CURRENT_DATE` → `current_date`.
_OF_VALUES: Final = "SVFOP_"


def labelled(targets: Iterable[dict[str, Any]]) -> tuple[Target, ...]:
    """The columns of a raw target list."""
    found = []
    for target in targets:
        value = target.get("val", {})
        name = column_of(value)
        if name and name[-1] == "*":
            found.append(Target("*", name))
            continue
        label = target.get("name") or cut(label_of(value))
        found.append(Target(label, name, _type(value)))
    return tuple(found)


def _type(value: dict[str, Any]) -> str:
    cast = value.get("TypeCast")
    if cast is None:
        return ""
    name, typmods = raw_type_name(cast["typeName"]), typmods_of(cast["typeName"])
    return f"{name}({typmods})" if typmods and not name.endswith("[]") else name


def label_of(value: dict[str, Any]) -> str:
    """What an expression without AS is called."""
    weak = ""
    while value:
        [(kind, fields)] = value.items()
        if kind == "ColumnRef":
            names = [each["String"]["sval"] for each in fields["fields"] if "String" in each]
            return names[-1] if names else _NO_NAME
        if kind == "A_Indirection":
            names = [each["String"]["sval"] for each in fields["indirection"] if "String" in each]
            if names:
                return str(names[-1])
            value = fields["arg"]
        elif kind == "FuncCall":
            return str(fields["funcname"][-1]["String"]["sval"])
        elif kind == "A_Expr" and fields.get("kind") == "AEXPR_NULLIF":
            return "nullif"
        elif kind == "TypeCast":
            # Unless what is inside has a name of its own, that of the type.
            weak = weak or raw_type_name(fields["typeName"]).rpartition(".")[2].rstrip("[]")
            value = fields["arg"]
        elif kind == "CollateClause":
            value = fields["arg"]
        elif kind == "CaseExpr":
            weak = weak or "case"
            value = fields.get("defresult", {})
        elif kind == "SubLink":
            return _of_sublink(fields, weak)
        elif kind == "MinMaxExpr":
            return _OF_MIN_MAX[fields["op"]]
        elif kind == "SQLValueFunction":
            return str(fields["op"]).removeprefix(_OF_VALUES).removesuffix("_N").lower()
        else:
            return _OF_NODES.get(kind) or weak or _NO_NAME
    return weak or _NO_NAME


def _of_sublink(fields: dict[str, Any], weak: str) -> str:
    kind = fields.get("subLinkType", "")
    if kind in _OF_SUBLINKS:
        return _OF_SUBLINKS[kind]
    targets = fields["subselect"].get("SelectStmt", {}).get("targetList", ())
    if kind == "EXPR_SUBLINK" and targets:
        target = targets[0]["ResTarget"]
        return str(target.get("name") or label_of(target.get("val", {})))
    return weak or _NO_NAME
