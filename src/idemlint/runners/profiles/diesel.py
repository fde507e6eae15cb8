"""Diesel (diesel-rs/diesel: diesel_migrations/src/file_based_migrations.rs, migration_harness.rs,
migrations_internals/src/lib.rs TomlMetadata).

- Folders `<version>_x/up.sql`, `down.sql`; the version is the text before the first `_` without
  `-`, compared as text. `batch_execute` sends the file as one message, in a transaction.
- Files beside the folders are passed over; an empty file is an error (EmptyMigration).
- `metadata.toml` beside it: `run_in_transaction = false` takes the transaction away, and it is one
  message still. In an existing file a **missing** key means `false`, a file that is no TOML means
  `true`.
- [unverified] Contents of applied files are not compared.
- One connection for all files. [unverified] What comes after 2.3 puts the search_path back after
  each (migration_harness.rs, PR 4729).
- Without `down.sql` a migration is not reverted (NoMigrationRevertFile).
- Late files run: pending is what the table does not have (migration_harness.rs pending_migrations).
"""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING, Final

from idemlint.runners.profile import Claim, Named, NearMiss, Profile, Reads
from idemlint.runners.undoing import Undoing

if TYPE_CHECKING:
    from idemlint.runners.clues import FolderClues
    from idemlint.runners.profile import Sending

_KEY: Final = r"(?m)^\s*run_in_transaction\s*=\s*(\w+)\s*(?:#.*)?$"
_FOLDER: Final = r"(?P<version>\d[^/_]*)_(?P<name>[^/]*)"
_TOML: Final = r"\s*(?:#.*|\[.*\]\s*|[\w.\-\"']+\s*=.*)?"


def without_transaction(path: str, data: bytes, clues: FolderClues) -> Sending | None:
    """`metadata.toml` beside the file, read as Diesel reads it."""
    folder = posixpath.dirname(path.replace("\\", "/"))
    if not clues.beside(folder, "metadata.toml"):
        return None
    text = clues.text(f"{clues.absolute(folder)}/metadata.toml")
    if not all(re.fullmatch(_TOML, line) for line in text.splitlines()):
        return None
    key = re.search(_KEY, text)
    return None if key and key[1] == "true" else "msg"


PROFILES: Final = (
    Profile(
        name="diesel",
        title="Diesel",
        edits="ignored",
        late="runs",
        undoing=Undoing("refuses"),
        sending="tx",
        session="kept",
        claims=(
            Claim(80, name=r"(?:up|down)\.sql", above=("diesel.toml",)),
            Claim(
                78, name=r"(?:up|down)\.sql", depends=(("Cargo.toml", r"(?m)^\s*diesel\w*\s*[.=]"),)
            ),
            Claim(72, name=r"(?:up|down)\.sql", beside=("metadata.toml",)),
            Claim(30, name=r"(?:up|down)\.sql", folder=r"\d[^/]*_[^/]*"),
        ),
        version_alone=True,
        reads=Reads(
            names="2024-01-01-120000_add_users/up.sql",
            empty="stops with an error at a file that is empty",
        ),
        files=(
            Named(r"up\.sql", "up", folders=(_FOLDER,)),
            Named(r"down\.sql", "down", folders=(_FOLDER,)),
        ),
        ordered_by="text",
        version_without="-",
        opt_out=without_transaction,
        way_out="put it into a migration of its own, "
        "with `run_in_transaction = false` in metadata.toml",
        near_misses=(
            NearMiss(
                r"^--[^\n]*\brun_in_transaction\b[^\n]*",
                "Diesel reads run_in_transaction in metadata.toml beside the file, not in it",
            ),
        ),
    ),
)
