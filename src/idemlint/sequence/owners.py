"""Whose the files are: by themselves, and as the folders that one journal orders."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint import runners
from idemlint.errors import UsageProblem
from idemlint.runners import majority
from idemlint.runners.majority import Evidence

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from idemlint.runners.clues import FolderClues
    from idemlint.runners.detector import Detector, Opinion
    from idemlint.runners.profile import Profile


class Owners:
    """Who runs which file: `runner` names one for all, or is `auto`. `read` gives a file's bytes."""

    def __init__(self, runner: str, read: Callable[[str], bytes], clues: FolderClues) -> None:
        self.is_named = runner != "auto"
        self._runner = runner
        self._read = read
        self._clues = clues
        self._detect: Detector | None = None
        self._opinions: dict[str, Opinion] = {}

    def first(self, name: str) -> Profile:
        """Whose the file is by itself. Raises what `read` raises."""
        if self.is_named:
            return runners.get(self._runner)
        return self._opinion(name).profile

    def settle(self, root: str, names: Iterable[str]) -> dict[str, Profile]:
        """Whose the files of one folder are, in their order. Files that cannot be read are left out."""
        if self.is_named:
            profile = runners.get(self._runner)
            return dict.fromkeys(names, profile)
        opinions = {}
        for name in names:
            try:
                opinions[name] = self._opinion(name)
            except UsageProblem:
                continue
        return majority.settle(opinions, self._detector().around)

    def evidence(self, profile: Profile, names: Iterable[str]) -> Evidence:
        """How sure it is that these files are the profile's."""
        if self.is_named:
            return Evidence()
        return majority.evidence(
            profile,
            {name: self._opinions[name] for name in names},
            self._detector().around,
        )

    def stands(self, name: str, data: bytes) -> bool:
        """Whether what was said of a file is what would be said now that its text is another one."""
        if self.is_named:
            return True
        if self._detect is None or name not in self._opinions:
            return False
        alike = self._detect.samples_alike(name, data)
        return alike and self._detect(name, data) == self._opinions[name]

    def _opinion(self, name: str) -> Opinion:
        found = self._opinions.get(name)
        if found is None:
            found = self._opinions[name] = self._detector()(name, self._read(name))
        return found

    def _detector(self) -> Detector:
        if self._detect is None:
            self._detect = runners.detection(self._clues)
        return self._detect
