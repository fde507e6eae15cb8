"""Files of a sequence that were asked about, and that nothing is said of: why that is so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.left_out import LeftOut
from idemlint.sequence.paths import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from idemlint.runners.profile import Profile
    from idemlint.sequence.chain import Chain


#: The kind of those that count as applied.
APPLIED: Final = "start-after"


def applied(chain: Chain, asked: Iterable[str]) -> Iterator[tuple[str, LeftOut]]:
    """Those that count as applied."""
    for name in asked:
        if chain.is_applied(name):
            yield name, LeftOut(shown(name), APPLIED)


def passed_over(profile: Profile, outside: Iterable[str]) -> Iterator[tuple[str, LeftOut]]:
    """Those that the runner does not run in its order: they undo, or it does not read them at all."""
    for name in outside:
        kind = "down" if profile.direction(name) == "down" else "unread"
        yield name, LeftOut(shown(name), kind, profile.title)
