"""Graphile Worker's own migrations: numbered files, a schema placeholder."""

from __future__ import annotations

from runners.words import Folder, sent


def test_its_placeholder_gives_it_away(folder: Folder) -> None:
    folder.write({"sql/000001.sql": "CREATE TABLE :GRAPHILE_WORKER_SCHEMA.jobs ();"})
    folder.write({"sql/000002.sql": "SELECT 1;"})
    assert folder.runners() == {"graphile-worker"}


def test_a_file_is_a_transaction() -> None:
    assert sent("graphile-worker", "SELECT 1; VACUUM;") == ["0 transaction!"] * 2
