"""node-pg-migrate (salsita/node-pg-migrate: src/sqlMigration.ts, src/migration.ts; npm 9.0,
measured).

- `^\\s*--[\\s-]*(up|down)\\s+migration`, any case; a file without a marker is all up. A
  part is one message.
- By the number that a name begins with, 17 digits being a date in milliseconds, then by name, numbers in it
  as numbers and punctuation left out. A name without one was only logged, and came first; it is an error
  since (9.0: utils/fileNameUtils.ts getNumericPrefix, utils/comparators.ts).
- All pending files share one transaction; `--no-single-transaction` gives each its own.
  CONCURRENTLY fails in both (measured); `pgm.noTransaction()` is for JavaScript only. No
  placeholders.
- The session is the transaction's (measured).
- A file without a down marker has its down disabled: that is an error (src/sqlMigration.ts getActions,
  src/migration.ts _getAction).
- "Not run migration … is preceding already run migration …" (src/runner.ts checkOrder).
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from idemlint.runners.line_patterns import compiled
from idemlint.runners.profile import Claim, Named, NearMiss, Part, Profile
from idemlint.runners.undoing import Undoing
from idemlint.source.statement import Span

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.runners.clues import FolderClues

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


def by_number(folder: str, paths: Sequence[str], clues: FolderClues) -> list[str]:
    """The files in the order of their numbers, dates among them."""
    return sorted(paths, key=_key)


def _key(path: str) -> tuple[int, list[tuple[int, int, str]], str]:
    name = path.replace("\\", "/").rpartition("/")[2]
    number = re.match(r"\d*", name)
    parts = re.findall(r"\d+|[^\W\d_]+", name.lower())
    natural = [(0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts]
    return _moment(number.group() if number else ""), natural, path


def _moment(digits: str) -> int:
    """The number that some digits stand for: 17 of them are a date, down to the millisecond."""
    if len(digits) == _DATE:
        # Most files have milliseconds in their names already.
        from datetime import datetime, timezone

        with suppress(ValueError):
            date = datetime.strptime(f"{digits[:14]}+0000", "%Y%m%d%H%M%S%z")
            return int(date.astimezone(timezone.utc).timestamp()) * 1000 + int(digits[14:])
    return int(digits or 0)


_DATE: Final = 17

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
        journal=by_number,
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
