"""What a replay depends on besides the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.records import NamedTuple

if TYPE_CHECKING:
    from idemlint.git.history import History
    from idemlint.modes import Mode


class Terms(NamedTuple):
    """`start_after`: the file, folder or version up to which all counts as applied. `down`: Down sections
    run, too. `history`: what git says of the files, where it was asked."""

    postgres_version: int = 14
    search_path: tuple[str, ...] = ("public",)
    rerun: Mode = "any"
    start_after: str | None = None
    down: bool = False
    history: History | None = None
