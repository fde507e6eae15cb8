"""The judge of first runs, with verdicts made by hand: what it counts, and what it leaves out."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from .command_line import IDEMLINT
from .comparison import First, read_replay
from .first_answers import Answer, LeftOut, left_out
from .first_comparison import FirstReport, outcome, tally
from .first_run import by_runner, compared, main, measure, replayed

if TYPE_CHECKING:
    from .comparison import Migration
    from .first_comparison import Outcome
    from .server import Database

RUNS = First("runs")
UNKNOWN = First("unknown")
MADE_TWICE = First("fails", "42P07")
RAN = Answer(None)
EXISTS = Answer("42P07", 'relation "t" already exists')


@pytest.mark.parametrize(
    ("first", "answer", "left", "expected"),
    [
        (MADE_TWICE, EXISTS, None, "right"),
        (MADE_TWICE, Answer("42710"), None, "wrong sqlstate"),
        (MADE_TWICE, RAN, None, "false claim"),
        (RUNS, EXISTS, None, "missed"),
        (RUNS, RAN, None, "runs"),
        (UNKNOWN, EXISTS, None, "unknown, fails"),
        (UNKNOWN, RAN, None, "unknown, runs"),
        (RUNS, Answer("42704"), LeftOut("outside"), "outside"),
        (UNKNOWN, Answer("42704"), LeftOut("outside"), "outside"),
        (First("fails", "42704"), Answer("42704"), LeftOut("outside"), "right"),
        (MADE_TWICE, Answer("42704"), LeftOut("outside"), "wrong sqlstate"),
        (MADE_TWICE, Answer("23505"), LeftOut("not comparable"), "not comparable"),
        (MADE_TWICE, RAN, LeftOut("outside", behind=True), "behind"),
        (RUNS, EXISTS, LeftOut("not comparable", behind=True), "behind"),
        (RUNS, None, LeftOut("left out"), "left out"),
        (None, EXISTS, None, "not asked"),
    ],
)
def test_outcome(
    first: First | None, answer: Answer | None, left: LeftOut | None, expected: Outcome
) -> None:
    assert outcome(first, answer, left) == expected


Told = tuple[str, str, str | None]


def document(files: dict[str, list[Told]], runner: str = "psql") -> dict[str, Any]:
    """Say (text, verdict, SQLSTATE) of statements as idemlint does; each is a line of its file."""
    entries = []
    for name, statements in files.items():
        spans, start = [], 0
        for row, (text, verdict, sqlstate) in enumerate(statements, 1):
            first = {"verdict": verdict, "sqlstate": sqlstate, "reason": f"because {row}",
                     "condition": None, "because": {"filename": name, "row": 1},
                     "follows": None}  # fmt: skip
            end = start + len(text.encode())
            spans.append({"start": start, "end": end, "kind": "X", "unit": 0, "verdict": "safe",
                          "sqlstate": None, "reason": "", "first": first})  # fmt: skip
            start = end + len(";\n")
        entries.append({"filename": name, "runner": runner, "statements": spans})
    return {"files": entries}


def written(statements: list[Told]) -> bytes:
    return "".join(f"{text};\n" for text, _, _ in statements).encode()


def migrations(files: dict[str, list[Told]]) -> list[Migration]:
    return read_replay(document(files), lambda name: written(files[name]))


def outcomes(database: Database, files: dict[str, list[Told]]) -> list[str]:
    return [one.outcome for one in measure(database, migrations(files)).runs]


def test_a_verdict_has_its_row_and_what_is_said_of_the_first_run() -> None:
    (one,) = migrations({"1.sql": [("SELECT 1", "runs", None), ("SELECT 2", "fails", "42P01")]})
    assert [each.row for each in one.verdicts] == [1, 2]
    assert one.verdicts[1].first == First("fails", "42P01", "because 2", "1.sql:1", "")


def test_a_file_that_the_runner_does_not_read_is_no_part_of_its_first_run(tmp_path: Path) -> None:
    for name in ("0001_a.up.sql", "0001_a.down.sql", "0002_b.sql"):
        (tmp_path / name).write_text("CREATE TABLE t (id int);\n")
    told = replayed(IDEMLINT, tmp_path, "golang-migrate")
    assert [Path(one.filename).name for one in told] == ["0001_a.up.sql"]


def test_runners_are_parted() -> None:
    one, other, third = migrations({name: [("SELECT 1", "runs", None)] for name in "abc"})
    other = replace(other, runner="goose")
    assert by_runner([one, other, third]) == [[one, third], [other]]


@pytest.mark.server
def test_what_is_claimed_missed_and_not_known_is_told_apart(database: Database) -> None:
    assert outcomes(
        database,
        {
            "1.sql": [
                ("CREATE TABLE t (id int)", "runs", None),
                ("CREATE TABLE t (id int)", "fails", "42P07"),
                ("CREATE INDEX i ON t (missing)", "fails", "42P01"),
                ("CREATE INDEX j ON t (id)", "fails", "42703"),
            ],
            "2.sql": [
                ("ALTER TABLE t ADD COLUMN id int", "runs", None),
                ("ALTER TABLE t DROP COLUMN x", "unknown", None),
                ("ALTER TABLE t ADD COLUMN x int", "unknown", None),
            ],
        },
    ) == [
        "runs",
        "right",
        "wrong sqlstate",
        "false claim",
        "missed",
        "unknown, fails",
        "unknown, runs",
    ]


@pytest.mark.server
def test_the_run_goes_on_after_an_error_also_in_a_transaction(database: Database) -> None:
    assert outcomes(
        database,
        {
            "1.sql": [
                ("BEGIN", "runs", None),
                ("CREATE TABLE t (id int)", "runs", None),
                ("CREATE TABLE t (id int)", "fails", "42P07"),
                ("ALTER TABLE t ADD x int", "runs", None),
                ("COMMIT", "runs", None),
                ("CREATE INDEX ON t (x)", "runs", None),
            ]
        },
    ) == ["runs", "runs", "right", "runs", "runs", "runs"]


@pytest.mark.server
def test_errors_that_are_no_question_of_what_is_there_are_not_compared(database: Database) -> None:
    assert outcomes(
        database,
        {
            "1.sql": [
                ("CREATE TABLE t (id int NOT NULL)", "runs", None),
                ("INSERT INTO t VALUES (NULL)", "runs", None),
                ("DO $$ BEGIN RAISE 'no'; END $$", "runs", None),
                ("BEGIN", "runs", None),
                ("CREATE INDEX CONCURRENTLY i ON t (id)", "fails", "42P07"),
                ("COMMIT", "runs", None),
                ("DROP INDEX i", "runs", None),
                ("CREATE TABLE u (LIKE t)", "runs", None),
            ]
        },
    ) == [
        "runs",
        "not comparable",
        "not comparable",
        "runs",
        "not comparable",
        "runs",
        "behind",
        "runs",
    ]


@pytest.mark.server
def test_what_stands_behind_an_extension_or_role_that_is_not_there_is_left_out(
    database: Database,
) -> None:
    report = measure(
        database,
        migrations(
            {
                "1.sql": [
                    ("CREATE EXTENSION no_such_extension", "runs", None),
                    ("CREATE TYPE mood AS (a no_such_type)", "runs", None),
                    ("CREATE TABLE t (id int, m mood)", "runs", None),
                    ("CREATE TABLE u (id int)", "runs", None),
                    ("GRANT SELECT ON u TO nobody_made", "runs", None),
                    ("ALTER TABLE u ADD b int", "runs", None),
                ],
                "2.sql": [
                    ("CREATE INDEX i ON t (id)", "runs", None),
                    ("DROP INDEX i", "runs", None),
                    ("CREATE POLICY p ON u TO nobody_made USING (true)", "runs", None),
                    ("CREATE TABLE t (id int)", "fails", "42P07"),
                    ("CREATE INDEX j ON u (missing)", "runs", None),
                ],
            }
        ),
    )
    assert [one.outcome for one in report.runs] == [
        "outside",
        "outside",
        "behind",
        "runs",
        "outside",
        "runs",
        "behind",
        "behind",
        "outside",
        "behind",
        "missed",
    ]
    assert "claims left out behind what is outside: 1 that the server runs" in report.text()


@pytest.mark.parametrize(
    "text",
    [
        "CREATE TRIGGER g BEFORE INSERT OR UPDATE ON own.t FOR EACH ROW EXECUTE FUNCTION f()",
        "COMMENT ON TABLE t IS 'x'",
        "COMMENT ON COLUMN own.t.number IS 'x'",
        "ALTER SEQUENCE t_id_seq OWNED BY own.t.id",
        "GRANT SELECT ON TABLE own.t TO postgres",
        'ALTER TABLE ONLY "own"."t" ADD b int',
        "CREATE MATERIALIZED VIEW v AS SELECT * FROM own.t",
    ],
)
def test_whatever_names_what_is_not_there_is_behind_it(text: str) -> None:
    made = "CREATE TABLE own.t (id uuid REFERENCES auth.users)"
    failed = Answer("3F000", 'schema "auth" does not exist')
    gone = Answer("42P01", 'relation "own.t" does not exist')
    assert left_out([made, text], [failed, gone])[1] == LeftOut("outside", behind=True)


def test_what_a_block_may_have_failed_to_make_is_left_out() -> None:
    block = (
        "DO $$ BEGIN CREATE EXTENSION x; CREATE TABLE t (v vector);"
        " EXCEPTION WHEN others THEN NULL; END $$"
    )
    gone = Answer("42P01", 'relation "t" does not exist')
    left = left_out([block, "ALTER TABLE t ADD b int"], [RAN, gone])
    assert left == [None, LeftOut("outside", behind=True)]


def test_what_is_only_filled_is_outside() -> None:
    texts = ["INSERT INTO t VALUES (1)", "ALTER TABLE t ADD b int"]
    gone = Answer("42P01", 'relation "t" does not exist')
    assert left_out(texts, [gone, gone]) == [LeftOut("outside"), LeftOut("outside")]


def test_what_the_folder_makes_itself_is_not_outside() -> None:
    texts = ["ALTER TABLE t ADD m mood", "CREATE TYPE mood AS ENUM ('a')"]
    missing = Answer("42704", 'type "mood" does not exist')
    assert left_out(texts, [missing, RAN]) == [None, None]
    assert left_out(texts[:1], [missing]) == [LeftOut("outside")]
    used = "ALTER TABLE t ALTER COLUMN m TYPE mood"
    assert left_out([used], [missing]) == [LeftOut("outside")]


def test_what_would_have_been_renamed_is_left_out_by_its_new_name() -> None:
    texts = [
        'CREATE TABLE "Link" (r mood)',
        'ALTER TABLE "Link" RENAME TO "links"',
        'ALTER TABLE "links" RENAME COLUMN "r" TO "s"',
    ]
    gone = [Answer("42P01", f'relation "{name}" does not exist') for name in ("Link", "links")]
    given = [Answer("42704", 'type "mood" does not exist'), *gone]
    assert left_out(texts, given)[2] == LeftOut("outside", behind=True)


def test_a_name_in_other_letters_is_another_name() -> None:
    texts = ['CREATE TABLE t (r "Role")', 'ALTER TYPE "Role" RENAME TO "role"']
    missing = Answer("42704", 'type "Role" does not exist')
    outside = LeftOut("outside")
    assert left_out(texts, [missing, missing]) == [outside, outside]
    assert left_out([*texts, "CREATE TYPE Role AS ENUM ()"], [missing, missing, RAN])[0] == outside
    assert left_out([*texts, 'CREATE TYPE "Role" AS ENUM ()'], [missing, missing, RAN])[0] is None


@pytest.mark.parametrize(
    ("message", "outside"),
    [
        ('relation "auth.users" does not exist', True),
        ('relation "public.t" does not exist', False),
        ('relation "own.t" does not exist', False),
        ('schema "auth" does not exist', True),
        ("function uuid_generate_v4() does not exist", True),
        ("function f(integer) does not exist", False),
        ("operator does not exist: text <-> text", True),
        ('operator class "gin_trgm_ops" does not exist for access method "gin"', True),
        ('role "anon" does not exist', True),
        ('column "x" does not exist', False),
        ('column "x" of relation "t" does not exist', False),
        ('constraint "c" of relation "t" does not exist', False),
        ('trigger "g" for table "t" does not exist', False),
    ],
)
def test_the_servers_words_tell_what_is_missing(message: str, outside: bool) -> None:
    texts = [
        "CREATE SCHEMA own; CREATE TABLE t (); CREATE FUNCTION f(text) RETURNS int AS ''",
        "CREATE VIEW v AS SELECT 1",
    ]
    left = left_out(texts, [RAN, Answer("42P01", message)])
    assert left[1] == (LeftOut("outside") if outside else None)


def test_statements_that_start_programs_are_not_run() -> None:
    (one,) = migrations({"1.sql": [("COPY t FROM PROGRAM 'false'", "runs", None)]})
    assert one.verdicts[0].runs_programs
    (run,) = compared([one], [[None]])
    assert run.outcome == "left out"


@pytest.mark.server
def test_claims_and_failures_are_counted_by_sqlstate(database: Database) -> None:
    report = measure(
        database,
        migrations(
            {
                "1.sql": [
                    ("CREATE TABLE t (id int)", "fails", "42P07"),
                    ("CREATE TABLE t (id int)", "fails", "42P07"),
                    ("CREATE INDEX i ON t (missing)", "fails", "42P07"),
                    ("CREATE INDEX i ON t (missing)", "runs", None),
                ]
            }
        ),
    )
    assert tally(report.runs) == {
        "42P07": {"claims": 3, "right": 1, "false": 1, "other": 1, "fails": 1, "found": 1},
        "42703": {"fails": 2},
    }
    text = report.text()
    assert "false claim: 1.sql:1\n" in text
    assert "idemlint: fails 42P07 (because 3, because 1.sql:1)" in text
    assert 'server:   fails 42703 (column "missing" does not exist)' in text
    assert "3 claims, right 33.3%, SQLSTATE right 50.0%; false: 1, 1 in 4" in text


def test_a_mutant_shows_its_first_disagreements() -> None:
    (one,) = migrations({"1.sql": [("SELECT x", "runs", None)] * 5})
    runs = compared([one], [[Answer("42703")] * 5], "wrong column: x")
    text = FirstReport(runs).text()
    assert text.count("\n    mutation: wrong column: x\n") == 3
    assert "missed: 2 more of wrong column: x" in text


@pytest.mark.server
def test_the_command_reads_kept_verdicts_and_keeps_its_own(
    tmp_path: Path, database: Database, capsys: pytest.CaptureFixture[str]
) -> None:
    name = str(tmp_path / "1.sql")
    statements: list[Told] = [
        ("CREATE ROLE anon", "runs", None),
        ("SELECT auth.uid()", "runs", None),
    ]
    (tmp_path / "1.sql").write_bytes(written(statements))
    (tmp_path / "said.json").write_text(json.dumps(document({name: statements}, "supabase")))
    kept = tmp_path / "kept.json"
    major = str(database.server.version)
    given = [str(tmp_path), "--replay-json", str(tmp_path / "said.json"), "--major", major]
    assert main([*given, "--json", str(kept)]) == 0
    assert "1 of 2 statements fail: 3F000 1" in capsys.readouterr().out
    assert [one["outcome"] for one in json.loads(kept.read_text())[0]["statements"]] == [
        "runs",
        "outside",
    ]
    assert main([*given, "--prelude", "--failures"]) == 0
    told = capsys.readouterr().out
    assert "1.sql:1: 42710" in told
    assert "1 of 2 statements fail: 42710 1" in told
