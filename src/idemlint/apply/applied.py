"""Which migrations look applied, in a runner that minds edits of those.

What the default branch has, somebody's database has. Flyway, sqlx and others keep checksums and
refuse a file that was edited after it ran: there the repair belongs in a new migration.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from idemlint.errors import UsageProblem
from idemlint.git import Repository

if TYPE_CHECKING:
    from idemlint.runners.profile import Profile

_MINDS: Final = {
    "error": "{title} refuses applied migrations that were edited",
    "warn": "{title} complains about applied migrations that were edited",
}


class Applied:
    """Asks git, once a repository. Where git has no answer nothing looks applied."""

    def __init__(self) -> None:
        self._by_folder: dict[str, tuple[str, frozenset[str]]] = {}
        self._by_top: dict[str, tuple[str, frozenset[str]]] = {}

    def reason(self, path: str, profile: Profile) -> str:
        """Why a file must not be edited; empty where it may be."""
        minds = _MINDS.get(profile.edits)
        if minds is None:
            return ""
        real = os.path.realpath(path)
        branch, there = self._known(os.path.dirname(real))  # noqa: PTH120
        if real not in there:
            return ""
        return f"it is on {branch} already, and {minds.format(title=profile.title)}"

    def _known(self, folder: str) -> tuple[str, frozenset[str]]:
        """The default branch's name, and the real paths of the files at the merge base with it."""
        if folder not in self._by_folder:
            # A folder a migration, and git would be started for each of them: ask it once a repository.
            above = os.path.dirname(folder)  # noqa: PTH120
            is_top = above == folder or os.path.exists(os.path.join(folder, ".git"))  # noqa: PTH110, PTH118
            self._by_folder[folder] = self._ask(folder) if is_top else self._known(above)
        return self._by_folder[folder]

    def _ask(self, folder: str) -> tuple[str, frozenset[str]]:
        try:
            repository = Repository(folder)
            top = os.path.realpath(repository.top)
            if top not in self._by_top:
                branch = repository.default_branch()
                self._by_top[top] = ("", frozenset())
                if branch is not None:
                    base = repository.merge_base(branch)
                    self._by_top[top] = (branch, repository.files_at(base))
            return self._by_top[top]
        except UsageProblem:
            return ("", frozenset())
