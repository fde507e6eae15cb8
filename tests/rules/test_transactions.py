"""IDM5 beyond what the pages show; what is used too soon is asked of a server."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint import engine
from idemlint.config import Config
from idemlint.settings import Settings
from postgres.conftest import database, server

from .asking import codes, fixed, found

if TYPE_CHECKING:
    from postgres.server import Database

CIC = "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);"
NEXT = "--> statement-breakpoint\n"


@pytest.mark.parametrize(
    ("runner", "sql", "expected"),
    [
        ("psql", CIC, []),
        ("psql", f"BEGIN;\n{CIC}\nCOMMIT;", ["IDM501"]),
        ("psql", f"BEGIN;\nSELECT 1;\nCOMMIT;\n{CIC}", []),
        ("drizzle", CIC, ["IDM501"]),
        ("drizzle", f"SELECT 1;\n{NEXT}COMMIT;\n{NEXT}{CIC}", []),
        ("drizzle", f"SELECT 1;\nCOMMIT;\n{CIC}", ["IDM501"]),
        ("drizzle-neon-http", CIC, []),
        ("prisma", f"SELECT 1;\n{CIC}", []),
        ("prisma", f"DO $$ BEGIN END $$;\n{CIC}", ["IDM501"]),
        ("prisma-7.3", CIC, []),
        ("prisma-7.3", f"SET lock_timeout = 1;\n{CIC}", ["IDM501"]),
        ("prisma-7.3", f"SELECT 1;\nCOMMIT;\n{CIC}", ["IDM501"]),
        ("supabase", f"SELECT 1;\n{CIC}", []),
        ("supabase", "SELECT 1;\nCREATE DATABASE d;", ["IDM119", "IDM502"]),
        ("supabase-2.108", f"SELECT 1;\n{CIC}", ["IDM501"]),
        ("supabase-2.108", CIC, []),
        ("golang-migrate", CIC, []),
        ("golang-migrate", f"SELECT 1;\n{CIC}", ["IDM501"]),
        ("sqlx", f"-- no-transaction\n{CIC}", []),
        ("sqlx", f"-- no-transaction\nSELECT 1;\n{CIC}", ["IDM501"]),
        ("flyway", CIC, []),
        ("flyway", f"SELECT 1;\n{CIC}", ["IDM501"]),
    ],
)
def test_who_opens_the_transaction(runner: str, sql: str, expected: list[str]) -> None:
    assert codes(sql, runner=runner) == expected


def test_statements_in_bodies_are_in_a_transaction_whoever_runs_them() -> None:
    assert codes("DO $$ BEGIN EXECUTE 'VACUUM t'; END $$;") == ["IDM502"]


@pytest.mark.parametrize(
    ("runner", "bad", "good"),
    [
        ("sqlx", CIC, f"-- no-transaction\n{CIC}"),
        (
            "tern",
            f"SELECT 1;\n{CIC}",
            f"---- tern: disable-tx ----\nSELECT 1;\n{CIC}",
        ),
        ("sql-migrate", f"-- +migrate Up\n{CIC}", f"-- +migrate Up notransaction\n{CIC}"),
        (
            "liquibase",
            f"--liquibase formatted sql\n--changeset a:1\n{CIC}",
            f"--liquibase formatted sql\n--changeset a:1 runInTransaction:false\n{CIC}",
        ),
    ],
)
def test_the_runner_s_own_way_out(runner: str, bad: str, good: str) -> None:
    [finding] = found(bad, code="IDM501", runner=runner)
    assert fixed(finding, bad) == good
    assert codes(good, runner=runner) == []


@pytest.mark.parametrize(
    ("runner", "bad", "good"),
    [
        ("sqlx", f"-- a\n-- no-transaction\n{CIC}", f"-- no-transaction\n-- a\n{CIC}"),
        ("sqlx", f" -- no-transaction\n{CIC}", f"-- no-transaction\n{CIC}"),
        ("sqlx", f"{CIC}\n--! no-transaction\n", f"-- no-transaction\n{CIC}\n"),
        (
            "graphile-migrate",
            f"--! Message: m\n\n-- a\n--! no-transaction: an index\n{CIC}",
            f"--! Message: m\n\n--! no-transaction: an index\n-- a\n{CIC}",
        ),
        (
            "atlas",
            f"SELECT 1;\n-- atlas:txmode none\n{CIC}",
            f"-- atlas:txmode none\n\nSELECT 1;\n{CIC}",
        ),
        ("atlas", f"-- atlas:txmode none\n{CIC}", f"-- atlas:txmode none\n\n{CIC}"),
        ("tern", f"-- tern: disable-tx\n{CIC}", f"---- tern: disable-tx ----\n{CIC}"),
        ("evolve", f"-- a\n-- evolve-tx-off\n{CIC}", f"-- evolve-tx-off\n-- a\n{CIC}"),
        (
            "yoyo",
            f"SELECT 1;\n-- transactional: false\n{CIC}",
            f"-- transactional: false\nSELECT 1;\n{CIC}",
        ),
        (
            "goose",
            f"-- +goose Up\n-- +goose NO_TRANSACTION\n{CIC}\n",
            f"-- +goose NO TRANSACTION\n-- +goose Up\n{CIC}\n",
        ),
        (
            "sql-migrate",
            f"-- +migrate Up\n{CIC}\n-- +migrate Down NoTransaction\nDROP INDEX CONCURRENTLY i;\n",
            f"-- +migrate Up notransaction\n{CIC}\n-- +migrate Down notransaction\n"
            "DROP INDEX CONCURRENTLY i;\n",
        ),
        (
            "dbmate",
            f"-- migrate:up transaction: false\n{CIC}",
            f"-- migrate:up transaction:false\n{CIC}",
        ),
        (
            "dbmate",
            f"-- migrate:up\n-- transaction:false\n{CIC}",
            f"-- migrate:up transaction:false\n{CIC}",
        ),
        (
            "liquibase",
            f"--liquibase formatted sql runInTransaction:false\n--changeset a:1\n{CIC}",
            f"--liquibase formatted sql\n--changeset a:1 runInTransaction:false\n{CIC}",
        ),
        (
            "liquibase",
            f"--liquibase formatted sql\n--changeset a:1 runInTransaction=false\n{CIC}",
            f"--liquibase formatted sql\n--changeset a:1 runInTransaction:false\n{CIC}",
        ),
    ],
)
def test_a_directive_in_the_wrong_place_is_moved(runner: str, bad: str, good: str) -> None:
    [finding] = found(bad, code="IDM501", runner=runner)
    assert fixed(finding, bad) == good
    assert codes(good, runner=runner) == []


def test_a_comment_that_says_more_than_a_directive_stays() -> None:
    sql = f"-- a\n-- no-transaction as soon as somebody has time for it\n{CIC}"
    [finding] = found(sql, code="IDM501", runner="sqlx")
    assert finding.fix is not None
    assert not finding.fix.edits


@pytest.mark.parametrize(
    ("runner", "sql", "words"),
    [
        ("sqlx", f"SELECT 1;\n{CIC}", "a migration of its own"),
        ("drizzle", CIC, "leave CONCURRENTLY away"),
        ("diesel", CIC, "run_in_transaction = false"),
        ("flyway", f"SELECT 1;\n{CIC}", "a migration of its own"),
        (
            "postgres-migrations",
            f"/* postgres-migrations disable transaction */\n{CIC}",
            "line 1: postgres-migrations does not read this",
        ),
    ],
)
def test_what_has_no_fix_has_advice(runner: str, sql: str, words: str) -> None:
    [finding] = found(sql, code="IDM501", runner=runner)
    assert words in finding.help
    assert finding.fix is not None
    assert not finding.fix.edits


@pytest.mark.parametrize(
    ("runner", "sql", "words"),
    [
        ("flyway", f"SELECT 1;\n{CIC}", "a file of nothing else"),
        ("node-pg-migrate", CIC, "pgm.noTransaction()"),
        ("popx", CIC, ".autocommit"),
        ("yandex-pgmigrate", CIC, "NONTRANSACTIONAL in the file's name"),
        ("yoyo", "\n-- transactional: off\nSELECT 1;\n" + CIC, "before the first statement"),
    ],
)
def test_each_runner_has_advice_of_its_own(runner: str, sql: str, words: str) -> None:
    [finding] = found(sql, code="IDM501", runner=runner)
    assert words in finding.help


@pytest.mark.parametrize(
    ("runner", "sql"),
    [
        ("sqlx", "\ufeff-- no-transaction\nSELECT 1;"),
        ("popx", "-- autocommit\nSELECT 1;"),
        ("supabase", "-- a comment\n-- pg-delta: transaction=false\nSELECT 1;"),
        ("psql", "-- +goose NO TRANSACTION\nSELECT 1;"),
    ],
)
def test_a_directive_that_nobody_reads_is_said_to_be_one(runner: str, sql: str) -> None:
    assert codes(sql, runner=runner) == ["IDM507"]


@pytest.mark.parametrize(
    ("runner", "sql", "count"),
    [
        ("psql", "BEGIN; SELECT 1; COMMIT;", 0),
        ("psql", "BEGIN; SELECT 1;", 1),
        ("psql", "BEGIN; BEGIN; SELECT 1; COMMIT;", 1),
        ("psql", "SELECT 1; COMMIT;", 1),
        ("psql", "BEGIN; SELEC 1 COMMIT;", 0),
        ("psql", "BEGIN; SAVEPOINT a; ROLLBACK TO a; COMMIT;", 0),
        ("golang-migrate", "BEGIN; SELECT 1; COMMIT;", 0),
        ("golang-migrate", "SELECT 1; COMMIT; SELECT 2;", 0),
        ("prisma", "BEGIN; SELECT 1; COMMIT;", 0),
        ("supabase", "BEGIN; SELECT 1; COMMIT;", 0),
        ("sqlx", "BEGIN; SELECT 1; COMMIT;", 1),
        ("sqlx", "SELECT 1; ROLLBACK;", 1),
        ("sqlx", "COMMIT; SELECT 1; BEGIN;", 1),
        ("drizzle", f"SELECT 1;\n{NEXT}COMMIT;\n{NEXT}{CIC}\n{NEXT}BEGIN;", 0),
    ],
)
def test_begin_and_commit(runner: str, sql: str, count: int) -> None:
    assert len(found(sql, code="IDM505", runner=runner)) == count


TYPES = "CREATE TYPE s AS ENUM ('a'); CREATE TABLE t (id int, st s, word text);"
USES = {
    "INSERT INTO t VALUES (1, 'new')": True,
    "INSERT INTO t (st) SELECT 'new'": True,
    "INSERT INTO t (word) VALUES ('new')": False,
    "UPDATE t SET st = 'new'": True,
    "UPDATE t SET word = 'new' WHERE word <> 'new'": False,
    "DELETE FROM t WHERE st IN ('a', 'new')": True,
    "ALTER TABLE t ALTER COLUMN st SET DEFAULT 'new'": True,
    "ALTER TABLE t ADD COLUMN other s DEFAULT 'new'": True,
    "ALTER TABLE t ADD CHECK (st <> 'new')": True,
    "CREATE INDEX i ON t (id) WHERE st = 'new'": True,
    "CREATE TABLE u (st s DEFAULT 'new')": True,
    "SELECT 'new'::s": True,
    "SELECT 'new'": False,
    "DO $$ BEGIN UPDATE t SET st = 'new'; END $$": True,
}


@pytest.mark.parametrize("use", USES)
def test_a_value_that_is_used_too_soon(use: str) -> None:
    sql = f"BEGIN; ALTER TYPE s ADD VALUE 'new'; {use}; COMMIT;"
    assert bool(found(sql, TYPES, code="IDM503")) is USES[use]
    assert not found(f"ALTER TYPE s ADD VALUE 'new'; {use};", TYPES, code="IDM503")


@pytest.mark.server
def test_the_server_says_the_same(database: Database) -> None:
    assert database.send(TYPES) is None
    told = {}
    for use in USES:
        with database.copy() as copy:
            answer = copy.run(["BEGIN", "ALTER TYPE s ADD VALUE 'new'", use])
            told[use] = answer[-1] == "55P04"
    assert told == USES


@pytest.mark.parametrize(
    ("runner", "start_after", "postgres", "expected"),
    [
        ("drizzle", None, 14, ["55P04"]),
        ("drizzle", "0002_add.sql", 14, []),
        ("drizzle", "0001_types.sql", 14, ["55P04"]),
        ("drizzle", None, 17, []),  # the type is as new
        ("drizzle", "0001_types.sql", 17, ["55P04"]),
        ("node-pg-migrate", None, 14, ["55P04"]),
        ("dbmate", None, 14, []),
        ("psql", None, 14, []),
    ],
)
def test_a_value_that_another_pending_file_of_the_transaction_adds(
    runner: str, start_after: str | None, postgres: int, expected: list[str]
) -> None:
    up = "-- migrate:up\n" if runner == "dbmate" else ""
    texts = {
        "no/such/0001_types.sql": TYPES,
        "no/such/0002_add.sql": "ALTER TYPE s ADD VALUE 'new'",
        "no/such/0003_use.sql": "UPDATE t SET st = 'new'",
    }
    files = {name: f"{up}{text};\n".encode() for name, text in texts.items()}
    settings = Settings.of(
        Config(folder="."),
        select=("IDM503",),
        runner=runner,
        postgres_version=postgres,
        start_after=start_after,
    )
    folder = engine.open(files, settings, files)
    told = [finding for report in folder.reports() for finding in report.findings]
    assert [finding.sqlstate for finding in told] == expected
    assert all("by 0002_add.sql in the same transaction" in each.message for each in told)


@pytest.mark.parametrize(
    ("second", "expected"),
    [
        ("ALTER TYPE s ADD VALUE 'new'; COMMIT;", False),
        ("COMMIT; ALTER TYPE s ADD VALUE 'new';", False),
        ("DO $$ BEGIN ALTER TYPE s ADD VALUE 'new'; END $$;", True),
        ("ALTER TYPE s RENAME VALUE 'a' TO 'new';", False),
    ],
)
def test_what_is_committed_when_the_next_file_begins(second: str, expected: bool) -> None:
    sql = "UPDATE t SET st = 'new';"
    told = found(sql, f"{TYPES};", second, code="IDM503", runner="drizzle")
    assert bool(told) is expected


@pytest.mark.server
def test_the_server_says_the_same_of_files_that_share_a_transaction(database: Database) -> None:
    assert database.send(TYPES) is None
    files = ["ALTER TYPE s ADD VALUE 'new'", "UPDATE t SET st = 'new'"]
    with database.copy() as copy:
        assert copy.run(["BEGIN", *files])[-1] == "55P04"
    with database.copy() as copy:
        assert copy.run(files)[-1] is None


#: What an earlier migration does to the table, and a statement that counts its columns or names them.
CHANGED = {
    ("ALTER TABLE t DROP COLUMN id", "INSERT INTO t VALUES ('new')"): True,
    ("ALTER TABLE t DROP COLUMN id", "INSERT INTO t VALUES ('a', 'new')"): False,
    ("ALTER TABLE t ADD COLUMN other s", "INSERT INTO t VALUES (1, 'a', 'x', 'new')"): True,
    ("ALTER TABLE t RENAME COLUMN st TO state", "INSERT INTO t VALUES (1, 'new')"): True,
    ("ALTER TABLE t RENAME COLUMN st TO state", "UPDATE t SET state = 'new'"): True,
    ("ALTER TABLE t ALTER COLUMN word TYPE s USING 'a'", "UPDATE t SET word = 'new'"): True,
}


@pytest.mark.parametrize(("change", "use"), CHANGED)
def test_a_value_is_too_soon_for_a_table_that_was_changed(change: str, use: str) -> None:
    sql = f"BEGIN; ALTER TYPE s ADD VALUE 'new'; {use}; COMMIT;"
    assert bool(found(sql, TYPES, change, code="IDM503")) is CHANGED[change, use]


@pytest.mark.server
def test_the_server_says_the_same_of_a_table_that_was_changed(database: Database) -> None:
    assert database.send(TYPES) is None
    told = {}
    for change, use in CHANGED:
        with database.copy() as copy:
            answer = copy.run([change, "BEGIN", "ALTER TYPE s ADD VALUE 'new'", use])
            assert answer[0] is None
            told[change, use] = answer[-1] == "55P04"
    assert told == CHANGED


@pytest.mark.parametrize("end", ["ALTER TABLE t DROP COLUMN st", "DROP TABLE t"])
def test_a_value_is_too_soon_for_a_column_that_the_file_drops(end: str) -> None:
    for use in ("UPDATE t SET st = 'new'", "INSERT INTO t (st) VALUES ('new')"):
        sql = f"BEGIN; ALTER TYPE s ADD VALUE 'new'; {use}; {end}; COMMIT;"
        assert len(found(sql, TYPES, code="IDM503")) == 1


def test_from_17_on_a_new_type_s_values_may_be_used_at_once() -> None:
    sql = "BEGIN; CREATE TYPE m AS ENUM (); ALTER TYPE m ADD VALUE 'x'; SELECT 'x'::m; COMMIT;"
    assert len(found(sql, code="IDM503", postgres=16)) == 1
    assert found(sql, code="IDM503", postgres=17) == []


__all__ = ["database", "server"]
