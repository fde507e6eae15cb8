"""Where a script for psql runs another file: `\\i`, `\\ir`, and their long names.

Source: psql's manual, "Meta-Commands"; how the argument is read: src/fe_utils and src/bin/psql,
`psqlscanslash.l` (`OT_NORMAL`) and `command.c` (`exec_command_include`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple
from idemlint.source.mask import INCLUDES, blank_commands, command_at

if TYPE_CHECKING:
    from idemlint.source.statement import Mask

#: Commands whose files are sought from the folder of the script that they stand in.
_RELATIVE: Final = frozenset([b"ir", b"include_relative"])
_WORD: Final = re.compile(r"\s*((?:'(?:[^'\\]|\\.|'')*'|[^\s'])+)")
_QUOTED: Final = re.compile(r"(?<!:)'((?:[^'\\]|\\.|'')*)'")
#: What psql puts in: the value of a variable, the output of a command, the home of a user.
_FILLED_IN: Final = re.compile(r"`|:\w|:['\"{]|^~")
_ESCAPE: Final = re.compile(r"\\(.)")
_ESCAPES: Final = {"n": "\n", "t": "\t", "b": "\b", "r": "\r", "f": "\f"}


class PsqlInclude(NamedTuple):
    """A command that runs another file, `name` as it stands there; empty where only a run tells it, and then
    `why` says so. `is_relative`: it is sought from the script's folder, else from where psql was started."""

    name: str
    is_relative: bool
    why: str = ""


def includes_of(code: bytes) -> tuple[PsqlInclude, ...]:
    """Where a text, as it is in the file, runs other files, in order."""
    if b"\\i" not in code:
        return ()
    _, masks = blank_commands(code, 0, len(code))
    found = (_include(code, mask) for mask in masks)
    return tuple([each for each in found if each is not None])


def _include(code: bytes, mask: Mask) -> PsqlInclude | None:
    command, argument = command_at(code, mask)
    if command not in INCLUDES:
        return None
    text = argument.decode("utf-8", "replace")
    word = _WORD.match(text)
    is_relative = command in _RELATIVE
    if word is None:
        return PsqlInclude("", is_relative, "it names no file")
    if _FILLED_IN.search(_QUOTED.sub("", word[1])):
        return PsqlInclude("", is_relative, "only a run tells which file that is")
    name = _QUOTED.sub(_unquoted, word[1]).rstrip(";")
    return PsqlInclude(name, is_relative, "" if name else "it names no file")


def _unquoted(quoted: re.Match[str]) -> str:
    plain = quoted[1].replace("''", "'")
    return _ESCAPE.sub(lambda found: _ESCAPES.get(found[1], found[1]), plain)
