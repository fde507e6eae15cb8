"""tern: up above the line, down below it; the directive, for each direction, frees every
statement."""

from __future__ import annotations

import pytest

from runners.words import Folder, misleads, opt_out, sent

LINE = "---- create above / drop below ----\n"
OFF = "---- tern: disable-tx ----\n"


def test_its_lines_and_configuration_give_it_away(folder: Folder) -> None:
    folder.write({"a/001_x.sql": f"SELECT 1;\n{LINE}SELECT 2;\n", "b/001_x.sql": OFF})
    folder.write({"c/tern.conf": "", "c/001_x.sql": "SELECT 1;"})
    assert folder.runners() == {"tern"}


def test_up_and_down_are_transactions() -> None:
    assert sent("tern", f"SELECT 1;\n{LINE}SELECT 2;\n") == ["0 transaction!", "1 transaction!"]


def test_the_directive_holds_for_its_direction() -> None:
    sql = f"{OFF}SELECT 1;\nVACUUM;\n{LINE}SELECT 2;\n"
    assert sent("tern", sql) == ["0 none", "1 none", "2 transaction!"]


@pytest.mark.parametrize(
    "near", ["-- tern: disable-tx", "---- tern: disable-tx", "---- tern: no-tx ----"]
)
def test_near_misses(near: str) -> None:
    assert opt_out("tern", f"{near}\nVACUUM;\n") is None
    assert misleads("tern", f"{near}\nVACUUM;\n") == [near]
