"""Which files belong together, and in which order their runner applies them."""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from idemlint.errors import UsageProblem
from idemlint.records import NamedTuple
from idemlint.runners.majority import Evidence, is_numbered
from idemlint.sequence.paths import named_folders
from idemlint.sequence.paths import root as root_of
from idemlint.sequence.running.runs import NOTHING, Followed

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    from idemlint.runners.clues import FolderClues
    from idemlint.runners.profile import Profile
    from idemlint.runners.unread import NotRun
    from idemlint.sequence.owners import Owners
    from idemlint.sequence.terms import Terms
    from idemlint.sequence.texts import Texts


class Group(NamedTuple):
    """Files that one journal knows: they run one after the other on one database.

    `names` are all of them in their runner's order, the ones that nobody asked about included; `asked` are
    those of them that somebody did. `outside` are files that were asked about and that the runner does not
    run in this order, with the reasons: each stands for itself. `evidence` says how sure the runner is.
    `followed`: what files run in their midst; it is among `names`. `dumps` are pictures of the database that
    lie among the files or beside their folder, and that nobody runs as one of them.
    """

    profile: Profile
    root: str
    names: tuple[str, ...]
    asked: frozenset[str]
    outside: dict[str, NotRun]
    evidence: Evidence = Evidence()
    followed: Followed = NOTHING
    dumps: tuple[str, ...] = ()

    @property
    def brought(self) -> frozenset[str]:
        """The files that are there since others run them."""
        return self.followed.brought

    @property
    def own(self) -> list[str]:
        """The others; those outside where there are none."""
        own = [name for name in self.names if name not in self.brought]
        return own or list(self.outside)

    def in_order(self) -> Iterator[str]:
        """The files as a person reads them: what rolls a file back comes behind it."""
        downs = self.followed.downs
        behind = set(downs.values())
        for name in self.names:
            if name not in behind:
                yield name
                if name in downs:
                    yield downs[name]


def group(
    asked: Iterable[str],
    owners: Owners,
    texts: Texts,
    clues: FolderClues,
    spared: Container[str] | None = None,
) -> tuple[list[Group], list[str]]:
    """The sequences that files belong to, in the order in which they were asked about; and those of the files
    that are dumps, which are left out of them. The `spared` (`None`: all that were asked about) are not.

    Raises `UsageProblem` for a file that was asked about and cannot be read.
    """
    read = texts.read
    folders: dict[str, dict[str, int]] = {}
    dumps: dict[str, list[str]] = {}
    for name in asked:
        profile = owners.first(name)
        root = root_of(profile, name)
        if spared is not None and name not in spared and is_dumped(name, owners, read):
            dumps.setdefault(root, []).append(name)
        else:
            folders.setdefault(root, {})[name] = named_folders(profile, name)
    left_out = [name for each in dumps.values() for name in each]
    groups: dict[tuple[str, str], list[str]] = {}
    profiles: dict[str, Profile] = {}
    all_files: dict[str, dict[str, Profile]] = {}
    for root, wanted in folders.items():
        beside = {*_around(root, wanted, owners, clues)}.difference(wanted)
        pictures = sorted(name for name in beside if is_dumped(name, owners, read))
        dumps[root] = pictures
        owned = owners.settle(root, sorted({*wanted, *beside.difference(pictures)}))
        all_files[root] = owned
        for name in wanted:
            profile = owned[name]
            profiles[profile.name] = profile
            groups.setdefault((profile.name, root), []).append(name)
    found = [
        _group(profiles[runner], root, wanted, all_files[root], owners, read, clues)._replace(
            dumps=(*dumps[root], *_schemas_above(root, clues))
        )
        for (runner, root), wanted in groups.items()
    ]
    scripts = [name for each in found if each.profile.runs_files for name in each.names]
    if any(_may_run(name, texts) for name in scripts):
        found = _followed(found, owners, texts)
    return found, left_out


def _schemas_above(root: str, clues: FolderClues) -> Iterator[str]:
    """`schema.sql` beside the folder of the migrations, be it written by hand: another way to a new
    database."""
    folder, own = os.path.split(root)
    if _OF_MIGRATIONS not in own.lower():
        return
    here = folder or "."
    for name in sorted(clues.names(here) - clues.folders(here)):
        if name.lower().endswith(_LIKE_A_SCHEMA):
            from idemlint.runners.dumps import is_schema

            if is_schema(name):
                yield os.path.join(folder, name)  # noqa: PTH118


#: What is in the name of a folder of migrations, and how a file ends that may be a schema.
_OF_MIGRATIONS: Final = "migrat"
_LIKE_A_SCHEMA: Final = ("schema.sql", "structure.sql")


def is_dumped(name: str, owners: Owners, read: Callable[[str], bytes]) -> bool:
    """Whether the file is the dump of a database, and no migration."""
    from idemlint.runners.dumps import is_dump

    try:
        return is_dump(owners.first(name), name, read(name))
    except UsageProblem:
        return False


def _may_run(name: str, texts: Texts) -> bool:
    """Whether the file may run another one."""
    try:
        return b"\\i" in texts.read(name)
    except UsageProblem:
        return False


def _followed(groups: list[Group], owners: Owners, texts: Texts) -> list[Group]:
    """The same, with files that others run where those are.

    A file that somebody has put into an order stays there, and so does one that another runner has a journal
    of: tests run such files, and deploy scripts.
    """
    from idemlint.sequence.running.following import Follower, arranged

    asked = {name for each in groups for name in (*each.asked, *each.outside)}
    follower = Follower(texts, (name for each in groups for name in (*each.names, *each.outside)))
    home = {name: each for each in groups for name in each.names}
    found = []
    for each in groups:
        includes = follower.follow(each.names) if each.profile.runs_files else {}
        if includes:
            targets = {one.target for mine in includes.values() for one in mine if not one.why}
            own = targets.union(each.names)
            fixed = {name for name in targets if _is_fixed(name, own, home, owners)}
            names, hosts = arranged(each.names, includes, fixed)
            brought = frozenset(names).difference(each.names)
            each = each._replace(names=tuple(names), followed=Followed(includes, hosts, brought))
        found.append(each)
    # What a file runs in its own folder goes with it where another folder's file runs that one.
    away = {name for each in found for name in each.brought}
    at_home = {
        name
        for each in found
        for name, host in each.followed.hosts.items()
        if name not in each.brought and host not in away
    }
    taken: set[str] = set()
    for place, each in enumerate(found):
        free = each.brought - at_home - taken
        added = {
            inner
            for inner, host in each.followed.hosts.items()
            if (inner in free or inner not in each.brought)
            and (host in each.asked or inner in asked)
        }
        taken |= free
        found[place] = each._replace(asked=each.asked | added)
    left = [_without(each, frozenset(taken - each.brought)) for each in found]
    return [each for each in left if each.asked or each.outside]


def _is_fixed(name: str, run: set[str], home: dict[str, Group], owners: Owners) -> bool:
    """Whether a file that others run has its place all the same: `run` is all that these run, and they."""
    at_home = home.get(name)
    if at_home is not None:
        # Who runs all of a folder says in which order.
        return at_home.profile.has_journal or (
            is_numbered(os.path.basename(name)) and not run.issuperset(at_home.names)  # noqa: PTH119
        )
    try:
        return owners.first(name).has_journal
    except UsageProblem:
        return False


def _without(group: Group, names: frozenset[str]) -> Group:
    """A group without files that another one has."""
    if not names.intersection((*group.names, *group.outside)):
        return group
    hosts = group.followed.hosts
    left = {name: host for name, host in hosts.items() if name not in names and host not in names}
    return group._replace(
        followed=group.followed._replace(hosts=left),
        names=tuple([each for each in group.names if each not in names]),
        asked=group.asked - names,
        outside={name: why for name, why in group.outside.items() if name not in names},
    )


def _group(
    profile: Profile,
    root: str,
    wanted: list[str],
    owned: dict[str, Profile],
    owners: Owners,
    read: Callable[[str], bytes],
    clues: FolderClues,
) -> Group:
    mine = [name for name, owner in owned.items() if owner is profile]
    lacking = {} if not may_lack(profile) else _lacking(profile, mine, wanted, read)
    names = tuple(profile.order([name for name in mine if name not in lacking], clues))
    run = frozenset(names)
    outside = {
        name: lacking.get(name) or _why(profile, name, read, clues)
        for name in sorted(set(wanted) - run)
    }
    evidence = owners.evidence(profile, (*names, *(name for name in lacking if name not in run)))
    return Group(profile, root, names, run.intersection(wanted), outside, evidence)


def _why(profile: Profile, name: str, read: Callable[[str], bytes], clues: FolderClues) -> NotRun:
    """Why a file is not in the order of its folder."""
    from idemlint.runners.unread import NotRun, why_not_run

    return why_not_run(profile, name, read(name), clues) or NotRun(
        "other", f"{profile.title} runs another file in its place"
    )


def may_lack(profile: Profile) -> bool:
    """Whether the runner asks the text whether it runs a file."""
    return bool(profile.reads.marker or profile.reads.empty)


def _lacking(
    profile: Profile, names: Iterable[str], wanted: list[str], read: Callable[[str], bytes]
) -> dict[str, NotRun]:
    """The files that lack what the runner looks for. Those that nobody asked about and that cannot be
    read are none of them."""
    from idemlint.runners.unread import lacks

    found = {}
    for name in names:
        if profile.direction(name) not in {"up", "repeatable"}:
            continue
        try:
            reason = lacks(profile, read(name))
        except UsageProblem:
            if name in wanted:
                raise
            continue
        if reason is not None:
            found[name] = reason
    return found


def _around(root: str, wanted: dict[str, int], owners: Owners, clues: FolderClues) -> Iterator[str]:
    """The siblings of files that were asked about: `wanted` says how many folders each one's name has."""
    seen: set[tuple[str, int]] = set()
    if not any(wanted.values()) and not owners.is_named:
        yield from _in_folders(root, owners, clues)
    for name, depth in wanted.items():
        profile = owners.first(name)
        if (profile.name, depth) not in seen:
            seen.add((profile.name, depth))
            yield from _siblings(clues, profile, root, depth)


def _in_folders(root: str, owners: Owners, clues: FolderClues) -> Iterator[str]:
    """Files of migrations that have a folder each, where the files that were asked about lie beside such
    folders: whose those are, these are."""
    for folder in sorted(clues.folders(root or ".")):
        if folder[:1].isdigit():
            inner = os.path.join(root, folder)  # noqa: PTH118
            for name in clues.names(inner) & _ALONE:
                path = os.path.join(inner, name)  # noqa: PTH118
                with suppress(UsageProblem):
                    if named_folders(owners.first(path), path):
                        yield path


#: What a migration's file is called where the folder has its name.
_ALONE: Final = frozenset({"migration.sql", "up.sql"})


def is_read_alone(group: Group, name: str, terms: Terms) -> bool:
    """Whether a file outside the runner's order is looked at by itself.

    Files that undo, and files that are no migrations by their names, are not; with a named runner the name
    is no evidence. A file that the runner passes over is, since its author does not know.
    """
    from idemlint.runners.unread import is_nameless

    if group.outside[name].kind == "unread" or is_nameless(name):
        return True
    direction = group.profile.direction(name)
    if direction == "down":
        return terms.down
    return direction != "ignored" or group.evidence.certainty == "named"


def newest(profile: Profile, names: Sequence[str]) -> str | None:
    """The last migration that is applied once; what runs again whenever it changed stands behind them."""
    return next((name for name in reversed(names) if profile.direction(name) == "up"), None)


def _siblings(
    clues: FolderClues, profile: Profile, root: str, depth: int, level: int = 0
) -> Iterator[str]:
    """The SQL files of a folder, or of those `depth` folders further down that the runner goes by, as paths
    that look like the ones given."""
    if level < depth:
        for name in clues.folders(root or "."):
            if profile.holds(name, level, depth):
                inner = os.path.join(root, name)  # noqa: PTH118
                yield from _siblings(clues, profile, inner, depth, level + 1)
        return
    for name in clues.names(root or ".") - clues.folders(root or "."):
        if name.lower().endswith(".sql"):
            yield os.path.join(root, name)  # noqa: PTH118
