"""grate: folders in a fixed order, no transaction; all but `up` runs again."""

from __future__ import annotations

from runners.words import Folder, direction, reruns, sent


def test_its_folders_give_it_away_and_rule(folder: Folder) -> None:
    names = ["sprocs/a.sql", "up/0002_b.sql", "up/0001_a.sql", "permissions/p.sql", "views/v.sql"]
    folder.write({f"db/{name}": "SELECT 1;" for name in names})
    assert folder.runners() == {"grate"}
    assert folder.order("grate") == [
        "db/up/0001_a.sql",
        "db/up/0002_b.sql",
        "db/views/v.sql",
        "db/sprocs/a.sql",
        "db/permissions/p.sql",
    ]


def test_all_but_up_runs_again_by_design() -> None:
    assert reruns("grate", "db/sprocs/a.sql") is not None
    assert reruns("grate", "db/permissions/a.sql") is not None
    assert reruns("grate", "db/up/a.EVERYTIME.sql") is not None
    assert reruns("grate", "db/up/0001_a.sql") is None


def test_every_statement_commits_by_itself() -> None:
    assert sent("grate", "SELECT 1; VACUUM;") == ["0 none", "1 none"]


def test_paths_rule_whatever_their_letter_case(folder: Folder) -> None:
    names = ["up/0001_a.sql", "up/1_a.sql", "up/10_b.sql", "up/B.sql", "up/a/z.sql", "up/a_b.sql"]
    folder.write(dict.fromkeys([*names, "up/a.sql"], ""))
    assert folder.order("grate") == [
        "up/0001_a.sql",
        "up/1_a.sql",
        "up/10_b.sql",
        "up/a.sql",
        "up/a_b.sql",
        "up/a/z.sql",
        "up/B.sql",
    ]


def test_what_alters_the_database_runs_whenever_it_changes() -> None:
    assert reruns("grate", "db/alterDatabase/a.sql") is not None
    assert direction("grate", "db/alterDatabase/a.sql") == "repeatable"
