"""sqlx (launchbadge/sqlx: sqlx-core/src/migrate/source.rs, sqlx-postgres/src/migrate.rs).

- Integer before `_`; a name without `_` is passed over, one with no integer before it is an error
  (source.rs); older pending files run; a missing or changed applied one is an error
  (checksum).
- The file and its row in `_sqlx_migrations` share one transaction, simple protocol.
- A file that **begins** with `-- no-transaction` goes as one message without it, so that a
  statement which refuses blocks must be alone; splitting was refused (PR 3574). A BOM, a blank
  line, a comment before it or `--no-transaction` defeat it. No placeholders.
- One connection for all files (sqlx-core/src/migrate/migrator.rs run), which nothing resets.
- On the way down it goes through the down files alone (migrator.rs undo).
- Late files run: each version is looked up in the table (migrator.rs run_direct).
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.directives import first_line, opts_out
from idemlint.runners.profile import Claim, Named, NearMiss, Profile, Reads
from idemlint.runners.undoing import Undoing

_DIRECTIVE: Final = r"\A(?-i:-- no-transaction)"
_RUST: Final = (
    ("Cargo.toml", r"(?m)^\s*sqlx(?:-core|-postgres|\.workspace)?\s*[.=]|\[.*dependencies\.sqlx\]"),
)

PROFILES: Final = (
    Profile(
        name="sqlx",
        title="sqlx",
        edits="error",
        late="runs",
        undoing=Undoing("skips"),
        sending="tx",
        session="kept",
        claims=(
            Claim(
                60, name=r"\d+_.*\.sql", needle=b"-- no-transaction", text=r"\A-- no-transaction"
            ),
            Claim(
                57,
                name=r"\d+_.*\.sql",
                needle=b"-- no-transaction",
                text=r"\A-- no-transaction",
                near=True,
            ),
            Claim(52, name=r"\d+_.*\.sql", depends=_RUST),
            Claim(30, name=r"\d+_.*\.sql", folder=r"crates(?:/[^/]+)+"),
        ),
        version_alone=True,
        reads=Reads(
            names="20240101120000_add_users.sql",
            other_name="passes it over, or stops with an error where what stands before its first"
            " underscore is no number",
        ),
        files=(
            Named(r"(?P<version>\d+)_(?P<name>[^/]*)\.down\.sql", "down"),
            Named(r"(?P<version>\d+)_(?P<name>[^/]*?)(?:\.up)?\.sql", "up"),
        ),
        opt_out=opts_out(_DIRECTIVE + r"[^\n]*", "msg"),
        own_directive=r"^--[ \t]*no-transaction\b[^\n]*",
        opt_out_edit=first_line("-- no-transaction", bom_ok=False),
        near_misses=(
            NearMiss(
                r"^\ufeff?[ \t]*--[ \t]*no[-_ ]?transaction\b[^\n]*".replace(
                    r"\ufeff", r"(?:\xef\xbb\xbf)"
                ),
                "sqlx reads this directive only as the very first bytes of the file",
                "-- no-transaction",
            ),
        ),
        directives_read=_DIRECTIVE,
    ),
)
