"""How far a configuration reaches: it came with the project, and may say nothing about what lies outside
of it.

A path on the command line is the user's own word, and is taken as it is. What a configuration names
outside of the project, or a link there leads to, is read, which is said, but never written.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from idemlint import config as configuration
from idemlint.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def outside(paths: Iterable[str], folder: str) -> tuple[str, ...]:
    """Those of the paths that lead out of the project that a configuration's `folder` is in."""
    top = os.path.join(os.path.realpath(configuration.repository(folder) or folder), "")
    return tuple(
        path for path in paths if not os.path.join(os.path.realpath(path), "").startswith(top)
    )


def require_inside(named: Sequence[str], paths: Iterable[str], folder: str) -> None:
    """Refuse to write into files outside of the project that nobody named: `paths` are those that were found,
    `named` what the command line has. Raises `UsageProblem`."""
    own = [os.path.join(os.path.realpath(name), "") for name in named]
    for path in outside(paths, folder):
        real = os.path.join(os.path.realpath(path), "")
        if not any(real.startswith(name) for name in own):
            raise UsageProblem(
                f"{path}: lies outside of the project ({real[:-1]}), and was not named: nothing was"
                " written; name it on the command line where that is meant"
            )
