"""What an analysis depends on: the configuration file, what a command or an editor chose, and defaults."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from idemlint import config as configuration
from idemlint import runners
from idemlint.errors import UsageProblem, nearest
from idemlint.records import NamedTuple
from idemlint.rules import selectors
from idemlint.sequence.terms import StartAfter, Terms
from idemlint.sequence.texts import lies_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path
    from typing import TypedDict

    from pathspec import GitIgnoreSpec
    from typing_extensions import Unpack

    from idemlint.config import Config
    from idemlint.git.history import History
    from idemlint.git.past import Past
    from idemlint.modes import Mode
    from idemlint.sequence.texts import Texts

    class Chosen(TypedDict, total=False):
        """What is chosen besides the configuration file, and before it. `None` and what is left out leave
        the choice to the file, and then to the default. Rules are selectors: codes, names or prefixes."""

        select: Sequence[str] | None
        extend_select: Sequence[str]
        ignore: Sequence[str] | None
        per_file_ignores: Sequence[tuple[str, Sequence[str]]]
        runner: str | None
        rerun: Mode | None
        postgres_version: int | None
        search_path: tuple[str, ...] | None
        start_after: str | None
        default_branch: str | None
        down: bool


class Ignored(NamedTuple):
    """Rules that do not count in files: a pattern as in `.gitignore`, relative to `folder`."""

    pattern: str
    folder: str
    codes: frozenset[str]


class Settings(NamedTuple):
    """`rules` are the codes that are switched on, but in the files that `per_file_ignores` names. `root`:
    the folder from which files are named where a name must not depend on where we were started.
    `default_branch`: how git calls the one that all others go into, where that cannot be seen. `history` is
    what git says of the files: who wants it counted asks (`git.history.look_back`); so is `past` what it says
    of those that have run (`git.past.look_at`)."""

    rules: frozenset[str]
    root: str
    runner: str = "auto"
    rerun: Mode = "any"
    postgres_version: int = 14
    search_path: tuple[str, ...] = ("public",)
    start_after: tuple[StartAfter, ...] = ()
    default_branch: str | None = None
    down: bool = False
    per_file_ignores: tuple[Ignored, ...] = ()
    history: History | None = None
    past: Past | None = None

    @classmethod
    def load(
        cls,
        paths: Iterable[str | Path] = (),
        *,
        config: str | Path | None = None,
        isolated: bool = False,
        **chosen: Unpack[Chosen],
    ) -> Settings:
        """The settings that count for `paths`: those of `config`, else of the nearest configuration file
        from the first path up to its repository's root (`isolated`: of none).

        Raises `UsageProblem` for a configuration that is wrong, and for rules and runners that there are
        none of.
        """
        folder = folder_of(paths)
        explicit = None if config is None else os.fspath(config)
        return cls.of(configuration.load(folder, explicit=explicit, isolated=isolated), **chosen)

    @classmethod
    def of(cls, config: Config, root: str | None = None, **chosen: Unpack[Chosen]) -> Settings:
        """The settings that a configuration and choices come to; `root`: else the configuration's folder.

        Paths and patterns of the file are relative to it, those that were chosen to where we are."""
        known = selectors()
        where = "" if config.file is None else f"{configuration.shown(config.file)}: "
        for key, named in (
            ("select", config.select),
            ("extend-select", config.extend_select),
            ("ignore", config.ignore),
        ):
            known.codes(named or (), f"{where}{key}")
        for name, said in ((config.runner, where), (chosen.get("runner"), "")):
            if name is not None:
                require_runner(name, said)
        runner = chosen.get("runner") or config.runner
        given: dict[str, Any] = {
            "runner": runner,
            "rerun": chosen.get("rerun") or config.rerun,
            "postgres_version": chosen.get("postgres_version") or config.postgres_version,
            "search_path": chosen.get("search_path") or config.search_path,
            "default_branch": chosen.get("default_branch") or config.default_branch,
        }
        defaults = cls(
            rules=known.resolve(
                select=chosen.get("select") or config.select,
                extend_select=(*(config.extend_select or ()), *chosen.get("extend_select", ())),
                ignore=chosen.get("ignore") or config.ignore or (),
            ),
            root=config.folder if root is None else root,
            start_after=_start_after(config, chosen.get("start_after")),
            down=chosen.get("down", False),
            per_file_ignores=tuple(
                Ignored(pattern, os.path.abspath(folder), known.codes(codes, said))
                for said, folder, ignores in (
                    (f"{where}per-file-ignores", config.folder, config.per_file_ignores.items()),
                    ("--per-file-ignores", os.curdir, chosen.get("per_file_ignores", ())),
                )
                for pattern, codes in ignores
            ),
        )
        return defaults._replace(
            **{name: value for name, value in given.items() if value is not None}
        )

    def with_history(self, history: History) -> Settings:
        """The same, where this is what git says of the files."""
        return self._replace(history=history)

    def with_past(self, past: Past) -> Settings:
        """The same, where this has run on the databases that are there."""
        return self._replace(past=past)

    @property
    def terms(self) -> Terms:
        """What the replay depends on, wherever it is."""
        return Terms(
            self.postgres_version, self.search_path, self.rerun, None, self.down, self.history
        )

    def terms_in(self, folder: str) -> Terms:
        """What the replay of the sequence in a folder depends on."""
        return self.terms._replace(start_after=self.start_after_in(folder))

    def start_after_in(self, folder: str) -> StartAfter | None:
        """Up to where the sequence in a folder counts as applied: by the innermost folder that is named."""
        whole = os.path.abspath(folder)
        for each in self.start_after:
            if each.within is None or lies_in(whole, each.within):
                return each
        return None

    def parts(self, names: Sequence[str], texts: Texts) -> list[tuple[Settings, Sequence[str]]]:
        """Which of the files have which settings: all have these."""
        return [(self, names)]

    def rules_for(self, path: str | Path) -> frozenset[str]:
        """The codes that are switched on in a file."""
        if not self.per_file_ignores:
            return self.rules
        rules = self.rules
        for pattern, folder, codes in self.per_file_ignores:
            if _ignore_spec(pattern).match_file(_relative(path, folder)):
                rules -= codes
        return rules

    def stable_name(self, path: str | Path) -> str:
        """A file's name that does not depend on where we were started."""
        return _relative(path, self.root)


def folder_of(paths: Iterable[str | Path]) -> str:
    """The folder that the first path is, or stands in."""
    start = next((os.fspath(path) for path in paths), os.curdir)
    return start if os.path.isdir(start) else os.path.dirname(start)


def _relative(path: str | Path, folder: str) -> str:
    inside = os.path.join(os.path.abspath(folder), "")
    full = os.path.abspath(path)
    relative = full[len(inside) :] if full.startswith(inside) else os.path.relpath(full, folder)
    return relative.replace(os.sep, "/")


def _start_after(config: Config, chosen: str | None) -> tuple[StartAfter, ...]:
    """Up to where what counts as applied; the innermost folders first."""
    if chosen is not None:
        return (StartAfter(chosen, os.getcwd(), origin="--start-after"),)
    value, folder = config.start_after, os.path.abspath(config.folder)
    origin = "start-after"
    if config.file is not None:
        origin = f"{configuration.shown(config.file)}: start-after"
    if value is None:
        return ()
    if isinstance(value, str):
        return (StartAfter(value, folder, origin=origin),)
    found = [
        StartAfter(last, folder, os.path.abspath(os.path.join(folder, each)), origin)
        for each, last in value.items()
    ]
    for name, each in zip(value, found, strict=True):
        if not os.path.isdir(str(each.within)):
            raise UsageProblem(f"{origin}: there is no folder `{name}`")
    return tuple(sorted(found, key=lambda each: -len(each.within or "")))


def require_runner(name: str, where: str = "") -> None:
    """Raise `UsageProblem` for a runner that there is none of. `where` says who named it."""
    if name == "auto":
        return
    try:
        runners.get(name)
    except KeyError:
        names = runners.names()
        hint = nearest(name, names) or "; known are auto, " + ", ".join(names)
        raise UsageProblem(f"{where}unknown runner `{name}`{hint}") from None


@cache
def _ignore_spec(pattern: str) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines([pattern])
