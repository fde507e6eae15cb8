"""What real servers do when each statement runs a second time, against what replay says.

The rows are facts (`tests/postgres/data/README.md`): PostgreSQL 13 to 18 were asked. Replay is in mode
`file`, a new session, and knows nothing beyond the row's own setup.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from idemlint.replay.effects.program import program_of
from idemlint.replay.judge.assembly import new_machine
from idemlint.replay.judge.rerun import replay_file
from idemlint.replay.judge.verdict import Verdict
from idemlint.source.parse import parse
from idemlint.source.text import decode

DATA = Path(__file__).parents[1] / "postgres" / "data" / "statements.jsonl"
VERSIONS = ("13", "14", "15", "16", "17", "18")

#: Both runs of these rows were in one session; a rerun is a new one.
ONE_SESSION = frozenset(
    {
        "create-table-as-select-into/ctas temp",
        "create-table-as-select-into/select into temp",
        "create-view-materialized-view/temp",
        "sequence/temp",
        "session-cursor-prepared-and-transaction-commands/prepare",
        "session-cursor-prepared-and-transaction-commands/execute",
        "session-cursor-prepared-and-transaction-commands/declare cursor with hold",
        "session-cursor-prepared-and-transaction-commands/close",
    }
)

#: What a rerun loses is what came in between, and nothing came here: rows, or numbers that were given.
NOTHING_BETWEEN = frozenset(
    {"insert/truncate restart then insert, serial", "copy/truncate then copy"}
)

#: What cannot be told statically, and is said to be unknown: id → why.
UNKNOWN = {
    "alter-table-add-column/alter table if exists, no such table": "whether the table exists",
    "functions-with-effects/dblink exec": "another connection",
    "do-blocks-and-guards/do dynamic add column for each table": "a computed string",
    "insert/or replace rule makes it nothing": "what a rule does instead",
    "other-objects-less-common-forms/insert returning into cte update": "what a rule does instead",
    "session-cursor-prepared-and-transaction-commands/prepare execute deallocate": "EXECUTE",
}


def _rows() -> list[Any]:
    rows = [json.loads(line) for line in DATA.read_text(encoding="utf-8").splitlines()]
    cases = []
    for row in rows:
        if "between" in row or row["id"] in ONE_SESSION:
            continue
        for version in VERSIONS:
            expected = row["server"].get(version)
            if expected is not None and not expected.startswith("first fails"):
                cases.append(pytest.param(row, version, expected, id=f"{row['id']} on {version}"))
    return cases


def _programs(texts: list[str], version: int) -> list[Any]:
    programs = []
    for text in texts:
        parsed = parse(decode("row.sql", text.replace("--expect-error", "").encode()))
        programs += [program_of(parsed, each, version) for each in parsed.statements]
    return programs


def verdict(row: dict[str, Any], version: int) -> str:
    """`safe`, `fails SQLSTATE`, `repeats` or `unknown` for a row's statements together."""
    machine = new_machine(("public",), version)
    setup = _programs(row["setup"], version)
    replay_file(machine, setup, range(len(setup)), frozenset(), 0)
    programs = _programs(row["sql"], version)
    replayed = replay_file(machine, programs, range(len(programs)), frozenset({"file"}), len(setup))
    outcomes = [each["file"] for each in replayed.outcomes]
    for outcome in outcomes:
        if outcome.verdict is Verdict.FAILS:
            return f"fails {outcome.sqlstate}"
    worst = max(outcomes, key=lambda outcome: outcome.verdict.rank)
    return worst.verdict.value


@pytest.mark.parametrize(("row", "version", "expected"), _rows())
def test_replay_agrees_with_the_server(row: dict[str, Any], version: str, expected: str) -> None:
    said = verdict(row, int(version))
    if row["id"] in UNKNOWN:
        assert said == "unknown"
        return
    if row["id"] in NOTHING_BETWEEN:
        assert (expected, said) == ("safe", "repeats")
        return
    what, *more = expected.split()
    if what == "fails":
        assert said == f"fails {more[0]}"
    elif what in {"sequence", "session"}:
        # Only a sequence's position or the session differs, which is no matter of the schema.
        assert said in {"safe", "repeats"}
    else:
        assert said == what


def test_the_exempt_rows_are_rows() -> None:
    ids = {json.loads(line)["id"] for line in DATA.read_text(encoding="utf-8").splitlines()}
    assert set(UNKNOWN) | ONE_SESSION | NOTHING_BETWEEN <= ids


def test_programs_are_values() -> None:
    """Stops look for those that are alike in a dictionary."""
    for line in DATA.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for program in _programs([*row["setup"], *row["sql"]], 16):
            assert isinstance(hash(program), int)
