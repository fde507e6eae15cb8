"""rambler: each section is one message, no transaction."""

from __future__ import annotations

from runners.words import Folder, sections, sent

SQL = "-- rambler up\nSELECT 1;\nSELECT 2;\n-- rambler down\nSELECT 3;\n-- rambler up\nVACUUM;\n"


def test_its_markers_give_it_away(folder: Folder) -> None:
    folder.write({"201409272258_x.sql": SQL})
    assert folder.runners() == {"rambler"}


def test_each_section_is_one_message() -> None:
    assert sent("rambler", SQL) == ["0 message!", "0 message!", "1 none", "2 none"]
    assert [section for section, _ in sections("rambler", SQL)] == ["up", "down", "up"]


def test_names_rule_not_numbers(folder: Folder) -> None:
    folder.write(dict.fromkeys(["2_b.sql", "10_a.sql", "c.sql"], SQL))
    assert folder.order("rambler") == ["10_a.sql", "2_b.sql", "c.sql"]
