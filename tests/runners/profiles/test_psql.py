"""psql: statement by statement, autocommit; the file's own BEGIN … COMMIT is the only block."""

from __future__ import annotations

from runners.words import Folder, misleads, sent


def test_is_what_no_other_runner_claims(folder: Folder) -> None:
    folder.write(
        {"schema.sql": "CREATE TABLE t ();", "admin/updates/2021-11-17-x.sql": "SELECT 1;"}
    )
    assert folder.runners() == {"psql"}


def test_psql_commands_give_it_away(folder: Folder) -> None:
    folder.write({"migrations/001_x.sql": "\\set ON_ERROR_STOP 1\n\\i tables.sql\n"})
    assert folder.runners() == {"psql"}


def test_every_statement_commits_by_itself() -> None:
    assert sent("psql", "CREATE TABLE a (); CREATE INDEX CONCURRENTLY ON a ((1)); VACUUM;") == [
        "0 none",
        "1 none",
        "2 none",
    ]


def test_the_files_own_transaction_is_one_unit() -> None:
    sql = "SELECT 0; BEGIN; CREATE TABLE a (); COMMIT; CREATE INDEX CONCURRENTLY ON a ((1));"
    assert sent("psql", sql) == [
        "0 none",
        "1 transaction! own",
        "1 transaction! own",
        "1 transaction! own",
        "2 none",
    ]


def test_commit_and_chain_begins_the_next_transaction() -> None:
    assert sent("psql", "BEGIN; SELECT 1; COMMIT AND CHAIN; SELECT 2; COMMIT; SELECT 3") == [
        *["0 transaction! own"] * 3,
        *["1 transaction! own"] * 2,
        "2 none",
    ]


def test_savepoints_end_nothing() -> None:
    sql = "BEGIN; SAVEPOINT a; ROLLBACK TO a; RELEASE a; ROLLBACK;"
    assert sent("psql", sql) == ["0 transaction! own"] * 5


def test_files_run_by_number_and_down_files_do_not(folder: Folder) -> None:
    folder.write(dict.fromkeys(["10_c.sql", "2_b.sql", "1_a.sql", "1_a.down.sql", "seed.sql"], ""))
    assert folder.order("psql") == ["1_a.sql", "2_b.sql", "10_c.sql", "seed.sql"]


def test_it_reads_no_runners_directive() -> None:
    assert misleads("psql", "-- +goose NO TRANSACTION\nVACUUM;") == ["-- +goose NO TRANSACTION"]
