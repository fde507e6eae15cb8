"""What fixes look like, case by case; `tests/rules` has the examples of the pages, on servers too."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from idemlint import engine
from idemlint.apply.edits import apply
from idemlint.diagnostics import Applicability
from idemlint.rules import all_rules
from idemlint.settings import Settings
from postgres.conftest import database, server
from postgres.snapshot import SEQUENCE

if TYPE_CHECKING:
    from idemlint.diagnostics import Diagnostic
    from postgres.server import Database

NAMES = {"goose": "m/001_it.sql", "drizzle": "m/0001_it.sql", "flyway": "m/V1__it.sql"}
T = "CREATE TABLE t (a int, b int);"


def findings(text: str, runner: str = "psql", version: int = 14) -> list[Diagnostic]:
    name = NAMES.get(runner, "m/001_it.sql")
    settings = Settings(
        frozenset(code for code in all_rules() if code[:4] in {"IDM1", "IDM2", "IDM3"}),
        Path(),
        runner=runner,
        postgres_version=version,
    )
    contents = {name: text.encode()}
    if runner == "psql":
        contents = {"m/000_t.sql": T.encode(), **contents}
    sequence = engine.open(contents, settings, contents).sequence_of(name)
    assert sequence is not None
    return list(sequence.judged(name).diagnostics)


def mended(text: str, runner: str = "psql", version: int = 14) -> str:
    """The text with the edits of its first finding; empty where that has none."""
    fix = findings(text, runner, version)[0].fix
    assert fix is not None
    return apply(text.encode(), [fix]).decode() if fix.edits else ""


LOOK = "SELECT FROM pg_constraint WHERE conname = 'c' AND conrelid = 't'::regclass"
GUARDED = f"DO $$\nBEGIN\n  IF NOT EXISTS ({LOOK}) THEN\n    "
END = "\n  END IF;\nEND\n$$;"

#: before, after; all of them run on a server as well, behind the table t (a int, b int).
PAIRS = {
    "no semicolon at the end": (
        "ALTER TABLE t ADD CONSTRAINT c UNIQUE (a)",
        GUARDED + "ALTER TABLE t ADD CONSTRAINT c UNIQUE (a);" + END,
    ),
    "a comment before the semicolon": (
        "ALTER TABLE t ADD CONSTRAINT c UNIQUE (a) -- one each\n;\n",
        GUARDED + "ALTER TABLE t ADD CONSTRAINT c UNIQUE (a) -- one each\n;" + END + "\n",
    ),
    "a comment behind the semicolon": (
        "ALTER TABLE t ADD CONSTRAINT c UNIQUE (a); -- one each\nSELECT 1;\n",
        GUARDED + "ALTER TABLE t ADD CONSTRAINT c UNIQUE (a);" + END + " -- one each\nSELECT 1;\n",
    ),
    "lines move along, but not inside of literals and comments": (
        "ALTER TABLE t\n  ADD CONSTRAINT c /* one\n  two */\n\n  CHECK ('x\n' <> 'y');\n",
        GUARDED
        + "ALTER TABLE t\n      ADD CONSTRAINT c /* one\n  two */\n\n      CHECK ('x\n' <> 'y');"
        + END
        + "\n",
    ),
    "a name with a quote and a capital": (
        'ALTER TABLE public.t ADD CONSTRAINT "O\'Hara" UNIQUE (a);',
        "DO $$\nBEGIN\n  IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'O''Hara'"
        " AND conrelid = 'public.t'::regclass) THEN\n    "
        'ALTER TABLE public.t ADD CONSTRAINT "O\'Hara" UNIQUE (a);' + END,
    ),
    "a text with dollar quotes": (
        "ALTER TABLE t ADD CONSTRAINT c CHECK ($$x$$ <> $do$y$do$);",
        (GUARDED + "ALTER TABLE t ADD CONSTRAINT c CHECK (@x@ <> $do$y$do$);" + END)
        .replace("$$", "$guard$")
        .replace("@", "$$"),
    ),
    "tabs": (
        "ALTER TABLE t\n\tADD CONSTRAINT c UNIQUE (a);",
        f"DO $$\nBEGIN\n\tIF NOT EXISTS ({LOOK}) THEN\n\t\t"
        "ALTER TABLE t\n\t\t\tADD CONSTRAINT c UNIQUE (a);\n\tEND IF;\nEND\n$$;",
    ),
    "IF EXISTS on a table that may be missing": (
        "ALTER TABLE IF EXISTS ONLY t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;",
        GUARDED.replace("'t'::regclass", "to_regclass('t')")
        + "ALTER TABLE IF EXISTS ONLY t ADD CONSTRAINT c CHECK (a > 0) NOT VALID;"
        + END,
    ),
    "several commands, a comment in the head": (
        "ALTER TABLE t -- the\n  ALTER a SET NOT NULL,\n  ADD CONSTRAINT c UNIQUE (a),\n"
        "  ADD COLUMN d int;",
        "ALTER TABLE t -- the\n  ALTER a SET NOT NULL,\n  ADD CONSTRAINT c UNIQUE (a),\n"
        "  ADD COLUMN IF NOT EXISTS d int;",
    ),
    "columns before constraints": (
        "ALTER TABLE t /* the */ ADD d int, ADD CONSTRAINT c UNIQUE (d);",
        "DO $$\nBEGIN\n  ALTER TABLE t /* the */ ADD IF NOT EXISTS d int;\n"
        f"  IF NOT EXISTS ({LOOK}) THEN\n    ALTER TABLE t ADD CONSTRAINT c UNIQUE (d);" + END,
    ),
    "what the statement drops itself needs no guard": (
        "ALTER TABLE t DROP COLUMN a, ADD COLUMN a int, ADD COLUMN d int;",
        "ALTER TABLE t DROP COLUMN IF EXISTS a, ADD COLUMN a int, ADD COLUMN IF NOT EXISTS d int;",
    ),
    "a body": (
        "DO $x$\nBEGIN\n    PERFORM 1;\n    ALTER TABLE t ADD CONSTRAINT c UNIQUE (a);\nEND\n$x$;",
        f"DO $x$\nBEGIN\n    PERFORM 1;\n    IF NOT EXISTS ({LOOK}) THEN\n"
        "        ALTER TABLE t ADD CONSTRAINT c UNIQUE (a);\n    END IF;\nEND\n$x$;",
    ),
    "IF NOT EXISTS in a body": (
        "DO $$BEGIN CREATE TABLE n (a int); END$$;",
        "DO $$BEGIN CREATE TABLE IF NOT EXISTS n (a int); END$$;",
    ),
    "lower case": (
        "create unique index i on t (a);",
        "create unique index if not exists i on t (a);",
    ),
    "a drop of two": ("DROP TABLE t, u;", "DROP TABLE IF EXISTS t, u;"),
    "a recursive view": (
        "CREATE RECURSIVE VIEW v (n) AS SELECT 1;",
        "CREATE OR REPLACE RECURSIVE VIEW v (n) AS SELECT 1;",
    ),
    "a schema named after its owner": (
        "CREATE SCHEMA AUTHORIZATION postgres;",
        "CREATE SCHEMA IF NOT EXISTS AUTHORIZATION postgres;",
    ),
    "an index without a name on a qualified table": (
        'CREATE INDEX ON public.t ((a + 1), "b");',
        'CREATE INDEX IF NOT EXISTS t_expr_b_idx ON public.t ((a + 1), "b");',
    ),
    "a type called like one of PostgreSQL's": (
        "CREATE TYPE path AS ENUM ('a');",
        "DO $$\nBEGIN\n  IF NOT EXISTS (SELECT FROM pg_type JOIN pg_namespace n ON n.oid ="
        " typnamespace WHERE typname = 'path' AND n.nspname = current_schema()) THEN\n"
        "    CREATE TYPE path AS ENUM ('a');" + END,
    ),
}
#: They run again with another column number, or are not yet all that has to be done.
NOT_THE_SAME = {
    "several commands, a comment in the head",
    "what the statement drops itself needs no guard",
}
pairs = pytest.mark.parametrize(("before", "after"), PAIRS.values(), ids=list(PAIRS))


@pairs
def test_the_fix_inserts_the_smallest_text(before: str, after: str) -> None:
    assert mended(before) == after


@pairs
def test_it_is_the_same_with_carriage_returns(before: str, after: str) -> None:
    line = "-- a line\r\n"
    assert mended(line + before.replace("\n", "\r\n")) == line + after.replace("\n", "\r\n")


@pytest.mark.server
@pytest.mark.parametrize(
    ("before", "after"),
    [pytest.param(*pair, id=name) for name, pair in PAIRS.items() if name not in NOT_THE_SAME],
)
def test_both_databases_end_alike(database: Database, before: str, after: str) -> None:
    setup = [T, "CREATE TABLE u (a int);"]
    assert database.run(setup) == [None, None]
    with database.copy() as fresh, database.copy() as used:
        assert fresh.send(after) is None
        expected = fresh.snapshot()
        assert fresh.send(after) is None
        assert set(expected.difference(fresh.snapshot())) <= {SEQUENCE}
        assert used.send(before) is None
        assert used.send(after) is None
        assert set(expected.difference(used.snapshot())) <= {SEQUENCE}


C = "ALTER TABLE t ADD CONSTRAINT c UNIQUE (a);"


@pytest.mark.parametrize(
    ("runner", "before", "after"),
    [
        (
            "goose",
            f"-- +goose Up\n  {C} -- why\n-- +goose Down\n",
            "-- +goose Up\n-- +goose StatementBegin\n  DO $$\n  BEGIN\n"
            f"    IF NOT EXISTS ({LOOK}) THEN\n      {C}\n    END IF;\n  END\n  $$; -- why\n"
            "-- +goose StatementEnd\n-- +goose Down\n",
        ),
        (
            "goose",
            f"-- +goose Up\n-- +goose StatementBegin\n{C}\n-- +goose StatementEnd\n",
            f"-- +goose Up\n-- +goose StatementBegin\n{GUARDED}{C}{END}\n-- +goose StatementEnd\n",
        ),
        (
            "drizzle",
            "CREATE CONSTRAINT TRIGGER x AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"
            "--> statement-breakpoint\nSELECT 1;",
            "DROP TRIGGER IF EXISTS x ON t;--> statement-breakpoint\n"
            "CREATE CONSTRAINT TRIGGER x AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"
            "--> statement-breakpoint\nSELECT 1;",
        ),
    ],
    ids=["goose", "goose, wrapped already", "drizzle"],
)
def test_a_runner_gets_what_it_needs(runner: str, before: str, after: str) -> None:
    assert mended(before, runner) == after


@pytest.mark.parametrize(
    ("text", "runner"),
    [
        (C, "golang-migrate-multi"),
        (f"-- +goose Up\nSELECT 1; {C}\n", "goose"),
        ("ALTER TABLE ${schema}.t ADD CONSTRAINT c UNIQUE (a);", "flyway"),
        (f"DO 'BEGIN {C} END';", "psql"),
        (f"DO $$DECLARE conname text; BEGIN {C} END$$;", "psql"),
        ("DO $$BEGIN EXECUTE 'CREATE TABLE n (a int)'; END$$;", "psql"),
        ("ALTER TABLE t ADD CHECK (a > b); ALTER TABLE t ADD CHECK (a < b * 9);", "psql"),
        (
            "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES t (b),"
            " ADD CONSTRAINT c UNIQUE (b);",
            "psql",
        ),
        ("CREATE DATABASE d;", "psql"),
    ],
    ids=[
        "a runner that tears bodies",
        "another statement on the line",
        "a placeholder in the name",
        "a body in quotes",
        "a variable called like a column",
        "an executed string",
        "two of one chosen name",
        "commands in another order than PostgreSQL's",
        "no guard and no transaction",
    ],
)
def test_where_nothing_can_be_written_there_is_advice(text: str, runner: str) -> None:
    for finding in findings(text, runner):
        assert finding.fix is not None
        assert finding.fix.applicability is Applicability.DISPLAY
        assert not finding.fix.edits
        assert finding.fix.message


def test_fixes_of_repetitions_are_never_safe() -> None:
    text = "CREATE TABLE n (a int); CREATE INDEX ON t (a); ALTER TABLE t ADD UNIQUE (b);"
    levels = {each.code: each.fix.applicability for each in findings(text) if each.fix is not None}
    assert levels == {
        "IDM101": Applicability.SAFE,
        "IDM103": Applicability.UNSAFE,
        "IDM203": Applicability.UNSAFE,
    }


__all__ = ["database", "server"]
