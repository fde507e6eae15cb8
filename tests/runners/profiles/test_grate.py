"""grate: folders in a fixed order, no transaction; all but `up` runs again."""

from __future__ import annotations

from runners.words import Folder, reruns, sent


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
