"""Whose SQL a text is that PostgreSQL's parser refuses."""

from __future__ import annotations

import re
from typing import Final

#: What no other database's manual has, and PostgreSQL's neither: ClickHouse "CREATE TABLE" and "Distributed
#: DDL", MySQL "CREATE TABLE Statement", SQLite "Autoincrement" and "PRAGMA Statements", SQL Server "GO" and
#: "CREATE TABLE". The first found counts.
_SIGNS: Final = (
    (
        "ClickHouse",
        rb"(?im)\bON +CLUSTER +['\"{\w]|\bENGINE *= *\w*MergeTree\b"
        rb"|\b(?:Nullable|LowCardinality) *\( *[A-Z]|\bCODEC *\( *[A-Z]",
    ),
    (
        "MySQL",
        rb"(?im)^-- (?:MySQL|MariaDB) dump|\bENGINE *= *\w|\bAUTO_INCREMENT\b|^/\*!\d{5}"
        rb"|\b(?:TABLE|INTO|INDEX|EXISTS|UPDATE|FROM) +`",
    ),
    ("SQLite", rb"(?im)\bAUTOINCREMENT\b|^[ \t]*PRAGMA +\w|\bWITHOUT +ROWID\b"),
    (
        "SQL Server",
        rb"(?im)^GO\r?$|\bIDENTITY *\( *\d+ *, *\d+ *\)|\bNVARCHAR *\(|\[dbo\]\.|^EXEC +sp_",
    ),
)
#: So many bytes are looked at.
_READ: Final = 200_000


def dialect(data: bytes) -> str | None:
    """The database whose SQL a text is, as it seems; `None`: PostgreSQL's, or nobody's."""
    beginning = data[:_READ]
    return next((name for name, signs in _SIGNS if re.search(signs, beginning)), None)
