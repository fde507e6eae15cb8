"""`\\i` and `\\ir` in scripts for psql: what they run is checked with the script, and mended."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cli.conftest import BAD, GOOD, Result, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Idemlint = Callable[..., Result]


@pytest.fixture
def scripts(here: Path) -> Path:
    """A script that runs two others, one of them from another folder."""
    (here / ".git").mkdir()
    write("db/main.sql", "\\set ON_ERROR_STOP on\n\\i tables.sql\n\\ir ../lib/f.sql\n")
    write("db/tables.sql", BAD)
    write("lib/f.sql", "CREATE VIEW v AS SELECT 1 AS a;\n")
    return here


@pytest.mark.usefixtures("scripts")
class TestWhatIsRun:
    def test_is_checked(self, idemlint: Idemlint) -> None:
        result = idemlint("db")
        assert [line for line in result.out.splitlines() if ": IDM" in line] == [
            "db/tables.sql:1:1: IDM101 [*] CREATE TABLE users fails on a rerun: table users exists"
            " since this statement's first run",
            "lib/f.sql:1:1: IDM108 [-] CREATE VIEW v fails on a rerun: view v exists since this"
            " statement's first run",
        ]
        assert "3 files checked.\n" in result.out
        assert idemlint("--strict", "--ignore", "IDM1", "db").code == 0

    @pytest.mark.parametrize("jobs", ["1", "2"])
    def test_by_any_number_of_processes(self, idemlint: Idemlint, jobs: str) -> None:
        write("other/1.sql", BAD)
        found = json.loads(idemlint("--jobs", jobs, "--output-format", "json", "db", "other").out)
        assert [each["filename"] for each in found] == [
            "db/tables.sql",
            "lib/f.sql",
            "other/1.sql",
        ]

    def test_is_mended(self, idemlint: Idemlint, here: Path) -> None:
        assert idemlint("--fix", "--unsafe-fixes", "db").code == 0
        assert (here / "db/tables.sql").read_text() == GOOD
        assert "CREATE OR REPLACE VIEW" in (here / "lib/f.sql").read_text()

    def test_is_left_out_where_it_is_excluded(self, idemlint: Idemlint) -> None:
        result = idemlint("--exclude", "lib", "db")
        assert "IDM101" in result.out
        assert "IDM108" not in result.out
        assert "2 files checked.\n" in result.out

    def test_is_not_asked_about_by_who_pipes_a_script(self, idemlint: Idemlint, here: Path) -> None:
        script = (here / "db/main.sql").read_bytes() + b"DROP TABLE users;\n"
        command = [sys.executable, "-m", "idemlint", "-", "--stdin-filename", "db/main.sql"]
        done = subprocess.run(command, input=script, capture_output=True, check=False)
        assert b"1 file checked.\n" in done.stdout
        # It is known all the same what it runs.
        assert b"table users does not exist any more" not in done.stdout

    def test_is_not_mended_by_who_pipes_a_script(self, idemlint: Idemlint, here: Path) -> None:
        script = (here / "db/main.sql").read_bytes() + b"CREATE TABLE t (id int);\n"
        command = [
            sys.executable,
            "-m",
            "idemlint",
            "--fix",
            "-",
            "--stdin-filename",
            "db/main.sql",
        ]
        done = subprocess.run(command, input=script, capture_output=True, check=False)
        assert done.stdout.endswith(b"CREATE TABLE IF NOT EXISTS t (id int);\n")
        assert (here / "db/tables.sql").read_text() == BAD

    def test_is_not_mended_where_it_lies_outside_of_the_project(
        self, idemlint: Idemlint, here: Path
    ) -> None:
        (here / "mine/.git").mkdir(parents=True)
        write("mine/idemlint.toml", "")
        os.chdir(here / "mine")
        result = idemlint("--fix", "--unsafe-fixes", "../db")
        assert result.code == 2
        assert "../lib/f.sql: lies outside of the project" in result.err
        assert (here / "db/tables.sql").read_text() == GOOD

    def test_a_run_that_stops_in_it(self, idemlint: Idemlint) -> None:
        out = idemlint("replay", "--stopped-at", "lib/f.sql:1", "db").out
        assert "Ran and stays: 1 statement\n" in out
        assert "\n  db/tables.sql:  1  CREATE TABLE users" in out
        assert "The rerun begins at line 1 of db/tables.sql" in out

    def test_a_run_that_stops_at_the_command(self, idemlint: Idemlint) -> None:
        result = idemlint("replay", "--stopped-at", "db/main.sql:2", "db")
        assert result.code == 2
        assert "this statement runs another file: name the place in that one" in result.err


def test_only_what_has_changed(idemlint: Idemlint, scripts: Path) -> None:
    (scripts / ".git").rmdir()
    for words in (["init", "-q", "-b", "main"], ["add", "."], ["commit", "-qm", "one"]):
        subprocess.run(
            ["git", "-c", "user.name=n", "-c", "user.email=e@x", *words],
            check=True,
            capture_output=True,
        )
    write("lib/f.sql", "CREATE VIEW w AS SELECT 1 AS a;\n")
    out = idemlint("--since", "main", "--output-format", "concise", "db").out
    assert "lib/f.sql:1:1: IDM108" in out
    assert "IDM101" not in out
