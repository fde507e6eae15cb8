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
from itertools import groupby
from typing import TYPE_CHECKING

from idemlint import files, runners
from idemlint.analysis.file_report import FileReport, report_of
from idemlint.analysis.judged import Judged, judge
from idemlint.runners.clues import FolderClues
from idemlint.sequence.chain import Chain
from idemlint.sequence.order import group
from idemlint.sequence.texts import Texts
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
    texts: Mapping[str, bytes] | None = None,
) -> Folder:
    """Open migrations: files, and folders that are searched for `*.sql` files.

    `texts` are bytes to take instead of what is on disk, by name: standard input, an editor's buffers.
    A name in `paths` that only `texts` has is a file, too. Raises `UsageProblem` for a path that is not
    there or cannot be read.
    """
    names = [os.fspath(path) for path in paths]
    return Folder(names, settings or Settings.load(names), texts or {})


class Folder:
    """The sequences that some files belong to. Iterating gives them."""

    def __init__(self, paths: list[str], settings: Settings, texts: Mapping[str, bytes]) -> None:
        self.settings = settings
        self._texts = Texts(texts)
        self._asked = tuple(dict.fromkeys(self._files(paths)))
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

        A text can change whose migration a file is, and its siblings: then their sequences are new objects.
        One that is no migration (a runner's configuration) may change what is said of any file.
        """
        before = {each.key: each for each in self._sequences}
        changed = {name for name, data in texts.items() if self._texts.replace(name, data)}
        if not changed:
            return frozenset()
        after = self._group()
        migrations = {name for sequence in after for name in sequence.files}
        moved = set(changed)
        for sequence in self._sequences:
            for name in changed:
                moved |= sequence.changed(name)
        for place, sequence in enumerate(after):
            known = before.pop(sequence.key, None) if migrations >= changed else None
            if known is None:
                moved.update(sequence.files)
            else:
                after[place] = known
        for gone in before.values():
            moved.update(gone.files)
        self._sequences = after
        return frozenset(moved)

    def _files(self, paths: Iterable[str]) -> Iterator[str]:
        for is_given, some in groupby(paths, self._texts.given.__contains__):
            names = list(some)
            yield from names if is_given else map(os.fspath, files.discover(names))

    def _group(self) -> list[Sequence]:
        settings, texts = self.settings, self._texts
        clues = FolderClues(texts.given)
        named = None if settings.runner == "auto" else runners.get(settings.runner)
        detect = runners.detection(clues)

        def profile_of(name: str) -> Profile:
            return named if named is not None else detect(name, texts.read(name))

        found = []
        for each in group(self._asked, profile_of, clues, is_named=named is not None):
            chain = Chain(each.profile, each.names, texts, clues, settings.terms)
            asked = [name for name in each.names if name in each.asked]
            found.append(Sequence(self, chain, each.root, asked))
            for name in each.outside:
                if not _is_read_alone(each.profile, name, settings, is_named=named is not None):
                    continue
                # Such a file is a folder by itself: all its files running again is itself running again.
                rerun = "file" if settings.rerun == "folder" else settings.rerun
                terms = settings.terms._replace(rerun=rerun, start_after=None)
                alone = Chain(each.profile, (name,), texts, clues, terms, chain.facts)
                found.append(Sequence(self, alone, each.root, [name]))
        return found


class Sequence:
    """The files of one runner, in its order, over one journal. Iterating gives the names of those that were
    asked about and that do not count as applied."""

    def __init__(self, folder: Folder, chain: Chain, root: str, asked: list[str]) -> None:
        self._folder = folder
        self._chain = chain
        self._asked = asked
        self.runner = chain.profile.name
        #: What the sequence is known by: it is the same one as long as this is.
        self.key = (self.runner, root, chain.names, tuple(asked))

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

    def report(self, name: str, *, effects: bool = False) -> FileReport:
        """What is said of a file, as plain data; `effects`: with what each statement is taken to do.
        Raises `UsageProblem` where it cannot be read."""
        judged = self.judged(name)
        # Findings are known by it; to make it asks the system where we are.
        stable_name = self._folder.settings.stable_name(name) if judged.diagnostics else name
        return report_of(judged, stable_name, effects=effects)

    def judged(self, name: str) -> Judged:
        """What is said of a file, with its trees and what the replay made of them: for those who fix it."""
        settings = self._folder.settings
        with _no_garbage():
            migration = self._chain.judged(name)
            return judge(migration, settings.rules_for(name), self._chain.terms.rerun)

    def after(self, name: str) -> View:
        """What is there when the file has run, read-only: what is surely known, and what the folder makes.
        It refuses to answer once another file was asked about, or a text was changed."""
        with _no_garbage():
            return self._chain.after(name)

    def rerun(
        self, files: Container[str] | None = None, over: Catalog | None = None
    ) -> dict[str, dict[int, Outcome]]:
        """What happens if these files (all, where that is `None`) run again over what the whole sequence
        left, or over another database: outcomes by file and statement index. A View that was taken before
        is stale afterwards."""
        with _no_garbage():
            return self._chain.rerun(files, over)

    def origin(self, number: int) -> tuple[str, int] | None:
        """The file and the index there of the statement that made something, by its number."""
        return self._chain.origin(number)

    def update(self, name: str, text: bytes | None) -> frozenset[str]:
        """Another text for one file; see `Folder.update`."""
        return self._folder.update({name: text})

    def changed(self, name: str) -> frozenset[str]:
        """The file's text is another one now: forget what rests on it."""
        return self._chain.update(name) if name in self._chain.names else frozenset()


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
