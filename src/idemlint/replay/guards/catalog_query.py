"""The state of a query over the catalogs while it is read: the objects in FROM, and what ties them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.postgres.catalogs import REGISTERED
from idemlint.replay.guards.conditions import TRUE, Condition, Narrowed
from idemlint.replay.guards.object_facts import facts_of
from idemlint.replay.guards.sought import (
    Refused,
    SoughtColumn,
    SoughtObject,
    column_of,
    refer,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.replay.guards.expressions import Json

#: Functions around a column that change nothing but the case of what is compared.
_CASE: Final = frozenset({"lower", "upper"})
#: What a literal is cut for that is compared with it: a column of catalogs (all are of type name, or
#: `sql_identifier`, which is made of it) as it is, a name, and what is looked up by one.
_AS_NAMES: Final = frozenset({"", "name", *REGISTERED})


class CatalogQuery:
    """The objects that a FROM clause names, being pinned down by one condition after the other.

    `objects` go by their aliases, `outer` are those that a LEFT JOIN adds; `not_understood` are the
    conditions that no rule here understands, as text.
    """

    def __init__(self) -> None:
        self.objects: dict[str, SoughtObject] = {}
        self.outer: set[str] = set()
        self.not_understood: list[str] = []
        self._same_schema: list[tuple[SoughtObject, SoughtObject]] = []

    def column(self, expr: Json) -> SoughtColumn | None:
        """The column that an expression is, casts and changes of case around it or not."""
        wrapped, outermost = "", ""
        while True:
            if "TypeCast" in expr:
                kind = expr["TypeCast"]["typeName"]["names"][-1]["String"]["sval"]
                wrapped = kind if kind in REGISTERED else wrapped
                expr = expr["TypeCast"]["arg"]
            elif "FuncCall" in expr and len(expr["FuncCall"].get("args", ())) == 1:
                wrapped = kind = expr["FuncCall"]["funcname"][-1]["String"]["sval"]
                if wrapped not in _CASE:
                    return None
                expr = expr["FuncCall"]["args"][0]
            else:
                break
            outermost = outermost or kind
        as_text = outermost not in _AS_NAMES
        fields = expr.get("ColumnRef", {}).get("fields")
        if not fields or "String" not in fields[-1]:
            return None
        name = fields[-1]["String"]["sval"]
        if len(fields) > 1:
            owner = self.objects.get(fields[-2].get("String", {}).get("sval", ""))
            return None if owner is None else column_of(owner, name, wrapped, as_text=as_text)
        owners = [each for each in self.objects.values() if name in each.listing.roles]
        if not owners and len(self.objects) == 1:
            owners = list(self.objects.values())
        return column_of(owners[0], name, wrapped, as_text=as_text) if owners else None

    def tie(self, one: SoughtColumn, other: SoughtColumn) -> bool:
        """Two columns are equal: which makes two objects one, or one a part of the other."""
        if one.role == other.role:
            same = _SAME_ROLE.get(one.role)
            if same is not None and (one.role not in _IDENTITY or one.of.space is other.of.space):
                same(self, one, other)
                return True
        else:
            for left, right in ((one, other), (other, one)):
                if left.role == "self.oid" and right.role.endswith(".oid"):
                    return refer(right._replace(wrapped=""), left.of)
                if left.role == "name" and right.role in {"parent", "schema", "on"}:
                    return refer(right._replace(role=f"{right.role}.oid", wrapped=""), left.of)
        if {one.role, other.role} <= {"schema", "on.schema", "member.schema"}:
            self._same_schema.append((one.of, other.of))
            return True
        return one.role == other.role == "database"

    def _unite(self, one: SoughtColumn, other: SoughtColumn) -> None:
        """Both are one object."""
        if one.of is other.of:
            return
        listing = other.of.listing
        one.of.merge(other.of)
        # the columns of both relations lead to the one object now
        roles = {**listing.roles, **one.of.listing.roles}
        one.of.listing = one.of.listing._replace(roles=roles)
        for alias, each in self.objects.items():
            if each is other.of:
                self.objects[alias] = one.of

    def _share(self, one: SoughtColumn, other: SoughtColumn) -> None:
        """Both are parts of one object."""
        which = one.role.removesuffix(".oid")
        shared = one.of.part(which)
        if other.of.parts.get(which) is not shared:
            shared.merge(other.of.part(which))
            other.of.parts[which] = shared

    def result(self) -> list[Condition]:
        """What the query looks for. Raises `Refused`."""
        self._spread_schemas()
        roots = self._roots()
        if not roots:
            return [TRUE]
        subject = next((root for root in roots if root.is_named), roots[0])
        others = [f"a row of {root.listing.name}" for root in roots if root is not subject]
        text = " AND ".join([*self.not_understood, *others])
        found = facts_of(subject)
        if any(each.never for each in self.objects.values()):
            found = [fact._replace(never=True) for fact in found]
        if text and not subject.is_named and not subject.parts:
            raise Refused(text)
        return [Narrowed(fact, text) if text else fact for fact in found]

    def _spread_schemas(self) -> None:
        for _ in range(2):
            for one, other in self._same_schema:
                if one.schemas is None and "schema" not in one.parts:
                    one.schemas = other.schemas
                if other.schemas is None and "schema" not in other.parts:
                    other.schemas = one.schemas

    def _roots(self) -> list[SoughtObject]:
        """The objects that no other refers to."""
        roots: list[SoughtObject] = []
        for alias, sought in self.objects.items():
            # what a LEFT JOIN adds takes nothing away
            added = alias in self.outer and sought.names is None
            if not (sought.is_part or added or any(sought is root for root in roots)):
                roots.append(sought)
        return roots


_IDENTITY: Final = frozenset({"name", "self.oid"})
#: What it means that two columns of one role are equal.
_SAME_ROLE: Final[dict[str, Callable[[CatalogQuery, SoughtColumn, SoughtColumn], None]]] = {
    **dict.fromkeys(_IDENTITY, CatalogQuery._unite),
    **dict.fromkeys(("parent", "parent.oid", "on", "on.oid"), CatalogQuery._share),
}
