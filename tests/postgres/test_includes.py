"""What psql runs where a script says `\\i` and `\\ir`, and what a second run meets there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from idemlint import engine
from idemlint.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from postgres.server import Database

MAIN = """\
\\set ON_ERROR_STOP off
\\set VERBOSITY sqlstate
\\i 'with space.sql'
\\i tables.sql;
\\ir inner/it''s'.sql'
BEGIN;
\\include block.sql
COMMIT;
\\include_relative inner/last.sql ; -- and what follows is not read
"""
FILES = {
    "with space.sql": "CREATE SCHEMA s;\n",
    "tables.sql": "CREATE TABLE s.t (id int);\n",
    # `\\i` goes by where psql was started, `\\ir` by the script.
    "inner/its.sql": "\\i deep.sql\n\\ir deeper.sql\n",
    "deep.sql": "CREATE VIEW s.v AS SELECT id FROM s.t;\n",
    "inner/deeper.sql": "CREATE SEQUENCE s.q;\n",
    "block.sql": "CREATE INDEX CONCURRENTLY i ON s.t (id);\n",
    "inner/last.sql": "CREATE TYPE s.e AS ENUM ('a');\n",
}


def test_what_psql_runs_is_what_is_judged(
    psql: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    for name, text in {"main.sql": MAIN, **FILES}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")

    run = f"\\i {tmp_path / 'main.sql'}\n"
    first, again = (_states(psql.psql(run).stderr, tmp_path) for _ in range(2))
    assert first == {"block.sql": "25001"}

    folder = engine.open(["main.sql"], Settings.load(isolated=True, rerun="file"))
    said = {
        finding.filename: finding.sqlstate
        for report in folder.reports()
        for finding in report.findings
        if finding.sqlstate == "25001" or finding.filename != "block.sql"
    }
    assert said == again
    assert len(said) == len(FILES) - 1


def _states(stderr: str, folder: Path) -> dict[str, str]:
    """The SQLSTATEs that psql tells, by file."""
    found = re.findall(r"psql:(.+):\d+: ERROR:  (\w{5})", stderr)
    return {(folder / name).relative_to(folder).as_posix(): state for name, state in found}
