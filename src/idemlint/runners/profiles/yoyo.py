"""yoyo (PyPI `yoyo-migrations`: yoyo/migrations.py; CONCURRENTLY with `transactional: false`
measured).

- `x.sql`, `x.rollback.sql`; order by `-- depends: a b`, else by name. Directives stand in the
  comment before the first statement. sqlparse cuts; each statement is a step; all in a transaction
  for the file.
- Each step stands behind a savepoint: after a COMMIT of the file's own the next one fails (25P01,
  measured with 9.0).
- `-- transactional: false`: one by one; on failure the rollback steps run. The row's hash is of the
  name: edits are not seen.
- [unverified] Without `x.rollback.sql` nothing is run on the way back, and the row is deleted.
- Late files run: what is not in the table (yoyo/backends/base.py to_apply).
- Each file has a connection of its own (measured; `backend.copy()` in yoyo/backends/base.py).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.runners.directives import first_line, opts_out
from idemlint.runners.profile import Claim, Named, NearMiss, Profile
from idemlint.runners.undoing import Undoing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.runners.clues import FolderClues

_TOP: Final = r"\A(?:[ \t]*--[^\n]*\n|[ \t]*\r?\n)*?"
_DIRECTIVE: Final = _TOP + r"[ \t]*--[ \t]*transactional:[ \t]*false[ \t]*\r?$"
_DEPENDS: Final = rb"(?m)^\s*--\s*depends:(.*)$"


def by_dependencies(folder: str, paths: Sequence[str], clues: FolderClues) -> list[str] | None:
    """Names in order, each behind what it depends on."""
    named = {
        path.replace("\\", "/").rpartition("/")[2].removesuffix(".sql"): path for path in paths
    }
    needs = {
        name: [
            word.decode("utf-8", "replace")
            for line in re.findall(_DEPENDS, clues.head(path))
            for word in line.split()
        ]
        for name, path in named.items()
    }
    found: dict[str, None] = {}
    waiting = sorted(named, reverse=True)
    entered: set[str] = set()
    while waiting:
        name = waiting[-1]
        ahead = [each for each in needs[name] if each in named and each not in found]
        if name in found or not ahead or name in entered:  # done, ready, or a cycle
            found.setdefault(waiting.pop())
        else:
            entered.add(name)
            waiting += ahead
    return [named[name] for name in found]


PROFILES: Final = (
    Profile(
        name="yoyo",
        title="yoyo",
        edits="ignored",
        sending="tx",
        session="new",
        late="runs",
        undoing=Undoing("runs"),
        message="statement",
        claims=(
            Claim(38, needle=b"depends:", text=r"\A\s*(?:--[^\n]*\n\s*)*?--\s*depends:"),
            Claim(80, needle=b"transactional:", text=r"^\s*--\s*transactional:\s*(?:true|false)"),
            Claim(66, name=r".*\.sql", above=("yoyo.ini",)),
            Claim(59, name=r".*\.sql", beside=("*.rollback.sql",)),
        ),
        files=(
            Named(r"(?P<version>\d+)(?P<name>[^/]*)\.rollback\.sql", "down"),
            Named(r"(?P<name>[^/]*)\.rollback\.sql", "down"),
            Named(r"(?P<version>\d+)(?P<name>[^/]*)\.sql", "up"),
            Named(r"(?P<name>[^/]*)\.sql", "up"),
        ),
        ordered_by="path",
        journal=by_dependencies,
        opt_out=opts_out(_DIRECTIVE, "stmt"),
        own_directive=r"^--[ \t]*transactional:[ \t]*false[^\n]*",
        opt_out_edit=first_line("-- transactional: false"),
        near_misses=(
            NearMiss(
                r"^[ \t]*--[ \t]*transaction(?:al)?[ \t]*[:=][ \t]*(?:false|no|off)[^\n]*",
                "yoyo reads this only in the comment before the first statement",
                "-- transactional: false",
            ),
        ),
        directives_read=_DIRECTIVE,
    ),
)
