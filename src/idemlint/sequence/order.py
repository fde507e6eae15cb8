"""Which files belong together, and in which order their runner applies them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from idemlint.errors import UsageProblem
from idemlint.records import NamedTuple
from idemlint.sequence.paths import named_folders
from idemlint.sequence.paths import root as root_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from idemlint.runners.clues import FolderClues
    from idemlint.runners.profile import Profile
    from idemlint.sequence.terms import Terms


class Group(NamedTuple):
    """Files that one journal knows: they run one after the other on one database.

    `names` are all of them in their runner's order, the ones that nobody asked about included; `asked` are
    those of them that somebody did. `outside` are files that were asked about and that the runner does not
    run in this order: each stands for itself.
    """

    profile: Profile
    root: str
    names: tuple[str, ...]
    asked: frozenset[str]
    outside: tuple[str, ...]


def group(
    asked: Iterable[str],
    profile_of: Callable[[str], Profile],
    clues: FolderClues,
    *,
    is_named: bool,
) -> list[Group]:
    """The sequences that files belong to, in the order in which they were asked about.

    `is_named`: the runner was named, so that every file in the folder is its. Raises what `profile_of`
    raises for a file that was asked about.
    """
    together: dict[tuple[str, str], list[str]] = {}
    profiles: dict[str, Profile] = {}
    for name in asked:
        profile = profile_of(name)
        profiles[profile.name] = profile
        together.setdefault((profile.name, root_of(profile, name)), []).append(name)
    groups = []
    for (runner, root), wanted in together.items():
        profile = profiles[runner]
        mine = set(wanted)

        def belongs(name: str, profile: Profile = profile, mine: set[str] = mine) -> bool:
            return is_named or name in mine or _is_run_by(profile, name, profile_of)

        siblings = {
            name
            for depth in {named_folders(profile, name) for name in wanted}
            for name in _siblings(clues, profile, root, depth)
            if belongs(name)
        }
        names = tuple(profile.order(sorted(siblings | mine), clues))
        outside = tuple(sorted(mine.difference(names)))
        groups.append(Group(profile, root, names, frozenset(mine.intersection(names)), outside))
    return groups


def _is_run_by(profile: Profile, name: str, profile_of: Callable[[str], Profile]) -> bool:
    if profile.direction(name) not in {"up", "repeatable"}:
        return False
    try:
        return profile_of(name).name == profile.name
    except UsageProblem:
        return False


def is_read_alone(profile: Profile, name: str, terms: Terms, *, is_named: bool) -> bool:
    """Whether a file outside the runner's order is looked at by itself.

    Files that undo, and files that the runner passes over by their names, are not; with a named runner
    the name is no evidence.
    """
    direction = profile.direction(name)
    if direction == "down":
        return terms.down
    return direction != "ignored" or is_named


def newest(profile: Profile, names: Sequence[str]) -> str | None:
    """The last migration that is applied once; what runs again whenever it changed stands behind them."""
    return next((name for name in reversed(names) if profile.direction(name) == "up"), None)


def _siblings(
    clues: FolderClues, profile: Profile, root: str, depth: int, level: int = 0
) -> Iterator[str]:
    """The SQL files of a folder, or of those `depth` folders further down that the runner goes by, as paths
    that look like the ones given."""
    if level < depth:
        for name in clues.folders(root or "."):
            if profile.holds(name, level, depth):
                inner = os.path.join(root, name)  # noqa: PTH118
                yield from _siblings(clues, profile, inner, depth, level + 1)
        return
    for name in clues.names(root or ".") - clues.folders(root or "."):
        if name.endswith(".sql"):
            yield os.path.join(root, name)  # noqa: PTH118
