"""Raw expressions over a row, read as terms: at first, and once more with what the first run has set."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres.extension_functions import value_of_call
from idemlint.postgres.functions import Call
from idemlint.postgres.laws import GIVES, LAWS
from idemlint.records import NamedTuple
from idemlint.replay.catalog.datatype import raw_type_name
from idemlint.replay.queries.scope import field_names
from idemlint.replay.rewrites.picked import Condition
from idemlint.replay.rewrites.row_terms import FALSE, NULL, TRUE, Term, call, string
from idemlint.replay.rewrites.simplified import simplified
from idemlint.replay.rewrites.unstable import Unstable, mentions_in
from idemlint.source.tree import shape

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from idemlint.replay.rewrites.truths import Facts
    from idemlint.replay.rewrites.ways import Choices

_NOTHING: Final[dict[str, Any]] = {}
_TRUE: Final = frozenset({True})
_NOT_TRUE: Final = frozenset({False, None})
_DEEPEST: Final = 60


class Row(NamedTuple):
    """A row in one of both runs: the names of its table, what was set, and what is set in all."""

    own: tuple[str, ...]
    new: Mapping[str, Term]
    written: frozenset[str]
    unstable: Unstable
    run: int


class Values:
    """Expressions over a row."""

    def __init__(
        self, row: Row, facts: Facts, choices: Choices, type_of: Callable[[str], str]
    ) -> None:
        self._row = row
        self._facts = facts
        self._choices = choices
        self._type_of = type_of
        self._names: tuple[str, ...] = ()
        self._depth = 0
        self._count = 0

    def of(self, given: dict[str, Any] | Condition) -> Term:
        """The value of a raw expression, or a condition."""
        if isinstance(given, Condition):
            self._names = given.names
            found = self._of(given.raw)
            self._names = ()
            return found
        return self._of(given)

    def assume(self, condition: Term) -> None:
        """A condition is true; of several that may be, one after the other."""
        if condition.head == "or" and True in self._facts.truth(condition):
            self._facts.learn(condition, _TRUE)
            for each in condition.args[:-1]:
                if self._choices.next():
                    self.assume(each)
                    return
                self._facts.learn(each, _NOT_TRUE)
            self.assume(condition.args[-1])
            return
        self._facts.learn(condition, _TRUE)

    def decides(self, condition: Term) -> bool:
        """Whether a condition is true; where that is not known, on this way."""
        truth = self._facts.truth(condition)
        if True not in truth or truth == _TRUE:
            return True in truth
        chosen = self._choices.next()
        self._facts.learn(condition, _TRUE if chosen else _NOT_TRUE)
        return chosen

    def _kind(self, column: str) -> str:
        from idemlint.replay.queries.columns import bare_type
        from idemlint.replay.rewrites.lawful import kind_of_type

        return kind_of_type(bare_type(self._type_of(column))) if "." not in column else ""

    def _call(self, name: str, args: list[Term]) -> Term:
        return simplified(name, args, self._kind)

    # -- nodes -----------------------------------------------------------------------------------------

    def _of(self, node: dict[str, Any]) -> Term:
        [(kind, fields)] = node.items()
        reader = _READERS.get(kind)
        if reader is None or self._depth > _DEEPEST:
            return self._opaque(node)
        self._depth += 1
        found = reader(self, fields)
        self._depth -= 1
        return self._opaque(node) if found is None else found

    def _fresh(self, name: str) -> Term:
        self._count += 1
        return Term("fresh", f"{name}#{self._row.run}.{self._count}")

    def _column(self, fields: dict[str, Any]) -> Term:
        name = field_names(fields["fields"])
        row = self._row
        if name[-1] == "*":
            return self._fresh("own rows")
        if len(name) == 1 or name[0] in row.own or name[0] in self._names:
            found = row.new.get(name[-1])
            return Term("column", name[-1]) if found is None else found
        is_other = name[0] in row.unstable.others or (
            name[0] in row.unstable.copies and name[-1] in row.written
        )
        if is_other and row.run > 1:
            return Term("column", f"{'.'.join(name)}'")
        return Term("column", ".".join(name))

    def _opaque(self, node: dict[str, Any]) -> Term:
        """What is not looked into: the same where what it reads of the row is."""
        found, row = mentions_in(node), self._row
        names, relations = found.names, found.relations
        if found.is_changing({row.own[0], *row.unstable.others}, row.written):
            return self._fresh("own rows on" if found.counts else "own rows")
        for called in found.calls:
            fresh = _FRESH.get(value_of_call(called))
            if fresh is not None:
                return self._fresh(f"{fresh}{called[-1]}")
        text = found.text
        if any(each in text for each in _MOMENTS):
            return self._fresh("current time")
        mine = {
            name[-1]
            for name in names
            if (len(name) > 1 and name[0] in (*row.own, *self._names))
            or (len(name) == 1 and (not relations or name[0] in row.written))
        }
        args = [row.new.get(each, Term("column", each)) for each in sorted(mine)]
        if row.run > 1 and any(name[0] in row.unstable.others for name in names if len(name) > 1):
            args.append(self._fresh("other rows"))
        return Term("opaque", text, tuple(args))

    def _constant(self, fields: dict[str, Any]) -> Term:
        if "isnull" in fields:
            return NULL
        if "boolval" in fields:
            return TRUE if fields["boolval"].get("boolval") else FALSE
        if "ival" in fields:
            return Term("number", str(fields["ival"].get("ival", 0)))
        if "fval" in fields:
            return Term("number", str(fields["fval"].get("fval", "")))
        return string(str(next(iter(fields.get("sval", _NOTHING).values()), "")))

    def _cast(self, fields: dict[str, Any]) -> Term:
        inner = self._of(fields["arg"])
        if inner == NULL:
            return NULL
        node = fields["typeName"]
        name = raw_type_name(node)
        if "typmods" in node:
            name = f"{name}({shape(node['typmods'])})"
        if inner.head == "cast" and inner.name == name:
            return inner
        return Term("cast", name, (inner,))

    def _inner(self, fields: dict[str, Any]) -> Term:
        return self._of(fields["arg"])

    def _operator(self, fields: dict[str, Any]) -> Term | None:
        reader = _OPERATORS.get(fields.get("kind", "AEXPR_OP"))
        return reader(self, fields) if reader is not None else None

    def _plain(self, fields: dict[str, Any]) -> Term:
        name = _name(fields)
        sides = [self._of(fields[each]) for each in ("lexpr", "rexpr") if each in fields]
        if name in _COMPARING and len(sides) == 2:
            return Term("compare", _COMPARING[name], tuple(sides))
        return self._call(name, sides)

    def _like(self, fields: dict[str, Any]) -> Term:
        return Term(
            "compare", _name(fields), (self._of(fields["lexpr"]), self._of(fields["rexpr"]))
        )

    def _in(self, fields: dict[str, Any]) -> Term:
        left = self._of(fields["lexpr"])
        items = fields["rexpr"]["List"]["items"]
        found = Term(
            "or", "", tuple(Term("compare", "=", (left, self._of(each))) for each in items)
        )
        return found if _name(fields) == "=" else Term("not", "", (found,))

    def _any(self, fields: dict[str, Any]) -> Term | None:
        if _name(fields) != "=":
            return None
        return self._among(self._of(fields["lexpr"]), self._of(fields["rexpr"]))

    def _all(self, fields: dict[str, Any]) -> Term | None:
        if _name(fields) != "<>":
            return None
        return Term("not", "", (self._among(self._of(fields["lexpr"]), self._of(fields["rexpr"])),))

    def _among(self, one: Term, array: Term) -> Term:
        from idemlint.replay.rewrites.likeness import elements

        found, is_all = elements(array)
        if is_all and found and one.head != "string":
            return Term("or", "", tuple(Term("compare", "=", (one, each)) for each in found))
        return Term("compare", "any", (one, array))

    def _between(self, fields: dict[str, Any]) -> Term:
        value = self._of(fields["lexpr"])
        low, high = (self._of(each) for each in fields["rexpr"]["List"]["items"])
        found = Term(
            "and", "", (Term("compare", ">=", (value, low)), Term("compare", "<=", (value, high)))
        )
        return Term("not", "", (found,)) if "NOT" in fields["kind"] else found

    def _distinct(self, fields: dict[str, Any]) -> Term:
        same = Term("is", "same", (self._of(fields["lexpr"]), self._of(fields["rexpr"])))
        return same if fields["kind"] == "AEXPR_NOT_DISTINCT" else Term("not", "", (same,))

    def _nullif(self, fields: dict[str, Any]) -> Term:
        left, right = self._of(fields["lexpr"]), self._of(fields["rexpr"])
        return NULL if self.decides(Term("compare", "=", (left, right))) else left

    def _logic(self, fields: dict[str, Any]) -> Term:
        parts = tuple(map(self._of, fields["args"]))
        head = {"AND_EXPR": "and", "OR_EXPR": "or", "NOT_EXPR": "not"}[fields["boolop"]]
        return Term(head, "", parts)

    def _null_test(self, fields: dict[str, Any]) -> Term:
        inner = self._of(fields["arg"])
        if inner.head == "call" and inner.name == "array_position" and len(inner.args) == 2:
            array, element = inner.args
            missing = Term("not", "", (Term("compare", "any", (element, array)),))
            found = Term("or", "", (Term("is null", "", (array,)), missing))
        else:
            found = Term("is null", "", (inner,))
        return found if fields["nulltesttype"] == "IS_NULL" else Term("not", "", (found,))

    def _boolean_test(self, fields: dict[str, Any]) -> Term:
        asked = str(fields["booltesttype"]).removeprefix("IS_")
        found = Term("is", asked.removeprefix("NOT_").lower(), (self._of(fields["arg"]),))
        return Term("not", "", (found,)) if asked.startswith("NOT_") else found

    def _case(self, fields: dict[str, Any]) -> Term:
        tested = self._of(fields["arg"]) if "arg" in fields else None
        for each in fields.get("args", ()):
            when = each["CaseWhen"]
            condition = self._of(when["expr"])
            if tested is not None:
                condition = Term("compare", "=", (tested, condition))
            if self.decides(condition):
                return self._of(when["result"])
        return self._of(fields["defresult"]) if "defresult" in fields else NULL

    def _coalesce(self, fields: dict[str, Any]) -> Term:
        *first, last = fields["args"]
        for each in first:
            found = self._of(each)
            if not self.decides(Term("is null", "", (found,))):
                return found
        return self._of(last)

    def _extreme(self, fields: dict[str, Any]) -> Term:
        name = "greatest" if fields["op"] == "IS_GREATEST" else "least"
        found = self._call(name, list(map(self._of, fields["args"])))
        if found.head == "call" and found.name == name and len(found.args) == 2:
            # What lies within a bound already is left as it is.
            for one, other in (found.args, reversed(found.args)):
                mine, others = self._facts.bounds(one), self._facts.bounds(other)
                fits = mine[0] >= others[1] if name == "greatest" else mine[1] <= others[0]
                if fits and self._facts.nullness(one) is False:
                    return one
        return found

    def _array(self, fields: dict[str, Any]) -> Term:
        return call("array", *map(self._of, fields.get("elements", ())))

    def _element(self, fields: dict[str, Any]) -> Term | None:
        found = self._of(fields["arg"])
        for each in fields["indirection"]:
            subscript = each.get("A_Indices", _NOTHING)
            if "uidx" not in subscript or "is_slice" in subscript:
                return None
            found = self._call("->", [found, self._of(subscript["uidx"])])
        return found

    def _clock(self, fields: dict[str, Any]) -> Term | None:
        return self._fresh("current time") if _is_moment(str(fields["op"])) else None

    def _function(self, fields: dict[str, Any]) -> Term | None:
        if any(each in fields for each in _SPECIAL_CALLS):
            return None
        name = field_names(fields["funcname"])
        last = name[-1]
        args = list(map(self._of, fields.get("args", ())))
        kind = value_of_call(name)
        fresh = _FRESH.get(kind)
        if fresh is not None and last not in LAWS and last not in GIVES:
            return self._fresh(f"{fresh}{last}")
        if last in _CONDITIONS and len(args) == 2:
            return Term("compare", _CONDITIONS[last], tuple(args))
        return self._call(last, args)


def _name(fields: dict[str, Any]) -> str:
    return str(fields["name"][-1]["String"].get("sval", ""))


def _is_moment(name: str) -> bool:
    return name.startswith(_MOMENTS)


#: How the names of what tells the time begin.
_MOMENTS: Final = ("SVFOP_CURRENT_D", "SVFOP_CURRENT_TI", "SVFOP_LOCAL")

_SPECIAL_CALLS: Final = (
    "agg_order",
    "agg_filter",
    "agg_within_group",
    "over",
    "func_variadic",
    "agg_star",
)
#: What a call is that gives another value the second time; `?`: it may.
_FRESH: Final = {Call.CLOCK: "", Call.VOLATILE: "", Call.REPEATS: "", Call.UNKNOWN: "?"}
#: Operators that say whether something is so.
_COMPARING: Final = {
    **{name: name for name in ("=", "<>", "<", ">", "<=", ">=", "~~", "!~~", "~~*", "!~~*")},
    **{name: name for name in ("~", "!~", "~*", "!~*", "?", "@>", "<@", "&&")},
    "!=": "<>",
    "^@": "starts",
}
_CONDITIONS: Final = {
    "starts_with": "starts",
    "jsonb_exists": "?",
    "like": "~~",
    "array_contains": "@>",
}
_OPERATORS: Final[dict[str, Callable[[Values, dict[str, Any]], Term | None]]] = {
    "AEXPR_OP": Values._plain,
    "AEXPR_OP_ANY": Values._any,
    "AEXPR_OP_ALL": Values._all,
    "AEXPR_LIKE": Values._like,
    "AEXPR_ILIKE": Values._like,
    "AEXPR_IN": Values._in,
    "AEXPR_BETWEEN": Values._between,
    "AEXPR_NOT_BETWEEN": Values._between,
    "AEXPR_DISTINCT": Values._distinct,
    "AEXPR_NOT_DISTINCT": Values._distinct,
    "AEXPR_NULLIF": Values._nullif,
}
_READERS: Final[dict[str, Callable[[Values, dict[str, Any]], Term | None]]] = {
    "ColumnRef": Values._column,
    "A_Const": Values._constant,
    "TypeCast": Values._cast,
    "CollateClause": Values._inner,
    "A_Expr": Values._operator,
    "FuncCall": Values._function,
    "BoolExpr": Values._logic,
    "NullTest": Values._null_test,
    "BooleanTest": Values._boolean_test,
    "CaseExpr": Values._case,
    "CoalesceExpr": Values._coalesce,
    "MinMaxExpr": Values._extreme,
    "A_ArrayExpr": Values._array,
    "A_Indirection": Values._element,
    "SQLValueFunction": Values._clock,
}
