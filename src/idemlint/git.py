"""What we ask git: which files changed since a revision, and what stands at the merge base."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from idemlint.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Sequence


class Repository:
    """The git repository that a folder is in. Where git cannot answer: `UsageProblem`."""

    def __init__(self, folder: str) -> None:
        self._folder = folder
        self.top = self._text("rev-parse", "--show-toplevel")

    def merge_base(self, revision: str) -> str:
        """The commit at which the working tree's branch left `revision`."""
        if revision.startswith("-") or not revision:
            raise UsageProblem(f"`{revision}` is not a git revision")
        commit = self._run("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        if commit is None:
            raise UsageProblem(f"git knows no revision `{revision}`{self._shallow_hint()}")
        base = self._run("merge-base", commit.strip(), "HEAD")
        if base is None:
            raise UsageProblem(
                f"`{revision}` and HEAD have no common ancestor{self._shallow_hint()}"
            )
        return base.strip()

    def changed_since(self, revision: str) -> frozenset[str]:
        """Files added or changed since the merge base with `revision`, as real absolute paths.

        Staged or not, untracked ones too. A file that only got another name has not changed.
        """
        base = self.merge_base(revision)
        names = self._names("diff", "--name-status", "-z", "-M", "--diff-filter=ACMRT", base, "--")
        changed = []
        fields = iter(names)
        for status in fields:
            name = next(fields)
            if status.startswith(("R", "C")):
                name = next(fields)
                if status[1:] == "100":
                    continue
            changed.append(name)
        changed += self._names(
            "ls-files", "--others", "--exclude-standard", "-z", "--full-name", ":/"
        )
        top = os.path.realpath(self.top)
        return frozenset(f"{top}{os.sep}{name}" for name in changed)

    def default_branch(self) -> str | None:
        """The branch that all others go into: what the remote calls its HEAD, else main or master."""
        head = self._run("symbolic-ref", "--quiet", "--short", "refs/remotes/origin/HEAD")
        names = [head.strip()] if head else []
        names += ["origin/main", "origin/master", "main", "master"]
        for name in names:
            if self._run("rev-parse", "--verify", "--quiet", f"{name}^{{commit}}") is not None:
                return name
        return None

    def files_at(self, commit: str) -> frozenset[str]:
        """All files of a commit, as real absolute paths."""
        top = os.path.realpath(self.top)
        names = self._names("ls-tree", "-r", "-z", "--name-only", "--full-tree", commit)
        return frozenset(f"{top}{os.sep}{name}" for name in names)

    def _names(self, *arguments: str) -> Sequence[str]:
        return [name for name in self._text(*arguments, strip=False).split("\0") if name]

    def _text(self, *arguments: str, strip: bool = True) -> str:
        output = self._run(*arguments)
        if output is None:
            raise UsageProblem(
                f"{os.path.realpath(self._folder)} is not in a git repository"
                if arguments[0] == "rev-parse"
                else f"`git {arguments[0]}` failed"
            )
        return output.strip("\r\n") if strip else output

    def _run(self, *arguments: str) -> str | None:
        import subprocess

        try:
            done = subprocess.run(
                ["git", *arguments],
                cwd=self._folder,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                stdin=subprocess.DEVNULL,
                check=False,
            )
        except FileNotFoundError:
            raise UsageProblem("git is needed for this, and was not found") from None
        except OSError as error:
            raise UsageProblem(f"git cannot be run: {error.strerror or error}") from None
        return os.fsdecode(done.stdout) if done.returncode == 0 else None

    def _shallow_hint(self) -> str:
        if (self._run("rev-parse", "--is-shallow-repository") or "").strip() == "true":
            return "; this is a shallow clone: fetch more of it (in CI: `fetch-depth: 0`)"
        return ""
