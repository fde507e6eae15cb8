"""CREATE of what has no module of its own, and DROPs with nodes of their own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.definition import (
    BEFORE,
    RoleDefinition,
    SequenceDefinition,
    TriggerDefinition,
    login_of,
)
from idemlint.replay.catalog.refs import inside, qualified, relation, role, schema
from idemlint.replay.effects.queries import reads
from idemlint.replay.effects.tables import target
from idemlint.replay.effects.vocabulary import (
    SKIP,
    Command,
    Creates,
    Drops,
    Effect,
    Entitles,
    Opaque,
    Requires,
    Sets,
    UsesColumns,
    Verb,
)
from idemlint.replay.queries.commands import joined, read_commands
from idemlint.replay.queries.compiled import read_level, read_query
from idemlint.replay.queries.scope import RangeEntry
from idemlint.source.tree import Tree, strings

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.replay.queries.scope import Reading


def creates(
    ref: Ref,
    kind: Kind,
    *,
    guarded: bool = False,
    definition: object = None,
    owners: tuple[Ref, ...] = (),
    needs: tuple[Ref, ...] = (),
    reading: Reading | None = None,
) -> list[Effect]:
    """A plain CREATE: the name must be free, or IF NOT EXISTS skips."""
    effects: list[Effect] = []
    if ref.schema is not None and ref.space not in _METHOD_BOUND:
        effects.append(Requires(schema(ref.schema), True, "3F000", Kind.SCHEMA, Verb.USE))
    otherwise = SKIP if guarded else kind.duplicate
    effects.append(Requires(ref, False, otherwise, kind, Verb.CREATE))
    effects.append(Creates(ref, kind, definition, owners, needs, reads=reading))
    return effects


_METHOD_BOUND: Final = frozenset({Space.OPERATOR_CLASS, Space.OPERATOR_FAMILY})


def uses(ref: Ref, kind: Kind, sqlstate: str | None = None) -> Requires:
    """The thing is used: it has to be there."""
    return Requires(ref, True, sqlstate or kind.undefined, kind, Verb.USE)


def is_guarded(stmt: Tree) -> bool:
    """Whether a CREATE says IF NOT EXISTS."""
    return bool(stmt.fields.get("if_not_exists"))


def create_schema(stmt: Tree) -> list[Effect]:
    """`CREATE SCHEMA [AUTHORIZATION role]`; its elements are made inside it."""
    owner = stmt.authrole
    name = stmt.schemaname or (owner.rolename if owner is not None else None)
    if name is None:
        return [Opaque("the schema is named after the current user")]
    ref = schema(name)
    effects: list[Effect] = []
    if owner is not None and owner.rolename:
        effects.append(uses(role(owner), Kind.ROLE))
    effects += creates(ref, Kind.SCHEMA, guarded=is_guarded(stmt))
    if owner is not None and owner.rolename:
        effects.append(Entitles(ref, (role(owner),), "@owner", ("owner",)))
    return effects


def create_extension(stmt: Tree) -> list[Effect]:
    """`CREATE EXTENSION`: what it brings is not modelled."""
    return creates(Ref(Space.EXTENSION, stmt.extname), Kind.EXTENSION, guarded=is_guarded(stmt))


def create_sequence(stmt: Tree) -> list[Effect]:
    """`CREATE SEQUENCE`; OWNED BY a column makes it go with the column."""
    ref = relation(stmt.sequence)
    effects = target(ref, Kind.SEQUENCE, guarded=is_guarded(stmt))
    owners: tuple[Ref, ...] = ()
    for option in stmt.options or ():
        if option.defname == "owned_by":
            names = strings(option.arg.items)
            if len(names) > 1:
                table = qualified(Space.RELATION, names[:-1])
                owners = (table, inside(Space.COLUMN, names[-1], table))
                effects.append(uses(table, Kind.TABLE))
    told = {each.defname: each.fields.get("arg") for each in stmt.options or ()}
    effects.append(Creates(ref, Kind.SEQUENCE, SequenceDefinition(told), owners))
    return effects


def owned_by(sequence: Ref, names: list[str]) -> list[Effect]:
    """OWNED BY a column: the sequence goes with it; NONE: with nothing."""
    if len(names) < 2:
        return [Sets(sequence, "owners", ())]
    table = qualified(Space.RELATION, names[:-1])
    owners = (table, inside(Space.COLUMN, names[-1], table))
    return [
        uses(table, Kind.TABLE),
        Requires(owners[1], True, "42703", Kind.COLUMN, Verb.USE),
        Sets(sequence, "owners", owners),
    ]


def create_view(stmt: Tree) -> list[Effect]:
    """`CREATE [OR REPLACE] VIEW`: over anything but a view OR REPLACE raises 42809."""
    ref = relation(stmt.view)
    reading = read_query(stmt.fields["query"]["SelectStmt"])
    needs = reading.tables
    made = Creates(
        ref,
        Kind.VIEW,
        needs=needs,
        replaces=bool(stmt.replace),
        reads=reading,
        gives=tuple(strings(stmt.aliases)),
    )
    if stmt.replace:
        return [*reads(reading), made]
    return [*reads(reading), *target(ref, Kind.VIEW, guarded=False, needs=needs), made]


def create_trigger(stmt: Tree, postgres_version: int) -> list[Effect]:
    """`CREATE [OR REPLACE] TRIGGER`; a second constraint trigger met a unique index before 14."""
    table = relation(stmt.relation)
    ref = inside(Space.TRIGGER, stmt.trigname, table)
    function = qualified(Space.ROUTINE, strings(stmt.funcname), "")
    effects: list[Effect] = [uses(table, Kind.TABLE), uses(function, Kind.FUNCTION)]
    columns = tuple(strings(stmt.columns))
    when = TriggerDefinition(
        stmt.events or 0, bool((stmt.timing or 0) & BEFORE), bool(stmt.row), columns, function.name
    )
    condition = stmt.fields.get("whenClause")
    reading = None
    if condition is not None:
        rows = tuple(RangeEntry(name, table) for name in ("new", "old"))
        reading = read_level([condition], rows)
        # The condition is analysed before the function is looked for.
        effects[1:1] = reads(reading)
    of = tuple(inside(Space.COLUMN, name, table) for name in columns)
    if of:
        effects.append(UsesColumns(table, columns))
    made = Creates(
        ref, Kind.TRIGGER, when, needs=(function, *of), replaces=bool(stmt.replace), reads=reading
    )
    if stmt.replace:
        return [*effects, made]
    duplicate = "23505" if stmt.isconstraint and postgres_version < 14 else "42710"
    effects += [Requires(ref, False, duplicate, Kind.TRIGGER, Verb.CREATE), made]
    if stmt.isconstraint:
        constraint = inside(Space.CONSTRAINT, stmt.trigname, table)
        effects.append(Creates(constraint, Kind.CONSTRAINT, owners=(ref,)))
    return effects


def create_rule(stmt: Tree) -> list[Effect]:
    """`CREATE [OR REPLACE] RULE`."""
    table = relation(stmt.relation)
    ref = inside(Space.RULE, stmt.rulename, table)
    rows = tuple(RangeEntry(name, table) for name in ("new", "old"))
    where = read_level([stmt.fields.get("whereClause")], rows)
    commands = [each for each in stmt.fields.get("actions", ()) if "NotifyStmt" not in each]
    reading = joined((where, *(read_commands([each], rows) for each in commands)))
    effects: list[Effect] = [uses(table, Kind.TABLE), *reads(reading)]
    if not stmt.replace:
        effects.append(Requires(ref, False, "42710", Kind.RULE, Verb.CREATE))
    effects.append(Creates(ref, Kind.RULE, replaces=bool(stmt.replace), reads=reading))
    return effects


def create_policy(stmt: Tree) -> list[Effect]:
    """`CREATE POLICY`."""
    table = relation(stmt.table)
    ref = inside(Space.POLICY, stmt.policy_name, table)
    reading = policy_reading(stmt, table)
    roles = tuple(role(node) for node in stmt.roles or ())
    return [
        uses(table, Kind.TABLE),
        *reads(reading),
        Requires(ref, False, "42710", Kind.POLICY, Verb.CREATE),
        Creates(ref, Kind.POLICY, needs=roles, reads=reading),
    ]


def policy_reading(stmt: Tree, table: Ref) -> Reading:
    """What USING and WITH CHECK of a policy read."""
    parts = [stmt.fields[part] for part in ("qual", "with_check") if part in stmt.fields]
    return read_level(parts, (RangeEntry(table.name, table),))


def create_event_trigger(stmt: Tree) -> list[Effect]:
    """`CREATE EVENT TRIGGER`."""
    function = qualified(Space.ROUTINE, strings(stmt.funcname), "")
    ref = Ref(Space.EVENT_TRIGGER, stmt.trigname)
    return [*creates(ref, Kind.EVENT_TRIGGER, needs=(function,))]


def create_role(stmt: Tree) -> list[Effect]:
    """`CREATE ROLE`, `USER`, `GROUP`."""
    login = login_of(stmt.fields)
    if login is None:
        login = stmt.stmt_type == "ROLESTMT_USER"
    return creates(Ref(Space.ROLE, stmt.role), Kind.ROLE, definition=RoleDefinition(login))


def drop_role(stmt: Tree) -> list[Effect]:
    """`DROP ROLE`, `USER`, `GROUP`."""
    otherwise = SKIP if stmt.missing_ok else "42704"
    effects: list[Effect] = []
    for node in stmt.roles or ():
        ref = role(node)
        effects.append(
            Command((Requires(ref, True, otherwise, Kind.ROLE, Verb.DROP), Drops(ref, Kind.ROLE)))
        )
    return effects


def user_mapping(stmt: Tree) -> tuple[Ref, Ref]:
    """The server of a user mapping, and the mapping itself."""
    server = Ref(Space.SERVER, stmt.servername)
    return server, Ref(Space.USER_MAPPING, f"{role(stmt.user).name} on {server.name}")


def create_user_mapping(stmt: Tree) -> list[Effect]:
    """`CREATE USER MAPPING`."""
    server, ref = user_mapping(stmt)
    return [
        uses(server, Kind.SERVER),
        *creates(ref, Kind.USER_MAPPING, guarded=is_guarded(stmt), owners=(server,)),
        *(
            Creates(inside(Space.MEMBER, f"option {each.defname}", ref), Kind.OPTION)
            for each in stmt.options or ()
        ),
    ]


def drop_user_mapping(stmt: Tree) -> list[Effect]:
    """`DROP USER MAPPING`."""
    _, ref = user_mapping(stmt)
    otherwise = SKIP if stmt.missing_ok else "42704"
    return [
        Requires(ref, True, otherwise, Kind.USER_MAPPING, Verb.DROP),
        Drops(ref, Kind.USER_MAPPING),
    ]


def _named(space: Space, field: str, kind: Kind) -> Callable[[Tree], list[Effect]]:
    """A CREATE whose node has the name in one field and perhaps options."""

    def build(stmt: Tree) -> list[Effect]:
        ref = Ref(space, getattr(stmt, field))
        effects = creates(ref, kind, guarded=is_guarded(stmt))
        if kind in _WITH_OPTIONS:
            effects += [
                Creates(inside(Space.MEMBER, f"option {each.defname}", ref), Kind.OPTION)
                for each in stmt.options or ()
                if each.kind == "DefElem"
            ]
        return effects

    return build


_WITH_OPTIONS: Final = frozenset({Kind.SERVER, Kind.FOREIGN_DATA_WRAPPER})


def publication_members(stmt: Tree, publication: Ref) -> list[Creates]:
    """The tables and schemas that a statement names, as members: a table's goes with the table, and keeps
    the columns that it names there."""
    members = []
    for node in stmt.pubobjects or ():
        if node.pubtable is not None:
            table = relation(node.pubtable.relation)
            ref = inside(Space.MEMBER, f"table {table}", publication)
            columns = tuple(
                inside(Space.COLUMN, each, table) for each in strings(node.pubtable.columns)
            )
            where = node.pubtable.fields.get("whereClause")
            reading = read_level([where], (RangeEntry(table.name, table),)) if where else None
            kind = Kind.PUBLICATION_MEMBER
            members.append(Creates(ref, kind, None, (table,), columns, reads=reading))
        elif node.name:
            ref = inside(Space.MEMBER, f"schema {node.name}", publication)
            members.append(Creates(ref, Kind.PUBLICATION_MEMBER))
    return members


def create_publication(stmt: Tree) -> list[Effect]:
    """`CREATE PUBLICATION` with its tables."""
    ref = Ref(Space.PUBLICATION, stmt.pubname)
    return [*creates(ref, Kind.PUBLICATION), *publication_members(stmt, ref)]


def import_foreign_schema(stmt: Tree) -> list[Effect]:
    """`IMPORT FOREIGN SCHEMA`: fails with 42P07 at the first table it made the first time."""
    parent = schema(stmt.local_schema)
    done = inside(Space.FACET, f"import {stmt.server_name} {stmt.remote_schema}", parent)
    return [
        uses(parent, Kind.SCHEMA),
        Requires(done, False, "42P07", Kind.FOREIGN_TABLE, Verb.CREATE),
        Creates(done, Kind.FOREIGN_TABLE),
    ]


create_access_method = _named(Space.ACCESS_METHOD, "amname", Kind.ACCESS_METHOD)
create_server = _named(Space.SERVER, "servername", Kind.SERVER)
create_wrapper = _named(Space.FOREIGN_DATA_WRAPPER, "fdwname", Kind.FOREIGN_DATA_WRAPPER)
create_database = _named(Space.DATABASE, "dbname", Kind.DATABASE)
create_tablespace = _named(Space.TABLESPACE, "tablespacename", Kind.TABLESPACE)
create_subscription = _named(Space.SUBSCRIPTION, "subname", Kind.SUBSCRIPTION)


def _drop_named(space: Space, field: str, kind: Kind) -> Callable[[Tree], list[Effect]]:
    """`DROP DATABASE`, `TABLESPACE`, `SUBSCRIPTION`: nodes of their own."""

    def build(stmt: Tree) -> list[Effect]:
        ref = Ref(space, getattr(stmt, field))
        otherwise = SKIP if stmt.missing_ok else kind.undefined
        return [Requires(ref, True, otherwise, kind, Verb.DROP), Drops(ref, kind)]

    return build


drop_subscription = _drop_named(Space.SUBSCRIPTION, "subname", Kind.SUBSCRIPTION)
drop_database = _drop_named(Space.DATABASE, "dbname", Kind.DATABASE)
drop_tablespace = _drop_named(Space.TABLESPACE, "tablespacename", Kind.TABLESPACE)
