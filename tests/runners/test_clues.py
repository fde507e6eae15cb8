"""What stands around a migration, on disk and in texts that were handed over."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from idemlint.runners import FolderClues

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / ".git").mkdir()
    (tmp_path / "package.json").write_text('{"prisma": "6.0.0"}')
    (tmp_path / "db").mkdir()
    (tmp_path / "db" / "1.sql").write_text("SELECT 1;")
    return tmp_path


def test_what_is_above_is_found_up_to_the_repository(root: Path) -> None:
    clues, folder = FolderClues(), str(root / "db")
    assert clues.names(folder) == {"1.sql"}
    assert clues.above(folder, "package.json")
    assert not clues.beside(folder, "package.json")
    assert clues.beside(folder, "../package.*")
    assert clues.depends(folder, "package.json", r'"prisma"')
    assert clues.find(folder, "package.json") == f"{root}/package.json"
    assert clues.climb(folder) == [folder, str(root)]


def test_what_cannot_be_read_is_empty(root: Path) -> None:
    clues = FolderClues()
    assert clues.names(str(root / "nowhere")) == frozenset()
    assert clues.text(str(root / "nowhere" / "x.toml")) == ""
    assert clues.head(str(root / "db")) == b""


def test_who_reads_a_pipe_waits_for_ever(root: Path) -> None:
    os.mkfifo(root / "db" / "pipe.sql")
    assert FolderClues().names(str(root / "db")) == {"1.sql"}


def test_given_texts_stand_for_what_is_on_disk(root: Path) -> None:
    given = {
        str(root / "package.json"): b"{}",
        str(root / "db" / "1.sql"): b"-- +goose Up",
    }
    clues, folder = FolderClues(given), str(root / "db")
    assert clues.text(f"{root}/package.json") == "{}"
    assert not clues.depends(folder, "package.json", r'"prisma"')
    assert clues.sample(folder) == (b"-- +goose up",)


def test_a_name_that_only_texts_have_is_in_the_listing(root: Path) -> None:
    given = {str(root / "db" / "2.sql"): b"SELECT 2;", str(root / "new" / "down" / "1.sql"): b""}
    clues = FolderClues(given)
    assert clues.names(str(root / "db")) == {"1.sql", "2.sql"}
    assert "new" in clues.names(str(root))
    assert clues.beside(str(root), "new/down/*.sql")
    assert clues.head(str(root / "db" / "2.sql")) == b"SELECT 2;"


def test_paths_may_be_relative(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    clues = FolderClues({"db/2.sql": b"SELECT 2;", "3.sql": b"SELECT 3;"})
    assert clues.names("db") == clues.names(f"{root}/db") == {"1.sql", "2.sql"}
    assert clues.head(f"{root}/3.sql") == b"SELECT 3;"
    assert clues.head("./3.sql") == b"SELECT 3;"
