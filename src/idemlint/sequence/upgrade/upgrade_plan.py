"""Which files databases of a revision have run, and which of the others run there now, in which order.

A runner knows a file by its version, so that is what makes two files one here. One that has run and was
edited does not run again, unless it is made for that; a new one whose place is before the newest that has run
meets what its runner does with late files.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from idemlint.errors import UsageProblem
from idemlint.records import NamedTuple
from idemlint.runners.clues import FolderClues
from idemlint.runners.unread import lacks
from idemlint.sequence.paths import root

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from idemlint.git.past import PastTree
    from idemlint.runners.profile import LateFiles, Profile


class UpgradePlan(NamedTuple):
    """By the names that files have, or would have, in the work tree.

    `ran` are the files that the revision had, in their order, with their texts of then (`texts`). `pending`
    run now; `never` are files of the work tree that do not, since they came `late`, or were `edited` after
    they ran. `twins` are the names of now, by those of then. `is_behind`: the work tree lacks files that the
    revision has, and never had them.
    """

    ran: tuple[str, ...]
    texts: Mapping[str, bytes]
    twins: Mapping[str, str]
    pending: tuple[str, ...]
    never: tuple[str, ...]
    edited: frozenset[str]
    late: Mapping[str, LateFiles]
    newest: str
    is_behind: bool
    is_plain: bool

    def runs_otherwise(self, name: str) -> bool:
        """Whether a file of now, which has run, has another text now."""
        return name in self.edited or name in self.pending

    @property
    def refused(self) -> bool:
        """Whether the runner stops before anything runs."""
        return "refuses" in self.late.values()


def plan_of(
    profile: Profile,
    names: Sequence[str],
    tree: PastTree,
    read: Callable[[str], bytes],
    clues: FolderClues,
) -> UpgradePlan | None:
    """The plan for a sequence's files `names`; `None`: nothing of it had run, or what the runner makes of
    them is not known."""
    past = _Past(profile, names, tree, read)
    if not past.ran:
        return None
    now = _readable(names, read)
    places = {name: place for place, name in enumerate(names)}
    twins = _twins(profile, past.ran, names)
    known = {now_name: then for then, now_name in twins.items()}
    again = {
        name
        for name in names
        if profile.direction(name) == "repeatable"
        or (name in now and profile.reruns(name, now[name], clues))
    }
    once = {name for name in names if name not in again and profile.direction(name) == "up"}
    done = [name for name in names if name in known and name in once]
    newest = max(done, key=places.__getitem__, default="")
    new = [name for name in names if name not in known and name in now]
    changed = {
        name
        for name, then in known.items()
        if name in now and _normal(now[name]) != _normal(past.texts[then])
    }
    late: dict[str, LateFiles] = {
        name: profile.late_of(name)
        for name in new
        if name in once and _is_late(profile, name, places, newest, past.gone(twins))
    }
    if not {"unknown", "never"}.isdisjoint(late.values()):
        return None
    skipped = [name for name, fate in late.items() if fate != "runs"]
    edited = changed - again
    runs = {*new, *(changed & again)}.difference(skipped)
    pending = tuple(name for name in names if name in runs)
    never = tuple(name for name in names if name in edited or name in skipped)
    is_plain = not never and (*(twins.get(each, each) for each in past.ran), *pending) == tuple(
        names
    )
    is_behind = any(past.real(name) in tree.ahead for name in past.ran)
    return UpgradePlan(
        past.ran,
        past.texts,
        twins,
        pending,
        never,
        frozenset(edited),
        late,
        newest or past.ran[-1],
        is_behind,
        is_plain,
    )


class _Past:
    """The runner's files at the revision, in its order of then, and their texts."""

    def __init__(
        self,
        profile: Profile,
        names: Sequence[str],
        tree: PastTree,
        read: Callable[[str], bytes],
    ) -> None:
        self._profile = profile
        by_real: dict[str, str] = {}
        #: Folders by their real paths, as they are called here.
        self._folders: dict[Path, Path] = {}
        for name in names:
            path = Path(name)
            whole = path.resolve()
            by_real[str(whole)] = name
            for there, here in zip(whole.parents, path.parents, strict=False):
                self._folders.setdefault(there, here)
                if there.name != here.name:
                    break
        roots = {root(profile, name) for name in names}
        self._real: dict[str, str] = {}
        texts: dict[str, bytes] = {}
        others: dict[str, bytes] = {}
        for real, data in tree.texts.items():
            name = by_real.get(real) or self._named(real)
            is_known = real in by_real
            if not is_known and not self._is_ours(name, roots, data):
                if data is not None:
                    others[name] = data
                continue
            try:
                texts[name] = read(name) if data is None else data
            except UsageProblem:
                continue
            self._real[name] = real
        given = {**others, **texts}
        self.ran = tuple(profile.order(sorted(texts), FolderClues(given)))
        self.texts = {name: texts[name] for name in self.ran}

    def _named(self, real: str) -> str:
        """What a file that is gone would be called."""
        path = Path(real)
        for folder in path.parents:
            if folder in self._folders:
                return str(self._folders[folder] / path.relative_to(folder))
        return real

    def _is_ours(self, name: str, roots: set[str], data: bytes | None) -> bool:
        """Whether the runner ran a file that is gone, by its name and its text: what is there and is none of
        its files was none."""
        profile = self._profile
        return (
            data is not None
            and not Path(name).exists()
            and name.lower().endswith(".sql")
            and profile.direction(name) in ("up", "repeatable")
            and root(profile, name) in roots
            and lacks(profile, data) is None
        )

    def real(self, name: str) -> str:
        """A file's real path."""
        return self._real[name]

    def gone(self, twins: Mapping[str, str]) -> list[str]:
        """The files that nothing stands for any more, and that ran once."""
        return [
            name for name in self.ran if name not in twins and self._profile.direction(name) == "up"
        ]


def _twins(profile: Profile, ran: Sequence[str], names: Sequence[str]) -> dict[str, str]:
    """The files of now that those of then are, by the names of then."""
    there = set(names)
    found = {name: name for name in ran if name in there}
    free: dict[str, list[str]] = {}
    for name in names:
        if name not in found and _has_version(profile, name):
            free.setdefault(profile.version_of(name), []).append(name)
    for name in ran:
        if name not in found and _has_version(profile, name):
            alike = free.get(profile.version_of(name), [])
            if len(alike) == 1:
                found[name] = alike.pop()
    return found


def _has_version(profile: Profile, name: str) -> bool:
    named = profile.named(name)
    return (
        named is not None
        and named[0].direction == "up"
        and bool(named[1].groupdict().get("version"))
    )


def _is_late(
    profile: Profile, name: str, places: Mapping[str, int], newest: str, gone: Sequence[str]
) -> bool:
    """Whether a new file stands before one that has run, be that gone by now: where names alone rule."""
    if newest and places[name] < places[newest]:
        return True
    return profile.journal is None and any(
        profile.key_of(name) < profile.key_of(each) for each in gone
    )


def _readable(names: Sequence[str], read: Callable[[str], bytes]) -> dict[str, bytes]:
    found = {}
    for name in names:
        try:
            found[name] = read(name)
        except UsageProblem:
            continue
    return found


def _normal(data: bytes) -> bytes:
    """A text with LF as its ends of lines."""
    return data.replace(b"\r\n", b"\n")
