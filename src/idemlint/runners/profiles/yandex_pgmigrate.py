"""yandex-pgmigrate (yandex/pgmigrate: pgmigrate.py; PyPI).

- `migrations.yml` above, `migrations/V1__x.sql`, numeric, folders below too (`_get_files_from_dir`);
  other names are passed over; sqlparse cuts; comments are stripped. All
  pending files share one transaction. `NONTRANSACTIONAL` in the **file name**: one by one; both
  kinds in one run on a live database are refused. Callbacks and `grants/`. Edits are
  not seen: the journal has versions.
- Non-ASCII text needs `/* pgmigrate-encoding: utf-8 */`.
- The session is the transaction's (measured).
- What is not above the newest version in its table is left out, as before a baseline (`_get_info`).
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.directives import opts_out_by_name
from idemlint.runners.profile import Claim, Named, NearMiss, Profile, Reads

PROFILES: Final = (
    Profile(
        name="yandex-pgmigrate",
        title="pgmigrate",
        edits="ignored",
        sending="tx-all",
        session="transaction",
        late="skips",
        message="statement",
        claims=(
            Claim(82, name=r"V\d+__.*\.sql", folder="migrations", beside=("../migrations.yml",)),
            Claim(81, name=r"V\d+__.*\.sql", needle=b"pgmigrate-encoding"),
        ),
        version_alone=True,
        goes_below=True,
        reads=Reads(names="V2__add_users.sql"),
        files=(Named(r"V(?P<version>\d+)__(?P<name>[^/]*)\.sql", "up"),),
        opt_out=opts_out_by_name("NONTRANSACTIONAL", "stmt"),
        way_out="put it into a migration of its own, with NONTRANSACTIONAL in the file's name",
        near_misses=(
            NearMiss(
                r"^--[^\n]*\bnon-?transactional\b[^\n]*",
                "pgmigrate reads NONTRANSACTIONAL in the file's name, not in it",
            ),
        ),
    ),
)
