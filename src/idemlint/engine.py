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
from typing import TYPE_CHECKING, TypeVar

from idemlint.analysis.file_report import FileReport, FileTally
from idemlint.analysis.judging import Sequence
from idemlint.analysis.unanswered import unanswered
from idemlint.left_out import LeftOut
from idemlint.replay.catalog.view import StaleView
from idemlint.sequence.asked import asked_about
from idemlint.sequence.chain import Chain
from idemlint.sequence.facts import FolderFacts
from idemlint.sequence.grouping import Grouping
from idemlint.sequence.order import is_read_alone
from idemlint.sequence.paths import holder, shown
from idemlint.sequence.script import KEPT, Scripts, Shelf
from idemlint.sequence.start_after import require_start_after
from idemlint.sequence.texts import Texts, comes_or_goes, full
from idemlint.sequence.unjudged import SAID

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Mapping
    from pathlib import Path

    from idemlint.configured import Configured
    from idemlint.sequence.order import Group
    from idemlint.sequence.running.strays import Text
    from idemlint.sequence.upgrade.upgrade_path import UpgradePath
    from idemlint.settings import Settings

__all__ = ["Folder", "Sequence", "open", "part"]

_Answer = TypeVar("_Answer", FileReport, FileTally)


def open(
    paths: Iterable[str | Path],
    settings: Settings | Configured | None = None,
    texts: Mapping[str | Path, bytes] | Mapping[str, bytes] | None = None,
    *,
    once: bool = False,
    are_found: bool = False,
    named: Iterable[str] | None = None,
    is_all: bool = True,
) -> Folder:
    """Open migrations: files, and folders that are searched for `*.sql` files.

    `texts` are bytes to take instead of what is on disk, by name: standard input, an editor's buffers.
    A file that only they have is one of the folder that it would stand in. `once`: each file is asked about
    once, in its order, and nothing is kept for who comes back; answers are the same. Without `settings`, each
    sequence has those of its nearest configuration. Raises `UsageProblem` for a configuration that is wrong,
    and for a path that is not there or cannot be read; of `paths` that are files which somebody has found
    (`are_found`), the report says so.

    Dumps of databases are left out, but for files that were `named` (`None`: the `paths` that are files), and
    where there is nothing else, unless the paths are not all that there is (`is_all`).
    """
    names = [os.fspath(path) for path in paths]
    if settings is None:
        from idemlint.configured import Configured

        settings = Configured.around(names)
    given = {os.fspath(name): data for name, data in (texts or {}).items()}
    files = [*{full(name): name for name in names[::-1]}.values()][::-1] if are_found else None
    if named is None:
        named = (name for name in (*names, *given) if not os.path.isdir(name))  # noqa: PTH112
    shelf = Shelf(0 if once else KEPT)
    return Folder(names, settings, given, shelf, files=files, named=named, is_all=is_all)


def part(group: Group, settings: Settings, texts: Mapping[str, bytes]) -> Folder:
    """One of the `groups` of a folder by itself, to be asked `once`: groups share nothing, and any process
    can do it."""
    return Folder([], settings, texts, Shelf(0), [group], files=[])


class Folder:
    """The sequences that some files belong to. Iterating gives them."""

    def __init__(
        self,
        paths: list[str],
        settings: Settings | Configured,
        texts: Mapping[str, bytes],
        shelf: Shelf,
        groups: list[Group] | None = None,
        files: list[str] | None = None,
        named: Iterable[str] = (),
        *,
        is_all: bool = True,
    ) -> None:
        self._settings = settings
        self._named = frozenset(map(full, named))
        self._is_all = is_all
        #: The file that is being judged, for who wonders why it takes so long.
        self.at = ""
        self._paths = tuple(paths)
        self._texts = Texts(texts)
        self._shelf = shelf
        self._asked = asked_about(paths, self._texts) if files is None else tuple(files)
        self._foresees = False
        #: By file, the text that databases may have run, or stopped at, before another one was tried.
        self.before: dict[str, Text] = {}
        self._sequences: list[Sequence] = []
        self._sequences = self._group(groups)
        self._index()
        if groups is None:
            require_start_after(self._sequences, self._texts.given)

    def __iter__(self) -> Iterator[Sequence]:
        return iter(self._sequences)

    @property
    def groups(self) -> list[Group]:
        """What the sequences were made of, in their order: files that say something about each other."""
        return [group for _, _, group in self.parts()]

    def parts(self) -> list[tuple[Settings, Grouping, Group]]:
        """The groups in the order in which their first files were asked about, each with its settings
        and what it was found by."""
        found = [
            (settings, each, _with_downs(one, each) if settings.rerun == "redo" else one)
            for settings, each in self._parts
            for one in each.groups
        ]
        if len(self._parts) > 1:
            places = {name: place for place, name in enumerate(self._asked)}
            found.sort(
                key=lambda each: min(
                    places.get(name, len(places)) for name in (*each[2].asked, *each[2].outside)
                )
            )
        return found

    def reports(
        self, only: Container[str] | None = None, *, effects: bool = False
    ) -> Iterator[FileReport]:
        """All files that were asked about (of these, `only` some), one after the other; `effects`: see
        `Sequence.report`. One of which nothing can be said is there, too, with its `problem` or its fault.
        A folder that was opened `once` closes a sequence when it has said all."""

        def report(of: Sequence, name: str) -> FileReport:
            return of.with_outlook(of.report(name, effects=effects))

        return self._answers(only, report, FileReport)

    def tallies(
        self, only: Container[str] | None = None, *, excerpts: bool = True
    ) -> Iterator[FileTally]:
        """The same without the statements; `excerpts`: see `Sequence.tally`."""
        return self._answers(only, lambda of, name: of.tally(name, excerpts=excerpts), FileTally)

    def left_out(self, is_wanted: Callable[[str], bool] = lambda name: True) -> Iterator[LeftOut]:
        """Of the files that were asked about, and are wanted, those that nothing is said of, and why."""
        for name in self._dumps:
            if is_wanted(name):
                yield LeftOut(shown(name), "dump")
        for each in self._sequences:
            for name, why in each.left_out():
                if is_wanted(name) and (why.kind in SAID or name not in self._asked_in):
                    yield why

    def unread(self, shape: type[_Answer], only: Container[str] | None = None) -> Iterator[_Answer]:
        """What there is to say of files that cannot be read."""
        unread = self._unread.items()
        return (unanswered(shape, *each) for each in unread if only is None or each[0] in only)

    def _answers(
        self,
        only: Container[str] | None,
        ask: Callable[[Sequence, str], _Answer],
        shape: type[_Answer],
    ) -> Iterator[_Answer]:
        yield from self.unread(shape, only)
        for sequence, name in self._asked_about(only):
            self.at = name
            try:
                answer = ask(sequence, name)
            except StaleView:
                raise
            except Exception as error:
                answer = unanswered(shape, name, error, sequence.runner)
            yield answer

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
        (_, grouping), *others = self._parts
        if others or not all(grouping.outlasts(name, given[name]) for name in known):
            known.clear()
        if len(known) < len(changed):
            if len(stays) < len(changed):
                self._asked = asked_about(self._paths, self._texts, is_new=False)
            moved |= self._group_anew(changed)
        for name in moved:
            for sequence in self._by_file.get(name, ()):
                sequence.forget(name)
        return frozenset(moved)

    def foresee(self) -> None:
        """From now on, answers for those who fix files (`Sequence.judged`) have what would come to light in a
        body behind what is found there. Sequences are new objects."""
        if not self._foresees:
            self._foresees = True
            for sequence in self._sequences:
                sequence.retire()
            self._sequences = self._group()
            self._index()

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

    def _group(self, groups: list[Group] | None = None) -> list[Sequence]:
        texts = self._texts
        # What was learned of the same files stays, and is told of changes by the sequences that stay.
        known = {
            (each.runner, each.files, each.facts.dumps): each.facts
            for each in self._sequences
            if each.is_ordered
        }
        readable, self._unread = texts.readable(self._asked)
        spared = {name for name in readable if full(name) in self._named}
        parts = [
            (settings, Grouping(texts, settings.runner, names, groups, spared))
            for settings, names in self._settings.parts(readable, texts)
        ]
        if self._is_all and any(each.dumps for _, each in parts) and not _has_migrations(parts):
            parts = [
                (settings, Grouping(texts, settings.runner, names))
                for settings, names in self._settings.parts(readable, texts)
            ]
        self._parts = parts
        self._dumps = [name for _, each in parts for name in each.dumps]
        #: Files that are asked about since others run them that are.
        self.brought = frozenset(
            name for _, _, each in self.parts() for name in each.brought & each.asked
        )
        found = []
        for settings, grouping, each in self.parts():
            facts = known.get((each.profile.name, each.names, each.dumps))
            scripts = Scripts(each.profile, texts, settings.terms, self._shelf)
            terms = settings.terms_in(holder(each.profile, each.own))
            terms = terms._replace(foresees=self._foresees, before=self.before)
            if facts is None:
                downs = set(each.followed.downs.values())
                names = tuple([name for name in each.names if name not in downs])
                facts = FolderFacts(names, scripts, terms, each.dumps)
            chain = Chain(
                each.names, scripts, grouping.clues, terms, facts, each.evidence, each.followed
            )
            asked = [name for name in each.in_order() if name in each.asked]
            alone = [name for name in each.outside if is_read_alone(each, name, settings.terms)]
            upgrade = self._upgrade(settings, chain, scripts, each, grouping)
            found.append(Sequence(self.update, settings, chain, each, asked, upgrade=upgrade))
            for name in alone:
                # Such a file is a folder by itself: all its files running again is itself running again.
                # What rolls nothing back that is there is run by itself, too.
                undoes = settings.rerun == "redo" and each.profile.direction(name) == "down"
                rerun = "file" if settings.rerun == "folder" or undoes else settings.rerun
                terms = terms._replace(rerun=rerun, start_after=None, history=None)
                by_itself = Chain(
                    (name,), scripts, grouping.clues, terms, chain.facts, each.evidence
                )
                found.append(
                    Sequence(self.update, settings, by_itself, each, [name], is_ordered=False)
                )
        return found

    def _upgrade(
        self,
        settings: Settings,
        chain: Chain,
        scripts: Scripts,
        group: Group,
        grouping: Grouping,
    ) -> Callable[[], UpgradePath | None] | None:
        """What tells what becomes of databases that have run a revision, where one is named; of scripts that
        run others nobody is asked."""
        past = settings.past
        if past is None or group.followed.includes or not chain.names:
            return None
        from idemlint.sequence.upgrade.walk import Walk

        texts, clues = self._texts, grouping.clues
        return Walk(chain, scripts, texts, clues, past).path

    def _index(self) -> None:
        self._by_file: dict[str, list[Sequence]] = {}
        self._asked_in: dict[str, Sequence] = {}
        for sequence in self._sequences:
            for name in (*sequence.files, *sequence.beside):
                self._by_file.setdefault(name, []).append(sequence)
            for name in sequence.names:
                self._asked_in.setdefault(name, sequence)
        names = (*self._by_file, *self._asked)
        self._spelled = {self._texts.path(name): name for name in names}


def _with_downs(group: Group, grouping: Grouping) -> Group:
    """The same files, and what rolls them back."""
    from idemlint.sequence.running.rolled_back import with_downs  # a question by itself

    return with_downs(group, grouping.clues)


def _has_migrations(parts: Iterable[tuple[Settings, Grouping]]) -> bool:
    """Whether there is anything to look at."""
    return any(
        each.asked or any(is_read_alone(each, name, settings.terms) for name in each.outside)
        for settings, grouping in parts
        for each in grouping.groups
    )
