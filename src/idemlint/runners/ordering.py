"""Whether the order of a sequence's files is known, or only guessed, and why.

It is known from a plan, changelog or journal that is there and read, from the runner's own rule for names
where it is sure whose the files are, and where all names have numbers. What rests on the order of two
files is said of a known order only: of `a.sql` and `b.sql` nobody knows which one runs first.
"""

from __future__ import annotations

import posixpath
import re
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple
from idemlint.runners.profile import version_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from idemlint.runners.clues import FolderClues
    from idemlint.runners.majority import Evidence
    from idemlint.runners.profile import Profile

#: A folder that is one of several, by its name: `7`, `v1.2`, `2024-05`, `release_3`.
_NUMBERED: Final = re.compile(
    r"(?i)(?:v|ver|version|r|rel|release|sprint|stage|step|phase|part)?[-_. ]?\d"
)
#: A script that leads from one version to another one, and has none to run behind: `x--1.0--1.1.sql`,
#: `1.0--1.1.sql`, `upgrade-1.0-to-1.1.sql`, `upgrade_1.0_1.1.sql`, `upgrade-pre-1.0.sql`.
_UPGRADE: Final = re.compile(
    r"(?i)(?:[^/]*--)?v?\d[\w.]*--v?\d[\w.]*\.sql"
    r"|(?:[a-z]\w*?[-_.])??v?\d+(?:\.\d+)+[-_]to[-_]v?\d[^/]*\.sql"
    r"|(?:upgrade|update|patch)[-_.]?(?:pre|from|to|v?\d)[^/]*\.sql"
)
#: A folder of such.
_UPGRADES: Final = re.compile(r"(?i)(?:db|sql|schema)?[-_]?(?:upgrade|update|patch)(?:e?s)?")
#: Digits that are a moment, from its year to its day at least, and how many they are at most.
_DATE: Final = r"(?:19|20)\d\d(?:0\d|1[0-2])[0-3]\d"
_LONGEST: Final = 20
#: So many names in common say that two folders are two of a kind, and not one the continuation of the other.
_ALIKE: Final = 2


class Ordering(NamedTuple):
    """Whether the order of some files is known.

    `doubt` is why it is only guessed, as a sentence without its full stop; empty: it is known, but for files
    that have one version, whose `tied` holds by name: which of these runs first, or at all, is not known.
    """

    doubt: str = ""
    tied: Mapping[str, str] = MappingProxyType({})

    def between(self, one: str, other: str) -> str:
        """Why it is not known which of two files runs first; empty: it is."""
        version = self.tied.get(one)
        if self.doubt or one == other or version is None or version != self.tied.get(other):
            return self.doubt
        return f"two files have the version {version}"


def ordering_of(
    profile: Profile, names: Sequence[str], clues: FolderClues, evidence: Evidence | None
) -> Ordering:
    """Whether the order of a runner's files `names`, which stand in it, is known. `evidence` is how sure it
    is that they are the runner's; `None`: nobody doubts it.

    Files that others run in their midst have their place from these, and are none of `names`; what runs
    again by design has its own from the runner.
    """
    has_own_rule = profile.has_journal and (evidence is None or evidence.certainty != "guessed")
    once = [name for name in names if profile.direction(name) == "up"]
    piece = _piece(profile, once, clues, has_own_rule=has_own_rule)
    if piece or len(once) < 2:
        return Ordering(piece)
    if profile.plan and profile.journal is not None:
        folder = posixpath.dirname(once[0].replace("\\", "/"))
        if profile.journal(folder, once, clues) is not None:
            return Ordering()
    versions = {name: _version(profile, name) for name in once}
    if not all(versions.values()):
        if profile.plan:
            return Ordering(f"{profile.plan} is not there")
        return Ordering("" if has_own_rule else _without_numbers(profile))
    # Whoever runs scripts by hand goes by what people read; a runner may take a date for a number.
    readings = (_meant, version_key) if profile.has_journal else (_meant,)
    if not has_own_rule and not any(_rises(map(each, versions.values())) for each in readings):
        return Ordering(
            "the files stand in another order than their numbers and dates would give them"
            + (f", and that {profile.title} runs them is only guessed" * profile.has_journal)
        )
    if has_own_rule and not profile.version_alone:
        return Ordering()
    return Ordering(tied=_tied(profile, versions))


def _version(profile: Profile, name: str) -> str:
    """The file's version, as the runner has it; empty: its name has none."""
    found = profile.named(name)
    return profile.version_of(name) if found and found[1].groupdict().get("version") else ""


def _rises(keys: Iterable[tuple[int, ...]]) -> bool:
    return all(before <= after for before, after in pairwise(keys))


def _meant(version: str) -> tuple[int, ...]:
    """Sorts versions as who wrote them meant it: `20240102` stands for that day's beginning, though it is a
    smaller number than `20240101120000`."""
    parts = re.findall(r"\d+", version)
    digits = "".join(parts)
    is_moment = re.match(_DATE, digits) is not None and all(len(part) >= 2 for part in parts)
    return (int(digits.ljust(_LONGEST, "0")),) if is_moment else version_key(version)


def _without_numbers(profile: Profile) -> str:
    """Why the names give no order."""
    if profile.has_journal:
        return f"not all files have a number, and that {profile.title} runs them is only guessed"
    return "not all files have a number"


def _tied(profile: Profile, versions: Mapping[str, str]) -> dict[str, str]:
    """The files that have no version of their own, with it as the first of them has it."""
    alike: dict[tuple[int, ...] | str, list[str]] = {}
    for name, version in versions.items():
        key = version if profile.ordered_by == "text" else version_key(version)
        alike.setdefault(key, []).append(name)
    return {name: versions[each[0]] for each in alike.values() if len(each) > 1 for name in each}


def _piece(
    profile: Profile, names: Sequence[str], clues: FolderClues, *, has_own_rule: bool
) -> str:
    """Why the files are a piece of something bigger, which something else runs; empty: they are not."""
    if not names or (has_own_rule and not profile.goes_below):
        return ""
    files = [posixpath.basename(name.replace("\\", "/")) for name in names]
    folder = clues.absolute(_root(profile, names[0]))
    above, own = posixpath.split(folder)
    if not has_own_rule:
        if any(map(_UPGRADE.fullmatch, files)):
            return "these are scripts that upgrade from one version to another, and something else runs them"
        if _UPGRADES.fullmatch(own):
            return "this is a folder of upgrades, and something else says which of them run"
    if not _NUMBERED.match(own) or clues.parent(folder) is None:
        return ""
    beside = [each for each in clues.folders(above) if each != own and _NUMBERED.match(each)]
    if any(_goes_on(clues.names(f"{above}/{each}"), files) for each in beside):
        return "the files stand in one of several numbered folders, and something else runs those"
    return ""


def _root(profile: Profile, name: str) -> str:
    """The folder that the runner is pointed at."""
    found = profile.named(name)
    folder = posixpath.dirname(name.replace("\\", "/"))
    for _ in found[0].folders if found else ():
        folder = posixpath.dirname(folder)
    return folder


def _goes_on(others: frozenset[str], files: Sequence[str]) -> bool:
    """Whether the files of another folder are the continuation of these, and not other ones of their kind."""
    if not any(name.lower().endswith(".sql") for name in others):
        return False
    common = len(others.intersection(files))
    return common < _ALIKE or 2 * common <= len(files)
