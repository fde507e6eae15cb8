"""node-pg-migrate (salsita/node-pg-migrate: src/sqlMigration.ts, src/migration.ts; npm 9.0,
measured).

- `^\\s*--[\\s-]*(up|down)\\s+migration`, any case; a file without a marker is all up. A part is one
  message.
- All pending files share one transaction; `--no-single-transaction` gives each its own.
  CONCURRENTLY fails in both (measured); `pgm.noTransaction()` is for JavaScript only. No
  placeholders.
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.directives import Near, misleads
from idemlint.runners.profile import Claim, Named, Profile
from idemlint.runners.stretches import Marker, marked

PROFILES: Final = (
    Profile(
        name="node-pg-migrate",
        title="node-pg-migrate",
        edits="ignored",
        sending="tx-all",
        claims=(
            Claim(82, needle=b"migration", text=r"^\s*--[\s-]*(?:up|down)\s+migration\b"),
            Claim(55, name=r"\d+[_-].*\.sql", depends=(("package.json", r'"node-pg-migrate"'),)),
        ),
        files=(
            Named(r"(?P<version>\d+)[_-](?P<name>[^/]*)\.down\.sql", "down"),
            Named(r"(?P<version>\d+)[_-](?P<name>[^/]*)\.sql", "up"),
        ),
        parts=marked(
            Marker(r"^[ \t]*--[\s-]*up\s+migration\b[^\n]*\n?", "up"),
            Marker(r"^[ \t]*--[\s-]*down\s+migration\b[^\n]*\n?", "down"),
            before="up",
        ),
        misdirectives=misleads(
            "node-pg-migrate",
            (
                Near(
                    r"^--[^\n]*\b(?:no|disable)[ _-]?transaction\b[^\n]*",
                    "node-pg-migrate has no such directive: pgm.noTransaction() is JavaScript's",
                ),
            ),
            title="node-pg-migrate",
        ),
    ),
)
