"""Whether more processes pay, and how many."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from idemlint.sequence.texts import full

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from idemlint.sequence.order import Group

#: A process starts while another one does so many bytes of SQL: each must save that.
START: Final = 500_000


def sizes_of(groups: Collection[Group], texts: Mapping[str, bytes]) -> list[int]:
    """Bytes of SQL of each group; `texts` are given instead of what is on disk. What cannot be read has
    none: who reads it says so."""
    given = {full(name): len(data) for name, data in texts.items()}
    return [sum(_size(name, given) for name in (*group.names, *group.outside)) for group in groups]


def processes(sizes: Sequence[int], wanted: int | None) -> int:
    """How many are to share groups of these sizes: `wanted`, or (`None`) as many as pay, which are no more
    than there are processors."""
    if len(sizes) < 2 or not sys.executable or getattr(sys, "frozen", False):
        return 1  # there is nothing to share, or no Python to start
    if wanted is not None:
        return min(wanted, len(sizes))
    total, largest = sum(sizes), max(sizes)
    number, longest = 1, total
    for more in range(2, min(_processors(), len(sizes)) + 1):
        shorter = max(largest, total // more)
        if longest - shorter < START:
            break
        number, longest = more, shorter
    return number


def _size(name: str, given: Mapping[str, int]) -> int:
    known = given.get(full(name)) if given else None
    if known is not None:
        return known
    try:
        return os.stat(name).st_size  # noqa: PTH116 (half the time of Path.stat)
    except OSError:
        return 0


def _processors() -> int:
    """Those that we may use."""
    affinity = getattr(os, "sched_getaffinity", None)
    return len(affinity(0)) if affinity is not None else os.cpu_count() or 1
