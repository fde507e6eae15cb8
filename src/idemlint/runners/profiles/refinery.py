"""refinery (rust-db/refinery: refinery_core/src/util.rs, traits/sync.rs, traits/async.rs).

- `^([U|V])(\\d+(?:\\.\\d+)?)__(\\w+)\\.sql$`, folders below too; others are skipped
  with a warning. By number (runner.rs, `Ord for Migration`). The file
  is one message in a transaction, no opt-out; `set_grouped(true)` would share one. In the sync
  runner the file and its journal row are **two** transactions. No placeholders.
- A diverging applied file is an error by default [unverified].
- One connection for all files, which nothing resets.
- A late `V` file is `MissingVersion`; with `set_abort_missing(false)` that is only logged, and it does not
  run all the same. A late `U` file runs (traits/mod.rs verify_migrations).
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.profile import Claim, Named, Profile, Reads

_NAME: Final = r"[UV]\d+(?:\.\d+)?__\w+\.sql"

PROFILES: Final = (
    Profile(
        name="refinery",
        title="refinery",
        edits="error",
        late="refuses",
        late_option="`U` for `V` in its name",
        sending="tx",
        session="kept",
        claims=(Claim(68, name=_NAME, depends=(("Cargo.toml", r"(?m)^\s*refinery\w*\s*[.=]"),)),),
        version_alone=True,
        goes_below=True,
        reads=Reads(other_name="skips it, with a warning in its log", names="V2__add_users.sql"),
        files=(
            Named(r"V(?P<version>\d+(?:\.\d+)?)__(?P<name>\w+)\.sql", "up"),
            Named(r"U(?P<version>\d+(?:\.\d+)?)__(?P<name>\w+)\.sql", "up", late="runs"),
        ),
    ),
)
