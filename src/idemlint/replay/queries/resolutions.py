"""What queries came to, as long as what was looked at for it is what it was.

A statement runs again after each stop of its file; nearly always it finds the same columns once more.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple
from idemlint.replay.queries.resolve import Resolver

if TYPE_CHECKING:
    from idemlint.plpgsql.bindings import Declared
    from idemlint.postgres.kinds import Ref
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Key, Slot
    from idemlint.replay.queries.resolve import Resolved
    from idemlint.replay.queries.scope import Scope

#: Queries that are remembered: more than the statements of nearly all files.
_MOST: Final = 1000


class _Known(NamedTuple):
    """A query, what it came to, and what was found when it was looked for: tables and types by `names`, then
    columns by `keys` and types by `oids`."""

    scope: Scope
    resolved: Resolved
    names: tuple[Ref, ...]
    named: list[Slot | None]
    keys: tuple[Key, ...]
    oids: tuple[int, ...]
    inside: list[Slot | None]

    def holds(self, catalog: Catalog) -> bool:
        """Whether all of it is what it was. Identities may be another's by now: names come first."""
        named = list(map(catalog.find, self.names))
        return named == self.named and _inside(catalog, self.keys, self.oids) == self.inside


class Resolutions:
    """What the queries of one catalog came to when they were last asked about."""

    __slots__ = ("_known",)

    def __init__(self) -> None:
        self._known: dict[tuple[int, bool], _Known] = {}

    def resolve(
        self,
        catalog: Catalog,
        scope: Scope,
        *,
        stars: bool = False,
        names: Declared | None = None,
    ) -> Resolved:
        """What the names of a query, and of the queries in it, come to now.

        `stars`: what `*` stands for as well; `names` are what a name may be that is no column.
        """
        if names is not None:
            return _ask(catalog, scope, stars, names).resolved
        known = self._known.get((id(scope), stars))
        if known is not None and known.holds(catalog):
            return known.resolved
        resolver = _ask(catalog, scope, stars, None)
        if not resolver.asked_for_all:
            if len(self._known) >= _MOST:
                self._known.clear()
            # The scope is kept, so that no other one gets its identity.
            self._known[id(scope), stars] = _known(catalog, scope, resolver)
        return resolver.resolved


def _ask(catalog: Catalog, scope: Scope, stars: bool, names: Declared | None) -> Resolver:
    resolver = Resolver(catalog, stars=stars, names=names)
    resolver.level(scope, ())
    return resolver


def _known(catalog: Catalog, scope: Scope, resolver: Resolver) -> _Known:
    names, keys, oids = tuple(resolver.tables), tuple(resolver.columns), tuple(resolver.types)
    named = list(map(catalog.find, names))
    inside = _inside(catalog, keys, oids)
    return _Known(scope, resolver.resolved, names, named, keys, oids, inside)


def _inside(catalog: Catalog, keys: tuple[Key, ...], oids: tuple[int, ...]) -> list[Slot | None]:
    found = list(map(catalog.find_key, keys))
    if oids:
        found += map(catalog.by_oid, oids)
    return found
