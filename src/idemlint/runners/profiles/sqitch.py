"""Sqitch (sqitchers/sqitch: lib/App/Sqitch/Engine/pg.pm, lib/App/Sqitch/Engine.pm deploy_change,
_deploy_all).

- Order is `sqitch.plan`; `rework` keeps the old script as `deploy/x@tag.sql` and runs
  `deploy/x.sql` again later, so reworked scripts must be idempotent. `verify/` scripts end in
  ROLLBACK.
- One `psql --file` each, `--no-psqlrc --quiet --set ON_ERROR_STOP=1`, no `-1`: scripts hold their
  own BEGIN/COMMIT. The row is written by another connection after the script. User variables are
  psql's.
- After a failure the default `--mode all` reverts this run's earlier changes, but not the change
  that failed.
- A change's ID is made of the one before it, too: one that is put before a deployed change makes that
  another one, "Cannot find change" (lib/App/Sqitch/Plan/Change.pm info, Engine.pm _sync_plan).
- A change is reverted by the script of its name in `revert/` (Engine.pm revert_change), which psql does not
  find where there is none.
- [unverified] An edited deployed script is deployed nowhere again, and nothing complains.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.runners.profile import Claim, Named, Placeholders, Profile, Reads
from idemlint.runners.undoing import Undoing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.runners.clues import FolderClues

_SCRIPTS: Final = r"(?:deploy|revert|verify)(?:/[^@]*)?"
#: Changes may be named `app/users`: so many folders inside `deploy` are gone into.
_INNER: Final = tuple(("(?P<name>[^/]*)", "[^/]*", "[^/]*")[:depth] for depth in range(4))
_SCRIPT: Final = r"[^/]*\.sql"
#: What a change was before it was reworked: it stays in its place in the plan.
_EARLIER: Final = r"[^/]*@[^/]*\.sql"
_DEPLOY: Final = r"(?s)(?:.*/)?deploy/(?P<change>.+)\.sql\Z"


def planned(text: str) -> list[str]:
    """The script names of a plan, in its order: a change that comes again later is `x@tag` the
    first time."""
    changes: list[tuple[str, int]] = []
    tags: list[tuple[int, str]] = []
    for line in text.splitlines():
        words = line.split()
        if not words or words[0][0] in "%#":
            continue
        if words[0].startswith("@"):
            tags.append((len(changes), words[0]))
        else:
            changes.append((words[0].lstrip("+"), len(changes)))
    names = [name for name, _ in changes]
    found = []
    for name, at in changes:
        again = name in names[at + 1 :]
        tag = next((tag for place, tag in tags if place > at), "") if again else ""
        found.append(name + tag)
    return found


def by_plan(folder: str, paths: Sequence[str], clues: FolderClues) -> list[str] | None:
    """The deploy scripts in the plan's order; those that it does not name never run."""
    plan = clues.find(folder, "sqitch.plan")
    if plan is None:
        return None
    scripts = {
        match["change"]: path
        for path in paths
        if (match := re.match(_DEPLOY, path.replace("\\", "/")))
    }
    return [scripts[name] for name in planned(clues.text(plan)) if name in scripts]


def reworked(path: str, data: bytes, clues: FolderClues) -> str | None:
    """Whether the change runs a second time, as reworked."""
    match = re.match(_DEPLOY, path.replace("\\", "/"))
    if match is None or "@" in match["change"]:
        return None
    folder, _, name = path.replace("\\", "/").rpartition("/")
    if clues.beside(folder, f"{name.removesuffix('.sql')}@*.sql"):
        return "Sqitch runs a reworked change again over its earlier version"
    return None


PROFILES: Final = (
    Profile(
        name="sqitch",
        title="Sqitch",
        edits="ignored",
        sending="stmt",
        session="new",
        runs_files=True,
        late="refuses",
        undoing=Undoing("refuses", ("deploy", "revert")),
        message="statement",
        claims=(
            Claim(85, name=r".*\.sql", folder=_SCRIPTS, above=("sqitch.plan",)),
            Claim(84, name=r".*\.sql", folder=_SCRIPTS, above=("sqitch.conf",)),
            Claim(70, name=r".*\.sql", needle=b"deploy", text=r"^-- deploy \S+:\S+ (?:to|from) pg"),
            Claim(70, name=r".*\.sql", needle=b" from pg", text=r"^-- revert \S+:\S+ from pg"),
            Claim(70, name=r".*\.sql", needle=b"verify", text=r"^-- verify \S+:\S+ on pg"),
        ),
        reads=Reads(unlisted="sqitch.plan does not name it"),
        files=(
            *(Named(_EARLIER, "up", folders=("deploy", *inner), late="never") for inner in _INNER),
            *(Named(_SCRIPT, "up", folders=("deploy", *inner)) for inner in _INNER),
            *(Named(_SCRIPT, "down", folders=("revert", *inner)) for inner in _INNER),
        ),
        ordered_by="path",
        journal=by_plan,
        plan="sqitch.plan",
        placeholders=Placeholders(
            pattern=r"(?<![:\w]):(?:[A-Za-z_]\w*|'[A-Za-z_]\w*'|\"[A-Za-z_]\w*\")"
        ),
        reruns=reworked,
    ),
)
