"""sqlx: the file and its row in one transaction; the directive leaves one message."""

from __future__ import annotations

import pytest

from idemlint.runners import get
from runners.words import Folder, misleads, opt_out, sent, with_directive

CIC = "CREATE INDEX CONCURRENTLY i ON t (a);"
OFF = "-- no-transaction\n"


@pytest.mark.parametrize(
    "line", ['sqlx = "0.8"', "sqlx = { workspace = true }", "sqlx.workspace = true"]
)
def test_cargo_gives_it_away(folder: Folder, line: str) -> None:
    folder.write({"Cargo.toml": f"[dependencies]\n{line}\n"})
    folder.write(
        {"migrations/1_a.sql": "", "migrations/2_b.up.sql": "", "migrations/2_b.down.sql": ""}
    )
    assert folder.runners() == {"sqlx"}


def test_so_does_its_directive(folder: Folder) -> None:
    folder.write({"migrations/20240101_x.sql": OFF + CIC})
    assert folder.runners() == {"sqlx"}


def test_versions_are_numbers_and_down_files_do_not_run(folder: Folder) -> None:
    folder.write(dict.fromkeys(["10_c.sql", "2_b.up.sql", "2_b.down.sql"], ""))
    assert folder.order("sqlx") == ["2_b.up.sql", "10_c.sql"]


def test_a_file_is_a_transaction_sent_as_one_message() -> None:
    assert sent("sqlx", CIC) == ["0 transaction!"]
    assert sent("sqlx", f"SELECT 1; COMMIT; {CIC} SELECT 2;") == [
        "0 transaction!",
        "0 transaction!",
        "1 message!",
        "1 message!",
    ]


def test_the_directive_leaves_one_message() -> None:
    assert sent("sqlx", OFF + CIC) == ["0 none"]
    assert sent("sqlx", f"{OFF}SELECT 1; {CIC}") == ["0 message!"] * 2


@pytest.mark.parametrize(
    "near",
    [
        "\n-- no-transaction",
        "--no-transaction",
        "-- note\n-- no-transaction",
        "\ufeff-- no-transaction",
    ],
)
def test_near_misses(near: str) -> None:
    assert opt_out("sqlx", f"{near}\n{CIC}") is None
    assert len(misleads("sqlx", f"{near}\n{CIC}")) == 1


def test_the_fix_writes_it_first_unless_a_bom_would_spoil_it() -> None:
    assert with_directive("sqlx", CIC) == OFF + CIC
    assert with_directive("sqlx", "\ufeff" + CIC) is None


def test_it_refuses_edited_files() -> None:
    assert get("sqlx").edits == "error"
