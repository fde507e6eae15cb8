"""IDM4 beyond what the pages show."""

from __future__ import annotations

import pytest

from idemlint.diagnostics import Applicability
from idemlint.replay.judge.verdict import Verdict

from .asking import codes, fixed, found, report

KEYED = "CREATE TABLE t (id int PRIMARY KEY, a text, UNIQUE (a));"
SERIAL = "CREATE TABLE t (id serial PRIMARY KEY, a text);"


@pytest.mark.parametrize(
    ("bad", "good"),
    [
        (
            "INSERT INTO t VALUES (1, 'x') RETURNING id;",
            "INSERT INTO t VALUES (1, 'x') ON CONFLICT DO NOTHING RETURNING id;",
        ),
        (
            "insert into t values (1, 'x');",
            "insert into t values (1, 'x') on conflict do nothing;",
        ),
        (
            "INSERT INTO t (id, a)\nVALUES\n  (1, 'x'),\n  (2, 'y');",
            "INSERT INTO t (id, a)\nVALUES\n  (1, 'x'),\n  (2, 'y')\nON CONFLICT DO NOTHING;",
        ),
        (
            "INSERT INTO t VALUES (1, 'x') -- the first\n;",
            "INSERT INTO t VALUES (1, 'x') ON CONFLICT DO NOTHING -- the first\n;",
        ),
        (
            "DO $$ BEGIN INSERT INTO t VALUES (1, 'x'); END $$;",
            "DO $$ BEGIN INSERT INTO t VALUES (1, 'x') ON CONFLICT DO NOTHING; END $$;",
        ),
    ],
)
def test_on_conflict_stands_before_returning(bad: str, good: str) -> None:
    [finding] = found(bad, KEYED, code="IDM401")
    assert finding.sqlstate == "23505"
    assert finding.fix is not None
    assert finding.fix.applicability is Applicability.UNSAFE
    assert fixed(finding, bad) == good
    assert codes(good, KEYED) == []


def test_where_no_key_helps_it_is_only_said() -> None:
    for setup in (SERIAL, "CREATE TABLE t (a text);", "CREATE TABLE IF NOT EXISTS t (a text);"):
        [finding] = found("INSERT INTO t (a) VALUES ('x');", setup, code="IDM401")
        assert finding.sqlstate is None
        assert finding.fix is not None
        assert not finding.fix.edits


def test_rows_of_a_query_are_kept_out_by_a_key() -> None:
    [finding] = found("INSERT INTO t (a) SELECT b FROM src;", KEYED, code="IDM401")
    assert finding.fix is not None
    assert finding.fix.applicability is Applicability.UNSAFE
    [finding] = found("INSERT INTO t (a) SELECT new_id() FROM src;", KEYED, code="IDM401")
    assert finding.fix is not None
    assert finding.fix.applicability is Applicability.DISPLAY


@pytest.mark.parametrize(
    ("target", "setup", "expected"),
    [
        ("(a)", KEYED, 0),
        ("(id)", KEYED, 0),
        ("(id, a)", KEYED, 1),
        ("(a)", SERIAL, 1),
        ("(a)", f"{SERIAL} CREATE UNIQUE INDEX i ON t (a);", 0),
        ("(a) WHERE a <> ''", f"{SERIAL} CREATE UNIQUE INDEX i ON t (a) WHERE a <> '';", 0),
        ("(a)", f"{KEYED} ALTER TABLE t RENAME COLUMN a TO old; ALTER TABLE t ADD a int;", 0),
        ("(b)", f"{KEYED} ALTER TABLE t RENAME COLUMN a TO b;", 0),
        ("(lower(a))", SERIAL, 1),
        ("(lower(a))", f"{SERIAL} CREATE UNIQUE INDEX i ON t (lower(a));", 0),
        ("(a)", "CREATE TABLE IF NOT EXISTS t (id int, a text);", 1),
        ("(a)", f"{SERIAL} CREATE UNIQUE INDEX i ON t (a) WHERE id > 0;", 1),
        ("(a)", "CREATE TABLE t (id int, a text, UNIQUE (a) DEFERRABLE);", 1),
        ("ON CONSTRAINT t_a_key", KEYED, 0),
        ("ON CONSTRAINT k", KEYED, 1),
        ("(a)", "CREATE TABLE t (LIKE other INCLUDING ALL);", 0),
        ("(a)", "", 0),
        ("(a)", f"{KEYED} ALTER TABLE t DROP CONSTRAINT t_a_key;", 1),
    ],
)
def test_conflict_targets(target: str, setup: str, expected: int) -> None:
    sql = f"INSERT INTO t VALUES (1, 'x') ON CONFLICT {target} DO NOTHING;"
    assert len(found(sql, setup, code="IDM402")) == expected


def test_a_copy_of_nothing() -> None:
    setup = "CREATE TABLE t (id int PRIMARY KEY);"
    assert codes("COPY t (id) FROM stdin;\n1\n\\.\n", setup) == ["IDM406"]
    assert codes("COPY t (id) FROM stdin;\n\\.\n", setup) == []
    (outcome,) = report("COPY t (id) FROM stdin;\n\\.\n", setup).outcomes
    assert outcome.verdict is Verdict.SAFE


def test_a_partial_key_may_be_over_what_a_query_gives() -> None:
    setup = "CREATE TABLE t (a int, gone date); CREATE UNIQUE INDEX i ON t (a) WHERE gone IS NULL;"
    assert codes("INSERT INTO t (a) SELECT b FROM src ON CONFLICT DO NOTHING;", setup) == []


@pytest.mark.parametrize(
    ("sql", "code"),
    [
        ("UPDATE t SET id = id + 1;", "IDM404"),
        ("INSERT INTO t VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET id = t.id + 1;", "IDM404"),
        ("UPDATE t SET a = random()::text;", "IDM405"),
        ("INSERT INTO t VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET a = now();", "IDM405"),
        ("SELECT lo_creat(-1);", "IDM407"),
        ("UPDATE t SET a = lower(a);", ""),
        ("UPDATE t SET a = 'x' WHERE a IS NULL;", ""),
    ],
)
def test_what_an_update_comes_to(sql: str, code: str) -> None:
    assert codes(sql, KEYED) == ([code] if code else [])
