"""The door: a folder of migrations as an object, for everything that asks something of it.

    folder = engine.open(["migrations"], Settings.load(["migrations"]))
    for sequence in folder:
        for name in sequence:
            print(sequence.report(name).findings)

`check`, `--fix`, an editor and whatever else is built are readers of this, and differ only in which verbs
they use. Nothing here knows a terminal, a format or a server.
"""

from __future__ import annotations

import gc
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from idemlint import files, runners
from idemlint.analysis.file_report import FileReport, report_of
from idemlint.analysis.judged import Judged, judge
from idemlint.errors import UsageProblem
from idemlint.replay.catalog.view import StaleView
from idemlint.runners.clues import FolderClues
from idemlint.sequence.chain import Chain
from idemlint.sequence.order import group, newest
from idemlint.sequence.paths import holder
from idemlint.sequence.texts import Texts, full
from idemlint.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Mapping
    from pathlib import Path

    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.view import View
    from idemlint.replay.judge.verdict import Outcome
    from idemlint.runners.profile import Profile


def open(
    paths: Iterable[str | Path],
    settings: Settings | None = None,
    texts: Mapping[str | Path, bytes] | Mapping[str, bytes] | None = None,
) -> Folder:
    """Open migrations: files, and folders that are searched for `*.sql` files.

    `texts` are bytes to take instead of what is on disk, by name: standard input, an editor's buffers.
    A file that only they have is one of the folder that it would stand in. Raises `UsageProblem` for a
    path that is not there or cannot be read.
    """
    names = [os.fspath(path) for path in paths]
    given = {os.fspath(name): data for name, data in (texts or {}).items()}
    return Folder(names, settings or Settings.load(names), given)


class Folder:
    """The sequences that some files belong to. Iterating gives them."""

    def __init__(self, paths: list[str], settings: Settings, texts: Mapping[str, bytes]) -> None:
        self.settings = settings
        self._paths = tuple(paths)
        self._texts = Texts(texts)
        self._asked = self._ask()
        self._sequences: list[Sequence] = []
        self._sequences = self._group()

    def __iter__(self) -> Iterator[Sequence]:
        return iter(self._sequences)

    def reports(self) -> Iterator[FileReport]:
        """All files that were asked about, one after the other."""
        for sequence in self:
            for name in sequence:
                yield sequence.report(name)

    def sequence_of(self, name: str) -> Sequence | None:
        """The sequence that a file is asked about in now."""
        return next((each for each in self._sequences if name in each.names), None)

    def update(self, texts: Mapping[str, bytes | None]) -> frozenset[str]:
        """Take other texts for some files (`None`: what is on disk). Returns the files, of all sequences,
        whose answers may be others now; the rest need not be asked again.

        A text can change whose migration a file is, and its siblings: then their sequences are new objects,
        and the ones before refuse to answer. One that is no migration (a runner's configuration) may change
        what is said of any file. A file that comes into a folder that was asked about is asked about, too.
        """
        spelled = {full(name): name for each in self._sequences for name in each.files}
        spelled |= {full(name): name for name in self._asked}
        given = {spelled.get(full(name), os.fspath(name)): data for name, data in texts.items()}
        changed = {name for name, data in given.items() if self._texts.replace(name, data)}
        if not changed:
            return frozenset()
        moved = set(changed)
        for sequence in self._sequences:
            for name in changed:
                moved |= sequence.changed(name)
        if any(_comes_or_goes(name, spelled, given[name]) for name in changed):
            self._asked = self._ask(is_new=False)
        after = self._group()
        before = {each.key: each for each in self._sequences}
        migrations = {name for sequence in after for name in sequence.files}
        kept = all(name in migrations or name.endswith(".sql") for name in changed)
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
        return frozenset(moved)

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

    def _group(self) -> list[Sequence]:
        settings, texts = self.settings, self._texts
        # What was learned of the same files stays, and is told of changes by the sequences that stay.
        known = {
            (each.runner, each.files): each.facts for each in self._sequences if each.is_ordered
        }
        clues = FolderClues(texts.given)
        named = None if settings.runner == "auto" else runners.get(settings.runner)
        detect = runners.detection(clues)

        def profile_of(name: str) -> Profile:
            return named if named is not None else detect(name, texts.read(name))

        found = []
        for each in group(self._asked, profile_of, clues, is_named=named is not None):
            facts = known.get((each.profile.name, each.names))
            chain = Chain(each.profile, each.names, texts, clues, settings.terms, facts)
            asked = [name for name in each.names if name in each.asked]
            alone = [
                name
                for name in each.outside
                if _is_read_alone(each.profile, name, settings, is_named=named is not None)
            ]
            found.append(Sequence(self, chain, each.root, asked, each.outside))
            for name in alone:
                # Such a file is a folder by itself: all its files running again is itself running again.
                rerun = "file" if settings.rerun == "folder" else settings.rerun
                terms = settings.terms._replace(rerun=rerun, start_after=None)
                by_itself = Chain(each.profile, (name,), texts, clues, terms, chain.facts)
                found.append(Sequence(self, by_itself, each.root, [name], is_ordered=False))
        return found


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
        self._asked = asked
        self.runner = chain.profile.name
        #: Files that were asked about, and that the runner does not run in this order: those that undo, and
        #: those that it passes over.
        self.outside = outside
        #: Whether these are the files that the runner runs; else this is one of those outside, by itself.
        self.is_ordered = is_ordered
        #: What the sequence is known by: it is the same one as long as this is.
        self.key = (self.runner, root, chain.names, tuple(asked), chain.facts.names)
        #: For `Folder`: what the whole folder tells, which sequences of one share.
        self.facts = chain.facts
        self._is_replaced = False

    def __iter__(self) -> Iterator[str]:
        return (name for name in self._asked if not self._chain.is_applied(name))

    @property
    def names(self) -> tuple[str, ...]:
        """The files that were asked about, those that count as applied included."""
        return tuple(self._asked)

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
        judged = self.judged(name)
        # Findings are known by it; to make it asks the system where we are.
        stable_name = self._folder.settings.stable_name(name) if judged.diagnostics else name
        return report_of(judged, stable_name, effects=effects)

    def judged(self, name: str) -> Judged:
        """What is said of a file, with its trees and what the replay made of them: for those who fix it."""
        settings, chain = self._folder.settings, self._living()
        with _no_garbage():
            migration = chain.judged(name)
            return judge(migration, settings.rules_for(name), chain.terms.rerun)

    def after(self, name: str) -> View:
        """What is there when the file has run, read-only: what is surely known, and what the folder makes.
        It refuses to answer once another file was asked about, or a text was changed."""
        with _no_garbage():
            return self._living().after(name)

    def rerun(
        self, files: Container[str] | None = None, over: Catalog | None = None
    ) -> dict[str, dict[int, Outcome]]:
        """What happens if these files (all, where that is `None`) run again over what the whole sequence
        left, or over another database: outcomes by file and statement index. A View that was taken before
        may be stale afterwards."""
        with _no_garbage():
            return self._living().rerun(files, over)

    def origin(self, number: int) -> tuple[str, int] | None:
        """The file and the index there of the statement that made something, by its number."""
        return self._living().origin(number)

    def update(self, name: str, text: bytes | None) -> frozenset[str]:
        """Another text for one file; see `Folder.update`."""
        return self._folder.update({name: text})

    def changed(self, name: str) -> frozenset[str]:
        """For `Folder`: the file's text is another one now. Forget what rests on it, and say what does."""
        if name in self._chain.names:
            return self._chain.update(name)
        # One by itself stands beside the folder's others, and is compared with them.
        return frozenset(self.files) if name in self._chain.facts.names else frozenset()

    def retire(self) -> None:
        """For `Folder`: there are other sequences in place of this one."""
        self._is_replaced = True
        self._chain.retire()

    def _living(self) -> Chain:
        if self._is_replaced:
            raise StaleView("the folder has other sequences now: ask it for them")
        return self._chain


def _comes_or_goes(name: str, spelled: Mapping[str, str], data: bytes | None) -> bool:
    """Whether a text makes a file that was not there, or takes away one that only texts had."""
    if data is None:
        return not os.path.exists(name)  # noqa: PTH110
    return full(name) not in spelled and name.endswith(".sql")


def _is_read_alone(profile: Profile, name: str, settings: Settings, *, is_named: bool) -> bool:
    """Whether a file outside the runner's order is looked at by itself.

    Files that undo, and files that the runner passes over by their names, are not; with a named runner
    the name is no evidence.
    """
    direction = profile.direction(name)
    if direction == "down":
        return settings.down
    return direction != "ignored" or is_named


@contextmanager
def _no_garbage() -> Iterator[None]:
    """The trees are large and free of cycles: collecting garbage meanwhile only costs time."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
