"""What names mean: along the search_path, inside one another, and with arguments."""

from __future__ import annotations

import pytest

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.lookup import Catalog
from idemlint.replay.catalog.slots import ABSENT, PG_TEMP, PRESENT, UNKNOWN

from .making import A, T, drop, make


@pytest.fixture
def catalog() -> Catalog:
    return Catalog()


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
        assert catalog.place(index, T).schema == "public"
        make(catalog, Ref(Space.RELATION, "x", "pg_temp"))
        assert catalog.place(index, Ref(Space.RELATION, "x")).schema == "pg_temp"
        key = catalog.key(Ref(Space.RELATION, "x"))
        assert key is not None
        assert key[1] == PG_TEMP

    def test_a_function_is_not_looked_for_among_temporary_objects(self, catalog: Catalog) -> None:
        function = Ref(Space.ROUTINE, "f", "pg_temp", None, "")
        make(catalog, function, Kind.FUNCTION)
        assert catalog.presence(function) is PRESENT
        assert catalog.presence(function._replace(schema=None)) is UNKNOWN


class TestPlace:
    """Where a name is made is not where it is looked up."""

    def test_the_first_schema_whatever_the_others_hold(self) -> None:
        catalog = Catalog(("s", "public"))
        make(catalog, Ref(Space.RELATION, "t", "public"))
        assert catalog.place(T).schema == "s"

    def test_one_that_is_gone_is_passed_over(self) -> None:
        catalog = Catalog(("s", "public"))
        make(catalog, Ref(Space.SCHEMA, "s"), Kind.SCHEMA)
        drop(catalog, Ref(Space.SCHEMA, "s"))
        assert catalog.place(T).schema == "public"
        assert catalog.creation_schema() == "public"
        catalog.search_path = ("s",)
        assert catalog.creation_schema() is None

    def test_never_among_the_temporary_ones(self, catalog: Catalog) -> None:
        make(catalog, Ref(Space.RELATION, "t", "pg_temp"))
        assert catalog.place(T).schema == "public"

    def test_but_where_the_search_path_begins_with_them(self) -> None:
        catalog = Catalog(("pg_temp", "public"))
        assert catalog.place(T).schema == "pg_temp"

    def test_a_name_that_says_where_it_is_stays(self) -> None:
        catalog = Catalog(("s", "public"))
        for ref in (
            Ref(Space.RELATION, "t", "q"),
            Ref(Space.COLUMN, "c", None, T),
            Ref(Space.ROLE, "r"),
        ):
            assert catalog.place(ref) is ref


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
