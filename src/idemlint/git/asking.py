"""git as a process, asked so that no configuration of a repository runs a program, reaches a network or
waits.

`git status` and `git diff` against the work tree run `core.fsmonitor` and `filter.<name>.clean` of whoever
wrote the repository's configuration. What reads objects and references alone runs neither; the rest is turned
off here (git-config(1), "fsmonitor", "hooksPath", "safe.bareRepository"; git(1), "ENVIRONMENT VARIABLES").
"""

from __future__ import annotations

import os
from typing import Final

from idemlint.errors import UsageProblem
from idemlint.records import NamedTuple

#: Each of them is enough against what it is against, and old versions of git do not know all.
_FLAGS: Final = (
    "--no-pager",
    "--no-optional-locks",
    "-c",
    "core.fsmonitor=false",
    "-c",
    f"core.hooksPath={os.devnull}",
    "-c",
    "safe.bareRepository=explicit",
    "-c",
    "protocol.allow=never",
)
#: No objects are fetched for a partial clone: that would start a transport, `core.sshCommand` and helpers.
_ENVIRONMENT: Final = {
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
#: Where git tells a hook which repository it is about (`git rev-parse --local-env-vars`).
LOCAL: Final = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_INDEX_FILE",
    "GIT_OBJECT_DIRECTORY",
)
#: A file of a hostile repository may be a pipe that nobody writes into.
_SECONDS: Final = 60


class GitProblem(UsageProblem):
    """git cannot answer; the text says why, and what can be done about it."""


class Answer(NamedTuple):
    """What git wrote; `complaint` is the first line of what it has against the question."""

    succeeded: bool
    output: bytes
    complaint: str

    @property
    def text(self) -> str:
        """The output, as names of files are decoded."""
        return os.fsdecode(self.output)


class Git:
    """git, started in `folder`. `local` are the variables that name a repository, where a hook was given one;
    else git finds that of the folder."""

    def __init__(self, folder: str, local: dict[str, str] | None = None) -> None:
        self._folder = folder
        self._environment = {
            **{name: value for name, value in os.environ.items() if name not in LOCAL},
            **(local or {}),
            **_ENVIRONMENT,
        }

    def ask(self, *arguments: str, given: bytes = b"") -> Answer:
        """The answer to one command, which reads `given`. Raises `GitProblem` where git cannot be run, or
        does not come to an end."""
        import subprocess

        try:
            done = subprocess.run(
                [_program(), *_FLAGS, *arguments],
                cwd=self._folder,
                env=self._environment,
                input=given,
                capture_output=True,
                timeout=_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise GitProblem(f"`git {arguments[0]}` did not end within {_SECONDS} s") from None
        except OSError as error:
            raise GitProblem(f"git cannot be run: {error.strerror or error}") from None
        lines = done.stderr.decode("utf-8", "replace").strip().splitlines()
        complaint = lines[0].removeprefix("fatal: ").removeprefix("error: ") if lines else ""
        return Answer(done.returncode == 0, done.stdout, complaint)


def _program() -> str:
    """git's full path. An empty or relative entry of PATH would find a program of the repository."""
    entries = [
        entry for entry in os.environ.get("PATH", "").split(os.pathsep) if os.path.isabs(entry)
    ]
    if os.name == "nt":
        import shutil

        found = shutil.which("git", path=os.pathsep.join(entries))
    else:
        names = (os.path.join(entry, "git") for entry in entries)
        found = next((each for each in names if _is_program(each)), None)
    if found is None:
        raise GitProblem("git is needed for this, and was not found")
    return found


def _is_program(path: str) -> bool:
    return os.path.isfile(path) and os.access(path, os.X_OK)
