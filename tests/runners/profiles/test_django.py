"""SQL that Django writes, run by hand with psql."""

from __future__ import annotations

from runners.words import Folder, sent

SQL = "BEGIN;\n--\n-- Create model Author\n--\nCREATE TABLE author (id int);\nCOMMIT;\n"


def test_its_comments_give_it_away(folder: Folder) -> None:
    folder.write(
        {"0001.sql": SQL, "plain/x.sql": "--\n-- Create model tables here\n--\nSELECT 1;\n"}
    )
    assert folder.runner("0001.sql") == "django"
    assert folder.runner("plain/x.sql") == "psql"


def test_its_transaction_is_the_files_own() -> None:
    assert sent("django", SQL) == ["0 transaction! own"] * 3
