"""The type of an expression over the columns of one table, as parse analysis finds it
(`transformExprRecurse`, src/backend/parser/parse_expr.c), and what it refuses on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres import value_types
from idemlint.postgres.expression_types import (
    ASSIGNMENT,
    ENUM,
    EXPLICIT,
    IMPLICIT,
    UNKNOWN,
    TypeRefused,
    Untold,
    call,
    common_type,
    is_castable,
    is_known,
    is_string,
    operate,
)
from idemlint.postgres.kinds import Ref, Space
from idemlint.replay.catalog.column import SERIALS
from idemlint.replay.catalog.datatype import BUILTIN, EnumDefinition, raw_type_name
from idemlint.replay.catalog.refs import qualified, type_ref
from idemlint.replay.catalog.slots import ABSENT, PRESENT
from idemlint.replay.queries.columns import bare_type
from idemlint.replay.queries.literals import of_enum
from idemlint.replay.queries.meetings import text_of
from idemlint.replay.queries.resolve import found_in
from idemlint.replay.queries.scope import field_names
from idemlint.source.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from idemlint.replay.catalog.lookup import Catalog

#: Levels of an expression that are looked into.
_DEEPEST: Final = 60
_NOTHING: Final[dict[str, Any]] = {}
_INTEGERS: Final = {
    name: "int8"
    if "big" in name or "8" in name
    else "int2"
    if "small" in name or "2" in name
    else "int4"
    for name in SERIALS
}
#: Operators of which another form is written.
_PATTERNS: Final = frozenset({"AEXPR_LIKE", "AEXPR_ILIKE"})
_PLAIN: Final = frozenset({"AEXPR_OP", "AEXPR_DISTINCT", "AEXPR_NOT_DISTINCT"})
#: `SVFOP_CURRENT_DATE` and its like.
_CLOCKS: Final = {
    "SVFOP_CURRENT_DATE": "date",
    "SVFOP_CURRENT_TIME": "timetz",
    "SVFOP_CURRENT_TIMESTAMP": "timestamptz",
    "SVFOP_LOCALTIME": "time",
    "SVFOP_LOCALTIMESTAMP": "timestamp",
}
#: What a call may not have to be looked at.
_SPECIAL_CALLS: Final = ("agg_order", "agg_filter", "agg_within_group", "over", "func_variadic")


class Typed:
    """The expressions over one table of a catalog: `of` gives the type of one.

    `TypeRefused`: PostgreSQL refuses it. `Untold`: that is not known, or the type is not.
    """

    def __init__(self, catalog: Catalog, table: Ref) -> None:
        self._catalog = catalog
        self._table = table
        self._depth = 0

    def of(self, value: dict[str, Any]) -> str:
        """The type of a raw expression."""
        [(kind, fields)] = value.items()
        reader = _READERS.get(kind)
        if reader is None or self._depth > _DEEPEST:
            raise Untold
        self._depth += 1
        found = reader(self, fields)
        self._depth -= 1
        return found

    def named(self, name: str, ref: Ref) -> str:
        """A type by its name: PostgreSQL's own, or an enum that is known."""
        bare = name.removesuffix("[]")
        if bare in BUILTIN and ref.schema in {None, "pg_catalog"}:
            name = _INTEGERS.get(bare, bare) + name[len(bare) :]
        else:
            slot = self._catalog.find(ref)
            if slot is None or slot.presence is not PRESENT:
                raise Untold
            name = self._enum(slot.oid) + name[len(bare) :]
        if not is_known(name):
            raise Untold
        return name

    def _enum(self, oid: int) -> str:
        slot = self._catalog.by_oid(oid)
        if slot is None or not isinstance(slot.definition, EnumDefinition):
            raise Untold
        return f"{ENUM}{oid}"

    def takes(self, value: dict[str, Any], source: str, target: str) -> None:
        """A literal is read as a value of the type that it is for."""
        text = text_of(value)
        if source != UNKNOWN or text is None:
            return
        if target.startswith(ENUM) and not target.endswith("[]"):
            slot = self._catalog.by_oid(int(target.removeprefix(ENUM)))
            home = self._catalog.key_of(slot.oid) if slot is not None else None
            refusal = of_enum(self._catalog, slot, home[2] if home is not None else "", text)
            if refusal is not None:
                raise TypeRefused(*refusal)
            return
        sqlstate = value_types.refused(target, text)
        if sqlstate is not None:
            raise TypeRefused(sqlstate, f"{text!r} is no value of type {target}")

    # -- nodes -----------------------------------------------------------------------------------------

    def _constant(self, fields: dict[str, Any]) -> str:
        if "ival" in fields:
            return "int4"
        if "fval" in fields:
            digits = str(fields["fval"].get("fval", ""))
            return "int8" if digits.isdigit() and int(digits) < 1 << 63 else "numeric"
        if "boolval" in fields:
            return "bool"
        return "bit" if "bsval" in fields else UNKNOWN

    def _column(self, fields: dict[str, Any]) -> str:
        *around, name = field_names(fields["fields"])
        if name == "*" or len(around) > 1 or around not in ([], [self._table.name]):
            raise Untold
        catalog = self._catalog
        slot = catalog.find(self._table)
        found = catalog.find_key((Space.COLUMN, slot.oid, name)) if slot is not None else None
        if found is not None and found.presence is ABSENT:
            raise TypeRefused("42703", f"column {name} is not there")
        column = found_in(catalog, self._table, name)
        if column is None or not column.type:
            raise Untold
        bare = bare_type(column.type)
        if column.type_oid:
            return self._enum(column.type_oid)
        return self.named(bare, Ref(Space.TYPE, bare.removesuffix("[]")))

    def _cast(self, fields: dict[str, Any]) -> str:
        node = fields["typeName"]
        target = self.named(raw_type_name(node), type_ref(Tree("TypeName", node)))
        value = fields["arg"]
        elements = value.get("A_ArrayExpr")
        if elements is not None and target.endswith("[]"):
            for each in elements.get("elements", ()):
                if "A_ArrayExpr" in each:
                    raise Untold
                given = self.of(each)
                of = target if given.endswith("[]") else target[:-2]
                self._casts(each, given, of)
            return target
        self._casts(value, self.of(value), target)
        return target

    def _casts(self, value: dict[str, Any], source: str, target: str) -> None:
        self.takes(value, source, target)
        if not is_castable(source, target, EXPLICIT):
            if self._is_made(source, target):
                raise Untold
            raise TypeRefused(
                "42846", f"there is no cast from {_shown(source)} to {_shown(target)}"
            )

    def _is_made(self, source: str, target: str) -> bool:
        """Whether somebody made a cast between two types."""
        name = f"{self._written(source)} AS {self._written(target)}"
        return self._catalog.find_key((Space.CAST, 0, name)) is not None

    def _written(self, name: str) -> str:
        if not name.startswith(ENUM):
            return name
        home = self._catalog.key_of(int(name.removeprefix(ENUM).removesuffix("[]")))
        return home[2] if home is not None else name

    def assigned(self, value: dict[str, Any], target: str) -> None:
        """The value of a raw expression becomes one of a type."""
        found = self.of(value)
        self.takes(value, found, target)
        if not is_castable(found, target, ASSIGNMENT):
            if self._is_made(found, target):
                raise Untold
            raise TypeRefused("42804", f"USING gives {_shown(found)}, which is no {_shown(target)}")

    def _collate(self, fields: dict[str, Any]) -> str:
        found = self.of(fields["arg"])
        if found != UNKNOWN and not is_string(found.removesuffix("[]")):
            raise TypeRefused("42804", f"values of type {_shown(found)} have no collation")
        return found

    def _operator(self, fields: dict[str, Any]) -> str:
        kind = fields.get("kind", "AEXPR_OP")
        names = field_names(fields["name"])
        right = fields.get("rexpr", _NOTHING)
        if kind in _PLAIN:
            parts = [fields["lexpr"], right] if "lexpr" in fields else [right]
            return self._operates(names, parts)
        if kind in _PATTERNS:
            return self._operates(names, [fields["lexpr"], right])
        if kind == "AEXPR_NULLIF":
            parts = [fields["lexpr"], right]
            given = tuple([self.of(each) for each in parts])
            return self._chosen(names, parts, given)[0]
        if kind == "AEXPR_IN":
            return self._among(names, fields["lexpr"], right)
        if kind in {"AEXPR_BETWEEN", "AEXPR_NOT_BETWEEN"}:
            low, high = right["List"]["items"]
            for name, each in (((">=",), low), (("<=",), high)):
                self._operates(name, [fields["lexpr"], each])
            return "bool"
        raise Untold

    def _operates(self, names: Sequence[str], parts: list[dict[str, Any]]) -> str:
        given = tuple([self.of(each) for each in parts])
        return self._chosen(names, parts, given)[-1]

    def _chosen(
        self, names: Sequence[str], parts: list[dict[str, Any]], given: tuple[str, ...]
    ) -> tuple[str, ...]:
        if len(names) > 1 or self._catalog.namesakes(qualified(Space.OPERATOR, list(names))):
            raise Untold
        chosen = operate(names[0], given)
        for each, source, target in zip(parts, given, chosen.takes, strict=True):
            self.takes(each, source, target)
        return (*chosen.takes, chosen.gives)

    def _among(self, names: Sequence[str], left: dict[str, Any], right: Any) -> str:
        """`IN`: the list is an array if its values have a type in common."""
        items = right["List"]["items"]
        one = self.of(left)
        given = [self.of(each) for each in items]
        plain = [each for each in items if "ColumnRef" not in each]
        common = common_type([one, *given]) if len(plain) == len(items) > 1 else None
        for each, source in zip(items, given, strict=True):
            if common is not None:
                self.takes(each, source, common)
                source = common
            self._chosen(names, [left, each], (one, source))
        return "bool"

    def _call(self, fields: dict[str, Any]) -> str:
        names = list(field_names(fields["funcname"]))
        own = names.pop(0) if names[0] == "pg_catalog" else None
        parts = fields.get("args", ())
        if len(names) > 1 or any(each in fields for each in _SPECIAL_CALLS):
            raise Untold
        if own is None and self._catalog.namesakes(qualified(Space.ROUTINE, names)):
            raise Untold
        given = tuple([self.of(each) for each in parts])
        chosen = call(names[0], given)
        for each, source, target in zip(parts, given, chosen.takes, strict=True):
            self.takes(each, source, target)
        return chosen.gives

    def _logic(self, fields: dict[str, Any]) -> str:
        for each in fields["args"]:
            self._boolean(each)
        return "bool"

    def _boolean(self, value: dict[str, Any]) -> None:
        """`coerce_to_boolean`."""
        found = self.of(value)
        self.takes(value, found, "bool")
        if not is_castable(found, "bool", ASSIGNMENT):
            raise TypeRefused("42804", f"a condition is of type {_shown(found)}, not boolean")

    def _null_test(self, fields: dict[str, Any]) -> str:
        self.of(fields["arg"])
        return "bool"

    def _boolean_test(self, fields: dict[str, Any]) -> str:
        self._boolean(fields["arg"])
        return "bool"

    def _case(self, fields: dict[str, Any]) -> str:
        tested = self.of(fields["arg"]) if "arg" in fields else None
        results = []
        for each in fields.get("args", ()):
            when = each["CaseWhen"]
            if tested is None:
                self._boolean(when["expr"])
            else:
                given = ("text" if tested == UNKNOWN else tested, self.of(when["expr"]))
                self._chosen(("=",), [_NOTHING, when["expr"]], given)
            results.append((when["result"], self.of(when["result"])))
        if "defresult" in fields:
            results.insert(0, (fields["defresult"], self.of(fields["defresult"])))
        return self._alike(results)

    def _alternatives(self, fields: dict[str, Any]) -> str:
        """COALESCE, GREATEST, LEAST."""
        return self._alike([(each, self.of(each)) for each in fields["args"]])

    def _array(self, fields: dict[str, Any]) -> str:
        elements = fields.get("elements", ())
        if not elements or any("A_ArrayExpr" in each for each in elements):
            raise Untold
        found = self._alike([(each, self.of(each)) for each in elements])
        return found if found.endswith("[]") else f"{found}[]"

    def _alike(self, results: list[tuple[dict[str, Any], str]]) -> str:
        """`select_common_type`, and all are converted to that."""
        given = [source for _, source in results]
        found = common_type(given)
        if found is None:
            raise TypeRefused(
                "42804", f"values of {', '.join(map(_shown, dict.fromkeys(given)))} are mixed"
            )
        for each, source in results:
            self.takes(each, source, found)
            if not is_castable(source, found, IMPLICIT):
                raise TypeRefused("42846", f"{_shown(source)} is not converted to {_shown(found)}")
        return found

    def _element(self, fields: dict[str, Any]) -> str:
        """`a[1]`."""
        found = self.of(fields["arg"])
        for each in fields["indirection"]:
            subscript = each.get("A_Indices", _NOTHING)
            if "uidx" not in subscript or "is_slice" in subscript or found == "jsonb":
                raise Untold
            if not found.endswith("[]"):
                if found == UNKNOWN:
                    raise Untold
                raise TypeRefused("42804", f"a value of type {_shown(found)} has no subscripts")
            if self.of(subscript["uidx"]) != "int4":
                raise Untold
            found = found[:-2]
        return found

    def _clock(self, fields: dict[str, Any]) -> str:
        found = _CLOCKS.get(str(fields["op"]).removesuffix("_N"))
        if found is None:
            raise Untold
        return found


def _shown(name: str) -> str:
    return "an enum" if name.startswith(ENUM) else name


#: Node → what tells its type.
_READERS: Final[dict[str, Callable[[Typed, dict[str, Any]], str]]] = {
    "A_Const": Typed._constant,
    "ColumnRef": Typed._column,
    "TypeCast": Typed._cast,
    "CollateClause": Typed._collate,
    "A_Expr": Typed._operator,
    "FuncCall": Typed._call,
    "BoolExpr": Typed._logic,
    "NullTest": Typed._null_test,
    "BooleanTest": Typed._boolean_test,
    "CaseExpr": Typed._case,
    "CoalesceExpr": Typed._alternatives,
    "MinMaxExpr": Typed._alternatives,
    "A_ArrayExpr": Typed._array,
    "A_Indirection": Typed._element,
    "SQLValueFunction": Typed._clock,
}


def refusal_of_using(
    catalog: Catalog, table: Ref, using: dict[str, Any], target: str, target_ref: Ref
) -> tuple[str, str] | bool:
    """The SQLSTATE, and why, of `ALTER COLUMN … TYPE target USING using` (raw); else whether it is known
    that it is not refused.

    Its type has to become the column's by assignment (`ATPrepAlterColumnType`,
    src/backend/commands/tablecmds.c).
    """
    typed = Typed(catalog, table)
    try:
        typed.of(using)
        typed.assigned(using, typed.named(target, target_ref))
    except Untold:
        return False
    except TypeRefused as refused:
        return refused.sqlstate, refused.reason
    return True
