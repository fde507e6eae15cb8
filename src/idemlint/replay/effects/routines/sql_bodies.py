"""A body in LANGUAGE sql, as CREATE FUNCTION looks at it (`fmgr_sql_validator`,
src/backend/catalog/pg_proc.c)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from idemlint.plpgsql import sql
from idemlint.plpgsql.validator.declared_types import SCALARS
from idemlint.plpgsql.validator.scanner import AT_END
from idemlint.plpgsql.validator.validation import is_filled_in
from idemlint.replay.catalog.datatype import type_name
from idemlint.replay.effects.vocabulary import Fails
from idemlint.source.grammar import TooDeep, rejection
from idemlint.source.lexer import tokens

if TYPE_CHECKING:
    from idemlint.source.tree import Tree

#: With a parameter of such a type, nothing but the syntax is looked at.
_ANY: Final = "any"
_NEVER_RETURNED: Final = frozenset({"trigger", "event_trigger", "internal", "cstring", "unknown"})
_OUT: Final = frozenset({"FUNC_PARAM_OUT", "FUNC_PARAM_INOUT", "FUNC_PARAM_TABLE"})
#: Statements that give rows only where they say RETURNING.
_WRITING: Final = frozenset({"InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})
_PARAMETER: Final = re.compile(r"\$(\d+)")
_ANALYSED: Final = _WRITING | {"SelectStmt"}


def refusal(stmt: Tree, text: str) -> Fails | None:
    """Why a body is refused whatever there is in the database."""
    result = type_name(stmt.returnType) if stmt.returnType is not None else ""
    if result in _NEVER_RETURNED:
        return _refused(text, "42P13", f"SQL functions cannot return type {result}")
    try:
        commands = sql.statements(text, 0)
    except sql.Unreadable:
        return _rejected(text)
    if is_polymorphic(stmt):
        return None
    return _missing_parameter(stmt, text, commands) or _returns_other(stmt, text, result, commands)


def is_polymorphic(stmt: Tree) -> bool:
    """Whether what a routine takes is only known when it is called: then no more than the syntax of its body
    is looked at."""
    return any(type_name(each.argType).startswith(_ANY) for each in stmt.parameters or ())


def _rejected(text: str) -> Fails | None:
    """What PostgreSQL's grammar says against a body that it refuses."""
    raw = text.encode("utf-8", "replace")
    try:
        found = rejection(raw, 0)
    except TooDeep:
        return None
    if found is None:
        return None
    start = min(max(found.offset, 0), len(raw))
    if found.message.endswith(AT_END):
        start = len(raw.rstrip())
    token = next(tokens(raw, start, len(raw)), None)
    end = token.end if token is not None else start
    if is_filled_in(text, end):
        return None
    return Fails("42601", found.message, (start, end))


def _refused(text: str, sqlstate: str, reason: str, start: int = 0) -> Fails:
    return Fails(sqlstate, reason, (start, len(text.encode("utf-8", "replace"))))


def _missing_parameter(stmt: Tree, text: str, commands: list[dict[str, Any]]) -> Fails | None:
    """`$3` of a routine with two parameters."""
    if "$" not in text or not all(_ANALYSED.issuperset(each) for each in commands):
        return None
    given = sum(
        each.mode not in {"FUNC_PARAM_OUT", "FUNC_PARAM_TABLE"} for each in stmt.parameters or ()
    )
    if stmt.is_procedure:
        given = len(stmt.parameters or ())
    raw = text.encode("utf-8", "replace")
    for kind, start, end in tokens(raw, 0, len(raw)):
        if kind == "param" and int(raw[start + 1 : end]) > given:
            name = raw[start:end].decode()
            return Fails("42P02", f"there is no parameter {name}", (start, end))
    return None


def _returns_other(
    stmt: Tree, text: str, result: str, commands: list[dict[str, Any]]
) -> Fails | None:
    """The last statement has to give what the routine returns (`check_sql_fn_retval`,
    src/backend/executor/functions.c)."""
    outs = [each for each in stmt.parameters or () if each.mode in _OUT]
    if (not outs and stmt.is_procedure) or result == "void":
        return None
    shown = result or (type_name(outs[0].argType) if len(outs) == 1 else "record")
    reason = f"return type mismatch in function declared to return {shown}"
    if not commands:
        return _refused(text, "42P13", reason)
    [(kind, fields)] = commands[-1].items()
    if kind == "SelectStmt":
        columns = _columns(fields)
        is_scalar = not stmt.is_procedure and len(outs) < 2 and shown in SCALARS
        return _refused(text, "42P13", reason) if is_scalar and columns not in {1, None} else None
    if (kind in _WRITING and fields.get("returningList")) or "returningClause" in fields:
        return None
    if kind == "MergeStmt":
        return None
    return _refused(text, "42P13", reason)


def _columns(select: dict[str, Any]) -> int | None:
    """How many columns a query gives; `None`: that is not said."""
    while "larg" in select:
        select = select["larg"]
    if "intoClause" in select:
        return None
    if "valuesLists" in select:
        return len(select["valuesLists"][0]["List"]["items"])
    targets = select.get("targetList", ())
    for each in targets:
        field = each["ResTarget"]["val"].get("ColumnRef", {}).get("fields", ())
        if field and "A_Star" in field[-1]:
            return None
        if "A_Indirection" in each["ResTarget"]["val"]:
            return None
    return len(targets)
