"""A repository: its revisions, its default branch, the files of a commit, and what has changed since one."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Final

from idemlint.errors import UsageProblem
from idemlint.git.asking import LOCAL, Git, GitProblem
from idemlint.git.contents import blob_id, read, settle, texts_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: What a default branch is called where nobody says it.
CONVENTIONAL: Final = ("main", "master")
_REMOTES: Final = "refs/remotes/"
_HEADS: Final = "refs/heads/"
#: Modes of files (git ls-tree): links and submodules hold no text of their own.
_REGULAR: Final = frozenset({"100644", "100755", "100664"})


class Repository:
    """The git repository that a folder is in. Raises `GitProblem` where there is none, or git does not
    read it."""

    def __init__(self, folder: str) -> None:
        real = os.path.realpath(folder)
        git, answer = _of_hook(real) or _found(real)
        self._git = git
        top, _, shallow = answer.rpartition("\n")
        #: The real path of the work tree.
        self.top = os.path.realpath(top)
        self.is_shallow = shallow == "true"
        if not _is_below(real, self.top):
            raise GitProblem(f"the work tree of the repository of {real} is elsewhere: {self.top}")

    def relative(self, path: str) -> str | None:
        """A real path as the repository names it; `None`: it is outside."""
        return within(self.top, path)

    def commit(self, revision: str) -> str:
        """The name of the commit that a revision is. Raises `UsageProblem` where there is none."""
        if revision.startswith("-") or not revision:
            raise UsageProblem(f"`{revision}` is not a git revision")
        answer = self._git.ask("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        if not answer.succeeded:
            raise GitProblem(f"git knows no revision `{revision}`{self.shallow_hint}")
        return answer.text.strip()

    def merge_base(self, revision: str) -> str:
        """The commit at which the work tree's branch left `revision`."""
        answer = self._git.ask("merge-base", self.commit(revision), "HEAD")
        if not answer.succeeded:
            raise GitProblem(f"`{revision}` and HEAD have no common ancestor{self.shallow_hint}")
        return answer.text.strip()

    def tree(self, commit: str) -> dict[str, str]:
        """The regular files of a commit: their paths from the top, and the names of their blobs."""
        answer = self._git.ask("ls-tree", "-r", "-z", "--full-tree", commit)
        if not answer.succeeded:
            raise GitProblem(f"git cannot list the files of {commit}: {answer.complaint}")
        found = {}
        for entry in answer.text.split("\0"):
            about, _, path = entry.partition("\t")
            if path:
                mode, _, blob = about.split(" ")
                if mode in _REGULAR:
                    found[path] = blob
        return found

    def committed(self) -> dict[str, str]:
        """The files of HEAD; none where nothing has been committed yet. Raises `GitProblem` where there are
        commits, and HEAD is none."""
        head = self._git.ask("rev-parse", "--verify", "--quiet", "HEAD")
        if head.succeeded:
            return self.tree(head.text.strip())
        others = self._git.ask("for-each-ref", "--count=1")
        if others.output or others.complaint:
            raise GitProblem("git does not find the commit that HEAD names")
        return {}

    def texts(self, blobs: Iterable[str]) -> dict[str, bytes]:
        """Blobs by their names; those that are not here are left out."""
        return texts_of(self._git, blobs)

    def settle(self, blobs: dict[str, str], files: Mapping[str, bytes]) -> None:
        """See `contents.settle`."""
        settle(self._git, blobs, files)

    def changed_since(
        self, revision: str, paths: Iterable[str], texts: Mapping[str, bytes] | None = None
    ) -> frozenset[str]:
        """Those of the files that are new, or another text, since the merge base with `revision`, as real
        paths.

        Whether they are committed, staged or neither does not matter: what counts is what stands in the work
        tree, and in `texts`. A file that only got another name has not changed; one outside of the
        repository, or that cannot be read, has.
        """
        base = self.tree(self.merge_base(revision))
        files = dict(read(paths, texts or {}))
        inside = {path: data for real, data in files.items() if (path := self.relative(real))}
        known = {path: data for path, data in inside.items() if data is not None}
        self.settle(base, known)
        changed = {
            path
            for path, data in inside.items()
            if data is None or path not in base or blob_id(data, base[path]) != base[path]
        }
        changed -= self._moved(
            base, {path: known[path] for path in changed & known.keys() - base.keys()}
        )
        wanted = {None, *changed}
        return frozenset(real for real in files if self.relative(real) in wanted)

    def _moved(self, base: dict[str, str], new: Mapping[str, bytes]) -> set[str]:
        """Of files that a commit does not have those whose text one of its files had that is gone."""
        if not new:
            return set()
        like = next(iter(base.values()), "")
        left: dict[str, list[str]] = {}
        for path in sorted(new):
            left.setdefault(blob_id(new[path], like), []).append(path)
        moved = set()
        for path, blob in base.items():
            if left.get(blob) and self.is_gone(path):
                moved.add(left[blob].pop(0))
        return moved

    def is_gone(self, path: str) -> bool:
        """Whether a file of a commit is not in the work tree."""
        return not os.path.lexists(os.path.join(self.top, path))

    def default_branch(self, named: str | None = None) -> str:
        """The reference of the branch that all others go into: the one that is `named`, what the remote calls
        its HEAD, else main or master.

        Raises `GitProblem` where that cannot be told, and says how it can be.
        """
        if named is not None:
            return self._named_branch(named)
        references = self._references()
        remotes = sorted({each.split("/")[2] for each in references if each.startswith(_REMOTES)})
        remote = "origin" if "origin" in remotes or len(remotes) != 1 else remotes[0]
        head = references.get(f"{_REMOTES}{remote}/HEAD")
        names = [head] if head else []
        names += [f"{_REMOTES}{remote}/{name}" for name in CONVENTIONAL]
        names += [f"{_HEADS}{name}" for name in CONVENTIONAL]
        for name in names:
            if name in references and not self._is_all_that_was_cloned(name):
                return name
        why = (
            "this is a shallow checkout, and its default branch is not in it: fetch more of it (in CI:"
            " `fetch-depth: 0`)"
            if self.is_shallow
            else "it is not known which branch is the default one (there is neither origin/HEAD nor main"
            " nor master)"
        )
        raise GitProblem(
            f"{why}, or say which one it is: `--default-branch NAME`, or `default-branch` in the"
            " configuration"
        )

    def _named_branch(self, name: str) -> str:
        for reference in (f"{_REMOTES}origin/{name}", name):
            try:
                self.commit(reference)
            except GitProblem:
                continue
            return reference
        raise GitProblem(f"git knows no branch `{name}` here{self.shallow_hint}")

    def _references(self) -> dict[str, str]:
        """Those that tell which branch is the default one, and what they stand for, where that is another."""
        patterns = [f"{_REMOTES}*/{name}" for name in ("HEAD", *CONVENTIONAL)]
        patterns += [f"{_HEADS}{name}" for name in CONVENTIONAL]
        answer = self._git.ask("for-each-ref", "--format=%(refname)%00%(symref)", *patterns)
        found = {}
        for line in answer.text.splitlines():
            name, _, other = line.partition("\0")
            found[name] = other
            if other:
                found.setdefault(other, "")
        return found

    def _is_all_that_was_cloned(self, reference: str) -> bool:
        """Whether a clone asked for one branch alone (`--depth`, `--single-branch`), and this is it.

        Then it is no evidence which branch is the default one; unless it is called as they are.
        """
        name = reference.removeprefix(_REMOTES).partition("/")[2]
        if not reference.startswith(_REMOTES) or name in CONVENTIONAL:
            return False
        answer = self._git.ask("config", "--get-regexp", r"^remote\..*\.fetch$")
        return bool(answer.output) and "*" not in answer.text

    @property
    def shallow_hint(self) -> str:
        """What to do where something may be missing since only a part was fetched."""
        if self.is_shallow:
            return "; this is a shallow clone: fetch more of it (in CI: `fetch-depth: 0`)"
        return ""


def within(top: str, path: str) -> str | None:
    """A real path as the repository at `top` names it; `None`: it is outside."""
    inside = os.path.join(top, "")
    return path[len(inside) :].replace(os.sep, "/") if path.startswith(inside) else None


def short(reference: str) -> str:
    """A branch as people call it: `refs/remotes/origin/main` is origin/main."""
    return reference.removeprefix(_REMOTES).removeprefix(_HEADS)


#: How git says that a repository belongs to another user, since 2.36 and before.
_OWNERSHIP: Final = ("dubious ownership", "unsafe repository")
_FACTS: Final = ("rev-parse", "--show-toplevel", "--is-shallow-repository")


def _of_hook(folder: str) -> tuple[Git, str] | None:
    """The repository that git names to a hook, where the folder is in its work tree."""
    if "GIT_DIR" not in os.environ:
        return None
    # Relative ones hold where we were started.
    given = tuple((name, os.path.abspath(os.environ[name])) for name in LOCAL if name in os.environ)
    git, answer = _named_by(given, os.getcwd())
    top = answer.rpartition("\n")[0]
    return (git, answer) if top and _is_below(folder, os.path.realpath(top)) else None


@cache
def _named_by(given: tuple[tuple[str, str], ...], here: str) -> tuple[Git, str]:
    """A hook asks about each of its files."""
    local = dict(given)
    answer = Git(here, local).ask(*_FACTS)
    facts = answer.text.rstrip("\r\n") if answer.succeeded else ""
    top = facts.rpartition("\n")[0] or here
    return Git(top, {**local, "GIT_WORK_TREE": top}), facts


def _found(folder: str) -> tuple[Git, str]:
    """The repository that a folder is in. Below it, folders that look like a repository's insides count for
    nothing: a repository can bring them along."""
    top = next(
        (each for each in _upwards(folder) if os.path.lexists(os.path.join(each, ".git"))), None
    )
    if top is None:
        raise GitProblem(f"{folder} is not in a git repository")
    git = Git(top)
    answer = git.ask(*_FACTS)
    if answer.succeeded:
        return git, answer.text.rstrip("\r\n")
    if any(words in answer.complaint for words in _OWNERSHIP):
        raise GitProblem(
            f"git does not read the repository {top}, since it belongs to somebody else (dubious"
            f" ownership); `git config --global --add safe.directory {top}` says that you trust it"
        )
    raise GitProblem(f"git does not read the repository {top}: {answer.complaint}")


def _upwards(folder: str) -> Iterator[str]:
    above = ""
    while folder != above:
        yield folder
        folder, above = os.path.dirname(folder), folder


def _is_below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(os.path.join(folder, ""))
