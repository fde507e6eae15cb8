"""What lies between statements: transactions, savepoints, sessions, and marks over all of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.catalog.slots import ABSENT, PRESENT, UNKNOWN, Slot
from idemlint.replay.judge.assembly import new_machine
from idemlint.replay.judge.rerun import replay_file
from idemlint.replay.machine.state import State

from ..asking import VERSION, programs, verdicts

if TYPE_CHECKING:
    from idemlint.replay.machine.run import Machine


def table(name: str, schema: str | None = None) -> Ref:
    return Ref(Space.RELATION, name, schema)


def replayed(*files: str, machine: Machine | None = None) -> Machine:
    """The files one after the other, each run once."""
    machine = machine or new_machine(("public",), VERSION)
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

    def test_its_settings_are_not_the_next_ones(self) -> None:
        catalog = replayed("SET search_path = s;", A).catalog
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
        state.begin_session(("public",))
        assert catalog.presence(table("a", "pg_temp")) is ABSENT

    def test_it_has_no_transaction_and_settings_of_its_own(self) -> None:
        state = State()
        state.save("")
        state.catalog.search_path = ("s",)
        state.begin_session(("public",))
        assert state.undo("") is None
        assert state.catalog.search_path == ("public",)


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
