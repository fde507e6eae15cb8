"""The catalog: names and identities, what lives inside, undo, and what is known when two ways meet."""

from __future__ import annotations

import pytest

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog import knowledge
from idemlint.replay.catalog.lookup import Catalog
from idemlint.replay.catalog.slots import ABSENT, PG_TEMP, PRESENT, UNKNOWN, Slot

T = Ref(Space.RELATION, "t")
A = Ref(Space.COLUMN, "a", None, T)


@pytest.fixture
def catalog() -> Catalog:
    return Catalog()


def make(catalog: Catalog, ref: Ref, kind: Kind = Kind.TABLE, owners: tuple[int, ...] = ()) -> int:
    key = catalog.key(ref)
    assert key is not None
    oid = catalog.new_oid()
    catalog.put(key, Slot(PRESENT, oid, kind, owners=owners))
    return oid


def drop(catalog: Catalog, ref: Ref) -> None:
    key, slot = catalog.key(ref), catalog.find(ref)
    assert key is not None
    assert slot is not None
    catalog.kill(slot.oid)
    catalog.put(key, slot._replace(presence=ABSENT))


def rename(catalog: Catalog, ref: Ref, to: Ref) -> None:
    old, new, slot = catalog.key(ref), catalog.key(to), catalog.find(ref)
    assert old is not None
    assert new is not None
    assert slot is not None
    catalog.put(old, Slot(ABSENT, catalog.new_oid()))
    catalog.put(new, slot)


class TestPresence:
    def test_what_was_never_heard_of_is_unknown(self, catalog: Catalog) -> None:
        assert catalog.presence(T) is UNKNOWN

    def test_every_database_has_some_schemas(self, catalog: Catalog) -> None:
        assert catalog.presence(Ref(Space.SCHEMA, "public")) is PRESENT

    def test_what_is_made_is_there(self, catalog: Catalog) -> None:
        make(catalog, T)
        assert catalog.presence(T) is PRESENT

    def test_learning_keeps_what_else_is_known(self, catalog: Catalog) -> None:
        oid = make(catalog, T)
        catalog.set_presence(T, PRESENT)
        slot = catalog.find(T)
        assert slot is not None
        assert (slot.oid, slot.kind) == (oid, Kind.TABLE)

    def test_nothing_is_inside_of_what_is_gone(self, catalog: Catalog) -> None:
        make(catalog, T)
        make(catalog, A, Kind.COLUMN)
        drop(catalog, T)
        assert catalog.presence(A) is ABSENT

    def test_what_is_made_under_the_old_name_is_another(self, catalog: Catalog) -> None:
        make(catalog, T)
        make(catalog, A, Kind.COLUMN)
        drop(catalog, T)
        make(catalog, T)
        assert catalog.presence(A) is UNKNOWN

    def test_what_hangs_on_a_thing_goes_with_it(self, catalog: Catalog) -> None:
        table = make(catalog, T)
        index = Ref(Space.RELATION, "i")
        make(catalog, index, Kind.INDEX, owners=(table,))
        drop(catalog, T)
        assert catalog.presence(index) is ABSENT

    def test_a_row_type_is_a_type(self, catalog: Catalog) -> None:
        make(catalog, T)
        assert catalog.presence(Ref(Space.TYPE, "t")) is PRESENT


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

    def test_undo_keeps_what_was_learned(self, catalog: Catalog) -> None:
        mark = catalog.mark()
        catalog.set_presence(T, PRESENT)
        catalog.statement = 1
        drop(catalog, T)
        knowledge.undo(catalog, mark)
        assert catalog.presence(T) is PRESENT

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

    def test_nothing_is_proved_of_what_never_was(self, catalog: Catalog) -> None:
        mark = catalog.mark()
        catalog.statement = 1
        oid = catalog.new_oid()
        key = catalog.key(T)
        assert key is not None
        catalog.put(key, Slot(PRESENT, oid, Kind.TABLE, maker=1))
        catalog.set_presence(A, PRESENT)
        knowledge.undo(catalog, mark)
        assert [key for key, _ in catalog.all() if key[1] == oid] == []

    def test_changes_are_booked_on_statements(self, catalog: Catalog) -> None:
        mark = catalog.mark()
        catalog.statement = 7
        make(catalog, T)
        assert [change.statement for change in catalog.changes(mark)] == [7]


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


class TestSearchPath:
    def test_the_first_schema_is_where_things_are_made(self) -> None:
        catalog = Catalog(("s", "public"))
        make(catalog, T)
        assert catalog.presence(Ref(Space.RELATION, "t", "s")) is PRESENT

    def test_a_name_is_found_further_along(self) -> None:
        catalog = Catalog(("s", "public"))
        make(catalog, Ref(Space.RELATION, "t", "public"))
        assert catalog.presence(T) is PRESENT

    def test_a_temporary_object_comes_first(self, catalog: Catalog) -> None:
        make(catalog, T)
        temporary = make(catalog, Ref(Space.RELATION, "t", "pg_temp"))
        slot = catalog.find(T)
        assert slot is not None
        assert slot.oid == temporary

    def test_nothing_is_in_a_schema_that_is_gone(self, catalog: Catalog) -> None:
        drop_me = Ref(Space.SCHEMA, "s")
        make(catalog, drop_me, Kind.SCHEMA)
        make(catalog, Ref(Space.RELATION, "t", "s"))
        drop(catalog, drop_me)
        assert catalog.presence(Ref(Space.RELATION, "t", "s")) is ABSENT

    def test_an_index_lies_beside_its_table(self) -> None:
        catalog = Catalog(("s", "public"))
        make(catalog, Ref(Space.RELATION, "t", "public"))
        index = Ref(Space.RELATION, "i")
        assert catalog.beside(index, T).schema == "public"
        make(catalog, Ref(Space.RELATION, "x", "pg_temp"))
        assert catalog.beside(index, Ref(Space.RELATION, "x")).schema == "pg_temp"
        key = catalog.key(Ref(Space.RELATION, "x"))
        assert key is not None
        assert key[1] == PG_TEMP


class TestOverloads:
    def test_a_name_without_arguments_is_any_of_them(self, catalog: Catalog) -> None:
        name = Ref(Space.ROUTINE, "f")
        make(catalog, name._replace(signature="int4"), Kind.FUNCTION)
        make(catalog, name._replace(signature="text"), Kind.FUNCTION)
        assert catalog.presence(name) is PRESENT
        assert len(catalog.overloads(name)) == 2
        drop(catalog, name._replace(signature="int4"))
        assert len(catalog.overloads(name)) == 1
        drop(catalog, name._replace(signature="text"))
        assert catalog.presence(name) is ABSENT

    def test_the_first_made_is_the_first_again_after_a_rollback(self, catalog: Catalog) -> None:
        name = Ref(Space.ROUTINE, "f")
        mark = catalog.mark()
        make(catalog, name._replace(signature="text"), Kind.FUNCTION)
        catalog.rollback(mark)
        assert catalog.presence(name) is UNKNOWN
        make(catalog, name._replace(signature="int4"), Kind.FUNCTION)
        make(catalog, name._replace(signature="text"), Kind.FUNCTION)
        assert [key[2] for key, _ in catalog.overloads(name)] == ["f(int4)", "f(text)"]

    def test_another_signature_is_not_known(self, catalog: Catalog) -> None:
        make(catalog, Ref(Space.ROUTINE, "f", signature="int4"), Kind.FUNCTION)
        assert catalog.presence(Ref(Space.ROUTINE, "f", signature="text")) is UNKNOWN


def test_forgetting_names(catalog: Catalog) -> None:
    make(catalog, T)
    make(catalog, Ref(Space.RELATION, "u"))
    knowledge.forget(catalog, frozenset({(Space.RELATION, "t")}))
    assert catalog.presence(T) is UNKNOWN
    assert catalog.presence(Ref(Space.RELATION, "u")) is PRESENT
