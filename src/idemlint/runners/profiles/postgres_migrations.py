"""postgres-migrations (thomwright/postgres-migrations: dist/run-migration.js; npm 5.3, measured;
Supabase Storage has a copy).

- `^(-?\\d+)[-_]?(.*).(sql|js)$`, ids without gaps from 1 (0 is its own); another name is an
  error; a changed applied file is
  an error (hash).
- One message in a transaction. `-- postgres-migrations disable-transaction`, anywhere as a
  substring, takes the transaction away, and it is one message still: an error took all back
  (measured). No placeholders.
- One connection for all files (measured).
- A late file takes a number that is taken, or moves the others on: "non-consecutive migration ID", or
  hashes that do not match (src/validation.ts).
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.directives import first_line, opts_out
from idemlint.runners.profile import Claim, Named, NearMiss, Profile, Reads

_DIRECTIVE: Final = r"(?-i:-- postgres-migrations disable-transaction)"
_NAME: Final = r"\d+[-_]?.*\.sql"

PROFILES: Final = (
    Profile(
        name="postgres-migrations",
        title="postgres-migrations",
        edits="error",
        sending="tx",
        session="kept",
        late="refuses",
        claims=(
            Claim(88, needle=b"postgres-migrations disable-transaction"),
            Claim(57, name=_NAME, needle=b"postgres-migrations disable-transaction", near=True),
            Claim(56, name=_NAME, depends=(("package.json", r'"postgres-migrations"\s*:'),)),
        ),
        version_alone=True,
        reads=Reads(names="2_add_users.sql", other_name="stops with an error at this name"),
        files=(Named(r"(?P<version>-?\d+)[-_]?(?P<name>[^/]*)\.sql", "up"),),
        opt_out=opts_out(_DIRECTIVE, "msg"),
        own_directive=r"^--[ \t]*postgres-migrations disable-transaction[^\n]*",
        opt_out_edit=first_line("-- postgres-migrations disable-transaction"),
        near_misses=(
            NearMiss(
                r"^[^\n]*postgres-migrations[ :\t]*(?:disable|no)[ _-]?transaction[^\n]*",
                "postgres-migrations does not read this as its directive",
                "-- postgres-migrations disable-transaction",
            ),
        ),
        directives_read=r"^(?-i:[^\n]*-- postgres-migrations disable-transaction)",
    ),
)
