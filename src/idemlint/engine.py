"""The door: a folder of migrations as an object, for everything that asks something of it.

    folder = engine.open(["migrations"], Settings.load(["migrations"]))
    for sequence in folder:
        for name in sequence:
            print(sequence.report(name).findings)

`check`, `--fix`, an editor and whatever else is built are readers of this, and differ only in which verbs
they use. Nothing here knows a terminal, a format or a server.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from idemlint import files
from idemlint.analysis.file_report import FileReport, FileTally, report_of, tally_of
from idemlint.analysis.judged import Judged, judge
from idemlint.errors import UsageProblem
from idemlint.replay.catalog.view import StaleView
from idemlint.sequence.chain import Chain, without_garbage
from idemlint.sequence.grouping import Grouping
from idemlint.sequence.order import is_read_alone, newest
from idemlint.sequence.paths import holder
from idemlint.sequence.script import KEPT, Scripts, Shelf
from idemlint.sequence.texts import Texts, comes_or_goes, full
from idemlint.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping
    from pathlib import Path

    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.view import View
    from idemlint.replay.judge.verdict import Outcome
    from idemlint.sequence.halfway import Halfway
    from idemlint.sequence.order import Group


def open(
    paths: Iterable[str | Path],
    settings: Settings | None = None,
    texts: Mapping[str | Path, bytes] | Mapping[str, bytes] | None = None,
    *,
    once: bool = False,
) -> Folder:
    """Open migrations: files, and folders that are searched for `*.sql` files.

    `texts` are bytes to take instead of what is on disk, by name: standard input, an editor's buffers.
    A file that only they have is one of the folder that it would stand in. `once`: each file is asked about
    once, in its order, and nothing is kept for who comes back; answers are the same. Raises `UsageProblem`
    for a path that is not there or cannot be read.
    """
    names = [os.fspath(path) for path in paths]
    given = {os.fspath(name): data for name, data in (texts or {}).items()}
    return Folder(names, settings or Settings.load(names), given, Shelf(0 if once else KEPT))


def part(group: Group, settings: Settings, texts: Mapping[str, bytes]) -> Folder:
    """One of the `groups` of a folder by itself, to be asked `once`: groups share nothing, and any process
    can do it."""
    return Folder([], settings, texts, Shelf(0), [group])


class Folder:
    """The sequences that some files belong to. Iterating gives them."""

    def __init__(
        self,
        paths: list[str],
        settings: Settings,
        texts: Mapping[str, bytes],
        shelf: Shelf,
        groups: list[Group] | None = None,
    ) -> None:
        self.settings = settings
        self._paths = tuple(paths)
        self._texts = Texts(texts)
        self._shelf = shelf
        self._asked = () if groups is not None else self._ask()
        self._sequences: list[Sequence] = []
        self._sequences = self._group(groups)
        self._index()

    def __iter__(self) -> Iterator[Sequence]:
        return iter(self._sequences)

    @property
    def groups(self) -> list[Group]:
        """What the sequences were made of, in their order: files that say something about each other."""
        return self._grouping.groups

    def reports(
        self, only: Container[str] | None = None, *, effects: bool = False
    ) -> Iterator[FileReport]:
        """All files that were asked about (of these, `only` some), one after the other; `effects`: see
        `Sequence.report`. A folder that was opened `once` closes a sequence when it has said all."""
        for sequence, name in self._asked_about(only):
            yield sequence.report(name, effects=effects)

    def tallies(
        self, only: Container[str] | None = None, *, excerpts: bool = True
    ) -> Iterator[FileTally]:
        """The same without the statements; `excerpts`: see `Sequence.tally`."""
        for sequence, name in self._asked_about(only):
            yield sequence.tally(name, excerpts=excerpts)

    def _asked_about(self, only: Container[str] | None) -> Iterator[tuple[Sequence, str]]:
        for sequence in self if self._shelf.limit else self._let_go():
            for name in sequence:
                if only is None or name in only:
                    yield sequence, name

    def _let_go(self) -> Iterator[Sequence]:
        """The sequences; when the next one is asked for, nothing is left here of the one before."""
        waiting = self._sequences[::-1]
        self._sequences = []
        self._index()
        read: list[str] = []
        while waiting:
            sequence = waiting.pop()
            read += (*sequence.files, *sequence.outside)
            yield sequence
            sequence.retire()
            if not waiting or waiting[-1].facts is not sequence.facts:
                self._texts.forget(read)
                read.clear()

    def sequence_of(self, name: str) -> Sequence | None:
        """The sequence that a file is asked about in now."""
        return self._asked_in.get(name)

    def update(self, texts: Mapping[str, bytes | None]) -> frozenset[str]:
        """Take other texts for some files (`None`: what is on disk; what happens there is only seen where
        it is told here). Returns the files, of all sequences, whose answers may be others now; the rest
        need not be asked again.

        A text can change whose migration a file is, and its siblings: then their sequences are new objects,
        and the ones before refuse to answer. One that is no migration (a runner's configuration) may change
        what is said of any file. A file that comes into a folder that was asked about is asked about, too.
        """
        given = {
            self._spelled.get(full(name), os.fspath(name)): data for name, data in texts.items()
        }
        changed = {name for name, data in given.items() if self._texts.replace(name, data)}
        if not changed:
            return frozenset()
        moved = set(changed)
        concerned: dict[Sequence, list[str]] = {}
        for name in changed:
            for sequence in self._by_file.get(name, ()):
                concerned.setdefault(sequence, []).append(name)
        for sequence, names in concerned.items():
            moved |= sequence.changed(names)
        stays = [name for name in changed if not comes_or_goes(name, self._spelled, given[name])]
        known = [name for name in stays if full(name) in self._spelled]
        if len(known) < len(changed) or not all(
            self._grouping.outlasts(name, given[name]) for name in known
        ):
            if len(stays) < len(changed):
                self._asked = self._ask(is_new=False)
            moved |= self._group_anew(changed)
        for name in moved:
            for sequence in self._by_file.get(name, ()):
                sequence.forget(name)
        return frozenset(moved)

    def _group_anew(self, changed: set[str]) -> set[str]:
        """Group the files as they are now; sequences that are what they were stay. Returns the files of
        those that do not, and of those that are new."""
        before = {each.key: each for each in self._sequences}
        after = self._group()
        migrations = {name for sequence in after for name in sequence.files}
        kept = all(name in migrations or name.endswith(".sql") for name in changed)
        moved: set[str] = set()
        for place, sequence in enumerate(after):
            known = before.pop(sequence.key, None) if kept else None
            if known is None:
                moved.update(sequence.files)
            else:
                known.outside = sequence.outside
                after[place] = known
        for gone in before.values():
            moved.update(gone.files)
            gone.retire()
        self._sequences = after
        self._index()
        return moved

    def _ask(self, *, is_new: bool = True) -> tuple[str, ...]:
        """The files that the paths stand for, each once, however it is spelled. In a folder that is new, a
        path that is not there is an error; later on it is one that has gone."""
        if is_new and not self._texts.given:
            return tuple(map(os.fspath, files.discover(self._paths)))
        found: dict[str, str] = {}
        for path in self._paths:
            for name in self._files(path, is_new=is_new):
                found.setdefault(full(name), name)
        return tuple(found.values())

    def _files(self, path: str, *, is_new: bool) -> list[str]:
        given, folder = self._texts.given, full(path)
        if folder in given:
            return [path]
        inside = [
            os.path.relpath(name, folder)
            for name in given
            if name.startswith(folder.rstrip(os.sep) + os.sep) and name.endswith(".sql")
        ]
        try:
            found = [os.fspath(each) for each in files.discover([path])]
        except UsageProblem:
            if is_new and not inside:
                raise
            found = []
        prefix = "" if path in ("", os.curdir) else path
        return found + [os.path.join(prefix, name) for name in inside]  # noqa: PTH118

    def _group(self, groups: list[Group] | None = None) -> list[Sequence]:
        settings, texts = self.settings, self._texts
        # What was learned of the same files stays, and is told of changes by the sequences that stay.
        known = {
            (each.runner, each.files): each.facts for each in self._sequences if each.is_ordered
        }
        self._grouping = grouping = Grouping(texts, settings.runner, self._asked, groups)
        found = []
        for each in grouping.groups:
            facts = known.get((each.profile.name, each.names))
            scripts = Scripts(each.profile, texts, settings.terms, self._shelf)
            chain = Chain(each.names, scripts, grouping.clues, settings.terms, facts)
            asked = [name for name in each.names if name in each.asked]
            alone = [
                name
                for name in each.outside
                if is_read_alone(each.profile, name, settings.terms, is_named=grouping.is_named)
            ]
            found.append(Sequence(self, chain, each.root, asked, each.outside))
            for name in alone:
                # Such a file is a folder by itself: all its files running again is itself running again.
                rerun = "file" if settings.rerun == "folder" else settings.rerun
                terms = settings.terms._replace(rerun=rerun, start_after=None)
                by_itself = Chain((name,), scripts, grouping.clues, terms, chain.facts)
                found.append(Sequence(self, by_itself, each.root, [name], is_ordered=False))
        return found

    def _index(self) -> None:
        self._by_file: dict[str, list[Sequence]] = {}
        self._asked_in: dict[str, Sequence] = {}
        for sequence in self._sequences:
            for name in sequence.files:
                self._by_file.setdefault(name, []).append(sequence)
            for name in sequence.names:
                self._asked_in.setdefault(name, sequence)
        names = (*self._by_file, *self._asked)
        self._spelled = {self._texts.path(name): name for name in names}


class Sequence:
    """The files of one runner, in its order, over one journal. Iterating gives the names of those that were
    asked about and that do not count as applied."""

    def __init__(
        self,
        folder: Folder,
        chain: Chain,
        root: str,
        asked: list[str],
        outside: tuple[str, ...] = (),
        *,
        is_ordered: bool = True,
    ) -> None:
        self._folder = folder
        self._chain = chain
        self._asked = tuple(asked)
        self.runner = chain.profile.name
        #: Files that were asked about, and that the runner does not run in this order: those that undo, and
        #: those that it passes over.
        self.outside = outside
        #: Whether these are the files that the runner runs; else this is one of those outside, by itself.
        self.is_ordered = is_ordered
        #: What the sequence is known by: it is the same one as long as this is.
        self.key = (self.runner, root, chain.names, self._asked, chain.facts.names)
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
    def newest(self) -> str | None:
        """The last migration; files that run again whenever they changed do not count."""
        return newest(self._chain.profile, self.files)

    @property
    def folder(self) -> str:
        """The innermost folder that holds all files, and those to come."""
        return holder(self._chain.profile, self.files or self.outside) or os.curdir

    def report(self, name: str, *, effects: bool = False) -> FileReport:
        """What is said of a file, as plain data; `effects`: with what each statement is taken to do.
        Raises `UsageProblem` where it cannot be read, `StaleView` once the folder has other sequences, and
        `KeyError` for a file that is none of `files`."""
        known = self._reports.get((name, effects))
        if known is not None and not self._is_replaced:
            return known
        report = report_of(self.judged(name), self._folder.settings.stable_name, effects=effects)
        if self._chain.keeps:
            self._reports[name, effects] = report
        return report

    def tally(self, name: str, *, excerpts: bool = True) -> FileTally:
        """What is found in a file, and how many statements it has; without `excerpts`, findings have no
        lines to show them by. Raises what `report` raises, and keeps no answer."""
        settings, judged = self._folder.settings, self.judged(name)
        return tally_of(judged, settings.stable_name, down=settings.down, excerpts=excerpts)

    def judged(self, name: str) -> Judged:
        """What is said of a file, with its trees and what the replay made of them: for those who fix it."""
        settings, chain = self._folder.settings, self._living()
        with without_garbage():
            migration = chain.judged(name)
            if self._latest is not None and self._latest.migration is migration:
                return self._latest
            judged = judge(migration, settings.rules_for(name), chain.terms.rerun)
        self._latest = judged if chain.keeps else None
        return judged

    def after(self, name: str) -> View:
        """What is there when the file has run, read-only: what is surely known, and what the folder makes.
        It refuses to answer once another file was asked about, or a text was changed."""
        with without_garbage():
            return self._living().after(name)

    def rerun(
        self, files: Container[str] | None = None, over: Catalog | None = None
    ) -> dict[str, dict[int, Outcome]]:
        """What happens if these files (all, where that is `None`) run again over what the whole sequence
        left, or over another database: outcomes by file and statement index. A View that was taken before
        may be stale afterwards."""
        with without_garbage():
            return self._living().rerun(files, over)

    def stopped(self, name: str, row: int, column: int | None = None) -> Halfway:
        """Where a run stands that stopped in the midst of a file, at the statement of this place (rows and
        columns count from 1), and what the rerun meets. Raises `UsageProblem` where no statement of what is
        applied is there."""
        with without_garbage():
            return self._living().stopped(name, row, column)

    def version_of(self, name: str) -> str:
        """A file's version, as its runner reads it off the name."""
        return self._chain.profile.version_of(name)

    def origin(self, number: int) -> tuple[str, int] | None:
        """The file and the index there of the statement that made something, by its number."""
        return self._living().origin(number)

    def update(self, name: str, text: bytes | None) -> frozenset[str]:
        """Another text for one file; see `Folder.update`."""
        return self._folder.update({name: text})

    def changed(self, names: Iterable[str]) -> frozenset[str]:
        """For `Folder`: the texts of some of the files are other ones now. Says which files' answers, and
        those of files by themselves beside them, rest on that."""
        return self._chain.update(names)

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
