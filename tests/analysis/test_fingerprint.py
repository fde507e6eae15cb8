"""A fingerprint survives what does not change the finding, and nothing else."""

from __future__ import annotations

from report.samples import diagnostic, finding, locate, parsed

TABLE = b"CREATE TABLE users (id int)"


def test_moved_lines_change_nothing() -> None:
    moved = b"\n\n-- a comment\n" + TABLE + b";"
    assert finding(TABLE + b";", TABLE).fingerprint == finding(moved, TABLE).fingerprint


def test_white_space_changes_nothing() -> None:
    spread = b"CREATE TABLE users\r\n  (id int)"
    assert finding(TABLE, TABLE).fingerprint == finding(spread, spread).fingerprint


def test_the_rule_the_file_and_the_text_count() -> None:
    other = b"CREATE TABLE people (id int)"
    prints = {
        finding(TABLE, TABLE).fingerprint,
        finding(other, other).fingerprint,
        finding(TABLE, TABLE, code="IDM801").fingerprint,
        finding(TABLE, TABLE, filename="migrations/2.sql").fingerprint,
    }
    assert len(prints) == 4


def test_the_same_statement_twice_has_two_fingerprints() -> None:
    data = TABLE + b";\n" + TABLE + b";\n"
    file = parsed(data, TABLE, TABLE)
    diagnostics = [diagnostic(data, TABLE, statement=0), diagnostic(data, TABLE, statement=1)]
    first, second = locate(file, diagnostics, stable_name="1.sql")
    assert first.fingerprint != second.fingerprint
