"""What of a migration's path is its own, and what is its folder's.

Most runners number files; some give each migration a folder (`20240101_users/up.sql`), and with some the
folder says what a file is for (`deploy/users.sql`).
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.runners.profile import Profile


def shown(name: str) -> str:
    """A path as it is shown: with forward slashes."""
    return name.replace(os.sep, "/").removeprefix("./")


def named_folders(profile: Profile, name: str) -> int:
    """How many folders of a migration's path its runner goes by (`deploy/users.sql`: one)."""
    found = profile.named(name)
    return len(found[0].folders) if found else 0


def root(profile: Profile, name: str) -> str:
    """The folder that a runner is pointed at; empty where that is the one we are in."""
    return _above(name, named_folders(profile, name))


def short_name(profile: Profile, name: str) -> str:
    """A migration's name among its siblings: its file's, with the folders that are its own."""
    parts = shown(name).split("/")
    return "/".join(parts[-1 - _own_folders(profile, name) :])


def holder(profile: Profile, names: Iterable[str]) -> str:
    """The innermost folder with all these migrations of one runner, the ones to come included; empty where
    that is the one we are in."""
    return os.path.commonpath([_above(name, _own_folders(profile, name)) for name in names])


def _own_folders(profile: Profile, name: str) -> int:
    """How many folders of a path tell the migration from its siblings (`20240101_users/up.sql`: one)."""
    found = profile.named(name)
    if found is None:
        return 0
    match = found[1]
    starts = [start for group in match.groupdict() if (start := match.start(group)) >= 0]
    return match.string.count("/", min(starts)) if starts else 0


def _above(name: str, folders: int) -> str:
    folder = os.path.dirname(name)  # noqa: PTH120 (called for every file)
    for _ in range(folders):
        folder = os.path.dirname(folder)  # noqa: PTH120
    return folder
