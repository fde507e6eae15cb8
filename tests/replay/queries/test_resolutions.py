"""What a query came to is asked again only where something that it looked at is another thing by then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.column import Column
from idemlint.replay.catalog.lookup import Catalog
from idemlint.replay.queries.resolutions import Resolutions
from idemlint.replay.queries.scope import RangeEntry, Scope

from ..catalog.making import A, T, drop, make, rename

if TYPE_CHECKING:
    from idemlint.replay.queries.resolve import Resolved

COLUMN = Column("b", "text", False, None, False, False)
#: SELECT a FROM t
SCOPE = Scope((RangeEntry("t", T),), (("a",),))
OTHER = Ref(Space.RELATION, "other")


class TestResolutions:
    def setup_method(self) -> None:
        self.catalog = Catalog()
        make(self.catalog, T)
        make(self.catalog, A, Kind.COLUMN)
        self.resolutions = Resolutions()

    def resolve(self) -> Resolved:
        return self.resolutions.resolve(self.catalog, SCOPE)

    def test_nothing_changed(self) -> None:
        first = self.resolve()
        assert list(first.columns) == [(T, "a")]
        make(self.catalog, OTHER)
        assert self.resolve() is first

    def test_the_column_is_gone(self) -> None:
        self.resolve()
        drop(self.catalog, A)
        gone = self.resolve()
        assert not gone.columns
        assert gone.missing == [("a", (T,))]

    def test_the_table_is_gone(self) -> None:
        self.resolve()
        drop(self.catalog, T)
        assert not self.resolve().columns

    def test_another_table_has_the_name(self) -> None:
        make(self.catalog, OTHER)
        first = self.resolve()
        drop(self.catalog, T)
        rename(self.catalog, OTHER, T)
        assert self.resolve() is not first

    def test_what_is_taken_back_was_never_found(self) -> None:
        mark = self.catalog.mark()
        drop(self.catalog, A)
        assert self.resolve().missing
        self.catalog.rollback(mark)
        assert list(self.resolve().columns) == [(T, "a")]

    def test_another_search_path(self) -> None:
        first = self.resolve()
        self.catalog.search_path = ("elsewhere",)
        assert self.resolve() is not first

    def test_an_identity_is_another_s_after_a_rollback(self) -> None:
        late = Ref(Space.RELATION, "late")
        scope = Scope((RangeEntry("late", late),), (("a",),))
        mark, last = self.catalog.mark(), self.catalog.last_oid
        make(self.catalog, late)
        make(self.catalog, Ref(Space.COLUMN, "a", None, late), Kind.COLUMN)
        found = self.resolutions.resolve(self.catalog, scope)
        assert list(found.columns) == [(late, "a")]
        self.catalog.rollback(mark)
        self.catalog.last_oid = last
        # A column has the identity that the table had.
        oid = make(self.catalog, Ref(Space.COLUMN, "b", None, T), Kind.COLUMN)
        key = self.catalog.key_of(oid)
        assert key is not None
        self.catalog.put(key, self.catalog.slots[key]._replace(definition=COLUMN))
        assert not self.resolutions.resolve(self.catalog, scope).columns
