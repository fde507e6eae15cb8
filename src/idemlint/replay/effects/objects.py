"""CREATE of everything that is neither a table nor an index, and the ALTERs that add to such an object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.replay.definitions import (
    BEFORE,
    CompositeDefinition,
    EnumDefinition,
    Returns,
    TriggerDefinition,
    chosen_name,
    type_name,
)
from idemlint.replay.effects.alter_table import options
from idemlint.replay.effects.model import (
    SKIP,
    Command,
    Creates,
    CreatesUnnamed,
    Drops,
    Effect,
    Opaque,
    Renames,
    Requires,
    Sets,
    Verb,
)
from idemlint.replay.effects.queries import needs_relations, walk
from idemlint.replay.effects.tables import target
from idemlint.replay.names import Kind, Ref, Space
from idemlint.replay.refs import (
    KINDS,
    inside,
    object_ref,
    parameters_signature,
    qualified,
    relation,
    role,
    schema,
    signature_of,
)
from idemlint.source.tree import Tree, strings

if TYPE_CHECKING:
    from collections.abc import Callable


def creates(
    ref: Ref,
    kind: Kind,
    *,
    guarded: bool = False,
    definition: object = None,
    owners: tuple[Ref, ...] = (),
    needs: tuple[Ref, ...] = (),
) -> list[Effect]:
    """A plain CREATE: the name must be free, or IF NOT EXISTS skips."""
    effects: list[Effect] = []
    if ref.schema is not None and ref.space not in _METHOD_BOUND:
        effects.append(Requires(schema(ref.schema), True, "3F000", Kind.SCHEMA, Verb.USE))
    otherwise = SKIP if guarded else kind.duplicate
    effects.append(Requires(ref, False, otherwise, kind, Verb.CREATE))
    effects.append(Creates(ref, kind, definition, owners, needs))
    return effects


_METHOD_BOUND: Final = frozenset({Space.OPERATOR_CLASS, Space.OPERATOR_FAMILY})


def _uses(ref: Ref, kind: Kind, sqlstate: str | None = None) -> Requires:
    return Requires(ref, True, sqlstate or kind.undefined, kind, Verb.USE)


def _guarded(stmt: Tree) -> bool:
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
        effects.append(_uses(role(owner), Kind.ROLE))
    effects += creates(ref, Kind.SCHEMA, guarded=_guarded(stmt))
    return effects


def create_extension(stmt: Tree) -> list[Effect]:
    """`CREATE EXTENSION`: what it brings is not modelled."""
    return creates(Ref(Space.EXTENSION, stmt.extname), Kind.EXTENSION, guarded=_guarded(stmt))


def create_sequence(stmt: Tree) -> list[Effect]:
    """`CREATE SEQUENCE`; OWNED BY a column makes it go with the column."""
    ref = relation(stmt.sequence)
    effects = target(ref, Kind.SEQUENCE, guarded=_guarded(stmt))
    owners: tuple[Ref, ...] = ()
    for option in stmt.options or ():
        if option.defname == "owned_by":
            names = strings(option.arg.items)
            if len(names) > 1:
                table = qualified(Space.RELATION, names[:-1])
                owners = (table, inside(Space.COLUMN, names[-1], table))
                effects.append(_uses(table, Kind.TABLE))
    effects.append(Creates(ref, Kind.SEQUENCE, None, owners))
    return effects


def alter_sequence(stmt: Tree) -> list[Effect]:
    """`ALTER SEQUENCE`: every option sets a value."""
    ref = relation(stmt.sequence)
    otherwise = SKIP if stmt.missing_ok else "42P01"
    effects: list[Effect] = [Requires(ref, True, otherwise, Kind.SEQUENCE, Verb.ALTER)]
    for option in stmt.options or ():
        if option.defname == "restart":
            effects.append(Sets(ref, "restart", True))
        elif option.defname == "owned_by":
            effects += _owned_by(ref, strings(option.arg.items))
    return effects


def _owned_by(sequence: Ref, names: list[str]) -> list[Effect]:
    if len(names) < 2:
        return [Sets(sequence, "owners", ())]
    table = qualified(Space.RELATION, names[:-1])
    owners = (table, inside(Space.COLUMN, names[-1], table))
    return [
        _uses(table, Kind.TABLE),
        Requires(owners[1], True, "42703", Kind.COLUMN, Verb.USE),
        Sets(sequence, "owners", owners),
    ]


def create_view(stmt: Tree) -> list[Effect]:
    """`CREATE [OR REPLACE] VIEW`: over anything but a view OR REPLACE raises 42809."""
    ref = relation(stmt.view)
    query = walk(stmt.fields.get("query"))
    sources = needs_relations(query)
    needs = tuple(effect.ref for effect in sources if isinstance(effect, Requires))
    if not stmt.replace:
        effects = [*sources, *target(ref, Kind.VIEW, guarded=False)]
        effects.append(Creates(ref, Kind.VIEW, None, needs=needs))
        return effects
    return [*sources, Creates(ref, Kind.VIEW, None, needs=needs, replaces=True)]


def create_enum(stmt: Tree) -> list[Effect]:
    """`CREATE TYPE … AS ENUM`."""
    labels = tuple(value.fields.get("sval", "") for value in stmt.vals or ())
    ref = qualified(Space.TYPE, strings(stmt.typeName))
    return creates(ref, Kind.TYPE, definition=EnumDefinition(labels))


def create_range(stmt: Tree) -> list[Effect]:
    """`CREATE TYPE … AS RANGE`."""
    return creates(qualified(Space.TYPE, strings(stmt.typeName)), Kind.TYPE)


def create_composite(stmt: Tree) -> list[Effect]:
    """`CREATE TYPE … AS (…)`: it lives among the relations, and its name is taken among the types: 42710."""
    ref = relation(stmt.typevar)
    attributes = {
        element.colname: type_name(element.typeName)
        for element in stmt.coldeflist or ()
        if element.kind == "ColumnDef"
    }
    return [
        Requires(ref._replace(space=Space.TYPE), False, "42710", Kind.TYPE, Verb.CREATE),
        Creates(ref, Kind.COMPOSITE_TYPE, CompositeDefinition(attributes)),
    ]


def create_domain(stmt: Tree) -> list[Effect]:
    """`CREATE DOMAIN`."""
    ref = qualified(Space.TYPE, strings(stmt.domainname))
    effects = creates(ref, Kind.DOMAIN)
    effects += [
        Creates(inside(Space.CONSTRAINT, constraint.conname, ref), Kind.CONSTRAINT)
        for constraint in stmt.constraints or ()
        if constraint.conname
    ]
    return effects


def alter_domain(stmt: Tree) -> list[Effect]:
    """`ALTER DOMAIN`: constraints come and go, everything else sets a value."""
    ref = qualified(Space.TYPE, strings(stmt.typeName))
    effects: list[Effect] = [
        Requires(ref, True, "42704", Kind.DOMAIN, Verb.ALTER),
    ]
    subtype = stmt.subtype
    if subtype == "C":
        node = getattr(stmt, "def")
        if node.contype == "CONSTR_NOTNULL":
            return effects
        if not node.conname:
            base = chosen_name(ref.name, "", "check")
            return [*effects, CreatesUnnamed(ref, base, Kind.CONSTRAINT)]
        constraint = inside(Space.CONSTRAINT, node.conname, ref)
        return [*effects, *creates(constraint, Kind.CONSTRAINT)]
    if subtype == "X":
        constraint = inside(Space.CONSTRAINT, stmt.name, ref)
        otherwise = SKIP if stmt.missing_ok else "42704"
        effects.append(
            Command(
                (
                    Requires(constraint, True, otherwise, Kind.CONSTRAINT, Verb.DROP),
                    Drops(constraint, Kind.CONSTRAINT),
                )
            )
        )
    elif subtype == "V":
        constraint = inside(Space.CONSTRAINT, stmt.name, ref)
        effects.append(Requires(constraint, True, "42704", Kind.CONSTRAINT, Verb.ALTER))
    return effects


def alter_enum(stmt: Tree) -> list[Effect]:
    """`ALTER TYPE … ADD VALUE` and `RENAME VALUE` (22023 where the old one is gone)."""
    ref = qualified(Space.TYPE, strings(stmt.typeName))
    effects: list[Effect] = [Requires(ref, True, "42704", Kind.TYPE, Verb.ALTER)]
    new = Ref(Space.ENUM_VALUE, stmt.newVal, None, ref)
    if stmt.oldVal is not None:
        old = Ref(Space.ENUM_VALUE, stmt.oldVal, None, ref)
        return [
            *effects,
            Requires(old, True, "22023", Kind.ENUM_VALUE, Verb.RENAME),
            Requires(new, False, "42710", Kind.ENUM_VALUE, Verb.RENAME),
            Renames(old, new, Kind.ENUM_VALUE),
        ]
    otherwise = SKIP if stmt.skipIfNewValExists else "42710"
    effects.append(Requires(new, False, otherwise, Kind.ENUM_VALUE, Verb.CREATE))
    effects.append(Creates(new, Kind.ENUM_VALUE))
    return effects


def create_function(stmt: Tree) -> list[Effect]:
    """`CREATE [OR REPLACE] FUNCTION` and `PROCEDURE`; overloads are told apart by input types."""
    kind = Kind.PROCEDURE if stmt.is_procedure else Kind.FUNCTION
    ref = qualified(Space.ROUTINE, strings(stmt.funcname), parameters_signature(stmt.parameters))
    returns = None
    if stmt.returnType is not None:
        result = type_name(stmt.returnType).removeprefix("public.")
        returns = Returns(f"setof {result}" if stmt.returnType.setof else result)
    if stmt.replace:
        return [Creates(ref, kind, returns, replaces=True)]
    return creates(ref, kind, definition=returns)


def _define_signature(stmt: Tree) -> str:
    parameters = stmt.args[0].items if stmt.args and stmt.args[0].kind == "List" else ()
    return signature_of(
        tuple(each.argType for each in parameters or () if each.kind == "FunctionParameter")
    )


def _operator_signature(stmt: Tree) -> str:
    sides = {"leftarg": "none", "rightarg": "none"}
    for element in stmt.definition or ():
        name = element.defname
        if name in sides and element.arg is not None and element.arg.kind == "TypeName":
            sides[name] = type_name(element.arg).removeprefix("public.")
    return f"{sides['leftarg']},{sides['rightarg']}"


def define(stmt: Tree) -> list[Effect]:
    """`DefineStmt`: aggregates, operators, types, collations, text search objects."""
    kind = KINDS.get(stmt.fields["kind"])
    if kind is None:
        return [Opaque(f"no model of {stmt.fields['kind']}")]
    signature = None
    if kind is Kind.AGGREGATE:
        signature = _define_signature(stmt)
    elif kind is Kind.OPERATOR:
        signature = _operator_signature(stmt)
    ref = qualified(kind.space, strings(stmt.defnames), signature)
    if stmt.replace:
        return [Creates(ref, kind, None, replaces=True)]
    if kind is Kind.TYPE and stmt.definition:
        # A base type takes the place of its shell; a second time there is no shell any more.
        shell = inside(Space.FACET, "shell", ref)
        return [
            Requires(shell, True, "42710", kind, Verb.CREATE),
            Drops(shell, kind),
            Creates(ref, kind, replaces=True),
        ]
    effects = creates(ref, kind, guarded=_guarded(stmt))
    if kind is Kind.TYPE:
        effects.append(Creates(inside(Space.FACET, "shell", ref), kind))
    return effects


def create_trigger(stmt: Tree, postgres_version: int) -> list[Effect]:
    """`CREATE [OR REPLACE] TRIGGER`; a second constraint trigger met a unique index before 14."""
    table = relation(stmt.relation)
    ref = inside(Space.TRIGGER, stmt.trigname, table)
    function = qualified(Space.ROUTINE, strings(stmt.funcname), "")
    effects: list[Effect] = [_uses(table, Kind.TABLE), _uses(function, Kind.FUNCTION)]
    when = TriggerDefinition(stmt.events or 0, bool((stmt.timing or 0) & BEFORE))
    if stmt.replace:
        return [*effects, Creates(ref, Kind.TRIGGER, when, needs=(function,), replaces=True)]
    duplicate = "23505" if stmt.isconstraint and postgres_version < 14 else "42710"
    effects.append(Requires(ref, False, duplicate, Kind.TRIGGER, Verb.CREATE))
    effects.append(Creates(ref, Kind.TRIGGER, when, needs=(function,)))
    return effects


def create_rule(stmt: Tree) -> list[Effect]:
    """`CREATE [OR REPLACE] RULE`."""
    table = relation(stmt.relation)
    ref = inside(Space.RULE, stmt.rulename, table)
    effects: list[Effect] = [_uses(table, Kind.TABLE)]
    if stmt.replace:
        return [*effects, Creates(ref, Kind.RULE, replaces=True)]
    return [*effects, *creates(ref, Kind.RULE)]


def create_policy(stmt: Tree) -> list[Effect]:
    """`CREATE POLICY`."""
    table = relation(stmt.table)
    ref = inside(Space.POLICY, stmt.policy_name, table)
    functions = walk([stmt.fields.get("qual"), stmt.fields.get("with_check")]).functions
    needs = tuple(
        qualified(Space.ROUTINE, name, "") for name, call in functions if not call.get("args")
    )
    return [_uses(table, Kind.TABLE), *creates(ref, Kind.POLICY, needs=needs)]


def alter_policy(stmt: Tree) -> list[Effect]:
    """`ALTER POLICY`: sets its expressions."""
    table = relation(stmt.table)
    ref = inside(Space.POLICY, stmt.policy_name, table)
    return [_uses(table, Kind.TABLE), Requires(ref, True, "42704", Kind.POLICY, Verb.ALTER)]


def create_event_trigger(stmt: Tree) -> list[Effect]:
    """`CREATE EVENT TRIGGER`."""
    function = qualified(Space.ROUTINE, strings(stmt.funcname), "")
    ref = Ref(Space.EVENT_TRIGGER, stmt.trigname)
    return [*creates(ref, Kind.EVENT_TRIGGER, needs=(function,))]


def create_role(stmt: Tree) -> list[Effect]:
    """`CREATE ROLE`, `USER`, `GROUP`."""
    return creates(Ref(Space.ROLE, stmt.role), Kind.ROLE)


def alter_role(stmt: Tree) -> list[Effect]:
    """`ALTER ROLE`: sets attributes, membership, settings."""
    if stmt.role is None or not stmt.role.rolename:
        return []
    return [Requires(role(stmt.role), True, "42704", Kind.ROLE, Verb.ALTER)]


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


def create_cast(stmt: Tree) -> list[Effect]:
    """`CREATE CAST`."""
    name = f"{type_name(stmt.sourcetype)} AS {type_name(stmt.targettype)}"
    return creates(Ref(Space.CAST, name), Kind.CAST)


def create_transform(stmt: Tree) -> list[Effect]:
    """`CREATE [OR REPLACE] TRANSFORM`."""
    ref = Ref(Space.TRANSFORM, f"{type_name(stmt.type_name)} {stmt.lang}")
    if stmt.replace:
        return [Creates(ref, Kind.TRANSFORM, replaces=True)]
    return creates(ref, Kind.TRANSFORM)


def create_operator_class(stmt: Tree) -> list[Effect]:
    """`CREATE OPERATOR CLASS`: names are per index method."""
    ref = qualified(Space.OPERATOR_CLASS, strings(stmt.opclassname), stmt.amname)
    return creates(ref, Kind.OPERATOR_CLASS)


def create_operator_family(stmt: Tree) -> list[Effect]:
    """`CREATE OPERATOR FAMILY`."""
    ref = qualified(Space.OPERATOR_FAMILY, strings(stmt.opfamilyname), stmt.amname)
    return creates(ref, Kind.OPERATOR_FAMILY)


def alter_operator_family(stmt: Tree) -> list[Effect]:
    """`ALTER OPERATOR FAMILY … ADD | DROP`."""
    family = qualified(Space.OPERATOR_FAMILY, strings(stmt.opfamilyname), stmt.amname)
    effects: list[Effect] = [_uses(family, Kind.OPERATOR_FAMILY)]
    kind = Kind.OPERATOR_FAMILY_MEMBER
    for item in stmt.items or ():
        types = item.class_args or (item.name.objargs if item.name is not None else ())
        name = f"{item.itemtype} {item.number} {signature_of(types)}"
        ref = inside(Space.MEMBER, name, family)
        if stmt.isDrop:
            effects.append(Requires(ref, True, "42704", kind, Verb.DROP))
            effects.append(Drops(ref, kind))
        else:
            effects.append(Requires(ref, False, "42710", kind, Verb.CREATE))
            effects.append(Creates(ref, kind))
    return effects


def create_language(stmt: Tree) -> list[Effect]:
    """`CREATE [OR REPLACE] LANGUAGE`."""
    ref = Ref(Space.LANGUAGE, stmt.plname)
    if stmt.replace:
        return [Creates(ref, Kind.LANGUAGE, replaces=True)]
    return creates(ref, Kind.LANGUAGE)


def create_conversion(stmt: Tree) -> list[Effect]:
    """`CREATE CONVERSION`."""
    return creates(qualified(Space.CONVERSION, strings(stmt.conversion_name)), Kind.CONVERSION)


def _user_mapping(stmt: Tree) -> tuple[Ref, Ref]:
    server = Ref(Space.SERVER, stmt.servername)
    return server, Ref(Space.USER_MAPPING, f"{role(stmt.user).name} on {server.name}")


def create_user_mapping(stmt: Tree) -> list[Effect]:
    """`CREATE USER MAPPING`."""
    server, ref = _user_mapping(stmt)
    return [
        _uses(server, Kind.SERVER),
        *creates(ref, Kind.USER_MAPPING, guarded=_guarded(stmt), owners=(server,)),
        *(
            Creates(inside(Space.MEMBER, f"option {each.defname}", ref), Kind.OPTION)
            for each in stmt.options or ()
        ),
    ]


def alter_user_mapping(stmt: Tree) -> list[Effect]:
    """`ALTER USER MAPPING … OPTIONS`."""
    _, ref = _user_mapping(stmt)
    return [
        Requires(ref, True, "42704", Kind.USER_MAPPING, Verb.ALTER),
        *options(ref, stmt.options or ()),
    ]


def drop_user_mapping(stmt: Tree) -> list[Effect]:
    """`DROP USER MAPPING`."""
    _, ref = _user_mapping(stmt)
    otherwise = SKIP if stmt.missing_ok else "42704"
    return [
        Requires(ref, True, otherwise, Kind.USER_MAPPING, Verb.DROP),
        Drops(ref, Kind.USER_MAPPING),
    ]


def _named(space: Space, field: str, kind: Kind) -> Callable[[Tree], list[Effect]]:
    """A CREATE whose node has the name in one field and perhaps options."""

    def build(stmt: Tree) -> list[Effect]:
        ref = Ref(space, getattr(stmt, field))
        effects = creates(ref, kind, guarded=_guarded(stmt))
        if kind in _WITH_OPTIONS:
            effects += [
                Creates(inside(Space.MEMBER, f"option {each.defname}", ref), Kind.OPTION)
                for each in stmt.options or ()
                if each.kind == "DefElem"
            ]
        return effects

    return build


_WITH_OPTIONS: Final = frozenset({Kind.SERVER, Kind.FOREIGN_DATA_WRAPPER})


def _with_options(space: Space, field: str, kind: Kind) -> Callable[[Tree], list[Effect]]:
    def build(stmt: Tree) -> list[Effect]:
        ref = Ref(space, getattr(stmt, field))
        there = Requires(ref, True, kind.undefined, kind, Verb.ALTER)
        return [there, *options(ref, stmt.options or ())]

    return build


def _publication_members(stmt: Tree, publication: Ref) -> list[Ref]:
    members = []
    for node in stmt.pubobjects or ():
        if node.pubtable is not None:
            table = relation(node.pubtable.relation)
            members.append(inside(Space.MEMBER, f"table {table}", publication))
        elif node.name:
            members.append(inside(Space.MEMBER, f"schema {node.name}", publication))
    return members


def create_publication(stmt: Tree) -> list[Effect]:
    """`CREATE PUBLICATION` with its tables."""
    ref = Ref(Space.PUBLICATION, stmt.pubname)
    return [
        *creates(ref, Kind.PUBLICATION),
        *(Creates(member, Kind.PUBLICATION_MEMBER) for member in _publication_members(stmt, ref)),
    ]


def alter_publication(stmt: Tree) -> list[Effect]:
    """`ALTER PUBLICATION … ADD | DROP | SET`: SET is idempotent."""
    ref = Ref(Space.PUBLICATION, stmt.pubname)
    kind = Kind.PUBLICATION_MEMBER
    effects: list[Effect] = [Requires(ref, True, "42704", Kind.PUBLICATION, Verb.ALTER)]
    for member in _publication_members(stmt, ref):
        if stmt.action == "AP_DropObjects":
            effects.append(Requires(member, True, "42704", kind, Verb.DROP))
            effects.append(Drops(member, kind))
        elif stmt.action == "AP_AddObjects":
            effects.append(Requires(member, False, "42710", kind, Verb.CREATE))
            effects.append(Creates(member, kind))
        else:
            effects.append(Creates(member, kind, replaces=True))
    return effects


def alter_subscription(stmt: Tree) -> list[Effect]:
    """`ALTER SUBSCRIPTION … ADD | DROP PUBLICATION`; all else sets a value."""
    ref = Ref(Space.SUBSCRIPTION, stmt.subname)
    kind = Kind.SUBSCRIBED_PUBLICATION
    effects: list[Effect] = [Requires(ref, True, "42704", Kind.SUBSCRIPTION, Verb.ALTER)]
    for name in strings(stmt.publication):
        member = inside(Space.MEMBER, f"publication {name}", ref)
        if stmt.fields["kind"] == "ALTER_SUBSCRIPTION_ADD_PUBLICATION":
            effects.append(Requires(member, False, kind.duplicate, kind, Verb.CREATE))
            effects.append(Creates(member, kind))
        elif stmt.fields["kind"] == "ALTER_SUBSCRIPTION_DROP_PUBLICATION":
            effects.append(Requires(member, True, kind.undefined, kind, Verb.DROP))
            effects.append(Drops(member, kind))
    return effects


def alter_extension_contents(stmt: Tree) -> list[Effect]:
    """`ALTER EXTENSION … ADD | DROP` a member."""
    extension = Ref(Space.EXTENSION, stmt.extname)
    found = object_ref(stmt.objtype, stmt.object) if stmt.object is not None else None
    if found is None:
        return [Opaque("no model of this member of an extension")]
    kind = Kind.EXTENSION_MEMBER
    member = inside(Space.MEMBER, f"member {found[0].noun} {found[1]}", extension)
    effects: list[Effect] = [Requires(extension, True, "42704", Kind.EXTENSION, Verb.ALTER)]
    if stmt.action == 1:
        effects.append(Requires(member, False, "55000", kind, Verb.CREATE))
        effects.append(Creates(member, kind))
    else:
        effects.append(Requires(member, True, "55000", kind, Verb.DROP))
        effects.append(Drops(member, kind))
    return effects


def alter_extension(stmt: Tree) -> list[Effect]:
    """`ALTER EXTENSION … UPDATE`."""
    ref = Ref(Space.EXTENSION, stmt.extname)
    return [Requires(ref, True, "42704", Kind.EXTENSION, Verb.ALTER)]


def alter_text_search(stmt: Tree) -> list[Effect]:
    """`ALTER TEXT SEARCH CONFIGURATION … MAPPING`: ALTER MAPPING sets, ADD and DROP do not."""
    config = qualified(Space.TS_CONFIGURATION, strings(stmt.cfgname))
    kind = Kind.TS_MAPPING
    effects: list[Effect] = [_uses(config, Kind.TS_CONFIGURATION)]
    action = stmt.fields["kind"]
    for name in strings(stmt.tokentype):
        ref = inside(Space.MEMBER, f"mapping {name}", config)
        if action == "ALTER_TSCONFIG_ADD_MAPPING":
            effects.append(Requires(ref, False, "23505", kind, Verb.CREATE))
            effects.append(Creates(ref, kind))
        elif action == "ALTER_TSCONFIG_DROP_MAPPING":
            otherwise = SKIP if stmt.missing_ok else "42704"
            effects.append(
                Command((Requires(ref, True, otherwise, kind, Verb.DROP), Drops(ref, kind)))
            )
        else:
            effects.append(Creates(ref, kind, replaces=True))
    return effects


def import_foreign_schema(stmt: Tree) -> list[Effect]:
    """`IMPORT FOREIGN SCHEMA`: fails with 42P07 at the first table it made the first time."""
    parent = schema(stmt.local_schema)
    done = inside(Space.FACET, f"import {stmt.server_name} {stmt.remote_schema}", parent)
    return [
        _uses(parent, Kind.SCHEMA),
        Requires(done, False, "42P07", Kind.FOREIGN_TABLE, Verb.CREATE),
        Creates(done, Kind.FOREIGN_TABLE),
    ]


create_access_method = _named(Space.ACCESS_METHOD, "amname", Kind.ACCESS_METHOD)
create_server = _named(Space.SERVER, "servername", Kind.SERVER)
create_wrapper = _named(Space.FOREIGN_DATA_WRAPPER, "fdwname", Kind.FOREIGN_DATA_WRAPPER)
create_database = _named(Space.DATABASE, "dbname", Kind.DATABASE)
create_tablespace = _named(Space.TABLESPACE, "tablespacename", Kind.TABLESPACE)
create_subscription = _named(Space.SUBSCRIPTION, "subname", Kind.SUBSCRIPTION)
alter_server = _with_options(Space.SERVER, "servername", Kind.SERVER)
alter_wrapper = _with_options(Space.FOREIGN_DATA_WRAPPER, "fdwname", Kind.FOREIGN_DATA_WRAPPER)


def alter_function(stmt: Tree) -> list[Effect]:
    """`ALTER FUNCTION`: sets properties."""
    found = object_ref(stmt.objtype, stmt.func)
    if found is None:
        return []
    return [Requires(found[1], True, "42883", found[0], Verb.ALTER)]


def alter_event_trigger(stmt: Tree) -> list[Effect]:
    """`ALTER EVENT TRIGGER … ENABLE | DISABLE`."""
    ref = Ref(Space.EVENT_TRIGGER, stmt.trigname)
    return [Requires(ref, True, "42704", Kind.EVENT_TRIGGER, Verb.ALTER)]


def comment(stmt: Tree) -> list[Effect]:
    """`COMMENT ON`: the object has to be there."""
    if stmt.object is None:
        return []
    found = object_ref(stmt.objtype, stmt.object)
    if found is None:
        return []
    kind, ref = found
    return [Requires(ref, True, _missing(kind), kind, Verb.ALTER)]


def owner(stmt: Tree) -> list[Effect]:
    """`ALTER … OWNER TO`, which sets a value."""
    if stmt.relation is not None:
        return [Requires(relation(stmt.relation), True, "42P01", Kind.TABLE, Verb.ALTER)]
    found = object_ref(stmt.objectType, stmt.object) if stmt.object is not None else None
    if found is None:
        return []
    return [Requires(found[1], True, _missing(found[0]), found[0], Verb.ALTER)]


def _missing(kind: Kind) -> str:
    """The SQLSTATE of using a thing that is not there: for every relation 42P01."""
    if kind.space is Space.RELATION and kind is not Kind.COMPOSITE_TYPE:
        return "42P01"
    return "42704" if kind is Kind.ENUM_VALUE else kind.undefined


def grant(stmt: Tree) -> list[Effect]:
    """`GRANT`/`REVOKE` on objects: sets privileges; the objects and the roles have to be there."""
    effects: list[Effect] = []
    if stmt.targtype == "ACL_TARGET_OBJECT":
        for node in stmt.objects or ():
            if node.kind == "RangeVar":
                ref, kind = relation(node), Kind.TABLE
            else:
                found = object_ref(stmt.objtype, node)
                if found is None:
                    continue
                kind, ref = found
            effects.append(Requires(ref, True, _missing(kind), kind, Verb.USE))
    elif stmt.targtype == "ACL_TARGET_ALL_IN_SCHEMA":
        effects += [_uses(schema(name), Kind.SCHEMA) for name in strings(stmt.objects)]
    effects += _grantees(stmt.grantees)
    return effects


def grant_role(stmt: Tree) -> list[Effect]:
    """`GRANT role TO role`."""
    roles = [Ref(Space.ROLE, node.priv_name) for node in stmt.granted_roles or ()]
    return [*(_uses(ref, Kind.ROLE) for ref in roles), *_grantees(stmt.grantee_roles)]


def _grantees(nodes: tuple[Tree, ...] | None) -> list[Effect]:
    return [
        _uses(role(node), Kind.ROLE)
        for node in nodes or ()
        if node.roletype in {None, "ROLESPEC_CSTRING"} and node.rolename
    ]


def role_owned(stmt: Tree) -> list[Effect]:
    """`REASSIGN OWNED` and `DROP OWNED`: the role has to be there."""
    return _grantees(stmt.roles)


def drop_named(space: Space, field: str, kind: Kind) -> Callable[[Tree], list[Effect]]:
    """`DROP DATABASE`, `TABLESPACE`, `SUBSCRIPTION`: nodes of their own."""

    def build(stmt: Tree) -> list[Effect]:
        ref = Ref(space, getattr(stmt, field))
        otherwise = SKIP if stmt.missing_ok else kind.undefined
        return [Requires(ref, True, otherwise, kind, Verb.DROP), Drops(ref, kind)]

    return build
