"""node-pg-migrate: all pending files in one transaction, no way out in SQL."""

from __future__ import annotations

from runners.words import Folder, misleads, sections, sent


def test_its_markers_and_package_json_give_it_away(folder: Folder) -> None:
    folder.write({"a/1_x.sql": "-- Up Migration\nSELECT 1;\n-- Down Migration\nSELECT 2;\n"})
    folder.write({"b/package.json": '{"dependencies": {"node-pg-migrate": "^9.0.0"}}'})
    folder.write({"b/migrations/1700000000000_x.sql": "SELECT 1;"})
    assert folder.runners() == {"node-pg-migrate"}


def test_up_and_down_and_all_is_up_without_an_up_marker() -> None:
    up, down = "-- Up Migration\nSELECT 1;\n", "--- down   migration\nSELECT 2;\n"
    assert sections("node-pg-migrate", f"SELECT 0;\n{up}{down}") == [("up", up), ("down", down)]
    assert sections("node-pg-migrate", down + up) == [("down", down), ("up", up)]
    assert sections("node-pg-migrate", f"SELECT 1;\n{down}") == [("up", f"SELECT 1;\n{down}")]


def test_concurrently_is_refused_even_alone() -> None:
    assert sent("node-pg-migrate", "CREATE INDEX CONCURRENTLY i ON t (a);") == ["0 transaction!"]


def test_nothing_opts_out() -> None:
    assert misleads("node-pg-migrate", "-- disable-transaction\nVACUUM;") == [
        "-- disable-transaction"
    ]


def test_numbers_rule_and_long_ones_are_dates(folder: Folder) -> None:
    names = ["002_b.sql", "10_a.sql", "1577836800001_c.sql", "20200101000001000_d.sql"]
    names += ["1600000000000_e.sql", "20240230000000000_no_date.sql"]
    folder.write(dict.fromkeys(names, ""))
    assert folder.order("node-pg-migrate") == names


def test_names_of_one_number_compare_by_words_and_numbers(folder: Folder) -> None:
    names = ["1_a-2.sql", "1_a_10.sql", "1_B.sql"]
    folder.write(dict.fromkeys(names, ""))
    assert folder.order("node-pg-migrate") == names
