"""Prisma Migrate: one message up to 7.3; from 7.4 statement by statement, if all of them are
read."""

from __future__ import annotations

import pytest

from runners.words import Folder, opt_out, sent, torn

CIC = "CREATE INDEX CONCURRENTLY i ON t (a);"
LOCK = 'provider = "postgresql"\n'


def test_the_lock_file_gives_it_away(folder: Folder) -> None:
    folder.write({"db/migration_lock.toml": LOCK, "db/01_init/migration.sql": "SELECT 1;"})
    assert folder.runners() == {"prisma"}


def test_so_does_its_layout(folder: Folder) -> None:
    folder.write({"prisma/migrations/20240101000000_x/migration.sql": "-- CreateTable\n"})
    assert folder.runners() == {"prisma"}


@pytest.mark.parametrize(
    ("version", "runner"),
    [("^6.2.1", "prisma-7.3"), ("7.3.0", "prisma-7.3"), ("7.4.0", "prisma"), ("^7.10.0", "prisma")],
)
def test_package_json_says_which_version(folder: Folder, version: str, runner: str) -> None:
    folder.write(
        {
            "package.json": f'{{"devDependencies": {{"prisma": "{version}"}}}}',
            "prisma/migrations/migration_lock.toml": LOCK,
            "prisma/migrations/20240101000000_x/migration.sql": "SELECT 1;",
        }
    )
    assert folder.runners() == {runner}


def test_folders_run_by_name(folder: Folder) -> None:
    folder.write({f"{name}/migration.sql": "" for name in ("10_b", "2_c", "20240101_a")})
    assert [each.split("/")[0] for each in folder.order("prisma")] == ["10_b", "20240101_a", "2_c"]


def test_before_7_4_the_file_is_one_message() -> None:
    assert sent("prisma-7.3", CIC) == ["0 none"]
    assert sent("prisma-7.3", f"SET lock_timeout = '5s'; {CIC}") == ["0 message!", "0 message!"]


def test_a_commit_in_the_message_splits_it_and_helps_concurrently_nothing() -> None:
    assert sent("prisma-7.3", f"SELECT 1; COMMIT; {CIC}") == [
        "0 message!",
        "0 message!",
        "1 message!",
    ]


def test_a_begin_in_the_message_takes_in_what_was_before() -> None:
    assert sent("prisma-7.3", "SELECT 1; BEGIN; SELECT 2; COMMIT; SELECT 3;") == [
        "0 message!",
        *["0 transaction! own"] * 3,
        "1 message!",
    ]


def test_from_7_4_each_statement_commits_by_itself() -> None:
    assert sent("prisma", f"SET lock_timeout = '5s'; {CIC} SELECT 1;") == [
        "0 none",
        "1 none",
        "2 none",
    ]


@pytest.mark.parametrize(
    "unread",
    [
        "DO $$ BEGIN END $$",
        "DROP INDEX CONCURRENTLY i",
        "LOCK TABLE t",
        "REFRESH MATERIALIZED VIEW v",
        "REINDEX TABLE t",
        "VACUUM ANALYZE t",
        "COMMENT ON FUNCTION f() IS 'x'",
        "ALTER SEQUENCE s RESTART",
        "ALTER DATABASE d SET x.y = 1",
        "CREATE AGGREGATE g (int) (SFUNC = f, STYPE = int)",
        "ALTER TABLE t ADD CONSTRAINT c EXCLUDE USING gist (a WITH =)",
        "CREATE TABLE u (a int, EXCLUDE USING gist (a WITH =))",
        "ALTER TABLE t ALTER COLUMN a SET STATISTICS 5",
        "SELEKT 1",
    ],
)
def test_one_statement_that_is_not_read_makes_it_one_message_again(unread: str) -> None:
    assert sent("prisma", f"SELECT 1; {unread};") == ["0 message!", "0 message!"]


def test_nothing_is_cut_in_a_body_and_nothing_opts_out() -> None:
    assert torn("prisma", "DO $$ BEGIN PERFORM 1; END $$;") == []
    assert opt_out("prisma", "-- no-transaction\n") is None
