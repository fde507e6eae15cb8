"""Diesel: a transaction a file; `metadata.toml` takes it away and leaves one message."""

from __future__ import annotations

import pytest

from idemlint.runners import get
from runners.words import Folder, misleads, sent

CIC = "CREATE INDEX CONCURRENTLY i ON t (a);"


def test_its_configuration_gives_it_away(folder: Folder) -> None:
    folder.write({"diesel.toml": "", "migrations/2024-01-01-000000_x/up.sql": "SELECT 1;"})
    folder.write({"migrations/2024-01-01-000000_x/down.sql": ""})
    assert folder.runners() == {"diesel"}


def test_versions_are_text_without_dashes(folder: Folder) -> None:
    names = ["2024-01-02-000000_b", "20240101000000_a", "00000000000000_setup"]
    folder.write({f"{name}/{way}.sql": "" for name in names for way in ("up", "down")})
    assert folder.order("diesel") == [
        "00000000000000_setup/up.sql",
        "20240101000000_a/up.sql",
        "2024-01-02-000000_b/up.sql",
    ]
    assert get("diesel").version_of("m/2024-01-02-000000_b/up.sql") == "20240102000000"


def test_a_file_is_a_transaction() -> None:
    assert sent("diesel", CIC, "1_x/up.sql") == ["0 transaction!"]


@pytest.mark.parametrize(
    ("toml", "block"),
    [
        ("run_in_transaction = false\n", "none"),
        ("# a comment\nrun_in_transaction=false # why\n", "none"),
        ("", "none"),
        ("other = 1\n", "none"),
        ("run_in_transaction = true\n", "transaction!"),
        ("this is no toml\n", "transaction!"),
    ],
)
def test_metadata(folder: Folder, toml: str, block: str) -> None:
    folder.write({"1_x/up.sql": CIC, "1_x/metadata.toml": toml})
    assert sent("diesel", CIC, folder.path("1_x/up.sql")) == [f"0 {block}"]


def test_without_it_several_statements_are_one_message(folder: Folder) -> None:
    folder.write({"1_x/up.sql": "", "1_x/metadata.toml": "run_in_transaction = false\n"})
    assert sent("diesel", f"SELECT 1; {CIC}", folder.path("1_x/up.sql")) == ["0 message!"] * 2


def test_in_the_file_itself_it_does_nothing() -> None:
    line = "-- run_in_transaction = false"
    assert misleads("diesel", f"{line}\n{CIC}") == [line]
