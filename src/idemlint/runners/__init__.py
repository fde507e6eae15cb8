"""Migration runners: how a file reaches the server.

`profile` says what is known of a runner; every module of `profiles` is one runner, its variants
included, by the name `PROFILES`. Nothing is registered by hand, and a profile is imported when it is
first asked for. The rest is what runners have in common: `detector` tells whose migration a file is,
from `clues`, and `majority` whose folder it is; `unread` says why a runner does not run a file of its
folder. `sections` and `cutters` take files apart as runners do, `body_spans` finds the bodies
that a cutter does not see, `directives` are comments about transactions, and `units` puts it all
together: in which message, transaction and unit each statement is sent.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Final

from idemlint.on_demand import modules_in
from idemlint.runners import directives
from idemlint.runners.clues import FolderClues

if TYPE_CHECKING:
    from idemlint.runners.detector import Detector
    from idemlint.runners.directives import Misdirective
    from idemlint.runners.profile import Profile

FALLBACK: Final = "psql"
_PACKAGE: Final = f"{__name__}.profiles"

_known: dict[str, Profile] = {}
_complete = False


def _load(module: str) -> None:
    loaded = importlib.import_module(f"{_PACKAGE}.{module}")
    for profile in loaded.PROFILES:
        _known[profile.name] = profile


def _modules() -> list[str]:
    return modules_in(importlib.import_module(_PACKAGE).__path__)


def all_profiles() -> dict[str, Profile]:
    """All profiles by name, in the order of their names."""
    global _complete
    if not _complete:
        for module in _modules():
            _load(module)
        ordered = sorted(_known.items())
        _known.clear()
        _known.update(ordered)
        _complete = True
    return _known


def names() -> tuple[str, ...]:
    """The names that `--runner` takes, `auto` aside."""
    return tuple(all_profiles())


def get(name: str) -> Profile:
    """The profile of that name; KeyError where there is none.

    A runner's module is named after it, so that one name costs one import.
    """
    if name not in _known and not _complete:
        module = name.replace("-", "_")
        if module in _modules():
            _load(module)
        if name not in _known:
            all_profiles()
    return _known[name]


def detection(clues: FolderClues) -> Detector:
    """`auto`: whose migration a file is, by its path, its first bytes, and what stands around it."""
    from idemlint.runners.detector import Detector

    return Detector(all_profiles().values(), get(FALLBACK), clues)


def misdirectives(profile: Profile, data: bytes) -> tuple[Misdirective, ...]:
    """Comments of a file that look like an opt-out of the transaction and are none: near misses of
    the runner's own, and those of all other runners."""
    if not directives.may_have_directives(data):
        return ()
    return directives.misdirectives(profile, data, all_profiles().values())


__all__ = [
    "FALLBACK",
    "FolderClues",
    "all_profiles",
    "detection",
    "get",
    "misdirectives",
    "names",
]
