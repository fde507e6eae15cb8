"""ALTER TABLE and what shares its node: ALTER VIEW, INDEX, SEQUENCE, FOREIGN TABLE, TYPE … ATTRIBUTE.

PostgreSQL runs the commands of one ALTER TABLE in passes, not in the order they are written in: see
`postgres.alter_passes`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.alter_passes import REST, alter_pass
from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.refs import KINDS, facet, inside, partitioned, relation, role, table_of
from idemlint.replay.effects import alter_column
from idemlint.replay.effects.add_constraint import create_constraint
from idemlint.replay.effects.vocabulary import (
    SKIP,
    Command,
    Converts,
    Creates,
    Drops,
    Effect,
    Entitles,
    Requires,
    Sets,
    Verb,
)
from idemlint.source.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


def alter_table(stmt: Tree, postgres_version: int) -> list[Effect]:
    """All commands of the statement, in the order PostgreSQL runs them."""
    table = table_of(stmt.fields["relation"])
    kind = KINDS.get(stmt.fields["objtype"], Kind.TABLE)
    guarded = bool(stmt.fields.get("missing_ok"))
    effects: list[Effect] = [Requires(table, True, SKIP if guarded else "42P01", kind, Verb.ALTER)]
    passes: list[list[Effect]] = [[] for _ in range(REST + 1)]
    several = len(stmt.fields.get("cmds", ())) > 1
    for each in stmt.fields.get("cmds", ()):
        command = Tree("AlterTableCmd", each["AlterTableCmd"])
        subtype = command.fields["subtype"]
        model, member = _MODELS.get(subtype), _MEMBERS.get(subtype)
        if kind is Kind.INDEX:
            # What ALTER INDEX shares with ALTER TABLE is idempotent, ATTACH PARTITION included.
            continue
        added = command.fields["def"]["Constraint"] if subtype == "AT_AddConstraint" else {}
        if model is not None:
            made = model(table, command)
            if several and subtype == "AT_AlterColumnType":
                # The column, its new type and USING are looked at before any command runs (`ATPrepCmd`).
                effects += [one for one in made if isinstance(one, (Converts, Requires))]
                made = [one for one in made if not isinstance(one, Converts)]
            passes[alter_pass(subtype, added.get("contype"))] += made
        elif member is not None:
            passes[alter_pass(subtype, None)] += member(table, command, postgres_version)
    for ready in passes:
        effects += ready
    return effects


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


#: From this version on ATTACH and DETACH of what is not partitioned are refused as commands for another
#: kind of relation (`ATSimplePermissions`, src/backend/commands/tablecmds.c; asked of 13 to 18).
_LOOKS_AT_KIND: Final = 18


def _member(prefix: str, kind: Kind, *, adds: bool) -> Callable[[Ref, Tree, int], list[Effect]]:
    def build(table: Ref, command: Tree, postgres_version: int) -> list[Effect]:
        definition = getattr(command, "def")
        other = definition.name if definition.kind == "PartitionCmd" else definition
        if other is None or not other.relname:
            return []
        other_ref = relation(other)
        attaches = prefix == "partition"
        parent, child = (table, other_ref) if attaches else (other_ref, table)
        link = inside(Space.MEMBER, f"{prefix} {child}", parent)
        # Partitions are of what is partitioned, and nothing else inherits from that.
        otherwise = "42P17" if attaches and postgres_version < _LOOKS_AT_KIND else "42809"
        fits = Requires(partitioned(parent), attaches, otherwise, Kind.PARTITION, Verb.USE)
        effects: list[Effect] = [
            *([fits] if attaches else []),
            Requires(other_ref, True, "42P01", Kind.TABLE, Verb.USE),
            *([fits] if adds and not attaches else []),
            Requires(link, not adds, kind.duplicate if adds else kind.undefined, kind, _verb(adds)),
        ]
        # A partition goes with its parent; a child that inherits keeps it.
        value = (parent,) if adds else ()
        bound = Sets(child, "owners", value) if attaches else Sets(child, "inherits", value)
        if adds:
            return [*effects, Creates(link, kind, None, (child,)), bound]
        return [*effects, Drops(link, kind), bound]

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


def _change_owner(table: Ref, command: Tree) -> list[Effect]:
    return [Entitles(table, (role(command.newowner),), "@owner", ("owner",))]


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


#: The same of commands whose SQLSTATE depends on the server's version.
_MEMBERS: Final[dict[str, Callable[[Ref, Tree, int], list[Effect]]]] = {
    "AT_AddInherit": _member("child", Kind.INHERITANCE, adds=True),
    "AT_DropInherit": _member("child", Kind.INHERITANCE, adds=False),
    "AT_AttachPartition": _member("partition", Kind.PARTITION, adds=True),
    "AT_DetachPartition": _member("partition", Kind.PARTITION, adds=False),
}
#: `AlterTableType` → what it does. What is not here sets a property to a value
#: (owner, row security, storage, statistics, logged …): idempotent, and nothing depends on it.
_MODELS: Final[dict[str, Callable[[Ref, Tree], list[Effect]]]] = {
    "AT_AddColumn": alter_column.add_column,
    "AT_DropColumn": alter_column.drop_column,
    "AT_AddConstraint": _add_constraint,
    "AT_DropConstraint": _drop_constraint,
    "AT_AlterConstraint": _needs_constraint,
    "AT_ValidateConstraint": _needs_constraint,
    "AT_ChangeOwner": _change_owner,
    "AT_ColumnDefault": alter_column.sets_default,
    "AT_SetNotNull": alter_column.sets_not_null,
    "AT_DropNotNull": alter_column.sets_not_null,
    "AT_SetStatistics": alter_column.needs_column,
    "AT_SetStorage": alter_column.needs_column,
    "AT_SetCompression": alter_column.needs_column,
    "AT_SetExpression": alter_column.needs_column,
    "AT_AlterColumnType": alter_column.change_type,
    "AT_AddIdentity": alter_column.add_identity,
    "AT_SetIdentity": alter_column.needs_column,
    "AT_DropIdentity": alter_column.drops_property("identity", Kind.IDENTITY),
    "AT_DropExpression": alter_column.drops_property("expression", Kind.GENERATION_EXPRESSION),
    "AT_EnableTrig": _needs(Space.TRIGGER, Kind.TRIGGER, "42704"),
    "AT_EnableAlwaysTrig": _needs(Space.TRIGGER, Kind.TRIGGER, "42704"),
    "AT_EnableReplicaTrig": _needs(Space.TRIGGER, Kind.TRIGGER, "42704"),
    "AT_DisableTrig": _needs(Space.TRIGGER, Kind.TRIGGER, "42704"),
    "AT_EnableRule": _needs(Space.RULE, Kind.RULE, "42704"),
    "AT_EnableAlwaysRule": _needs(Space.RULE, Kind.RULE, "42704"),
    "AT_EnableReplicaRule": _needs(Space.RULE, Kind.RULE, "42704"),
    "AT_DisableRule": _needs(Space.RULE, Kind.RULE, "42704"),
    "AT_ClusterOn": _needs(Space.RELATION, Kind.INDEX, "42704"),
    "AT_ReplicaIdentity": _replica_identity,
    "AT_AddOf": _sets_typed,
    "AT_DropOf": _drops_typed,
    "AT_GenericOptions": _table_options,
    "AT_AlterColumnGenericOptions": _column_options,
}
