"""Fixed folders on a server: they run again, and a third time; where the old one stopped, they arrive."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from in_process import idemlint

from .comparison import read_replay
from .repairs import Fixed, measure, state_of

if TYPE_CHECKING:
    from pathlib import Path

    from .comparison import Migration
    from .server import Server

pytestmark = pytest.mark.server

INIT = (
    "CREATE TYPE mood AS ENUM ('glad', 'sad');\n"
    "CREATE TABLE people (id int PRIMARY KEY, name text, feels mood);\n"
    "INSERT INTO people VALUES (1, 'Ada', 'glad') ON CONFLICT DO NOTHING;\n"
)

#: A second migration, which the fix mends for good: nothing of it fails, wherever the old one stopped.
MENDED = {
    "a constraint takes over an index": (
        "CREATE UNIQUE INDEX people_name_idx ON people (name);\n"
        "ALTER TABLE people ADD CONSTRAINT people_name_key UNIQUE USING INDEX people_name_idx;\n"
    ),
    "an index that is guarded already": (
        "CREATE UNIQUE INDEX IF NOT EXISTS people_name_idx ON people (name);\n"
        "ALTER TABLE people ADD CONSTRAINT people_name_key UNIQUE USING INDEX people_name_idx;\n"
    ),
    "a primary key over an index": (
        "CREATE TABLE pets (id int NOT NULL);\n"
        "CREATE UNIQUE INDEX pets_idx ON pets (id);\n"
        "ALTER TABLE pets ADD CONSTRAINT pets_pkey PRIMARY KEY USING INDEX pets_idx;\n"
    ),
    "an enum is swapped": (
        "CREATE TYPE mood_new AS ENUM ('glad');\n"
        "ALTER TABLE people ALTER COLUMN feels TYPE mood_new USING (feels::text::mood_new);\n"
        "ALTER TYPE mood RENAME TO mood_old;\n"
        "ALTER TYPE mood_new RENAME TO mood;\n"
        "DROP TYPE mood_old;\n"
    ),
    "a table is made and renamed": (
        "CREATE TABLE pets_new (id int PRIMARY KEY, owner int REFERENCES people);\n"
        "CREATE INDEX pets_owner_idx ON pets_new (owner);\n"
        "ALTER TABLE pets_new RENAME TO pets;\n"
    ),
    "a type is made and renamed": (
        "CREATE TYPE size_new AS ENUM ('s');\nALTER TYPE size_new RENAME TO size;\n"
    ),
    "a view is made and renamed": (
        "CREATE VIEW who AS SELECT name FROM people;\nALTER VIEW who RENAME TO whom;\n"
    ),
    "a sequence is made and renamed": (
        "CREATE SEQUENCE numbers;\nALTER SEQUENCE numbers RENAME TO tickets;\n"
    ),
    "a constraint is made and renamed": (
        "ALTER TABLE people ADD CONSTRAINT named CHECK (name <> '');\n"
        "ALTER TABLE people RENAME CONSTRAINT named TO people_named;\n"
    ),
    "a policy is made and renamed": (
        "CREATE POLICY reads ON people FOR SELECT USING (true);\n"
        "ALTER POLICY reads ON people RENAME TO people_reads;\n"
    ),
    "a column is used, then dropped": (
        "ALTER TABLE people ADD COLUMN called text;\n"
        "UPDATE people SET called = name;\n"
        "ALTER TABLE people ALTER COLUMN name DROP NOT NULL;\n"
        "ALTER TABLE people DROP COLUMN name;\n"
    ),
    "a column is used, then renamed": (
        "UPDATE people SET name = 'nobody' WHERE name IS NULL;\n"
        "ALTER TABLE people RENAME COLUMN name TO called;\n"
    ),
    "a column is added, filled, and put in another's place": (
        "ALTER TABLE people ADD COLUMN name_new text;\n"
        "UPDATE people SET name_new = upper(name);\n"
        "ALTER TABLE people DROP COLUMN name;\n"
        "ALTER TABLE people RENAME COLUMN name_new TO name;\n"
    ),
    "a constraint is dropped, then its table": (
        "ALTER TABLE people DROP CONSTRAINT people_pkey;\nDROP TABLE people;\n"
    ),
    "a table is copied, then dropped": (
        "CREATE TABLE persons (id int PRIMARY KEY, name text);\n"
        "INSERT INTO persons SELECT id, name FROM people;\n"
        "DROP TABLE people;\n"
    ),
    "a column takes another type": (
        "ALTER TABLE people ALTER COLUMN name TYPE text[] USING string_to_array(name, ',');\n"
    ),
}


def replayed(folder: Path) -> list[Migration]:
    result = idemlint("replay", "--output-format", "json", "--rerun", "file", folder)
    assert result.code == 0, result.err
    return read_replay(json.loads(result.out), lambda name: (folder / name).read_bytes())


def fixed(folder: Path, *options: str) -> str:
    result = idemlint("--fix", "--fix-applied", *options, folder)
    assert result.code in (0, 1), result.err
    return result.err


@pytest.mark.parametrize("second", MENDED.values(), ids=MENDED)
@pytest.mark.parametrize("runner", ["psql", "prisma"])
def test_what_is_fixed_stays_fixed(
    server: Server, tmp_path: Path, second: str, runner: str
) -> None:
    names = ("2024010100_a", "2024010200_b")
    for name, text in zip(names, (INIT, second), strict=True):
        file = tmp_path / (
            f"prisma/migrations/{name}/migration.sql" if runner == "prisma" else f"{name}.sql"
        )
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    old = replayed(tmp_path)
    assert {each.runner for each in old} == {runner}
    said = fixed(tmp_path, "--unsafe-fixes")
    assert "left out" not in said
    new = replayed(tmp_path)
    measured = measure(server, old[1:], Fixed(new[1:], {}), Fixed(new[1:], {}), before=old[:1])
    print("\n".join(measured.lines))
    for what in (
        "file: fails after",
        "another state on a clean database",
        "not at rest where the old file ran",
        "third run changes something",
        "stops that do not arrive",
    ):
        assert measured.counts[what] == 0, what
    text = {each: each.read_bytes() for each in tmp_path.rglob("*.sql")}
    fixed(tmp_path, "--unsafe-fixes")
    assert {each: each.read_bytes() for each in tmp_path.rglob("*.sql")} == text


def test_rows_count_by_their_number(server: Server) -> None:
    with server.fresh_database() as one, server.fresh_database() as other:
        for database, value in ((one, 1), (other, 2)):
            database.run(["CREATE TABLE t (a int)", f"INSERT INTO t VALUES ({value})"])
        assert state_of(one.snapshot()) == state_of(other.snapshot())
        other.run(["INSERT INTO t VALUES (3)"])
        assert state_of(one.snapshot()) != state_of(other.snapshot())
