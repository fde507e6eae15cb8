"""graphile-migrate (graphile/migrate: src/migration.ts, src/header.ts; README; npm 1.4, measured).

- `current.sql` (or `current/001-x.sql`) **runs again at every save** and must be idempotent.
  Committed files `committed/000001.sql` carry `--! Previous:` and `--! Hash:`, and an edit breaks
  the chain; other names there are passed over (migration.ts).
- One message in a transaction; `--! no-transaction`, the first line behind the headers, takes the
  transaction away, and it is one message still (an error took all back, measured).
- `:DATABASE_NAME`, `:DATABASE_OWNER` and own `:NAME`s are replaced as plain text everywhere, no
  escape.
- One connection for all committed files (measured), one for each run of `current.sql`.
- A late file breaks the chain: it, or the one behind it, names another `--! Previous:` than the hash of
  the one before, and nothing runs (migration.ts getAllMigrations).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.runners.directives import newline, opts_out
from idemlint.runners.line_patterns import compiled
from idemlint.runners.profile import Claim, Named, NearMiss, Placeholders, Profile, Reads
from idemlint.source.statement import Edit, Span

if TYPE_CHECKING:
    from idemlint.runners.clues import FolderClues

_HEADERS: Final = r"\A(?:--![ \t]+(?:Previous|Hash|Message|AllowInvalidHash)\b[^\n]*\n)*\s*"
_DIRECTIVE: Final = _HEADERS + r"--![ \t]*no-transaction\b"
_NUMBERED: Final = r"(?P<version>\d+)(?P<name>[^/]*)\.sql"
_CURRENT: Final = r"(?s)(?:.*/)?current(?:/[^/]*)?\.sql\Z"


def opt_out_edit(data: bytes) -> Edit | None:
    """The directive behind the headers."""
    match = compiled(_HEADERS).match(data)
    at = match.end() if match else 0
    return Edit(Span(at, at), "--! no-transaction" + newline(data))


def reruns(path: str, data: bytes, clues: FolderClues) -> str | None:
    """The current migration."""
    if re.match(_CURRENT, path.replace("\\", "/")):
        return "graphile-migrate runs the current migration again at every save"
    return None


PROFILES: Final = (
    Profile(
        name="graphile-migrate",
        title="graphile-migrate",
        edits="error",
        sending="tx",
        session="kept",
        late="refuses",
        claims=(
            Claim(92, needle=b"--! previous:", text=r"^--! previous:"),
            Claim(85, name=r"\d{6,}(?:-.*)?\.sql", folder="committed", above=(".gmrc*",)),
            Claim(85, name=r"current\.sql", above=(".gmrc*",)),
            Claim(85, name=r"\d+(?:-.*)?\.sql", folder="current", above=(".gmrc*",)),
            Claim(62, name=r"current\.sql", beside=("committed",)),
        ),
        reads=Reads(names="committed/000002.sql"),
        files=(
            Named(_NUMBERED, "up", folders=("committed",)),
            Named(r"current\.sql", "repeatable", rank=1),
            Named(_NUMBERED, "repeatable", rank=1, folders=("current",)),
        ),
        opt_out=opts_out(_DIRECTIVE, "msg"),
        own_directive=r"^--![ \t]*no-transaction[^\n]*",
        opt_out_edit=opt_out_edit,
        near_misses=(
            NearMiss(
                r"^[ \t]*--!?[ \t]*no[-_ ]?transaction\b[^\n]*",
                "graphile-migrate reads this only as the first line behind the headers",
                "--! no-transaction",
            ),
        ),
        directives_read=_DIRECTIVE,
        placeholders=Placeholders(
            pattern=r":[A-Z][A-Z0-9_]*\b",
            in_bodies=True,
            breaks=r":DATABASE_(?:NAME|OWNER)\b",
        ),
        reruns=reruns,
    ),
)
