"""gobuffalo pop / soda (gobuffalo/pop: migrator.go, migration_content.go).

Other names are skipped with a warning (file_migrator.go). As popx, which comes from it, but
without `.autocommit`: a transaction always. `.fizz` files are another language. [unverified]
Edits are not seen. One pool, one file after the other: one connection, which nothing resets
(migrator.go).
- Versions compare as texts (migration_info.go Less); folders below are read, too (migration_box.go).
- On the way down it goes through the down files alone (migrator.go Down).
- Late files run: each is looked up in the table (migrator.go UpTo).
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.profile import Claim, Profile, Reads
from idemlint.runners.profiles.popx import FILES, TEMPLATES, dialect_wins
from idemlint.runners.undoing import Undoing

_NAME: Final = r"\d+_[^.]+(?:\.[a-z0-9]+)?\.(?:up|down)\.sql"

PROFILES: Final = (
    Profile(
        name="pop",
        title="pop",
        edits="ignored",
        late="runs",
        undoing=Undoing("skips"),
        sending="tx",
        session="kept",
        claims=(
            Claim(53, name=_NAME, depends=(("go.mod", r"gobuffalo/pop\b"),)),
            Claim(53, name=_NAME, beside=("*.fizz",)),
        ),
        version_alone=True,
        reads=Reads(
            other_name="skips it, with a warning in its log",
            names="20240101120000_add_users.up.sql",
        ),
        files=FILES,
        ordered_by="text",
        goes_below=True,
        journal=dialect_wins,
        placeholders=TEMPLATES,
    ),
)
