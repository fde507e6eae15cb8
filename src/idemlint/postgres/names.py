"""How much PostgreSQL stores of a name."""

from __future__ import annotations

from typing import Final

#: `NAMEDATALEN - 1` (src/include/pg_config_manual.h): longer names are cut, in bytes.
NAME_BYTES: Final = 63


def cut(name: str) -> str:
    """A name as PostgreSQL stores it: at most 63 bytes, never half a character."""
    if len(name) <= NAME_BYTES and name.isascii():
        return name
    encoded = name.encode()
    return name if len(encoded) <= NAME_BYTES else encoded[:NAME_BYTES].decode(errors="ignore")


def is_cut(name: str) -> bool:
    """Whether PostgreSQL stores less than this of a name."""
    return len(name) > NAME_BYTES or len(name.encode()) > NAME_BYTES
