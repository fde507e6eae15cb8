"""How far a configuration reaches: it came with the project, and may say nothing about what lies outside
of it.

A path on the command line is the user's own word, and is taken as it is. What a configuration names
outside of the project, or a link there leads to, is read, which is said, but never written.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from idemlint import config as configuration
from idemlint.report.words import counted
from idemlint.sequence.paths import shown

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

#: So many files that lie outside are named.
_MOST: Final = 10


def outside(paths: Iterable[str], folder: str) -> tuple[str, ...]:
    """Those of the paths that lead out of the project that a configuration's `folder` is in."""
    top = os.path.join(os.path.realpath(configuration.repository(folder) or folder), "")
    return tuple(
        path for path in paths if not os.path.join(os.path.realpath(path), "").startswith(top)
    )


def barred(named: Sequence[str], paths: Iterable[str], folder: str) -> dict[str, str]:
    """The files that nothing may be written into, since they lie outside of the project and nobody named
    them, each with what to tell the user: `paths` are those that were found, `named` what the command line
    has."""
    own = [os.path.join(os.path.realpath(name), "") for name in named]
    found = {}
    for path in outside(paths, folder):
        real = os.path.join(os.path.realpath(path), "")
        if not any(real.startswith(name) for name in own):
            found[path] = (
                f"{shown(path)}: lies outside of the project ({shown(real[:-1])}), and was not named: it"
                " was not written; name it on the command line where that is meant"
            )
    return found


def told(barred: Mapping[str, str], names: Iterable[str]) -> Iterator[str]:
    """What to tell the user where these of the `barred` files would have been written: of the first ones
    each by itself, since a configuration can lead to thousands."""
    reasons = [barred[name] for name in names]
    yield from reasons[:_MOST]
    if len(reasons) > _MOST:
        more = counted(len(reasons) - _MOST, "more file")
        yield f"{more} outside of the project: not written either"
