"""One runner's files in their order, with what is said of each: what a `Folder` is made of."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from idemlint.analysis.file_report import FileReport, FileTally, report_of, tally_of
from idemlint.analysis.judged import Judged, judge
from idemlint.replay.catalog.view import StaleView
from idemlint.sequence.order import newest
from idemlint.sequence.paths import holder
from idemlint.sequence.unjudged import applied, passed_over
from idemlint.source.tree import no_garbage

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping

    from idemlint.left_out import LeftOut
    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.view import View
    from idemlint.replay.judge.verdict import Outcome
    from idemlint.sequence.chain import Chain
    from idemlint.sequence.halfway import Halfway
    from idemlint.sequence.order import Group
    from idemlint.sequence.upgrade.upgrade_path import UpgradePath
    from idemlint.settings import Settings


class Sequence:
    """The files of one runner, in its order, over one journal. Iterating gives the names of those that were
    asked about and that do not count as applied."""

    def __init__(
        self,
        update: Callable[[Mapping[str, bytes | None]], frozenset[str]],
        settings: Settings,
        chain: Chain,
        group: Group,
        asked: list[str],
        *,
        is_ordered: bool = True,
        upgrade: Callable[[], UpgradePath | None] | None = None,
    ) -> None:
        self._update = update
        #: What becomes of databases that have run a revision, where somebody asks; until a text changes.
        self._ask_upgrade = upgrade
        self._upgrade: tuple[UpgradePath | None] | None = None
        #: What its analysis depends on.
        self.settings = settings
        self._chain = chain
        self._asked = tuple(asked)
        self.profile = chain.profile
        self.runner = chain.profile.name
        #: Up to where the files count as applied.
        self.start_after = chain.terms.start_after
        #: Files that were asked about, and that the runner does not run in this order, with the reasons.
        self.outside = group.outside if is_ordered else {}
        #: How sure it is that they are this runner's.
        self.evidence = sure = group.evidence
        #: Whether these are the files that the runner runs; else this is one of those outside, by itself.
        self.is_ordered = is_ordered
        #: What the sequence is known by: it is the same one as long as this is.
        self.key = (
            (self.runner, group.root, sure, chain.names, self._asked, chain.facts.names),
            (tuple(group.followed.includes.items()), group.dumps),
        )
        self._group = group
        #: For `Folder`: what the whole folder tells, which sequences of one share.
        self.facts = chain.facts
        self._is_replaced = False
        #: What was said already, as long as it holds; of trees only those of the file that was last.
        self._reports: dict[tuple[str, bool], FileReport] = {}
        self._latest: Judged | None = None

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._asked if not self._chain.is_applied(name))

    @property
    def names(self) -> tuple[str, ...]:
        """The files that were asked about, those that count as applied included."""
        return self._asked

    @property
    def files(self) -> tuple[str, ...]:
        """All files in their order, those that nobody asked about included."""
        return self._chain.names

    @property
    def beside(self) -> tuple[str, ...]:
        """Files that are none of these, and of which it is known what they make: dumps of databases, and what
        these run though it has its place elsewhere."""
        if not self.is_ordered:
            return ()
        group = self._group
        targets = {each.target for mine in group.followed.includes.values() for each in mine}
        return (*group.dumps, *sorted(targets.difference(group.names, ("",))))

    def left_out(self) -> Iterator[tuple[str, LeftOut]]:
        """The files that were asked about and are none of these, by name, and why."""
        yield from applied(self._chain, self._asked)
        if self.is_ordered:
            yield from passed_over(self._chain.profile.title, self.outside)

    @property
    def newest(self) -> str | None:
        """The last migration; files that run again whenever they changed do not count."""
        return newest(self._chain.profile, self.files)

    @property
    def folder(self) -> str:
        """The innermost folder that holds all files, and those to come."""
        names = self._group.own if self.is_ordered else self.files
        return holder(self._chain.profile, names) or os.curdir

    def report(self, name: str, *, effects: bool = False) -> FileReport:
        """What is said of a file, as plain data; `effects`: with what each statement is taken to do.
        Raises `UsageProblem` where it cannot be read, `StaleView` once the folder has other sequences, and
        `KeyError` for a file that is none of `files`."""
        known = self._reports.get((name, effects))
        if known is not None and not self._is_replaced:
            return known
        report = report_of(self.judged(name), self.settings.stable_name, effects=effects)
        if self._chain.keeps:
            self._reports[name, effects] = report
        return report

    def with_outlook(self, report: FileReport) -> FileReport:
        """The same, with how far a new database comes, where this is the last file that was asked about."""
        chain = self._living()
        if report.path != self._asked[-1] or not self.is_ordered or report.problem:
            return report
        from idemlint.analysis.outlook import outlook_of

        with no_garbage():
            chain.after(chain.names[-1])
            return report._replace(outlook=outlook_of(chain, self.upgrade()))

    def tally(self, name: str, *, excerpts: bool = True) -> FileTally:
        """What is found in a file, and how many statements it has; without `excerpts`, findings have no
        lines to show them by. Raises what `report` raises, and keeps no answer."""
        settings, judged = self.settings, self.judged(name)
        return tally_of(judged, settings.stable_name, down=settings.down, excerpts=excerpts)

    def judged(self, name: str) -> Judged:
        """What is said of a file, with its trees and what the replay made of them: for those who fix it."""
        settings, chain = self.settings, self._living()
        with no_garbage():
            migration = chain.judged(name)
            if self._ask_upgrade is not None:
                migration.ask_upgrade = self.upgrade
            if self._latest is not None and self._latest.migration is migration:
                return self._latest
            judged = judge(migration, settings.rules_for(name), chain.terms.rerun)
        self._latest = judged if chain.keeps else None
        return judged

    def upgrade(self) -> UpgradePath | None:
        """What becomes of databases that have run a revision; `None`: nobody asks, or it cannot be told. An
        error of ours is raised once."""
        if self._ask_upgrade is not None and self._upgrade is None:
            self._upgrade = (None,)
            self._upgrade = (self._ask_upgrade(),)
        return None if self._upgrade is None else self._upgrade[0]

    def after(self, name: str) -> View:
        """What is there when the file has run, read-only: what is surely known, and what the folder makes.
        It refuses to answer once another file was asked about, or a text was changed."""
        with no_garbage():
            return self._living().after(name)

    def rerun(
        self, files: Container[str] | None = None, over: Catalog | None = None
    ) -> dict[str, dict[int, Outcome]]:
        """What happens if these files (all, where that is `None`) run again over what the whole sequence
        left, or over another database: outcomes by file and statement index. A View that was taken before
        may be stale afterwards."""
        with no_garbage():
            return self._living().rerun(files, over)

    def stopped(self, name: str, row: int, column: int | None = None) -> Halfway:
        """Where a run stands that stopped in the midst of a file, at the statement of this place (rows and
        columns count from 1), and what the rerun meets. Raises `UsageProblem` where no statement of what is
        applied is there."""
        with no_garbage():
            return self._living().stopped(name, row, column)

    def version_of(self, name: str) -> str:
        """A file's version, as its runner reads it off the name."""
        return self.profile.version_of(name)

    def origin(self, number: int) -> tuple[str, int] | None:
        """The file and the index there of the statement that made something, by its number."""
        return self._living().origin(number)

    def update(self, name: str, text: bytes | None) -> frozenset[str]:
        """Another text for one file; see `Folder.update`."""
        return self._update({name: text})

    def changed(self, names: Iterable[str]) -> frozenset[str]:
        """For `Folder`: the texts of some of the files are other ones now. Says which files' answers, and
        those of files by themselves beside them, rest on that."""
        moved = self._chain.update(names)
        if self._ask_upgrade is None:
            return moved
        # What is told of one file there may hang on any other.
        self._upgrade = None
        return moved.union(self.files)

    def forget(self, name: str) -> None:
        """For `Folder`: the answers of one of the files may be others now."""
        for effects in (False, True):
            self._reports.pop((name, effects), None)
        if self._latest is not None and self._latest.name == name:
            self._latest = None
            self._chain.forget()

    def retire(self) -> None:
        """For `Folder`: this one is asked no more, or there are others in its place."""
        self._is_replaced = True
        self._chain.retire()

    def _living(self) -> Chain:
        if self._is_replaced:
            raise StaleView("the folder has other sequences now: ask it for them")
        return self._chain
