"""postgres-migrations: a transaction a file; the directive leaves one message."""

from __future__ import annotations

import pytest

from runners.words import Folder, misleads, opt_out, sent, with_directive

CIC = "CREATE INDEX CONCURRENTLY i ON t (a);"
OFF = "-- postgres-migrations disable-transaction"


def test_package_json_and_its_directive_give_it_away(folder: Folder) -> None:
    folder.write({"a/package.json": '{"dependencies": {"postgres-migrations": "^5.3.0"}}'})
    folder.write({"a/migrations/0001-init.sql": "", "b/1-init.sql": "", "b/2-x.sql": OFF})
    assert folder.runners() == {"postgres-migrations"}


def test_ids_are_numbers(folder: Folder) -> None:
    folder.write(dict.fromkeys(["10-c.sql", "2_b.sql", "1.sql"], ""))
    assert folder.order("postgres-migrations") == ["1.sql", "2_b.sql", "10-c.sql"]


def test_the_directive_counts_anywhere_and_leaves_one_message() -> None:
    assert sent("postgres-migrations", CIC) == ["0 transaction!"]
    assert sent("postgres-migrations", f"{CIC} /* {OFF} */") == ["0 none"]
    assert sent("postgres-migrations", f"{OFF}\nSELECT 1; {CIC}") == ["0 message!"] * 2


@pytest.mark.parametrize(
    "near",
    ["-- postgres-migrations: disable-transaction", "-- Postgres-migrations disable-transaction"],
)
def test_near_misses(near: str) -> None:
    assert opt_out("postgres-migrations", f"{near}\n{CIC}") is None
    assert misleads("postgres-migrations", f"{near}\n{CIC}") == [near]


def test_the_fix_writes_the_directive() -> None:
    assert with_directive("postgres-migrations", CIC) == f"{OFF}\n{CIC}"
