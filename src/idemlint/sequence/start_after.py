"""Up to where the migrations of a folder count as applied: `start-after`."""

from __future__ import annotations

import os
import posixpath
from typing import TYPE_CHECKING, Protocol

from idemlint.errors import UsageProblem, nearest
from idemlint.sequence.paths import short_name
from idemlint.sequence.texts import full, lies_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from idemlint.runners.profile import Profile
    from idemlint.sequence.terms import StartAfter


def last_applied(profile: Profile, names: Sequence[str], start_after: StartAfter | None) -> int:
    """The place of the last migration that counts as applied; -1: none does.

    `start_after` is a migration's path, its file's name, its folder's, or its version; a version that no
    file has stands for the newest one before it.
    """
    if start_after is None:
        return -1
    value, path = start_after.value, start_after.path
    here = [index for index, name in enumerate(names) if _is_called(profile, name, value, path)]
    if not here:
        # One of the two may be spelled by way of a link.
        own = os.path.basename(path)  # noqa: PTH119
        real = os.path.realpath(path)
        here = [
            index
            for index, name in enumerate(names)
            if name.endswith(own) and os.path.realpath(name) == real
        ]
    if here:
        return here[-1]
    earlier = [
        index
        for index, name in enumerate(names)
        if profile.version_of(name).isdigit()
        and value.isdigit()
        and int(profile.version_of(name)) <= int(value)
    ]
    return earlier[-1] if earlier else -1


def _is_called(profile: Profile, name: str, value: str, path: str) -> bool:
    """Whether a migration stands at `path`, or is called `value`."""
    own = short_name(profile, name)
    folder = posixpath.dirname(own)
    if value in {profile.version_of(name), own} or value == folder != "":
        return True
    whole = full(name)
    return whole == path or (folder != "" and os.path.dirname(whole) == path)  # noqa: PTH120


class _Sequence(Protocol):
    """What is asked of the sequences of a folder."""

    @property
    def profile(self) -> Profile:
        """Who runs the files."""

    @property
    def files(self) -> tuple[str, ...]:
        """All files, in their order."""

    @property
    def start_after(self) -> StartAfter | None:
        """Up to where they count as applied."""


def require_start_after(sequences: Iterable[_Sequence], given: Collection[str]) -> None:
    """Raise `UsageProblem` where a `start-after` is nothing that there is: it would be passed over, and all
    that is applied would be reported, or fixed. `given` are full paths of files that may not be on disk.

    One that names a file counts for that file's folder alone, and need not be asked about now.
    """
    asked: dict[StartAfter, list[_Sequence]] = {}
    for each in sequences:
        if each.files and each.start_after is not None:
            asked.setdefault(each.start_after, []).append(each)
    for wanted, among in asked.items():
        mine = [each for each in among if _is_about(wanted, each.files)]
        if not mine or (wanted.within is None and _is_elsewhere(wanted, mine, given)):
            continue
        if all(last_applied(each.profile, each.files, wanted) < 0 for each in mine):
            raise UsageProblem(_unknown(wanted, mine))


def _is_about(start_after: StartAfter, files: Sequence[str]) -> bool:
    """Whether files lie below the folder that a `start-after` is set for. Where they do not, it may be
    about others."""
    prefix = os.path.join(start_after.folder, "")  # noqa: PTH118
    return any(full(name).startswith(prefix) for name in files)


def _is_elsewhere(
    start_after: StartAfter, sequences: Iterable[_Sequence], given: Collection[str]
) -> bool:
    """Whether it is the path of something that is there, and not in the folders of these sequences."""
    path = start_after.path
    if path not in given and not os.path.exists(path):  # noqa: PTH110
        return False
    folder = os.path.dirname(path)  # noqa: PTH120
    files = (full(name) for each in sequences for name in each.files)
    return not any(
        os.path.dirname(name) == folder or lies_in(name, path)  # noqa: PTH120
        for name in files
    )


def _unknown(start_after: StartAfter, sequences: Sequence[_Sequence]) -> str:
    """What to say, with what is nearest to it."""
    called: dict[str, str] = {}
    for each in sequences:
        for name in each.files:
            own = short_name(each.profile, name)
            called[each.profile.version_of(name)] = own
            called[posixpath.basename(own)] = called[own] = own
    value = start_after.value
    near = nearest(value, called) or nearest(posixpath.basename(value), called)
    if not near:
        first = short_name(sequences[0].profile, sequences[0].files[0])
        last = short_name(sequences[-1].profile, sequences[-1].files[-1])
        near = f"; they go from `{first}` to `{last}`"
    where = start_after.within or start_after.folder
    return (
        f"{start_after.origin}: `{value}` is none of the migrations in {where}{near}. Without it all that"
        " is applied would be reported"
    )
