"""sql-migrate (rubenv/sql-migrate: sqlparse/sqlparse.go, migrate.go applyMigrations).

- Exactly `-- +migrate ` from column 0; `Up`, `Down` (each with its own `notransaction`),
  `StatementBegin`, `StatementEnd`. Cut as goose does, but lines that begin `-- ` are dropped, in
  bodies too, and the last `;` is removed.
- A file without Up and Down is an error, whatever its name; one with Down alone does nothing on
  the way up (sqlparse.go ParseMigration).
- Missed older ids are caught up; [unverified] contents are not compared.
- One connection for all files, which nothing resets (measured with 1.0).
- A file without `-- +migrate Down` has no statements that way; its row is deleted (migrate.go
  applyMigrations).
- Late ids run first of all (migrate.go ToCatchup).
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.cutters import at_line_ends
from idemlint.runners.directives import opts_out
from idemlint.runners.profile import Claim, Named, NearMiss, Profile, Reads
from idemlint.runners.sections import Marker, marked, on_marker_line
from idemlint.runners.undoing import Undoing

_OFF: Final = r"(?-i:[ \t]notransaction)(?=\s|\Z)"
_UP: Final = r"^(?-i:-- \+migrate[ \t]+Up)(?=\s|\Z)[^\n]*"

#: As detection sees it, which minds no letter case.
_KNOWN: Final = r"^-- \+migrate[ \t]+(?:up|down|statementbegin|statementend)(?=\s|\Z)"

PROFILES: Final = (
    Profile(
        name="sql-migrate",
        title="sql-migrate",
        edits="ignored",
        late="runs",
        undoing=Undoing("runs"),
        sending="tx",
        session="kept",
        message="piece",
        claims=(
            Claim(90, needle=b"+migrate", text=_KNOWN),
            Claim(
                59,
                name=r".*\.sql",
                needle=b"+migrate",
                text=_KNOWN,
                near=True,
                depends=(("go.mod", r"rubenv/sql-migrate"),),
            ),
            Claim(58, name=r".*\.sql", needle=b"+migrate", text=_KNOWN, near=True),
        ),
        reads=Reads(
            marker=_UP,
            line="-- +migrate Up",
            alike=r"^[^\n]*\+migrate[^\n]*\bup[^\n]*",
            unmarked="stops with an error at this file, or runs nothing of it",
        ),
        files=(Named(r"(?P<version>\d+)(?P<name>[^/]*)\.sql", "up"),),
        other_files="up",
        parts=marked(
            Marker(_UP + r"\n?", "up", _OFF, "stmt"),
            Marker(r"^(?-i:-- \+migrate[ \t]+Down)(?=\s|\Z)[^\n]*\n?", "down", _OFF, "stmt"),
        ),
        cutter=at_line_ends("migrate", b"-- "),
        opt_out=opts_out(rf"^(?-i:-- \+migrate Up)\b[^\n]*{_OFF}", "stmt"),
        own_directive=r"^-- \+migrate (?:Up|Down)[^\n]* notransaction[^\n]*",
        opt_out_edit=on_marker_line(_UP, " notransaction"),
        near_misses=(
            NearMiss(
                r"^[ \t]*--[ \t]*\+migrate[^\n]*\bno[ _-]*transaction[^\n]*",
                "sql-migrate reads only the word notransaction, on its Up or Down line",
                "-- +migrate Up notransaction",
                r"(?<=\b(?-i:Up)[ \t])no[ _-]*transaction\b|(?<=\b(?-i:Down)[ \t])no[ _-]*transaction\b",
                "notransaction",
            ),
        ),
        directives_read=rf"^(?-i:-- \+migrate (?:Up|Down))\b[^\n]*{_OFF}",
        wrap=("-- +migrate StatementBegin", "-- +migrate StatementEnd"),
    ),
)
