"""What psql's own commands do the second time, and what is said of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from idemlint import engine
from idemlint.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from postgres.server import Database

SCRIPT = """\
\\set VERBOSITY sqlstate
SET client_min_messages = error;
CREATE TABLE IF NOT EXISTS kept (id int PRIMARY KEY);
\\copy kept FROM 'rows'
DROP TABLE IF EXISTS made;
CREATE TABLE made (id int PRIMARY KEY);
\\copy made FROM 'rows'
COPY made FROM stdin;
2
\\.
CREATE TABLE IF NOT EXISTS emptied (id int PRIMARY KEY);
TRUNCATE emptied;
\\copy emptied FROM 'rows'
INSERT INTO emptied SELECT id + 10 FROM made;
\\copy (SELECT 1) TO 'out'
SELECT 'CREATE SCHEMA once' WHERE NOT EXISTS (SELECT FROM pg_namespace WHERE nspname = 'once')\\gexec
SELECT 'CREATE TABLE always (id int)', 'CREATE INDEX i ON always (id)' \\gexec
SELECT 'CREATE TABLE IF NOT EXISTS quiet (id int)' \\gexec
"""
#: The lines that fail when the script runs again, with their SQLSTATEs.
AGAIN = {4: "23505", 17: "42P07"}


def test_what_fails_the_second_time(
    psql: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rows").write_text("1\n", encoding="utf-8")
    (tmp_path / "s.sql").write_text(SCRIPT, encoding="utf-8")
    first, again = (psql.psql("\\i s.sql\n").stderr for _ in range(2))
    assert first == ""
    told = [(int(row), state) for row, state in re.findall(r"s\.sql:(\d+): ERROR:  (\w{5})", again)]
    # Each result of a query that `\\gexec` runs is a statement by itself.
    assert dict(told) == AGAIN
    assert len(told) == 3

    (report,) = engine.open(["s.sql"], Settings.load(isolated=True, rerun="file")).reports()
    said = {row.row: row.sqlstate for row in report.statements if row.verdict == "fails"}
    assert said == AGAIN
    assert all(row.verdict != "unknown" for row in report.statements)
