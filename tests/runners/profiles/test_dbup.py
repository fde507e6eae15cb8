"""DbUp: statement by statement; `$name$` is a variable, even where it is a dollar quote."""

from __future__ import annotations

import pytest

from idemlint.runners import get
from runners.words import Folder, sent


def test_its_project_gives_it_away(folder: Folder) -> None:
    folder.write({"x.csproj": '<PackageReference Include="dbup-postgresql" Version="6" />'})
    folder.write({"Scripts/0001 init.sql": "SELECT 1;"})
    assert folder.runners() == {"dbup"}


def test_every_statement_commits_by_itself() -> None:
    assert sent("dbup", "SELECT 1; VACUUM;") == ["0 none", "1 none"]


@pytest.mark.parametrize(("text", "broken"), [("$body$", True), ("$$", False), ("$1", False)])
def test_what_a_fix_must_not_write(text: str, broken: bool) -> None:
    assert get("dbup").placeholders.spoils(text) is broken
