"""Liquibase formatted SQL: changesets, and a cutter that does not know `$$`."""

from __future__ import annotations

import pytest

from idemlint.runners import get
from runners.words import Folder, misleads, reruns, sent, torn, with_directive

TOP = "--liquibase formatted sql\n"
SET = "--changeset ann:1"
BODY = "DO $$ DECLARE x int; BEGIN x := 1; END $$;\n"


def test_its_header_gives_it_away(folder: Folder) -> None:
    folder.write({"changelog/x-1.0.sql": f"-- liquibase formatted sql\n\n{SET}\nSELECT 1;\n"})
    assert folder.runners() == {"liquibase"}


def test_each_changeset_is_a_transaction() -> None:
    sql = f"{TOP}{SET}\nSELECT 1;\nSELECT 2;\n--changeset ann:2\nSELECT 3;\n--rollback SELECT 4;\n"
    assert sent("liquibase", sql) == ["0 transaction!", "0 transaction!", "1 transaction!"]


def test_run_in_transaction_false_holds_for_its_changeset() -> None:
    sql = f"{TOP}{SET} runInTransaction:false\nSELECT 1;\nVACUUM;\n--changeset ann:2\nSELECT 2;\n"
    assert sent("liquibase", sql) == ["0 none", "1 none", "2 transaction!"]


def test_bodies_are_torn_by_default() -> None:
    assert torn("liquibase", f"{TOP}{SET}\n{BODY}") == [" BEGIN x := 1; END $$"]
    sql = "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;"
    assert torn("liquibase", f"{TOP}{SET}\n{sql}\n") == [" $$"]
    assert torn("liquibase", f"{TOP}{SET}\nDO $$ BEGIN PERFORM 1; END $$;\n") == []
    assert torn("liquibase", f"{TOP}{SET}\nSELECT ';';\n-- a; b\n") == []


@pytest.mark.parametrize("attribute", ["splitStatements:false", "endDelimiter:/"])
def test_unless_told_not_to_split(attribute: str) -> None:
    assert torn("liquibase", f"{TOP}{SET} {attribute}\n{BODY}") == []


@pytest.mark.parametrize(
    "near", ["-- runInTransaction:false", "--changeset ann:1 runInTransaction=false"]
)
def test_near_misses(near: str) -> None:
    sql = f"{TOP}{near}\n" if "changeset" in near else f"{TOP}{SET}\n{near}\n"
    assert misleads("liquibase", sql) == [near]


def test_the_fix_adds_the_attribute_where_there_is_one_changeset() -> None:
    fixed = f"{TOP}{SET} runInTransaction:false\nVACUUM;\n"
    assert with_directive("liquibase", f"{TOP}{SET}\nVACUUM;\n") == fixed
    assert with_directive("liquibase", f"{TOP}{SET}\n{SET}2\nVACUUM;\n") is None


@pytest.mark.parametrize("attribute", ["runOnChange:true", "runAlways:true"])
def test_some_changesets_run_again_by_design(attribute: str) -> None:
    assert reruns("liquibase", "x.sql", f"{TOP}{SET} {attribute}\nSELECT 1;\n") is not None
    assert reruns("liquibase", "x.sql", f"{TOP}{SET}\nSELECT 1;\n") is None


def test_a_fix_writes_no_do_block() -> None:
    assert not get("liquibase").do_blocks
