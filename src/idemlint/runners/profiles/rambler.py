"""rambler (elwinar/rambler: driver/postgresql/driver.go).

- Exactly `-- rambler up`, `-- rambler down` (migration.go scan): of a file without them nothing is
  run, and it counts as applied; each section is one `Exec`, no transaction, the row apart.
  Edits are not seen: the journal has names (service.go).
- Names in order, whatever their numbers (service.go Available).
- One pool, one section after the other: one connection, which nothing resets.
- Of several down sections the last one runs first, and a file without one has nothing to run that way
  (migration.go Down).
- A late file is an error ("out of order migration"; apply.go apply).
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.profile import Claim, Named, Profile, Reads
from idemlint.runners.sections import Marker, marked
from idemlint.runners.undoing import Undoing

_UP: Final = r"^(?-i:-- rambler[ \t]*up)[ \t]*\r?(?:\n|\Z)"
_DOWN: Final = r"^(?-i:-- rambler[ \t]*down)[ \t]*\r?(?:\n|\Z)"

PROFILES: Final = (
    Profile(
        name="rambler",
        title="rambler",
        edits="ignored",
        sending="msg",
        session="kept",
        late="refuses",
        undoing=Undoing("runs", last_first=True),
        late_option="`rambler apply --migration FILE`",
        claims=(Claim(90, needle=b"rambler", text=r"^-- rambler[ \t]*(?:up|down)[ \t]*\r?$"),),
        reads=Reads(
            marker=_UP,
            line="-- rambler up",
            alike=r"^[^\n]*rambler[ \t]+up[^\n]*",
            unmarked="takes this file for done and runs nothing of it",
        ),
        files=(Named(r"(?P<version>\d+)_(?P<name>[^/]*)\.sql", "up"),),
        other_files="up",
        ordered_by="path",
        parts=marked(
            Marker(_UP, "up"),
            Marker(_DOWN, "down"),
        ),
    ),
)
