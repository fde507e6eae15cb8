"""What stands around a migration and tells whose it is: the names in its folder and in those above
it, configuration files, and the first bytes of its siblings; each is looked at once."""

from __future__ import annotations

import os
import posixpath
import re
from bisect import bisect_left
from functools import cache
from itertools import takewhile
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

HEAD: Final = 4096
"""How much of a migration detection reads: markers stand at the top, below a licence at most."""
_MANIFEST: Final = 262_144
_LEVELS: Final = 10
_SAMPLE: Final = 48


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _is_like(name: str, pattern: str) -> bool:
    """Whether a name is the pattern's, in which each `*` stands for anything."""
    head, *between, tail = pattern.split("*")
    if not name.startswith(head) or not name.endswith(tail):
        return False
    at, end = len(head), len(name) - len(tail)
    for part in between:
        at = name.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return at <= end


class FolderClues:
    """The folders around the files of one run. Nothing is looked at before it is asked for, nothing
    twice.

    It walks up from a folder to the repository's root (the folder that holds `.git`), ten levels at
    most. A folder that cannot be read is an empty one. `texts` are bytes, by path, to take instead of
    what is on disk: a file that only they have is seen in the listing of its folder.
    """

    __slots__ = (
        "_above",
        "_absolute",
        "_climbs",
        "_depends",
        "_folders",
        "_given",
        "_given_folders",
        "_given_names",
        "_heads",
        "_names",
        "_ordered",
        "_parents",
        "_read_from",
        "_sampled",
        "_samples",
        "_texts",
    )

    def __init__(self, texts: Mapping[str, bytes] = MappingProxyType({})) -> None:
        self._absolute: dict[str, str] = {}
        self._names: dict[str, frozenset[str]] = {}
        self._ordered: dict[str, list[str]] = {}
        self._parents: dict[str, str | None] = {}
        self._climbs: dict[str, list[str]] = {}
        self._above: dict[tuple[str, str], bool] = {}
        self._depends: dict[tuple[str, str], bool] = {}
        self._texts: dict[str, str] = {}
        self._heads: dict[str, bytes] = {}
        self._samples: dict[str, tuple[bytes, ...]] = {}
        self._sampled: dict[tuple[str, str], bytes] = {}
        self._read_from: set[tuple[str, str]] = set()
        self._given: dict[tuple[str, str], bytes] = {}
        self._folders: dict[str, frozenset[str]] = {}
        self._given_names: dict[str, set[str]] = {}
        self._given_folders: dict[str, set[str]] = {}
        for path, data in texts.items():
            folder, name = self._split(path)
            self._given[folder, name] = data
            self._given_names.setdefault(folder, set()).add(name)
            folder, name = posixpath.split(folder)
            while name and name not in self._given_folders.setdefault(folder, set()):
                self._given_folders[folder].add(name)
                folder, name = posixpath.split(folder)

    def replace(self, path: str, data: bytes | None) -> bool:
        """Take another text (`None`: what is on disk) for a file whose name was there before.

        Returns whether something that was said may rest on the text before, `sample` left aside.
        """
        key = self._split(path)
        if data is not None:
            self._given[key] = data
        else:
            self._given.pop(key, None)
        return key in self._read_from

    def absolute(self, folder: str) -> str:
        """The folder's full path, with forward slashes."""
        found = self._absolute.get(folder)
        if found is None:
            found = self._absolute[folder] = os.path.abspath(folder or ".").replace(os.sep, "/")  # noqa: PTH100
        return found

    def names(self, folder: str) -> frozenset[str]:
        """Names of the files and folders in a folder; empty where it cannot be listed.

        Pipes and sockets are left out: who reads them waits for ever.
        """
        folder = self.absolute(folder)
        found = self._names.get(folder)
        return self._list(folder) if found is None else found

    def folders(self, folder: str) -> frozenset[str]:
        """Names of the folders in a folder. Links to folders are none, here as on the command line: no
        loop can hold us up, and no folder is listed under two names."""
        folder = self.absolute(folder)
        if folder not in self._names:
            self._list(folder)
        return self._folders[folder]

    def _list(self, folder: str) -> frozenset[str]:
        files = set(self._given_names.get(folder, ()))
        folders = set(self._given_folders.get(folder, ()))
        try:
            with os.scandir(folder) as entries:
                for entry in entries:
                    if entry.is_file(follow_symlinks=False) or entry.is_symlink():
                        files.add(entry.name)
                    elif entry.is_dir(follow_symlinks=False):
                        folders.add(entry.name)
        except OSError:
            pass
        self._folders[folder] = frozenset(folders)
        found = self._names[folder] = frozenset(files | folders)
        return found

    def parent(self, folder: str) -> str | None:
        """The folder above; None above the repository's root."""
        folder = self.absolute(folder)
        if folder not in self._parents:
            parent = folder.rsplit("/", 1)[0] or "/"
            top = ".git" in self.names(folder) or parent == folder
            self._parents[folder] = None if top else parent
        return self._parents[folder]

    def climb(self, folder: str) -> list[str]:
        """The folder and those above it, nearest first."""
        folder = self.absolute(folder)
        found = self._climbs.get(folder)
        if found is None:
            at: str | None = folder
            found = self._climbs[folder] = []
            while at is not None and len(found) < _LEVELS:
                found.append(at)
                at = self.parent(at)
        return found

    def beside(self, folder: str, pattern: str) -> bool:
        """Whether the folder holds such a name (`*` is anything); `meta/_journal.json` looks one folder
        down."""
        while "/" in pattern:
            inner, pattern = pattern.split("/", 1)
            if inner == "..":
                folder = self.absolute(folder).rsplit("/", 1)[0] or "/"
            elif inner in self.names(folder):
                folder = f"{self.absolute(folder)}/{inner}"
            else:
                return False
        return bool(self.matching(folder, pattern))

    def above(self, folder: str, pattern: str) -> bool:
        """Whether the folder, or one above it, holds such a name."""
        return self._upwards(folder, self._above, pattern, lambda at: self.beside(at, pattern))

    def depends(self, folder: str, manifest: str, pattern: str) -> bool:
        """Whether a manifest in the folder, or above it, says what the pattern seeks."""
        return self._upwards(
            folder,
            self._depends,
            f"{manifest}\n{pattern}",
            lambda at: any(
                _compiled(pattern).search(self.text(f"{at}/{name}")) is not None
                for name in self.matching(at, manifest)
            ),
        )

    def _upwards(
        self,
        folder: str,
        memory: dict[tuple[str, str], bool],
        key: str,
        here: Callable[[str], bool],
    ) -> bool:
        """Whether it holds in the folder or above it; each folder is asked once."""
        below: list[str] = []
        found = False
        at: str | None = self.absolute(folder)
        while at is not None and len(below) < _LEVELS:
            known = memory.get((at, key))
            if known is not None:
                found = known
                break
            below.append(at)
            if here(at):
                found = True
                break
            at = self.parent(at)
        for at in below:
            memory[at, key] = found
        return found

    def matching(self, folder: str, pattern: str) -> list[str]:
        """The names in a folder that are the pattern's (`*` is anything)."""
        names = self.names(folder)
        head, any_else, _ = pattern.partition("*")
        if not any_else:
            return [pattern] if pattern in names else []
        if not head:
            return [name for name in names if _is_like(name, pattern)]
        # There may be a pattern for each file.
        ordered = self._ordered.get(folder)
        if ordered is None:
            ordered = self._ordered[folder] = sorted(names)
        behind = map(ordered.__getitem__, range(bisect_left(ordered, head), len(ordered)))
        alike = takewhile(lambda name: name.startswith(head), behind)
        return [name for name in alike if _is_like(name, pattern)]

    def find(self, folder: str, name: str) -> str | None:
        """The nearest file of that name in the folder or above it."""
        for each in self.climb(folder):
            if self.beside(each, name):
                return f"{each}/{name}"
        return None

    def text(self, path: str) -> str:
        """A configuration file's text; empty where it cannot be read."""
        found = self._texts.get(path)
        if found is None:
            found = self._texts[path] = self._read(path, _MANIFEST).decode("utf-8", "replace")
        return found

    def head(self, path: str) -> bytes:
        """A file's first bytes."""
        found = self._heads.get(path)
        if found is None:
            found = self._heads[path] = self._read(path, HEAD)
        return found

    def _split(self, path: str) -> tuple[str, str]:
        """A path's folder, in full, and its name."""
        folder, name = posixpath.split(path.replace(os.sep, "/"))
        return self.absolute(folder), name

    def _read(self, path: str, most: int) -> bytes:
        """A file's first bytes, of its text where one was given; none where it cannot be read."""
        key = self._split(path)
        self._read_from.add(key)
        return self._bytes(path, key, most)

    def _bytes(self, path: str, key: tuple[str, str], most: int) -> bytes:
        given = self._given.get(key)
        if given is not None:
            return given[:most]
        try:
            with open(path, "rb") as file:  # noqa: PTH123
                return file.read(most)
        except OSError:
            return b""

    def sample(self, folder: str) -> tuple[bytes, ...]:
        """The heads, in lower case, of some of the folder's SQL files, always the same ones, from
        all over the listing."""
        folder = self.absolute(folder)
        found = self._samples.get(folder)
        if found is None:
            names = sorted(name for name in self.names(folder) if name.endswith(".sql"))
            step = max(1, len(names) // _SAMPLE)
            chosen = [(folder, name) for name in names[::step][:_SAMPLE]]
            for key in chosen:
                self._sampled[key] = self._bytes("/".join(key), key, HEAD).lower()
            found = self._samples[folder] = tuple(self._sampled[key] for key in chosen)
        return found

    def sampled(self, path: str) -> bytes | None:
        """The head of a file, in lower case, as it stands in a `sample`; `None`: it is in none."""
        return self._sampled.get(self._split(path))


__all__ = ["HEAD", "FolderClues"]
