"""The GitHub Action: its steps are run with a shell, as a runner does."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from cli.conftest import BAD, GOOD, git, write

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
INSTALL, CHECK = ACTION["runs"]["steps"]

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="needs a shell")


def run(step: dict[str, object], here: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run a step: fill in the expressions of its `env`, then give its script to bash."""
    given = {name: entry["default"] for name, entry in ACTION["inputs"].items()} | inputs
    values = {f"inputs.{name}": value for name, value in given.items()}
    values["github.action_path"] = str(ROOT)
    environment = {
        name: re.sub(r"\$\{\{ (\S+) \}\}", lambda match: values[match[1]], text)
        for name, text in dict(step["env"]).items()  # type: ignore[call-overload]
    }
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", str(step["run"])],
        env={
            **os.environ,
            **environment,
            "RUNNER_TEMP": str(here / "runner"),
            "GITHUB_OUTPUT": str(here / "output"),
            "GITHUB_STEP_SUMMARY": str(here / "summary.md"),
        },
        capture_output=True,
        text=True,
    )


@pytest.fixture
def installed(here: Path) -> Path:
    """What the first step leaves behind, without its download."""
    script = here / "runner" / "idemlint" / "bin" / "idemlint"
    script.parent.mkdir(parents=True)
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m idemlint "$@"\n')
    script.chmod(0o755)
    return here


def test_no_input_reaches_a_script_but_through_its_environment() -> None:
    """`${{ }}` inside a script would run what a branch name says."""
    assert "${{" not in INSTALL["run"] + CHECK["run"]


def test_findings_fail_the_job_with_annotations_sarif_and_summary(installed: Path) -> None:
    write("migrations/1.sql", BAD)
    done = run(CHECK, installed, paths="migrations")
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::error file=migrations/1.sql,line=1,")
    (result,) = json.loads(Path("idemlint.sarif").read_text())["runs"][0]["results"]
    assert result["ruleId"] == "IDM101"
    assert Path("output").read_text() == "sarif=idemlint.sarif\n"
    assert "| migrations/1.sql:1 | IDM101 |" in Path("summary.md").read_text()


def test_a_clean_folder_passes_and_uploads_an_empty_sarif(installed: Path) -> None:
    write("migrations/1.sql", GOOD)
    done = run(CHECK, installed, paths="migrations")
    assert done.returncode == 0, done.stderr
    assert json.loads(Path("idemlint.sarif").read_text())["runs"][0]["results"] == []


def test_paths_stand_one_a_line_and_may_hold_blanks(installed: Path) -> None:
    write("more migrations/2.sql", BAD)
    write("migrations/1.sql", GOOD)
    done = run(CHECK, installed, paths="migrations\nmore migrations\n", format="concise")
    assert done.returncode == 1
    assert done.stdout.startswith("more migrations/2.sql:1:")


def test_a_path_is_never_an_option(installed: Path) -> None:
    done = run(CHECK, installed, paths="--exit-zero")
    assert done.returncode == 2
    assert "--exit-zero: no such file" in done.stderr


def test_without_sarif_none_is_written(installed: Path) -> None:
    write("migrations/1.sql", GOOD)
    assert run(CHECK, installed, paths="migrations", sarif="").returncode == 0
    assert not Path("idemlint.sarif").exists()


def test_since_reports_what_the_branch_changes(repository: Path, installed: Path) -> None:
    write("migrations/0002.sql", BAD.replace("users", "people"))
    git("add", "--all")
    done = run(CHECK, installed, paths="migrations", since="main", format="concise")
    assert done.returncode == 1, done.stderr
    assert [line for line in done.stdout.splitlines() if "IDM101" in line] == [
        line for line in done.stdout.splitlines() if line.startswith("migrations/0002.sql")
    ]


def test_an_error_fails_the_job_at_once(installed: Path) -> None:
    done = run(CHECK, installed, paths="gone")
    assert done.returncode == 2
    assert "gone: no such file or folder" in done.stderr
    assert not Path("idemlint.sarif").exists()


@pytest.mark.slow
def test_the_first_step_installs_the_action_itself(here: Path) -> None:
    done = run(INSTALL, here)
    assert done.returncode == 0, done.stderr
    write("migrations/1.sql", BAD)
    assert run(CHECK, here, paths="migrations").returncode == 1
