"""Knowing less: two ways that meet, a transaction that never was, names that are forgotten."""

from __future__ import annotations

import pytest

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog import knowledge
from idemlint.replay.catalog.lookup import Catalog
from idemlint.replay.catalog.slots import ABSENT, PRESENT, UNKNOWN, Slot

from .making import A, T, drop, make


@pytest.fixture
def catalog() -> Catalog:
    return Catalog()


class TestJoin:
    """Two ways meet: only what holds on both is known."""

    def join(self, catalog: Catalog, one: bool, two: bool) -> str:
        mark = catalog.mark()
        catalog.set_presence(T, PRESENT if one else ABSENT)
        other = knowledge.way_since(catalog, mark)
        catalog.revert(mark)
        catalog.set_presence(T, PRESENT if two else ABSENT)
        knowledge.join(catalog, mark, other)
        return catalog.presence(T)

    @pytest.mark.parametrize(
        ("one", "two", "expected"),
        [(True, True, PRESENT), (False, False, ABSENT), (True, False, UNKNOWN)],
    )
    def test_join(self, catalog: Catalog, one: bool, two: bool, expected: str) -> None:
        assert self.join(catalog, one, two) == expected

    def test_what_one_way_left_alone(self, catalog: Catalog) -> None:
        make(catalog, T)
        mark = catalog.mark()
        drop(catalog, T)
        other = knowledge.way_since(catalog, mark)
        catalog.revert(mark)
        knowledge.join(catalog, mark, other)
        assert catalog.presence(T) is UNKNOWN


class TestUndo:
    """A transaction is rolled back, and what it proved of how things were before is kept."""

    def test_undo_keeps_what_was_learned(self, catalog: Catalog) -> None:
        mark = catalog.mark()
        catalog.set_presence(T, PRESENT)
        catalog.statement = 1
        drop(catalog, T)
        knowledge.undo(catalog, mark)
        assert catalog.presence(T) is PRESENT

    def test_nothing_is_proved_of_what_never_was(self, catalog: Catalog) -> None:
        mark = catalog.mark()
        catalog.statement = 1
        oid = catalog.new_oid()
        key = catalog.key(T)
        assert key is not None
        catalog.put(key, Slot(PRESENT, oid, Kind.TABLE, maker=1))
        catalog.set_presence(A, PRESENT)
        knowledge.undo(catalog, mark)
        assert list(catalog.contents(oid)) == []


def test_forgetting_names(catalog: Catalog) -> None:
    make(catalog, T)
    make(catalog, Ref(Space.RELATION, "u"))
    knowledge.forget(catalog, frozenset({(Space.RELATION, "t")}))
    assert catalog.presence(T) is UNKNOWN
    assert catalog.presence(Ref(Space.RELATION, "u")) is PRESENT
