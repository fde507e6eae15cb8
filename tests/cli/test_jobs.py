"""`--jobs`: what is said does not hang on how many processes say it, nor on how Python hashes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from cli.conftest import write

if TYPE_CHECKING:
    from cli.conftest import Idemlint

ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from idemlint.cli import main; main()"]

#: Beside the fixtures, runners whose folders are quickly made; the last one is far larger than the others.
MORE = {
    "flyway/V1__a.sql": "CREATE TABLE a (id int PRIMARY KEY);\n",
    "flyway/V2__b.sql": "ALTER TABLE a ADD COLUMN b text;\nCREATE INDEX ON a (b);\n",
    "goose/1_a.sql": "-- +goose Up\nCREATE TABLE g (id int);\n-- +goose Down\nDROP TABLE g;\n",
    "broken/1.sql": "SELEC 1;\nCREATE TABLE t (id int);\nINSERT INTO t VALUES (${x}, $$a$$);\n",
    "large/1.sql": "".join(
        f"CREATE TABLE t{number} (id int, name text);\nINSERT INTO t{number} VALUES ({number});\n"
        for number in range(300)
    ),
}
RUNS = [
    ("check", "--output-format", "full"),
    ("check", "--output-format", "json"),
    ("check", "--output-format", "sarif"),
    ("check", "--statistics", "--verbose", "--select", "ALL", "--rerun", "folder"),
    ("replay", "--output-format", "json", "--effects", "--down"),
    ("replay", "--verbose"),
]


@pytest.fixture(scope="module")
def several(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folders of several runners."""
    folder = tmp_path_factory.mktemp("several")
    shutil.copytree(ROOT / "tests" / "fixtures", folder / "fixtures")
    for name, text in MORE.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return folder


def said(
    folder: Path, arguments: tuple[str, ...], jobs: int, seed: int
) -> tuple[int, bytes, bytes]:
    environment = {**os.environ, "PYTHONHASHSEED": str(seed)}
    done = subprocess.run(
        [*COMMAND, *arguments, "--isolated", "--jobs", str(jobs), "."],
        capture_output=True,
        cwd=folder,
        env=environment,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


@pytest.mark.slow
@pytest.mark.parametrize("arguments", RUNS, ids=" ".join)
def test_the_output_is_the_same_byte_for_byte(several: Path, arguments: tuple[str, ...]) -> None:
    one = said(several, arguments, jobs=1, seed=0)
    assert one[1].count(b"\n") > 5
    assert b"internal error" not in one[2]
    assert said(several, arguments, jobs=2, seed=1) == one
    assert said(several, arguments, jobs=3, seed=0) == one


def test_one_folder_is_one_process(idemlint: Idemlint, monkeypatch: pytest.MonkeyPatch) -> None:
    def unwanted(*_: object, **__: object) -> None:
        raise AssertionError

    monkeypatch.setattr("idemlint.workers.pool.answers", unwanted)
    for number in range(5):
        write(f"migrations/V{number}__t.sql", f"CREATE TABLE t{number} (id int);\n")
    assert idemlint("--jobs", "4", "migrations").code == 1


def test_no_processes_is_no_number_of_processes(idemlint: Idemlint) -> None:
    result = idemlint("--jobs", "0", ".")
    assert result.code == 2
    assert "--jobs" in result.err


@pytest.mark.parametrize("option", ["--fix", "--add-ignore", "--diff", "--write-baseline=F"])
def test_what_writes_files_takes_the_option_too(idemlint: Idemlint, option: str) -> None:
    for folder in "ab":
        write(f"{folder}/V1__t.sql", "CREATE TABLE t (id int);\n")
    result = idemlint("--jobs", "2", "--fix-applied", option, "a", "b")
    assert result.code == (option == "--diff")


def test_only_what_changed_is_reported_by_several_too(idemlint: Idemlint, repository: Path) -> None:
    for folder in "abc":
        write(f"{folder}/V1__t.sql", f"CREATE TABLE {folder} (id int);\n")
    one, two = (idemlint("--since", "HEAD", "--jobs", jobs, ".") for jobs in "12")
    assert two == one
    assert one.out.count("IDM101") == 3


@pytest.mark.skipif(sys.platform == "win32", reason="a test cannot press Ctrl-C there")
def test_an_interrupt_is_130_and_leaves_nothing_behind(tmp_path: Path) -> None:
    for number in range(6):
        folder = tmp_path / f"f{number}"
        folder.mkdir()
        text = "".join(f"CREATE TABLE t{each} (id int);\n" for each in range(20_000))
        (folder / f"V{number}__a.sql").write_text(text)
    process = subprocess.Popen(
        [*COMMAND, "--verbose", "--isolated", "--jobs", "3", "."],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    assert process.stderr.readline().startswith(b"configuration:")
    assert process.stderr.readline().startswith(b"files:")
    # They hold our end of the pipe as well: it ends when all have ended.
    process.send_signal(signal.SIGINT)
    _, error = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in error
