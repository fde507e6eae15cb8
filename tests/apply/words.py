"""Fixes on text in memory, by rules whose repair the test itself says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from idemlint import engine
from idemlint.apply.rounds import fix_files
from idemlint.diagnostics import Applicability, Fix
from idemlint.rules import all_rules
from idemlint.settings import Settings
from idemlint.source.statement import Edit, Span

if TYPE_CHECKING:
    from idemlint.apply import FixedFile

FOLDER = "no/such/folder"


def edit(start: int, end: int, content: str) -> Edit:
    return Edit(Span(start, end), content)


def fix(*edits: tuple[int, int, str], safe: bool = True) -> Fix:
    level = Applicability.SAFE if safe else Applicability.UNSAFE
    return Fix(level, "mend it", tuple(edit(*each) for each in edits))


def fixed(
    *texts: str | bytes,
    rules: str = "IDM101",
    lowest: Applicability = Applicability.SAFE,
    runner: str = "psql",
) -> list[FixedFile]:
    """What becomes of the files of a folder."""
    contents = {
        f"{FOLDER}/{number:04}_it.sql": text.encode() if isinstance(text, str) else text
        for number, text in enumerate(texts, 1)
    }
    codes = frozenset(code for code in all_rules() if code.startswith(tuple(rules.split(","))))
    settings = Settings(codes, Path(), runner=runner)
    return fix_files(engine.open(contents, settings, contents), lowest)
