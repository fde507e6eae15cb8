"""Small folders as projects have them, one or more for each of the first four runners.

`findings.txt` beside a folder's migrations is what idemlint says of it. After a change that is meant:
`IDEMLINT_UPDATE=1 python -m pytest tests/test_fixtures.py`, and read the difference.
"""

from __future__ import annotations

import json
import os
import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from in_process import idemlint
from postgres.conftest import database, server
from postgres.server import execute
from postgres.snapshot import DATA, SEQUENCE
from postgres.truth import DISAGREEMENTS, PRELUDES, measure, read_replay

if TYPE_CHECKING:
    from postgres.server import Database, Server
    from postgres.snapshot import Snapshot
    from postgres.truth import Migration

ROOT = Path(__file__).parents[1]
FIXTURES = ROOT / "tests" / "fixtures"

__all__ = ["database", "server"]  # fixtures

FOLDERS = sorted(FIXTURES.glob("*/*"))


@pytest.fixture(scope="module", params=FOLDERS, ids=lambda path: f"{path.parent.name}-{path.name}")
def folder(request: pytest.FixtureRequest) -> Path:
    path: Path = request.param
    return path


def findings_of(folder: Path) -> list[dict[str, Any]]:
    result = idemlint("--output-format", "json", folder)
    assert result.code in (0, 1), result.err
    found: list[dict[str, Any]] = json.loads(result.out)
    return found


@cache
def replay_of(folder: Path, mode: str = "any") -> list[Migration]:
    result = idemlint("replay", "--output-format", "json", "--rerun", mode, folder)
    assert result.code == 0, result.err
    return read_replay(json.loads(result.out), lambda name: Path(name).read_bytes())


def told(folder: Path, finding: dict[str, Any]) -> str:
    where = Path(finding["filename"]).relative_to(folder).as_posix()
    fix = (finding["fix"] or {}).get("applicability", "none")
    state = finding["sqlstate"] or "-----"
    return f"{where}:{finding['location']['row']} {finding['code']} {state} {fix}"


@pytest.fixture(scope="module")
def fixed(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the folder, repaired as far as idemlint can."""
    copy = tmp_path_factory.mktemp("fixed") / folder.parent.name / folder.name
    shutil.copytree(folder, copy)
    result = idemlint("--fix", "--unsafe-fixes", "--fix-applied", copy)
    assert result.code in (0, 1), result.err
    assert "bug in idemlint" not in result.err
    return copy


def test_the_runner_is_detected(folder: Path) -> None:
    assert {migration.runner for migration in replay_of(folder)} == {folder.parent.name}


def test_findings(folder: Path) -> None:
    said = "".join(told(folder, finding) + "\n" for finding in findings_of(folder))
    page = folder / "findings.txt"
    if os.environ.get("IDEMLINT_UPDATE") == "1":
        page.write_text(said, encoding="utf-8")
    assert said == page.read_text(encoding="utf-8")


@pytest.mark.parametrize("mode", ["any", "statement", "folder"])
def test_nothing_is_unknown(folder: Path, mode: str) -> None:
    every = [verdict for migration in replay_of(folder, mode) for verdict in migration.verdicts]
    assert every
    assert [one for one in every if one.verdict == "unknown"] == []


def test_only_what_needs_a_human_is_left(folder: Path, fixed: Path) -> None:
    left = findings_of(fixed)
    assert [one for one in left if one["fix"] and one["fix"]["applicability"] != "display"] == []
    before = contents(fixed)
    idemlint("--fix", "--unsafe-fixes", "--fix-applied", fixed)
    assert contents(fixed) == before


@pytest.mark.server
@pytest.mark.parametrize("mode", ["file", "statement"])
@pytest.mark.parametrize("state", ["as written", "fixed"])
def test_the_server_agrees(
    database: Database, folder: Path, fixed: Path, mode: Any, state: str
) -> None:
    migrations = replay_of(folder if state == "as written" else fixed, mode)
    report = measure(database, migrations, mode)
    counts = report.counts()
    assert {name: counts[name] for name in DISAGREEMENTS if counts[name]} == {}, report.text()
    assert counts["unjudged"] == 0, report.text()


@pytest.mark.server
def test_fixed_it_makes_the_same_schema(server: Server, folder: Path, fixed: Path) -> None:
    expected, found = (applied(server, replay_of(one)) for one in (folder, fixed))
    changes = expected.difference(found)
    assert {part: str(change) for part, change in changes.items() if part != SEQUENCE} == {}


@pytest.mark.server
def test_fixed_it_runs_over_the_old_schema(server: Server, folder: Path, fixed: Path) -> None:
    """A lost journal: what still fails or repeats is about rows, and was said."""
    first, again = replay_of(folder), replay_of(fixed, "folder")
    expected = applied(server, first)
    found = applied(server, first, again)
    changes = expected.difference(found)
    assert {
        part: str(change) for part, change in changes.items() if part not in (DATA, SEQUENCE)
    } == {}


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*.sql")}


def applied(
    server: Server, first: list[Migration], again: list[Migration] | None = None
) -> Snapshot:
    """A fresh database's state after the files, statement by statement, and once more."""
    with server.fresh_database() as fresh:
        for message in PRELUDES.get(first[0].runner, ()):
            assert fresh.send(message) is None
        for migrations in (first, again or []):
            for migration in migrations:
                with fresh.connect() as connection:
                    for one in migration.verdicts:
                        state = execute(connection, one.text, one.copy_data)
                        fails = migrations is again and one.verdict == "fails"
                        assert state == (one.sqlstate if fails else None), one.text
        return fresh.snapshot()
