"""Hasura CLI: the file is one `run_sql` request, in a transaction."""

from __future__ import annotations

from runners.words import Folder, sent


def test_its_layout_gives_it_away(folder: Folder) -> None:
    name = "migrations/default/1609366056194_rename_table"
    folder.write({f"{name}/up.sql": "SELECT 1;", f"{name}/down.sql": "SELECT 1;"})
    assert folder.runners() == {"hasura"}


def test_so_does_its_configuration(folder: Folder) -> None:
    folder.write({"config.yaml": "version: 3\nendpoint: http://localhost:8080\n"})
    folder.write({"migrations/default/1_init/up.sql": "SELECT 1;"})
    assert folder.runners() == {"hasura"}


def test_versions_are_numbers_and_down_files_do_not_run(folder: Folder) -> None:
    folder.write({f"{n}_x/{way}.sql": "" for n in (10, 9) for way in ("up", "down")})
    assert folder.order("hasura") == ["9_x/up.sql", "10_x/up.sql"]


def test_a_file_is_a_transaction() -> None:
    assert sent("hasura", "CREATE INDEX CONCURRENTLY i ON t (a);") == ["0 transaction!"]
