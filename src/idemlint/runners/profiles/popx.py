"""Ory popx (ory/x: popx/match.go, popx/migrator.go, popx/migration_content.go).

- `^(\\d+)_([^.]+)(\\.[a-z0-9]+)?(\\.autocommit)?\\.(up|down)\\.(sql)$`: `.postgres` wins over the
  general file, other dialects do not run here, nor do other names. One message in a transaction;
  `.autocommit` in the **file name** takes it away, and it is one message still, the row apart. Go
  templates (`{{ if .IsPostgreSQL }}`). Edits are not seen: the journal has versions.
- Versions compare as texts: `10` before `9` (popx/migration_info.go Less); folders below are read, too
  (popx/migration_box.go).
- One pool, one file after the other: one connection, which nothing resets (popx/migrator.go).
- On the way down it goes through the down files alone (popx/migrator.go Down).
- Late files run: each version is looked up in the table (popx/migrator.go UpTo).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.runners.directives import opts_out_by_name
from idemlint.runners.profile import Claim, Named, NearMiss, Placeholders, Profile, Reads
from idemlint.runners.undoing import Undoing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.runners.clues import FolderClues

_DIALECT: Final = r"postgres|postgresql|pg|all"
_HEAD: Final = r"(?P<version>\d+)_(?P<name>[^./]+)"
FILES: Final = (
    Named(rf"{_HEAD}(?:\.(?P<dialect>{_DIALECT}))?(?:\.autocommit)?\.up\.sql", "up"),
    Named(rf"{_HEAD}(?:\.(?P<dialect>{_DIALECT}))?(?:\.autocommit)?\.down\.sql", "down"),
    Named(rf"{_HEAD}\.[a-z0-9]+(?:\.autocommit)?\.(?:up|down)\.sql", "ignored"),
)
TEMPLATES: Final = Placeholders(pattern=r"\{\{[^}]*\}\}", in_bodies=True, breaks=r"\{\{")
_NAME: Final = r"\d+_[^.]+(?:\.[a-z0-9]+)?(?:\.autocommit)?\.(?:up|down)\.sql"
_VERSION: Final = rf"(?s)(?:.*/)?{_HEAD}(?:\.(?P<dialect>{_DIALECT}))?(?:\.|\Z)"


def dialect_wins(folder: str, paths: Sequence[str], clues: FolderClues) -> list[str] | None:
    """A `.postgres` file stands in for the general one of its version."""
    special = set()
    keyed = []
    for path in paths:
        match = re.match(_VERSION, path.replace("\\", "/"))
        if match is None:
            continue
        keyed.append((match["version"], path, match["dialect"]))
        if match["dialect"]:
            special.add(match["version"])
    return [path for version, path, dialect in sorted(keyed) if dialect or version not in special]


PROFILES: Final = (
    Profile(
        name="popx",
        title="popx",
        edits="ignored",
        sending="tx",
        session="kept",
        late="runs",
        undoing=Undoing("skips"),
        claims=(
            Claim(94, name=_NAME, beside=("*.autocommit.*.sql",)),
            Claim(
                67,
                name=_NAME,
                depends=(("go.mod", r"(?m)^\s*(?:require\s+)?github\.com/ory/x\s+\S+\s*$"),),
            ),
            Claim(54, name=_NAME, beside=("*.cockroach.up.sql",)),
        ),
        version_alone=True,
        reads=Reads(names="20240101120000_add_users.up.sql"),
        files=FILES,
        ordered_by="text",
        goes_below=True,
        journal=dialect_wins,
        opt_out=opts_out_by_name(".autocommit.", "msg"),
        way_out="put it into a migration of its own, with `.autocommit` in the file's name",
        near_misses=(
            NearMiss(
                r"^--[^\n]*\bautocommit\b[^\n]*",
                "popx reads autocommit in the file's name, not in it",
                "name the file <version>_<name>.autocommit.up.sql",
            ),
        ),
        placeholders=TEMPLATES,
    ),
)
