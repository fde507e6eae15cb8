"""Migration runners: one small profile each, and what they have in common.

Every module of `profiles` is a runner, its variants included, by the name `PROFILES`; nothing is
registered by hand. They are imported when they are first asked for.
"""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, Final

from idemlint.runners.clues import FolderClues

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.runners.profile import Misdirective, Profile

FALLBACK: Final = "psql"
_PACKAGE: Final = f"{__name__}.profiles"

_known: dict[str, Profile] = {}
_complete = False


def _load(module: str) -> None:
    loaded = importlib.import_module(f"{_PACKAGE}.{module}")
    for profile in loaded.PROFILES:
        _known[profile.name] = profile


def all_profiles() -> dict[str, Profile]:
    """All profiles by name, in the order of their names."""
    global _complete
    if not _complete:
        package = importlib.import_module(_PACKAGE)
        for module in pkgutil.iter_modules(package.__path__):
            _load(module.name)
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
        if module.isidentifier() and importlib.util.find_spec(f"{_PACKAGE}.{module}") is not None:
            _load(module)
        if name not in _known:
            all_profiles()
    return _known[name]


def detection(clues: FolderClues) -> Callable[[str, bytes], Profile]:
    """`auto`: whose migration a file is, by its path, its first bytes, and what stands around it."""
    from idemlint.runners.detector import Detector

    return Detector(all_profiles().values(), get(FALLBACK), clues)


def detect(path: str, data: bytes, clues: FolderClues) -> Profile:
    """The profile of one file; who has several asks for a `detection` once."""
    return detection(clues)(path, data)


def misdirectives(
    profile: Profile, path: str, data: bytes, clues: FolderClues
) -> tuple[Misdirective, ...]:
    """What looks like an opt-out of the transaction and is none, or is another runner's."""
    return profile.misdirectives(path, data, clues, own_directives)


@cache
def own_directives() -> dict[str, tuple[str, str]]:
    """Every runner's opt-out by a comment: its name → how it is called, and the pattern."""
    return {
        name: (profile.title, profile.own_directive)
        for name, profile in all_profiles().items()
        if profile.own_directive
    }


__all__ = [
    "FALLBACK",
    "FolderClues",
    "all_profiles",
    "detect",
    "detection",
    "get",
    "misdirectives",
    "names",
    "own_directives",
]
