"""SQL that Alembic writes, run by hand with psql."""

from __future__ import annotations

from runners.words import Folder, sent


def test_its_table_gives_it_away(folder: Folder) -> None:
    folder.write({"out.sql": "BEGIN;\n\nCREATE TABLE alembic_version (version_num VARCHAR(32));\n"})
    folder.write({"next.sql": "BEGIN;\n\n-- Running upgrade a -> b\n\nSELECT 1;\n\nCOMMIT;\n"})
    assert folder.runners() == {"alembic"}


def test_its_transaction_is_the_files_own() -> None:
    assert sent("alembic", "BEGIN; SELECT 1; COMMIT; VACUUM;") == [
        *["0 transaction! own"] * 3,
        "1 none",
    ]
