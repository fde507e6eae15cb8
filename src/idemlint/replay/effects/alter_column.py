"""Columns of a table, attributes of a type: added, dropped, changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.column import SERIALS, read_column, typmods_of
from idemlint.replay.catalog.datatype import type_name
from idemlint.replay.catalog.definition import BY_PRODUCT
from idemlint.replay.catalog.identifiers import chosen_name
from idemlint.replay.catalog.refs import facet, inside, qualified, type_ref
from idemlint.replay.effects.add_constraint import create_constraint
from idemlint.replay.effects.fixpoint import value_again
from idemlint.replay.effects.queries import Mentions, called_in, types_there, walk
from idemlint.replay.effects.vocabulary import (
    SKIP,
    Again,
    Command,
    Converts,
    Creates,
    CreatesUnnamed,
    Drops,
    Effect,
    Fills,
    ReadsColumns,
    Requires,
    Retypes,
    Sets,
    Updates,
    Verb,
)
from idemlint.replay.queries.compiled import read_level
from idemlint.replay.queries.meetings import column_of, in_assignments
from idemlint.replay.queries.scope import RangeEntry
from idemlint.source.tree import Tree, strings

if TYPE_CHECKING:
    from collections.abc import Callable


def add_column(table: Ref, command: Tree) -> list[Effect]:
    """`ADD COLUMN`, with the constraints and the sequence that come with it."""
    node = command.fields["def"]["ColumnDef"]
    definition = read_column(node)
    kind = Kind.ATTRIBUTE if command.subtype == "AT_AddAttribute" else Kind.COLUMN
    ref = inside(Space.COLUMN, definition.name, table)
    guarded = bool(command.fields.get("missing_ok"))
    effects: list[Effect] = [Requires(ref, False, SKIP if guarded else "42701", kind, Verb.CREATE)]
    effects += types_there([node["typeName"]] if "typeName" in node else [])
    parts = [each["Constraint"] for each in node.get("constraints", ())]
    effects += called_in(each["raw_expr"] for each in parts if "raw_expr" in each)
    # A domain may bring a default of its own, so a type that is not built in proves nothing.
    if definition.not_null and not (
        definition.default is not None or definition.generated or definition.expression
    ):
        effects.append(Fills(table, "23502", ref, kind))
    effects.append(Creates(ref, kind, definition))
    if definition.identity:
        effects.append(
            Creates(facet(f"identity:{definition.name}", table), Kind.IDENTITY, None, (ref,))
        )
    if definition.expression:
        expression = facet(f"expression:{definition.name}", table)
        effects.append(Creates(expression, Kind.GENERATION_EXPRESSION, None, (ref,)))
    if definition.identity or definition.type in SERIALS:
        named, sequence = _sequence(table, definition.name, _identity_node(node))
        effects += [*named, sequence]
    for each in node.get("constraints", ()):
        if each["Constraint"]["contype"] in _INLINE:
            constraint = Tree("Constraint", each["Constraint"])
            effects += create_constraint(table, constraint, definition.name)
    return [Command(tuple(effects))]


def _identity_node(fields: dict[str, Any]) -> Tree | None:
    """The `GENERATED … AS IDENTITY` of a raw `ColumnDef`."""
    found = (each["Constraint"] for each in fields.get("constraints", ()))
    node = next((each for each in found if each["contype"] == "CONSTR_IDENTITY"), None)
    return None if node is None else Tree("Constraint", node)


_INLINE: Final = frozenset({"CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_FOREIGN", "CONSTR_CHECK"})


def drop_column(table: Ref, command: Tree) -> list[Effect]:
    """`DROP COLUMN`."""
    kind = Kind.ATTRIBUTE if command.subtype == "AT_DropAttribute" else Kind.COLUMN
    ref = inside(Space.COLUMN, command.name, table)
    otherwise = SKIP if command.fields.get("missing_ok") else "42703"
    cascade = command.behavior == "DROP_CASCADE"
    return [
        Command(
            (Requires(ref, True, otherwise, kind, Verb.DROP), Drops(ref, kind, cascade)),
        )
    ]


def needs_column(table: Ref, command: Tree) -> list[Effect]:
    """What only needs its column to be there: it sets a value."""
    if not command.name:
        return []
    return [_column_there(table, command.name)]


def _column_there(table: Ref, name: str) -> Requires:
    return Requires(inside(Space.COLUMN, name, table), True, "42703", Kind.COLUMN, Verb.ALTER)


def sets_not_null(table: Ref, command: Tree) -> list[Effect]:
    """`SET NOT NULL` and `DROP NOT NULL`."""
    ref = inside(Space.COLUMN, command.name, table)
    not_null = command.subtype == "AT_SetNotNull"
    return [_column_there(table, command.name), Sets(ref, "not_null", not_null)]


def sets_default(table: Ref, command: Tree) -> list[Effect]:
    """`SET DEFAULT` and `DROP DEFAULT`: 42601 for a column with values of its own."""
    ref = inside(Space.COLUMN, command.name, table)
    definition = command.fields.get("def")
    value = getattr(command, "def") if definition else None
    taken = [
        Requires(facet(f"{name}:{command.name}", table), False, "42601", kind, Verb.ALTER)
        for name, kind in (
            ("identity", Kind.IDENTITY),
            ("expression", Kind.GENERATION_EXPRESSION),
        )
    ]
    raw = {"ResTarget": {"name": command.name, "val": definition or {}}}
    read = read_level([], (RangeEntry(table.name, table),), sets=in_assignments(table.name, [raw]))
    fits = [ReadsColumns(read.scope)] if read.scope.meetings else []
    calls = called_in([definition]) if definition else []
    return [_column_there(table, command.name), *taken, *calls, *fits, Sets(ref, "default", value)]


def change_type(table: Ref, command: Tree) -> list[Effect]:
    """`ALTER COLUMN … TYPE`: harmless again, unless USING moves the value once more, or asks for the type
    that the column had."""
    node = getattr(command, "def")
    column, name = command.name, type_name(node.typeName)
    ref, target = inside(Space.COLUMN, column, table), type_ref(node.typeName)
    effects: list[Effect] = [_column_there(table, column)]
    effects += types_there([node.typeName.fields])
    effects.append(Retypes(ref, name, typmods_of(node.fields["typeName"])))
    using = node.raw_default
    if using is None or _is_cast_of(using, column, name):
        return effects
    found = walk([{using.kind: using.fields}])
    columns = (inside(Space.COLUMN, each[-1], table) for each in found.columns)
    functions = (qualified(Space.ROUTINE, each) for each, _ in found.functions)
    again = _using_again(using, found, column, name, table)
    in_doubt = "" if _is_plain(using, found) else _WHY[Again.UNKNOWN].format(column)
    # Parse analysis comes first of all.
    effects.insert(0, Converts(ref, name, target, using, in_doubt, (*columns, *functions)))
    if again is not Again.SAME:
        effects.append(Updates(table, again, _WHY[again].format(column)))
    return effects


#: What a USING comes to, in words.
_WHY: Final = {
    Again.MOVES: "USING moves the value of column {} once more",
    Again.VOLATILE: "USING gives column {} another value each time",
    Again.UNKNOWN: "USING reads column {} in its new type",
}
#: Nodes that choose among values, or say how two of them are to each other.
_CHOICES: Final = frozenset(
    {"CaseExpr", "CoalesceExpr", "A_Expr", "BoolExpr", "NullTest", "BooleanTest"}
)
_JSON: Final = frozenset({"to_jsonb", "to_json"})


def _is_cast_of(using: Tree, column: str, target: str) -> bool:
    """Whether USING only casts the column, by way of text or not: once it is of that type, it can be."""
    inner: Tree | None = using
    while inner is not None and inner.kind == "TypeCast":
        if type_name(inner.typeName) not in {"text", "varchar", target}:
            return False
        inner = inner.arg
    if inner is None or inner.kind != "ColumnRef":
        return False
    return column_of({inner.kind: inner.fields})[-1] == column


def _uncast(using: Tree) -> Tree:
    inner = using
    while inner.kind in {"TypeCast", "CollateClause"}:
        inner = inner.arg
    return inner


def _is_plain(using: Tree, found: Mentions) -> bool:
    """Whether it only casts a column, or a constant, or makes JSON of it."""
    names = {call[-1] for call, _ in found.functions}
    return _uncast(using).kind in {"ColumnRef", "A_Const"} or (bool(names) and names <= _JSON)


def _using_again(using: Tree, found: Mentions, column: str, target: str, table: Ref) -> Again:
    """What evaluating USING once more comes to, if it can be."""
    inner = _uncast(using)
    if _is_plain(using, found):
        return Again.SAME
    if inner.kind in _CHOICES:
        # Few types are changed by a choice.
        from idemlint.replay.queries.images import gives_again

        again = gives_again({using.kind: using.fields}, column, target)
        if again is not None:
            return Again.SAME if again else Again.MOVES
    if inner.kind == "FuncCall" and strings(inner.funcname)[-1] == "timezone":
        # The same where the session is in that zone.
        return Again.UNKNOWN
    return value_again(inner, column, (table.name,)).again


def add_identity(table: Ref, command: Tree) -> list[Effect]:
    """`ADD GENERATED … AS IDENTITY`, with its sequence."""
    ref = facet(f"identity:{command.name}", table)
    column_ref = inside(Space.COLUMN, command.name, table)
    named, sequence = _sequence(table, command.name, getattr(command, "def"), ref)
    return [
        _column_there(table, command.name),
        *named,
        Requires(ref, False, "55000", Kind.IDENTITY, Verb.CREATE),
        Creates(ref, Kind.IDENTITY, None, (column_ref,)),
        sequence,
    ]


def _sequence(
    table: Ref, name: str, node: Tree | None, identity: Ref | None = None
) -> tuple[list[Effect], Effect]:
    """The sequence of a serial or an identity column, and what has to be free where it has a name of its own:
    it is made before the column is looked at (`generateSerialExtraStmts`, parser/parse_utilcmd.c)."""
    column_ref = inside(Space.COLUMN, name, table)
    owners = (column_ref, table) if identity is None else (identity, column_ref, table)
    for option in node.options or () if node is not None else ():
        if option.defname == "sequence_name":
            given = strings(option.arg.items)
            ref = qualified(Space.RELATION, given)
            ref = ref if ref.schema is not None else ref._replace(schema=table.schema)
            free = Requires(ref, False, "42P07", Kind.SEQUENCE, Verb.CREATE, beside=table)
            return [free], Creates(ref, Kind.SEQUENCE, BY_PRODUCT, owners, beside=table)
    base = chosen_name(table.name, name, "seq")
    return [], CreatesUnnamed(table, base, Kind.SEQUENCE, BY_PRODUCT, owners)


def drops_property(name: str, kind: Kind) -> Callable[[Ref, Tree], list[Effect]]:
    """`DROP IDENTITY`, `DROP EXPRESSION`."""

    def build(table: Ref, command: Tree) -> list[Effect]:
        ref = facet(f"{name}:{command.name}", table)
        otherwise = SKIP if command.fields.get("missing_ok") else "55000"
        return [
            _column_there(table, command.name),
            Command((Requires(ref, True, otherwise, kind, Verb.DROP), Drops(ref, kind))),
        ]

    return build
