"""Whose SQL a text is that PostgreSQL's parser refuses."""

from __future__ import annotations

import re
from typing import Final

#: What no other database's manual has, and PostgreSQL's neither: MySQL "CREATE TABLE Statement", SQLite
#: "Autoincrement" and "PRAGMA Statements", SQL Server "GO" and "CREATE TABLE". The first found counts.
_SIGNS: Final = (
    (
        "MySQL",
        rb"(?im)^-- (?:MySQL|MariaDB) dump|\bENGINE\s*=\s*\w|\bAUTO_INCREMENT\b|^/\*!\d{5}"
        rb"|\b(?:TABLE|INTO|INDEX|EXISTS|UPDATE|FROM)\s+`",
    ),
    ("SQLite", rb"(?im)\bAUTOINCREMENT\b|^\s*PRAGMA\s+\w|\bWITHOUT\s+ROWID\b"),
    (
        "SQL Server",
        rb"(?im)^GO\s*$|\bIDENTITY\s*\(\s*\d+\s*,\s*\d+\s*\)|\bNVARCHAR\s*\(|\[dbo\]\.|^\s*EXEC\s+sp_",
    ),
)


def dialect(data: bytes) -> str | None:
    """The database whose SQL a text is, as it seems; `None`: PostgreSQL's, or nobody's."""
    return next((name for name, signs in _SIGNS if re.search(signs, data)), None)
