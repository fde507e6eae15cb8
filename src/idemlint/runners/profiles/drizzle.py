"""Drizzle: `drizzle-kit migrate` and `migrate()` of drizzle-orm.

- Up to 0.45 the journal `meta/_journal.json` names the files and their order, and a file that it
  does not name never runs; v1 (release candidates) takes folders `<14 digits>_x/migration.sql` by
  name and refuses an old journal (drizzle-orm: src/migrator.ts readMigrationFiles, branches main
  and beta).
- The text is split at `--> statement-breakpoint`, a plain string split, in bodies too; the
  journal's `breakpoints` changes nothing (the same). A chunk may hold several statements: the
  drivers use the simple protocol when there are no parameters (measured).
- All pending files share one transaction (src/pg-core/dialect.ts migrate; v1
  pg-core/async/session.ts; drizzle-kit: src/cli/connections.ts). Measured: CONCURRENTLY is 25001, a
  failing second file takes the first one back.
- `neon-http` has no transaction, chunks commit singly (src/neon-http/migrator.ts). [unverified]
  `xata-http`.
- The journal table holds hashes but only `when` (up to 0.45) or names (v1) are compared: an edit is
  not seen.
- The session is the transaction's (measured); with `neon-http` every chunk is a request of its
  own.
- Late files: up to 0.45 those whose `when` is not above the newest one in the table are passed over; v1
  runs what the table does not have by name (pg-core/dialect.ts migrate; v1 migrator.utils).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from idemlint.runners.cutters import at_marker
from idemlint.runners.profile import Claim, Named, Profile, Reads

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.runners.clues import FolderClues

BREAKPOINT: Final = "--> statement-breakpoint"


def by_journal(folder: str, paths: Sequence[str], clues: FolderClues) -> list[str] | None:
    """The files that `meta/_journal.json` names, in its order; None where there is no (readable)
    journal."""
    if not clues.beside(folder, "meta/_journal.json"):
        return None
    try:
        entries = json.loads(clues.text(f"{clues.absolute(folder)}/meta/_journal.json"))["entries"]
        tags = [str(entry["tag"]) for entry in entries]
    except (ValueError, KeyError, TypeError):
        return None
    by_tag = {
        path.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".sql"): path for path in paths
    }
    return [by_tag[tag] for tag in tags if tag in by_tag]


_FILES: Final = (
    Named(r"migration\.sql", "up", folders=(r"(?P<version>\d{14})_(?P<name>[^/]*)",), late="runs"),
    Named(r"(?P<version>\d+)_(?P<name>[^/]*)\.sql", "up"),
)

_CLAIMS: Final = (
    Claim(100, name=r".*\.sql", beside=("meta/_journal.json",)),
    Claim(98, name=r"migration\.sql", folder=r"\d{14}_[^/]*", beside=("snapshot.json",)),
    Claim(85, name=r".*\.sql", needle=b"--> statement-breakpoint"),
    Claim(
        58,
        name=r".*\.sql",
        needle=b"--> statement-breakpoint",
        near=True,
        depends=(("package.json", r'"drizzle-(?:orm|kit)"\s*:'),),
    ),
    Claim(80, name=r"migration\.sql", folder=r"(?:drizzle|drizzle/migrations)/\d{14}_[^/]*"),
    Claim(75, name=r"migration\.sql", folder=r"\d{14}_[^/]*", above=("drizzle.config.*",)),
    Claim(50, name=r"\d{4}_.*\.sql", folder=r"drizzle(?:/migrations)?"),
    Claim(40, name=r"\d{4}_.*\.sql", above=("drizzle.config.*",)),
)

PROFILES: Final = (
    Profile(
        name="drizzle",
        title="Drizzle",
        edits="ignored",
        late="skips",
        sending="tx-all",
        session="transaction",
        message="piece",
        claims=_CLAIMS,
        reads=Reads(unlisted="meta/_journal.json does not list it"),
        files=_FILES,
        other_files="up",
        ordered_by="path",
        journal=by_journal,
        plan="meta/_journal.json",
        cutter=at_marker(BREAKPOINT.encode()),
        breakpoint=BREAKPOINT,
    ),
    Profile(
        name="drizzle-neon-http",
        family="drizzle",
        title="Drizzle (neon-http)",
        edits="ignored",
        late="skips",
        sending="stmt",
        session="new",
        message="piece",
        reads=Reads(unlisted="meta/_journal.json does not list it"),
        files=_FILES,
        other_files="up",
        ordered_by="path",
        journal=by_journal,
        plan="meta/_journal.json",
        cutter=at_marker(BREAKPOINT.encode()),
        breakpoint=BREAKPOINT,
    ),
)
