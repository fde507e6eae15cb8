"""ALTER TABLE and what shares its node: ALTER VIEW, INDEX, SEQUENCE, FOREIGN TABLE, TYPE … ATTRIBUTE.

PostgreSQL runs the commands of one ALTER TABLE in passes, not in the order they are written in (drops,
then type changes, then new columns, then constraints, then indexes): `AlterTablePass` in
src/backend/commands/tablecmds.c.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.column import SERIALS, read_column
from idemlint.replay.catalog.constraint import ForeignKey, chosen_constraint, constraint_columns
from idemlint.replay.catalog.datatype import type_name
from idemlint.replay.catalog.definition import BY_PRODUCT
from idemlint.replay.catalog.identifiers import chosen_name, cut
from idemlint.replay.catalog.refs import KINDS, facet, inside, primary_key, relation, type_ref
from idemlint.replay.catalog.relation import IndexDefinition
from idemlint.replay.effects.queries import table_of, walk
from idemlint.replay.effects.vocabulary import (
    SKIP,
    Again,
    Command,
    Creates,
    CreatesUnnamed,
    Drops,
    Effect,
    Fills,
    Renames,
    Requires,
    Sets,
    Updates,
    Verb,
)
from idemlint.source.tree import Tree, strings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from idemlint.replay.catalog.identifiers import ChosenName

# Passes, in order.
_DROP, _TYPE, _COLUMN, _INDEX, _CONSTRAINT, _REST = range(6)


def alter_table(stmt: Tree) -> list[Effect]:
    """All commands of the statement, in the order PostgreSQL runs them."""
    table = table_of(stmt.fields["relation"])
    kind = KINDS.get(stmt.fields["objtype"], Kind.TABLE)
    guarded = bool(stmt.fields.get("missing_ok"))
    effects: list[Effect] = [Requires(table, True, SKIP if guarded else "42P01", kind, Verb.ALTER)]
    passes: list[list[Effect]] = [[] for _ in range(_REST + 1)]
    for each in stmt.fields.get("cmds", ()):
        command = Tree("AlterTableCmd", each["AlterTableCmd"])
        subtype = command.fields["subtype"]
        model = _MODELS.get(subtype)
        if model is None or kind is Kind.INDEX:
            # What ALTER INDEX shares with ALTER TABLE is idempotent, ATTACH PARTITION included.
            continue
        number, build = model
        if subtype == "AT_AddConstraint" and command.fields["def"]["Constraint"]["contype"] not in {
            "CONSTR_PRIMARY",
            "CONSTR_UNIQUE",
            "CONSTR_EXCLUSION",
        }:
            number = _CONSTRAINT
        passes[number] += build(table, command)
    for ready in passes:
        effects += ready
    return effects


def create_constraint(table: Ref, node: Tree, column_name: str | None = None) -> list[Effect]:
    """ADD CONSTRAINT, named or not; which SQLSTATE its second run raises depends on its kind."""
    contype = node.contype
    columns = constraint_columns(node, column_name)
    column_refs = tuple(inside(Space.COLUMN, name, table) for name in columns)
    used: list[Effect] = [
        Requires(ref, True, "42703", Kind.COLUMN, Verb.USE) for ref in column_refs
    ]
    if contype == "CONSTR_NOTNULL":
        # Idempotent: a second one of the same or no name merges with the first (PostgreSQL 18).
        return used
    if node.indexname:
        return _using_index(table, node)
    named = node.conname
    base = chosen_constraint(table.name, node, column_name)
    name = cut(named) if named else base
    ref = inside(Space.CONSTRAINT, name, table)
    if contype in {"CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_EXCLUSION"}:
        index = Ref(Space.RELATION, name, table.schema)
        definition = IndexDefinition(columns, contype != "CONSTR_EXCLUSION", False)
        effects = used
        if contype == "CONSTR_PRIMARY":
            key = primary_key(table)
            effects.insert(0, Requires(key, False, "42P16", Kind.CONSTRAINT, Verb.CREATE))
            effects += _named_constraint(ref, index, named, table, base, definition, column_refs)
            effects.append(Creates(key, Kind.CONSTRAINT, None, (ref, *column_refs)))
            return effects
        effects += _named_constraint(ref, index, named, table, base, definition, column_refs)
        return effects
    needs: tuple[Ref, ...] = ()
    key_definition = None
    if contype == "CONSTR_FOREIGN":
        target = relation(node.pktable)
        needs = (target,)
        key_definition = ForeignKey(tuple(strings(node.pk_attrs)))
        used.append(Requires(target, True, "42P01", Kind.TABLE, Verb.USE))
    if not named:
        return [
            *used,
            CreatesUnnamed(table, base, Kind.CONSTRAINT, key_definition, column_refs, needs),
        ]
    return [
        Requires(ref, False, "42710", Kind.CONSTRAINT, Verb.CREATE),
        *used,
        Creates(ref, Kind.CONSTRAINT, key_definition, column_refs, needs),
    ]


def _named_constraint(
    ref: Ref,
    index: Ref,
    named: str | None,
    table: Ref,
    base: ChosenName,
    definition: IndexDefinition,
    columns: tuple[Ref, ...],
) -> list[Effect]:
    """A constraint that is an index too: 42P07, because the index's name is looked at first."""
    if not named:
        return [
            CreatesUnnamed(table, base, Kind.CONSTRAINT, definition, columns),
        ]
    return [
        Requires(index, False, "42P07", Kind.CONSTRAINT, Verb.CREATE, beside=table),
        Requires(ref, False, "42710", Kind.CONSTRAINT, Verb.CREATE),
        Creates(ref, Kind.CONSTRAINT, definition, columns),
        # It goes with the constraint, and with what that goes with: owners are not followed any further.
        Creates(index, Kind.INDEX, definition, (ref, table, *columns), beside=table),
    ]


def _using_index(table: Ref, node: Tree) -> list[Effect]:
    """`ADD CONSTRAINT c UNIQUE USING INDEX i`: the index takes the constraint's name."""
    index = Ref(Space.RELATION, cut(node.indexname), table.schema)
    attached = facet("constraint", index)
    name = cut(node.conname) if node.conname else index.name
    ref = inside(Space.CONSTRAINT, name, table)
    effects: list[Effect] = [
        Requires(index, True, "42704", Kind.CONSTRAINT, Verb.CREATE),
        Requires(attached, False, "55000", Kind.CONSTRAINT, Verb.CREATE),
    ]
    if node.contype == "CONSTR_PRIMARY":
        key = primary_key(table)
        effects.append(Requires(key, False, "42P16", Kind.CONSTRAINT, Verb.CREATE))
    effects.append(Requires(ref, False, "42710", Kind.CONSTRAINT, Verb.CREATE))
    effects.append(Creates(attached, Kind.CONSTRAINT))
    if name != index.name:
        effects.append(Renames(index, index._replace(name=name), Kind.INDEX))
    effects.append(Creates(ref, Kind.CONSTRAINT, None, (index._replace(name=name),)))
    if node.contype == "CONSTR_PRIMARY":
        effects.append(Creates(primary_key(table), Kind.CONSTRAINT, None, (ref,)))
    return effects


def _add_column(table: Ref, command: Tree) -> list[Effect]:
    node = command.fields["def"]["ColumnDef"]
    definition = read_column(node)
    kind = Kind.ATTRIBUTE if command.subtype == "AT_AddAttribute" else Kind.COLUMN
    ref = inside(Space.COLUMN, definition.name, table)
    guarded = bool(command.fields.get("missing_ok"))
    effects: list[Effect] = [Requires(ref, False, SKIP if guarded else "42701", kind, Verb.CREATE)]
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
        effects.append(_sequence(table, definition.name))
    for each in node.get("constraints", ()):
        if each["Constraint"]["contype"] in _INLINE:
            constraint = Tree("Constraint", each["Constraint"])
            effects += create_constraint(table, constraint, definition.name)
    return [Command(tuple(effects))]


_INLINE: Final = frozenset({"CONSTR_PRIMARY", "CONSTR_UNIQUE", "CONSTR_FOREIGN", "CONSTR_CHECK"})


def _drop_column(table: Ref, command: Tree) -> list[Effect]:
    kind = Kind.ATTRIBUTE if command.subtype == "AT_DropAttribute" else Kind.COLUMN
    ref = inside(Space.COLUMN, command.name, table)
    otherwise = SKIP if command.fields.get("missing_ok") else "42703"
    cascade = command.behavior == "DROP_CASCADE"
    return [
        Command(
            (Requires(ref, True, otherwise, kind, Verb.DROP), Drops(ref, kind, cascade)),
        )
    ]


def _add_constraint(table: Ref, command: Tree) -> list[Effect]:
    node = Tree("Constraint", command.fields["def"]["Constraint"])
    return [Command(tuple(create_constraint(table, node)))]


def _drop_constraint(table: Ref, command: Tree) -> list[Effect]:
    ref = inside(Space.CONSTRAINT, command.name, table)
    otherwise = SKIP if command.fields.get("missing_ok") else "42704"
    cascade = command.behavior == "DROP_CASCADE"
    return [
        Command(
            (
                Requires(ref, True, otherwise, Kind.CONSTRAINT, Verb.DROP),
                Drops(ref, Kind.CONSTRAINT, cascade),
            )
        )
    ]


def _needs_constraint(table: Ref, command: Tree) -> list[Effect]:
    name = command.name
    if name is None and command.fields.get("def"):
        name = command.fields["def"].get("ATAlterConstraint", {}).get("conname") or command.fields[
            "def"
        ].get("Constraint", {}).get("conname")
    if name is None:
        return []
    ref = inside(Space.CONSTRAINT, name, table)
    return [Requires(ref, True, "42704", Kind.CONSTRAINT, Verb.ALTER)]


def _needs_column(table: Ref, command: Tree) -> list[Effect]:
    if not command.name:
        return []
    return [_column_there(table, command.name)]


def _column_there(table: Ref, name: str) -> Requires:
    return Requires(inside(Space.COLUMN, name, table), True, "42703", Kind.COLUMN, Verb.ALTER)


def _sets_default(table: Ref, command: Tree) -> list[Effect]:
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
    return [_column_there(table, command.name), *taken, Sets(ref, "default", value)]


def _change_type(table: Ref, command: Tree) -> list[Effect]:
    """`ALTER COLUMN … TYPE`: harmless again, unless USING moves the value once more."""
    node = getattr(command, "def")
    ref = inside(Space.COLUMN, command.name, table)
    effects: list[Effect] = [_column_there(table, command.name)]
    if node.typeName is not None:
        target = type_ref(node.typeName)
        if target.schema != "pg_catalog":
            effects.append(Requires(target, True, "42704", Kind.TYPE, Verb.USE))
        effects.append(Sets(ref, "type", type_name(node.typeName)))
    using = node.raw_default
    if using is not None:
        again, why = _using_again(using, command.name)
        if again is not Again.SAME:
            effects.append(Updates(table, again, why))
    return effects


def _using_again(using: Tree, name: str) -> tuple[Again, str]:
    inner: Tree | None = using
    while inner is not None and inner.kind in {"TypeCast", "CollateClause"}:
        inner = inner.arg
    if inner is None or inner.kind in {"ColumnRef", "A_Const"}:
        return Again.SAME, ""
    found = walk([{using.kind: using.fields}])
    reads_itself = any(column[-1] == name for column in found.columns)
    names = {call[-1] for call, _ in found.functions}
    if names and names <= {"to_jsonb", "to_json"}:
        return Again.SAME, ""
    if names & {"gen_random_uuid", "uuid_generate_v4", "random", "now", "clock_timestamp"}:
        return Again.VOLATILE, f"USING gives column {name} another value each time"
    if not found.functions and reads_itself and inner.kind == "A_ArrayExpr":
        return Again.MOVES, f"USING wraps the value of column {name} once more"
    if not found.functions and reads_itself and inner.kind == "A_Expr":
        operator = [each.fields.get("sval") for each in inner.name or ()]
        if operator and operator[-1] in {"+", "-", "*", "/", "||"}:
            return Again.MOVES, f"USING moves the value of column {name} once more"
    return Again.UNKNOWN, f"USING reads column {name} in its new type"


def _add_identity(table: Ref, command: Tree) -> list[Effect]:
    ref = facet(f"identity:{command.name}", table)
    column_ref = inside(Space.COLUMN, command.name, table)
    return [
        _column_there(table, command.name),
        Requires(ref, False, "55000", Kind.IDENTITY, Verb.CREATE),
        Creates(ref, Kind.IDENTITY, None, (column_ref,)),
        _sequence(table, command.name, ref),
    ]


def _sequence(table: Ref, name: str, identity: Ref | None = None) -> CreatesUnnamed:
    """The sequence of a serial or an identity column."""
    column_ref = inside(Space.COLUMN, name, table)
    owners = (column_ref, table) if identity is None else (identity, column_ref, table)
    base = chosen_name(table.name, name, "seq")
    return CreatesUnnamed(table, base, Kind.SEQUENCE, BY_PRODUCT, owners)


def _drops_facet(name: str, kind: Kind) -> Callable[[Ref, Tree], list[Effect]]:
    def build(table: Ref, command: Tree) -> list[Effect]:
        ref = facet(f"{name}:{command.name}", table)
        otherwise = SKIP if command.fields.get("missing_ok") else "55000"
        return [
            _column_there(table, command.name),
            Command((Requires(ref, True, otherwise, kind, Verb.DROP), Drops(ref, kind))),
        ]

    return build


def _needs(space: Space, kind: Kind, sqlstate: str) -> Callable[[Ref, Tree], list[Effect]]:
    def build(table: Ref, command: Tree) -> list[Effect]:
        if not command.name:
            return []
        if space is Space.RELATION:
            ref = Ref(space, command.name, table.schema)
        else:
            ref = inside(space, command.name, table)
        return [Requires(ref, True, sqlstate, kind, Verb.ALTER)]

    return build


def _member(prefix: str, kind: Kind, *, adds: bool) -> Callable[[Ref, Tree], list[Effect]]:
    def build(table: Ref, command: Tree) -> list[Effect]:
        definition = getattr(command, "def")
        other = definition.name if definition.kind == "PartitionCmd" else definition
        if other is None or not other.relname:
            return []
        other_ref = relation(other)
        attaches = prefix == "partition"
        parent, child = (table, other_ref) if attaches else (other_ref, table)
        link = inside(Space.MEMBER, f"{prefix} {child}", parent)
        effects: list[Effect] = [
            Requires(other_ref, True, "42P01", Kind.TABLE, Verb.USE),
            Requires(link, not adds, kind.duplicate if adds else kind.undefined, kind, _verb(adds)),
        ]
        if adds:
            return [*effects, Creates(link, kind, None, (child,))]
        return [*effects, Drops(link, kind)]

    return build


def _verb(adds: bool) -> Verb:
    return Verb.CREATE if adds else Verb.DROP


def _sets_typed(table: Ref, command: Tree) -> list[Effect]:
    return [Creates(facet("typed", table), Kind.TYPED_TABLE, None, (), (), (), True)]


def _drops_typed(table: Ref, command: Tree) -> list[Effect]:
    ref = facet("typed", table)
    return [
        Requires(ref, True, "42809", Kind.TYPED_TABLE, Verb.DROP),
        Drops(ref, Kind.TYPED_TABLE),
    ]


def options(owner: Ref, nodes: Iterable[Tree]) -> list[Effect]:
    """`OPTIONS (ADD a 'x', SET b 'y', DROP c)`: a plain `a 'x'` is ADD in an ALTER."""
    effects: list[Effect] = []
    for node in nodes:
        ref = inside(Space.MEMBER, f"option {node.defname}", owner)
        action = node.defaction
        if action == "DEFELEM_DROP":
            effects.append(Requires(ref, True, "42704", Kind.OPTION, Verb.DROP))
            effects.append(Drops(ref, Kind.OPTION))
        elif action == "DEFELEM_SET":
            effects.append(Requires(ref, True, "42704", Kind.OPTION, Verb.ALTER))
        else:
            effects.append(Requires(ref, False, "42710", Kind.OPTION, Verb.CREATE))
            effects.append(Creates(ref, Kind.OPTION))
    return effects


def _option_nodes(command: Tree) -> tuple[Tree, ...]:
    found = getattr(command, "def")
    return found.items or () if found is not None else ()


def _table_options(table: Ref, command: Tree) -> list[Effect]:
    return options(table, _option_nodes(command))


def _column_options(table: Ref, command: Tree) -> list[Effect]:
    return options(inside(Space.COLUMN, command.name, table), _option_nodes(command))


def _replica_identity(table: Ref, command: Tree) -> list[Effect]:
    name = getattr(command, "def").name
    if not name:
        return []
    index = Ref(Space.RELATION, name, table.schema)
    return [Requires(index, True, "42704", Kind.INDEX, Verb.ALTER)]


#: `AlterTableType` → the pass it runs in and what it does. What is not here sets a property to a value
#: (owner, row security, storage, statistics, logged …): idempotent, and nothing depends on it.
_MODELS: Final[dict[str, tuple[int, Callable[[Ref, Tree], list[Effect]]]]] = {
    "AT_AddColumn": (_COLUMN, _add_column),
    "AT_DropColumn": (_DROP, _drop_column),
    "AT_AddConstraint": (_INDEX, _add_constraint),
    "AT_DropConstraint": (_DROP, _drop_constraint),
    "AT_AlterConstraint": (_REST, _needs_constraint),
    "AT_ValidateConstraint": (_REST, _needs_constraint),
    "AT_ColumnDefault": (_CONSTRAINT, _sets_default),
    "AT_SetNotNull": (_REST, _needs_column),
    "AT_DropNotNull": (_DROP, _needs_column),
    "AT_SetStatistics": (_REST, _needs_column),
    "AT_SetStorage": (_REST, _needs_column),
    "AT_SetCompression": (_REST, _needs_column),
    "AT_SetExpression": (_TYPE, _needs_column),
    "AT_AlterColumnType": (_TYPE, _change_type),
    "AT_AddIdentity": (_CONSTRAINT, _add_identity),
    "AT_SetIdentity": (_REST, _needs_column),
    "AT_DropIdentity": (_DROP, _drops_facet("identity", Kind.IDENTITY)),
    "AT_DropExpression": (_DROP, _drops_facet("expression", Kind.GENERATION_EXPRESSION)),
    "AT_EnableTrig": (_REST, _needs(Space.TRIGGER, Kind.TRIGGER, "42704")),
    "AT_EnableAlwaysTrig": (_REST, _needs(Space.TRIGGER, Kind.TRIGGER, "42704")),
    "AT_EnableReplicaTrig": (_REST, _needs(Space.TRIGGER, Kind.TRIGGER, "42704")),
    "AT_DisableTrig": (_REST, _needs(Space.TRIGGER, Kind.TRIGGER, "42704")),
    "AT_EnableRule": (_REST, _needs(Space.RULE, Kind.RULE, "42704")),
    "AT_EnableAlwaysRule": (_REST, _needs(Space.RULE, Kind.RULE, "42704")),
    "AT_EnableReplicaRule": (_REST, _needs(Space.RULE, Kind.RULE, "42704")),
    "AT_DisableRule": (_REST, _needs(Space.RULE, Kind.RULE, "42704")),
    "AT_ClusterOn": (_REST, _needs(Space.RELATION, Kind.INDEX, "42704")),
    "AT_ReplicaIdentity": (_REST, _replica_identity),
    "AT_AddInherit": (_REST, _member("child", Kind.INHERITANCE, adds=True)),
    "AT_DropInherit": (_REST, _member("child", Kind.INHERITANCE, adds=False)),
    "AT_AttachPartition": (_REST, _member("partition", Kind.PARTITION, adds=True)),
    "AT_DetachPartition": (_REST, _member("partition", Kind.PARTITION, adds=False)),
    "AT_AddOf": (_REST, _sets_typed),
    "AT_DropOf": (_REST, _drops_typed),
    "AT_GenericOptions": (_REST, _table_options),
    "AT_AlterColumnGenericOptions": (_REST, _column_options),
}
