"""No fix writes what is wrong: what is not fixed is not for want of a right text.

A fix that its proof refuses is left out, and the reason is said. Where its very text is at fault, that is a
bug of ours, and said to be one; it must never come to that. Some of the pages' examples and all fixtures are
tried; `IDEMLINT_ALL_ROWS=1`: all examples; `IDEMLINT_FOLDERS=FILE`: folders listed in a file, too.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from idemlint import engine
from idemlint.apply.rounds import fix_files
from idemlint.diagnostics import Applicability
from in_process import idemlint
from rules.cases import all_cases

if TYPE_CHECKING:
    from idemlint.apply import FixedFile
    from rules.cases import Case

    Files = list[FixedFile]

EVERY = 1 if os.environ.get("IDEMLINT_ALL_ROWS") == "1" else 5
CASES = [each for each in all_cases() if each.example.what in {"bad", "good"}][::EVERY]
FIXTURES = sorted(Path(__file__).parents[1].glob("fixtures/*/*"))
LISTED = os.environ.get("IDEMLINT_FOLDERS")
FOLDERS = [Path(each) for each in Path(LISTED).read_text().split()] if LISTED else []


def wrong(files: Files) -> list[str]:
    return [
        f"{each.name}: {one.code}: {one.why}"
        for each in files
        for one in each.dropped
        if one.is_ours
    ]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_text_of_a_fix_is_wrong(case: Case) -> None:
    data = case.example.sql.encode()
    assert not wrong([case.fix(data, Applicability.UNSAFE)])


@pytest.mark.parametrize("folder", FIXTURES + FOLDERS, ids=lambda path: path.name)
def test_no_folder_shows_a_bug(folder: Path) -> None:
    files = fix_files(engine.open([folder]), Applicability.UNSAFE, fix_applied=True)
    assert not wrong(files)
    assert not any(each.report.faults for each in files)


def test_a_bug_is_said_to_be_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from idemlint.rules import all_rules

    from .words import fix

    file = tmp_path / "0001.sql"
    file.write_text("CREATE TABLE t (id int);\n")
    rule = all_rules()["IDM101"].__class__
    monkeypatch.setattr(rule, "repair", lambda self, case: fix((0, 6, "DROP")))
    said = idemlint("--fix", file).err
    assert "left out" in said
    assert "This is a bug in idemlint" in said
    monkeypatch.setattr(rule, "repair", lambda self, case: fix((0, 0, "  ")))
    said = idemlint("--fix", file).err
    assert "left out" in said
    assert "This is a bug in idemlint" not in said
