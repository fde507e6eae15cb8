"""A fingerprint survives what does not change the finding, and nothing else."""

from __future__ import annotations

from hashlib import blake2b

from idemlint.analysis.fingerprint import Identities, fingerprint
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


def test_of_a_long_statement_only_the_fingerprint_is_kept() -> None:
    gaps = [b" ", b"\n", b"\r\n\t", b"\v \f", b"  " * 7, b"\x85"]
    rows = [b"(%d)," % number + gaps[number % 6] for number in range(5000)]
    text = b"\n INSERT  INTO t VALUES " + b"".join(rows)
    identities = Identities("a.sql", text)
    first, again = (identities.of("IDM101", 0, len(text)) for _ in range(2))
    assert len(str(first)) < 200
    even = b"IDM101\0a.sql\0" + b" ".join(text.split())
    assert fingerprint(first) == blake2b(even + b"\x000", digest_size=16).hexdigest()
    assert fingerprint(again) == blake2b(even + b"\x001", digest_size=16).hexdigest()
