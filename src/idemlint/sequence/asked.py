"""From paths to the files that are asked about, where some of their texts are given."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from idemlint import files
from idemlint.errors import UsageProblem
from idemlint.sequence.texts import full

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def asked(
    paths: Iterable[str], given: Mapping[str, bytes], *, is_new: bool = True
) -> tuple[str, ...]:
    """The files that `paths` stand for, each once, however it is spelled; `given` are texts by full path.

    In a folder that is new, a path that is not there is an error: `UsageProblem`. Later on it is one that has
    gone."""
    if is_new and not given:
        return tuple(files.discover(list(paths)))
    found: dict[str, str] = {}
    for path in paths:
        for name in _files(path, given, is_new=is_new):
            found.setdefault(full(name), name)
    return tuple(found.values())


def _files(path: str, given: Mapping[str, bytes], *, is_new: bool) -> list[str]:
    folder = full(path)
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
