"""Patterns of profiles: they are written as text, and compiled when one is first asked for."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

#: `re` looks for a line's start at each place of a text, but for letters that a pattern begins with all at
#: once: what begins with `--` at a line's start, and the same in other words.
_IN_OTHER_WORDS: Final = (
    ("^--", r"--(?<![^\n]--)"),
    ("^(?-i:--", r"--(?<![^\n]--)(?-i:"),
)


@cache
def compiled(pattern: str) -> re.Pattern[bytes]:
    """A pattern of lines of bytes, letter case ignored (`(?-i:…)` where it counts)."""
    for written, meant in _IN_OTHER_WORDS:
        if pattern.startswith(written):
            pattern = meant + pattern.removeprefix(written)
    return re.compile(pattern.encode(), re.IGNORECASE | re.MULTILINE)
