"""Which configuration counts for which files, as soon as there is more than one.

A sequence of migrations has one: the nearest above the folder that its runner is pointed at, or in it.
One further inside (in the folder that Prisma gives a single migration) is about no sequence. Where there is
none above, that of the working directory counts.
"""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING

from idemlint import config as configuration
from idemlint import runners
from idemlint.runners.clues import FolderClues
from idemlint.sequence.paths import root
from idemlint.sequence.texts import full
from idemlint.settings import Settings, folder_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from idemlint.config import Config
    from idemlint.git.history import History
    from idemlint.git.past import Past
    from idemlint.sequence.texts import Texts


class Configured:
    """Settings by file, in place of `Settings`. `start` is the configuration of the working directory,
    `settings_of` makes settings of one, and `runner` was named for all files, whatever they are."""

    def __init__(
        self,
        start: Config,
        settings_of: Callable[[Config], Settings],
        runner: str | None = None,
    ) -> None:
        self.start = start
        self._settings_of = settings_of
        self._runner = runner

    @classmethod
    def around(cls, paths: Iterable[str]) -> Configured:
        """The settings of what lies at some paths, each sequence's own. Files are named from the repository
        of the first path."""
        start = configuration.load(folder_of(paths), isolated=True)
        return cls(start, partial(Settings.of, root=start.folder))

    def with_history(self, history: History) -> Configured:
        """The same, where this is what git says of the files."""

        def settings_of(config: Config) -> Settings:
            return self._settings_of(config).with_history(history)

        return Configured(self.start, settings_of, self._runner)

    def with_past(self, past: Past) -> Configured:
        """The same, where this has run on the databases that are there."""

        def settings_of(config: Config) -> Settings:
            return self._settings_of(config).with_past(past)

        return Configured(self.start, settings_of, self._runner)

    def parts(self, names: Sequence[str], texts: Texts) -> list[tuple[Settings, Sequence[str]]]:
        """Which of the files have which settings. Configurations are looked for anew each time.

        Raises `UsageProblem` for one that is wrong, and for a file that cannot be read."""
        found = self.configs(names, texts)
        return [(self._settings_of(config), mine) for config, mine in found]

    def configs(self, names: Sequence[str], texts: Texts) -> list[tuple[Config, Sequence[str]]]:
        """Which of the files have which configuration. Raises what `parts` raises."""
        nearest = _Nearest(self.start, texts)
        folders = {os.path.dirname(name) for name in names}  # noqa: PTH120
        if all(nearest.is_start(folder) for folder in folders):
            return [(self.start, names)]
        # A runner that a configuration names does not say where that configuration counts.
        detect = runners.detection(FolderClues(texts.given))
        named = None if self._runner in {None, "auto"} else runners.get(str(self._runner))
        together: dict[str | None, tuple[Config, list[str]]] = {}
        for name in texts.readable(names)[0]:
            config = nearest(root(named or detect(name, texts.read(name)).profile, name))
            together.setdefault(config.file, (config, []))[1].append(name)
        return list(together.values())


class _Nearest:
    """The nearest configuration of a folder; each file is read once, and parsed where it counts."""

    def __init__(self, start: Config, texts: Texts) -> None:
        self._start = start
        self._file = None if start.file is None else full(start.file)
        self._texts = texts
        self._found: dict[str, list[str]] = {}
        self._configs: dict[str, Config] = {}

    def __call__(self, folder: str) -> Config:
        for file in self._files(full(folder)):
            config = self._configs.get(file)
            if config is None:
                data = self._texts.read(file)
                config = configuration.read(file, only_if_ours=True, data=data)
                self._configs[file] = config
            if config.file is not None:
                return self._start if file == self._file else config
        return self._start

    def is_start(self, folder: str) -> bool:
        """Whether it is that of the working directory beyond doubt."""
        return self._files(full(folder))[:1] in ([], [self._file])

    def _files(self, folder: str) -> list[str]:
        """The files that may configure a folder, nearest first."""
        new: list[str] = []
        while folder not in self._found:
            new.append(folder)
            above = os.path.dirname(folder)  # noqa: PTH120
            if above == folder or configuration.is_repository(folder):
                folder = ""
                break
            folder = above
        found = self._found.get(folder, [])
        for folder in reversed(new):
            paths = (os.path.join(folder, name) for name in configuration.NAMES)  # noqa: PTH118
            found = self._found[folder] = [path for path in paths if self._is_ours(path)] + found
        return found

    def _is_ours(self, path: str) -> bool:
        if path not in self._texts.given and not os.path.isfile(path):  # noqa: PTH113
            return False
        return not path.endswith(configuration.PYPROJECT) or b"idemlint" in self._texts.read(path)
