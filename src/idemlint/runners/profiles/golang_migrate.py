"""golang-migrate (golang-migrate/migrate: database/postgres/postgres.go Run, migrate.go
runMigrations, database/multistmt/parse.go; README "Multi-statement mode").

- `^([0-9]+)_(.*)\\.(down|up)\\.(.*)$`, numeric; a lower version that was added later is skipped.
  Contents are not compared.
- The file is one `Exec` without arguments, one message, no transaction of the runner's:
  CONCURRENTLY only alone in its file, authored BEGIN/COMMIT is common and fine. The URL option
  `x-multi-statement=true` (`golang-migrate-multi`) cuts at every `;`, also in strings, comments and
  bodies, and sends the pieces one by one.
- The version is written dirty before and clean after: any failure blocks until `force`.
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.cutters import at_semicolons
from idemlint.runners.directives import misleads
from idemlint.runners.profile import Claim, Named, Profile

_NAME: Final = r".*\d.*\.(?:up|down)\.sql"
_FILES: Final = (
    Named(r"[a-z]?(?P<version>\d+)[_.](?P<name>[^/]*)\.up\.[^/.]+", "up"),
    Named(r"[a-z]?(?P<version>\d+)[_.](?P<name>[^/]*)\.down\.[^/.]+", "down"),
)

PROFILES: Final = (
    Profile(
        name="golang-migrate",
        title="golang-migrate",
        version_alone=True,
        edits="ignored",
        sending="msg",
        claims=(
            Claim(50, name=_NAME, depends=(("go.mod", r"golang-migrate/migrate"),)),
            Claim(35, name=_NAME, beside=("*.go",)),
            Claim(34, name=_NAME, above=("go.mod",)),
            Claim(15, name=_NAME),
        ),
        files=_FILES,
        misdirectives=misleads("golang-migrate", title="golang-migrate"),
    ),
    Profile(
        name="golang-migrate-multi",
        family="golang-migrate",
        title="golang-migrate in multi-statement mode",
        version_alone=True,
        keep_body="leave x-multi-statement out of the database's URL",
        edits="ignored",
        sending="stmt",
        message="piece",
        files=_FILES,
        pieces=at_semicolons,
        do_blocks=False,
        misdirectives=misleads("golang-migrate", title="golang-migrate"),
    ),
)
