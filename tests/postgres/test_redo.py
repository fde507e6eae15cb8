"""What idemlint says of rolling back is what a server does."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from idemlint import engine
from idemlint.report.account import Account
from idemlint.report.verdicts import as_json
from idemlint.settings import Settings

from .comparison import DISAGREEMENTS
from .redo import gone, measure, read_redos

if TYPE_CHECKING:
    from .redo import Found
    from .server import Database

pytestmark = pytest.mark.server

#: Files of goose, each up and down, and what is to come of it: so many statements that fail, down and up, and
#: so many things that are left and lost.
FOLDERS = {
    "it undoes": (
        [("CREATE TABLE t (id int PRIMARY KEY); CREATE INDEX i ON t (id)", "DROP TABLE t")],
        (0, 0, 0, 0),
    ),
    "the enum stays": (
        [
            (
                "CREATE TYPE mood AS ENUM ('calm'); CREATE TABLE people (mood mood)",
                "DROP TABLE people",
            )
        ],
        (0, 1, 1, 0),
    ),
    "in the wrong order": (
        [
            (
                "CREATE TYPE mood AS ENUM ('calm'); CREATE TABLE people (mood mood)",
                "DROP TYPE mood; DROP TABLE people",
            )
        ],
        (1, 1, 1, 0),
    ),
    "what it never made": (
        [("CREATE TABLE t (id int)", "DROP TABLE t; DROP TABLE u; DROP INDEX i; DROP TYPE e")],
        (3, 0, 0, 0),
    ),
    "another column": (
        [
            ("CREATE TABLE t (id int)", "DROP TABLE t"),
            ("ALTER TABLE t ADD COLUMN nick text", "ALTER TABLE t DROP COLUMN nickname"),
        ],
        (1, 1, 1, 0),
    ),
    "no sql": ([("CREATE TABLE t (id int)", "DROP TABEL t")], (1, 1, 1, 0)),
    "the index goes with the column": (
        [
            ("CREATE TABLE t (id int, c int); CREATE INDEX i ON t (c)", "DROP TABLE t"),
            ("ALTER TABLE t DROP COLUMN c", "ALTER TABLE t ADD COLUMN c int"),
        ],
        (0, 0, 0, 1),
    ),
    "it takes what was there before": (
        [
            ("CREATE TABLE t (id int)", "DROP TABLE t"),
            ("CREATE TABLE IF NOT EXISTS t (id int)", "DROP TABLE t"),
        ],
        (0, 0, 0, 1),
    ),
    "a primary key keeps its columns": (
        [
            ("CREATE TABLE t (id int)", "DROP TABLE t"),
            (
                "ALTER TABLE t ADD PRIMARY KEY (id)",
                "ALTER TABLE t ALTER COLUMN id DROP NOT NULL; ALTER TABLE t DROP CONSTRAINT t_pkey",
            ),
        ],
        (1, 0, 0, 0),
    ),
    "a name that is another one by then": (
        [
            ("CREATE TABLE t (id int)", "DROP TABLE t"),
            ("ALTER TABLE t RENAME TO u", "ALTER TABLE u RENAME TO t"),
            ("ALTER TABLE u ADD CONSTRAINT c CHECK (id > 0)", "SELECT 1"),
        ],
        (0, 1, 1, 0),
    ),
    "rows that stay": (
        [
            ("CREATE TABLE t (id int)", "DROP TABLE t"),
            ("INSERT INTO t VALUES (1)", "DELETE FROM t WHERE id = 1"),
            ("INSERT INTO t VALUES (2)", "SELECT 1"),
        ],
        (0, 0, 0, 0),
    ),
    "a view that was replaced": (
        [
            ("CREATE TABLE t (id int); CREATE VIEW v AS SELECT id FROM t", "DROP TABLE t CASCADE"),
            (
                "DROP VIEW v; CREATE VIEW v AS SELECT id, 1 AS one FROM t",
                "CREATE OR REPLACE VIEW v AS SELECT id FROM t",
            ),
        ],
        (1, 0, 0, 0),
    ),
}


def measured(database: Database, folder: list[tuple[str, str]]) -> Found:
    """What comes of the folder: what idemlint says, and the server."""
    texts = {
        f"m/{number:03}_x.sql": f"-- +goose Up\n{up};\n-- +goose Down\n{down};\n".encode()
        for number, (up, down) in enumerate(folder, 1)
    }
    settings = Settings(rules=frozenset(), root=Path(), runner="goose", rerun="redo")
    reports = list(engine.open(texts, settings, texts).reports())
    document = json.loads(as_json(reports, Account()))
    return measure(database, read_redos(document, lambda name: texts[name]))


@pytest.mark.parametrize("name", FOLDERS)
def test_both_say_the_same(database: Database, name: str) -> None:
    folder, expected = FOLDERS[name]
    found = measured(database, folder)
    wrong = {"false", "missed", *DISAGREEMENTS}
    for counts in found.counts.values():
        assert not wrong.intersection(
            counts.keys() - {each for each in counts if not counts[each]}
        ), found.text()
    counts = found.counts
    assert expected == (
        counts["down"]["agree fails"],
        counts["up"]["agree fails"],
        counts["leaves"]["right"],
        counts["loses"]["right"],
    ), found.text()


def test_what_is_in_a_thing_that_is_gone_is_not_told(database: Database) -> None:
    database.send("CREATE TABLE t (id int PRIMARY KEY, c int); CREATE INDEX i ON t (c)")
    before = database.snapshot()
    database.send("DROP TABLE t")
    assert gone(before, database.snapshot()) == {("relation", "t", "")}
