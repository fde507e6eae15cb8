"""GRANT and REVOKE, OWNER TO, what belongs to roles, policies: the things and the roles have to be there, and
a role is kept by them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.definition import login_of
from idemlint.replay.catalog.refs import inside, object_ref, relation, role, schema
from idemlint.replay.effects.alter_objects import missing
from idemlint.replay.effects.create_objects import policy_reading, uses
from idemlint.replay.effects.queries import reads
from idemlint.replay.effects.vocabulary import (
    Disowns,
    Effect,
    Entitles,
    Requires,
    Sets,
    UsesColumns,
    Verb,
)
from idemlint.source.tree import Tree, strings

if TYPE_CHECKING:
    from collections.abc import Iterator


def alter_policy(stmt: Tree) -> list[Effect]:
    """`ALTER POLICY`: sets its expressions, or the roles that it is for."""
    table = relation(stmt.table)
    ref = inside(Space.POLICY, stmt.policy_name, table)
    reading = policy_reading(stmt, table)
    # The expressions are analysed before the policy is looked for.
    effects: list[Effect] = [
        uses(table, Kind.TABLE),
        *reads(reading),
        Requires(ref, True, "42704", Kind.POLICY, Verb.ALTER),
    ]
    if "qual" in stmt.fields or "with_check" in stmt.fields:
        effects.append(Sets(ref, "reads", reading))
    roles = tuple(_named_roles(stmt.roles))
    if roles:
        effects.append(Entitles(ref, roles, "@granted", ("policy",)))
    return effects


def alter_role(stmt: Tree) -> list[Effect]:
    """`ALTER ROLE`: sets attributes, membership, settings."""
    if stmt.role is None or not stmt.role.rolename:
        return []
    effects: list[Effect] = [Requires(role(stmt.role), True, "42704", Kind.ROLE, Verb.ALTER)]
    login = login_of(stmt.fields)
    if login is not None:
        effects.append(Sets(role(stmt.role), "login", login))
    return effects


def owner(stmt: Tree) -> list[Effect]:
    """`ALTER … OWNER TO`, which sets a value."""
    if stmt.relation is not None:
        return [Requires(relation(stmt.relation), True, "42P01", Kind.TABLE, Verb.ALTER)]
    found = object_ref(stmt.objectType, stmt.object) if stmt.object is not None else None
    if found is None:
        return []
    there = Requires(found[1], True, missing(found[0]), found[0], Verb.ALTER)
    return [there, Entitles(found[1], (role(stmt.newowner),), "@owner", ("owner",))]


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
            effects.append(Requires(ref, True, missing(kind), kind, Verb.USE))
            columns = [name for each in stmt.privileges or () for name in strings(each.cols)]
            if columns and kind is Kind.TABLE:
                effects.append(UsesColumns(ref, tuple(dict.fromkeys(columns))))
    elif stmt.targtype == "ACL_TARGET_ALL_IN_SCHEMA":
        effects += [uses(schema(name), Kind.SCHEMA) for name in strings(stmt.objects)]
    effects += _grantees(stmt.grantees)
    roles = tuple(_who(stmt.grantees))
    if roles:
        effects += _privileges(stmt, roles)
    return effects


#: What `ALL … IN SCHEMA` means (`objectsInSchemaToOids`, src/backend/catalog/aclchk.c).
_ALL_OF: Final = {
    "OBJECT_TABLE": ("table", "view", "materialized view", "foreign table"),
    "OBJECT_SEQUENCE": ("sequence",),
    "OBJECT_FUNCTION": ("function", "aggregate"),
    "OBJECT_PROCEDURE": ("procedure",),
    "OBJECT_ROUTINE": ("function", "aggregate", "procedure"),
}


def _privileges(stmt: Tree, roles: tuple[Ref, ...]) -> Iterator[Effect]:
    """What a GRANT or REVOKE gives or takes."""
    what, revokes = tuple(_words(stmt.privileges)), not stmt.is_grant
    if stmt.grant_option and revokes:
        return
    if stmt.targtype == "ACL_TARGET_ALL_IN_SCHEMA":
        for name in strings(stmt.objects):
            kinds = _ALL_OF.get(stmt.objtype, ())
            yield Entitles(schema(name), roles, "@granted", what, revokes, kinds)
    elif stmt.targtype == "ACL_TARGET_OBJECT":
        for node in stmt.objects or ():
            found = object_ref(stmt.objtype, node) if node.kind != "RangeVar" else None
            if node.kind == "RangeVar":
                yield Entitles(relation(node), roles, "@granted", what, revokes)
            elif found is not None:
                yield Entitles(found[1], roles, "@granted", what, revokes)


def _words(privileges: tuple[Tree, ...] | None) -> Iterator[str]:
    for each in privileges or ():
        columns = strings(each.cols)
        name = each.priv_name or "all"
        yield f"{name}({','.join(columns)})" if columns else name


def default_privileges(stmt: Tree) -> list[Effect]:
    """`ALTER DEFAULT PRIVILEGES`: kept for the role that makes objects, and for those that it is about."""
    options = {each.defname: each.arg.items for each in stmt.options or ()}
    action = stmt.action
    roles = (*_named_roles(options.get("roles")), *_who(action.grantees))
    if not roles:
        return []
    what = tuple(f"{each} on {action.objtype}" for each in _words(action.privileges))
    places: list[Ref | None] = [schema(name) for name in strings(options.get("schemas"))]
    return [
        Entitles(place, roles, "@default", what, not action.is_grant) for place in places or [None]
    ]


def _named_roles(nodes: tuple[Tree, ...] | None) -> Iterator[Ref]:
    for node in nodes or ():
        if node.roletype in {None, "ROLESPEC_CSTRING"} and node.rolename:
            yield role(node)


#: No role can have that name (`check_rolespec_name`, src/backend/utils/adt/acl.c).
PUBLIC: Final = Ref(Space.ROLE, "public")


def _who(grantees: tuple[Tree, ...] | None) -> Iterator[Ref]:
    """Roles, and PUBLIC."""
    yield from _named_roles(grantees)
    if any(each.roletype == "ROLESPEC_PUBLIC" for each in grantees or ()):
        yield PUBLIC


def grant_role(stmt: Tree) -> list[Effect]:
    """`GRANT role TO role`."""
    roles = [Ref(Space.ROLE, node.priv_name) for node in stmt.granted_roles or ()]
    return [*(uses(ref, Kind.ROLE) for ref in roles), *_grantees(stmt.grantee_roles)]


def _grantees(nodes: tuple[Tree, ...] | None) -> list[Effect]:
    return [
        uses(role(node), Kind.ROLE)
        for node in nodes or ()
        if node.roletype in {None, "ROLESPEC_CSTRING"} and node.rolename
    ]


def role_owned(stmt: Tree) -> list[Effect]:
    """`REASSIGN OWNED` and `DROP OWNED`: the role has to be there."""
    roles = tuple(_named_roles(stmt.roles))
    to = role(stmt.newrole) if stmt.newrole is not None else None
    return [*_grantees(stmt.roles), Disowns(roles, to, stmt.kind == "DropOwnedStmt")]
