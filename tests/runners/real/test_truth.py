"""A profile tells the truth: what it foretells is what the real runner leaves in a real database."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from idemlint.postgres.no_block import refuses_block
from idemlint.runners import FolderClues, get
from idemlint.runners.units import deliver
from idemlint.source.parse import parse
from idemlint.source.text import decode
from runners.real.drive import RUNNERS, Runner, Toolbox

if TYPE_CHECKING:
    from collections.abc import Sequence

    from postgres.server import Database

pytestmark = [pytest.mark.runner, pytest.mark.server, pytest.mark.slow]

CIC = "CREATE INDEX CONCURRENTLY base_i ON base (a)"
FAILS = "SELECT 1/0"

CASES = {
    "concurrently alone": [CIC],
    "concurrently in company": ["CREATE TABLE a ()", CIC, "CREATE TABLE b ()"],
    "concurrently last": ["SET lock_timeout = '5s'", CIC],
    "vacuum": ["VACUUM base"],
    "a DO block": ["DO $$ BEGIN CREATE TABLE a (); CREATE TABLE b (); END $$"],
    "all is well": ["CREATE TABLE a ()", "CREATE TABLE b ()"],
    "a failure half-way": ["CREATE TABLE a ()", FAILS, "CREATE TABLE b ()"],
    "a commit before concurrently": ["CREATE TABLE a ()", "COMMIT", CIC],
    "a commit before a failure": ["CREATE TABLE a ()", "COMMIT", "CREATE TABLE b ()", FAILS],
    "a transaction of its own": ["BEGIN", "CREATE TABLE a ()", "COMMIT"],
}


def start(
    runner: Runner,
    files: Sequence[Sequence[str]],
    request: pytest.FixtureRequest,
    folder: Path,
    database: Database,
    off: bool = False,
    numbers: Sequence[int] = (1, 2),
) -> tuple[list[str], str]:
    """Write the files, run the real runner; the paths in its profile's order, and what it said."""
    tools: Toolbox = (
        Toolbox(folder) if runner.needs == "nothing" else request.getfixturevalue(runner.needs)
    )
    with database.connect() as connection:
        connection.execute("CREATE TABLE base (a int)")
    names = [runner.name.format(number) for number in numbers[: len(files)]]
    for name, statements in zip(names, files, strict=True):
        text = runner.up + runner.between.join(f"{each};\n" for each in statements)
        text += runner.below
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(runner.off(text) if off and runner.off else text)
    for name, text in runner.extra(names).items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    said = runner.start(tools, folder, database)
    paths = sorted(path.as_posix() for path in folder.rglob("*.sql"))
    return get(runner.profile).order(paths, FolderClues()), said


def foretold(runner: Runner, paths: Sequence[str]) -> set[str]:
    """The tables and indexes that are there after the run, by the profile's word."""
    profile = get(runner.profile)
    left: set[str] = set()
    for path in paths:
        source = decode(path, Path(path).read_bytes())
        statements = parse(source, profile.sections(source.data)).statements
        pending: set[str] = set()
        unit = -1
        before = set(left)
        for statement, delivery in zip(
            statements, deliver(profile, source, statements, FolderClues()), strict=True
        ):
            if delivery.unit != unit:
                left |= pending
                pending, unit = set(), delivery.unit
            text = source.text[statement.start : statement.end]
            if text == FAILS or (refuses_block(statement) and delivery.refuses):
                return left if profile.sending != "tx-all" or left != before else left - before
            inside = delivery.block == "transaction" and not delivery.authored
            if runner.savepoints and text == "COMMIT" and inside:
                return left | pending
            pending |= {name for name in ("a", "b", "base_i") if makes(text, name)}
        left |= pending
    return left


def makes(text: str, name: str) -> bool:
    return f"TABLE {name} " in text or f"CONCURRENTLY {name} " in text


def found(database: Database) -> set[str]:
    with database.connect() as connection:
        rows = connection.execute(
            "SELECT relname FROM pg_class WHERE relname IN ('a', 'b', 'base_i')"
        )
        return {str(row[0]) for row in rows.fetchall()}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("off", [False, True], ids=["as usual", "opted out"])
@pytest.mark.parametrize("runner", RUNNERS, ids=lambda runner: runner.profile)
def test_what_is_left(
    runner: Runner,
    off: bool,
    case: str,
    request: pytest.FixtureRequest,
    tmp_path: Path,
    database: Database,
) -> None:
    if off and runner.off is None:
        pytest.skip("it has no opt-out")
    paths, said = start(runner, [CASES[case]], request, tmp_path, database, off)
    assert found(database) == foretold(runner, paths), said


@pytest.mark.parametrize("runner", [r for r in RUNNERS if r.files > 1], ids=lambda r: r.profile)
def test_a_failing_second_file(
    runner: Runner, request: pytest.FixtureRequest, tmp_path: Path, database: Database
) -> None:
    """Only where all pending files share a transaction does it take the first one back."""
    files = [["CREATE TABLE a ()"], ["CREATE TABLE b ()", FAILS]]
    _, said = start(runner, files, request, tmp_path, database)
    profile = get(runner.profile)
    survivors = set() if profile.sending == "tx-all" else {"a"}
    if profile.sending == "stmt":
        survivors.add("b")
    assert found(database) == survivors, said


@pytest.mark.parametrize("runner", [r for r in RUNNERS if r.files > 1], ids=lambda r: r.profile)
def test_the_order_of_files(
    runner: Runner, request: pytest.FixtureRequest, tmp_path: Path, database: Database
) -> None:
    """The second file needs the first: it only works in the profile's order."""
    files = [["CREATE TABLE a (x int)"], ["ALTER TABLE a RENAME TO b"]]
    paths, said = start(runner, files, request, tmp_path, database)
    assert len(paths) == 2
    assert found(database) == {"b"}, said


@pytest.mark.parametrize(
    ("profile", "numbers"),
    [
        ("dbmate", (10, 2)),
        ("supabase", (20240101000000, 20260426)),
        ("supabase", (10, 2)),
        ("yoyo", (10, 2)),
        ("postgrator", (2, 10)),
        ("yandex-pgmigrate", (2, 10)),
        ("node-pg-migrate", (2, 10)),
        ("node-pg-migrate", (20200101000001000, 1600000000000)),
    ],
)
def test_numbers_as_the_runner_sorts_them(
    profile: str,
    numbers: tuple[int, int],
    request: pytest.FixtureRequest,
    tmp_path: Path,
    database: Database,
) -> None:
    """The second file needs the first."""
    runner = next(each for each in RUNNERS if each.profile == profile)
    runner = replace(runner, name=re.sub(r"\{:\d+\}", "{}", runner.name))
    files = [["CREATE TABLE a (x int)"], ["ALTER TABLE a RENAME TO b"]]
    paths, said = start(runner, files, request, tmp_path, database, numbers=numbers)
    assert found(database) == {"b"}, said
    assert paths == [(tmp_path / runner.name.format(each)).as_posix() for each in numbers]


@pytest.mark.parametrize(
    "profile", ["dbmate", "postgrator", "yandex-pgmigrate", "yoyo", "supabase"]
)
def test_a_late_file(
    profile: str, request: pytest.FixtureRequest, tmp_path: Path, database: Database
) -> None:
    """One with an earlier number than that of the file that ran."""
    runner = next(each for each in RUNNERS if each.profile == profile)
    start(runner, [["CREATE TABLE a ()"]], request, tmp_path, database, numbers=[5])
    assert found(database) == {"a"}
    name = runner.name.format(3)
    (tmp_path / name).write_text(f"{runner.up}CREATE TABLE b ();\n{runner.below}")
    said = runner.start(request.getfixturevalue(runner.needs), tmp_path, database)
    assert found(database) == ({"a", "b"} if get(profile).late_of(name) == "runs" else {"a"}), said
