"""How many processes share the work: none is started that does not pay."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

import pytest

from idemlint import engine
from idemlint.settings import Settings
from idemlint.workers import sizing
from idemlint.workers.sizing import processes, sizes_of

if TYPE_CHECKING:
    from pathlib import Path

MB = 1_000_000


@pytest.fixture(autouse=True)
def four_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(4)), raising=False)


@pytest.mark.parametrize(
    ("sizes", "number"),
    [
        ([], 1),
        ([20 * MB], 1),
        ([1000] * 300, 1),
        ([MB // 3, MB // 3], 1),
        ([MB, MB], 2),
        ([20 * MB, MB // 5], 1),
        ([20 * MB, MB], 2),
        ([MB] * 40, 4),
        ([4 * MB, 2 * MB, 2 * MB], 2),
        ([MB // 50] * 100, 2),
    ],
)
def test_as_many_as_pay(sizes: list[int], number: int) -> None:
    assert processes(sizes, None) == number


@pytest.mark.parametrize(("wanted", "number"), [(1, 1), (2, 2), (3, 3), (50, 3)])
def test_who_asks_for_some_gets_them_as_far_as_there_is_something_to_share(
    wanted: int, number: int
) -> None:
    assert processes([10, 10, 10], wanted) == number


def test_where_no_python_can_be_started_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "")
    assert processes([MB] * 9, 9) == 1
    monkeypatch.undo()
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    assert processes([MB] * 9, 9) == 1


def test_no_more_than_there_are_processors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert processes([MB] * 40, None) == 3
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert processes([MB] * 40, None) == 1


def test_sizes_are_those_of_the_texts_that_were_given_and_of_what_is_on_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "1.sql").write_text("SELECT 1;\n")
    texts = {"a/1.sql": b"SELECT 12345;\n"}
    groups = engine.open(["a", "b"], Settings.load(isolated=True), texts).groups
    assert sizes_of(groups, texts) == [14, 10]
    (tmp_path / "b" / "1.sql").unlink()
    assert sizes_of(groups, texts) == [14, 0]


def test_the_start_of_a_process_is_worth_some_sql() -> None:
    assert processes([sizing.START, sizing.START], None) == 2
    assert processes([sizing.START - 1, sizing.START - 1], None) == 1
