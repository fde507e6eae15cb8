"""graphile-migrate: `current.sql` runs at every save; the directive leaves one message."""

from __future__ import annotations

import pytest

from runners.words import Folder, misleads, opt_out, reruns, sent, with_directive

CIC = "CREATE INDEX CONCURRENTLY i ON t (a);"
TOP = "--! Previous: -\n--! Hash: sha1:0123\n\n"
OFF = "--! no-transaction\n"


def test_its_headers_and_configuration_give_it_away(folder: Folder) -> None:
    folder.write({"a/000001.sql": TOP, "b/.gmrc": "{}", "b/migrations/committed/000001-x.sql": ""})
    folder.write({"b/migrations/current.sql": "", "b/migrations/current/001-x.sql": ""})
    assert folder.runners() == {"graphile-migrate"}


def test_the_current_migration_runs_last_and_again_by_design(folder: Folder) -> None:
    folder.write(dict.fromkeys(["current.sql", "committed/000002.sql", "committed/000001.sql"], ""))
    assert folder.order("graphile-migrate") == [
        "committed/000001.sql",
        "committed/000002.sql",
        "current.sql",
    ]
    assert reruns("graphile-migrate", "migrations/current.sql") is not None
    assert reruns("graphile-migrate", "migrations/current/001-x.sql") is not None
    assert reruns("graphile-migrate", "migrations/committed/000001.sql") is None


def test_the_directive_behind_the_headers_leaves_one_message() -> None:
    assert sent("graphile-migrate", CIC) == ["0 transaction!"]
    assert sent("graphile-migrate", TOP + OFF + CIC) == ["0 none"]
    assert sent("graphile-migrate", f"{OFF}SELECT 1; {CIC}") == ["0 message!"] * 2


@pytest.mark.parametrize("near", ["-- no-transaction", "SELECT 1;\n--! no-transaction"])
def test_near_misses(near: str) -> None:
    assert opt_out("graphile-migrate", f"{near}\n{CIC}") is None
    assert misleads("graphile-migrate", f"{near}\n{CIC}") == [near.split("\n")[-1]]


def test_what_works_is_no_near_miss() -> None:
    assert misleads("graphile-migrate", TOP + OFF + CIC) == []


def test_the_fix_writes_it_behind_the_headers() -> None:
    assert with_directive("graphile-migrate", TOP + CIC) == TOP + OFF + CIC
