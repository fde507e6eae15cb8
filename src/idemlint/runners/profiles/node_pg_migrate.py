"""node-pg-migrate (salsita/node-pg-migrate: src/sqlMigration.ts, src/migration.ts; npm 9.0,
measured).

- `^\\s*--[\\s-]*(up|down)\\s+migration`, any case; a file without a marker is all up, and so is
  one whose name begins with no number: that is only logged (migration.ts getNumericPrefix). A
  part is one message.
- All pending files share one transaction; `--no-single-transaction` gives each its own.
  CONCURRENTLY fails in both (measured); `pgm.noTransaction()` is for JavaScript only. No
  placeholders.
- The session is the transaction's (measured).
- A file without a down marker has its down disabled: that is an error (src/sqlMigration.ts getActions,
  src/migration.ts _getAction).
- "Not run migration … is preceding already run migration …" (src/runner.ts checkOrder).
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.line_patterns import compiled
from idemlint.runners.profile import Claim, Named, NearMiss, Part, Profile
from idemlint.runners.undoing import Undoing
from idemlint.source.statement import Span

_UP: Final = r"^\s*--[\s-]*up\s+migration"
_DOWN: Final = r"^\s*--[\s-]*down\s+migration"


def parts(data: bytes) -> tuple[Part, ...]:
    """From a marker to the other one, or to the end."""
    up, down = compiled(_UP).search(data), compiled(_DOWN).search(data)
    if up is None:
        return (Part(Span(0, len(data))),)
    if down is None:
        return (Part(Span(up.start(), len(data))),)
    first, second = sorted((up.start(), down.start()))
    one, two = Span(first, second), Span(second, len(data))
    if up.start() == first:
        return (Part(one, "up"), Part(two, "down", group=1))
    return (Part(one, "down"), Part(two, "up", group=1))


#: https://salsita.github.io/node-pg-migrate/cli, `--dry-run`
_DRY_RUN: Final = (
    "`node-pg-migrate up --dry-run` (node-pg-migrate; others log what they run) for `idemlint -`"
)

PROFILES: Final = (
    Profile(
        name="node-pg-migrate",
        title="node-pg-migrate",
        renders=(
            ("JavaScript", _DRY_RUN),
            ("TypeScript", _DRY_RUN),
        ),
        edits="ignored",
        late="refuses",
        undoing=Undoing("refuses"),
        late_option="`--no-check-order`",
        sending="tx-all",
        session="transaction",
        claims=(
            Claim(82, needle=b"migration", text=r"^\s*--[\s-]*(?:up|down)\s+migration\b"),
            Claim(55, name=r"\d+[_-].*\.sql", depends=(("package.json", r'"node-pg-migrate"'),)),
        ),
        files=(
            Named(r"(?P<version>\d+)[_-](?P<name>[^/]*)\.down\.sql", "down"),
            Named(r"(?P<version>\d+)[_-](?P<name>[^/]*)\.sql", "up"),
        ),
        other_files="up",
        parts=parts,
        way_out="write this migration in JavaScript, with `pgm.noTransaction()`",
        near_misses=(
            NearMiss(
                r"^--[^\n]*\b(?:no|disable)[ _-]?transaction\b[^\n]*",
                "node-pg-migrate has no such directive: pgm.noTransaction() is JavaScript's",
            ),
        ),
    ),
)
