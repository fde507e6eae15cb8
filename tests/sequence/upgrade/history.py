"""The last additions to a folder of a real repository, each as a branch: idemlint, and a server.

    python -m sequence.upgrade.history GITDIR FOLDER RUNNER [--last N] [--late]

For each of the last N commits that touch the folder, databases have run what its parent had. With `--late`
the commit's new files are given to a database that has run all others of the newest commit instead.
"""

from __future__ import annotations

import argparse
import subprocess
from typing import TYPE_CHECKING

from postgres.server import start_server

from . import upgrading
from .upgrading import Agreement, held_against

if TYPE_CHECKING:
    from collections.abc import Sequence


def git(gitdir: str, *arguments: str) -> bytes:
    return subprocess.run(
        ["git", f"--git-dir={gitdir}", *arguments], check=True, capture_output=True
    ).stdout


def files(gitdir: str, commit: str, folder: str) -> dict[str, bytes]:
    """A folder as a commit has it, without what is big."""
    listed = git(gitdir, "ls-tree", "-r", "-z", "--name-only", commit, f"{folder}/").decode()
    names = [
        name
        for name in listed.split("\0")
        if name.endswith((".sql", "_journal.json", "sqitch.plan"))
    ]
    found = {}
    for name in names:
        found[name.removeprefix(f"{folder}/")] = git(gitdir, "show", f"{commit}:{name}")
    return found


def commits(gitdir: str, folder: str, last: int) -> list[str]:
    log = git(
        gitdir,
        "log",
        "--all",
        "--first-parent",
        "--no-merges",
        f"-{last}",
        "--format=%H",
        "--",
        f"{folder}/*.sql",
    )
    return log.decode().split()


def main(arguments: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("gitdir")
    parser.add_argument("folder")
    parser.add_argument("runner")
    parser.add_argument("--last", type=int, default=20)
    parser.add_argument("--late", action="store_true")
    chosen = parser.parse_args(arguments)
    total = Agreement()
    every = commits(chosen.gitdir, chosen.folder, chosen.last)
    newest = files(chosen.gitdir, every[0], chosen.folder)
    with start_server(None) as server:
        for commit in every:
            try:
                now = files(chosen.gitdir, commit, chosen.folder)
                then = files(chosen.gitdir, f"{commit}^", chosen.folder)
            except subprocess.CalledProcessError:
                continue
            if chosen.late:
                added = set(now) - set(then)
                now, then = newest, {k: v for k, v in newest.items() if k not in added}
                if len(now) == len(then):
                    continue
            if not then:
                continue
            found = held_against(server, then, now, chosen.runner)
            total.add(found)
            print(commit[:10], found.statements, found.claims, found.unknown, end=" ")
            print(found.divergences, found.differences, *_amiss(found), flush=True)
    print(
        f"{total.statements} statements: {total.claims} claims, {len(total.wrong)} wrong,"
        f" {len(total.missed)} missed, {total.unknown} unknown; {total.divergences} divergences,"
        f" {len(total.wrong_divergences)} wrong; {total.differences} differences on a server,"
        f" {len(total.missed_differences)} missed"
    )


def _amiss(found: Agreement) -> list[str]:
    parts = ("wrong", "missed", "wrong_divergences", "missed_differences")
    return [f"{part}: {getattr(found, part)[:6]}" for part in parts if getattr(found, part)]


if __name__ == "__main__":
    main()


__all__ = ["main", "upgrading"]
