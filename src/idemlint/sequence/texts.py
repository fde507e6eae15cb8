"""The bytes of files: those that were handed in, else what stands on disk, read once."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from idemlint.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class Texts:
    """Every read of a migration goes through here: standard input, an editor's buffers and the texts on
    which fixes are proved are seen by detection, replay and rules alike.

    A file is known by its full path: `given` are the texts that were handed in, however it was spelled.
    """

    __slots__ = ("_full", "_known", "given")

    def __init__(self, given: Mapping[str, bytes] | None = None) -> None:
        self.given = {full(name): data for name, data in (given or {}).items()}
        self._known: dict[str, bytes] = {}
        self._full: dict[str, str] = {}

    def read(self, name: str) -> bytes:
        """A file's bytes. Raises `UsageProblem`, which names the file, where it cannot be read."""
        path = self.path(name)
        data = self.given.get(path)
        if data is None:
            data = self._known.get(path)
        if data is None:
            data = self._known[path] = _on_disk(name)
        return data

    def readable(self, names: Iterable[str]) -> tuple[list[str], dict[str, UsageProblem]]:
        """The files that can be read, and why others cannot."""
        good: list[str] = []
        bad: dict[str, UsageProblem] = {}
        for name in names:
            try:
                self.read(name)
            except UsageProblem as problem:
                bad[name] = problem
            else:
                good.append(name)
        return good, bad

    def path(self, name: str) -> str:
        """A file's full path: asked for again and again, and the system is asked each time where we are."""
        path = self._full.get(name)
        if path is None:
            path = self._full[name] = full(name)
        return path

    def forget(self, names: Iterable[str]) -> None:
        """Let go of bytes that can be read again."""
        for name in names:
            self._known.pop(self.path(name), None)

    def replace(self, name: str, data: bytes | None) -> bool:
        """Take other bytes from now on; `None`: what is on disk, as it is now. Returns whether they may be
        others than before."""
        path = self.path(name)
        known = self._known.pop(path, None)
        before = self.given.pop(path, known)
        if data is not None:
            self.given[path] = data
            return data != before
        try:
            return self.read(name) != before
        except UsageProblem:
            return True


def full(name: str) -> str:
    """A file's full path, which is the same however it is spelled."""
    return os.path.abspath(name)  # noqa: PTH100 (called for every read)


def lies_in(path: str, folder: str) -> bool:
    """Whether a full path is a folder's, or lies below it."""
    return path == folder or path.startswith(os.path.join(folder, ""))  # noqa: PTH118


def comes_or_goes(name: str, spelled: Mapping[str, str], data: bytes | None) -> bool:
    """Whether a text makes a file that was not there, or takes away one that only texts had."""
    if data is None and not os.path.exists(name):  # noqa: PTH110
        return True
    return full(name) not in spelled and name.endswith(".sql")


def _on_disk(name: str) -> bytes:
    try:
        with open(name, "rb") as file:  # noqa: PTH123 (half the time of Path.read_bytes)
            return file.read()
    except OSError as error:
        raise UsageProblem(f"{name}: cannot be read: {error.strerror or error}") from None
