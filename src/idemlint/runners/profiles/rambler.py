"""rambler (elwinar/rambler: driver/postgresql/driver.go).

- `-- rambler up`, `-- rambler down`; each section is one `Exec`, no transaction. [unverified] Edits
  are not seen.
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.directives import misleads
from idemlint.runners.profile import Claim, Named, Profile
from idemlint.runners.sections import Marker, marked

PROFILES: Final = (
    Profile(
        name="rambler",
        title="rambler",
        edits="ignored",
        sending="msg",
        claims=(Claim(90, needle=b"rambler", text=r"^--\s*rambler\s+(?:up|down)"),),
        files=(Named(r"(?P<version>\d+)_(?P<name>[^/]*)\.sql", "up"),),
        otherwise="up",
        parts=marked(
            Marker(r"^--\s*rambler\s+up\b[^\n]*\n?", "up"),
            Marker(r"^--\s*rambler\s+down\b[^\n]*\n?", "down"),
        ),
        misdirectives=misleads("rambler", title="rambler"),
        facts={"edits": "contents of applied files are not compared"},
    ),
)
