"""Whether a column takes what it meets."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres import value_types
from idemlint.postgres.kinds import Space
from idemlint.replay.catalog.datatype import EnumDefinition
from idemlint.replay.catalog.slots import ABSENT
from idemlint.replay.queries.columns import bare_type
from idemlint.replay.queries.meetings import ASSIGNED, MATCHED

if TYPE_CHECKING:
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Slot
    from idemlint.replay.queries.resolve import FoundColumn
    from idemlint.replay.queries.scope import Meeting

#: A SQLSTATE, and why in words.
Refusal = tuple[str, str]


def refusal_of(
    catalog: Catalog, meeting: Meeting, column: FoundColumn, other: FoundColumn | None
) -> Refusal | None:
    """Why PostgreSQL refuses what a statement does with a column; `None`: it does not, as far as is known."""
    if meeting.literal is not None:
        assigns = meeting.operator == ASSIGNED
        return of_literal(catalog, column, meeting.literal, assigns=assigns)
    name, operator = bare_type(column.type), meeting.operator
    sqlstate = None
    if other is not None or meeting.type:
        given = bare_type(other.type) if other is not None else meeting.type
        met = other.name if other is not None else "the constant"
        if operator == ASSIGNED:
            sqlstate = value_types.assigned(name, given)
            reason = f"column {column.name} is of type {name}, and {met} of type {given}"
        else:
            sqlstate = value_types.compared(name, given)
            reason = f"there is no operator {name} {operator} {given}"
    elif operator == MATCHED:
        sqlstate = value_types.called("lower", name)
        reason = f"there is no operator {name} {operator} text"
    elif operator.endswith("()"):
        sqlstate = value_types.called(operator[:-2], name)
        reason = f"there is no function {operator[:-1]}{name})"
    return (sqlstate, reason) if sqlstate is not None else None


def of_enum(catalog: Catalog, enum: Slot | None, name: str, literal: str) -> Refusal | None:
    """Why a literal is no value of a type, if that is an enum."""
    if enum is None or not isinstance(enum.definition, EnumDefinition):
        return None
    label = catalog.find_key((Space.ENUM_VALUE, enum.oid, literal))
    if label is None or label.presence is not ABSENT:
        return None
    return "22P02", f"{literal!r} is no value of enum {name}"


def of_literal(
    catalog: Catalog, column: FoundColumn, literal: str, *, assigns: bool = False
) -> Refusal | None:
    """Why a literal is no value of a column's type; what is assigned must not be too long either."""
    if column.type_oid:
        return of_enum(catalog, catalog.by_oid(column.type_oid), column.type, literal)
    sqlstate = value_types.refused(bare_type(column.type), literal)
    if sqlstate is None and assigns and value_types.is_too_long(column.type, literal):
        sqlstate = "22001"
    if sqlstate is None:
        return None
    return (
        sqlstate,
        f"column {column.name} is of type {column.type}, which {literal!r} is no value of",
    )
