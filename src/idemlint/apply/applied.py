"""Which migrations look applied, in a runner that minds edits of those.

What the default branch has, somebody's database has. Flyway, sqlx and others keep checksums and
refuse a file that was edited after it ran: there the repair belongs in a new migration. Where git
cannot tell what the default branch has, every file that is committed may have run.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from idemlint.git.history import Branches, Undecided
from idemlint.git.repository import within
from idemlint.rules.applied_migrations import AFTER_EDIT

if TYPE_CHECKING:
    from idemlint.runners.profile import Profile


class Applied:
    """Asks git, once a repository. `default_branch`: how that is called, where somebody says it."""

    def __init__(self, default_branch: str | None = None) -> None:
        self._branches = Branches(default_branch)

    def reason(self, path: str, profile: Profile) -> str:
        """Why a file must not be edited; empty where it may be."""
        if profile.edits == "ignored" or not os.path.lexists(path):  # a text that is in no file yet
            return ""
        real = os.path.realpath(path)
        branch = self._branches.of(os.path.dirname(real))  # noqa: PTH120
        if isinstance(branch, Undecided):
            # What has not been committed has not left this work tree.
            inside = within(branch.top, real)
            is_free = branch.committed is not None and inside not in branch.committed
            why = f"cannot tell what is applied: {branch.reason}"
        else:
            is_free = not branch.has_file(real)
            why = f"it is on {branch.name} already"
        return (
            "" if is_free else f"{why}, and {AFTER_EDIT[profile.edits].format(title=profile.title)}"
        )
