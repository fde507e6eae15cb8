"""What lies between statements: transactions, savepoints, sessions, and marks over all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.slots import ABSENT, PRESENT, UNKNOWN, Slot
from idemlint.replay.judge.assembly import new_machine
from idemlint.replay.judge.rerun import replay_file
from idemlint.replay.machine.state import State

from ..asking import VERSION, programs, verdicts

if TYPE_CHECKING:
    from idemlint.replay.machine.run import Machine
    from idemlint.runners.profile import Session


def table(name: str, schema: str | None = None) -> Ref:
    return Ref(Space.RELATION, name, schema)


def replayed(*files: str, machine: Machine | None = None, session: Session = "kept") -> Machine:
    """The files one after the other, each run once."""
    machine = machine or new_machine(("public",), VERSION, session)
    number = 0
    for file in files:
        made = programs(file, VERSION)
        replay_file(machine, made, range(len(made)), frozenset(), number)
        number += len(made)
    return machine


def there(*files: str, names: str = "a b c") -> str:
    """Those of some names that are surely there after the files."""
    catalog = replayed(*files).catalog
    return " ".join(name for name in names.split() if catalog.presence(table(name)) is PRESENT)


A, B, C = (f"CREATE TABLE {name} (i int);" for name in "abc")


class TestTransactions:
    def test_a_rollback_takes_all_back(self) -> None:
        assert there(f"{A} BEGIN; {B} {C} ROLLBACK;") == "a"

    def test_to_a_savepoint(self) -> None:
        assert there(f"BEGIN; {A} SAVEPOINT s; {B} ROLLBACK TO s; {C} COMMIT;") == "a c"
        assert there(f"BEGIN; SAVEPOINT s; {A} ROLLBACK TO s; {B} ROLLBACK TO s; {C}") == "c"

    def test_later_savepoints_go_with_what_was_done(self) -> None:
        sql = f"BEGIN; SAVEPOINT s; {A} SAVEPOINT t; {B} ROLLBACK TO s; {C} ROLLBACK TO t;"
        assert there(sql) == "c"

    def test_a_second_begin_begins_nothing(self) -> None:
        assert there(f"BEGIN; {A} BEGIN; {B} ROLLBACK; {C}") == "c"

    def test_the_search_path_goes_back(self) -> None:
        sql = f"CREATE SCHEMA s; BEGIN; SET search_path = s; ROLLBACK; {A}"
        catalog = replayed(sql).catalog
        assert catalog.presence(table("a", "public")) is PRESENT
        assert catalog.presence(table("a", "s")) is UNKNOWN

    def test_what_it_proved_of_before_is_kept(self) -> None:
        catalog = replayed("BEGIN; DROP TABLE q.a; ROLLBACK;").catalog
        assert catalog.presence(table("a", "q")) is PRESENT

    def test_rows_that_never_came_are_not_there(self) -> None:
        keyed = "CREATE TABLE k (i int PRIMARY KEY);"
        insert = "INSERT INTO k VALUES (1);"
        assert verdicts(f"BEGIN; {insert} ROLLBACK;", before=keyed) == ["safe"] * 3
        assert verdicts(f"BEGIN; {insert} COMMIT;", before=keyed)[1] == "fails 23505"

    def test_what_a_rerun_repeated_and_rolled_back_is_not_repeated(self) -> None:
        update = "UPDATE a SET i = i + 1;"
        assert verdicts(f"{update} BEGIN; {update} ROLLBACK;", before=A) == [
            *("repeats", "safe", "safe", "safe"),
        ]


class TestFiles:
    def test_a_rollback_takes_nothing_back_of_an_earlier_file(self) -> None:
        assert there(f"{A} BEGIN; {B}", f"ROLLBACK; {C}") == "a b c"

    def test_what_ends_at_commit_ends_with_the_file(self) -> None:
        catalog = replayed("CREATE TEMP TABLE a (i int) ON COMMIT DROP;").catalog
        assert catalog.presence(table("a", "pg_temp")) is ABSENT
        catalog = replayed("CREATE TEMP TABLE a (i int);").catalog
        assert catalog.presence(table("a", "pg_temp")) is PRESENT

    @pytest.mark.parametrize(
        ("session", "schema"),
        [("new", "public"), ("reset", "public"), ("kept", "s"), ("transaction", "s")],
    )
    def test_which_search_path_the_next_one_finds(self, session: Session, schema: str) -> None:
        catalog = replayed("SET search_path = s, public;", A, session=session).catalog
        assert catalog.presence(table("a", schema)) is PRESENT

    @pytest.mark.parametrize("session", ["new", "reset", "kept", "transaction"])
    def test_a_local_search_path_lasts_as_long_as_the_transaction(self, session: Session) -> None:
        catalog = replayed("BEGIN; SET LOCAL search_path = s;", A, session=session).catalog
        schema = "s" if session == "transaction" else "public"
        assert catalog.presence(table("a", schema)) is PRESENT

    @pytest.mark.parametrize("session", ["new", "reset", "kept", "transaction"])
    def test_whether_the_next_one_finds_its_temporary_tables(self, session: Session) -> None:
        catalog = replayed("CREATE TEMP TABLE a (i int);", "SELECT 1;", session=session).catalog
        presence = ABSENT if session == "new" else PRESENT
        assert catalog.presence(table("a", "pg_temp")) is presence

    @pytest.mark.parametrize("session", ["new", "reset", "kept", "transaction"])
    def test_a_temporary_table_is_not_in_the_way_of_a_permanent_one(self, session: Session) -> None:
        files = "CREATE TEMP TABLE a (i int);", "CREATE TABLE IF NOT EXISTS a (i int);"
        catalog = replayed(*files, session=session).catalog
        assert catalog.presence(table("a", "public")) is PRESENT

    def test_making_anew_leaves_no_garbage(self) -> None:
        """A rerun after each statement, sixty times, learns the same columns over and over."""
        sql = "DROP TABLE IF EXISTS a; CREATE TABLE a (i serial PRIMARY KEY, j int, k int);"
        machine = new_machine(("public",), VERSION)
        made = programs(sql * 30, VERSION)
        modes = frozenset({"statement", "file", "interrupted"})
        replay_file(machine, made, range(len(made)), modes, 0)
        once = new_machine(("public",), VERSION)
        replay_file(once, made, range(len(made)), frozenset(), 0)
        assert len(machine.catalog.slots) == len(once.catalog.slots)


class TestSessions:
    def test_a_new_one_has_no_temporary_objects(self) -> None:
        state = State()
        catalog = state.catalog
        key = catalog.key(table("a", "pg_temp"))
        assert key is not None
        catalog.put(key, Slot(PRESENT, catalog.new_oid(), Kind.TABLE))
        state.begin_session()
        assert catalog.presence(table("a", "pg_temp")) is ABSENT

    def test_it_has_no_transaction_and_settings_of_its_own(self) -> None:
        state = State()
        state.save("")
        state.catalog.search_path = ("s",)
        state.begin_session()
        assert state.undo("") is None
        assert state.catalog.search_path == ("public",)


class TestUnits:
    """What commits by itself."""

    def test_a_local_search_path_is_none_outside_of_a_transaction(self) -> None:
        catalog = replayed(f"SET LOCAL search_path = s, public; {A}").catalog
        assert catalog.presence(table("a", "public")) is PRESENT

    def test_in_one_transaction_it_holds_to_the_end(self) -> None:
        machine = new_machine(("public",), VERSION)
        made = programs(f"SET LOCAL search_path = s, public; {A} {B} {C}", VERSION)
        replay_file(machine, made, [0, 0, 0, 1], frozenset(), 0)
        found = [machine.catalog.presence(table(name, "s")) for name in "abc"]
        assert found == [PRESENT, PRESENT, UNKNOWN]

    def test_set_after_set_local_stays(self) -> None:
        sql = f"BEGIN; SET LOCAL search_path = s; SET search_path = q; COMMIT; {A}"
        assert replayed(sql).catalog.presence(table("a", "q")) is PRESENT

    def test_set_local_after_set_goes_back_to_it(self) -> None:
        sql = f"BEGIN; SET search_path = q; SET LOCAL search_path = s; COMMIT; {A}"
        assert replayed(sql).catalog.presence(table("a", "q")) is PRESENT

    def test_what_ends_at_commit_ends_at_once(self) -> None:
        sql = "CREATE TEMP TABLE a (i int) ON COMMIT DROP; CREATE TEMP TABLE a (i int);"
        assert verdicts(sql) == ["safe", "safe"]

    def test_reset_is_what_the_session_began_with(self) -> None:
        machine = new_machine(("app", "public"), VERSION)
        replayed(f"SET search_path = s; RESET search_path; {A}", machine=machine)
        replayed(f"SET search_path = s; RESET ALL; {B}", machine=machine)
        found = [machine.catalog.presence(table(name, "app")) for name in "ab"]
        assert found == [PRESENT, PRESENT]


class TestMarks:
    def test_identities_are_handed_out_again(self) -> None:
        machine = replayed(A)
        mark = machine.state.mark()
        replayed(B, machine=machine)
        made = machine.catalog.find(table("b"))
        machine.state.rollback(mark)
        assert machine.catalog.presence(table("b")) is UNKNOWN
        replayed(B, machine=machine)
        assert machine.catalog.find(table("b")) == made._replace(
            definition=machine.catalog.find(table("b")).definition
        )

    def test_a_machine_made_anew_knows_nothing(self) -> None:
        machine = replayed(A)
        assert machine.anew().catalog.presence(table("a")) is UNKNOWN
        assert machine.catalog.presence(table("a")) is PRESENT
