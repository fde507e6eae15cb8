"""Comparing verdicts with the server's answers, with verdicts made by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from . import measurements
from .rerun import Judgement
from .truth import compare, main, measure, read_replay

if TYPE_CHECKING:
    from pathlib import Path

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
        ("repeats", None, Judgement("safe", rows=0), "no rows"),
        ("repeats", None, Judgement("safe", rows=1), "false alarm"),
        ("fails", "23505", Judgement("safe", rows=0), "no rows"),
        ("fails", "42P01", Judgement("safe", rows=0), "false alarm"),
        ("safe", None, Judgement("safe", rows=0), "agree"),
        ("fails", "42P01", Judgement("fails", "42P07", also=("42P01",)), "agree"),
    ],
)
def test_compare(
    verdict: str, sqlstate: str | None, judgement: Judgement | None, expected: str
) -> None:
    assert compare(verdict, sqlstate, judgement) == expected


@pytest.mark.parametrize(
    ("reason", "judgement", "expected"),
    [
        ("table t is dropped and made again: its rows are gone", SAFE, "no rows"),
        ("column c is dropped and made again: its values are gone", SAFE, "no rows"),
        ("table t is dropped and made again: its rows are gone", REPEATS, "agree"),
        ("table t is there after the first run and gone after the rerun", SAFE, "false alarm"),
    ],
)
def test_what_an_application_wrote_is_not_there_to_be_lost(
    reason: str, judgement: Judgement, expected: str
) -> None:
    assert compare("repeats", None, judgement, reason) == expected


def document(
    files: dict[str, list[tuple[str, str, str | None]]], *, one_by_one: bool = False
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
            spans.append({"index": index, "start": start, "end": end, "kind": "X",
                          "unit": index if one_by_one else 0,
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
    assert "server:   repeats pg_class,pg_index" in text
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


@pytest.mark.server
def test_measure_stops(database: Database) -> None:
    given, contents = document(
        {
            "1.sql": [
                ("CREATE TABLE a (id int)", "safe", None),
                ("DROP TABLE a", "safe", None),
                ("CREATE TABLE IF NOT EXISTS b (id int)", "safe", None),
            ],
            "2.sql": [("ALTER TABLE b ADD c int", "not-applicable", None)],
        },
        one_by_one=True,
    )
    report = measure(database, read_replay(given, contents.__getitem__), "interrupted")
    assert [one.agreement for one in report.comparisons] == [
        "miss",
        "agree",
        "agree",
        "not applicable",
    ]
    assert "fails 42P07 after a stop behind 1 statements" in report.text()


@pytest.mark.server
def test_measure_a_folder(database: Database) -> None:
    given, contents = document(
        {
            "1.sql": [
                ("CREATE TABLE a (id int)", "safe", None),
                ("CREATE TABLE IF NOT EXISTS gone (id int)", "safe", None),
                ("CREATE TABLE kept (id int)", "fails", "42P07"),
            ],
            "2.sql": [
                ("DROP TABLE a", "safe", None),
                ("ALTER TABLE gone ADD b no_such_type", "fails", "42701"),
            ],
        }
    )
    report = measure(database, read_replay(given, contents.__getitem__), "folder")
    # Nothing is said of a thing that a statement which failed at first is about.
    assert [one.agreement for one in report.comparisons] == [
        "agree",
        "unjudged",
        "agree",
        "agree",
        "unjudged",
    ]


def row(start: int, verdict: str, sqlstate: str | None, agreement: str) -> dict[str, object]:
    server = {"miss": ("fails", "42P07"), "wrong kind": ("fails", "23505")}
    outcome, code = server.get(agreement, (verdict, sqlstate))
    return {"file": "1.sql", "start": start, "text": "CREATE TABLE t ()", "verdict": verdict,
            "sqlstate": sqlstate, "outcome": outcome, "server_sqlstate": code,
            "agreement": agreement}  # fmt: skip


def test_two_measurements_are_held_against_each_other(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, rows in {
        "before": [
            row(0, "safe", None, "miss"),
            row(9, "repeats", None, "wrong kind"),
            row(20, "safe", None, "agree"),
            row(30, "not-applicable", None, "not applicable"),
        ],
        "after": [
            row(0, "fails", "42P07", "agree"),
            row(9, "repeats", None, "wrong kind"),
            row(20, "unknown", None, "unknown"),
        ],
    }.items():
        (tmp_path / name).mkdir()
        part = {"folder": "f", "mode": "file", "comparisons": rows}
        measurements.write(tmp_path / name / "f.json", [part])
    assert main(["table", str(tmp_path / "before")]) == 0
    table = capsys.readouterr().out.splitlines()
    cells = dict(zip(*([one.strip() for one in table[i].split("|")] for i in (0, 2)), strict=True))
    assert cells["mode"] == "file"
    assert cells["judged"] == "3"
    assert cells["miss"] == cells["repeats, is 23505"] == cells["agree"] == "1 (33.33%)"
    assert main(["compare", str(tmp_path / "before"), str(tmp_path / "after")]) == 0
    told = capsys.readouterr().out
    assert "1 statements are only in the measurement before" in told
    assert "file: miss -> agree: 1\n" in told
    assert "f 1.sql:0 safe -> fails 42P07, server fails 42P07: CREATE TABLE t ()" in told
    assert "file: agree -> unknown: 1\n" in told
    assert "1.sql:9" not in told
