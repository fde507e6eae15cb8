"""What writing a value once more comes to: `SET a = 1` is a fixpoint, `SET n = n + 1` is not.

Most values have nothing to do with the row: that is seen here. For the others, and for conditions on what is
set, the statement is run two times over a row that is not known (`replay.rewrites`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres import functions
from idemlint.postgres.functions import Call
from idemlint.records import NamedTuple
from idemlint.replay.effects.queries import constant, walk
from idemlint.replay.effects.vocabulary import Again
from idemlint.source.tree import Tree, nodes_in, shape, strings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.replay.effects.queries import Mentions
    from idemlint.replay.rewrites.picked import Rewritten

_NO_TREE: Final[dict[str, Any]] = {}
#: What is the same at every call.
_SETTLED: Final = frozenset({Call.PURE, Call.HARMLESS, Call.FAILS})


class Written(NamedTuple):
    """What a SET list comes to, and why in words; `told`: it is to be looked at again, on a catalog."""

    again: Again
    why: str = ""
    told: Rewritten | None = None


_RANK: Final = {Again.SAME: 0, Again.UNKNOWN: 1, Again.VOLATILE: 2, Again.MOVES: 3}
_SAME: Final = Written(Again.SAME)


def worst(first: Written, second: Written) -> Written:
    """The one that matters."""
    return first if _RANK[first.again] >= _RANK[second.again] else second


def assignments(
    targets: Sequence[Tree],
    where: dict[str, Any] | None,
    own: tuple[str, ...],
    *,
    sources: Sequence[dict[str, Any]] = (),
    ctes: Sequence[dict[str, Any]] = (),
) -> Written:
    """A SET list with its WHERE, FROM and WITH (raw). `own` are the names the table goes by, its own first.

    Once more is the same where the value does not depend on the row as the first run left it, or where
    the WHERE does not match a row any more that was written already.
    """
    sets = tuple((each.name or "", _value_of(each)) for each in targets)
    written = {name for name, _ in sets}
    around = walk([where, *sources, *ctes])
    rereads = any(each.get("relname") == own[0] for each in around.relations)
    if not rereads and all(_is_settled(value, written, own) for _, value in sets):
        if where is None or written.isdisjoint(_columns_read(around, own)):
            return _SAME
        from idemlint.replay.rewrites.picked import Rewriting, Rewritten

        rewriting = Rewriting(sets, where, own, tuple(sources), tuple(ctes))
        return Written(Again.SAME, "", Rewritten(rewriting, settled=True))
    if any(each.indirection and not _is_settled(_value_of(each), written, own) for each in targets):
        return Written(Again.UNKNOWN, "a part of a column is computed from what it holds")
    # Few statements have such values.
    from idemlint.replay.rewrites.picked import LIMITED, Rewriting, Rewritten
    from idemlint.replay.rewrites.twice import second_run

    rewriting = Rewriting(sets, where, own, tuple(sources), tuple(ctes))
    found = second_run(rewriting)
    told = Rewritten(rewriting, found.narrowed, found.limited)
    if found.limited and found.narrowed and found.again is Again.SAME:
        return Written(Again.VOLATILE, LIMITED, told)
    matters = found.asked or found.narrowed or found.again is Again.UNKNOWN
    return Written(found.again, found.why, told if matters else None)


def upserted(
    clause: Tree, own: tuple[str, ...], source: Tree | None, columns: Sequence[str]
) -> Again:
    """What the DO UPDATE of an INSERT comes to once more: a row that the first run inserted is updated by the
    second one."""
    targets, where = clause.targetList or (), clause.fields.get("whereClause")
    again = assignments(targets, where, own).again
    rows = source.fields.get("valuesLists", ()) if source is not None else ()
    if again is not Again.SAME or not columns or len(rows) > _FEW:
        return again
    from idemlint.replay.rewrites.picked import Rewriting
    from idemlint.replay.rewrites.twice import changes

    sets = tuple((each.name or "", _value_of(each)) for each in targets if not each.indirection)
    rewriting = Rewriting(sets, where, (*own, "excluded"), (), ())
    for row in rows:
        items = zip(columns, row["List"]["items"], strict=False)
        given = {name: item for name, item in items if "SetToDefault" not in item}
        if changes(rewriting, given):
            return Again.MOVES
    return again


def merged(clauses: Sequence[Tree], condition: Tree, own: tuple[str, ...]) -> Written:
    """What the WHEN clauses of a MERGE come to once more."""
    result = Written(Again.SAME)
    inserted: dict[str, str] = {}
    for clause in clauses:
        if clause.commandType == "CMD_INSERT":
            values = [shape(value) for value in clause.fields.get("values", ())]
            names = [each.name for each in clause.targetList or ()]
            given = dict(zip(names, values, strict=False))
            inserted |= given
            result = worst(result, _inserted_again(condition, given, values, own))
    for clause in clauses:
        if clause.commandType == "CMD_UPDATE":
            targets = clause.targetList or ()
            result = worst(result, assignments(targets, None, own))
            sets = {each.name: shape(_value_of(each)) for each in targets}
            if any(inserted.get(name, value) != value for name, value in sets.items()):
                why = "the rows that the first run has inserted are matched, and updated"
                result = worst(result, Written(Again.UNKNOWN, why))
    return result


def _inserted_again(
    condition: Tree, given: dict[str, str], values: list[str], own: tuple[str, ...]
) -> Written:
    """ON finds the row that is inserted, where it compares columns with what they are `given` (without a list
    of columns: with one of the `values`)."""
    from idemlint.replay.rewrites.picked import conjuncts

    if constant(condition) == "false":
        return Written(Again.MOVES, "ON false never finds the row that is there")
    asked: list[bool] = []
    for each in conjuncts({condition.kind: condition.fields}):
        compared = each.get("A_Expr", _NO_TREE)
        if not _is_equality(compared):
            continue
        for one, other in (("lexpr", "rexpr"), ("rexpr", "lexpr")):
            name = _column_of(compared[one], own)
            if name:
                value = shape(compared[other])
                asked.append(given.get(name) == value if given else value in values)
                break
    if asked and all(asked):
        return _SAME
    return Written(Again.UNKNOWN, "whether ON finds the rows that it has inserted cannot be told")


def _is_equality(compared: dict[str, Any]) -> bool:
    return compared.get("kind") == "AEXPR_OP" and compared["name"][-1]["String"]["sval"] == "="


def _column_of(node: dict[str, Any], own: tuple[str, ...]) -> str:
    """The column of the table that an expression is; empty: it is none."""
    fields = node.get("ColumnRef", _NO_TREE).get("fields", ())
    name = [each.get("String", _NO_TREE).get("sval", "") for each in fields]
    return str(name[-1]) if name and (len(name) == 1 or name[-2] in own) else ""


#: Of more rows nobody asks one by one.
_FEW: Final = 20


def _value_of(target: Tree) -> dict[str, Any]:
    """The raw value of an item of a SET list."""
    value: dict[str, Any] = target.fields.get("val", _NO_TREE)
    several = value.get("MultiAssignRef")
    if several is None:
        return value
    source: dict[str, Any] = several["source"]
    row = source.get("RowExpr")
    return row["args"][several["colno"] - 1] if row is not None else source


def _is_settled(value: dict[str, Any], written: set[str], own: tuple[str, ...]) -> bool:
    """Whether a value has nothing to do with what is written, nor with the moment."""
    if not value or "A_Const" in value:
        return True
    found = walk(value)
    if any(_gives(called) not in _SETTLED for called, _ in found.functions):
        return False
    if any(each.get("relname") in own for each in found.relations) or is_clock(value):
        return False
    return written.isdisjoint(_columns_read(found, own))


def _gives(name: list[str]) -> Call:
    known = functions.call(name)
    if known is not Call.UNKNOWN:
        return known
    # Most folders call no others.
    from idemlint.postgres.extension_functions import value_of_call

    return value_of_call(name)


def _columns_read(found: Mentions, own: tuple[str, ...]) -> set[str]:
    """The columns of the table itself that an expression reads."""
    if found.relations:
        # Inside a subquery an unqualified name is first of all the subquery's own.
        return {column[-1] for column in found.columns if len(column) > 1 and column[-2] in own}
    return {column[-1] for column in found.columns if len(column) == 1 or column[-2] in own}


def is_clock(value: dict[str, Any]) -> bool:
    """Whether a raw expression has the current time in it."""
    return any(
        kind == "SQLValueFunction" and str(fields.get("op", "")).startswith(_CLOCKS)
        for kind, fields in nodes_in(value)
    )


_CLOCKS: Final = ("SVFOP_CURRENT_D", "SVFOP_CURRENT_TI", "SVFOP_LOCAL")


def value_again(value: Tree, name: str, own: tuple[str, ...]) -> Written:
    """What assigning an expression to column `name` once more comes to."""
    target = Tree("ResTarget", {"name": name, "val": {value.kind: value.fields}})
    return assignments((target,), None, own)


class Pins(NamedTuple):
    """The conjuncts of a WHERE that can be read: `column = constant`, `IN (…)`, `column IS NULL`.

    `choices` are the column and the values of one IN list; `all` tells whether there is nothing else in it.
    """

    values: dict[str, str]
    nulls: frozenset[str]
    all: bool
    choices: tuple[str, tuple[str, ...]] | None = None

    def rows(self) -> tuple[frozenset[tuple[str, str]], ...]:
        """The rows it matches, by these values: one, or one for each value of `IN (…)`."""
        pinned_values = frozenset(self.values.items())
        if self.choices is None:
            return (pinned_values,) if pinned_values else ()
        name, values = self.choices
        return tuple(pinned_values | {(name, value)} for value in values)


def pinned(where: Tree | None) -> Pins:
    """Read the conjuncts of a WHERE."""
    values: dict[str, str] = {}
    nulls: set[str] = set()
    complete = True
    choices: tuple[str, tuple[str, ...]] | None = None
    stack = [where] if where is not None else []
    while stack:
        node = stack.pop()
        if node.kind == "BoolExpr" and node.boolop == "AND_EXPR":
            stack.extend(node.args)
        elif node.kind == "NullTest" and node.nulltesttype == "IS_NULL" and _column(node.arg):
            nulls.add(_column(node.arg) or "")
        elif (
            node.kind == "A_Expr"
            and node.fields.get("kind") == "AEXPR_OP"
            and strings(node.name) == ["="]
        ):
            left, right = node.lexpr, node.rexpr
            if _column(left) is None:
                left, right = right, left
            name, value = _column(left), constant(right)
            if name is not None and value is not None:
                values[name] = value
            else:
                complete = False
        elif choices is None and (found := _choices(node)) is not None:
            choices = found
        else:
            complete = False
    return Pins(values, frozenset(nulls), complete, choices)


def _choices(node: Tree) -> tuple[str, tuple[str, ...]] | None:
    """`column IN ('a', 'b')`."""
    if node.kind != "A_Expr" or node.fields.get("kind") != "AEXPR_IN":
        return None
    name, listed = _column(node.lexpr), node.rexpr
    if name is None or strings(node.name) != ["="]:
        return None
    items = listed.items if listed is not None and listed.kind == "List" else listed
    values = tuple(constant(item) for item in items or ())
    if not values or any(value is None for value in values):
        return None
    return name, tuple(value for value in values if value is not None)


def _column(node: Tree | None) -> str | None:
    if node is None or node.kind != "ColumnRef":
        return None
    # `ColumnRef.fields` and the view's own attribute have one name: read the raw list.
    last = node.fields["fields"][-1].get("String")
    return last.get("sval", "") if last is not None else None
