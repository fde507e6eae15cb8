"""Names and identities, and undoing what was done and what was learned."""

from __future__ import annotations

import pytest

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.lookup import Catalog
from idemlint.replay.catalog.slots import ABSENT, PRESENT, UNKNOWN, Slot
from idemlint.replay.catalog.table_rows import Rows, set_rows

from .making import A, T, drop, make, rename


@pytest.fixture
def catalog() -> Catalog:
    return Catalog()


class TestRename:
    def test_what_is_inside_comes_along(self, catalog: Catalog) -> None:
        make(catalog, T)
        make(catalog, A, Kind.COLUMN)
        to = Ref(Space.RELATION, "u")
        rename(catalog, T, to)
        assert catalog.presence(T) is ABSENT
        assert catalog.presence(Ref(Space.COLUMN, "a", None, to)) is PRESENT

    def test_what_hangs_on_it_stays(self, catalog: Catalog) -> None:
        table = make(catalog, T)
        index = Ref(Space.RELATION, "i")
        make(catalog, index, Kind.INDEX, owners=(table,))
        rename(catalog, T, Ref(Space.RELATION, "u"))
        assert catalog.presence(index) is PRESENT

    def test_an_identity_knows_its_name(self, catalog: Catalog) -> None:
        oid = make(catalog, T)
        rename(catalog, T, Ref(Space.RELATION, "u"))
        key = catalog.key_of(oid)
        assert key is not None
        assert key[2] == "u"


class TestUndo:
    def test_rollback_undoes_everything(self, catalog: Catalog) -> None:
        make(catalog, T)
        mark = catalog.mark()
        drop(catalog, T)
        make(catalog, Ref(Space.RELATION, "u"))
        catalog.rollback(mark)
        assert catalog.presence(T) is PRESENT
        assert catalog.presence(Ref(Space.RELATION, "u")) is UNKNOWN

    def test_a_rolled_back_rename(self, catalog: Catalog) -> None:
        oid = make(catalog, T)
        mark = catalog.mark()
        rename(catalog, T, Ref(Space.RELATION, "u"))
        catalog.rollback(mark)
        key = catalog.key_of(oid)
        assert key is not None
        assert key[2] == "t"

    def test_what_looking_made_known_is_taken_back_too(self, catalog: Catalog) -> None:
        before = dict(catalog.slots)
        mark = catalog.mark()
        assert (
            catalog.presence(Ref(Space.COLUMN, "a", None, Ref(Space.RELATION, "t", "s"))) is UNKNOWN
        )
        assert catalog.slots != before
        assert catalog.changes(mark) == []
        catalog.rollback(mark)
        assert catalog.slots == before

    def test_a_reverted_way_keeps_what_it_learned(self, catalog: Catalog) -> None:
        inside = Ref(Space.COLUMN, "a", None, T)
        mark = catalog.mark()
        key = catalog.key(inside)
        make(catalog, inside, Kind.COLUMN)
        catalog.revert(mark)
        assert catalog.key(inside) == key
        assert catalog.presence(inside) is UNKNOWN

    def test_the_search_path_is_undone(self, catalog: Catalog) -> None:
        mark = catalog.mark()
        catalog.search_path = ("s",)
        catalog.rollback(mark)
        assert catalog.search_path == ("public",)

    def test_changes_are_booked_on_statements(self, catalog: Catalog) -> None:
        mark = catalog.mark()
        catalog.statement = 7
        make(catalog, T)
        assert [change.statement for change in catalog.changes(mark)] == [7]


class TestMadeOf:
    """What is made of a table is made again where something in it changed."""

    def setup_method(self) -> None:
        self.catalog = Catalog()
        make(self.catalog, T)
        make(self.catalog, A, Kind.COLUMN)
        self.times = 0

    def columns(self) -> int:
        table = self.catalog.find(T)
        assert table is not None
        return self.catalog.made_of(table, self.count)

    def count(self, catalog: Catalog, table: Slot) -> int:
        self.times += 1
        return sum(key[0] is Space.COLUMN for key, _ in catalog.contents(table.oid))

    def test_nothing_changed(self) -> None:
        assert (self.columns(), self.columns(), self.times) == (1, 1, 1)

    def test_a_new_thing_elsewhere_changes_nothing(self) -> None:
        self.columns()
        other = Ref(Space.RELATION, "other")
        make(self.catalog, other)
        make(self.catalog, Ref(Space.COLUMN, "b", None, other), Kind.COLUMN)
        assert (self.columns(), self.times) == (1, 1)

    def test_a_new_thing_in_it(self) -> None:
        self.columns()
        mark = self.catalog.mark()
        make(self.catalog, Ref(Space.COLUMN, "b", None, T), Kind.COLUMN)
        assert (self.columns(), self.times) == (2, 2)
        self.catalog.rollback(mark)
        assert (self.columns(), self.times) == (1, 3)

    def test_something_ended(self) -> None:
        self.columns()
        index = make(self.catalog, Ref(Space.RELATION, "i"), Kind.INDEX)
        self.catalog.kill(index)
        self.columns()
        assert self.times == 2

    def test_rows_change_nothing(self) -> None:
        self.columns()
        table = self.catalog.find(T)
        assert table is not None
        set_rows(self.catalog, table, Rows())
        assert (self.columns(), self.times) == (1, 1)
