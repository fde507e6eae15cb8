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


class Detector:
    """Finds the profile of each file of a run."""

    __slots__ = ("_clues", "_fallback", "_folders", "_table")

    def __init__(self, profiles: Iterable[Profile], fallback: Profile, clues: FolderClues) -> None:
        self._clues = clues
        self._fallback = fallback
        table = [(claim, profile) for profile in profiles for claim in profile.claims]
        self._table = sorted(table, key=lambda row: (-row[0].score, row[1].name))
        self._folders: dict[str, list[tuple[Claim, Profile]]] = {}

    def __call__(self, path: str, data: bytes) -> Profile:
        """The profile whose strongest claim on the file holds; plain psql where none does."""
        folder, name = posixpath.split(path.replace("\\", "/"))
        rows = self._folders.get(folder)
        if rows is None:
            rows = self._folders[folder] = [
                row for row in self._table if self._in_folder(row[0], folder)
            ]
        head: bytes | None = None
        for claim, profile in rows:
            if claim.needle is not None and not claim.near:
                if head is None:
                    head = data[:HEAD].lower()
                if claim.needle not in head:
                    continue
                if claim.text is not None and _text(claim.text).search(head) is None:
                    continue
            if claim.name is None or _name(claim.name).match(name):
                return profile
        return self._fallback

    def _in_folder(self, claim: Claim, folder: str) -> bool:
        clues = self._clues
        return (
            (
                claim.folder is None
                or _folder(claim.folder).search(clues.absolute(folder)) is not None
            )
            and all(clues.beside(folder, name) for name in claim.beside)
            and all(clues.above(folder, name) for name in claim.above)
            and all(clues.depends(folder, *pair) for pair in claim.depends)
            and (not claim.near or self._sampled(claim, folder))
        )

    def _sampled(self, claim: Claim, folder: str) -> bool:
        assert claim.needle is not None
        for head in self._clues.sample(folder):
            lowered = head.lower()
            if claim.needle in lowered and (
                claim.text is None or _text(claim.text).search(lowered) is not None
            ):
                return True
        return False
