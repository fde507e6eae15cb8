"""ALTERs of what is neither a table nor an index: members come and go, all else sets a value.

COMMENT belongs to them: the thing has to be there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.refs import (
    KINDS,
    inside,
    object_ref,
    qualified,
    relation,
    signature_of,
)
from idemlint.replay.effects.alter_table import options
from idemlint.replay.effects.create_objects import (
    owned_by,
    publication_members,
    user_mapping,
    uses,
)
from idemlint.replay.effects.create_types import domain_check
from idemlint.replay.effects.vocabulary import (
    SKIP,
    Command,
    Creates,
    Drops,
    Effect,
    Opaque,
    Renames,
    Requires,
    Sets,
    Verb,
)
from idemlint.replay.queries.compiled import read_level
from idemlint.source.tree import Tree, strings

if TYPE_CHECKING:
    from collections.abc import Callable


def alter_sequence(stmt: Tree) -> list[Effect]:
    """`ALTER SEQUENCE`: every option sets a value."""
    ref = relation(stmt.sequence)
    otherwise = SKIP if stmt.missing_ok else "42P01"
    effects: list[Effect] = [Requires(ref, True, otherwise, Kind.SEQUENCE, Verb.ALTER)]
    for option in stmt.options or ():
        if option.defname == "restart":
            value = option.arg
            effects.append(Sets(ref, "restart", _number(value)))
        elif option.defname == "owned_by":
            effects += owned_by(ref, strings(option.arg.items))
    return effects


def _number(value: Tree | None) -> str:
    """The number that an option gives."""
    return "" if value is None else str(next(iter(value.fields.values()), 0))


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
        check = domain_check(ref, node)
        if isinstance(check, Creates):
            effects.append(Requires(check.ref, False, "42710", Kind.CONSTRAINT, Verb.CREATE))
        return [*effects, check]
    if subtype == "T":
        default = stmt.fields.get("def")
        effects.append(Sets(ref, "reads", read_level([default])))
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
    if stmt.newValNeighbor is not None:
        beside = Ref(Space.ENUM_VALUE, stmt.newValNeighbor, None, ref)
        effects.append(Requires(beside, True, "22023", Kind.ENUM_VALUE, Verb.USE))
    effects.append(Creates(new, Kind.ENUM_VALUE))
    return effects


def alter_operator_family(stmt: Tree) -> list[Effect]:
    """`ALTER OPERATOR FAMILY … ADD | DROP`."""
    family = qualified(Space.OPERATOR_FAMILY, strings(stmt.opfamilyname), stmt.amname)
    effects: list[Effect] = [uses(family, Kind.OPERATOR_FAMILY)]
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


def alter_user_mapping(stmt: Tree) -> list[Effect]:
    """`ALTER USER MAPPING … OPTIONS`."""
    _, ref = user_mapping(stmt)
    return [
        Requires(ref, True, "42704", Kind.USER_MAPPING, Verb.ALTER),
        *options(ref, stmt.options or ()),
    ]


def _with_options(space: Space, field: str, kind: Kind) -> Callable[[Tree], list[Effect]]:
    def build(stmt: Tree) -> list[Effect]:
        ref = Ref(space, getattr(stmt, field))
        there = Requires(ref, True, kind.undefined, kind, Verb.ALTER)
        return [there, *options(ref, stmt.options or ())]

    return build


def alter_publication(stmt: Tree) -> list[Effect]:
    """`ALTER PUBLICATION … ADD | DROP | SET`: SET is idempotent."""
    ref = Ref(Space.PUBLICATION, stmt.pubname)
    kind = Kind.PUBLICATION_MEMBER
    effects: list[Effect] = [Requires(ref, True, "42704", Kind.PUBLICATION, Verb.ALTER)]
    for made in publication_members(stmt, ref):
        if stmt.action == "AP_DropObjects":
            effects.append(Requires(made.ref, True, "42704", kind, Verb.DROP))
            effects.append(Drops(made.ref, kind))
        elif stmt.action == "AP_AddObjects":
            effects.append(Requires(made.ref, False, "42710", kind, Verb.CREATE))
            effects.append(made)
        else:
            effects.append(made._replace(replaces=True))
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
    effects: list[Effect] = [uses(config, Kind.TS_CONFIGURATION)]
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


alter_server = _with_options(Space.SERVER, "servername", Kind.SERVER)
alter_wrapper = _with_options(Space.FOREIGN_DATA_WRAPPER, "fdwname", Kind.FOREIGN_DATA_WRAPPER)


def alter_function(stmt: Tree) -> list[Effect]:
    """`ALTER FUNCTION`: sets properties, but none of an aggregate."""
    found = object_ref(stmt.objtype, stmt.func)
    if found is None:
        return []
    return [Requires(found[1], True, "42883", found[0], Verb.ALTER, wrong_kind="42809")]


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
    there = Requires(ref, True, missing(kind), kind, Verb.ALTER)
    if ref.parent is None or ref.parent.space is not Space.RELATION:
        return [there]
    # `get_object_address` (src/backend/catalog/objectaddress.c) opens the table first.
    return [uses(ref.parent, Kind.TABLE), there]


def security_label(stmt: Tree) -> list[Effect]:
    """`SECURITY LABEL ON`: as `COMMENT`, but for what is shared by all databases."""
    return comment(stmt)


def depends_on_extension(stmt: Tree) -> list[Effect]:
    """`ALTER … [NO] DEPENDS ON EXTENSION`: both have to be there."""
    extension = Ref(Space.EXTENSION, stmt.extname.sval)
    there = Requires(extension, True, "42704", Kind.EXTENSION, Verb.USE)
    if stmt.objectType == "OBJECT_TRIGGER":
        table = relation(stmt.relation)
        name = strings(stmt.object.items)[-1]
        trigger = inside(Space.TRIGGER, name, table)
        return [
            Requires(table, True, "42P01", Kind.TABLE, Verb.ALTER),
            Requires(trigger, True, "42704", Kind.TRIGGER, Verb.ALTER),
            there,
        ]
    if stmt.relation is not None:
        kind = KINDS.get(stmt.objectType, Kind.INDEX)
        return [Requires(relation(stmt.relation), True, "42P01", kind, Verb.ALTER), there]
    found = object_ref(stmt.objectType, stmt.object) if stmt.object is not None else None
    if found is None:
        return [there]
    return [Requires(found[1], True, missing(found[0]), found[0], Verb.ALTER), there]


def missing(kind: Kind) -> str:
    """The SQLSTATE of using a thing that is not there: for every relation 42P01."""
    if kind.space is Space.RELATION and kind is not Kind.COMPOSITE_TYPE:
        return "42P01"
    return "42704" if kind is Kind.ENUM_VALUE else kind.undefined
