"""rambler (elwinar/rambler: driver/postgresql/driver.go).

- `-- rambler up`, `-- rambler down`; each section is one `Exec`, no transaction, the row apart.
  [unverified] Edits are not seen.
- One pool, one section after the other: one connection, which nothing resets.
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.profile import Claim, Named, Profile
from idemlint.runners.sections import Marker, marked

PROFILES: Final = (
    Profile(
        name="rambler",
        title="rambler",
        edits="ignored",
        sending="msg",
        session="kept",
        claims=(Claim(90, needle=b"rambler", text=r"^--\s*rambler\s+(?:up|down)"),),
        files=(Named(r"(?P<version>\d+)_(?P<name>[^/]*)\.sql", "up"),),
        other_files="up",
        parts=marked(
            Marker(r"^--\s*rambler\s+up\b[^\n]*\n?", "up"),
            Marker(r"^--\s*rambler\s+down\b[^\n]*\n?", "down"),
        ),
    ),
)
