"""Which file a script for psql runs in its midst, and where that has its place in the order.

`\\ir` seeks from the script's folder. `\\i` seeks from where psql was started, which nobody can know who sees
files only: it is sought from the script's folder up to the repository's root, and followed where one file is
found. What lies outside of the repository, its links resolved, is not looked at.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from idemlint import config as configuration
from idemlint.errors import UsageProblem
from idemlint.sequence.running.runs import Include
from idemlint.sequence.texts import full, lies_in
from idemlint.source.psql_commands import includes_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

    from idemlint.sequence.running.runs import Includes
    from idemlint.sequence.texts import Texts
    from idemlint.source.psql_commands import PsqlInclude


class Follower:
    """Finds what files run. `names` are files that are known, and how they are spelled."""

    def __init__(self, texts: Texts, names: Iterable[str]) -> None:
        self._texts = texts
        self._spelled = {full(name): name for name in names}
        self._roots: dict[str, str] = {}

    def follow(self, names: Iterable[str]) -> Includes:
        """What these files run, and what those run that they run. Files that cannot be read run none."""
        found: Includes = {}
        waiting = list(names)
        seen = set(waiting)
        while waiting:
            name = waiting.pop()
            mine = self.includes(name)
            if mine:
                found[name] = mine
                fresh = dict.fromkeys(each.target for each in mine if not each.why)
                waiting += [target for target in fresh if target not in seen]
                seen.update(fresh)
        return found

    def includes(self, name: str) -> tuple[Include, ...]:
        """What one file runs."""
        try:
            data = self._texts.read(name)
        except UsageProblem:
            return ()
        return tuple([self._resolved(name, each) for each in includes_of(data)])

    def _resolved(self, name: str, each: PsqlInclude) -> Include:
        if each.why:
            return Include("", each.why)
        if os.path.isabs(each.name):  # noqa: PTH117
            return Include("", "its path is that of one machine")
        folder = os.path.dirname(full(name))  # noqa: PTH120
        root = self._root(folder)
        starts = [folder] if each.is_relative else list(_up_to(folder, root))
        paths = [os.path.normpath(os.path.join(start, each.name)) for start in starts]  # noqa: PTH118
        there = [path for path in dict.fromkeys(paths) if self._is_file(path)]
        inside = [path for path in there if _is_inside(path, root)]
        if len(inside) == 1:
            return Include(self._named(name, inside[0]))
        if inside:
            return Include("", f"it may be any of {len(inside)} files of that name")
        return Include("", "it lies outside of the repository" if there else "it is not there")

    def _is_file(self, path: str) -> bool:
        return path in self._texts.given or os.path.isfile(path)  # noqa: PTH113

    def _named(self, includer: str, path: str) -> str:
        """A file as it is named to us, or as it would be, seen from where the one that runs it was."""
        known = self._spelled.get(path)
        if known is None:
            folder = os.path.dirname(includer)  # noqa: PTH120
            way = os.path.relpath(path, full(folder))
            known = self._spelled[path] = os.path.normpath(os.path.join(folder, way))  # noqa: PTH118
        return known

    def _root(self, folder: str) -> str:
        """The innermost folder above that is a repository's root; else the one we were started in, if that
        is above, else the folder itself."""
        found = self._roots.get(folder)
        if found is None:
            found = configuration.repository(folder)
            if found is None:
                here = os.path.abspath(os.curdir)  # noqa: PTH100
                found = here if lies_in(folder, here) else folder
            self._roots[folder] = found
        return found


def run_by(names: Iterable[str], texts: Texts) -> list[str]:
    """The files that these would run, if psql ran them, and that are none of them."""
    # A pipe is read once, and not for this.
    names = [name for name in names if texts.path(name) in texts.given or os.path.isfile(name)]  # noqa: PTH113
    known = {full(name) for name in names}
    found = Follower(texts, names).follow(names)
    targets = dict.fromkeys(each.target for mine in found.values() for each in mine if each.target)
    return [name for name in targets if full(name) not in known]


def arranged(
    names: Sequence[str], includes: Includes, fixed: Container[str] = ()
) -> tuple[list[str], dict[str, str]]:
    """The files in an order in which each stands behind what it runs, else as before, with what was not
    among them; and of each file that another one runs, in whose run it is judged: the first in the order
    that nobody runs. The `fixed` have their place, whoever runs them besides."""
    run_by_others = {
        each.target
        for name, mine in includes.items()
        for each in mine
        if each.target != name and each.target not in fixed
    }
    order: dict[str, None] = {}
    hosts: dict[str, str] = {}
    first = [name for name in names if name not in run_by_others]
    # Where files run each other in a circle, somebody begins.
    for name in (*first, *names):
        if name in order or name in hosts:
            continue
        inner = [each for each in _reached(name, includes, fixed) if each not in order]
        order.update(dict.fromkeys(inner))
        hosts.update(dict.fromkeys(inner, name))
        order[name] = None
    places = {name: place for place, name in enumerate(names)}
    groups: dict[str, list[str]] = {}
    for name in order:
        groups.setdefault(hosts.get(name, name), []).append(name)
    heads = sorted(groups, key=lambda head: places[head])
    return [name for head in heads for name in groups[head]], hosts


def _reached(
    name: str, includes: Mapping[str, tuple[Include, ...]], fixed: Container[str]
) -> list[str]:
    """What a file runs, and what that runs, in the order in which that begins; without the `fixed`."""
    found: dict[str, None] = {}
    waiting = [name]
    while waiting:
        current = waiting.pop()
        if current != name:
            if current in found:
                continue
            found[current] = None
        targets = [each.target for each in includes.get(current, ()) if not each.why]
        fresh = [each for each in targets if each not in found and each not in fixed]
        waiting += reversed([each for each in fresh if each != name])
    return list(found)


def _up_to(folder: str, root: str) -> Iterator[str]:
    """A folder and those above it, up to `root`."""
    for each in configuration.upwards(folder):
        yield each
        if each == root:
            return


def _is_inside(path: str, root: str) -> bool:
    return lies_in(os.path.realpath(path), os.path.realpath(root))
