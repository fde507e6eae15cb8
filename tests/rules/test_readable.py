"""IDM0 beyond what the pages show."""

from __future__ import annotations

from typing import get_args

import pytest

from idemlint.rules import all_rules
from idemlint.source.statement import ProblemKind

from .asking import codes, fixed, found, report


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
    assert sorted([*named, "too-deep", "included", "client-command"]) == sorted(
        get_args(ProblemKind)
    )


@pytest.mark.parametrize(
    "comment",
    [
        "-- idemlint: ignore[create-table] by hand",
        "-- idemlint: ignore[Create-Table, IDM9] by hand",
        "-- idemlint: ignore[IDM1] by hand",
        "-- idemlint: ignore-file[idm10] by hand",
        "-- Idemlint:ignore[ALL] by hand",
        "/* idemlint: ignore[IDM] by hand */",
    ],
)
def test_a_suppression_takes_names_and_prefixes(comment: str) -> None:
    found = codes(f"{comment}\nCREATE TABLE t (a int);\n")
    assert "IDM101" not in found
    assert ("IDM007" in found) == ("IDM9" in comment)


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        (
            "-- idemlint: ignore[create-tabel] x",
            "no rule `create-tabel` (did you mean `create-table`",
        ),
        ("-- idemlint: ignore[IDM777] x", "no rule `IDM777`"),
        ("-- idemlint: ignore-file[IDM101 IDM102] x", "no rule `IDM101 IDM102`"),
        ("-- idemlint: ignore[] x", "name no rule"),
        ("-- idemlint: ignore[IDM101 x", "is not written as"),
        ("-- idemlint: ignore IDM101", "is not written as"),
        ("-- idemlint: disable[IDM101]", "is not written as"),
        ("-- idemlint ignore[IDM101]", "is not written as"),
        ("-- IDEMLINT: nothing of this", "is not written as"),
        ("/* idemlint: ignore[IDM101] idemlint: ignore[IDM102] */", "only the first pair"),
    ],
)
def test_a_suppression_that_cannot_be_understood_is_said(comment: str, said: str) -> None:
    [finding, *_] = found(f"{comment}\nCREATE TABLE t (a int);\n", code="IDM007")
    assert said in finding.message


def test_prose_about_us_is_no_suppression() -> None:
    assert codes("-- checked with idemlint: it is fine\n-- see idemlint's pages\nSELECT 1;\n") == []


def test_a_prefix_is_unused_only_where_all_of_its_rules_look() -> None:
    sql = "-- idemlint: ignore[IDM1]\nSELECT 1;\n"
    assert codes(sql) == ["IDM007"]
    assert codes("-- idemlint: ignore-file[IDM1, IDM007]\nSELECT 1;\n") == []


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("INSERT INTO t VALUES ({replaceme});", "{replaceme}"),
        ("CREATE TABLE {schema}.t (a int);", "{schema}"),
        ("SELECT {};", "{}"),
        ("SELECT {0};", "{0}"),
        ("SELECT #{name};", "#{name}"),
        ("SELECT $(name);", "$(name)"),
        ("SELECT * FROM [[table]];", "[[table]]"),
    ],
)
def test_what_is_to_be_filled_in_is_called_so(sql: str, said: str) -> None:
    [finding] = report(sql).diagnostics
    assert finding.code == "IDM004"
    assert finding.message.startswith(f"{said} is for something to fill in")


@pytest.mark.parametrize("sql", ["SELECT '{a}'::text[];", "SELECT arr[1], '{0}' AS \"{x}\";"])
def test_braces_in_literals_are_text(sql: str) -> None:
    assert codes(sql) == []
