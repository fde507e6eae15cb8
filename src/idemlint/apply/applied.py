"""Which migrations look applied, where it matters that they are not edited.

What the default branch has, somebody's database has. Flyway, sqlx and others keep checksums and
refuse a file that was edited after it ran: there the repair belongs in a new migration. So it does where
the runner is a guess that half of the files do not bear out, since it may be one of these. Where git
cannot tell what the default branch has, every file that is committed may have run.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from idemlint.apply.results import Limits, Reason
from idemlint.git.history import Branches, Undecided
from idemlint.git.repository import within
from idemlint.rules.applied_migrations import AFTER_EDIT

if TYPE_CHECKING:
    from idemlint.engine import Sequence
    from idemlint.runners.majority import Evidence
    from idemlint.runners.profile import Profile


class Applied:
    """Asks git, once a repository. `default_branch`: how that is called, where somebody says it."""

    def __init__(self, default_branch: str | None = None) -> None:
        self._branches = Branches(default_branch)

    def limits(self, path: str, sequence: Sequence, *, insists: bool) -> Limits:
        """What speaks against an edit of a file; where the user `insists`, nothing keeps him from it."""
        profile = sequence.profile
        reason = self.reason(path, profile, sequence.evidence)
        never_looks = profile.has_journal and profile.edits == "ignored"
        return Limits(
            None if insists else reason,
            reason if insists else None,
            is_outlived=never_looks and self._ran(path) != "",
        )

    def reason(self, path: str, profile: Profile, evidence: Evidence) -> Reason | None:
        """Why a file must not be edited; `None` where it may be. `evidence` is how sure it is that the
        profile is its runner's."""
        if profile.edits != "ignored":
            then, guessed = AFTER_EDIT[profile.edits].format(title=profile.title), ""
        elif evidence.is_divided:
            marked, whole = evidence.marked, evidence.marked + len(evidence.plain)
            then, guessed = (
                f"that {profile.title} runs it is a guess ({marked} of {whole} files here"
                f" {'is' if marked == 1 else 'are'} marked as {profile.title}'s): another runner might"
                " refuse applied migrations that were edited",
                profile.name,
            )
        else:
            return None
        why = self._ran(path)
        return Reason(f"{why}, and {then}", guessed) if why else None

    def _ran(self, path: str) -> str:
        """Why databases may have run a file; empty where none can have."""
        if not os.path.lexists(path):  # a text that is in no file yet
            return ""
        real = os.path.realpath(path)
        branch = self._branches.of(os.path.dirname(real))  # noqa: PTH120
        if isinstance(branch, Undecided):
            # What has not been committed has not left this work tree.
            inside = within(branch.top, real)
            is_free = branch.committed is not None and inside not in branch.committed
            return "" if is_free else f"cannot tell what is applied: {branch.reason}"
        return f"it is on {branch.name} already" if branch.has_file(real) else ""
