"""yandex-pgmigrate (yandex/pgmigrate: pgmigrate.py; PyPI).

- `migrations.yml` above, `migrations/V1__x.sql`, numeric; sqlparse cuts; comments are stripped. All
  pending files share one transaction. `NONTRANSACTIONAL` in the **file name**: one by one; both
  kinds in one run on a live database are refused. Callbacks and `grants/`. [unverified] Edits are
  not seen.
- Non-ASCII text needs `/* pgmigrate-encoding: utf-8 */`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.runners.profile import Claim, Named, NearMiss, Profile

if TYPE_CHECKING:
    from idemlint.runners.clues import FolderClues
    from idemlint.runners.profile import Sending


def named_so(path: str, data: bytes, clues: FolderClues) -> Sending | None:
    """`NONTRANSACTIONAL` in the file's name."""
    name = path.replace("\\", "/").rpartition("/")[2]
    return "stmt" if "NONTRANSACTIONAL" in name else None


PROFILES: Final = (
    Profile(
        name="yandex-pgmigrate",
        title="pgmigrate",
        edits="ignored",
        sending="tx-all",
        message="statement",
        claims=(
            Claim(82, name=r"V\d+__.*\.sql", folder="migrations", beside=("../migrations.yml",)),
            Claim(81, name=r"V\d+__.*\.sql", needle=b"pgmigrate-encoding"),
        ),
        version_alone=True,
        files=(Named(r"V(?P<version>\d+)__(?P<name>[^/]*)\.sql", "up"),),
        opt_out=named_so,
        way_out="put it into a migration of its own, with NONTRANSACTIONAL in the file's name",
        near_misses=(
            NearMiss(
                r"^--[^\n]*\bnon-?transactional\b[^\n]*",
                "pgmigrate reads NONTRANSACTIONAL in the file's name, not in it",
            ),
        ),
    ),
)
