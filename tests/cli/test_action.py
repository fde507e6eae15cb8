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

from cli.conftest import BAD, GOOD, commit, git, write

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
INSTALL, CHECK = ACTION["runs"]["steps"]

pytestmark = pytest.mark.skipif(shutil.which("bash") is None, reason="needs a shell")


def run(
    step: dict[str, object], here: Path, base: str = "", before: str = "", **inputs: str
) -> subprocess.CompletedProcess[str]:
    """Run a step: fill in the expressions of its `env`, then give its script to bash.

    `base` is a pull request's, `before` what a push replaces.
    """
    given = {name: entry["default"] for name, entry in ACTION["inputs"].items()} | inputs
    values = {f"inputs.{name}": value for name, value in given.items()}
    values["github.action_path"] = str(ROOT)
    values["github.base_ref"] = base
    values["github.event.before"] = before
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
    file = installed / "runner" / "idemlint.sarif"
    (result,) = json.loads(file.read_text())["runs"][0]["results"]
    assert result["ruleId"] == "IDM101"
    assert Path("output").read_text() == f"sarif={file}\n"
    assert "| migrations/1.sql:1 | IDM101 |" in Path("summary.md").read_text()


def test_a_clean_folder_passes_and_uploads_an_empty_sarif(installed: Path) -> None:
    write("migrations/1.sql", GOOD)
    done = run(CHECK, installed, paths="migrations")
    assert done.returncode == 0, done.stderr
    file = installed / "runner" / "idemlint.sarif"
    assert json.loads(file.read_text())["runs"][0]["results"] == []


@pytest.mark.parametrize(
    ("file", "why"),
    [
        ("", "no *.sql file in this folder"),
        ("001_users.rb", "no *.sql file in this folder, but 1 migration in Ruby"),
        ("1_users.down.sql", "no migration to check in this folder: 1 down"),
    ],
)
def test_nothing_that_was_checked_is_no_pass(installed: Path, file: str, why: str) -> None:
    Path("migrations").mkdir()
    if file:
        write(f"migrations/{file}", "SELECT 1;\n")
        write("migrations/1_users.up.go", "")
    done = run(CHECK, installed, paths="migrations")
    assert done.returncode == 2
    assert why in done.stderr
    assert "::error title=idemlint::The migrations were not checked" in done.stdout


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
    assert not list(installed.rglob("*.sarif"))
    assert not Path("output").exists()


def test_the_folder_of_the_sarif_file_is_made(installed: Path) -> None:
    write("migrations/1.sql", BAD)
    assert run(CHECK, installed, paths="migrations", sarif="out/deep/x.sarif").returncode == 1
    assert len(json.loads(Path("out/deep/x.sarif").read_text())["runs"][0]["results"]) == 1
    assert Path("output").read_text() == "sarif=out/deep/x.sarif\n"


def test_the_work_tree_stays_as_it_was(repository: Path, installed: Path) -> None:
    Path(".gitignore").write_text("runner\noutput\nsummary.md\n.gitignore\n")
    assert run(CHECK, installed, paths="migrations").returncode == 1
    assert git("status", "--porcelain") == ""


def test_it_is_one_analysis(installed: Path) -> None:
    write("migrations/1.sql", BAD)
    script = installed / "runner" / "idemlint" / "bin" / "idemlint"
    script.write_text(script.read_text().replace("\n", f"\necho run >> {installed}/runs\n", 1))
    run(CHECK, installed, paths="migrations")
    assert Path("runs").read_text() == "run\n"


@pytest.mark.parametrize("pattern", ["services/*/migrations", "services/**/*.sql", "serv*"])
def test_patterns_are_looked_up(installed: Path, pattern: str) -> None:
    write("services/a b/migrations/1.sql", BAD)
    write("services/c/migrations/1.sql", GOOD)
    done = run(CHECK, installed, paths=f"{pattern}\n", format="concise")
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("services/a b/migrations/1.sql:1:")
    assert "Found 1 error" in done.stdout


def test_a_pattern_that_nothing_matches_fails_the_job(installed: Path) -> None:
    write("migrations/1.sql", GOOD)
    done = run(CHECK, installed, paths="migrations\nservices/*/migrations")
    assert done.returncode == 2
    assert done.stdout.startswith("::error title=idemlint::An entry of `paths` is a pattern")


def test_a_name_with_a_bracket_is_itself(installed: Path) -> None:
    write("a[b]/1.sql", BAD)
    assert run(CHECK, installed, paths="a[b]").returncode == 1


def test_since_reports_what_the_branch_changes(repository: Path, installed: Path) -> None:
    write("migrations/0002.sql", BAD.replace("users", "people"))
    git("add", "--all")
    done = run(CHECK, installed, paths="migrations", since="main", format="concise")
    assert done.returncode == 1, done.stderr
    assert [line for line in done.stdout.splitlines() if "IDM101" in line] == [
        line for line in done.stdout.splitlines() if line.startswith("migrations/0002.sql")
    ]


def newer_migrations(*names: str) -> str:
    """Commits, one a migration that fails when it runs again; the revision before them."""
    before = git("rev-parse", "HEAD").strip()
    for name in names:
        write(f"migrations/{name}.sql", BAD.replace("users", f"t{name}"))
        commit(name)
    return before


def reported(done: subprocess.CompletedProcess[str]) -> list[str]:
    return re.findall(r"^migrations/(\w+)\.sql:", done.stdout, re.MULTILINE)


@pytest.mark.parametrize("since", ["auto", "origin/"])
def test_a_push_reports_what_it_brings(repository: Path, installed: Path, since: str) -> None:
    before = newer_migrations("0002", "0003")
    done = run(CHECK, installed, before=before, paths="migrations", since=since, format="concise")
    assert done.returncode == 1, done.stderr
    assert reported(done) == ["0002", "0003"]


@pytest.mark.parametrize("before", ["0" * 40, "1" * 40, ""])
def test_a_push_of_which_nothing_older_is_known_reports_all(
    repository: Path, installed: Path, before: str
) -> None:
    newer_migrations("0002")
    done = run(
        CHECK, installed, before=before, paths="migrations", since="origin/", format="concise"
    )
    assert done.returncode == 1, done.stderr
    assert done.stdout.startswith("::notice title=idemlint::What was there before is not known")
    assert reported(done) == ["0001_users", "0002"]


def test_a_pull_request_goes_by_its_base(repository: Path, installed: Path) -> None:
    git("update-ref", "refs/remotes/origin/main", newer_migrations("0002"))
    done = run(CHECK, installed, base="main", paths="migrations", since="auto", format="concise")
    assert done.returncode == 1, done.stderr
    assert reported(done) == ["0002"]


def test_an_error_of_ours_is_told_from_a_finding(installed: Path) -> None:
    done = run(CHECK, installed, paths="gone")
    assert done.returncode == 2
    assert "gone: no such file or folder" in done.stderr
    assert done.stdout.startswith("::error title=idemlint::The migrations were not checked")
    assert not list(installed.rglob("*.sarif"))
    assert not Path("output").exists()


def test_a_file_cannot_give_the_log_commands(installed: Path) -> None:
    write("migrations/::error ::1.sql", BAD)
    write("migrations/2.sql", 'CREATE TABLE "a\n::error ::b ##[error]c" (id int);\n')
    for form in ("full", "concise", "github"):
        done = run(CHECK, installed, paths="migrations", format=form)
        assert done.returncode == 1
        lines = (done.stdout + done.stderr).splitlines()
        commands = [line for line in lines if line.lstrip().startswith("::") or "##[" in line]
        assert len(commands) == (3 if form == "github" else 0)  # a finding each, and the account


@pytest.mark.slow
def test_the_first_step_installs_the_action_itself(here: Path) -> None:
    done = run(INSTALL, here)
    assert done.returncode == 0, done.stderr
    write("migrations/1.sql", BAD)
    assert run(CHECK, here, paths="migrations").returncode == 1
