"""refinery: a transaction a file, no way out."""

from __future__ import annotations

from idemlint.runners import get
from runners.words import Folder, misleads, opt_out, sent


def test_cargo_and_its_names_give_it_away(folder: Folder) -> None:
    folder.write({"Cargo.toml": '[dependencies]\nrefinery = "0.8"\n'})
    folder.write({"migrations/V1__a.sql": "SELECT 1;", "migrations/U2__b.sql": "SELECT 1;"})
    assert folder.runners() == {"refinery"}
    assert folder.order("refinery") == ["migrations/V1__a.sql", "migrations/U2__b.sql"]


def test_a_file_is_a_transaction_sent_as_one_message() -> None:
    assert sent("refinery", "SELECT 1; COMMIT; SELECT 2; SELECT 3;") == [
        "0 transaction!",
        "0 transaction!",
        "1 message!",
        "1 message!",
    ]


def test_nothing_opts_out() -> None:
    assert opt_out("refinery", "-- no-transaction\n") is None
    assert misleads("refinery", "-- no-transaction\n") == ["-- no-transaction"]


def test_a_late_file_without_a_place_runs() -> None:
    refinery = get("refinery")
    assert refinery.late_of("V1__a.sql") == "refuses"
    assert refinery.late_of("U1__a.sql") == "runs"
