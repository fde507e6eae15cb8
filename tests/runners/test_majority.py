"""One folder, one runner: marks, what stands around the folder, and customs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint import engine
from idemlint.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runners.words import Folder

PLAIN = "CREATE TABLE IF NOT EXISTS t (id int);\n"
GOOSE = f"-- +goose Up\n{PLAIN}"
DBMATE = f"-- migrate:up\n{PLAIN}-- migrate:down\n"
PIECES = f"{PLAIN}--> statement-breakpoint\n{PLAIN}"
PSQL = f"\\set x 1\n{PLAIN}"


def owners(folder: Folder, *asked: str) -> dict[str, str]:
    """Each file's runner, where some files, or all, were asked about."""
    paths = [folder.path(name) for name in asked] or [str(folder.root)]
    found = {}
    for sequence in engine.open(paths, Settings.load(paths, isolated=True)):
        for path in (*sequence.names, *sequence.outside):
            found[path.removeprefix(f"{folder.root}/")] = sequence.runner
    return found


def certainty(folder: Folder, runner: str = "auto") -> tuple[str, bool]:
    paths = [str(folder.root)]
    settings = Settings.load(paths, isolated=True)._replace(runner=runner)
    (evidence,) = {each.evidence for each in engine.open(paths, settings)}
    return evidence.certainty, evidence.is_divided


@pytest.mark.parametrize(
    ("files", "runner"),
    [
        ({"1_a.sql": GOOSE, "2_b.sql": PLAIN, "3_c.sql": PLAIN, "4_d.sql": PLAIN}, "goose"),
        ({"1_a.sql": GOOSE, "2_b.sql": GOOSE, "3_c.sql": DBMATE}, "goose"),
        ({"1_a.sql": DBMATE, "2_b.sql": GOOSE, "3_c.sql": DBMATE}, "dbmate"),
        ({"0000_a.sql": PIECES, "9999_b.sql": PLAIN}, "drizzle"),
        ({"0000_a.sql": PIECES, "0001_b.sql": PIECES, "9999_b.sql": PSQL}, "drizzle"),
        ({"1_a.sql": "-- +goose Upgrade\n" + PLAIN, "2_b.sql": PLAIN}, "psql"),
        ({"1_a.sql": "-- migrate:upwards\n" + PLAIN}, "psql"),
        ({"1_a.sql": "-- +migrate Upgrade\n" + PLAIN}, "psql"),
        ({"1_a.sql": " -- +goose Up\n" + PLAIN}, "psql"),
        ({"1_a.sql": "-- rambler upwards\n" + PLAIN}, "psql"),
        ({"V1__a.sql": PLAIN, "V2__b.sql": PLAIN, "V3_c.sql": PLAIN}, "flyway"),
        ({"1_a.up.sql": PLAIN, "2_b.up.sql": PLAIN, "3_c.sql": PLAIN}, "golang-migrate"),
    ],
)
def test_the_marked_files_decide(folder: Folder, files: Mapping[str, str], runner: str) -> None:
    folder.write(files)
    assert owners(folder) == dict.fromkeys(files, runner)


@pytest.mark.parametrize(
    ("around", "text", "runner"),
    [
        ("Cargo.toml", 'sqlx = "0.8"\n', "sqlx"),
        ("tern.conf", "", "tern"),
        ("yoyo.ini", "", "yoyo"),
        ("meta/_journal.json", '{"entries": []}', "drizzle"),
        ("atlas.sum", "", "atlas"),
    ],
)
def test_what_stands_around_a_folder_is_stronger_than_a_comment(
    folder: Folder, around: str, text: str, runner: str
) -> None:
    files = {"1_a.sql": PLAIN, "2_b.sql": GOOSE, "3_c.sql": PLAIN}
    folder.write({**files, around: text})
    assert owners(folder) == dict.fromkeys(files, runner)


def test_a_mark_in_all_files_is_stronger_than_a_manifest(folder: Folder) -> None:
    files = {"1_a.sql": DBMATE, "2_b.sql": DBMATE}
    folder.write({**files, "Cargo.toml": 'sqlx = "0.8"\n'})
    assert owners(folder) == dict.fromkeys(files, "dbmate")


def test_what_nobody_meant_to_be_in_the_order_stays_what_it_is(folder: Folder) -> None:
    folder.write({"1_a.sql": GOOSE, "2_b.sql": GOOSE, "schema.sql": PLAIN, "load_all.sql": PSQL})
    assert owners(folder) == {
        "1_a.sql": "goose",
        "2_b.sql": "goose",
        "schema.sql": "psql",
        "load_all.sql": "psql",
    }


def test_a_name_is_no_evidence_against_many(folder: Folder) -> None:
    files = {f"{number}_t.sql": PLAIN for number in range(1, 6)}
    folder.write({**files, "6_t.up.sql": PLAIN})
    assert owners(folder) == {**dict.fromkeys(files, "psql"), "6_t.up.sql": "golang-migrate"}


@pytest.mark.parametrize("asked", ["0000_a.sql", "0001_b.sql", "9999_c.sql"])
def test_it_does_not_matter_which_file_was_asked_about(folder: Folder, asked: str) -> None:
    folder.write({"0000_a.sql": PIECES, "0001_b.sql": PLAIN, "9999_c.sql": PLAIN})
    assert owners(folder, asked) == {asked: "drizzle"}


@pytest.mark.parametrize("asked", [(), ("3_c.sql",)])
def test_a_file_beside_folders_that_are_migrations(folder: Folder, asked: tuple[str, ...]) -> None:
    folder.write({"1_a/up.sql": PLAIN, "2_b/up.sql": PLAIN, "3_c.sql": PLAIN})
    assert owners(folder, *asked)["3_c.sql"] == "diesel"


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"1_a.sql": GOOSE, "2_b.sql": GOOSE}, ("proved", False)),
        ({"1_a.sql": GOOSE, "2_b.sql": PLAIN}, ("guessed", True)),
        ({"1_a.sql": GOOSE, "2_b.sql": PLAIN, "go.mod": "x/pressly/goose v3"}, ("proved", False)),
        ({"0000_a.sql": PIECES, "0001_b.sql": PLAIN}, ("guessed", True)),
        (
            {"0000_a.sql": PIECES, "1_b.sql": PLAIN, "package.json": '{"drizzle-orm": "1"}'},
            ("proved", False),
        ),
        (
            {"0_a.sql": PIECES, "1_b.sql": PLAIN, "meta/_journal.json": '{"entries": []}'},
            ("proved", False),
        ),
        ({"V1__a.sql": PLAIN}, ("guessed", False)),
        ({"V1__a.sql": PLAIN, "flyway.conf": ""}, ("proved", False)),
        ({"1_a.sql": PLAIN}, ("guessed", False)),
        ({"1_a.sql": PSQL, "2_b.sql": PLAIN}, ("guessed", False)),
    ],
)
def test_how_sure_it_is(
    folder: Folder, files: Mapping[str, str], expected: tuple[str, bool]
) -> None:
    folder.write(files)
    assert certainty(folder) == expected


def test_a_runner_that_was_named_is_sure(folder: Folder) -> None:
    folder.write({"1_a.sql": GOOSE, "2_b.sql": PLAIN})
    assert certainty(folder, "goose") == ("named", False)


def test_an_edit_can_change_how_sure_it_is(folder: Folder) -> None:
    folder.write({"0000_a.sql": PIECES, "0001_b.sql": PIECES})
    paths = [folder.path(f"000{number}_{name}.sql") for number, name in enumerate("ab")]
    opened = engine.open(paths, Settings.load(paths, isolated=True))
    (before,) = opened
    assert not before.evidence.is_divided
    assert paths[1] in opened.update({paths[1]: PLAIN.encode()})
    (after,) = opened
    assert after.evidence.is_divided
    assert {each.code for each in after.report(paths[1]).findings} == {"IDM825"}
