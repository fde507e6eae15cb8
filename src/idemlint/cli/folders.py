"""Where the migrations are: what detection finds below a path, and what it leaves out."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from idemlint import engine, runners
from idemlint.errors import UsageProblem
from idemlint.records import NamedTuple
from idemlint.report.words import counted
from idemlint.sequence.order import newest
from idemlint.sequence.texts import full
from idemlint.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from idemlint.git.history import Branch, Branches


class Found(NamedTuple):
    """A folder of migrations: who runs them, how many, and which of them count as applied.

    `last` is the newest that is applied, in that runner's order: of those on the default branch `branch`,
    or of all where git cannot say. `ahead` are the migrations that are not on that branch. `others` are
    files there that the runner does not apply: those that undo, those that its journal does not list.
    """

    folder: str
    runner: str
    migrations: int
    last: str | None
    others: int
    branch: str | None = None
    ahead: int = 0


class LeftFolder(NamedTuple):
    """A folder of SQL that is not taken for migrations, the number of its files, and why."""

    folder: str
    files: int
    why: str


def look(
    paths: Sequence[str],
    runner: str | None = None,
    *,
    named: bool = False,
    with_history: bool = False,
) -> tuple[list[Found], list[LeftFolder]]:
    """The folders with migrations below `paths`, and those that are left out: other SQL, unless there is
    nothing else or the paths were `named`. `with_history`: git is asked what is applied. Raises
    `UsageProblem` where there are none."""
    opened = engine.open(list(paths) or [os.curdir], Settings.load(isolated=True, runner=runner))
    alone = {name for each in opened if not each.is_ordered for name in each.names}
    alone.difference_update(_no_migrations(opened))
    candidates, empty = [], []
    branches = None
    if with_history:
        from idemlint.git.history import Branches

        branches = Branches()
    for each in opened:
        if not each.is_ordered:
            continue
        folder = PurePath(each.folder).as_posix()
        if each.files or alone.intersection(each.outside):
            candidates.append(_found(each, folder, branches))
        else:
            why = f"{each.profile.title} applies none of them"
            empty.append(LeftFolder(folder, len(each.outside), why))
    dumps = Counter(
        PurePath(each.filename).parent.as_posix()
        for each in opened.left_out()
        if each.kind == "dump"
    )
    empty += [LeftFolder(folder, number, "dumps of databases") for folder, number in dumps.items()]
    if not candidates:
        outside = sum(each.files for each in empty)
        what = (
            f"no migration among {counted(outside, '*.sql file')}"
            if outside
            else "no *.sql files found"
        )
        raise UsageProblem(f"{what}: name the folder (`idemlint init db/migrations`)")
    chosen = candidates if named else _migrations_only(candidates)
    roots = outermost(each.folder for each in chosen)
    taken = [each for each in candidates if _is_below(each.folder, roots)]
    why = "plain SQL: no runner's, and not called migrations"
    left = [
        LeftFolder(each.folder, each.migrations + each.others, why)
        for each in candidates
        if each not in taken
    ]
    return sorted(taken, key=lambda each: each[:2]), sorted([*left, *empty])


def _no_migrations(opened: Iterable[engine.Sequence]) -> Iterator[str]:
    """The files that are no migrations by their names."""
    for each in opened:
        direction = each.profile.direction
        yield from (name for name in each.outside if direction(name) in {"down", "ignored"})


def outermost(folders: Iterable[str]) -> list[Path]:
    """The full paths of those that lie in no other one."""
    chosen: list[Path] = []
    for folder in sorted({Path(full(folder)) for folder in folders}):
        if not any(folder.is_relative_to(outer) for outer in chosen):
            chosen.append(folder)
    return chosen


def is_claimed(found: Found) -> bool:
    """Whether a folder is one of migrations beyond doubt: a runner's, or called so."""
    return found.runner != runners.FALLBACK or "migration" in found.folder.lower()


def _found(sequence: engine.Sequence, folder: str, branches: Branches | None) -> Found:
    branch, files = _on_branch(branches, folder), sequence.files
    if branch is not None:
        files = tuple(name for name in files if branch.has_file(os.path.realpath(name)))
    return Found(
        folder,
        sequence.runner,
        len(sequence.files),
        newest(sequence.profile, files),
        len(sequence.outside),
        None if branch is None else branch.name,
        len(sequence.files) - len(files),
    )


def _migrations_only(found: list[Found]) -> list[Found]:
    """Folders of migrations beyond doubt; all where there are none."""
    return [each for each in found if is_claimed(each)] or found


def _is_below(folder: str, roots: Iterable[Path]) -> bool:
    path = Path(full(folder))
    return any(path.is_relative_to(root) for root in roots)


def _on_branch(branches: Branches | None, folder: str) -> Branch | None:
    """The default branch of the repository that a folder is in; `None`: nobody asked, or git cannot say."""
    if branches is None:
        return None
    from idemlint.git.history import Branch

    found = branches.of(os.path.realpath(folder))
    return found if isinstance(found, Branch) else None
