"""The files that were asked about: those on disk, and those that only texts have."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from idemlint import files
from idemlint.errors import UsageProblem
from idemlint.sequence.texts import full

if TYPE_CHECKING:
    from collections.abc import Iterable

    from idemlint.sequence.texts import Texts


def asked_about(paths: Iterable[str], texts: Texts, *, is_new: bool = True) -> tuple[str, ...]:
    """The files that the paths stand for, each once, however it is spelled. In a folder that is new, a
    path that is not there is an error (`UsageProblem`); later on it is one that has gone."""
    if is_new and not texts.given:
        return tuple(files.discover(list(paths)))
    found: dict[str, str] = {}
    for path in paths:
        for name in _files(path, texts, is_new=is_new):
            found.setdefault(full(name), name)
    return tuple(found.values())


def _files(path: str, texts: Texts, *, is_new: bool) -> list[str]:
    given, folder = texts.given, full(path)
    if folder in given:
        return [path]
    inside = [
        os.path.relpath(name, folder)
        for name in given
        if name.startswith(folder.rstrip(os.sep) + os.sep) and name.endswith(".sql")
    ]
    try:
        found = files.discover([path])
    except UsageProblem:
        if is_new and not inside:
            raise
        found = []
    prefix = "" if path in ("", os.curdir) else path
    return found + [os.path.join(prefix, name) for name in inside]  # noqa: PTH118
