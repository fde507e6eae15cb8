"""Statements of a file that belong together get guards that tell how far it came."""

from __future__ import annotations

from pathlib import Path

import pytest

from idemlint import engine
from idemlint.apply.rounds import fix_files
from idemlint.diagnostics import Applicability
from idemlint.rules import all_rules
from idemlint.settings import Settings

INIT = "CREATE TABLE IF NOT EXISTS t (a int, b int);\nCREATE TABLE IF NOT EXISTS u (a int);\n"


def mended(
    *texts: str,
    runner: str = "psql",
    rerun: str = "any",
    unsafe: bool = False,
    checked: bool = True,
) -> str:
    """The last file with all its fixes."""
    names = [f"m/V{number}__it.sql" for number in range(len(texts) + 1)]
    contents = {name: text.encode() for name, text in zip(names, (INIT, *texts), strict=True)}
    codes = frozenset(code for code in all_rules() if code[:4] in {"IDM1", "IDM2", "IDM3"})
    settings = Settings(codes, Path(), runner=runner, rerun=rerun)  # type: ignore[arg-type]
    folder = engine.open(contents, settings, contents)
    lowest = Applicability.UNSAFE if unsafe else Applicability.SAFE
    files = {each.name: each for each in fix_files(folder, lowest)}
    assert not checked or not any(each.dropped for each in files.values())
    return "\n".join(files[name].after.decode() for name in names[1:])


def guarded(condition: str, statement: str) -> str:
    return f"DO $$\nBEGIN\n  IF {condition} THEN\n    {statement}\n  END IF;\nEND\n$$;\n"


LACKS = "NOT EXISTS (SELECT FROM pg_constraint WHERE conname = 'c' AND conrelid = to_regclass('t'))"
HAS_A = "EXISTS (SELECT FROM pg_attribute WHERE attname = 'a' AND attrelid = to_regclass('t'))"

PAIRS = {
    "one test for an index and its constraint": (
        "CREATE UNIQUE INDEX i ON t (a);\nALTER TABLE t ADD CONSTRAINT c UNIQUE USING INDEX i;\n",
        guarded(LACKS, "CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a);")
        + guarded(LACKS, "ALTER TABLE t ADD CONSTRAINT c UNIQUE USING INDEX i;"),
    ),
    "made and renamed": (
        "CREATE TABLE n (a int);\nALTER TABLE n RENAME TO m;\n",
        guarded("to_regclass('m') IS NULL", "CREATE TABLE IF NOT EXISTS n (a int);")
        + "ALTER TABLE IF EXISTS n RENAME TO m;\n",
    ),
    "used and dropped": (
        "UPDATE t SET b = a;\nALTER TABLE t DROP COLUMN a;\n",
        guarded(HAS_A, "UPDATE t SET b = a;") + "ALTER TABLE t DROP COLUMN IF EXISTS a;\n",
    ),
    "altered and dropped": (
        "ALTER TABLE u DROP CONSTRAINT k;\nDROP TABLE u;\n",
        "ALTER TABLE IF EXISTS u DROP CONSTRAINT IF EXISTS k;\nDROP TABLE IF EXISTS u;\n",
    ),
    "filled once": (
        "CREATE TABLE n (a int);\nINSERT INTO n SELECT a FROM u;\nDROP TABLE u;\n",
        "CREATE TABLE IF NOT EXISTS n (a int);\n"
        + guarded(
            "to_regclass('u') IS NOT NULL AND NOT EXISTS (SELECT FROM n)",
            "INSERT INTO n SELECT a FROM u;",
        )
        + "DROP TABLE IF EXISTS u;\n",
    ),
    "the schema is said where the file says it": (
        "CREATE TABLE app.n (a int);\nALTER TABLE app.n RENAME TO m;\n",
        guarded("to_regclass('app.m') IS NULL", "CREATE TABLE IF NOT EXISTS app.n (a int);")
        + "ALTER TABLE IF EXISTS app.n RENAME TO m;\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), PAIRS.values(), ids=PAIRS)
def test_guards_tell_how_far_a_file_came(before: str, after: str) -> None:
    assert mended(before) == after
    assert mended(after) == after


def test_an_index_that_is_built_concurrently_and_its_constraint_are_left_alone() -> None:
    text = (
        "CREATE UNIQUE INDEX CONCURRENTLY i ON t (a);\n"
        "ALTER TABLE t ADD CONSTRAINT c UNIQUE USING INDEX i;\n"
    )
    # Guarded, the constraint alone would leave an index more on each other run.
    assert mended(text, checked=False) == text


def test_a_table_that_has_another_name_in_the_end_is_not_looked_into() -> None:
    text = (
        "CREATE TABLE n (a int);\nINSERT INTO n SELECT a FROM t;\n"
        "ALTER TABLE t RENAME TO t_old;\nALTER TABLE n RENAME TO t;\n"
    )
    assert "SELECT FROM n)" not in mended(text, unsafe=True, checked=False)


def test_names_that_a_body_may_change_are_not_followed() -> None:
    text = "CREATE TABLE n (a int);\nALTER TABLE n RENAME TO m;\n"
    unseen = "DO $$ BEGIN EXECUTE 'ALTER TABLE m ' || current_setting('x.y'); END $$;\n"
    after = mended(text + unseen, unsafe=True, checked=False)
    assert "to_regclass" not in after


def test_in_a_folder_names_are_followed_from_file_to_file() -> None:
    first = "CREATE TABLE IF NOT EXISTS n (a int, c int);\nCREATE INDEX IF NOT EXISTS i ON n (c);\n"
    second = "ALTER TABLE IF EXISTS n RENAME TO m;\n"
    third = "ALTER TABLE m DROP COLUMN IF EXISTS c;\n"
    assert mended(first, second, third) == "\n".join((first, second, third))
    text = mended(first, second, third, runner="flyway", rerun="folder", unsafe=True)
    assert "IF to_regclass('m') IS NULL THEN\n    CREATE TABLE IF NOT EXISTS n" in text


def test_a_changeset_with_a_block_is_not_cut() -> None:
    text = (
        "-- liquibase formatted sql\n-- changeset me:1\n"
        "CREATE TYPE mood AS ENUM ('a');\nALTER TYPE mood RENAME TO moods;\n"
    )
    after = mended(text, runner="liquibase")
    assert after.count("-- changeset me:1 splitStatements:false\n") == 1
    assert "    CREATE TYPE mood AS ENUM ('a');\n" in after
