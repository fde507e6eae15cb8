"""Supabase CLI: a pipeline that statements which refuse blocks are taken out of; three versions."""

from __future__ import annotations

import pytest

from runners.words import Folder, misleads, opt_out, sent, with_directive

CIC = "CREATE INDEX CONCURRENTLY i ON t (a);"
DIRECTIVE = "-- pg-delta: transaction=false"


def test_its_folder_gives_it_away(folder: Folder) -> None:
    folder.write({"supabase/migrations/001_x.sql": "SELECT 1;", "supabase/config.toml": ""})
    assert folder.runners() == {"supabase"}


def test_so_do_its_functions_in_a_numbered_folder(folder: Folder) -> None:
    rls = "CREATE POLICY p ON t USING (auth.uid() = owner);"
    folder.write({"migrations/001_a.sql": "SELECT 1;", "migrations/002_b.sql": rls})
    assert folder.runners() == {"supabase"}


@pytest.mark.parametrize(
    ("version", "runner"),
    [("2.20.3", "supabase-2.108"), ("2.112.0", "supabase-2.114"), ("^2.20.3", "supabase")],
)
def test_an_exact_version_in_package_json_counts(folder: Folder, version: str, runner: str) -> None:
    folder.write(
        {
            "package.json": f'{{"devDependencies": {{"supabase": "{version}"}}}}',
            "supabase/migrations/001_x.sql": "SELECT 1;",
        }
    )
    assert folder.runners() == {runner}


@pytest.mark.parametrize("runner", ["supabase", "supabase-2.114", "supabase-2.108"])
def test_names_rule_not_numbers_and_other_names_are_skipped(folder: Folder, runner: str) -> None:
    names = ["10_c.sql", "20240101000000_x.sql", "20260426_001.sql", "2_b.sql"]
    folder.write(dict.fromkeys([*names, "readme.sql", "x1_y.sql"], ""))
    assert folder.order(runner) == names


def test_a_file_is_one_pipeline() -> None:
    assert sent("supabase", "CREATE TABLE a (); CREATE TABLE b ();") == [
        "0 pipeline",
        "0 pipeline!",
    ]


def test_concurrently_is_taken_out_and_what_was_before_is_committed() -> None:
    assert sent("supabase", f"CREATE TABLE a (); {CIC} CREATE TABLE b ();") == [
        "0 pipeline",
        "1 none",
        "2 pipeline",
    ]


def test_what_its_list_does_not_have_is_refused() -> None:
    assert sent("supabase", "SELECT 1; CREATE DATABASE d;")[1] == "0 pipeline!"
    assert sent("supabase", "CREATE DATABASE d; SELECT 1;") == ["0 none", "1 pipeline!"]


def test_a_file_with_a_transaction_of_its_own_goes_as_written() -> None:
    assert sent("supabase", f"BEGIN; SELECT 1; COMMIT; {CIC} SELECT 2;") == [
        *["0 transaction! own"] * 3,
        "1 none",
        "2 none",
    ]


def test_before_2_109_only_the_first_statement_may_refuse_blocks() -> None:
    assert sent("supabase-2.108", f"{CIC} SELECT 1;") == ["0 none", "1 pipeline!"]
    assert sent("supabase-2.108", f"SELECT 1; {CIC}") == ["0 pipeline", "0 pipeline!"]


def test_from_2_109_to_2_114_it_was_a_transaction() -> None:
    assert sent("supabase-2.114", f"SELECT 1; SELECT 2; {CIC} SELECT 3;") == [
        "0 transaction!",
        "0 transaction!",
        "1 none",
        "2 transaction!",
    ]


def test_the_directive_is_exactly_the_first_line() -> None:
    assert opt_out("supabase", f"{DIRECTIVE}\nSELECT 1;") is not None
    assert opt_out("supabase", f"{DIRECTIVE}\r\nSELECT 1;") is not None
    assert sent("supabase", f"{DIRECTIVE}\nSELECT 1; CREATE DATABASE d;") == ["0 none", "1 none"]


@pytest.mark.parametrize(
    "near",
    [f" {DIRECTIVE}\n", f"-- a comment\n{DIRECTIVE}\n", "-- pg-delta: transaction = false\n"],
)
def test_near_misses(near: str) -> None:
    assert opt_out("supabase", near) is None
    assert len(misleads("supabase", near)) == 1


def test_other_tools_directives_are_ignored() -> None:
    assert misleads("supabase", "-- no-transaction\n") == ["-- no-transaction"]


def test_the_fix_writes_the_directive() -> None:
    assert with_directive("supabase", "SELECT 1;\r\n") == f"{DIRECTIVE}\r\nSELECT 1;\r\n"
    assert with_directive("supabase", "\ufeffSELECT 1;\n") is None
