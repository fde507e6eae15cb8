"""Who runs which file, and which files belong together, as long as that holds.

To find it out, the heads of all files are read. It hangs on few things: names, configuration files, and
what runners say at the top of their files. Most edits touch none of them, and one edit costs one file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.errors import UsageProblem
from idemlint.runners.clues import FolderClues
from idemlint.sequence.order import group, is_dumped, may_lack
from idemlint.sequence.owners import Owners

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

    from idemlint.sequence.order import Group
    from idemlint.sequence.texts import Texts


class Grouping:
    """The groups of the files `asked`, by the `texts` of now; `runner` is a runner's name, or `auto`.

    `groups` are these, where somebody has found them already. `spared`: see `order.group`.
    """

    def __init__(
        self,
        texts: Texts,
        runner: str,
        asked: Iterable[str],
        groups: list[Group] | None = None,
        spared: Container[str] | None = None,
    ) -> None:
        self.clues = FolderClues(texts.given)
        self.is_named = runner != "auto"
        self._texts = texts
        self._owners = Owners(runner, texts.read, self.clues)
        self.groups: list[Group] = groups or []
        #: Of the files, those that are dumps, and belong to no group.
        self.dumps: list[str] = []
        self._spared = spared
        if groups is None:
            self.groups, self.dumps = group(asked, self._owners, texts, self.clues, spared)

    def outlasts(self, name: str, data: bytes | None) -> bool:
        """Whether the groups are what they would be if they were made now that a file, which was there
        before and still is, has another text (`None`: what is on disk).

        Once they are not, this grouping has had its day.
        """
        from idemlint.runners.unread import lacks

        if self.clues.replace(name, data):
            return False
        try:
            text = self._texts.read(name)
        except UsageProblem:
            return self.is_named
        return (
            self._owners.stands(name, text)
            and all(
                (lacks(each.profile, text) is None) == (name in each.names)
                for each in self.groups
                if may_lack(each.profile) and (name in each.names or name in each.outside)
            )
            and self._is_dump_as_before(name)
            and all(
                self._runs_the_same(each, name)
                for each in self.groups
                if each.profile.runs_files and name in each.names
            )
        )

    def _is_dump_as_before(self, name: str) -> bool:
        if self._spared is None or name in self._spared:
            return True
        before = name in self.dumps or any(name in each.dumps for each in self.groups)
        return is_dumped(name, self._owners, self._texts.read) == before

    def _runs_the_same(self, group: Group, name: str) -> bool:
        from idemlint.sequence.running.following import Follower

        found = Follower(self._texts, group.names).includes(name)
        return found == group.followed.includes.get(name, ())
