"""golang-migrate (golang-migrate/migrate: database/postgres/postgres.go Run, migrate.go
runMigrations, database/multistmt/parse.go; README "Multi-statement mode").

- `^([0-9]+)_(.*)\\.(down|up)\\.(.*)$`, numeric; a lower version that was added later is skipped
  (migrate.go readUp: what comes next behind the version that it is at), and so is a file of another name
  (source/iofs/iofs.go Init).
  Contents are not compared.
- The file is one `Exec` without arguments, one message, no transaction of the runner's:
  CONCURRENTLY only alone in its file, authored BEGIN/COMMIT is common and fine. The URL option
  `x-multi-statement=true` (`golang-migrate-multi`) cuts at every `;`, also in strings, comments and
  bodies, and sends the pieces one by one.
- The version is written dirty before and clean after: any failure blocks until `force`.
- A version without a down file is an empty migration (migrate.go newMigration). Files are paired by version
  alone.
- One connection for all files (`WithInstance` takes a `sql.Conn`), which nothing resets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.runners.cutters import at_semicolons
from idemlint.runners.profile import Claim, Named, Profile, Reads, WholeBody
from idemlint.runners.undoing import Undoing

if TYPE_CHECKING:
    from idemlint.runners.profile import Part

_NAME: Final = r".*\d.*\.(?:up|down)\.sql"
_FILES: Final = (
    Named(r"[a-z]?(?P<version>\d+)[_.](?P<name>[^/]*)\.up\.[^/.]+", "up"),
    Named(r"[a-z]?(?P<version>\d+)[_.](?P<name>[^/]*)\.down\.[^/.]+", "down"),
)


def by_option(data: bytes, part: Part) -> WholeBody:
    """Bodies stay whole where the URL does not ask for multi-statement mode."""
    return WholeBody("leave x-multi-statement out of the database's URL")


PROFILES: Final = (
    Profile(
        name="golang-migrate",
        title="golang-migrate",
        edits="ignored",
        late="skips",
        undoing=Undoing("runs"),
        sending="msg",
        session="kept",
        claims=(
            Claim(50, name=_NAME, depends=(("go.mod", r"golang-migrate/migrate"),)),
            Claim(35, name=_NAME, beside=("*.go",)),
            Claim(34, name=_NAME, above=("go.mod",)),
            Claim(15, name=_NAME),
        ),
        version_alone=True,
        reads=Reads(names="000002_add_users.up.sql"),
        files=_FILES,
    ),
    Profile(
        name="golang-migrate-multi",
        family="golang-migrate",
        title="golang-migrate in multi-statement mode",
        edits="ignored",
        late="skips",
        undoing=Undoing("runs"),
        sending="stmt",
        session="kept",
        message="piece",
        version_alone=True,
        reads=Reads(names="000002_add_users.up.sql"),
        files=_FILES,
        cutter=at_semicolons,
        keep_body=by_option,
        do_blocks=False,
    ),
)
