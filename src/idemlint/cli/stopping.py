"""From `FILE:LINE` to the statement that a run stopped at, and what is told of it."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from idemlint.errors import UsageProblem, nearest
from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.engine import Folder, Sequence
    from idemlint.outage.story import Outage

_PLACE: Final = re.compile(r"(?P<file>.+?):(?P<row>\d{1,9})(?::(?P<column>\d{1,9}))?")


class StopPlace(NamedTuple):
    """Where a run stopped: a file as somebody named it, row and column counted from 1."""

    file: str
    row: int
    column: int | None = None


def place_of(text: str) -> StopPlace:
    """`FILE:LINE` or `FILE:LINE:COLUMN`. Raises `UsageProblem` for anything else."""
    match = _PLACE.fullmatch(text)
    if match is None:
        raise UsageProblem(f"--stopped-at: `{text}` is not FILE:LINE, such as 0002_orders.sql:17")
    column = match["column"]
    return StopPlace(match["file"], int(match["row"]), int(column) if column else None)


def stopped(folder: Folder, place: StopPlace) -> Outage:
    """What is told of a run that stopped there. Raises `UsageProblem` where the folder has no such file, or
    several, or no statement is there."""
    from idemlint.outage.story import outage_of

    sequence, name = _one(folder, place.file)
    if name not in sequence.files:
        raise UsageProblem(
            f"{name}: {sequence.runner} does not run it in a deploy, so that no deploy stops there"
        )
    return outage_of(sequence.stopped(name, place.row, place.column))


def _one(folder: Folder, wanted: str) -> tuple[Sequence, str]:
    found = dict.fromkeys(matching(folder, wanted))
    if len(found) > 1:
        names = sorted(name for _, name in found)
        raise UsageProblem(
            f"--stopped-at: `{wanted}` may be {' or '.join(names[:3])}: write more of its path"
        )
    if found:
        return next(iter(found))
    known = [name for sequence in folder for name in (*sequence.files, *sequence.outside)]
    hint = nearest(wanted, known) or nearest(wanted, map(os.path.basename, known))
    raise UsageProblem(f"--stopped-at: no migration here is called `{wanted}`{hint}")


def matching(folder: Folder, wanted: str) -> Iterator[tuple[Sequence, str]]:
    """The files that somebody may mean: that path; else those that end so; else those of that folder, name
    without `.sql`, or version; else those with that description."""
    every = [
        (sequence, name)
        for sequence in folder
        for name in dict.fromkeys((*sequence.files, *sequence.outside))
    ]
    path = os.path.abspath(wanted)  # noqa: PTH100
    exact = [each for each in every if os.path.abspath(each[1]) == path]  # noqa: PTH100
    if exact:
        yield from exact
        return
    parts = [part for part in wanted.replace("\\", "/").split("/") if part not in {"", "."}]
    tail = "/" + "/".join(parts)
    for ends in (_ends_with, _is_named, _is_described):
        found = [each for each in every if ends(each[0], each[1], tail)]
        if found:
            yield from found
            return


def _ends_with(sequence: Sequence, name: str, tail: str) -> bool:
    return _shown(name).endswith(tail)


def _is_named(sequence: Sequence, name: str, tail: str) -> bool:
    shown = _shown(name)
    stem = shown.removesuffix(".sql")
    return (
        stem.endswith(tail)
        or stem.removesuffix(".up").endswith(tail)
        or shown.rpartition("/")[0].endswith(tail)
        or _is_version(sequence.version_of(name), tail[1:])
    )


def _is_version(own: str, wanted: str) -> bool:
    """Whether two versions are the same: runners print numbers without the zeros that files have before
    them."""
    if own.isdecimal() and wanted.isdecimal():
        return own.lstrip("0") == wanted.lstrip("0")
    return own == wanted


def _is_described(sequence: Sequence, name: str, tail: str) -> bool:
    """Whether a runner calls the file so: by what its name has behind the version."""
    found = sequence.profile.named(name)
    return found is not None and found[1].groupdict().get("name") == tail[1:]


def _shown(name: str) -> str:
    return "/" + os.path.abspath(name).replace(os.sep, "/").lstrip("/")  # noqa: PTH100
