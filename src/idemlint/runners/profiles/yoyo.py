"""yoyo (PyPI `yoyo-migrations`: yoyo/migrations.py; CONCURRENTLY with `transactional: false`
measured).

- `x.sql`, `x.rollback.sql`; at each step the first name whose `-- depends: a b` have run
  (topologicalsort.py). `post-apply*.sql` runs behind all others, whenever one of them ran
  (migrations.py read_migrations). Directives stand in the comment before the first statement. sqlparse
  cuts; each statement is a step; all in a transaction for the file.
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
from heapq import heappop, heappush
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
    """At each step the first one of those that depend on nothing that is still to come; those of a cycle,
    which is an error, come last, before what runs again."""
    last = sorted(path for path in paths if _is_hook(path))
    named = {_name(path): path for path in paths if not _is_hook(path)}
    missing: dict[str, set[str]] = {}
    needed_by: dict[str, list[str]] = {}
    for name, path in named.items():
        words = b" ".join(re.findall(_DEPENDS, clues.head(path))).decode("utf-8", "replace").split()
        missing[name] = {word for word in words if word in named}
        for word in missing[name]:
            needed_by.setdefault(word, []).append(name)
    ready = sorted(named[name] for name, needs in missing.items() if not needs)
    found: dict[str, None] = {}
    while ready:
        path = heappop(ready)
        found[path] = None
        for other in needed_by.get(_name(path), ()):
            missing[other].remove(_name(path))
            if not missing[other]:
                heappush(ready, named[other])
    return [*found, *sorted(set(named.values()).difference(found)), *last]


def _name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2].removesuffix(".sql")


def _is_hook(path: str) -> bool:
    return _name(path).startswith("post-apply")


def reruns(path: str, data: bytes, clues: FolderClues) -> str | None:
    """What runs behind the others."""
    return "yoyo runs it behind new migrations, every time" if _is_hook(path) else None


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
            Named(r"post-apply(?P<name>[^/]*)\.sql", "repeatable", rank=1),
            Named(r"(?P<version>\d+)(?P<name>[^/]*)\.sql", "up"),
            Named(r"(?P<name>[^/]*)\.sql", "up"),
        ),
        ordered_by="path",
        journal=by_dependencies,
        reruns=reruns,
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
