"""Files of a sequence that were asked about, and that nothing is said of: why that is so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from idemlint.left_out import LeftOut
from idemlint.sequence.paths import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from idemlint.runners.unread import NotRun
    from idemlint.sequence.chain import Chain


APPLIED: Final = "start-after"
#: What is said of a file though it is looked at by itself, too: that it lies there unread.
SAID: Final = frozenset({APPLIED, "unread"})


def applied(chain: Chain, asked: Iterable[str]) -> Iterator[tuple[str, LeftOut]]:
    """Those that count as applied."""
    for name in asked:
        if chain.is_applied(name):
            yield name, LeftOut(shown(name), APPLIED)


def passed_over(title: str, outside: Mapping[str, NotRun]) -> Iterator[tuple[str, LeftOut]]:
    """Those that a runner does not run in its order."""
    for name, why in outside.items():
        kind = "beside" if why.kind == "other" else why.kind
        yield name, LeftOut(shown(name), kind, title)
