"""What a replay depends on besides the files."""

from __future__ import annotations

import os
from types import MappingProxyType
from typing import TYPE_CHECKING

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

    from idemlint.git.history import History
    from idemlint.modes import Mode
    from idemlint.sequence.running.strays import Text


class StartAfter(NamedTuple):
    """Up to where migrations count as applied: `value` is a path from `folder`, or what a migration is
    called (its version, its file or the folder that it has for itself).

    `within`: only for the sequences in that folder, a full path. `origin` says who set it.
    """

    value: str
    folder: str
    within: str | None = None
    origin: str = "start-after"

    @property
    def path(self) -> str:
        """The full path that the value is, if it is one."""
        return os.path.abspath(os.path.join(self.folder, self.value))  # noqa: PTH100, PTH118


class Terms(NamedTuple):
    """`start_after`: up to where all counts as applied. `down`: Down sections run, too. `history`: what git
    says of the files, where it was asked. `foresees`: of a body, what would fail behind its first failure is
    sought, too; no verdict depends on it. `before`: by file, another text that may have run, or have stopped,
    on databases where this one runs."""

    postgres_version: int = 14
    search_path: tuple[str, ...] = ("public",)
    rerun: Mode = "any"
    start_after: StartAfter | None = None
    down: bool = False
    history: History | None = None
    foresees: bool = False
    before: Mapping[str, Text] = MappingProxyType({})
