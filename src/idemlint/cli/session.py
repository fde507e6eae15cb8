"""From options and configuration to what is analysed: files, settings, and the reports on them."""

from __future__ import annotations

import os
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from idemlint import config as configuration
from idemlint import files
from idemlint.cli import terminal
from idemlint.cli.options import RuleOptions
from idemlint.errors import UsageProblem
from idemlint.records import NamedTuple
from idemlint.report.run_report import Report

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from idemlint.analysis.file_report import FileReport, FileTally, Finding
    from idemlint.cli.options import Shared
    from idemlint.config import Config
    from idemlint.engine import Folder
    from idemlint.settings import Settings


class Session(NamedTuple):
    """What was asked for, and on which files. `stdin` is a name and the bytes that were read."""

    options: Shared
    config: Config
    settings: Settings
    paths: list[str]
    stdin: tuple[str, bytes] | None = None
    changed: frozenset[str] | None = None
    #: Why it is not known which files come late or were edited after they ran; empty: it is, or nothing
    #: counts as applied.
    applied_unknown: str = ""

    def open(self, *, once: bool = False) -> Folder:
        """The files as the engine has them; `once`: for who asks about each of them once, in order."""
        from idemlint import engine

        texts = self.texts
        return engine.open([*self.paths, *texts], self.settings, texts, once=once)

    @property
    def texts(self) -> dict[str, bytes]:
        """What was read from standard input, by name."""
        return {} if self.stdin is None else {self.stdin[0]: self.stdin[1]}

    def reports(self, *, effects: bool = False) -> Iterator[FileReport]:
        """What the engine says of each file that is reported on, with a bar where it takes long."""
        return self._answers(whole=True, effects=effects)

    def tallies(self, *, excerpts: bool) -> Iterator[FileTally]:
        """The same, without the statements; `excerpts`: with the lines that show the findings."""
        return self._answers(whole=False, excerpts=excerpts)

    def _answers(
        self, *, whole: bool, effects: bool = False, excerpts: bool = True
    ) -> Iterator[Any]:
        if self.changed is not None and not any(self.is_wanted(path) for path in self.paths):
            return
        folder = self.open(once=True)
        groups = folder.groups
        only = None
        if self.changed is not None:
            asked = (name for each in groups for name in (*each.asked, *each.outside))
            only = frozenset(filter(self.is_wanted, asked))
        total = len(self.paths) + (self.stdin is not None)
        with terminal.progress(total, quiet=self.options.quiet) as step:
            if len(groups) > 1 and self.options.jobs != 1:
                from idemlint.workers import sizing

                texts = self.texts
                sizes = sizing.sizes_of(groups, texts)
                number = sizing.processes(sizes, self.options.jobs)
                if number > 1:
                    from idemlint.workers import pool, wire

                    del folder  # all is read again, group by group
                    request = wire.Request(self.settings, texts, only, whole, effects, excerpts)
                    yield from pool.answers(groups, sizes, request, number, step)
                    return
            answers: Iterator[FileReport | FileTally] = (
                folder.reports(only, effects=effects)
                if whole
                else folder.tallies(only, excerpts=excerpts)
            )
            for answer in answers:
                step(1)
                yield answer

    def require_inside(self) -> None:
        """Refuse to write outside of the project, but where the command line says so. Raises
        `UsageProblem`."""
        from idemlint.cli import bounds

        bounds.require_inside(self.options.paths, self.paths, self.config.folder)

    def is_wanted(self, path: str) -> bool:
        """Whether findings in this file are reported."""
        return self.changed is None or os.path.realpath(path) in self.changed

    def is_pointed_at(self, path: str) -> bool:
        """Whether somebody means this very file: it was named on the command line, or has changed
        (`--since`).

        Where such a file counts as applied, and so nothing is said of it, somebody ought to hear that.
        """
        if self.changed is not None and self.is_wanted(path):
            return True
        return os.path.abspath(path) in map(os.path.abspath, self.options.paths)

    def shown_files(self) -> str:
        """The files that are reported on, one a line (`--show-files`)."""
        return "".join(f"{path}\n" for path in self.paths if self.is_wanted(path))


def open_session(
    options: Shared, rules: RuleOptions | None = None, *, all_files: bool = False
) -> Session:
    """Read the configuration, find the files and resolve the selection. The command line wins.

    With `all_files` the configuration's `start-after` does not count.
    """
    config = configuration.load(os.curdir, explicit=options.config, isolated=options.isolated)
    if options.verbose:
        terminal.note(
            f"configuration: {configuration.shown(config.file) if config.file else 'none'}"
        )
    if all_files:
        config = config._replace(start_after=None)
    names = options.paths
    if not names:
        names = tuple(_from(config.folder, name) for name in config.paths or ())
        from idemlint.cli import bounds

        for name in bounds.outside(names, config.folder):
            terminal.note(f"warning: `paths` of the configuration leads out of the project: {name}")
    if not names:
        raise UsageProblem(
            "no PATHS: name the migrations (`idemlint migrations/`), or let `idemlint init` write"
            " `paths` into the configuration"
        )
    found = _discover(options, config, names)
    stdin = None
    if files.STDIN in names:
        stdin = (options.stdin_filename or "<stdin>", sys.stdin.buffer.read())
    texts = {} if stdin is None else {stdin[0]: stdin[1]}
    changed = None
    if options.since is not None:
        from idemlint.git import Repository

        changed = Repository(os.curdir).changed_since(options.since, found, texts)
    settings = _settings(options, rules or RuleOptions(), config)
    applied_unknown = ""
    if settings.start_after is not None or options.since is not None:
        from idemlint.git.history import look_back

        history, applied_unknown = look_back(found, texts, settings.default_branch)
        settings = settings._replace(history=history)
    if options.verbose:
        terminal.note(f"files: {len(found) + (stdin is not None):,}")
    return Session(
        options=options,
        config=config,
        settings=settings,
        paths=found,
        stdin=stdin,
        changed=changed,
        applied_unknown=applied_unknown,
    )


def _from(folder: str, name: str) -> str:
    """A path of the configuration, as seen from here."""
    return name if os.path.isabs(name) else os.path.relpath(os.path.join(folder, name))


def _discover(options: Shared, config: Config, names: Iterable[str]) -> list[str]:
    wanted = [name for name in names if name != files.STDIN]
    try:
        return files.discover(
            wanted,
            exclude=options.exclude or config.exclude,
            exclude_root=os.curdir if options.exclude else config.folder,
            force_exclude=options.force_exclude,
        )
    except UsageProblem as problem:
        commands = _commands()
        for name in wanted:
            if name in commands and not os.path.exists(name):
                raise UsageProblem(
                    f"{problem} (the command `{name}` comes before its options:"
                    f" `idemlint {name} …`)"
                ) from None
        raise


def _commands() -> list[str]:
    """The names of the commands, from the group that we were called by."""
    root = click.get_current_context().find_root()
    return root.command.list_commands(root) if isinstance(root.command, click.Group) else []


def _settings(options: Shared, rules: RuleOptions, config: Config) -> Settings:
    from idemlint.settings import Settings

    ignores: dict[str, tuple[str, ...]] = {}
    for entry in rules.per_file_ignores:
        pattern, colon, selector = entry.rpartition(":")
        if not colon:
            raise UsageProblem(f"--per-file-ignores: `{entry}` is not PATTERN:CODE")
        known = ignores.get(pattern, config.per_file_ignores.get(pattern, ()))
        ignores[pattern] = (*known, selector)
    return Settings.of(
        config,
        select=rules.select,
        extend_select=rules.extend_select,
        ignore=rules.ignore,
        per_file_ignores=ignores,
        runner=options.runner,
        rerun=options.rerun,
        postgres_version=options.postgres_version,
        search_path=options.search_path,
        start_after=options.start_after,
        default_branch=options.default_branch,
        down=options.down,
    )


class Collector:
    """Turns what is said of files into findings and totals, one file after the other."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.origins: dict[str, tuple[str, str]] = {}
        self.files = 0
        self.statements = 0
        self.unjudged = 0
        self.runners: Counter[str] = Counter()

    def add(self, file: FileTally) -> None:
        """Take in one file."""
        self.files += 1
        self.runners[file.runner] += 1
        self.statements += file.statements
        self.unjudged += file.unjudged
        if file.findings:
            self.origins[file.filename] = (file.path, file.runner)
            self.findings += file.findings

    def report(self, *, fixed: int = 0, hints: tuple[str, ...] = ()) -> Report:
        """All that was taken in."""
        from idemlint.cli.rulebook import rule_text

        return Report(
            findings=self.findings,
            files=self.files,
            statements=self.statements,
            unjudged=self.unjudged,
            fixed=fixed,
            rule=rule_text,
            root=configuration.repository(os.curdir) or os.getcwd(),
            hints=hints,
        )
