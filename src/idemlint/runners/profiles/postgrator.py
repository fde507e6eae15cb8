"""postgrator (rickbergfalk/postgrator: postgrator.js runMigrations; npm).

- `001.do.x.sql`, `001.undo.x.sql`; other names are passed over. The file goes through the
  caller's `execQuery` as one text, no transaction; the row in another query. A changed applied
  file is an error (md5) unless `validateChecksums: false` [unverified].
- The connection is the caller's, mostly one (measured with a client of node-postgres).
- On the way down it goes through the undo files alone (postgrator.js getRelevantMigrations).
- Late files are passed over: it goes on from the highest version (postgrator.js
  getRelevantMigrations).
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.profile import Claim, Named, Profile, Reads
from idemlint.runners.undoing import Undoing

PROFILES: Final = (
    Profile(
        name="postgrator",
        title="postgrator",
        edits="error",
        late="skips",
        undoing=Undoing("skips"),
        sending="msg",
        session="kept",
        claims=(Claim(62, name=r"\d+\.(?:do|undo)\.(?:.*\.)?sql"),),
        version_alone=True,
        reads=Reads(names="002.do.add-users.sql"),
        files=(
            Named(r"(?P<version>\d+)\.do\.(?P<name>[^/]*)sql", "up"),
            Named(r"(?P<version>\d+)\.undo\.(?P<name>[^/]*)sql", "down"),
        ),
    ),
)
