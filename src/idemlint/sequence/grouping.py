"""Who runs which file, and which files belong together, as long as that holds.

To find it out, the heads of all files are read. It hangs on few things: names, configuration files, and
what runners say at the top of their files. Most edits touch none of them, and one edit costs one file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint import runners
from idemlint.errors import UsageProblem
from idemlint.runners.clues import FolderClues
from idemlint.sequence.order import group

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.runners.detector import Detector
    from idemlint.runners.profile import Profile
    from idemlint.sequence.order import Group
    from idemlint.sequence.texts import Texts


class Grouping:
    """The groups of the files `asked`, by the `texts` of now; `runner` is a runner's name, or `auto`.

    `groups` are these, where somebody has found them already.
    """

    def __init__(
        self, texts: Texts, runner: str, asked: Iterable[str], groups: list[Group] | None = None
    ) -> None:
        self.clues = FolderClues(texts.given)
        self.is_named = runner != "auto"
        self._texts = texts
        self._runner = runner
        #: Files that were asked about and that cannot be read, and why; they are in no group.
        self.unread: dict[str, UsageProblem] = {}
        self._owners: dict[str, Profile] = {}
        self._detect: Detector | None = None
        self.groups: list[Group] = groups or []
        if groups is None:
            self._detect = None if self.is_named else runners.detection(self.clues)
            readable = (name for name in asked if self._is_readable(name))
            self.groups = group(readable, self._profile_of, self.clues, is_named=self.is_named)

    def outlasts(self, name: str, data: bytes | None) -> bool:
        """Whether the groups are what they would be if they were made now that a file, which was there
        before and still is, has another text (`None`: what is on disk).

        Once they are not, this grouping has had its day.
        """
        if self.clues.replace(name, data):
            return False
        if self._detect is None:
            return self.is_named
        try:
            text = self._texts.read(name)
        except UsageProblem:
            return False
        alike = self._detect.samples_alike(name, text)
        return alike and self._detect(name, text) is self._owners.get(name)

    def _is_readable(self, name: str) -> bool:
        try:
            self._texts.read(name)
        except UsageProblem as problem:
            self.unread[name] = problem
            return False
        return True

    def _profile_of(self, name: str) -> Profile:
        if self._detect is None:
            return runners.get(self._runner)
        profile = self._owners[name] = self._detect(name, self._texts.read(name))
        return profile
