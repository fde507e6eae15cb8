"""Patterns of profiles: they are written as text, and compiled when one is first asked for."""

from __future__ import annotations

import re
from functools import cache


@cache
def compiled(pattern: str) -> re.Pattern[bytes]:
    """A pattern of lines of bytes, letter case ignored (`(?-i:…)` where it counts)."""
    return re.compile(pattern.encode(), re.IGNORECASE | re.MULTILINE)
