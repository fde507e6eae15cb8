"""Hasura CLI (hasura/graphql-engine: server/src-lib/Hasura/Backends/Postgres/DDL/RunSQL.hs; issue
2939).

- `<database>/<milliseconds>_x/up.sql`, `down.sql`; older layout `<milliseconds>_x.up.sql`. The
  file is the text of one `run_sql` request, run in a transaction; there is no opt-out.
  By number; two of one number are an error (cli/migrate/source/migration.go Append).
  [unverified] Other names are passed over. The CLI writes its journal after success. Contents of
  applied files are not compared, and late files run: each version is looked up (cli/migrate/migrate.go
  readUp).
- [unverified] What becomes of a version without a down file.
- Each file is a request, on any connection of the server's pool, and none is reset (issue 10852):
  what the next file finds is chance.
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.profile import Claim, Named, Profile, Reads
from idemlint.runners.undoing import Undoing

_BOTH: Final = r"(?:up|down)\.sql"
_NAMED: Final = r"(?P<version>\d+)_(?P<name>[^/]*)"

PROFILES: Final = (
    Profile(
        name="hasura",
        title="the Hasura CLI",
        edits="ignored",
        sending="tx",
        session="new",
        late="runs",
        undoing=Undoing("unknown"),
        claims=(
            Claim(
                79,
                name=_BOTH,
                folder=r"\d+_[^/]*",
                depends=(
                    ("config.yaml", r"(?m)^(?:metadata_directory|actions|endpoint|admin_secret):"),
                ),
            ),
            Claim(71, name=_BOTH, folder=r"\d{13}_[^/]*"),
            Claim(62, name=_BOTH, folder=r"hasura/migrations(?:/[^/]+)?/\d+_[^/]*"),
            Claim(61, name=r"\d{13}_.*\.(?:up|down)\.sql", folder=r"hasura/migrations"),
        ),
        version_alone=True,
        reads=Reads(names="1704110400000_add_users/up.sql"),
        files=(
            Named(r"up\.sql", "up", folders=(_NAMED,)),
            Named(r"down\.sql", "down", folders=(_NAMED,)),
            Named(rf"{_NAMED}\.up\.sql", "up"),
            Named(rf"{_NAMED}\.down\.sql", "down"),
        ),
    ),
)
