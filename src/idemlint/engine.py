"""From paths to reports: the one place where the flow is put together.

source → runners → plpgsql → replay → rules. A folder is replayed in its runner's order over one catalog,
so that a file is judged knowing what earlier ones left; files that nobody asked about are read for that
only.
"""

from __future__ import annotations

import gc
import os
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from idemlint import runners
from idemlint.errors import UsageProblem
from idemlint.records import NamedTuple
from idemlint.replay.catalog.slots import Catalog
from idemlint.replay.catalog.view import View
from idemlint.replay.effects.program import program_of
from idemlint.replay.judge.rerun import replay_file, replay_folder
from idemlint.replay.judge.verdict import Outcome, Verdict
from idemlint.replay.machine.run import Machine
from idemlint.rules.kit.findings import findings
from idemlint.runners.clues import FolderClues
from idemlint.runners.units import deliver
from idemlint.sequence.facts import Folder
from idemlint.sequence.migration import Migration
from idemlint.source.parse import parse
from idemlint.source.text import decode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pathspec import GitIgnoreSpec

    from idemlint.diagnostics import Diagnostic
    from idemlint.modes import Mode, Rerun
    from idemlint.runners.profile import Profile
    from idemlint.source.statement import ParsedFile


class Settings(NamedTuple):
    """Everything that the analysis depends on. `rules` are the codes that are switched on."""

    rules: frozenset[str]
    root: Path
    runner: str = "auto"
    rerun: Mode = "any"
    postgres_version: int = 14
    search_path: tuple[str, ...] = ("public",)
    start_after: str | None = None
    down: bool = False
    per_file_ignores: tuple[tuple[str, frozenset[str]], ...] = ()


class FileReport(NamedTuple):
    """What is known of one file; per statement: its outcome, its unit, the codes that name the outcome.

    `context`: it is only read for what it leaves; nothing of it is reported.
    """

    filename: str
    path: Path
    runner: str
    parsed: ParsedFile
    outcomes: tuple[Outcome, ...]
    units: tuple[int, ...]
    codes: tuple[tuple[str, ...], ...]
    diagnostics: tuple[Diagnostic, ...]
    migration: Migration
    context: bool = False


#: Which modes an option asks for.
_MODES: Final[dict[str, frozenset[str]]] = {
    "statement": frozenset({"statement"}),
    "file": frozenset({"file"}),
    "interrupted": frozenset({"interrupted", "file"}),
    "any": frozenset({"file", "interrupted"}),
    "folder": frozenset({"file"}),
}


@dataclass(slots=True)
class _Sequence:
    """Files that one journal knows: they run one after the other on one database."""

    profile: Profile
    root: str
    wanted: set[str] = field(default_factory=set)


def analyse(
    paths: Sequence[Path],
    settings: Settings,
    *,
    stdin: tuple[str, bytes] | None = None,
    report_on: Callable[[Path], bool] | None = None,
    contents: dict[str, bytes] | None = None,
) -> Iterator[FileReport]:
    """Reports on files, in the order in which their runner applies them.

    `contents` are bytes to take instead of what is on disk (fixes are proved that way). Raises
    `UsageProblem` where a file cannot be read.
    """
    # The trees are large and free of cycles: collecting garbage meanwhile only costs time.
    collecting = gc.isenabled()
    gc.disable()
    try:
        analysis = _Analysis(settings, report_on, dict(contents or {}))
        names = [os.fspath(path) for path in paths]
        if stdin is not None:
            analysis.contents[stdin[0]] = stdin[1]
            names.append(stdin[0])
        yield from analysis.run(names)
    finally:
        if collecting:
            gc.enable()


class _Analysis:
    def __init__(
        self,
        settings: Settings,
        report_on: Callable[[Path], bool] | None,
        contents: dict[str, bytes],
    ) -> None:
        self.settings = settings
        self.report_on = report_on
        self.contents = contents
        self.clues = FolderClues()
        self._folder_knowledge: Folder | None = None
        self._named = None if settings.runner == "auto" else runners.get(settings.runner)

    def run(self, names: list[str]) -> Iterator[FileReport]:
        sequences: dict[tuple[str, str], _Sequence] = {}
        for name in names:
            profile = self._profile(name)
            root = _root(profile, name)
            sequence = sequences.setdefault((profile.name, root), _Sequence(profile, root))
            sequence.wanted.add(name)
        for sequence in sequences.values():
            yield from self._sequence(sequence)

    def _read(self, name: str) -> bytes:
        """A file's bytes; they are read once, and kept."""
        known = self.contents.get(name)
        if known is not None:
            return known
        try:
            with open(name, "rb") as file:  # noqa: PTH123 (half the time of Path.read_bytes)
                data = self.contents[name] = file.read()
                return data
        except OSError as error:
            message = f"{name}: cannot be read: {error.strerror or error}"
            raise UsageProblem(message) from None

    def _profile(self, name: str) -> Profile:
        if self._named is not None:
            return self._named
        return runners.detect(name, self._read(name), self.clues)

    def _sequence(self, sequence: _Sequence) -> Iterator[FileReport]:
        profile = sequence.profile
        ordered = self._ordered(sequence)
        known = set(ordered)
        catalog = Catalog(self.settings.search_path)
        machine = Machine(catalog, self.settings.postgres_version)
        wanted = sequence.wanted & known
        last = max((index for index, name in enumerate(ordered) if name in wanted), default=-1)
        number = 0
        self._folder_knowledge = Folder(ordered, self._read, profile)
        start_after = self._start_after(profile, ordered)
        if self.settings.rerun == "folder":
            yield from self._folder(machine, profile, ordered, wanted, start_after)
            last = -1
        for index, name in enumerate(ordered[: last + 1]):
            migration = self._migration(profile, name, reported=name in wanted)
            if migration is None:
                continue
            # That a file was applied once excuses nothing where it runs again by design.
            is_context = name not in wanted or (index <= start_after and not migration.reruns)
            number = self._replay(machine, migration, number, judged=name in wanted)
            if name in wanted:
                yield self._report(migration, context=is_context)
        for name in sorted(sequence.wanted - known):
            if not self._is_linted(profile, name):
                continue
            migration = self._migration(profile, name, reported=True)
            if migration is not None:
                machine = Machine(
                    Catalog(self.settings.search_path), self.settings.postgres_version
                )
                self._replay(machine, migration, 0, judged=True)
                yield self._report(migration, context=False)

    def _is_linted(self, profile: Profile, name: str) -> bool:
        """Whether a file outside the runner's order is looked at by itself.

        Files that undo, and files that the runner passes over by their names, are not; with --runner
        the name is no evidence.
        """
        direction = profile.direction(name)
        if direction == "down":
            return self.settings.down
        return direction != "ignored" or self._named is not None

    def _folder(
        self,
        machine: Machine,
        profile: Profile,
        ordered: list[str],
        wanted: set[str],
        start_after: int,
    ) -> Iterator[FileReport]:
        """All files of the sequence run once, and then all of them again."""
        migrations = []
        number = 0
        for name in ordered:
            migration = self._migration(profile, name, reported=name in wanted)
            if migration is not None:
                number = self._replay(machine, migration, number, judged=False)
                migrations.append(migration)
        programs = [list(migration.programs.values()) for migration in migrations]
        again = replay_folder(machine, programs, self.settings.search_path)
        for migration, outcomes in zip(migrations, again, strict=True):
            migration.outcomes = {
                index: {"folder": outcome}
                for index, outcome in zip(migration.programs, outcomes, strict=True)
            }
            if migration.path in wanted:
                old = ordered.index(migration.path) <= start_after
                context = old and not migration.reruns
                yield self._report(migration, context=context)

    def _ordered(self, sequence: _Sequence) -> list[str]:
        """All files of the sequence in its runner's order, the ones that were not asked about included."""
        depth = {_depth(sequence.profile, name) for name in sequence.wanted}
        siblings = {
            name
            for level in depth
            for name in _siblings(self.clues, sequence.root, level)
            if self._named is not None or name in sequence.wanted or self._same(sequence, name)
        }
        return sequence.profile.order(sorted(siblings | sequence.wanted), self.clues)

    def _same(self, sequence: _Sequence, name: str) -> bool:
        if sequence.profile.direction(name) not in {"up", "repeatable"}:
            return False
        try:
            return self._profile(name).name == sequence.profile.name
        except UsageProblem:
            return False

    def _start_after(self, profile: Profile, ordered: list[str]) -> int:
        """The place of the last migration that counts as applied; -1: none does."""
        wanted = self.settings.start_after
        if wanted is None:
            return -1
        for index, name in enumerate(ordered):
            path = name.replace(os.sep, "/")
            if path.endswith("/" + wanted) or path == wanted:
                return index
            if wanted in {profile.version_of(name), Path(name).name, Path(name).parent.name}:
                return index
        earlier = [
            index
            for index, name in enumerate(ordered)
            if profile.version_of(name).isdigit()
            and wanted.isdigit()
            and int(profile.version_of(name)) <= int(wanted)
        ]
        return earlier[-1] if earlier else -1

    def _migration(self, profile: Profile, name: str, *, reported: bool) -> Migration | None:
        try:
            data = self._read(name)
        except UsageProblem:
            if reported:
                raise
            return None
        source = decode(_shown(name), data)
        parsed = parse(source, profile.sections(data))
        deliveries = deliver(profile, source, parsed.statements, self.clues)
        return Migration(
            name,
            parsed,
            profile,
            deliveries,
            self.settings.postgres_version,
            self.clues,
            reruns=profile.reruns(name, data, self.clues) or "",
        )

    def _replay(self, machine: Machine, migration: Migration, number: int, *, judged: bool) -> int:
        """Run the file's applied part over the catalog; outcomes go into the migration."""
        statements = [
            statement
            for statement in migration.parsed.statements
            if statement.section == "up" or self.settings.down
        ]
        version = self.settings.postgres_version
        programs = [program_of(migration.parsed, statement, version) for statement in statements]
        migration.programs = {
            statement.index: program
            for statement, program in zip(statements, programs, strict=True)
        }
        migration.after = View(machine.catalog)
        units = [migration.deliveries[statement.index].unit for statement in statements]
        modes = _MODES[self.settings.rerun] if judged else frozenset()
        replayed = replay_file(machine, programs, units, modes, number)
        for statement, outcomes in zip(statements, replayed.outcomes, strict=True):
            migration.outcomes[statement.index] = outcomes
        migration.hazards = [
            (statements[index].index, hazard) for index, hazard in replayed.hazards
        ]
        return number + len(statements)

    def _report(self, migration: Migration, *, context: bool) -> FileReport:
        path = Path(migration.path)
        if self.report_on is not None and not self.report_on(path):
            context = True
        if not context and self._folder_knowledge is not None:
            migration.siblings = self._folder_knowledge.names
            migration.other_definitions = self._folder_knowledge.other_definitions(
                migration.parsed, migration.path
            )
        diagnostics = () if context else tuple(findings(migration, self._rules(path)))
        codes: list[list[str]] = [[] for _ in migration.parsed.statements]
        for diagnostic in diagnostics:
            if (
                diagnostic.statement is not None
                and diagnostic.code not in codes[diagnostic.statement]
            ):
                codes[diagnostic.statement].append(diagnostic.code)
        return FileReport(
            migration.parsed.source.path,
            path,
            migration.profile.name,
            migration.parsed,
            tuple(
                self._outcome(migration.outcomes.get(statement.index))
                for statement in migration.parsed.statements
            ),
            tuple(delivery.unit for delivery in migration.deliveries),
            tuple(tuple(each) for each in codes),
            diagnostics,
            migration,
            context,
        )

    def _outcome(self, outcomes: dict[Rerun, Outcome] | None) -> Outcome:
        if not outcomes:
            return Outcome(Verdict.NOT_APPLICABLE, "file", "it is not part of what is applied")
        if self.settings.rerun == "any":
            return worst(outcomes)
        # A file outside the runner's order is a folder by itself: its file is all there is.
        return outcomes.get(self.settings.rerun) or outcomes["file"]

    def _rules(self, path: Path) -> frozenset[str]:
        ignores = self.settings.per_file_ignores
        if not ignores:
            return self.settings.rules
        relative = os.path.relpath(path, self.settings.root).replace(os.sep, "/")
        rules = self.settings.rules
        for pattern, codes in ignores:
            if _ignore_spec(pattern).match_file(relative):
                rules -= codes
        return rules


@cache
def _ignore_spec(pattern: str) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines([pattern])


def sequence_of(report: FileReport) -> tuple[str, str]:
    """What files have in common that are replayed one after the other: their runner, and their root."""
    return report.runner, _root(report.migration.profile, report.migration.path)


def worst(outcomes: dict[Rerun, Outcome]) -> Outcome:
    """The one that counts where any rerun may happen; the whole file's where they are equal."""
    return max(
        outcomes.values(), key=lambda outcome: (outcome.verdict.rank, outcome.rerun == "file")
    )


def _depth(profile: Profile, name: str) -> int:
    """How many folders of a migration's path are its own (`<version>_x/up.sql`: one)."""
    found = profile.named(name)
    return found[1].group(0).strip("/").count("/") if found else 0


def _root(profile: Profile, name: str) -> str:
    folder = os.path.dirname(name)  # noqa: PTH120 (called for every file)
    for _ in range(_depth(profile, name)):
        folder = os.path.dirname(folder)  # noqa: PTH120
    return folder


def _siblings(clues: FolderClues, root: str, depth: int) -> Iterator[str]:
    """The SQL files of a folder, or of its folders, as paths that look like the ones given."""
    for name in clues.names(root or "."):
        path = os.path.join(root, name)  # noqa: PTH118
        if depth == 0:
            if name.endswith(".sql"):
                yield path
        elif not name.endswith(".sql"):
            yield from _siblings(clues, path, depth - 1)


def _shown(name: str) -> str:
    """A path as it is shown: relative to where we are, where that is shorter, with forward slashes."""
    return name.replace(os.sep, "/").removeprefix("./")
