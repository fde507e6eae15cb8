"""`auto`: whose file is this? Every profile's claims in one table, strongest first; the first that
holds wins.

What a claim says of the folder is asked once a folder, so that thousands of files cost next to
nothing; only names and the first bytes are looked at for each file.
"""

from __future__ import annotations

import posixpath
import re
from functools import cache
from typing import TYPE_CHECKING

from idemlint.runners.clues import HEAD

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.runners.clues import FolderClues
    from idemlint.runners.profile import Claim, Profile


@cache
def _name(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})\Z", re.IGNORECASE)


@cache
def _folder(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"/(?:{pattern})\Z", re.IGNORECASE)


@cache
def _text(pattern: str) -> re.Pattern[bytes]:
    return re.compile(pattern.encode(), re.IGNORECASE | re.MULTILINE)


class _Row:
    """A claim in one folder: whether the folder bears it out is asked when a file first needs
    it."""

    __slots__ = ("claim", "holds", "profile")

    def __init__(self, claim: Claim, profile: Profile) -> None:
        self.claim = claim
        self.profile = profile
        self.holds: bool | None = None


class Detector:
    """Finds the profile of each file of a run."""

    __slots__ = ("_clues", "_fallback", "_folders", "_table")

    def __init__(self, profiles: Iterable[Profile], fallback: Profile, clues: FolderClues) -> None:
        self._clues = clues
        self._fallback = fallback
        table = [(claim, profile) for profile in profiles for claim in profile.claims]
        self._table = sorted(table, key=lambda row: (-row[0].score, row[1].name))
        self._folders: dict[str, list[_Row]] = {}

    def __call__(self, path: str, data: bytes) -> Profile:
        """The profile whose strongest claim on the file holds; plain psql where none does."""
        folder, name = posixpath.split(path.replace("\\", "/"))
        rows = self._folders.get(folder)
        if rows is None:
            rows = self._folders[folder] = [_Row(*row) for row in self._table]
        elif len(rows) == len(self._table):  # a second file: what the folder denies goes for good
            rows = self._folders[folder] = [row for row in rows if self._possible(row, folder)]
        head = data[:HEAD].lower()
        for row in rows:
            if row.holds is False:
                continue
            claim = row.claim
            if claim.needle is not None and not claim.near and not _says(claim, head):
                continue
            if claim.name is not None and _name(claim.name).match(name) is None:
                continue
            if row.holds is None:
                row.holds = self._in_folder(claim, folder)
            if row.holds:
                return row.profile
        return self._fallback

    def _possible(self, row: _Row, folder: str) -> bool:
        if row.holds is None and not row.claim.near:
            row.holds = self._in_folder(row.claim, folder)
        return row.holds is not False

    def _in_folder(self, claim: Claim, folder: str) -> bool:
        clues = self._clues
        return (
            (claim.folder is None or _in(claim.folder, clues.absolute(folder)))
            and all(clues.beside(folder, name) for name in claim.beside)
            and all(clues.above(folder, name) for name in claim.above)
            and all(clues.depends(folder, *pair) for pair in claim.depends)
            and (not claim.near or any(_says(claim, head) for head in clues.sample(folder)))
        )


def _says(claim: Claim, head: bytes) -> bool:
    """Whether a file's first bytes, in lower case, hold what the claim seeks."""
    return (claim.needle is None or claim.needle in head) and (
        claim.text is None or _text(claim.text).search(head) is not None
    )


def _in(pattern: str, folder: str) -> bool:
    return _folder(pattern).search(folder) is not None
