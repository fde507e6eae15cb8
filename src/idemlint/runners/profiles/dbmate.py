"""dbmate (amacneil/dbmate: pkg/dbmate/migration.go, pkg/dbmate/db.go Migrate; npm `dbmate` 2.36,
measured).

- `^--\\s*migrate:up` and `:down` begin the parts; statements before `up`, and a file without it,
  are errors (ErrParseMissingUp). Names that begin with no digit are skipped (db.go). Pending is
  what is not recorded, by name; contents are not compared.
- A part is one `Exec` in a transaction; with `transaction:false` it is one message without one, so
  that CONCURRENTLY beside another statement is 25001 all the same and an error takes all back
  (measured).
- Options are `key:value` without blanks: `transaction: false` is silently ignored (measured).
- Several up/down pairs parse, but the second inserts the version again: 23505 after its SQL ran
  (measured).
- One connection for all files (measured); its journal is looked for in the first schema of the
  search_path, so that a file which leaves another one there fails (42P01, measured).
- A file without `-- migrate:down` is an error, on the way up, too (ErrParseMissingDown).
- Late files run, unless `--strict` (pkg/dbmate/db.go Migrate).
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.directives import opts_out
from idemlint.runners.profile import Claim, Named, NearMiss, Profile, Reads
from idemlint.runners.sections import Marker, marked, on_marker_line
from idemlint.runners.undoing import Undoing

_UP: Final = r"^--\s*migrate:up(?=\s|\Z)"
_OFF: Final = r"[ \t]transaction:false(?=\s|\Z)"

PROFILES: Final = (
    Profile(
        name="dbmate",
        title="dbmate",
        edits="ignored",
        late="runs",
        undoing=Undoing("refuses"),
        sending="tx",
        session="kept",
        claims=(
            Claim(90, needle=b"migrate:up", text=_UP),
            Claim(
                59,
                name=r"\d+.*\.sql",
                needle=b"migrate:up",
                text=_UP,
                near=True,
                depends=(("package.json", r'"dbmate"\s*:'),),
            ),
        ),
        version_alone=True,
        reads=Reads(
            names="20240101120000_add_users.sql",
            marker=_UP,
            line="-- migrate:up",
            alike=r"^[^\n]*\bmigrate:?[ \t]*up[^\n]*",
            unmarked="stops with an error at this file",
        ),
        files=(Named(r"(?P<version>\d+)(?P<name>[^/]*)\.sql", "up"),),
        ordered_by="path",
        parts=marked(
            Marker(_UP + r"[^\n]*\n?", "up", _OFF, "msg"),
            Marker(r"^--\s*migrate:down(?=\s|\Z)[^\n]*\n?", "down", _OFF, "msg"),
        ),
        opt_out=opts_out(rf"{_UP}[^\n]*{_OFF}", "msg"),
        own_directive=r"^--[ \t]*migrate:up[^\n]*transaction:false[^\n]*",
        opt_out_edit=on_marker_line(_UP + r"[^\n]*", " transaction:false"),
        near_misses=(
            NearMiss(
                r"^--\s*migrate:(?:up|down)\b[^\n]*\btransaction\b[^\n]*",
                "dbmate ignores this option: it reads key:value pairs without blanks",
                "write transaction:false",
                r"\btransaction[ \t]*[:=]?[ \t]*(?:false|off|no)\b",
                "transaction:false",
            ),
            NearMiss(
                r"^--[ \t]*transaction:[ \t]*false[^\n]*",
                "dbmate reads transaction:false only on its migrate:up or migrate:down line",
            ),
        ),
        directives_read=r"^--\s*migrate:(?:up|down)\b[^\n]*[ \t]transaction:(?:false|true)(?=\s|\Z)",
    ),
)
