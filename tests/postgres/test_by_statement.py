"""A server's answers statement by statement: after the end, after stops, and of all files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .by_statement import Sent, judge_by_statement, judge_folder, judge_stops, spread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .server import Database

pytestmark = pytest.mark.server


def sent(statements: Sequence[str], units: Sequence[int] | None = None) -> list[Sent]:
    numbers = range(len(statements)) if units is None else units
    return [Sent(one, unit=unit) for one, unit in zip(statements, numbers, strict=True)]


def test_spread() -> None:
    assert spread(5, None) == spread(5, 9) == {0, 1, 2, 3, 4}
    assert spread(10, 2) == {0, 5}
    assert len(spread(1000, 7)) == 7
    assert spread(0, 3) == frozenset()


# After the end


def test_by_statement_blames_the_right_one(database: Database) -> None:
    setup = ["CREATE TABLE n (a int)", "CREATE TABLE m (a int)"]
    statements = [
        "CREATE TABLE t (a int)",
        "INSERT INTO n VALUES (1)",
        "INSERT INTO m VALUES (1)",
        "DELETE FROM m WHERE a = 1",
        "CREATE INDEX ON t (a)",
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS b int",
    ]
    whole, each = judge_by_statement(database, setup, statements)
    assert whole.outcome == "fails"
    assert [str(one) for one in each] == [
        "fails 42P07",
        "repeats data",
        "safe",
        "safe",
        "repeats pg_class,pg_index",
        "safe",
    ]
    # The database is as after one run.
    assert database.snapshot().parts["data"] == (("public.n", "(1)"),)


def test_a_column_is_gone_whatever_its_place_was(database: Database) -> None:
    setup = ["CREATE TABLE t (a int, b int, c int, b_new int, c_new int)"]
    statements = [
        "ALTER TABLE t DROP COLUMN b",
        "ALTER TABLE t DROP COLUMN c",
        "ALTER TABLE t RENAME COLUMN b_new TO b",
        "ALTER TABLE t RENAME COLUMN c_new TO c",
    ]
    _, each = judge_by_statement(database, setup, statements)
    assert [one.outcome for one in each] == ["repeats", "repeats", "fails", "fails"]


def test_a_column_has_moved_whatever_its_place_was_meanwhile(database: Database) -> None:
    setup = ["CREATE TABLE t (a int, b int, c int)"]
    statements = [
        "ALTER TABLE t ADD COLUMN a_new int",
        "ALTER TABLE t ADD COLUMN b_new int",
        "ALTER TABLE t DROP COLUMN a",
        "ALTER TABLE t DROP COLUMN b",
        "ALTER TABLE t RENAME COLUMN a_new TO a",
        "ALTER TABLE t RENAME COLUMN b_new TO b",
        "ALTER TABLE t ADD COLUMN IF NOT EXISTS d int",
    ]
    _, each = judge_by_statement(database, setup, statements)
    assert [one.outcome for one in each] == ["safe"] * 2 + ["repeats"] * 4 + ["safe"]


def test_by_statement_goes_on_inside_a_transaction(database: Database) -> None:
    statements = ["BEGIN", "CREATE TABLE t (a int)", "INSERT INTO t VALUES (1)", "COMMIT"]
    _, each = judge_by_statement(database, [], statements)
    assert [str(one) for one in each] == ["safe", "fails 42P07", "repeats data", "safe"]


def test_who_made_the_row_that_is_more_is_to_blame(database: Database) -> None:
    setup = ["CREATE TABLE t (a int)", "CREATE TABLE p (id int PRIMARY KEY)"]
    statements = [
        "INSERT INTO t VALUES (1)",
        "INSERT INTO t VALUES (2)",
        "DELETE FROM t WHERE a = 2",
        "CREATE TABLE IF NOT EXISTS one (p int REFERENCES p)",
        "DROP TABLE IF EXISTS other",
        "CREATE TABLE other (p int CONSTRAINT again REFERENCES p)",
        "ALTER TABLE one ADD FOREIGN KEY (p) REFERENCES p",
    ]
    _, each = judge_by_statement(database, setup, statements)
    assert [str(one) for one in each] == [
        "repeats data",
        "safe",
        "safe",
        "safe",
        "safe",
        "safe",
        "repeats pg_constraint,pg_trigger",
    ]
    assert [one.rows for one in each[:4]] == [1, 1, 1, None]


def test_what_wants_to_be_in_a_transaction_is_in_one(database: Database) -> None:
    _, each = judge_by_statement(database, ["CREATE TABLE t ()"], ["LOCK TABLE t"])
    assert [str(one) for one in each] == ["safe"]


# After a stop


def test_what_a_stop_leaves_is_met_by_the_rerun(database: Database) -> None:
    statements = [
        "CREATE TABLE a (id int)",
        "DROP TABLE a",
        "CREATE TABLE IF NOT EXISTS b (id int)",
    ]
    each = judge_stops(database, sent(statements))
    assert [str(one) for one in each] == ["fails 42P07", "safe", "safe"]
    assert each[0].stop == 1
    # The database is as after one run.
    assert database.snapshot().parts.keys() >= {"pg_class"}
    assert database.send("SELECT * FROM b") is None
    assert database.send("SELECT * FROM a") == "42P01"


def test_only_what_ran_before_the_stop_repeats(database: Database) -> None:
    assert database.run(["CREATE TABLE t (a int)", "CREATE TABLE u (a int)"]) == [None, None]
    statements = ["INSERT INTO t VALUES (1)", "INSERT INTO u VALUES (1)", "DELETE FROM u"]
    each = judge_stops(database, sent(statements))
    assert [(str(one), one.stop) for one in each] == [
        ("repeats data", 1),
        ("safe", None),
        ("safe", None),
    ]


def test_all_sqlstates_of_several_stops_are_kept(database: Database) -> None:
    statements = ["CREATE TABLE a (id int)", "DROP TABLE a", "CREATE VIEW a AS SELECT 1 AS id"]
    each = judge_stops(database, sent(statements))
    assert [(str(one), one.also) for one in each] == [
        ("fails 42P07", ()),
        ("fails 42809", ()),
        ("fails 42P07", ()),
    ]
    statements = ["ALTER TABLE s RENAME COLUMN b TO c", "ALTER TABLE s RENAME TO r"]
    assert database.send("CREATE TABLE s (b int)") is None
    first, _ = judge_stops(database, sent(statements))
    assert (str(first), first.stop, first.also) == ("fails 42703", 1, ("42P01",))


def test_a_unit_is_not_stopped_in(database: Database) -> None:
    statements = ["CREATE TABLE a (id int)", "DROP TABLE a", "CREATE TABLE IF NOT EXISTS b ()"]
    each = judge_stops(database, sent(statements, [0, 0, 1]))
    assert [str(one) for one in each] == ["safe", "safe", "safe"]


def test_one_unit_leaves_nothing(database: Database) -> None:
    each = judge_stops(database, sent(["CREATE TABLE a (id int)", "DROP TABLE a"], [0, 0]))
    assert {str(one) for one in each} == {"not-applicable"}


def test_a_transaction_that_is_open_at_the_stop_is_taken_back(database: Database) -> None:
    statements = ["BEGIN", "CREATE TABLE a (id int)", "DROP TABLE a", "COMMIT", "SELECT 1"]
    each = judge_stops(database, sent(statements, [0, 0, 0, 0, 1]))
    assert [str(one) for one in each] == ["safe"] * 5


@pytest.mark.parametrize(
    "statements",
    [
        ["INSERT INTO t VALUES (1)", "CREATE TABLE a (id int)", "SELECT 1"],
        ["BEGIN", "INSERT INTO t VALUES (1)", "CREATE TABLE a (id int)", "COMMIT", "SELECT 1"],
    ],
)
def test_a_unit_that_fails_may_be_taken_back(database: Database, statements: list[str]) -> None:
    assert database.send("CREATE TABLE t (a int)") is None
    units = [0] * (len(statements) - 1) + [1]
    place = statements.index("INSERT INTO t VALUES (1)")
    with database.copy() as copied:
        kept = judge_stops(copied, sent(statements, units))
    undone = judge_stops(database, sent(statements, units), undone=True)
    assert [str(one) for one in kept[place : place + 2]] == ["repeats data", "fails 42P07"]
    assert [str(one) for one in undone[place : place + 2]] == ["safe", "fails 42P07"]


def test_a_first_run_that_fails_has_no_stops(database: Database) -> None:
    each = judge_stops(database, sent(["CREATE TABLE a (id int)", "SELECT nothing"]))
    assert [(one.outcome, one.first) for one in each] == [
        ("first fails", (None,)),
        ("first fails", ("42703",)),
    ]


# All files


def test_a_folder_is_run_again_over_all_that_it_left(database: Database) -> None:
    files = [
        ["CREATE TABLE IF NOT EXISTS a (id int)", "CREATE INDEX IF NOT EXISTS i ON a (old)"],
        ["SELECT nothing", "INSERT INTO n VALUES (1)"],
        ["ALTER TABLE a DROP COLUMN IF EXISTS old", "DROP TABLE IF EXISTS m"],
    ]
    setup = ["CREATE TABLE a (id int, old int)", "CREATE TABLE n (id int)"]
    assert database.run(setup) == [None, None]
    each = judge_folder(database, [sent(file) for file in files])
    assert [[str(one) for one in file] for file in each] == [
        ["safe", "fails 42703"],
        ["first fails 42703", "repeats data"],
        ["safe", "safe"],
    ]
    assert database.snapshot().parts["data"] == (("public.n", "(1)"),)


def test_what_later_files_take_away_again_is_no_repeat(database: Database) -> None:
    each = judge_folder(database, [sent(["CREATE TABLE a (id int)"]), sent(["DROP TABLE a"])])
    assert [[str(one) for one in file] for file in each] == [["safe"], ["safe"]]


def test_what_hangs_on_a_new_table_is_its_maker_s(database: Database) -> None:
    files = [
        ["CREATE TABLE a (id int)", "ALTER TABLE a ADD b int PRIMARY KEY"],
        ["ALTER TABLE a RENAME TO c", "INSERT INTO c VALUES (1, 1)"],
    ]
    each = judge_folder(database, [sent(file) for file in files])
    assert [[one.outcome for one in file] for file in each] == [
        ["repeats", "repeats"],  # the index of the key is one more, too
        ["fails", "fails"],
    ]
    assert "pg_attribute" not in each[0][1].difference
