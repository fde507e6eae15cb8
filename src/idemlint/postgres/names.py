"""How much PostgreSQL stores of a name, which names are its own, and words for names that are computed."""

from __future__ import annotations

import re
from typing import Final

#: `NAMEDATALEN - 1` (src/include/pg_config_manual.h): longer names are cut, in bytes.
NAME_BYTES: Final = 63

#: Begins a word that stands, in a name, for what is computed (`plpgsql.constants`).
SYMBOL: Final = "zqx"
_SYMBOLS: Final = rf"{SYMBOL}[0-9a-f]{{8}}"


def shown(text: str) -> str:
    """A text for people: what is computed of a name is left out."""
    return re.sub(_SYMBOLS, "…", text) if SYMBOL in text else text


def is_system_name(schema: str | None, name: str) -> bool:
    """Whether what has that name, in a schema if it is given, is PostgreSQL's own."""
    return schema in _SYSTEM_SCHEMAS or (schema is None and name.startswith("pg_"))


_SYSTEM_SCHEMAS: Final = frozenset({"pg_catalog", "information_schema"})


def cut(name: str) -> str:
    """A name as PostgreSQL stores it: at most 63 bytes, never half a character."""
    if len(name) <= NAME_BYTES and name.isascii():
        return name
    encoded = name.encode()
    return name if len(encoded) <= NAME_BYTES else encoded[:NAME_BYTES].decode(errors="ignore")


def is_cut(name: str) -> bool:
    """Whether PostgreSQL stores less than this of a name."""
    return len(name) > NAME_BYTES or len(name.encode()) > NAME_BYTES
