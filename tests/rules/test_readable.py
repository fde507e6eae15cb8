"""IDM0 beyond what the pages show."""

from __future__ import annotations

from typing import get_args

import pytest

from idemlint.rules import all_rules
from idemlint.source.statement import ProblemKind

from .asking import codes, fixed, found


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        ("CREATE POLICY IF NOT EXISTS p ON t USING (true);", "CREATE POLICY p ON t USING (true);"),
        ("CREATE OR REPLACE TABLE t (a int);", "CREATE TABLE IF NOT EXISTS t (a int);"),
        ("create or replace index i on t (a);", "create index if not exists i on t (a);"),
        ("CREATE OR REPLACE SEQUENCE s;", "CREATE SEQUENCE IF NOT EXISTS s;"),
        (
            "create view if not exists v as select 1;",
            "create or replace view v as select 1;",
        ),
        (
            "CREATE FUNCTION IF NOT EXISTS f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
            "CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1';",
        ),
        (
            "ALTER TABLE t ADD CONSTRAINT IF NOT EXISTS c UNIQUE (a);",
            "ALTER TABLE t ADD CONSTRAINT c UNIQUE (a);",
        ),
        ("ALTER TABLE t RENAME COLUMN IF EXISTS a TO b;", "ALTER TABLE t RENAME COLUMN a TO b;"),
        ("CREATE TYPE IF NOT EXISTS m AS ENUM ('a');", "CREATE TYPE m AS ENUM ('a');"),
    ],
)
def test_unsupported_guards(bad: str, good: str) -> None:
    [finding] = found(bad, code="IDM006")
    assert finding.sqlstate == "42601"
    assert fixed(finding, bad) == good
    assert "IDM001" not in codes(bad)


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABEL IF NOT EXISTS t (a int);",
        "CREATE TABLE IF NOT EXISTS t (a int,);",
        "DROP TABLE IF EXISTS;",
    ],
)
def test_other_errors_stay_syntax_errors(sql: str) -> None:
    assert codes(sql) == ["IDM001"]


def test_a_placeholder_is_no_syntax_error() -> None:
    assert codes("INSERT INTO t VALUES {{ rows }};") == ["IDM004"]
    assert codes("{{ query }};\nCREATE TABLE IF NOT EXISTS t (a int);") == ["IDM004"]
    assert codes("{{ endpoints }};\nCREATE TABLE IF NOT EXISTS t (a int);") == ["IDM004"]


def test_placeholders_for_names_values_and_control_are_read_on() -> None:
    assert codes("CREATE TABLE IF NOT EXISTS {{ schema }}.t (a int);") == []
    assert codes("{% if x %}\nCREATE TABLE IF NOT EXISTS t (a int);\n{% endif %}") == []


def test_the_message_says_who_fills_it_in() -> None:
    [finding] = found("INSERT INTO t VALUES ${rows};", code="IDM004", runner="flyway")
    assert "Flyway fills in ${rows}" in finding.message


def test_what_is_not_applied_is_not_read_aloud() -> None:
    sql = "-- migrate:up\nSELECT 1;\n-- migrate:down\nDROP TABEL t;\n"
    assert codes(sql, runner="dbmate") == []


def test_one_finding_a_torn_body() -> None:
    sql = "-- +goose Up\nDO $$\nBEGIN\n  PERFORM 1;\n  PERFORM 2;\nEND\n$$;\n"
    assert codes(sql, runner="goose") == ["IDM005"]
    begun = "-- +goose Up\n-- +goose StatementBegin\nSELECT $$\n;\n$$;\n-- +goose StatementEnd\n"
    assert codes(begun, runner="goose") == []


def test_a_statement_that_shares_its_line_is_left_to_its_author() -> None:
    sql = "-- +goose Up\nSELECT 1; DO $$\nBEGIN\n  PERFORM 1;\nEND\n$$;\n"
    [finding] = found(sql, code="IDM005", runner="goose")
    assert finding.fix is not None
    assert not finding.fix.edits


def test_a_suppression_loses_only_what_is_unused() -> None:
    sql = "-- idemlint: ignore[IDM101, IDM102] by hand\nCREATE TABLE t (a int);\n"
    [finding] = found(sql, code="IDM007")
    assert fixed(finding, sql).startswith("-- idemlint: ignore[IDM101] by hand\n")


def test_every_problem_of_a_text_has_one_rule_but_what_only_we_cannot_read() -> None:
    named = [kind for rule in all_rules().values() for kind in getattr(rule, "kinds", ())]
    assert sorted([*named, "too-deep"]) == sorted(get_args(ProblemKind))
