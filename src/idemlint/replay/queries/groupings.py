"""GROUP BY over a primary key: a query that gives other columns of the table needs that key
(`check_functional_grouping`, src/backend/catalog/pg_constraint.c)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres import functions
from idemlint.postgres.functions import Call
from idemlint.replay.queries.scope import GroupedLevel, Name, RangeEntry, field_names

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NOTHING: Final[dict[str, Any]] = {}
_GIVEN: Final = ("targetList", "havingClause", "sortClause")


def grouping_of(fields: dict[str, Any], sources: tuple[RangeEntry, ...]) -> GroupedLevel | None:
    """What a raw `SelectStmt` with GROUP BY is grouped by, and which columns it gives besides."""
    targets = [each["ResTarget"] for each in fields.get("targetList", ())]
    by = []
    for item in fields["groupClause"]:
        [(kind, inner)] = item.items()
        if kind == "GroupingSet":
            return None
        column = field_names(inner["fields"]) if kind == "ColumnRef" else _placed(inner, targets)
        if column:
            by.append(_labelled(column, targets))
    others = _bare([fields[part] for part in _GIVEN if part in fields])
    return GroupedLevel(sources, tuple(by), tuple(each for each in others if each not in by))


def _placed(constant: dict[str, Any], targets: list[dict[str, Any]]) -> Name:
    """`GROUP BY 1`."""
    place = constant.get("ival", _NOTHING).get("ival", 0) if "ival" in constant else 0
    return _column(targets[place - 1]) if 0 < place <= len(targets) else ()


def _labelled(name: Name, targets: list[dict[str, Any]]) -> Name:
    """A label stands for a column where no column has its name; that is not asked here."""
    for target in targets:
        if len(name) == 1 and target.get("name") == name[0]:
            return _column(target) or name
    return name


def _column(target: dict[str, Any]) -> Name:
    return field_names(target.get("val", _NOTHING).get("ColumnRef", _NOTHING).get("fields", []))


def _bare(values: Iterable[Any]) -> Iterator[Name]:
    """Columns outside aggregates and sub-selects; what an unknown function is given does not count."""
    waiting = list(values)
    while waiting:
        value = waiting.pop()
        if value.__class__ is list:
            waiting += value
        elif value.__class__ is dict:
            for kind, inner in value.items():
                if kind == "ColumnRef":
                    yield field_names(inner["fields"])
                elif kind == "SelectStmt" or (kind == "FuncCall" and _gathers(inner)):
                    continue
                else:
                    waiting.append(inner)


def _gathers(call: dict[str, Any]) -> bool:
    name = list(field_names(call["funcname"]))
    if name[-1] in functions.aggregates() or any(each.startswith("agg_") for each in call):
        return True
    return functions.call(name) is Call.UNKNOWN
