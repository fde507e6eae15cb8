"""Rails: structure.sql goes through psql; the gems' SQL files are not run as files."""

from __future__ import annotations

from runners.words import Folder, sent


def test_its_layout_gives_it_away(folder: Folder) -> None:
    folder.write(
        {"Gemfile": "", "db/structure.sql": "SELECT 1;", "db/views/users_v01.sql": "SELECT 1"}
    )
    assert folder.runners() == {"rails"}
    assert folder.order("rails") == ["db/structure.sql"]


def test_every_statement_commits_by_itself() -> None:
    assert sent("rails", "SELECT 1; SELECT 2;") == ["0 none", "1 none"]
