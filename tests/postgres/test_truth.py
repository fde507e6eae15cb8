"""Comparing verdicts with the server's answers, with verdicts made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from .rerun import Judgement
from .truth import compare, measure, read_replay, spread

if TYPE_CHECKING:
    from .server import Database

FAILS = Judgement("fails", "42P07")
REPEATS = Judgement("repeats", parts=("data",))
SAFE = Judgement("safe")
SEQUENCE = Judgement("sequence")


@pytest.mark.parametrize(
    ("verdict", "sqlstate", "judgement", "expected"),
    [
        ("safe", None, SAFE, "agree"),
        ("safe", None, FAILS, "miss"),
        ("safe", None, REPEATS, "miss"),
        ("safe", None, SEQUENCE, "agree"),
        ("fails", "42P07", FAILS, "agree"),
        ("fails", "42710", FAILS, "wrong sqlstate"),
        ("fails", None, FAILS, "wrong sqlstate"),
        ("fails", "42P07", SAFE, "false alarm"),
        ("fails", "42P07", SEQUENCE, "false alarm"),
        ("fails", "42P07", REPEATS, "wrong kind"),
        ("repeats", None, REPEATS, "agree"),
        ("repeats", None, SEQUENCE, "agree"),
        ("repeats", None, SAFE, "false alarm"),
        ("repeats", None, FAILS, "wrong kind"),
        ("unknown", None, FAILS, "unknown"),
        ("unknown", None, SAFE, "unknown"),
        ("not-applicable", None, SAFE, "not applicable"),
        ("safe", None, Judgement("not-applicable"), "agree"),
        ("fails", "42P07", Judgement("not-applicable"), "not applicable"),
        ("safe", None, Judgement("first fails", "42P01"), "unjudged"),
        ("unknown", None, Judgement("first fails", "42P01"), "unjudged"),
        ("fails", "42P07", None, "unjudged"),
    ],
)
def test_compare(
    verdict: str, sqlstate: str | None, judgement: Judgement | None, expected: str
) -> None:
    assert compare(verdict, sqlstate, judgement) == expected


def test_spread() -> None:
    assert spread(5, None) == spread(5, 9) == {0, 1, 2, 3, 4}
    assert spread(10, 2) == {0, 5}
    assert len(spread(1000, 7)) == 7
    assert spread(0, 3) == frozenset()


def document(
    files: dict[str, list[tuple[str, str, str | None]]],
) -> tuple[object, dict[str, bytes]]:
    """Write files of the given (statement, verdict, sqlstate), and what idemlint says of them."""
    contents: dict[str, bytes] = {}
    entries = []
    for name, statements in files.items():
        content, spans = "-- Übung\n".encode(), []
        for index, (text, verdict, sqlstate) in enumerate(statements):
            start = len(content)
            bare, _, rest = text.partition("\n")
            end = start + len(bare.encode())
            content += f"{bare};\n{rest}".encode()
            spans.append({"index": index, "start": start, "end": end, "kind": "X", "unit": 0,
                          "verdict": verdict, "sqlstate": sqlstate, "reason": "", "codes": [],
                          "rerun": "file", "condition": None})  # fmt: skip
        contents[name] = content
        entries.append({"filename": name, "runner": "psql", "statements": spans})
    return {"files": entries}, contents


FOLDER: dict[str, list[tuple[str, str, str | None]]] = {
    "1.sql": [
        ("CREATE TABLE t (a int)", "fails", "42P07"),
        ("CREATE INDEX ON t (a)", "safe", None),
        ("COPY t FROM STDIN\n7\n8\n\\.\n", "repeats", None),
    ],
    "2.sql": [
        ("ALTER TABLE t ADD b int", "fails", "42703"),
        ("UPDATE t SET a = 7 WHERE a = 7", "repeats", None),
    ],
    "3.sql": [("SELECT nothing", "safe", None), ("SELECT 1", "safe", None)],
    "4.sql": [("COPY t FROM PROGRAM 'false'", "repeats", None)],
}


def test_read_replay_cuts_bytes_and_finds_copied_rows() -> None:
    given, contents = document(FOLDER)
    first, *_ = read_replay(given, contents.__getitem__)
    assert [one.text for one in first.verdicts] == [
        "CREATE TABLE t (a int)",
        "CREATE INDEX ON t (a)",
        "COPY t FROM STDIN",
    ]
    assert first.verdicts[2].copy_data == b"7\n8\n"


@pytest.mark.server
def test_measure_files(database: Database) -> None:
    given, contents = document(FOLDER)
    report = measure(database, read_replay(given, contents.__getitem__), "file")
    assert report.counts() == {
        "agree": 2,
        "miss": 1,
        "wrong sqlstate": 1,
        "false alarm": 1,
        "unjudged": 2,
    }
    text = report.text()
    assert "miss: 1.sql at byte" in text
    assert "server:   repeats pg_attribute,pg_class,pg_index" in text
    assert "3.sql: first run 42703: SELECT nothing" in text
    assert "4.sql: statements that start programs left out" in text
    assert "agreement 40.00%" in text


@pytest.mark.server
def test_measure_statements(database: Database) -> None:
    given, contents = document(FOLDER)
    report = measure(database, read_replay(given, contents.__getitem__), "statement")
    assert [one.agreement for one in report.comparisons] == [
        "agree",
        "miss",
        "agree",
        "wrong sqlstate",
        "false alarm",
        "unjudged",
        "agree",
    ]
    assert "3.sql: first run 42703: SELECT nothing" in report.text()


@pytest.mark.server
def test_a_sample_applies_everything(database: Database) -> None:
    given, contents = document(FOLDER)
    report = measure(database, read_replay(given, contents.__getitem__), "statement", 3)
    assert [one.filename for one in report.comparisons] == ["1.sql", "1.sql", "3.sql"]
    assert ("public.t", "(8,)") in database.snapshot().parts["data"]
