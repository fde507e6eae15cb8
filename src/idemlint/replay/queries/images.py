"""What an expression over a column makes of the values that it gave before: `CASE c WHEN 'a' THEN 'b' …`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres.value_types import FALSE, TRUE
from idemlint.replay.catalog.datatype import BUILTIN, raw_type_name
from idemlint.replay.queries.meetings import column_of
from idemlint.source.tree import nodes_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    #: A value: NULL, a truth value, a number, a string, or what is none of those that are written.
    Value = bool | int | str | None

_NOTHING: Final[dict[str, Any]] = {}
#: Any value that the expression does not name.
_OTHER: Final = "\0"
_STRINGS: Final = frozenset({"text", "varchar"})
_INTEGERS: Final = frozenset({"int2", "int4", "int8"})
#: Levels of an expression that are looked into.
_DEEPEST: Final = 40


class _Untold(Exception):
    """It cannot be told what an expression gives."""


def gives_again(value: dict[str, Any], column: str, type_name: str) -> bool | None:
    """Whether a raw expression gives each of its values once more when `column` has it, as a value of type
    `type_name`; `None`: that cannot be told."""
    image = _Image(column, type_name)
    try:
        values = image.values(value)
        return all(_same(image.of(value, each), each) for each in values)
    except _Untold:
        return None


def _same(one: Value, other: Value) -> bool:
    return one.__class__ is other.__class__ and one == other


class _Image:
    def __init__(self, column: str, type_name: str) -> None:
        self._column = column
        self._type = type_name
        self._depth = 0

    # -- which values it gives ---------------------------------------------------------------------------

    def values(self, value: dict[str, Any]) -> list[Value]:
        """All values that an expression may give, as they are in the column."""
        found: list[Value] = []
        passes = False
        waiting = [value]
        while waiting:
            [(kind, fields)] = waiting.pop().items()
            if kind == "TypeCast":
                self._kept(fields)
                waiting.append(fields["arg"])
            elif kind == "CaseExpr":
                waiting += (each["CaseWhen"]["result"] for each in fields.get("args", ()))
                waiting.append(fields.get("defresult", {"A_Const": {"isnull": True}}))
            elif kind == "CoalesceExpr":
                waiting += fields["args"]
            elif kind == "A_Const":
                found.append(self._typed(_constant(fields)))
            elif kind == "ColumnRef":
                passes = True
            elif kind in {"NullTest", "BooleanTest"}:
                found += (True, False)
            elif kind == "BoolExpr" or (
                kind == "A_Expr" and fields.get("kind") != "AEXPR_NULLIF" and _operator(fields)
            ):
                found += (True, False, None)
            elif kind == "A_Expr" and fields.get("kind") == "AEXPR_NULLIF":
                waiting.append(fields["lexpr"])
                found.append(None)
            else:
                raise _Untold
        if passes:
            # What the column had it may have still, if nothing else is made of it.
            others: list[Value] = [True, False] if self._type == "bool" else [_OTHER]
            others += (None, *filter(None, map(_text, _constants(value))))
            found += (each for each in others if _same(self._first(value, each), each))
        return found

    def _first(self, value: dict[str, Any], given: Value) -> Value:
        try:
            return self.of(value, given)
        except _Untold:
            return given

    def _kept(self, fields: dict[str, Any]) -> str:
        """The type of a cast that leaves a value what it is."""
        name = raw_type_name(fields["typeName"])
        if name != self._type and (name not in _STRINGS or "typmods" in fields["typeName"]):
            raise _Untold
        return name

    def _typed(self, value: Value) -> Value:
        """A value as one of the column's type."""
        return _as(value, self._type)

    # -- what it gives for one ---------------------------------------------------------------------------

    def of(self, value: dict[str, Any], given: Value) -> Value:
        """What a raw expression gives where the column has a value, as a value of the column's type."""
        return self._typed(self._of(value, given))

    def _of(self, value: dict[str, Any], given: Value) -> Value:
        [(kind, fields)] = value.items()
        reader = _READERS.get(kind)
        if reader is None or self._depth > _DEEPEST:
            raise _Untold
        self._depth += 1
        try:
            return reader(self, fields, given)
        finally:
            self._depth -= 1

    def _reference(self, fields: dict[str, Any], given: Value) -> Value:
        if column_of({"ColumnRef": fields})[-1] != self._column:
            raise _Untold
        return given

    def _literal(self, fields: dict[str, Any], given: Value) -> Value:
        return _constant(fields)

    def _cast(self, fields: dict[str, Any], given: Value) -> Value:
        name = self._kept(fields)
        return _as(self._of(fields["arg"], given), "text" if name in _STRINGS else name)

    def _case(self, fields: dict[str, Any], given: Value) -> Value:
        tested = self._of(fields["arg"], given) if "arg" in fields else True
        for each in fields.get("args", ()):
            when = each["CaseWhen"]
            found = self._of(when["expr"], given)
            if "arg" in fields:
                found = _equal(tested, found)
            if found is True or (found.__class__ is str and _as(found, "bool") is True):
                return self._of(when["result"], given)
        return self._of(fields["defresult"], given) if "defresult" in fields else None

    def _coalesce(self, fields: dict[str, Any], given: Value) -> Value:
        found = (self._of(each, given) for each in fields["args"])
        return next((each for each in found if each is not None), None)

    def _compare(self, fields: dict[str, Any], given: Value) -> Value:
        operator, kind = _operator(fields), fields.get("kind", "AEXPR_OP")
        left = self._of(fields.get("lexpr", _NOTHING) or {"": _NOTHING}, given)
        if kind == "AEXPR_IN":
            items = fields["rexpr"]["List"]["items"]
            found = _any(_equal(left, self._of(each, given)) for each in items)
        else:
            right = self._of(fields["rexpr"], given)
            found = _equal(left, right)
            if kind == "AEXPR_NULLIF":
                return None if found is True else left
        return found if operator == "=" or found is None else not found

    def _logic(self, fields: dict[str, Any], given: Value) -> Value:
        parts = [_as(self._of(each, given), "bool") for each in fields["args"]]
        if fields["boolop"] == "NOT_EXPR":
            return None if parts[0] is None else not parts[0]
        if fields["boolop"] == "OR_EXPR":
            return _any(parts)
        found = _any(None if each is None else not each for each in parts)
        return None if found is None else not found

    def _null_test(self, fields: dict[str, Any], given: Value) -> Value:
        is_null = self._of(fields["arg"], given) is None
        return is_null is (fields["nulltesttype"] == "IS_NULL")

    def _boolean_test(self, fields: dict[str, Any], given: Value) -> Value:
        asked = fields["booltesttype"]
        found = _as(self._of(fields["arg"], given), "bool")
        wanted = _TESTED[asked.removeprefix("IS_").removeprefix("NOT_")]
        return (found is wanted) is not asked.startswith("IS_NOT_")


_TESTED: Final[dict[str, bool | None]] = {"TRUE": True, "FALSE": False, "UNKNOWN": None}
_READERS: Final[dict[str, Callable[[_Image, dict[str, Any], Value], Value]]] = {
    "ColumnRef": _Image._reference,
    "A_Const": _Image._literal,
    "TypeCast": _Image._cast,
    "CaseExpr": _Image._case,
    "CoalesceExpr": _Image._coalesce,
    "A_Expr": _Image._compare,
    "BoolExpr": _Image._logic,
    "NullTest": _Image._null_test,
    "BooleanTest": _Image._boolean_test,
}
#: Kinds of `A_Expr` that say whether two are alike.
_LIKENESS: Final = frozenset({"AEXPR_OP", "AEXPR_IN", "AEXPR_NULLIF"})


def _operator(fields: dict[str, Any]) -> str:
    """`=` or `<>`."""
    name = str(fields["name"][-1]["String"].get("sval", ""))
    if name not in {"=", "<>"} or fields.get("kind", "AEXPR_OP") not in _LIKENESS:
        raise _Untold
    return name


def _constant(fields: dict[str, Any]) -> Value:
    if "isnull" in fields:
        return None
    if "boolval" in fields:
        return "boolval" in fields["boolval"]
    if "ival" in fields:
        return int(fields["ival"].get("ival", 0))
    if "sval" in fields:
        return str(fields["sval"].get("sval", ""))
    raise _Untold


def _constants(value: Any) -> Iterable[Value]:
    """All constants of a raw expression."""
    for kind, fields in nodes_in(value):
        if kind == "A_Const":
            yield _constant(fields)


def _text(value: Value) -> str | None:
    if isinstance(value, bool):
        return "true" if value else "false"
    return None if value is None else str(value)


def _as(value: Value, type_name: str) -> Value:
    """A value as one of another type."""
    if value is None or value == _OTHER:
        return value
    text = _text(value) or ""
    if type_name == "bool":
        word = text.strip().lower()
        if word in TRUE or word in FALSE:
            return word in TRUE
        raise _Untold
    if type_name in _INTEGERS:
        digits = text.strip()
        if digits.lstrip("-").isdigit() and digits.isascii():
            return int(digits)
        raise _Untold
    if type_name in BUILTIN - _STRINGS or type_name.endswith("[]"):
        # One value may be written in several ways.
        raise _Untold
    return text


def _equal(one: Value, other: Value) -> bool | None:
    if one is None or other is None:
        return None
    if _OTHER in {one, other}:
        if one == other:
            raise _Untold
        return False
    for each, counterpart in ((one, other), (other, one)):
        if each.__class__ is not str and counterpart.__class__ is str:
            return _equal(each, _as(counterpart, "bool" if each.__class__ is bool else "int8"))
    if one.__class__ is not other.__class__:
        raise _Untold
    return one == other


def _any(parts: Iterable[Value]) -> bool | None:
    given = list(parts)
    if any(each is True for each in given):
        return True
    return None if None in given else False
