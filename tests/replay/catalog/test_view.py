"""The View: what is surely so, and what is so as the folder makes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog import refs
from idemlint.replay.catalog.constraint import UniqueKey
from idemlint.replay.catalog.slots import ABSENT, PRESENT, UNKNOWN
from idemlint.replay.catalog.view import Names, PrimaryKey, StaleView, View
from idemlint.replay.judge.assembly import new_machine
from idemlint.replay.judge.rerun import replay_file

from ..asking import VERSION, programs

if TYPE_CHECKING:
    from idemlint.replay.catalog.lookup import Catalog

T = Ref(Space.RELATION, "t")
E = Ref(Space.TYPE, "e")


def column(name: str) -> Ref:
    return refs.inside(Space.COLUMN, name, T)


def replayed(sql: str) -> Catalog:
    made = programs(sql)
    machine = new_machine(("public",), VERSION)
    replay_file(machine, made, range(len(made)), frozenset(), 0)
    return machine.catalog


def after(sql: str) -> View:
    return View(replayed(sql))


PLAIN = "CREATE TABLE t (id int PRIMARY KEY, a text UNIQUE);"
GUARDED = "CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY, a text UNIQUE);"


class TestTwoQuestions:
    """A CREATE TABLE that succeeded made this table; one with IF NOT EXISTS may have met another."""

    def test_what_a_plain_statement_made_is_surely_so(self) -> None:
        surely = after(PLAIN).surely
        assert surely.presence(T) is PRESENT
        assert surely.presence(column("id")) is PRESENT
        assert surely.presence(column("b")) is ABSENT
        assert surely.primary_key(T) == PrimaryKey(PRESENT, ("id",))

    def test_a_table_that_was_skipped_may_be_another(self) -> None:
        surely = after(GUARDED).surely
        assert surely.presence(T) is PRESENT
        assert surely.presence(column("id")) is UNKNOWN
        assert surely.presence(column("b")) is UNKNOWN
        assert surely.primary_key(T) == PrimaryKey(UNKNOWN)
        assert surely.unique_keys(T) == ()
        assert surely.columns(T) == {}
        assert surely.names(Space.COLUMN, T) == Names((), complete=False)

    def test_as_the_folder_makes_it_it_is_this_one(self) -> None:
        as_made = after(GUARDED).as_made
        assert as_made.presence(column("id")) is PRESENT
        assert as_made.presence(column("b")) is ABSENT
        assert as_made.primary_key(T) == PrimaryKey(PRESENT, ("id",))
        assert as_made.unique_keys(T) == (UniqueKey(("id",), True), UniqueKey(("a",), False))
        assert as_made.names(Space.COLUMN, T) == Names(("id", "a"), complete=True)

    def test_its_indexes_and_sequences_are_as_unsure_as_the_table(self) -> None:
        view = after("CREATE TABLE IF NOT EXISTS t (id serial PRIMARY KEY)")
        for name in ("t_pkey", "t_id_seq"):
            assert view.surely.presence(Ref(Space.RELATION, name)) is UNKNOWN
            assert view.as_made.presence(Ref(Space.RELATION, name)) is PRESENT

    def test_a_column_that_an_index_is_made_on_is_surely_there(self) -> None:
        surely = after("CREATE TABLE IF NOT EXISTS u (b int); CREATE INDEX i ON t (a);").surely
        assert surely.presence(column("a")) is PRESENT
        assert surely.names(Space.COLUMN, T) == Names(("a",), complete=False)

    def test_a_guarded_column_is_there_but_may_be_another(self) -> None:
        view = after(PLAIN + "ALTER TABLE t ADD COLUMN IF NOT EXISTS b int UNIQUE;")
        # The definition of a plain table says that b was not there.
        assert view.surely.columns(T)["b"] is not None
        view = after("ALTER TABLE t ADD COLUMN IF NOT EXISTS b int UNIQUE;")
        assert view.surely.presence(column("b")) is PRESENT
        assert view.surely.columns(T) == {"b": None}
        assert view.surely.unique_keys(T) == ()
        made = view.as_made.column(column("b"))
        assert made is not None
        assert made.type == "int4"
        assert view.as_made.unique_keys(T) == (UniqueKey(("b",), False),)

    def test_what_is_made_in_a_guarded_branch_may_have_been_left_out_with_it(self) -> None:
        view = after(
            "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 't') THEN"
            " CREATE TABLE t (id int); CREATE INDEX i ON t (id); END IF; END $$"
        )
        assert view.surely.presence(T) is PRESENT
        assert view.surely.presence(Ref(Space.RELATION, "i")) is UNKNOWN
        assert view.as_made.presence(Ref(Space.RELATION, "i")) is PRESENT

    def test_what_no_statement_tells_of_is_unknown_to_both(self) -> None:
        view = after("")
        for answers in (view.surely, view.as_made):
            assert answers.presence(T) is UNKNOWN
            assert answers.kind(T) is None
            assert answers.maker(T) is None
            assert answers.columns(T) == {}
            assert answers.names(Space.COLUMN, T) == Names((), complete=False)
            assert answers.primary_key(T) == PrimaryKey(UNKNOWN)
            assert answers.unique_keys(T) == ()
            assert answers.indexes(T) == ()
            assert answers.labels(E) == Names((), complete=False)

    def test_a_table_that_takes_columns_from_another_has_more_than_it_says(self) -> None:
        view = after("CREATE TABLE t (a int, LIKE u)")
        for answers in (view.surely, view.as_made):
            assert answers.presence(column("b")) is UNKNOWN
            assert answers.primary_key(T) == PrimaryKey(UNKNOWN)
            assert answers.names(Space.COLUMN, T) == Names(("a",), complete=False)


class TestWhoMadeIt:
    """Statements are numbered through the folder, from 1 on."""

    def test_the_number_of_its_statement(self) -> None:
        view = after("CREATE SCHEMA s; CREATE TABLE t (a int); ALTER TABLE t ADD COLUMN b int;")
        assert view.surely.maker(T) == 2
        assert view.surely.maker(column("a")) == 2
        assert view.surely.maker(column("b")) == 3

    def test_zero_was_there_before(self) -> None:
        assert after("ALTER TABLE t ADD COLUMN b int;").surely.maker(T) == 0
        assert after("").surely.maker(refs.schema("public")) == 0

    def test_what_may_have_been_skipped_has_no_sure_maker(self) -> None:
        view = after(GUARDED)
        assert view.surely.maker(T) is None
        assert view.as_made.maker(T) == 1

    def test_what_is_gone_has_none(self) -> None:
        assert after(PLAIN + "DROP TABLE t;").as_made.maker(T) is None

    def test_a_rename_is_no_making(self) -> None:
        view = after("CREATE TABLE u (a int); ALTER TABLE u RENAME TO t;")
        assert view.surely.maker(T) == 1

    def test_what_it_is(self) -> None:
        assert after(PLAIN).surely.kind(T) is Kind.TABLE
        assert after(PLAIN + "DROP TABLE t;").surely.kind(T) is None


class TestColumns:
    def names(self, sql: str) -> list[str]:
        view = after("CREATE TABLE t (a int, b text, c bool);" + sql)
        assert list(view.surely.columns(T)) == list(view.as_made.columns(T))
        return list(view.surely.columns(T))

    @pytest.mark.parametrize(
        ("sql", "expected"),
        [
            ("", ["a", "b", "c"]),
            ("ALTER TABLE t ADD COLUMN d int, ADD COLUMN e int;", ["a", "b", "c", "d", "e"]),
            ("ALTER TABLE t DROP COLUMN b;", ["a", "c"]),
            ("ALTER TABLE t DROP COLUMN b; ALTER TABLE t ADD COLUMN b int;", ["a", "c", "b"]),
            ("ALTER TABLE t RENAME COLUMN b TO x;", ["a", "x", "c"]),
            ("ALTER TABLE t RENAME b TO x; ALTER TABLE t RENAME x TO y;", ["a", "y", "c"]),
            ("ALTER TABLE t RENAME b TO x; ALTER TABLE t ADD COLUMN b int;", ["a", "x", "c", "b"]),
            ("ALTER TABLE t ADD COLUMN d int; ALTER TABLE t RENAME d TO x; ALTER TABLE t ADD z int;",
             ["a", "b", "c", "x", "z"]),
        ],
    )  # fmt: skip
    def test_they_stand_in_order(self, sql: str, expected: list[str]) -> None:
        assert self.names(sql) == expected

    def test_how_they_are_made(self) -> None:
        columns = after(
            "CREATE TABLE t (id serial PRIMARY KEY, a int DEFAULT 1, b text);"
            "ALTER TABLE t ALTER COLUMN b TYPE int USING b::int; ALTER TABLE t RENAME a TO x;"
        ).surely.columns(T)
        assert {name: each.type if each else None for name, each in columns.items()} == {
            "id": "serial",
            "x": "int4",
            "b": "int4",
        }
        assert [each.name for each in columns.values() if each] == ["id", "x", "b"]

    def test_of_several_renamed_ones_it_cannot_be_told_which_is_which(self) -> None:
        columns = after(
            "CREATE TABLE t (a int, b text); ALTER TABLE t RENAME b TO y; ALTER TABLE t RENAME a TO x;"
        ).surely.columns(T)
        assert sorted(columns) == ["x", "y"]
        assert set(columns.values()) == {None}

    def test_one_that_was_dropped_is_told_as_it_was(self) -> None:
        view = after("CREATE TABLE t (a int, b text); ALTER TABLE t DROP COLUMN a;")
        made = view.as_made.column(column("a"))
        assert made is not None
        assert made.type == "int4"
        assert view.as_made.column(column("c")) is None

    def test_a_table_that_is_gone_is_told_as_it_was(self) -> None:
        view = after("CREATE TABLE t (a int); DROP TABLE t;")
        assert view.surely.presence(T) is ABSENT
        assert view.surely.presence(column("a")) is ABSENT
        assert list(view.surely.columns(T)) == ["a"]

    def test_of_a_renamed_table(self) -> None:
        view = after("CREATE TABLE u (a int); ALTER TABLE u RENAME TO t;")
        assert list(view.surely.columns(T)) == ["a"]


class TestKeys:
    @pytest.mark.parametrize(
        ("sql", "expected"),
        [
            ("CREATE TABLE t (a int, b int, PRIMARY KEY (b, a))", ("b", "a")),
            ("CREATE TABLE t (a int); ALTER TABLE t ADD PRIMARY KEY (a)", ("a",)),
            ("CREATE TABLE t (a int); ALTER TABLE t ADD COLUMN b int PRIMARY KEY", ("b",)),
            ("CREATE TABLE t (a int PRIMARY KEY); ALTER TABLE t RENAME a TO b", ("b",)),
            ("CREATE TABLE t (a int PRIMARY KEY); ALTER TABLE t RENAME CONSTRAINT t_pkey TO k", ("a",)),
            ("CREATE TABLE t (a int); CREATE UNIQUE INDEX i ON t (a);"
             "ALTER TABLE t ADD PRIMARY KEY USING INDEX i", ("a",)),
        ],
    )  # fmt: skip
    def test_the_primary_key(self, sql: str, expected: tuple[str, ...]) -> None:
        view = after(sql)
        assert view.surely.primary_key(T) == PrimaryKey(PRESENT, expected)
        assert view.as_made.primary_key(T) == PrimaryKey(PRESENT, expected)

    @pytest.mark.parametrize(
        "sql",
        [
            "CREATE TABLE t (a int)",
            "CREATE TABLE t (a int PRIMARY KEY); ALTER TABLE t DROP CONSTRAINT t_pkey",
            "CREATE TABLE t (a int PRIMARY KEY); ALTER TABLE t DROP COLUMN a",
        ],
    )
    def test_no_primary_key(self, sql: str) -> None:
        assert after(sql).surely.primary_key(T) == PrimaryKey(ABSENT)

    @pytest.mark.parametrize(
        ("sql", "expected"),
        [
            ("", [UniqueKey(("a",), False)]),
            ("ALTER TABLE t ADD UNIQUE (b, a);", [UniqueKey(("a",), False), UniqueKey(("b", "a"), False)]),
            ("ALTER TABLE t DROP CONSTRAINT t_a_key;", []),
            ("CREATE UNIQUE INDEX ON t (b);", [UniqueKey(("a",), False), UniqueKey(("b",), False)]),
            ("CREATE UNIQUE INDEX ON t (b) WHERE a > 0;",
             [UniqueKey(("a",), False), UniqueKey(("b",), False, whole=False)]),
            ("CREATE UNIQUE INDEX i ON t (b); DROP INDEX i;", [UniqueKey(("a",), False)]),
            ("CREATE UNIQUE INDEX ON t (abs(b)); CREATE INDEX ON t (b);", [UniqueKey(("a",), False)]),
            ("ALTER TABLE t ADD EXCLUDE (b WITH =);", [UniqueKey(("a",), False)]),
        ],
    )  # fmt: skip
    def test_unique_keys(self, sql: str, expected: list[UniqueKey]) -> None:
        view = after("CREATE TABLE t (a int UNIQUE, b int);" + sql)
        assert list(view.surely.unique_keys(T)) == expected
        assert list(view.as_made.unique_keys(T)) == expected

    def test_a_guarded_index_may_be_another(self) -> None:
        view = after("CREATE TABLE t (a int); CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a);")
        assert view.surely.unique_keys(T) == ()
        assert view.as_made.unique_keys(T) == (UniqueKey(("a",), False),)


class TestWhatIsInside:
    def test_constraints_indexes_and_triggers_of_a_table(self) -> None:
        surely = after(
            "CREATE TABLE t (id int PRIMARY KEY, a int CHECK (a > 0) UNIQUE);"
            "ALTER TABLE t ADD CONSTRAINT c CHECK (a < 9); ALTER TABLE t RENAME CONSTRAINT t_a_key TO k;"
            "CREATE INDEX i ON t (a);"
            "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"
        ).surely
        constraints = surely.names(Space.CONSTRAINT, T)
        assert constraints == Names(("t_pkey", "t_a_check", "k", "c"), complete=True)
        assert surely.indexes(T) == ("t_pkey", "k", "i")
        assert surely.names(Space.TRIGGER, T) == Names(("g",), complete=True)

    def test_indexes_go_with_their_column(self) -> None:
        view = after("CREATE TABLE t (a int UNIQUE, b int); ALTER TABLE t DROP COLUMN a;")
        assert view.surely.indexes(T) == ()
        assert view.surely.names(Space.CONSTRAINT, T) == Names((), complete=True)

    def test_labels_of_an_enum(self) -> None:
        view = after(
            "CREATE TYPE e AS ENUM ('a', 'b'); ALTER TYPE e ADD VALUE 'c';"
            "ALTER TYPE e RENAME VALUE 'a' TO 'x';"
        )
        assert view.surely.labels(E) == Names(("x", "b", "c"), complete=True)

    def test_labels_of_an_enum_that_may_be_another(self) -> None:
        view = after(
            "DO $$ BEGIN CREATE TYPE e AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
            "ALTER TYPE e ADD VALUE IF NOT EXISTS 'b';"
        )
        assert view.surely.labels(E) == Names(("b",), complete=False)
        assert view.as_made.labels(E) == Names(("a", "b"), complete=True)

    def test_names_in_a_schema(self) -> None:
        surely = after("CREATE TABLE t (id int PRIMARY KEY); CREATE VIEW v AS SELECT 1;").surely
        relations = surely.names(Space.RELATION, refs.schema("public"))
        assert relations == Names(("t", "t_pkey", "v"), complete=False)

    def test_nothing_is_inside_what_has_no_inside(self) -> None:
        surely = after("CREATE INDEX i ON t (a); CREATE FUNCTION f() RETURNS int RETURN 1;").surely
        assert surely.columns(Ref(Space.RELATION, "i")) == {}
        assert surely.columns(Ref(Space.ROUTINE, "f", signature="")) == {}


class TestMoment:
    def test_a_view_refuses_once_its_catalog_has_moved_on(self) -> None:
        moment = 3
        view = View(replayed(PLAIN), moment, lambda: moment)
        assert view.surely.presence(T) is PRESENT
        moment = 4
        with pytest.raises(StaleView, match="taken at moment 3, asked at moment 4"):
            view.surely.presence(T)
        with pytest.raises(StaleView):
            view.as_made.columns(T)

    def test_looking_changes_nothing(self) -> None:
        catalog = replayed(PLAIN + "CREATE TYPE e AS ENUM ('a');")
        mark = catalog.mark()
        view = View(catalog)
        for answers in (view.surely, view.as_made):
            answers.columns(T)
            answers.unique_keys(T)
            answers.labels(E)
            answers.presence(
                refs.inside(Space.COLUMN, "a", Ref(Space.RELATION, "never", "heard of"))
            )
        assert catalog.changes(mark) == []
