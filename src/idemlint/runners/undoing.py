"""How a runner rolls a migration back: facts of its profile."""

from __future__ import annotations

from typing import Literal

from idemlint.records import NamedTuple

WithoutDown = Literal["runs", "refuses", "skips", "never", "unknown"]
"""What becomes of a migration that nothing rolls back, when it is to be rolled back.

`runs`: only the journal forgets it, so that it runs once more over what it has done. `refuses`: the runner
stops. `skips`: it rolls back another one. `never`: it rolls nothing back, whatever there is.
"""


class Undoing(NamedTuple):
    """What rolls a migration back: its Down parts, or else a file that goes down and has its version.

    `without` says what becomes of a file that has neither. `folders`: the files of the one folder are rolled
    back by those of the same names in the other. `comments` is a pattern (lines of bytes): the beginning of a
    comment the rest of whose line rolls its part back, together with what of the line is no SQL; empty: it
    reads no such comments. `last_first`: of several Down parts of a file, the last one runs first.
    """

    without: WithoutDown = "never"
    folders: tuple[str, str] | None = None
    comments: str = ""
    last_first: bool = False
