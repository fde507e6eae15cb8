"""Runs the command line as the console script does, but in this process."""

from __future__ import annotations

import io
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from idemlint.cli.app import app
from idemlint.cli.exits import run

if TYPE_CHECKING:
    from collections.abc import Callable

BAD = "CREATE TABLE users (id int PRIMARY KEY);\n"
GOOD = "CREATE TABLE IF NOT EXISTS users (id int PRIMARY KEY);\n"


@dataclass(frozen=True)
class Result:
    """What a run did."""

    code: int
    out: str
    err: str


Idemlint = "Callable[..., Result]"


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in; no colours, whatever runs the tests."""
    monkeypatch.chdir(tmp_path)
    for name in ("NO_COLOR", "FORCE_COLOR", "IDEMLINT_DEBUG"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


@pytest.fixture
def idemlint(here: Path, capfdbinary: pytest.CaptureFixture[bytes]) -> Callable[..., Result]:
    """The command line."""

    def call(*arguments: str) -> Result:
        capfdbinary.readouterr()
        code = run(app, arguments)
        out, err = capfdbinary.readouterr()
        return Result(code, out.decode(), err.decode())

    return call


@pytest.fixture
def explain(
    idemlint: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """`idemlint explain - PATHS < LOG`."""

    def call(log: str | bytes, *paths: str) -> Result:
        data = log if isinstance(log, bytes) else log.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))
        return idemlint("explain", "-", *paths)

    return call


@pytest.fixture
def bad(here: Path) -> Path:
    """A folder with one migration that fails when it runs again."""
    return write("migrations/0001_users.sql", BAD)


@pytest.fixture
def repository(here: Path) -> Path:
    """A git repository with one commit."""
    git("init", "--quiet", "--initial-branch=main")
    git("config", "user.email", "someone@example.com")
    git("config", "user.name", "Someone")
    write("migrations/0001_users.sql", BAD)
    commit("first")
    return here


def write(name: str, text: str = BAD) -> Path:
    """Write a file below the working folder."""
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode())
    return path


def git(*arguments: str) -> str:
    """Run git in the working folder."""
    return subprocess.run(["git", *arguments], check=True, capture_output=True, text=True).stdout


def commit(message: str) -> None:
    """Commit all there is."""
    git("add", "--all")
    git("commit", "--quiet", "--message", message)
