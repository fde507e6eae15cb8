"""Files that somebody points at and that `start-after` hides."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.cli import terminal
from idemlint.sequence.texts import full, lies_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from idemlint.engine import Folder


def say_what_is_hidden(
    folder: Folder, named: Iterable[str], is_pointed_at: Callable[[str], bool]
) -> None:
    """Say which files that somebody points at count as applied, and which folders that were `named` hold
    nothing else."""
    checked = {full(name) for sequence in folder for name in sequence}
    hidden = {
        name: sequence.start_after.value
        for sequence in folder
        if sequence.start_after is not None
        for name in sequence.names
        if full(name) not in checked
    }
    for name, until in hidden.items():
        if is_pointed_at(name):
            _say(name, {until})
    for path in named:
        top = full(path)
        if not any(lies_in(name, top) for name in checked):
            inside = {value for name, value in hidden.items() if lies_in(full(name), top)}
            if inside:
                _say(path, inside)


def _say(path: str, until: Iterable[str]) -> None:
    values = ", ".join(f"`{value}`" for value in sorted(until))
    terminal.note(
        f"{path} is not checked: by start-after, all is applied up to {values}."
        " `--isolated` checks it."
    )
