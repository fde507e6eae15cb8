"""Which migrations of a sequence count as applied, which of these were edited, and which come late.

Applied is what is at or before `start-after`, and on the default branch: a migration that is merged after
a newer one has an older number, and ran nowhere. Where git cannot tell, `start-after` alone counts.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from idemlint.records import NamedTuple
from idemlint.sequence.start_after import last_applied

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.git.history import Known
    from idemlint.runners.profile import Profile
    from idemlint.sequence.terms import Terms


class Late(NamedTuple):
    """A migration that the default `branch` does not have, though `newest` counts as applied, which is
    behind it; or is itself, where `start-after` names it."""

    branch: str
    newest: str


class Standing:
    """Of the files `names` of one runner, in its order."""

    def __init__(self, profile: Profile, names: Sequence[str], terms: Terms) -> None:
        self._profile = profile
        self._names = names
        self._places = {name: place for place, name in enumerate(names)}
        self._history = terms.history
        self._has_start = terms.start_after is not None
        #: The place of the last file that counts as applied by `start-after`; -1: none does.
        self.last = last_applied(profile, names, terms.start_after)
        self._known: dict[str, Known | None] = {}

    def is_applied(self, name: str) -> bool:
        """Whether the file counts as applied."""
        if self._places[name] > self.last:
            return False
        known = self._look(name)
        return known is None or bool(known.former)

    def edited_on(self, name: str, data: bytes) -> str:
        """The default branch that has the file with another text than `data`, where the file counts as
        applied; empty: none has, or that is not known.

        Without `start-after`, what is on the branch counts as applied where the runner minds.
        """
        if self._places[name] > self.last and (self._has_start or self._profile.edits == "ignored"):
            return ""
        known = self._look(name)
        return known.branch if known is not None and known.former and known.is_edited(data) else ""

    def late(self, name: str) -> Late | None:
        """Of a late file, after what it comes; `None`: it is not late, or that is not known.

        What the runner would run all the same is late by the user's word alone, `start-after`: where several
        people work, older numbers come in every day.
        """
        known = self._look(name)
        if known is None or known.former or self._profile.direction(name) != "up":
            return None
        fate = self._profile.late_of(name)
        if fate == "never":
            return None
        minds = fate in ("skips", "refuses")
        newest = max(self.last, self._newest_on_branch if minds else -1)
        return Late(known.branch, self._names[newest]) if self._places[name] <= newest else None

    @cached_property
    def _newest_on_branch(self) -> int:
        """The place of the last migration that the default branch has; -1: it has none."""
        for place in range(len(self._names) - 1, -1, -1):
            name = self._names[place]
            known = self._look(name)
            if known is not None and known.former and self._profile.direction(name) == "up":
                return place
        return -1

    def _look(self, name: str) -> Known | None:
        if self._history is None:
            return None
        if name not in self._known:
            known = self._history.known(name)
            # One with another version is another migration, though its text was there before.
            if known is not None and known.former and not self._is_one(known.former, name):
                known = known._replace(former="")
            self._known[name] = known
        return self._known[name]

    def _is_one(self, former: str, name: str) -> bool:
        return self._profile.version_of(former) == self._profile.version_of(name)
