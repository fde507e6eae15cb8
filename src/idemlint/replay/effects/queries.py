"""What a query reads, as effects; what calling its functions does; constants."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres import functions
from idemlint.postgres.functions import Call
from idemlint.postgres.kinds import Kind, Space
from idemlint.postgres.names import is_system_name
from idemlint.records import NamedTuple
from idemlint.replay.catalog.datatype import BUILTIN
from idemlint.replay.catalog.refs import Called, qualified
from idemlint.replay.effects.vocabulary import (
    Calls,
    Effect,
    ReadsColumns,
    Requires,
    Verb,
)
from idemlint.replay.queries.scope import field_names
from idemlint.source.tree import Tree, wrap

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from idemlint.postgres.kinds import Ref
    from idemlint.replay.queries.scope import Reading


class Mentions(NamedTuple):
    """What a walk found, whatever its level: relations (raw `RangeVar`s), columns, calls."""

    relations: list[dict[str, Any]]
    columns: list[list[str]]
    functions: list[tuple[list[str], dict[str, Any]]]


def walk(value: Any) -> Mentions:
    """All that a raw (sub)tree mentions."""
    found = Mentions([], [], [])
    stack: list[Any] = [value]
    while stack:
        current = stack.pop()
        if current.__class__ is not dict:
            if current.__class__ is list:
                stack.extend(current)
            continue
        for name, inner in current.items():
            if inner.__class__ is list:
                stack.append(inner)
                continue
            if inner.__class__ is not dict:
                continue
            if name == "ColumnRef":
                found.columns.append(list(field_names(inner["fields"])))
                continue
            if name == "RangeVar":
                found.relations.append(inner)
                continue
            if name == "FuncCall":
                found.functions.append((list(field_names(inner["funcname"])), inner))
            stack.append(inner)
    return found


def reads(reading: Reading) -> list[Effect]:
    """What a query reads has to be there: tables (42P01: it does not ask for the schema first), columns,
    what it casts to (42704), and what it calls."""
    query = reading if reading.alternates else None
    effects: list[Effect] = [
        Requires(ref, True, "42P01", Kind.TABLE, Verb.USE, query=query) for ref in reading.tables
    ]
    if reading.scope.asks:
        effects.append(ReadsColumns(reading.scope))
    return [*effects, *types_read(reading.types), *called(reading.functions)]


def types_read(refs: Iterable[Ref]) -> list[Requires]:
    """What a query casts to has to be there: types that not every database has."""
    return [
        Requires(ref, True, "42704", Kind.TYPE, Verb.USE)
        for ref in refs
        if ref.space is Space.TYPE and not _is_built_in(ref)
    ]


def called(found: Iterable[tuple[Sequence[str], Tree]]) -> list[Effect]:
    """Routines that are called have to be there, those that PostgreSQL has apart."""
    given: dict[tuple[str, ...], dict[str, None]] = {}
    for name, call in found:
        if functions.call(name) is Call.UNKNOWN:
            words = given.setdefault(tuple(name), {})
            for each in call.fields.get("args", ()):
                text = constant(wrap(each))
                if text is not None:
                    words.update(dict.fromkeys(text.lower().replace('"', "").split(".")))
    return [
        Calls(qualified(Space.ROUTINE, list(name)), tuple(words)) for name, words in given.items()
    ]


def called_in(nodes: Iterable[dict[str, Any]]) -> list[Effect]:
    """The same of raw expressions: DEFAULTs, CHECKs, what columns are computed by."""
    found: list[tuple[Sequence[str], Tree]] = []
    for each in nodes:
        if not _SIMPLE.issuperset(each):
            found += [(name, Tree("FuncCall", call)) for name, call in walk(each).functions]
    return called(found)


#: Expressions that call nothing.
_SIMPLE: Final = frozenset({"A_Const", "SQLValueFunction"})


def types_there(nodes: Iterable[dict[str, Any]]) -> list[Requires]:
    """Types that raw `TypeName`s name have to be there: those that not every database has."""
    found: dict[Ref, None] = {}
    for fields in nodes:
        names = [part["String"].get("sval", "") for part in fields.get("names", ())]
        if names and names[-1] and "pct_type" not in fields:
            found[qualified(Space.TYPE, names)] = None
    return types_read(found)


def _is_built_in(ref: Ref) -> bool:
    name = ref.name
    return name in BUILTIN or name.removeprefix("_") in BUILTIN or is_system_name(ref.schema, name)


def call_of(name: Sequence[str], fields: dict[str, Any], *, many: bool = False) -> Called | None:
    """A `FuncCall` (raw) as the call of a routine; `None` where it aggregates, or is given a list."""
    if not _PLAIN_CALL.issuperset(fields):
        return None
    return Called(qualified(Space.ROUTINE, list(name)), Tree("FuncCall", fields), many)


_PLAIN_CALL: Final = frozenset({"funcname", "args", "funcformat", "location"})


def constant(node: Tree | None) -> str | None:
    """A literal as text, through casts (`'a'::text`, `-1`, `true`); `None` for anything else and for NULL."""
    while node is not None and node.kind == "TypeCast":
        node = node.arg
    if node is None:
        return None
    if node.kind == "A_Expr" and node.lexpr is None and node.fields.get("kind") == "AEXPR_OP":
        inner = constant(node.rexpr)
        sign = [item.fields.get("sval") for item in node.name or ()]
        return f"-{inner}" if inner is not None and sign == ["-"] else None
    if node.kind != "A_Const":
        return None
    for name, value in node.fields.items():
        if name == "ival":
            return str(value.get("ival", 0))
        if name == "boolval":
            return "true" if value.get("boolval") else "false"
        if name in {"sval", "fval", "bsval"}:
            return str(value.get(name, ""))
    return None


def literal_value(item: dict[str, Any]) -> str | None:
    """A raw expression's constant value; `None` for NULL and for what is not constant."""
    const = item.get("A_Const")
    return constant(wrap(item) if const is None else Tree("A_Const", const))
