"""What an analysis depends on: the configuration file, what a command or an editor chose, and defaults."""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from idemlint import config as configuration
from idemlint import runners
from idemlint.errors import UsageProblem, nearest
from idemlint.records import NamedTuple
from idemlint.rules import all_rules
from idemlint.selection import Selectors
from idemlint.sequence.terms import Terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path
    from typing import TypedDict

    from pathspec import GitIgnoreSpec
    from typing_extensions import Unpack

    from idemlint.config import Config
    from idemlint.git.history import History
    from idemlint.modes import Mode

    class Chosen(TypedDict, total=False):
        """What is chosen besides the configuration file, and before it. `None` and what is left out leave
        the choice to the file, and then to the default. Rules are selectors: codes, names or prefixes."""

        select: Sequence[str] | None
        extend_select: Sequence[str]
        ignore: Sequence[str] | None
        per_file_ignores: Mapping[str, Sequence[str]]
        runner: str | None
        rerun: Mode | None
        postgres_version: int | None
        search_path: tuple[str, ...] | None
        start_after: str | None
        default_branch: str | None
        down: bool


class Settings(NamedTuple):
    """`rules` are the codes that are switched on, but in the files that `per_file_ignores` names (patterns
    as in `.gitignore`, relative to `root`). `default_branch`: how git calls the one that all others go into,
    where that cannot be seen. `history` is what git says of the files: who wants it counted asks
    (`git.history.look_back`)."""

    rules: frozenset[str]
    root: str
    runner: str = "auto"
    rerun: Mode = "any"
    postgres_version: int = 14
    search_path: tuple[str, ...] = ("public",)
    start_after: str | None = None
    default_branch: str | None = None
    down: bool = False
    per_file_ignores: tuple[tuple[str, frozenset[str]], ...] = ()
    history: History | None = None

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
        start = next((os.fspath(path) for path in paths), os.curdir)
        folder = start if os.path.isdir(start) else os.path.dirname(start)
        explicit = None if config is None else os.fspath(config)
        return cls.of(configuration.load(folder, explicit=explicit, isolated=isolated), **chosen)

    @classmethod
    def of(cls, config: Config, **chosen: Unpack[Chosen]) -> Settings:
        """The settings that a configuration and choices come to."""
        known = selectors()
        runner = chosen.get("runner") or config.runner
        if runner is not None:
            require_runner(runner)
        ignores = {**config.per_file_ignores, **chosen.get("per_file_ignores", {})}
        given: dict[str, Any] = {
            "runner": runner,
            "rerun": chosen.get("rerun") or config.rerun,
            "postgres_version": chosen.get("postgres_version") or config.postgres_version,
            "search_path": chosen.get("search_path") or config.search_path,
            "start_after": chosen.get("start_after") or config.start_after,
            "default_branch": chosen.get("default_branch") or config.default_branch,
        }
        defaults = cls(
            rules=known.resolve(
                select=chosen.get("select") or config.select,
                extend_select=(*(config.extend_select or ()), *chosen.get("extend_select", ())),
                ignore=chosen.get("ignore") or config.ignore or (),
            ),
            root=config.folder,
            down=chosen.get("down", False),
            per_file_ignores=tuple(
                (pattern, known.codes(codes, "per-file-ignores"))
                for pattern, codes in ignores.items()
            ),
        )
        return defaults._replace(
            **{name: value for name, value in given.items() if value is not None}
        )

    @property
    def terms(self) -> Terms:
        """What the replay depends on."""
        return Terms(
            self.postgres_version,
            self.search_path,
            self.rerun,
            self.start_after,
            self.down,
            self.history,
        )

    def rules_for(self, path: str | Path) -> frozenset[str]:
        """The codes that are switched on in a file."""
        if not self.per_file_ignores:
            return self.rules
        relative = self.stable_name(path)
        rules = self.rules
        for pattern, codes in self.per_file_ignores:
            if _ignore_spec(pattern).match_file(relative):
                rules -= codes
        return rules

    def stable_name(self, path: str | Path) -> str:
        """A file's name that does not depend on where we were started."""
        inside = os.path.join(os.path.abspath(self.root), "")
        full = os.path.abspath(path)
        relative = (
            full[len(inside) :] if full.startswith(inside) else os.path.relpath(full, self.root)
        )
        return relative.replace(os.sep, "/")


def selectors() -> Selectors:
    """What `select` and its like may name."""
    rules = all_rules()
    return Selectors(
        {code: rule.name for code, rule in rules.items()},
        (code for code, rule in rules.items() if rule.default),
    )


def require_runner(name: str) -> None:
    """Raise `UsageProblem` for a runner that there is none of."""
    if name == "auto":
        return
    try:
        runners.get(name)
    except KeyError:
        names = runners.names()
        hint = nearest(name, names) or "; known are auto, " + ", ".join(names)
        raise UsageProblem(f"unknown runner `{name}`{hint}") from None


@cache
def _ignore_spec(pattern: str) -> GitIgnoreSpec:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines([pattern])
