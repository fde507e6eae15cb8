"""The fuzzer itself: what it finds, that it finds it again, and how small it makes it."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

import fuzz
import fuzz_inputs
from idemlint.runners import units

if TYPE_CHECKING:
    from pathlib import Path

    from idemlint.source.statement import ParsedFile, SourceFile

Run = Callable[..., tuple[int, str]]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="its runs are forks")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Run:
    """The command line; what it prints, and its exit code."""
    monkeypatch.setenv("IDEMLINT_DEBUG", "1")
    monkeypatch.setattr(fuzz, "ATTEMPTS", 40)

    def call(*arguments: str) -> tuple[int, str]:
        capfd.readouterr()
        code = fuzz.main([*arguments, "--keep", str(tmp_path)])
        return code, capfd.readouterr().out

    return call


def test_a_number_is_one_folder() -> None:
    folders = [fuzz_inputs.folder(3, number) for number in range(50)]
    assert folders == [fuzz_inputs.folder(3, number) for number in range(50)]
    assert len({str(folder) for folder in folders}) == 50
    assert all(len(data) <= fuzz_inputs.LONGEST for each in folders for data in each.files.values())


@pytest.mark.slow
def test_the_first_folders_hold(run: Run) -> None:
    code, said = run("--cases", "25", "--seed", "7")
    assert code == 0, said
    assert "25 folders (0 to 24)" in said


def fail() -> None:
    raise IndexError("list index out of range")


def crash() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def spin() -> None:
    while True:
        pass


@pytest.mark.slow
@pytest.mark.parametrize(
    ("bug", "kind"),
    [
        (fail, "check: IndexError at "),
        (crash, "dies of SIGKILL"),
        (spin, "check --output-format github .: more than 0.3 s"),
    ],
)
def test_what_does_not_hold_is_found_again_and_small(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    bug: Callable[[], None],
    kind: str,
) -> None:
    real = units.parse

    def parse(source: SourceFile, *rest: Any, **more: Any) -> ParsedFile:
        if b"trouble" in source.data:
            bug()
        return real(source, *rest, **more)

    def folder(seed: int, number: int) -> fuzz_inputs.Folder:
        text = b"SELECT 1;\n" * 30 + (b"SELECT trouble;\n" if number == 3 else b"") + b"SELECT 2;\n"
        return fuzz_inputs.Folder({b"1.sql": b"SELECT 3;\n", b"2.sql": text}, ("--down",))

    monkeypatch.setattr(units, "parse", parse)
    monkeypatch.setattr(fuzz_inputs, "folder", folder)
    monkeypatch.setattr(fuzz, "SLOW", 0.3)
    state = tmp_path / "state"
    code, said = run("--cases", "5", "--state", str(state))
    assert code == 1
    assert f"FAILED 3: {kind}" in said
    assert "again: python -m tests.fuzz --seed 0 --first 3 --cases 1\n" in said
    assert "1 kinds of failure, 1 times" in said
    (kept,) = (tmp_path / "0-3").iterdir()
    assert kept.name == "2.sql"
    assert b"trouble" in kept.read_bytes()
    assert len(kept.read_bytes()) < 30
    assert json.loads(state.read_text()) == {"seed": 0, "next": 5}


def test_it_goes_on_where_it_was(run: Run, tmp_path: Path) -> None:
    state = tmp_path / "state"
    run("--cases", "2", "--state", str(state))
    assert "(2 to 3)" in run("--cases", "2", "--state", str(state))[1]
    assert "(0 to 0)" in run("--cases", "1", "--state", str(state), "--seed", "1")[1]
