"""Whether the order of a folder's files is known, or guessed, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint.runners import FolderClues, get
from idemlint.runners.majority import Evidence
from idemlint.runners.ordering import Ordering, ordering_of

if TYPE_CHECKING:
    from runners.words import Folder

NAMED, PROVED, GUESSED = Evidence("named"), Evidence("proved"), Evidence("guessed")


def order(
    folder: Folder, runner: str, *names: str, sure: Evidence = GUESSED, beside: tuple[str, ...] = ()
) -> Ordering:
    """What is known of the order of files that lie there."""
    folder.write(dict.fromkeys((*names, *beside), "SELECT 1;\n"))
    profile, clues = get(runner), FolderClues()
    paths = profile.order([folder.path(name) for name in names], clues)
    return ordering_of(profile, paths, clues, sure)


def doubt(
    folder: Folder, runner: str, *names: str, sure: Evidence = GUESSED, beside: tuple[str, ...] = ()
) -> str:
    """Why the order of files that lie there is only guessed."""
    return order(folder, runner, *names, sure=sure, beside=beside).doubt


# -- numbers -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sure", [NAMED, GUESSED])
def test_numbers_give_an_order_whoever_runs_the_files(folder: Folder, sure: Evidence) -> None:
    assert not doubt(folder, "psql", "1_a.sql", "2_b.sql", "10_c.sql", sure=sure)
    assert not doubt(folder, "psql", "2024-01-02.sql", "2024-01-03-x.sql", sure=sure)
    assert not doubt(folder, "golang-migrate", "1_a.up.sql", "2_b.up.sql", sure=sure)


@pytest.mark.parametrize("sure", [NAMED, GUESSED])
def test_scripts_without_numbers_have_no_order(folder: Folder, sure: Evidence) -> None:
    assert doubt(folder, "psql", "1_a.sql", "b.sql", sure=sure) == "not all files have a number"


def test_one_file_is_an_order(folder: Folder) -> None:
    assert not doubt(folder, "psql", "a.sql")
    assert not doubt(folder, "liquibase", "a.sql", sure=PROVED)


def test_files_that_undo_have_no_place_in_it(folder: Folder) -> None:
    assert not doubt(folder, "psql", "1_a.sql", "2_b.sql", beside=("down.sql",))


# -- the runner's own rule for names -------------------------------------------------------------------


@pytest.mark.parametrize("sure", [NAMED, PROVED])
def test_a_runner_has_its_rule_for_names(folder: Folder, sure: Evidence) -> None:
    assert not doubt(folder, "dbup", "a.sql", "b.sql", sure=sure)
    assert not doubt(folder, "prisma", "a/migration.sql", "b/migration.sql", sure=sure)
    assert not doubt(folder, "sql-migrate", "1_a.sql", "b.sql", sure=sure)


def test_the_rule_of_a_runner_that_was_guessed_is_none(folder: Folder) -> None:
    assert doubt(folder, "dbup", "1_a.sql", "b.sql") == (
        "not all files have a number, and that DbUp runs them is only guessed"
    )


def test_a_guessed_runner_that_sorts_names_must_agree_with_the_numbers(folder: Folder) -> None:
    assert not doubt(folder, "dbmate", "01_a.sql", "02_b.sql", "10_c.sql")
    assert doubt(folder, "dbmate", "1_a.sql", "2_b.sql", "10_c.sql") == (
        "the files stand in another order than their numbers and dates would give them,"
        " and that dbmate runs them is only guessed"
    )
    assert not doubt(folder, "dbmate", "1_a.sql", "2_b.sql", "10_c.sql", sure=PROVED)


def test_dates_are_written_in_many_ways(folder: Folder) -> None:
    dates = ("20140924113530", "2015-01-01-000000", "2016-01-01-000000-0000", "20170101000000")
    assert not doubt(folder, "diesel", *(f"{date}_a/up.sql" for date in dates))
    assert doubt(folder, "psql", "20231231120000_a.sql", "20240101_b.sql") == (
        "the files stand in another order than their numbers and dates would give them"
    )
    assert not doubt(folder, "flyway", "V20231231120000__a.sql", "V20240101__b.sql")


def test_what_runs_again_by_design_needs_no_number(folder: Folder) -> None:
    assert not doubt(folder, "flyway", "V1__a.sql", "V2__b.sql", "R__c.sql", "R__d.sql")


# -- plans ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sure", [NAMED, PROVED, GUESSED])
def test_a_plan_that_is_there_is_the_order(folder: Folder, sure: Evidence) -> None:
    folder.write({"sqitch.plan": "b 2024-01-01\na 2024-01-02\n"})
    assert not doubt(folder, "sqitch", "deploy/a.sql", "deploy/b.sql", sure=sure)
    folder.write({"meta/_journal.json": '{"entries": [{"tag": "b"}, {"tag": "a"}]}'})
    assert not doubt(folder, "drizzle", "a.sql", "b.sql", sure=sure)


@pytest.mark.parametrize("sure", [NAMED, PROVED, GUESSED])
def test_without_the_plan_that_a_runner_wants_there_is_none(folder: Folder, sure: Evidence) -> None:
    missing = "sqitch.plan is not there"
    assert doubt(folder, "sqitch", "deploy/a.sql", "deploy/b.sql", sure=sure) == missing
    assert doubt(folder, "sqitch", "deploy/1.sql", "deploy/2.sql", sure=sure) == missing
    missing = "a changelog that lists all of them is not there"
    assert doubt(folder, "liquibase", "a.sql", "b.sql", sure=sure) == missing
    missing = "meta/_journal.json is not there"
    assert doubt(folder, "drizzle", "0000_a.sql", "b.sql", sure=sure) == missing


def test_a_plan_is_not_wanted_where_names_have_the_numbers_that_it_gives(folder: Folder) -> None:
    assert not doubt(folder, "drizzle", "0000_a.sql", "0001_b.sql", "9999_c.sql")
    v1 = ("20240101000000_a/migration.sql", "20240102000000_b/migration.sql")
    assert not doubt(folder, "drizzle", *v1, sure=PROVED)


# -- pieces of something bigger ------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        ("x--1.0--1.1.sql", "x--1.0.sql", "x--1.1--1.2.sql"),
        ("1.0--1.1.sql", "1.1--1.2.sql"),
        ("upgrade-1.0-to-1.1.sql", "upgrade-1.1-to-1.2.sql"),
        ("1.0_to_1.1.sql", "1.1_to_1.2.sql"),
        ("upgrade-pre-1.0.0.sql", "upgrade-pre-1.1.0.sql"),
        ("1.0--1.1.sql",),
    ],
)
def test_scripts_that_upgrade_run_behind_something_else(
    folder: Folder, names: tuple[str, ...]
) -> None:
    assert "upgrade from one version to another" in doubt(folder, "psql", *names)


@pytest.mark.parametrize("above", ["upgrade", "upgrades", "sql/updates", "schema_updates"])
def test_so_does_a_folder_of_upgrades(folder: Folder, above: str) -> None:
    assert "a folder of upgrades" in doubt(folder, "psql", f"{above}/1.sql", f"{above}/2.sql")


@pytest.mark.parametrize("other", ["v1", "v10", "1.2", "2024-05", "release_3"])
def test_one_of_several_numbered_folders_is_a_piece(folder: Folder, other: str) -> None:
    said = doubt(folder, "psql", "v2/1_a.sql", "v2/2_b.sql", beside=(f"{other}/1_c.sql",))
    assert (
        said == "the files stand in one of several numbered folders, and something else runs those"
    )


@pytest.mark.parametrize(
    "beside",
    [
        (),
        ("docs/1_c.sql",),
        ("v1/notes.txt",),
        ("v1/1_a.sql", "v1/2_b.sql", "v1/3_c.sql"),
    ],
    ids=["alone", "beside others", "beside no SQL", "beside its like"],
)
def test_a_numbered_folder_may_stand_for_itself(folder: Folder, beside: tuple[str, ...]) -> None:
    assert not doubt(folder, "psql", "v2/1_a.sql", "v2/2_b.sql", beside=beside)


def test_a_runner_with_a_journal_is_pointed_at_each_folder(folder: Folder) -> None:
    names = ("v2/1_a.up.sql", "v2/2_b.up.sql")
    assert not doubt(folder, "golang-migrate", *names, sure=PROVED, beside=("v1/1_c.up.sql",))
    assert doubt(folder, "golang-migrate", *names, beside=("v1/1_c.up.sql",))


@pytest.mark.parametrize("runner", ["flyway", "refinery"])
def test_unless_it_reads_all_folders_as_one(folder: Folder, runner: str) -> None:
    names = ("v2/V1__a.sql", "v2/V2__b.sql")
    assert doubt(folder, runner, *names, sure=PROVED, beside=("v1/V1__c.sql",))


# -- equal versions ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("runner", "sure"), [("psql", GUESSED), ("golang-migrate", PROVED), ("supabase", PROVED)]
)
def test_files_of_one_version_have_no_order_among_them(
    folder: Folder, runner: str, sure: Evidence
) -> None:
    suffix = ".up.sql" if runner == "golang-migrate" else ".sql"
    names = [f"{name}{suffix}" for name in ("01_a", "03_b", "03_c", "04_d")]
    found = order(folder, runner, *names, sure=sure)
    a, b, c, d = map(folder.path, names)
    assert found.doubt == ""
    assert found.between(b, c) == found.between(c, b) == "two files have the version 03"
    assert {found.between(*pair) for pair in ((a, b), (c, d), (a, d), (b, b))} == {""}


def test_a_runner_that_goes_by_names_has_an_order_of_those_too(folder: Folder) -> None:
    found = order(folder, "sql-migrate", "1_a.sql", "1_b.sql", sure=PROVED)
    assert found == Ordering()


def test_what_is_doubted_as_a_whole_is_doubted_of_any_two(folder: Folder) -> None:
    found = order(folder, "psql", "a.sql", "b.sql")
    assert found.between("a.sql", "b.sql") == found.doubt != ""
