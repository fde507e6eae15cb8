"""Objects that a query over the catalogs looks for: what it says of each of them."""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Final

from idemlint.postgres.catalogs import (
    CHILDREN,
    ENUM_RANGE,
    LETTERS,
    REGISTERED,
    CatalogRelation,
)
from idemlint.postgres.kinds import SCHEMA_BOUND, Kind, Ref, Space
from idemlint.postgres.names import cut, is_cut
from idemlint.records import NamedTuple
from idemlint.replay.guards.registered import holds_cut_names, registered

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Refused(Exception):
    """The query is not a search that can be read; the message says why."""


class SoughtObject:
    """An object that a query looks for, as far as it says.

    `listing` is the relation that the query looks into. `names` and `schemas` are those it asks for
    (`None`: any), or `ref`, where a cast names it (`by_cast`: one that fails where it is not there).
    `visible` says that the search_path has to lead to it. `parts` are the objects that it refers to:
    its schema, its parent, the table it is `on` … `never`: nothing is found, for one of the names it is
    compared with as text is longer than a name can be.
    """

    def __init__(self, listing: CatalogRelation) -> None:
        self.listing = listing
        self.space = listing.space
        self.ref: Ref | None = None
        self.by_cast = False
        self.names: list[str] | None = None
        self.any_case = False
        self.schemas: list[str] | None = None
        self.visible = False
        self.parts: dict[str, SoughtObject] = {}
        self.kinds = listing.kinds
        self.letters = listing.only
        self.columns: set[str] = set()
        self.facet = ""
        self.is_part = False
        self.never = False

    @property
    def is_named(self) -> bool:
        """Whether the query says which one it is."""
        return self.names is not None or self.ref is not None

    def part(self, which: str) -> SoughtObject:
        """The schema, parent … of this object."""
        if which not in self.parts:
            space = self.listing.parent if which == "parent" else _PARTS.get(which, Space.RELATION)
            self.parts[which] = unlisted(space)
        return self.parts[which]

    def merge(self, other: SoughtObject) -> None:
        """Take what is known of the same object elsewhere."""
        self.ref = self.ref or other.ref
        self.by_cast = self.by_cast or other.by_cast
        self.names = self.names if self.names is not None else other.names
        self.any_case = self.any_case or other.any_case
        self.schemas = self.schemas if self.schemas is not None else other.schemas
        self.visible = self.visible or other.visible
        self.columns |= other.columns
        self.facet = self.facet or other.facet
        self.never = self.never or other.never
        if other.listing.only and self.space is other.space:
            self.letters = self.letters & other.letters if self.letters else other.letters
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
            yield self.ref, False, (self.ref,) if self.by_cast else ()
            return
        for name, (schema, any_schema) in product(self.names or [""], self._schemas()):
            yield Ref(self.space, cut(name), schema), any_schema, ()

    def _schemas(self) -> list[tuple[str | None, bool]]:
        if self.space not in SCHEMA_BOUND and self.space not in CHILDREN:
            return [(None, False)]
        if self.schemas is not None:
            return [(cut(schema), False) for schema in self.schemas]
        owner = self.parts.get("schema")
        if owner is not None and owner.visible:
            return [(None, False)]
        if owner is not None and owner.is_named:
            names = [owner.ref.name] if owner.ref is not None else owner.names or []
            return [(cut(name), False) for name in names]
        return [(None, not self.visible)]

    def narrow_names(self, names: list[str]) -> None:
        """It has one of these names; a second list leaves what is in both."""
        if self.names is None:
            self.names = names
        else:
            self.names = [name for name in self.names if name in names]

    def narrow_sorts(self, column: str, values: list[str]) -> bool:
        """A column like `relkind` has one of these values; false if one of them is not known."""
        table = LETTERS.get(column, {})
        if not all(value in table for value in values):
            return False
        found = [table[value] for value in values]
        kinds = frozenset(item for item in found if isinstance(item, Kind))
        letters = frozenset(item for item in found if isinstance(item, str))
        if kinds:
            self.kinds = kinds if self.kinds is None else self.kinds & kinds
        if column == "relkind" and kinds == {Kind.TABLE} and len(set(values)) == 1:
            # One that is partitioned is of another sort.
            letters = frozenset(values)
        if letters:
            self.letters = letters
        return column == "relkind" or not (kinds and letters)


#: The namespaces of parts other than the parent, where they are not relations.
_PARTS: Final = {"schema": Space.SCHEMA}


def unlisted(space: Space) -> SoughtObject:
    """An object of a namespace, whatever relation lists it."""
    return SoughtObject(CatalogRelation("", space, {}))


def referred(ref: Ref, by_cast: bool) -> SoughtObject:
    """The object that `'t'::regclass` or `to_regclass('t')` refers to."""
    found = unlisted(ref.space)
    found.ref, found.by_cast = ref, by_cast
    return found


class SoughtColumn(NamedTuple):
    """A column of the relation that lists an object, and the role that it plays there.

    `wrapped` is what stands around it: `lower`, `regclass` …; `as_text`: what is compared is text, which is
    never cut.
    """

    of: SoughtObject
    name: str
    role: str
    wrapped: str = ""
    as_text: bool = False


def column_of(
    sought: SoughtObject, name: str, wrapped: str = "", *, as_text: bool = False
) -> SoughtColumn:
    """The column of this name; without a role, if nothing is known of it."""
    role = "name" if sought.listing is ENUM_RANGE else sought.listing.roles.get(name, "")
    return SoughtColumn(sought, name, role, wrapped, as_text)


def refer(column: SoughtColumn, target: SoughtObject) -> bool:
    """A column that refers to an object refers to this one; false if it cannot."""
    sought, role, wrapped = column.of, column.role, column.wrapped
    if role == "self.oid" or (role == "name" and wrapped == ""):
        if sought.space is target.space:
            sought.merge(target)
            return True
        if role == "self.oid":
            return False
    which, _, kind = role.partition(".")
    if which == "domain":
        sought.listing = sought.listing._replace(parent=Space.TYPE)
        which = "parent"
    elif kind != "oid" or which == "index":
        return False
    part = sought.parts.get(which)
    if part is None:
        sought.parts[which] = target
    elif part is not target:
        target.merge(part)
        sought.parts[which] = target
    target.is_part = True
    return True


# -- a column is one of several constants ----------------------------------------------------------


def is_one_of(column: SoughtColumn, values: list[str], *, as_text: bool) -> bool:
    """A column is one of these texts; `as_text`: they are of that type, and not cut as names are."""
    if column.as_text or as_text:
        is_longer = holds_cut_names if column.wrapped in REGISTERED else is_cut
        fitting = [value for value in values if not is_longer(value)]
        column.of.never = column.of.never or not fitting
        values = fitting or values
    if column.wrapped in REGISTERED:
        ref = registered(values[0], column.wrapped) if len(values) == 1 else None
        return ref is not None and refer(column, referred(ref, by_cast=False))
    if column.wrapped in _CASES:
        cased = [value for value in values if value == _CASES[column.wrapped](value)]
        column.of.never = column.of.never or not cased
        values = [value.lower() for value in cased or values]
    reader = _ROLES.get(column.role)
    return reader is not None and reader(column, values)


#: What a change of case leaves: a value that has other letters is equal to nothing.
_CASES: Final[dict[str, Callable[[str], str]]] = {"lower": str.lower, "upper": str.upper}


def _name(column: SoughtColumn, values: list[str]) -> bool:
    column.of.narrow_names(values)
    column.of.any_case = column.of.any_case or bool(column.wrapped)
    return True


def _name_of_part(column: SoughtColumn, values: list[str]) -> bool:
    column.of.part(column.role).narrow_names(values)
    return True


def _schema_is(column: SoughtColumn, values: list[str]) -> bool:
    column.of.schemas = values
    return True


def _schema_of_part(column: SoughtColumn, values: list[str]) -> bool:
    column.of.part(column.role.removesuffix(".schema")).schemas = values
    return True


def _about_column(column: SoughtColumn, values: list[str]) -> bool:
    if len(values) > 1:
        return False
    column.of.columns |= set(map(cut, values))
    return True


def _sort(column: SoughtColumn, values: list[str]) -> bool:
    return column.of.narrow_sorts(column.name, values)


def _facet(column: SoughtColumn, values: list[str]) -> bool:
    if not set(values) <= {"YES", "a", "d", "s", "v", "ALWAYS"}:
        return False
    column.of.facet = column.role.removeprefix("facet:")
    return True


_ROLES: Final[dict[str, Callable[[SoughtColumn, list[str]], bool]]] = {
    "name": _name,
    "parent": _name_of_part,
    "on": _name_of_part,
    "member": _name_of_part,
    "schema": _schema_is,
    "on.schema": _schema_of_part,
    "member.schema": _schema_of_part,
    "column": _about_column,
    "kind": _sort,
    "facet:identity": _facet,
    "facet:expression": _facet,
}
