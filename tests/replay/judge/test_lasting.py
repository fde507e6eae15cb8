"""What a rerun changed for good: rows that came since, tables made once more, columns made again."""

from __future__ import annotations

import pytest

from idemlint.replay.judge.verdict import Verdict

from ..asking import outcomes, verdicts

REASON = "CREATE TABLE reason (id int PRIMARY KEY, name text, on_ boolean, n int);"


class TestRowsThatCameSince:
    @pytest.mark.parametrize(
        ("update", "insert"),
        [
            ("SET name = 'a'", "VALUES (2, 'b')"),
            ("SET name = 'a' WHERE name = 'b'", "VALUES (2, 'b')"),
            ("SET name = 'a' WHERE id IN (1, 2)", "VALUES (2, 'b')"),
            ("SET name = 'a'", "VALUES (2, 'b') ON CONFLICT DO NOTHING"),
            ("SET on_ = true", "(id, on_) VALUES (2, 'f')"),
            ("SET n = 7", "(id, n) VALUES (2, 8)"),
            ("SET name = NULL", "VALUES (2, 'b')"),
        ],
    )
    def test_an_update_overwrites_them(self, update: str, insert: str) -> None:
        sql = f"UPDATE reason {update}; INSERT INTO reason {insert};"
        assert verdicts(sql, before=REASON)[0] == "repeats"

    @pytest.mark.parametrize(
        ("update", "insert"),
        [
            ("SET name = 'a'", "VALUES (2, 'a')"),
            ("SET name = 'a' WHERE name = 'c'", "VALUES (2, 'b')"),
            ("SET on_ = true", "(id, on_) VALUES (2, 't')"),
            ("SET n = 7", "(id, n) VALUES (2, '07')"),
            ("SET name = 'a'", "VALUES (2, 'b'); UPDATE reason SET name = 'a'"),
        ],
    )
    def test_an_update_leaves_those_that_have_its_value(self, update: str, insert: str) -> None:
        sql = f"UPDATE reason {update}; INSERT INTO reason {insert};"
        assert verdicts(sql, before=REASON)[0] == "safe"

    def test_what_may_have_been_there_before_says_nothing(self) -> None:
        setup = REASON + "INSERT INTO reason VALUES (2, 'b');"
        sql = (
            "UPDATE reason SET name = 'a';"
            "INSERT INTO reason VALUES (2, 'b') ON CONFLICT DO NOTHING;"
        )
        assert verdicts(sql, before=setup) == ["safe", "safe"]

    def test_rows_that_the_rerun_brings_itself_are_no_others(self) -> None:
        sql = (
            "DELETE FROM reason WHERE id = 1; INSERT INTO reason VALUES (1, 'b');"
            "UPDATE reason SET name = 'a';"
        )
        assert verdicts(sql, before=REASON) == ["safe", "safe", "safe"]

    def test_a_row_that_is_deleted_and_inserted_with_another_time_is_another_one(self) -> None:
        setup = (
            "CREATE TABLE model (id int PRIMARY KEY, name text, made timestamptz DEFAULT now());"
        )
        sql = "DELETE FROM model WHERE id = 1; INSERT INTO model (id, name) VALUES (1, 'b');"
        assert verdicts(sql, before=setup) == ["repeats", "repeats"]

    def test_a_row_that_is_deleted_and_inserted_as_it_was_is_the_same(self) -> None:
        sql = "DELETE FROM reason WHERE id = 1; INSERT INTO reason VALUES (1, 'b');"
        assert verdicts(sql, before=REASON) == ["safe", "safe"]

    def test_with_all_rows_those_go_that_came_since(self) -> None:
        sql = "DELETE FROM reason; INSERT INTO reason VALUES (1, 'b');"
        assert verdicts(sql, before=REASON) == ["repeats", "safe"]

    def test_a_row_whose_value_is_not_known_may_be_deleted(self) -> None:
        sql = (
            "DELETE FROM reason WHERE name = 'c'; INSERT INTO reason VALUES (1, 'b');"
            "UPDATE reason SET name = 'c';"
        )
        assert verdicts(sql, before=REASON)[1] == "unknown"


class TestTablesMadeOnceMore:
    def test_what_fills_one_repeats(self) -> None:
        sql = "CREATE TABLE a (id int); INSERT INTO a VALUES (1); ALTER TABLE a RENAME TO b;"
        assert verdicts(sql) == ["repeats", "repeats", "fails 42P07"]

    def test_what_fills_one_in_the_place_of_another_does_not(self) -> None:
        sql = "DROP TABLE IF EXISTS a; CREATE TABLE a (id int); INSERT INTO a VALUES (1);"
        assert verdicts(sql)[2] == "safe"

    def test_nor_what_fills_one_that_goes_again(self) -> None:
        sql = "CREATE TABLE a (id int); INSERT INTO a VALUES (1); DROP TABLE a;"
        assert verdicts(sql) == ["safe", "safe", "safe"]

    def test_nor_what_fills_one_in_a_schema_that_is_made_anew(self) -> None:
        sql = (
            "DROP TABLE IF EXISTS s.a; DROP SCHEMA IF EXISTS s; CREATE SCHEMA s;"
            "CREATE TABLE s.a (id int); INSERT INTO s.a VALUES (1);"
        )
        assert verdicts(sql)[3:] == ["safe", "safe"]


class TestTablesThatTakeAPlace:
    def test_a_key_whose_name_got_a_number_is_the_primary_key(self) -> None:
        sql = (
            "CREATE TABLE b (id int PRIMARY KEY); DROP TABLE a; ALTER TABLE b RENAME TO a;"
            "ALTER TABLE a DROP CONSTRAINT IF EXISTS b_pkey, DROP CONSTRAINT IF EXISTS b_pkey1;"
            "ALTER TABLE a ADD CONSTRAINT k PRIMARY KEY (id);"
        )
        assert verdicts(sql, before="CREATE TABLE a (id int PRIMARY KEY);")[3:] == ["safe", "safe"]

    def test_the_names_are_told(self) -> None:
        sql = "CREATE TABLE b (id int PRIMARY KEY); DROP TABLE a; ALTER TABLE b RENAME TO a;"
        [create, _, rename] = outcomes(sql, before="CREATE TABLE a (id int PRIMARY KEY);")
        assert create.reason == "the names of what comes with table a are others: index b_pkey1"
        assert rename.verdict is Verdict.REPEATS

    def test_of_what_may_never_have_run_nothing_is_said(self) -> None:
        swap = (
            "ALTER TABLE a RENAME TO b; CREATE TABLE a (id int PRIMARY KEY);"
            "INSERT INTO a SELECT id FROM b; DROP TABLE b;"
        )
        body = f"DO $$ BEGIN IF to_regclass('a') IS NOT NULL THEN {swap} END IF; END $$;"
        assert verdicts(body) == ["safe"]
