"""What the default branch has, as a value: it can be sent to another process, and asks git no more.

What is on the default branch, somebody's database has. Here nothing is known of migrations: only which
files the branch has, under which names, and with which texts.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from idemlint.git import contents
from idemlint.git.asking import GitProblem
from idemlint.git.contents import OPAQUE, blob_id
from idemlint.git.repository import Repository, short, within
from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class Known(NamedTuple):
    """What the default branch says of a file. `former`: the file's path on it, another one where the file has
    moved; empty: it is not there. `blobs` are the texts that it has or had there, by git's names for them;
    none: that is not known."""

    branch: str
    former: str
    blobs: tuple[str, ...]

    def is_edited(self, data: bytes) -> bool:
        """Whether the file's text is surely none that the branch has."""
        return bool(self.blobs) and all(
            blob not in (OPAQUE, blob_id(data, blob)) for blob in self.blobs
        )


class Branch(NamedTuple):
    """The default branch of the repository at `top`: the blobs of its files by their paths.

    `tip` is what it has now, `base` what it had where the work tree's branch left it; `None`: the clone
    does not reach as far. `gone` are the files of both that the work tree has no more, by the end of their
    path.
    """

    top: str
    name: str
    tip: Mapping[str, str]
    base: Mapping[str, str] | None
    gone: Mapping[str, tuple[str, ...]]

    def has(self, path: str) -> bool:
        """Whether a file, by its path from the top, is or was there."""
        return path in self.tip or (self.base is not None and path in self.base)

    def has_file(self, real: str) -> bool:
        """The same, by its real path."""
        inside = within(self.top, real)
        return inside is not None and self.has(inside)

    def known(self, path: str) -> Known:
        """What is known of a file, by its path from the top."""
        former = path if self.has(path) else self._former(path)
        base = None if self.base is None else self.base.get(former)
        blobs = (base, self.tip.get(former)) if self.base is not None and former else ()
        return Known(self.name, former, tuple(blob for blob in blobs if blob is not None))

    def _former(self, path: str) -> str:
        """Where a file stood before its folder moved: the one file that is gone and had its name."""
        return next(
            (found[0] for end in _ends(path) if len(found := self.gone.get(end, ())) == 1), ""
        )


class Undecided(NamedTuple):
    """A folder of which git cannot tell what is applied, and why. `committed` are the files of HEAD from the
    `top`, where git says at least that: whatever is not among them has not left this work tree."""

    reason: str
    top: str = ""
    committed: frozenset[str] | None = None


class History(NamedTuple):
    """What the default branches of the repositories say that some files are in."""

    branches: tuple[Branch, ...]

    def known(self, path: str) -> Known | None:
        """What is known of a file; `None`: nothing."""
        real = os.path.realpath(path)
        for branch in self.branches:
            inside = within(branch.top, real)
            if inside is not None:
                return branch.known(inside)
        return None


class Branches:
    """Asks git for the default branch, once a repository. `named`: how the default branch is called."""

    def __init__(self, named: str | None = None) -> None:
        self._named = named
        self._by_folder: dict[str, Branch | Undecided] = {}
        self._by_top: dict[str, Branch | Undecided] = {}
        #: Those that were asked, by their work trees.
        self.repositories: dict[str, Repository] = {}

    def of(self, folder: str) -> Branch | Undecided:
        """The branch that counts in a folder, by its real path."""
        if folder not in self._by_folder:
            # A folder a migration, and git would be started for each of them.
            above = os.path.dirname(folder)
            if os.path.lexists(os.path.join(folder, ".git")) or "GIT_DIR" in os.environ:
                found = self._ask(folder)
            else:
                found = (
                    Undecided("it is in no git repository") if above == folder else self.of(above)
                )
            self._by_folder[folder] = found
        return self._by_folder[folder]

    def _ask(self, folder: str) -> Branch | Undecided:
        try:
            repository = Repository(folder)
        except GitProblem as problem:
            return Undecided(str(problem))
        if repository.top not in self._by_top:
            self.repositories[repository.top] = repository
            self._by_top[repository.top] = self._look(repository)
        return self._by_top[repository.top]

    def _look(self, repository: Repository) -> Branch | Undecided:
        try:
            reference = repository.default_branch(self._named)
            commit = repository.commit(reference)
            tip = repository.tree(commit)
        except GitProblem as problem:
            return Undecided(str(problem), repository.top, _committed(repository))
        base: dict[str, str] | None = None
        try:
            left = repository.merge_base(commit)
            base = tip if left == commit else repository.tree(left)
        except GitProblem:  # a shallow clone: what it has is known, how it came to that is not
            pass
        return Branch(repository.top, short(reference), tip, base, {})


def _committed(repository: Repository) -> frozenset[str] | None:
    try:
        return frozenset(repository.committed())
    except GitProblem:
        return None


def look_back(
    paths: Iterable[str], texts: Mapping[str, bytes], named: str | None = None
) -> tuple[History, str]:
    """What the default branches have of the files' repositories, and why that is not all that there is to
    know; empty where it is.

    `texts` are files that have another text than on disk. The blobs of all files are made comparable with
    their texts (`contents.settle`). Where git has no answer, that is the reason. Raises `UsageProblem`
    where `named` cannot be a branch.
    """
    branches = Branches(named)
    files: dict[str, dict[str, bytes]] = {}
    found: dict[str, Branch] = {}
    reasons: dict[str, None] = {}
    suffixes = {".sql"}
    for real, data in contents.read(paths, texts):
        if data is None:
            continue  # who is asked about the file says so
        branch = branches.of(os.path.dirname(real))
        if isinstance(branch, Undecided):
            reasons[branch.reason] = None
            continue
        found[branch.top] = branch
        suffixes.add(os.path.splitext(real)[1])
        files.setdefault(branch.top, {})[within(branch.top, real) or real] = data
    kept = []
    for top, branch in found.items():
        if branch.base is None:
            reasons[_NO_BASE.format(branch=branch.name)] = None
        try:
            repository = branches.repositories[top]
            kept.append(_settled(repository, branch, files[top], tuple(suffixes)))
        except GitProblem as problem:
            reasons[str(problem)] = None
    # The innermost first: a repository in another one's work tree has its files for itself.
    kept.sort(key=lambda each: len(each.top), reverse=True)
    return History(tuple(kept)), "; ".join(reasons)


_NO_BASE: Final = (
    "this clone does not reach back to where its branch left {branch} (in CI: `fetch-depth: 0`)"
)


def _settled(
    repository: Repository, branch: Branch, files: Mapping[str, bytes], suffixes: tuple[str, ...]
) -> Branch:
    """The branch with those of its files that could be a migration, comparable with the files' texts."""
    tip = {path: blob for path, blob in branch.tip.items() if path.endswith(suffixes)}
    gone: dict[str, tuple[str, ...]] = {}
    base = None
    if branch.base is not None:
        is_one = branch.base is branch.tip
        base = tip if is_one else {p: b for p, b in branch.base.items() if p.endswith(suffixes)}
    names = {*tip, *(base or ())}
    if not names.issuperset(files):
        for path in filter(repository.is_gone, sorted(names)):
            for end in _ends(path):
                gone[end] = (*gone.get(end, ()), path)
    settled = branch._replace(tip=tip, base=base, gone=gone)
    if base is not None:
        # What stood under another name is compared with the file that has its text now.
        former = {settled.known(path).former: data for path, data in files.items()}
        former.pop("", None)
        _settle(repository, base, former)
        if tip is not base:
            _settle(repository, tip, former)
    return settled


def _settle(repository: Repository, blobs: dict[str, str], files: Mapping[str, bytes]) -> None:
    raw = {path: blobs[path] for path in files if path in blobs}
    repository.settle(blobs, files)
    opaque = [path for path in raw if blobs[path] == OPAQUE]
    if opaque:
        # What a filter makes of the work tree's file is not known, but what was committed of it is.
        committed = repository.committed()
        for path in opaque:
            if committed.get(path, raw[path]) != raw[path]:
                blobs[path] = raw[path]


def _ends(path: str) -> Iterator[str]:
    """By what a file is known that has moved: its folder's name with its own (a folder a migration), its
    own."""
    *folders, name = path.split("/")
    if folders:
        yield f"{folders[-1]}/{name}"
    if any(map(str.isdigit, name)):  # `up.sql` and `migration.sql` are called so in every folder
        yield name
