"""`auto`: whose file is this? Every profile's claims in one table, strongest first; the first that
holds wins.

What a claim says of the folder is asked once a folder, so that thousands of files cost next to
nothing; only names and the first bytes are looked at for each file.
"""

from __future__ import annotations

import posixpath
import re
from functools import cache
from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple
from idemlint.runners.clues import HEAD
from idemlint.runners.line_patterns import compiled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.runners.clues import FolderClues
    from idemlint.runners.profile import Claim, Profile

    _Row = tuple[int, Claim, Profile]


@cache
def _name(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"(?:{pattern})\Z", re.IGNORECASE)


@cache
def _folder(pattern: str) -> re.Pattern[str]:
    return re.compile(rf"/(?:{pattern})\Z", re.IGNORECASE)


_FEW: Final = 8
"""From this file of a folder on it pays to have asked the folder everything, and from this folder on to ask
for names first, however many patterns of them that compiles."""


class _Folder:
    """The claims that a folder may still bear out, and what was asked of it so far."""

    __slots__ = ("files", "holds", "rows")

    def __init__(self, rows: list[_Row]) -> None:
        self.rows = rows
        self.files = 0
        self.holds: dict[int, bool] = {}


class Opinion(NamedTuple):
    """Whose a file is by itself, and by which claim; `None`: nobody claims it."""

    profile: Profile
    claim: Claim | None = None

    @property
    def is_marked(self) -> bool:
        """Whether the file itself says so."""
        return self.claim is not None and self.claim.is_marker

    @property
    def is_said(self) -> bool:
        """Whether some file's text says so, this one's or a sibling's."""
        return self.claim is not None and self.claim.needle is not None


class Detector:
    """Finds the profile of each file of a run."""

    __slots__ = ("_by_name", "_clues", "_fallback", "_folders", "_table")

    def __init__(self, profiles: Iterable[Profile], fallback: Profile, clues: FolderClues) -> None:
        self._clues = clues
        self._fallback = fallback
        claims = [(claim, profile) for profile in profiles for claim in profile.claims]
        claims.sort(key=lambda row: (-row[0].score, row[1].name))
        self._table: list[_Row] = [
            (number, claim, profile) for number, (claim, profile) in enumerate(claims)
        ]
        self._folders: dict[str, _Folder] = {}
        self._by_name: dict[str, list[_Row]] = {}

    def __call__(self, path: str, data: bytes) -> Opinion:
        """The profile whose strongest claim on the file holds; plain psql where none does.

        Files that one journal orders have one runner, whatever each by itself looks like: that is for
        `majority.settle`.
        """
        return self._first(path, data[:HEAD].lower())

    def around(self, path: str) -> Opinion:
        """Whose it is by what stands around it, whatever files say: by its folder's, and a mark of a
        sibling where a manifest bears it out."""
        return self._first(path, None)

    def _first(self, path: str, head: bytes | None) -> Opinion:
        """The first claim that holds; without a `head`, of those that no file's text makes."""
        where, name = posixpath.split(path.replace("\\", "/"))
        folder = self._folders.get(where)
        if folder is None:
            folder = self._folders[where] = _Folder(self._table)
        folder.files += 1
        if folder.files == _FEW:
            folder.rows = [row for row in folder.rows if self._possible(row, folder, where)]
        few = folder.files < _FEW and len(self._folders) > _FEW
        for number, claim, profile in self._named(name) if few else folder.rows:
            needle = claim.needle
            if head is None and needle is not None and not claim.is_surroundings:
                continue
            # Hardly any file says it: the needle first, for every file is asked.
            if (
                needle is not None
                and not claim.near
                and (head is None or needle not in head or not _says(claim, head))
            ):
                continue
            holds = folder.holds.get(number)
            if holds is None:
                holds = folder.holds[number] = self._in_folder(claim, where)
            # In a small run the name comes last: its pattern is not even compiled where the folder says no.
            if holds and (claim.name is None or _name(claim.name).match(name) is not None):
                return Opinion(profile, claim)
        return Opinion(self._fallback)

    def samples_alike(self, path: str, data: bytes) -> bool:
        """Whether the files around a file are whose they are with this text of it, too."""
        before = self._clues.sampled(path)
        if before is None:
            return True
        now = data[:HEAD].lower()
        return all(
            _says(claim, before) == _says(claim, now) for _, claim, _ in self._table if claim.near
        )

    def _named(self, name: str) -> list[_Row]:
        """The claims that do not mind this name. Where each migration has a folder, all files have it."""
        rows = self._by_name.get(name)
        if rows is None:
            rows = self._by_name[name] = [
                row
                for row in self._table
                if row[1].name is None or _name(row[1].name).match(name) is not None
            ]
        return rows

    def _possible(self, row: _Row, folder: _Folder, where: str) -> bool:
        number, claim, _ = row
        if number not in folder.holds and not claim.near:
            folder.holds[number] = self._in_folder(claim, where)
        return folder.holds.get(number) is not False

    def _in_folder(self, claim: Claim, folder: str) -> bool:
        clues = self._clues
        return (
            all(clues.beside(folder, name) for name in claim.beside)
            and all(clues.above(folder, name) for name in claim.above)
            and (claim.folder is None or _in(claim.folder, clues.absolute(folder)))
            and all(clues.depends(folder, *pair) for pair in claim.depends)
            and (not claim.near or any(_says(claim, head) for head in clues.sample(folder)))
        )


def _says(claim: Claim, head: bytes) -> bool:
    """Whether a file's first bytes, in lower case, hold what the claim seeks."""
    return (claim.needle is None or claim.needle in head) and (
        claim.text is None or compiled(claim.text).search(head) is not None
    )


def _in(pattern: str, folder: str) -> bool:
    return _folder(pattern).search(folder) is not None
