"""From options and configuration to what is analysed: files, settings, and the reports on them."""

from __future__ import annotations

import os
import sys
from functools import partial
from typing import TYPE_CHECKING, Any

import click

from idemlint import config as configuration
from idemlint import files
from idemlint.cli import terminal
from idemlint.cli.options import RuleOptions
from idemlint.cli.progress import progress
from idemlint.errors import UsageProblem, nearest
from idemlint.left_out import LeftOut
from idemlint.records import NamedTuple
from idemlint.report.run_report import shown_name
from idemlint.report.words import counted
from idemlint.sequence.paths import shown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from idemlint.analysis.file_report import FileReport, FileTally
    from idemlint.cli.options import Shared
    from idemlint.config import Config
    from idemlint.configured import Configured
    from idemlint.engine import Folder
    from idemlint.files import Searched
    from idemlint.settings import Settings

    LeaveOut = Callable[[Iterable[LeftOut]], None]


class Session(NamedTuple):
    """What was asked for, and on which files. `settings` are those of the working directory; `configured`
    has those of each file. `stdin` is a name and the bytes that were read."""

    options: Shared
    config: Config
    settings: Settings
    configured: Settings | Configured
    paths: list[str]
    stdin: tuple[str, bytes] | None = None
    changed: frozenset[str] | None = None
    #: With `--since`: the files that these run, if psql runs them.
    run_by_them: tuple[str, ...] = ()
    found: Searched = files.NOTHING
    #: The full paths that the command line names, or the configuration.
    named: frozenset[str] = frozenset()
    #: Why it is not known which files come late or were edited after they ran; empty: it is, or nothing
    #: counts as applied.
    applied_unknown: str = ""
    #: Why the upgrade path was not asked, where it was wanted.
    past_unknown: str = ""

    def open(self, *, once: bool = False) -> Folder:
        """The files as the engine has them; `once`: for who asks about each of them once, in order."""
        from idemlint import engine

        texts = self.texts
        names = [*self.paths, *texts]
        # Who names each file that has changed (a hook) does not mean this dump.
        means_them = not self.options.force_exclude
        folder = engine.open(
            names,
            self.configured,
            texts,
            once=once,
            are_found=True,
            named=(*texts, *(self.named if means_them else ())),
            is_all=means_them or bool(self.found.folders),
        )
        if not self.options.quiet and any(each.start_after is not None for each in folder):
            from idemlint.cli.hidden import say_what_is_hidden

            say_what_is_hidden(folder, self.found.folders, self.is_pointed_at)
        return folder

    @property
    def texts(self) -> dict[str, bytes]:
        """What was read from standard input, by name."""
        return {} if self.stdin is None else {self.stdin[0]: self.stdin[1]}

    def reports(self, leave_out: LeaveOut, *, effects: bool = False) -> Iterator[FileReport]:
        """What the engine says of each file that is reported on, with a bar where it takes long. `leave_out`
        is told of the files that nothing is said of, before the first of these."""
        return self._answers(leave_out, whole=True, effects=effects)

    def tallies(self, leave_out: LeaveOut, *, excerpts: bool) -> Iterator[FileTally]:
        """The same, without the statements; `excerpts`: with the lines that show the findings."""
        return self._answers(leave_out, whole=False, excerpts=excerpts)

    def _answers(
        self,
        leave_out: LeaveOut,
        *,
        whole: bool,
        effects: bool = False,
        excerpts: bool = True,
    ) -> Iterator[Any]:
        leave_out(self.unchanged())
        if not self.wanted():
            return
        folder = self.open(once=True)
        leave_out(folder.left_out(self.is_wanted))
        groups = folder.groups
        only = self.only(folder)
        total = len(self.paths) + (self.stdin is not None) + len(folder.brought)
        watched = [folder]
        with progress(
            total, lambda: watched[0].at if watched else "", quiet=self.options.quiet
        ) as step:
            if len(groups) > 1 and self.options.jobs != 1:
                from idemlint.workers import sizing

                texts = self.texts
                sizes = sizing.sizes_of(groups, texts)
                number = sizing.processes(sizes, self.options.jobs)
                if number > 1:
                    from idemlint.analysis.file_report import FileReport, FileTally
                    from idemlint.workers import pool, wire

                    shape: type[Any] = FileReport if whole else FileTally
                    yield from folder.unread(shape, only)
                    settings = tuple(each for each, _, _ in folder.parts())
                    watched.clear()
                    del folder  # all is read again, group by group
                    request = wire.Request(settings, texts, only, whole, effects, excerpts)
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

    def wanted(self) -> list[str]:
        """The files that are reported on, if they are migrations to check."""
        names = [*self.paths, *self.texts, *self.run_by_them]
        return names if self.changed is None else list(filter(self.is_wanted, names))

    def only(self, folder: Folder) -> frozenset[str] | None:
        """The files of a folder that are reported on; `None`: all of them."""
        if self.changed is not None:
            return frozenset(self.wanted())
        brought = folder.brought
        if not brought:
            return None
        exclude = self.options.exclude or self.config.exclude
        root = os.curdir if self.options.exclude else self.config.folder
        # Who pipes a text in asks about that text.
        kept = files.without(sorted(brought), exclude, root) if self.paths else ()
        return frozenset((*self.wanted(), *kept))

    def unchanged(self) -> list[LeftOut]:
        """The files that are not, since they have not changed."""
        if self.changed is None:
            return []
        since = self.options.since or ""
        return [
            LeftOut(shown(name), "unchanged", since)
            for name in self.paths
            if not self.is_wanted(name)
        ]

    def barred(self, others: Iterable[str] = ()) -> dict[str, str]:
        """The files that nothing may be written into, `others` than those that were found among them, and
        why: see `bounds.barred`."""
        from idemlint.cli import bounds

        return bounds.barred(self.options.paths, (*self.paths, *others), self.config.folder)

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
        return os.path.abspath(path) in self.named

    def shown_files(self) -> str:
        """The files that are reported on, one a line (`--show-files`)."""
        return "".join(f"{shown_name(path)}\n" for path in self.paths if self.is_wanted(path))


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
    names = options.paths
    if not names:
        names = tuple(_from(config.folder, name) for name in config.paths or ())
        from idemlint.cli import bounds

        for name in bounds.outside(names, config.folder):
            terminal.note(f"warning: `paths` of the configuration leads out of the project: {name}")
    if not names:
        names = _detected(options)
    found = _discover(options, config, names)
    chosen = partial(_settings, options, rules or RuleOptions(), config, all_files)
    stdin = None
    if files.STDIN in names:
        stdin = (options.stdin_filename or "<stdin>", sys.stdin.buffer.read())
    texts = {} if stdin is None else {stdin[0]: stdin[1]}
    changed, run_by_them = None, list[str]()
    if options.since is not None:
        from idemlint.git import Repository
        from idemlint.sequence.running.following import run_by
        from idemlint.sequence.texts import Texts

        run_by_them = run_by(found.names, Texts(texts))
        files_to_ask = [*found.names, *run_by_them]
        changed = Repository(os.curdir).changed_since(options.since, files_to_ask, texts)
    settings = chosen(config)
    configured: Settings | Configured = settings
    configs = [config]
    if options.config is None and not options.isolated:
        from idemlint.configured import Configured
        from idemlint.sequence.texts import Texts

        configured = Configured(config, chosen, options.runner)
        nearest_of = configured.configs(found.names, Texts(texts))
        configs += [each for each, _ in nearest_of]
        found = _without_excluded(options, config, nearest_of, found, names)
    applied_unknown = ""
    goes_by_start = not all_files and any(each.start_after is not None for each in configs)
    if goes_by_start or options.start_after is not None or options.since is not None:
        from idemlint.git.history import look_back

        history, applied_unknown = look_back(found.names, texts, settings.default_branch)
        settings = settings.with_history(history)
        configured = configured.with_history(history)
    past_unknown = ""
    if options.from_revision is not None or options.since is not None:
        from idemlint.cli.upgrading import past_of

        past, past_unknown = past_of(options, found.names, texts)
        if past is not None:
            settings, configured = settings.with_past(past), configured.with_past(past)
    if options.verbose:
        terminal.note(f"files: {len(found.names) + (stdin is not None):,}")
    return Session(
        options=options,
        config=config,
        settings=settings,
        configured=configured,
        paths=found.names,
        found=found,
        named=frozenset(map(os.path.abspath, names)),
        stdin=stdin,
        changed=changed,
        run_by_them=tuple(run_by_them),
        applied_unknown=applied_unknown,
        past_unknown=past_unknown,
    )


def _without_excluded(
    options: Shared,
    start: Config,
    configs: Iterable[tuple[Config, Iterable[str]]],
    found: Searched,
    named: Iterable[str],
) -> Searched:
    """What was found without the files that the configurations of other folders than `start` leave out."""
    out: set[str] = set()
    for config, mine in configs:
        if config is start:
            continue
        mine = list(mine)
        if options.verbose and config.file is not None:
            files_of = counted(len(mine), "file")
            terminal.note(f"configuration: {configuration.shown(config.file)} ({files_of})")
        if config.exclude and not options.exclude:
            but = () if options.force_exclude else named
            kept = files.without(mine, config.exclude, config.folder, but=but)
            out.update(set(mine).difference(kept))
    if not out:
        return found
    return found._replace(
        names=[name for name in found.names if name not in out],
        folders={
            folder: [name for name in inside if name not in out]
            for folder, inside in found.folders.items()
        },
    )


def _detected(options: Shared) -> tuple[str, ...]:
    """The folders of migrations that are here; they are named on stderr. Raises `UsageProblem` where none
    is beyond doubt."""
    from idemlint.cli import folders

    try:
        found, left_out = folders.look((), options.runner)
    except UsageProblem:
        found, left_out = [], []
    claimed = [each for each in found if options.runner or folders.is_claimed(each)]
    if not claimed:
        other = (
            "there is SQL here, but nothing says that it is migrations"
            if found
            else ("there are no migrations here")
        )
        raise UsageProblem(
            f"no PATHS, and {other}: name them (`idemlint migrations/`), or let `idemlint init`"
            " write `paths` into the configuration"
        )
    if not options.quiet:
        for each in claimed:
            number = counted(each.migrations + each.others, "file")
            terminal.note(f"Looking at {each.folder}: {number}, {each.runner}")
        if left_out:
            number = counted(sum(each.files for each in left_out), "other *.sql file")
            terminal.note(f"Not at {number}; `idemlint .` looks at all.")
    roots = folders.outermost(each.folder for each in claimed)
    return tuple(map(os.path.relpath, roots))


def _from(folder: str, name: str) -> str:
    """A path of the configuration, as seen from here."""
    return name if os.path.isabs(name) else os.path.relpath(os.path.join(folder, name))


def _discover(options: Shared, config: Config, names: Iterable[str]) -> Searched:
    found = files.look(
        [name for name in names if name != files.STDIN],
        exclude=options.exclude or config.exclude,
        exclude_root=os.curdir if options.exclude else config.folder,
        force_exclude=options.force_exclude,
    )
    for name, problem in found.problems.items():
        if os.path.lexists(name):
            continue  # it is there, and cannot be read: that costs it alone
        if name in _commands():
            hint = f" (the command `{name}` comes before its options: `idemlint {name} …`)"
        else:
            hint = nearest(name, _commands()) if name.isidentifier() else ""
        raise UsageProblem(problem + hint)
    return found


def _commands() -> list[str]:
    """The names of the commands, from the group that we were called by."""
    root = click.get_current_context().find_root()
    return root.command.list_commands(root) if isinstance(root.command, click.Group) else []


def _settings(
    options: Shared, rules: RuleOptions, start: Config, all_files: bool, config: Config
) -> Settings:
    """The settings that one configuration comes to. Files are named from where the run starts."""
    from idemlint.settings import Settings

    if all_files:
        config = config._replace(start_after=None)
    return Settings.of(
        config,
        root=start.folder,
        select=rules.select,
        extend_select=rules.extend_select,
        ignore=rules.ignore,
        per_file_ignores=[_pattern_and_rules(entry) for entry in rules.per_file_ignores],
        runner=options.runner,
        rerun=options.rerun,
        postgres_version=options.postgres_version,
        search_path=options.search_path,
        start_after=options.start_after,
        default_branch=options.default_branch,
        down=options.down,
    )


def _pattern_and_rules(entry: str) -> tuple[str, tuple[str, ...]]:
    pattern, _, selectors = entry.rpartition(":")
    if not pattern:
        raise UsageProblem(f"--per-file-ignores: `{entry}` is not PATTERN:CODE")
    return pattern, (selectors,)
