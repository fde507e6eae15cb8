"""Objects that a catalog query is about, and the facts that they come to."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING

from idemlint.postgres.catalogs import CHILDREN, LETTERS, CatalogRelation
from idemlint.postgres.kinds import SCHEMA_BOUND, Kind, Ref, Space
from idemlint.replay.guards.conditions import Condition, Exists
from idemlint.replay.guards.expressions import cut

if TYPE_CHECKING:
    from collections.abc import Iterator


class Refused(Exception):
    """The query is not a search that can be read; the message says why."""


class Thing:
    """An object that a query looks for, as far as it says."""

    def __init__(self, catalog: CatalogRelation) -> None:
        self.catalog = catalog
        self.space = catalog.space
        self.ref: Ref | None = None
        self.cast = False
        self.names: list[str] | None = None
        self.any_case = False
        self.schemas: list[str] | None = None
        self.visible = False
        self.parts: dict[str, Thing] = {}  # schema, parent, on, member
        self.kinds = catalog.kinds
        self.only = catalog.only
        self.columns: set[str] = set()
        self.facet = ""
        self.texts: list[str] = []
        self.inner = False  # is a part of another thing

    def part(self, which: str) -> Thing:
        """The schema, parent … of this thing."""
        if which not in self.parts:
            space = Space.RELATION
            if which == "schema":
                space = Space.SCHEMA
            elif which == "parent":
                space = self.catalog.parent
            self.parts[which] = Thing(CatalogRelation("", space, {}))
        return self.parts[which]

    def merge(self, other: Thing) -> None:
        """Take what is known of the same object elsewhere."""
        self.ref = self.ref or other.ref
        self.cast = self.cast or other.cast
        self.names = self.names if self.names is not None else other.names
        self.any_case = self.any_case or other.any_case
        self.schemas = self.schemas if self.schemas is not None else other.schemas
        self.visible = self.visible or other.visible
        self.columns |= other.columns
        self.texts += other.texts
        self.facet = self.facet or other.facet
        if other.catalog.only and self.space is other.space:
            self.only = self.only & other.only if self.only else other.only
        if other.kinds is not None and self.space is other.space:
            self.kinds = other.kinds if self.kinds is None else self.kinds & other.kinds
        for which, part in other.parts.items():
            if which in self.parts:
                self.parts[which].merge(part)
            else:
                self.parts[which] = part

    def refs(self) -> Iterator[tuple[Ref, bool, tuple[Ref, ...]]]:
        """The references that it may be: each with whether any schema will do, and the casts."""
        if self.ref is not None:
            yield self.ref, False, (self.ref,) if self.cast else ()
            return
        for name, (schema, any_schema) in product(self.names or [""], self._schemas()):
            yield Ref(self.space, cut(name), schema), any_schema, ()

    def _schemas(self) -> list[tuple[str | None, bool]]:
        if self.space not in SCHEMA_BOUND and self.space not in CHILDREN:
            return [(None, False)]
        if self.schemas is not None:
            return [(schema, False) for schema in self.schemas]
        owner = self.parts.get("schema")
        if owner is not None and owner.visible:
            return [(None, False)]
        if owner is not None and (owner.names is not None or owner.ref is not None):
            names = [owner.ref.name] if owner.ref is not None else owner.names or []
            return [(name, False) for name in names]
        return [(None, not self.visible)]


def facts_of(thing: Thing) -> list[Condition]:
    """What a thing comes to: a fact for each of its names, schemas and parents."""
    on: Ref | None = None
    casts: tuple[Ref, ...] = ()
    owner = thing.parts.get("on")
    if owner is not None:
        if owner.schemas is None and owner.ref is None:
            owner.schemas = thing.schemas
        [(on, _, casts), *more] = list(owner.refs())
        if more:
            raise Refused("one of several tables")
    found: list[Condition] = []
    if thing.space is Space.MEMBER:
        return _members(thing)
    no_name = thing.names is None and thing.ref is None
    parent = thing.parts.get("parent")
    for ref, any_schema, name_casts in thing.refs():
        fact = Exists(
            ref,
            thing.kinds,
            thing.only if thing.only != thing.catalog.only or no_name else frozenset(),
            any_name=no_name,
            any_case=thing.any_case,
            any_schema=any_schema,
            on=on,
            columns=frozenset(thing.columns),
            casts=(*name_casts, *casts),
            catalog=thing.catalog.name,
        )
        if thing.space not in CHILDREN:
            found.append(_primary(fact) if thing.only == {"p"} else fact)
            continue
        if parent is None:
            found.append(fact._replace(any_parent=True))
            continue
        if parent.ref is None and parent.schemas is None and "schema" not in parent.parts:
            parent.schemas = thing.schemas
            parent.parts |= {"schema": thing.parts["schema"]} if "schema" in thing.parts else {}
            parent.visible = parent.visible or thing.visible
        for parent_ref, parent_any, parent_casts in parent.refs():
            child = ref._replace(schema=None, parent=parent_ref)
            if not parent_ref.name:
                child = ref._replace(schema=parent_ref.schema)
            whole = fact._replace(
                ref=_faceted(child, thing.facet),
                any_schema=parent_any,
                any_parent=not parent_ref.name,
                casts=(*fact.casts, *parent_casts),
            )
            if no_name and thing.only == {"p"} and parent_ref.name and not thing.columns:
                key = Ref(Space.FACET, "primary key", None, parent_ref)
                whole = whole._replace(ref=key, any_name=False)
            if whole not in found:
                found.append(whole)
    return found


def _faceted(column: Ref, facet: str) -> Ref:
    """A property of a column, named as effects name it."""
    if not facet or column.parent is None:
        return column
    return Ref(Space.FACET, f"{facet}:{column.name}", None, column.parent)


def _primary(fact: Exists) -> Exists:
    """`indisprimary` of a table's indexes: that it has a primary key."""
    if not fact.any_name or fact.on is None:
        return fact
    ref = Ref(Space.FACET, "primary key", None, fact.on)
    return fact._replace(ref=ref, kinds=None, any_name=False, any_schema=False, on=None)


def _members(thing: Thing) -> list[Condition]:
    """Tables of a publication, and children of a table, named as effects name them."""
    parent, member = thing.parts.get("parent"), thing.parts.get("member")
    if parent is None or member is None:
        raise Refused(f"{thing.catalog.name} by one side only")
    words = ("table",) if thing.catalog.parent is Space.PUBLICATION else ("partition", "child")
    found: list[Condition] = []
    for (owner, any_schema, one), (ref, any_member, two) in product(parent.refs(), member.refs()):
        spelled = {ref, ref._replace(schema=None)} if ref.schema == "public" else {ref}
        if ref.schema is None:
            spelled.add(ref._replace(schema="public"))
        for word, name in product(words, sorted(map(str, spelled))):
            found.append(
                Exists(
                    Ref(Space.MEMBER, f"{word} {name}", None, owner),
                    any_schema=any_schema or any_member,
                    casts=(*one, *two),
                    catalog=thing.catalog.name,
                )
            )
    return found


def meet(thing: Thing, values: list[str]) -> None:
    """Names that are asked for; a second list leaves what is in both."""
    if thing.names is None:
        thing.names = values
    else:
        thing.names = [name for name in thing.names if name in values]


def take_letters(thing: Thing, column: str, values: list[str]) -> bool:
    """Note the kinds that a column is narrowed to; false if one of them is not known."""
    table = LETTERS.get(column, {})
    if not all(value in table for value in values):
        return False
    found = [table[value] for value in values]
    kinds = frozenset(item for item in found if isinstance(item, Kind))
    letters = frozenset(item for item in found if isinstance(item, str))
    if kinds:
        thing.kinds = kinds if thing.kinds is None else thing.kinds & kinds
    if letters:
        thing.only = letters
    return not (kinds and letters)


def point(left: tuple[Thing, str, str, str], target: Thing) -> bool:
    """A column that refers to another thing refers to this one."""
    thing, _, role, wrapped = left
    if role == "self.oid":
        if thing.space is not target.space:
            return False
        thing.merge(target)
        return True
    if role == "name" and wrapped == "" and thing.space is target.space:
        thing.merge(target)
        return True
    which, _, kind = role.partition(".")
    if kind != "oid" or which in {"domain", "index"}:
        if which == "domain":
            thing.catalog = thing.catalog._replace(parent=Space.TYPE)
            which = "parent"
        else:
            return False
    part = thing.parts.get(which)
    if part is None:
        thing.parts[which] = target
    elif part is not target:
        target.merge(part)
        thing.parts[which] = target
    target.inner = True
    return True
