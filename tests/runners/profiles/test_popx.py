"""popx: a transaction a file; `.autocommit` in the name leaves one message; dialects."""

from __future__ import annotations

from runners.words import Folder, direction, misleads, sent


def test_its_names_give_it_away(folder: Folder) -> None:
    names = ["20240101_x.up.sql", "20240101_x.postgres.up.sql", "20240102_y.autocommit.up.sql"]
    folder.write(dict.fromkeys([*names, "20240101_x.mysql.down.sql"], ""))
    assert folder.runners() == {"popx"}


def test_postgres_wins_and_other_dialects_do_not_run(folder: Folder) -> None:
    names = [
        "10_x.up.sql",
        "10_x.postgres.up.sql",
        "10_x.mysql.up.sql",
        "9_y.up.sql",
        "9_y.down.sql",
    ]
    folder.write(dict.fromkeys([*names, "11_z.cockroach.up.sql"], ""))
    assert folder.order("popx") == ["10_x.postgres.up.sql", "9_y.up.sql"], "by text"
    assert direction("popx", "10_x.mysql.up.sql") == "ignored"


def test_autocommit_in_the_name_leaves_one_message() -> None:
    assert sent("popx", "VACUUM;", "1_x.up.sql") == ["0 transaction!"]
    assert sent("popx", "VACUUM;", "1_x.autocommit.up.sql") == ["0 none"]
    assert sent("popx", "SELECT 1; VACUUM;", "1_x.postgres.autocommit.up.sql") == ["0 message!"] * 2


def test_in_the_file_it_does_nothing() -> None:
    assert misleads("popx", "-- autocommit\nVACUUM;") == ["-- autocommit"]
