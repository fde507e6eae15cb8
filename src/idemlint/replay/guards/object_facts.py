"""What an object that a query looks for comes to: facts of the catalog, named as effects name them."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

from idemlint.postgres.catalogs import CHILDREN
from idemlint.postgres.kinds import Ref, Space
from idemlint.replay.guards.conditions import Exists
from idemlint.replay.guards.sought import Refused, SoughtObject

if TYPE_CHECKING:
    from collections.abc import Callable

_PRIMARY: Final = "primary key"


def facts_of(sought: SoughtObject) -> list[Exists]:
    """A fact for each of the names, schemas and parents that it may have. Raises `Refused`."""
    return _BY_SPACE.get(sought.space, _of_its_own)(sought)


def _of_its_own(sought: SoughtObject) -> list[Exists]:
    """What lives in no other object."""
    found = _by_name(sought)
    return [_as_primary_key(fact) for fact in found] if sought.letters == {"p"} else found


def _by_name(sought: SoughtObject) -> list[Exists]:
    """A fact for each name and schema, without the parent."""
    on, casts = _table_it_is_on(sought)
    any_name = not sought.is_named
    narrowed = any_name or sought.letters != sought.listing.only
    return [
        Exists(
            ref,
            sought.kinds,
            sought.letters if narrowed else frozenset(),
            any_name=any_name,
            any_case=sought.any_case,
            any_schema=any_schema,
            on=on,
            columns=frozenset(sought.columns),
            casts=(*name_casts, *casts),
            catalog=sought.listing.name,
        )
        for ref, any_schema, name_casts in sought.refs()
    ]


def _table_it_is_on(sought: SoughtObject) -> tuple[Ref | None, tuple[Ref, ...]]:
    """The table that it has to belong to without living in it, and the casts in that."""
    table = sought.parts.get("on")
    if table is None:
        return None, ()
    if table.schemas is None and table.ref is None:
        table.schemas = sought.schemas
    [(on, _, casts), *more] = list(table.refs())
    if more:
        raise Refused("one of several tables")
    return on, casts


def _as_primary_key(fact: Exists) -> Exists:
    """`indisprimary` of a table's indexes: that it has a primary key."""
    if not fact.any_name or fact.on is None:
        return fact
    ref = Ref(Space.FACET, _PRIMARY, None, fact.on)
    return fact._replace(ref=ref, kinds=None, any_name=False, any_schema=False, on=None)


def _children(sought: SoughtObject) -> list[Exists]:
    """What lives in a table or a type."""
    facts = _by_name(sought)
    parent = sought.parts.get("parent")
    if parent is None:
        return [fact._replace(any_parent=True) for fact in facts]
    if parent.ref is None and parent.schemas is None and "schema" not in parent.parts:
        parent.schemas = sought.schemas
        parent.parts |= {"schema": sought.parts["schema"]} if "schema" in sought.parts else {}
        parent.visible = parent.visible or sought.visible
    any_key = sought.letters == {"p"} and not sought.is_named and not sought.columns
    found: list[Exists] = []
    for fact, (owner, any_schema, casts) in product(facts, list(parent.refs())):
        child = fact.ref._replace(schema=None, parent=owner)
        if not owner.name:
            child = fact.ref._replace(schema=owner.schema)
        whole = fact._replace(
            ref=_faceted(child, sought.facet),
            any_schema=any_schema,
            any_parent=not owner.name,
            casts=(*fact.casts, *casts),
        )
        if any_key and owner.name:
            key = Ref(Space.FACET, _PRIMARY, None, owner)
            whole = whole._replace(ref=key, any_name=False)
        if whole not in found:
            found.append(whole)
    return found


def _faceted(column: Ref, facet: str) -> Ref:
    """A property of a column."""
    if not facet or column.parent is None:
        return column
    return Ref(Space.FACET, f"{facet}:{column.name}", None, column.parent)


#: What something belongs to, where that is not asked: as `ObjectSide.refs` says it.
_ANY_OWNER: Final[tuple[Ref | None, bool, tuple[Ref, ...]]] = (None, False, ())


def _members(sought: SoughtObject) -> list[Exists]:
    """Tables of a publication, and children of a table."""
    parent, member = sought.parts.get("parent"), sought.parts.get("member")
    if member is None:
        raise Refused(f"{sought.listing.name} by one side only")
    words = ("table",) if sought.listing.parent is Space.PUBLICATION else ("partition", "child")
    found: list[Exists] = []
    owners = list(parent.refs()) if parent is not None else [_ANY_OWNER]
    for (owner, any_schema, one), (ref, any_member, two) in product(owners, list(member.refs())):
        if "." in ref.name and sought.listing.name == "pg_publication_tables":
            # No name of a table, but one with its schema.
            ref = ref._replace(name=f'"{ref.name}"')
        spelled = {ref, ref._replace(schema=None)} if ref.schema == "public" else {ref}
        if ref.schema is None:
            spelled.add(ref._replace(schema="public"))
        for word, name in product(words, sorted(map(str, spelled))):
            found.append(
                Exists(
                    Ref(Space.MEMBER, f"{word} {name}", None, owner),
                    any_schema=any_schema or any_member,
                    any_parent=owner is None,
                    casts=(*one, *two),
                    catalog=sought.listing.name,
                )
            )
    return found


def _casts(sought: SoughtObject) -> list[Exists]:
    """Casts, by their two types, which a `regtype` has to name."""
    source, target = sought.parts.get("source"), sought.parts.get("target")
    sides = [side.ref for side in (source, target) if side is not None and side.ref is not None]
    if len(sides) < 2 or any(side.space is not Space.TYPE for side in sides):
        raise Refused(f"{sought.listing.name} without both types")
    name = " AS ".join(map(_type_name, sides))
    casts = tuple(
        side.ref for side in (source, target) if side and side.ref is not None and side.by_cast
    )
    return [Exists(Ref(Space.CAST, name), casts=casts, catalog=sought.listing.name)]


def _type_name(ref: Ref) -> str:
    """A type as effects spell it: `int4`, `s.mood`."""
    return ref.name if ref.schema in {None, "pg_catalog"} else f"{ref.schema}.{ref.name}"


_BY_SPACE: Final[dict[Space, Callable[[SoughtObject], list[Exists]]]] = {
    **dict.fromkeys(CHILDREN, _children),
    Space.MEMBER: _members,
    Space.CAST: _casts,
}
