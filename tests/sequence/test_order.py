"""Which files one journal knows, and which of them count as applied."""

from __future__ import annotations

from pathlib import Path

import pytest

from idemlint import runners
from idemlint.runners.clues import FolderClues
from idemlint.sequence.order import Group, group
from idemlint.sequence.owners import Owners
from idemlint.sequence.start_after import last_applied
from idemlint.sequence.terms import StartAfter
from idemlint.sequence.texts import Texts


def groups(root: Path, *asked: str, runner: str, here: tuple[str, ...] = ()) -> list[Group]:
    for name in {*asked, *here}:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text("SELECT 1;\n")
    names, clues = [str(root / name) for name in asked], FolderClues()
    texts = Texts()
    return group(names, Owners(runner, texts.read, clues), texts, clues)[0]


def shown(root: Path, names: tuple[str, ...]) -> list[str]:
    return [name.removeprefix(f"{root}/") for name in names]


def test_the_siblings_of_a_file_belong_to_its_sequence(tmp_path: Path) -> None:
    (one,) = groups(
        tmp_path, "m/2_b.sql", runner="psql", here=("m/1_a.sql", "m/notes.txt", "o/3.sql")
    )
    assert shown(tmp_path, one.names) == ["m/1_a.sql", "m/2_b.sql"]
    assert shown(tmp_path, tuple(one.asked)) == ["m/2_b.sql"]


def test_each_folder_is_a_sequence_of_its_own(tmp_path: Path) -> None:
    found = groups(tmp_path, "a/1.sql", "b/1.sql", runner="psql")
    assert [shown(tmp_path, each.names) for each in found] == [["a/1.sql"], ["b/1.sql"]]


def test_a_folder_a_migration_is_one_sequence(tmp_path: Path) -> None:
    (one,) = groups(
        tmp_path,
        "migrations/20240102000000_b/up.sql",
        runner="diesel",
        here=("migrations/20240101000000_a/up.sql", "migrations/20240101000000_a/down.sql"),
    )
    assert shown(tmp_path, one.names) == [
        "migrations/20240101000000_a/up.sql",
        "migrations/20240102000000_b/up.sql",
    ]


def test_a_file_that_undoes_stands_outside_of_the_order(tmp_path: Path) -> None:
    (one,) = groups(tmp_path, "1_t.up.sql", "1_t.down.sql", runner="golang-migrate")
    assert shown(tmp_path, one.names) == ["1_t.up.sql"]
    assert shown(tmp_path, tuple(one.outside)) == ["1_t.down.sql"]


NAMES = ("m/001_a.up.sql", "m/002_b.up.sql", "m/010_c.up.sql")


@pytest.mark.parametrize(
    ("start_after", "place"),
    [
        (None, -1),
        ("002", 1),
        ("2", 1),
        ("002_b.up.sql", 1),
        ("m/002_b.up.sql", 1),
        ("./m/002_b.up.sql", 1),
        ("../m/002_b.up.sql", -1),
        ("x/../m/002_b.up.sql", 1),
        ("b.up.sql", -1),
        ("other/002_b.up.sql", -1),
        ("5", 1),
        ("0", -1),
        ("99", 2),
        ("unknown", -1),
    ],
)
def test_what_counts_as_applied(start_after: str | None, place: int) -> None:
    wanted = None if start_after is None else StartAfter(start_after, str(Path.cwd()))
    assert last_applied(runners.get("golang-migrate"), NAMES, wanted) == place
