"""Graphile Worker's own migrations (graphile/worker: src/migrate.ts): `sql/000001.sql`, shipped
with the library.

One message between BEGIN and COMMIT, the row in the same transaction; `:GRAPHILE_WORKER_SCHEMA` is
filled in everywhere. Contents are not compared. [unverified] Other
names are passed over. One connection for all files. A number that is not above the newest one in its
table never runs (migrate.ts).
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.profile import Claim, Named, Placeholders, Profile, Reads

PROFILES: Final = (
    Profile(
        name="graphile-worker",
        title="Graphile Worker",
        edits="ignored",
        sending="tx",
        session="kept",
        late="skips",
        claims=(
            Claim(88, name=r"\d{6}\.sql", needle=b":graphile_worker_schema"),
            Claim(58, name=r"\d{6}\.sql", needle=b":graphile_worker_schema", near=True),
        ),
        reads=Reads(names="000002.sql"),
        files=(Named(r"(?P<version>\d{6})\.sql", "up"),),
        placeholders=Placeholders(pattern=r":GRAPHILE_WORKER_SCHEMA\b", in_bodies=True),
    ),
)
