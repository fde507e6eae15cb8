"""What a revision had of some files, as a value: it can be sent to another process, and asks git no more.

Here nothing is known of migrations: only which files stood in the folders, and with which texts.
"""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING, Final

from idemlint.git import contents
from idemlint.git.asking import GitProblem
from idemlint.git.contents import OPAQUE, blob_id
from idemlint.git.repository import Repository, within
from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Besides migrations, what a runner takes their order from (`Profile.plan`, changelogs).
_ALSO: Final = ("_journal.json", ".plan", ".xml", ".yaml", ".yml")


class PastTree(NamedTuple):
    """What a revision has in the folders of some files, in the repository at `top`.

    `texts` are by real path; `None`: the file is as it is in the work tree. `ahead` are those of them that
    the work tree's branch never had: they came after it had left.
    """

    top: str
    texts: Mapping[str, bytes | None]
    ahead: frozenset[str]


class Past(NamedTuple):
    """A `revision`, as it was named, and what it has; the innermost repository first."""

    revision: str
    trees: tuple[PastTree, ...]

    def of(self, folder: str) -> PastTree | None:
        """What it has around a folder, by its real path; `None`: that is in none of the repositories."""
        inside = os.path.join(folder, "")
        return next((each for each in self.trees if within(each.top, inside) is not None), None)


def look_at(
    revision: str,
    paths: Iterable[str],
    texts: Mapping[str, bytes],
    *,
    from_base: bool = False,
) -> tuple[Past | None, str]:
    """What a revision (`from_base`: the commit where the work tree's branch left it) has in the folders of
    files, and why nothing is known of some of them; empty where all is known.

    `texts` are files that have another text than on disk. Raises `UsageProblem` for a revision that a
    repository does not know.
    """
    files: dict[str, dict[str, bytes]] = {}
    repositories: dict[str, Repository] = {}
    known: dict[str, Repository | str] = {}
    reasons: dict[str, None] = {}
    for real, data in contents.read(paths, texts):
        folder = os.path.dirname(real)
        if folder not in known:
            known[folder] = _repository(folder)
        repository = known[folder]
        if isinstance(repository, str):
            reasons[repository] = None
        elif data is not None:
            repositories.setdefault(repository.top, repository)
            files.setdefault(repository.top, {})[within(repository.top, real) or real] = data
    trees = []
    for top, mine in files.items():
        commit = ""
        try:
            commit = repositories[top].commit(revision)
            trees.append(_tree(repositories[top], commit, mine, from_base=from_base))
        except GitProblem as problem:
            if not commit and not from_base:
                raise
            # Who asks for what has changed is told elsewhere where that cannot be.
            reasons[str(problem)] = None
    trees.sort(key=lambda each: len(each.top), reverse=True)
    return (Past(revision, tuple(trees)) if trees else None), "; ".join(reasons)


def _repository(folder: str) -> Repository | str:
    """The repository of a folder, or why there is none to ask."""
    try:
        return Repository(folder)
    except GitProblem as problem:
        return str(problem)


def _tree(
    repository: Repository, commit: str, files: Mapping[str, bytes], *, from_base: bool
) -> PastTree:
    if from_base:
        commit = repository.merge_base(commit)
    tree = repository.tree(commit)
    wanted = _Around(files)
    blobs = {path: blob for path, blob in tree.items() if wanted.holds(path)}
    there = _work_tree(repository.top, blobs)
    there.update({path: data for path, data in files.items() if path in blobs})
    repository.settle(blobs, there)
    same = {
        path
        for path, data in there.items()
        if blobs[path] == OPAQUE or blob_id(data, blobs[path]) == blobs[path]
    }
    read = repository.texts({tree[path] for path in blobs.keys() - same})
    texts: dict[str, bytes | None] = dict.fromkeys((_real(repository, each) for each in same), None)
    for path in blobs.keys() - same:
        if tree[path] not in read:
            raise GitProblem(f"this clone does not have {path} of {commit[:10]}")
        texts[_real(repository, path)] = read[tree[path]]
    ahead: frozenset[str] = frozenset()
    if not from_base:
        gone = [path for path in blobs if path not in there]
        base = _base(repository, commit) if gone else {}
        ahead = frozenset(_real(repository, path) for path in gone if path not in base)
    return PastTree(repository.top, texts, ahead)


def _base(repository: Repository, commit: str) -> Mapping[str, str]:
    """The files of the commit at which the work tree's branch left another one; of a clone that does not
    reach as far, none."""
    try:
        return repository.tree(repository.merge_base(commit))
    except GitProblem:
        return {}


def _real(repository: Repository, path: str) -> str:
    return os.path.join(repository.top, *path.split("/"))


def _work_tree(top: str, paths: Iterable[str]) -> dict[str, bytes]:
    """Those of the files that are there now."""
    by_real = {os.path.realpath(os.path.join(top, path)): path for path in paths}
    found = contents.read(by_real, {})
    return {by_real[real]: data for real, data in found if data is not None and real in by_real}


class _Around:
    """The files in the folders of some others, in folders beside those, and in the one above them: a
    migration may have a folder for itself, and a journal stands there or further inside."""

    def __init__(self, files: Iterable[str]) -> None:
        self._suffixes = {".sql", *_ALSO}
        self._folders: set[str] = set()
        for path in files:
            folder, name = posixpath.split(path)
            self._folders.update((folder, posixpath.dirname(folder)))
            self._suffixes.add(posixpath.splitext(name)[1] or name)
        self._ends = tuple(self._suffixes)

    def holds(self, path: str) -> bool:
        """Whether a file is one of them."""
        folder, name = posixpath.split(path)
        near = folder in self._folders or posixpath.dirname(folder) in self._folders
        return near and name.endswith(self._ends)
