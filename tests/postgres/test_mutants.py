"""Each kind of mutation lets fail what it says: two small folders, broken on purpose, on a server."""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from . import mutations
from .comparison import Migration, Verdict
from .first_answers import answers
from .mutable import Folder, changed
from .mutants import main

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from .mutations import Mutant
    from .server import Server

SHOP = {
    "1.sql": """CREATE TYPE mood AS ENUM ('good', 'bad');
CREATE TABLE people (
    id serial PRIMARY KEY,
    name text NOT NULL, -- as they say it
    mood mood
);
""",
    "2.sql": """CREATE FUNCTION shout(text) RETURNS text LANGUAGE sql AS $$ SELECT upper($1); $$;
CREATE TABLE orders (id int PRIMARY KEY, person int, code text, UNIQUE (code));
ALTER TABLE orders ADD CONSTRAINT buyer FOREIGN KEY (person) REFERENCES people (id);
CREATE INDEX by_person ON orders USING btree (person);
ALTER TABLE orders ADD COLUMN note text;
""",
    "3.sql": """INSERT INTO orders (id, code) VALUES (1, 'x') ON CONFLICT (code) DO NOTHING;
CREATE VIEW notes AS SELECT o.note AS said, shout(o.code) AS code FROM orders o;
ALTER TABLE orders ALTER COLUMN code SET NOT NULL;
UPDATE orders SET note = code;
COMMENT ON COLUMN orders.note IS 'what was said';
ALTER TABLE people RENAME COLUMN name TO full_name""",
}


def cut(files: dict[str, str]) -> list[Migration]:
    """Cut small files into statements, without idemlint."""
    found = []
    for name, text in files.items():
        verdicts = [
            Verdict(one.start(), one[0], "safe", row=text.count("\n", 0, one.start()) + 1)
            for one in re.finditer(r"[A-Za-z](?:\$\$.*?\$\$|[^;$])*", text, re.DOTALL)
        ]
        found.append(Migration(name, "psql", tuple(verdicts)))
    return found


def folder_of(files: dict[str, str]) -> Folder:
    return Folder(cut(files), {name: text.encode() for name, text in files.items()})


def broken(files: dict[str, str], mutant: Mutant) -> dict[str, str]:
    """The files of a mutant."""
    return {
        name: changed(text.encode(), [one for one in mutant.edits if one.filename == name]).decode()
        for name, text in files.items()
    }


def made(kind: Callable[..., list[Mutant]], files: dict[str, str] = SHOP) -> list[Mutant]:
    found: list[Mutant] = kind(folder_of(files), 10, random.Random(1))
    return found


def failing(server: Server, files: dict[str, str]) -> list[str]:
    """What fails of them on an empty database, as `file:row SQLSTATE`."""
    migrations = cut(files)
    with server.fresh_database() as database:
        given = list(answers(database, migrations))
    return [
        f"{migration.filename}:{verdict.row} {answer.sqlstate}"
        for migration, mine in zip(migrations, given, strict=True)
        for verdict, answer in zip(migration.verdicts, mine, strict=True)
        if answer is not None and answer.sqlstate
    ]


def found_with(server: Server, kind: Callable[..., list[Mutant]]) -> dict[str, list[str]]:
    """What fails in each mutant of a kind."""
    return {one.about: failing(server, broken(SHOP, one)) for one in made(kind)}


def test_places_are_found_and_the_statements_are_as_many_as_is_said() -> None:
    found = mutations.mutants(folder_of(SHOP), 10)
    assert Counter(one.kind for one in found) == {
        "made again": 2,
        "made last": 4,
        "wrong column": 3,
        "older first": 2,
        "key removed": 2,
        "renamed": 2,
    }
    number = sum(len(one.verdicts) for one in cut(SHOP))
    for one in found:
        mutated = cut(broken(SHOP, one))
        assert sum(len(each.verdicts) for each in mutated) == number + one.more, one.about


def test_the_same_seed_gives_the_same_mutants() -> None:
    one, same, other = (mutations.mutants(folder_of(SHOP), 1, seed) for seed in (1, 1, 3))
    assert one == same
    assert one != other


def test_what_cannot_be_read_is_left_alone() -> None:
    files = {"1.sql": "CREATE TABLE t (a int) WITHOUT SENSE; CREATE TABLE ü (id int);SELECT 1"}
    assert mutations.mutants(folder_of(files), 10) == []


@pytest.mark.server
def test_the_folder_itself_runs(server: Server) -> None:
    assert failing(server, SHOP) == []


@pytest.mark.server
def test_what_is_made_again(server: Server) -> None:
    found = found_with(server, mutations.made_again)
    assert found == {
        "7 copies, all sorts": [
            "3.sql:7 42710",  # the type
            "3.sql:8 42P07",
            "3.sql:13 42P07",
            "3.sql:14 42710",  # the constraint
            "3.sql:15 42P07",  # the index
            "3.sql:16 42701",
            "3.sql:17 42P07",  # the view
        ],
        "1 copies, with bodies": ["3.sql:7 42723"],
    }


@pytest.mark.server
def test_what_is_made_last(server: Server) -> None:
    found = found_with(server, mutations.made_last)
    assert found["CreateStmt people (1.sql:2)"] == ["2.sql:3 42P01", "3.sql:6 42P01"]
    assert found["CreateEnumStmt mood (1.sql:1)"][0] == "1.sql:2 42704"
    assert found["CreateFunctionStmt shout (2.sql:1)"] == ["3.sql:2 42883"]
    assert set(found["CreateStmt orders (2.sql:2)"]) >= {"2.sql:4 42P01", "3.sql:1 42P01"}


@pytest.mark.server
def test_wrong_columns(server: Server) -> None:
    found = found_with(server, mutations.wrong_columns)
    assert found["8 places"] == [
        "2.sql:3 42703",  # the foreign key's own column
        "2.sql:4 42703",
        *(f"3.sql:{row} 42703" for row in range(1, 7)),
    ]
    assert found["1 places"] == ["2.sql:3 42703"]  # the column that it refers to
    assert found["CREATE TABLE CONSTR_UNIQUE (2.sql:2)"][0] == "2.sql:2 42703"


@pytest.mark.server
def test_an_older_table_is_first(server: Server) -> None:
    assert found_with(server, mutations.older_first) == {
        "people without id (1.sql:2)": ["2.sql:3 42703"],
        "orders without id (2.sql:2)": ["3.sql:1 42703"],
    }


@pytest.mark.server
def test_keys_are_removed(server: Server) -> None:
    assert found_with(server, mutations.keys_removed) == {
        "ON CONFLICT: orders (code), needed at 3.sql:1": ["3.sql:1 42P10"],
        "FOREIGN KEY: people (id), needed at 2.sql:3": ["2.sql:3 42830"],
    }


@pytest.mark.server
def test_types_and_functions_are_renamed(server: Server) -> None:
    found = found_with(server, mutations.renamed)
    assert found["CreateFunctionStmt shout (2.sql:1)"] == ["3.sql:2 42883"]
    assert found["CreateEnumStmt mood (1.sql:1)"][0] == "1.sql:2 42704"


def test_changes_about_different_things_share_a_mutant() -> None:
    found = made(mutations.older_first)
    (both,) = mutations.together(found, 3)
    assert both.about == "; ".join(one.about for one in found)
    assert both.more == 2
    assert mutations.together(found, 1) == [replace(one, names=frozenset()) for one in found]
    # A view is not moved together with its table.
    last = mutations.together(made(mutations.made_last), 9)
    assert not any("orders" in one.about and "notes" in one.about for one in last)


@pytest.mark.server
def test_the_command_measures_a_folder_and_passes_over_what_does_not_run(
    server: Server, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, text in SHOP.items():
        path = tmp_path / "shop" / "migrations" / f"V{name[0]}__step.sql"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    wrong = tmp_path / "wrong"
    wrong.mkdir()
    (wrong / "1.sql").write_text("SELECT nothing;\n" * 6)
    kept = tmp_path / "kept.json"
    major = ["--major", str(server.version), "--each", "1", "--json", str(kept)]
    folder = str(tmp_path / "shop" / "migrations")
    assert main([folder, str(wrong), *major, "--kind", "key removed"]) == 0
    told = capsys.readouterr().out
    assert "passed over: 6 of 6 statements fail" in told
    assert re.search(r"^1 mutants in", told, re.MULTILINE)
    assert re.search(r"^key removed 42P10 .* 1 ", told, re.MULTILINE)
    shop, passed_over = json.loads(kept.read_text())
    states = {one["server_sqlstate"] for one in shop["statements"]}
    assert {"42P10", "42830"} <= states
    assert (shop["mutants"], passed_over["skipped"]) == (1, True)
    # The folder is as it was.
    assert (tmp_path / "shop" / "migrations" / "V1__step.sql").read_text() == SHOP["1.sql"]
