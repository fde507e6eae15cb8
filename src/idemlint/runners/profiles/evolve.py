"""Evolve (lecaillon/Evolve: MigrationScript.cs).

- `V1_0__x.sql` by the parts of the version, then `R__x.sql` by name (FileMigrationLoader.cs,
  MigrationVersion.cs), folders below too; a V name without `__` is an error, other names are passed over
  (FileMigrationLoader.cs); a changed applied version is a checksum error. The whole file is one
  command in a transaction (`CommitAll` shares one); `evolve-tx-off` in the first line takes it
  away: [unverified] one pipeline.
- `${x}` is filled in where defined; `evolve-repeat-always` repeats a file at every run.
- A late version fails the validation ("Out of order pending migration found"; Evolve.cs
  ValidateAndRepairMetadata).
- One connection for all files, kept open for its lock (Evolve/Connection/WrappedConnection.cs).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.runners.directives import first_line, opts_out
from idemlint.runners.profile import Claim, Named, NearMiss, Placeholders, Profile, Reads

if TYPE_CHECKING:
    from idemlint.runners.clues import FolderClues

_NAME: Final = r"V\d[\d_.]*__.*\.sql|R__.*\.sql"
_DIRECTIVE: Final = r"\A[^\n]*evolve-tx-off[^\n]*"
_ALWAYS: Final = rb"(?i)\A[^\n]*evolve-repeat-always"


def reruns(path: str, data: bytes, clues: FolderClues) -> str | None:
    """Repeatable migrations."""
    if re.match(_ALWAYS, data):
        return "Evolve runs a file with evolve-repeat-always at every migration"
    if path.replace("\\", "/").rpartition("/")[2].startswith("R__"):
        return "Evolve runs R__ migrations again whenever they change"
    return None


PROFILES: Final = (
    Profile(
        name="evolve",
        title="Evolve",
        edits="error",
        sending="tx",
        session="kept",
        late="refuses",
        late_option="`--out-of-order`",
        claims=(
            Claim(86, needle=b"evolve-", text=r"\A[^\n]*evolve-(?:tx-off|repeat-\w+)"),
            Claim(66, name=_NAME, depends=(("*.csproj", r'(?i)"Evolve"'),)),
        ),
        version_alone=True,
        goes_below=True,
        reads=Reads(
            names="V2__add_users.sql",
            other_name="passes it over, or stops with an error where it begins with V",
        ),
        files=(
            Named(r"V(?P<version>\d[\d_.]*)__(?P<name>[^/]*)\.sql", "up"),
            Named(r"R__(?P<name>[^/]*)\.sql", "repeatable", rank=1),
        ),
        opt_out=opts_out(_DIRECTIVE, "pipe"),
        own_directive=r"^--[^\n]*evolve-tx-off[^\n]*",
        opt_out_edit=first_line("-- evolve-tx-off"),
        near_misses=(
            NearMiss(r"^--[^\n]*evolve-tx-off[^\n]*", "Evolve reads this only in the first line"),
        ),
        directives_read=_DIRECTIVE,
        placeholders=Placeholders(pattern=r"\$\{[^}]+\}", in_bodies=True, breaks=r"\$\{"),
        reruns=reruns,
    ),
)
