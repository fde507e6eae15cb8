"""yandex-pgmigrate: all pending files in one transaction, unless the file name says otherwise."""

from __future__ import annotations

from runners.words import Folder, misleads, sent


def test_its_configuration_gives_it_away(folder: Folder) -> None:
    folder.write({"migrations.yml": "", "migrations/V0001__x.sql": "SELECT 1;"})
    assert folder.runners() == {"yandex-pgmigrate"}


def test_versions_are_numbers(folder: Folder) -> None:
    folder.write(dict.fromkeys(["V10__b.sql", "V9__a.sql"], ""))
    assert folder.order("yandex-pgmigrate") == ["V9__a.sql", "V10__b.sql"]


def test_the_file_name_frees_every_statement() -> None:
    name = "V2__NONTRANSACTIONAL_x.sql"
    assert sent("yandex-pgmigrate", "SELECT 1; VACUUM;", "V1__x.sql") == ["0 transaction!"] * 2
    assert sent("yandex-pgmigrate", "SELECT 1; VACUUM;", name) == ["0 none", "1 none"]


def test_in_the_file_it_does_nothing() -> None:
    assert misleads("yandex-pgmigrate", "-- NONTRANSACTIONAL\nVACUUM;") == ["-- NONTRANSACTIONAL"]
