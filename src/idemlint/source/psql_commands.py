"""What psql's own commands do to a database: most of them nothing.

Source: psql's manual, "Meta-Commands"; how the argument of `\\i` is read: src/fe_utils and src/bin/psql,
`psqlscanslash.l` (`OT_NORMAL`) and `command.c` (`exec_command_include`); what `\\copy` sends: `copy.c`
(`parse_slash_copy`, `do_copy`).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from typing import TYPE_CHECKING, Final

from idemlint.records import NamedTuple
from idemlint.source.mask import blank_commands, command_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from idemlint.source.statement import Mask, ParsedFile, ProblemKind, Span, Statement

#: Commands that run another file.
INCLUDES: Final = frozenset([b"i", b"ir", b"include", b"include_relative"])
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


class Deed(NamedTuple):
    """What a command does: SQL of its own (`sql`, as long as the command), or why nobody can tell."""

    kind: ProblemKind
    reason: str
    sql: bytes = b""


_INCLUDED: Final = "`{}` runs another file here, which is not followed"
_ELSEWHERE: Final = "`{}` goes on in another database: what is behind it happens there"
_PROGRAM: Final = "`{}` runs a program, which may do anything"
_LARGE: Final = "`{}` makes a large object, or takes one away: idemlint knows none"
_COPIES: Final = "`{}` is not read as COPY"
_REASONS: Final = {
    **dict.fromkeys(INCLUDES, _INCLUDED),
    **dict.fromkeys((b"c", b"connect"), _ELSEWHERE),
    **dict.fromkeys((b"lo_import", b"lo_unlink"), _LARGE),
    b"copy": _COPIES,
    b"!": _PROGRAM,
}
#: All of psql 18; a backslash before another word is a mistake of another kind.
_COMMANDS: Final = frozenset(
    b"a bind bind_named c C cd close_prepared connect conninfo copy copyright crosstabview d echo "
    b"edit ef elif else encoding endif endpipeline errverbose ev f flush flushrequest g gdesc getenv "
    b"getresults gexec gset gx H h help html i if include include_relative ir l list lo_export "
    b"lo_import lo_list lo_unlink o out p parse password print prompt pset q qecho quit r reset "
    b"restrict s sendpipeline set setenv sf startpipeline sv syncpipeline t T timing unrestrict unset "
    b"w warn watch write x z !".split()
)
#: The database is the first argument of `\\connect`, and `-` is the one we are in.
_STAYS: Final = re.compile(rb"\s*(?:-(?:\s|\Z)|\Z)")
_PSTDIN: Final = re.compile(rb"(?i)\bpstdin\b")


def deed(code: bytes, mask: Mask) -> Deed | None:
    """What the command that a mask is does to a database; `code` is the text before it was blanked."""
    command, argument = command_at(code, mask)
    reason = _REASONS.get(command)
    if reason is None or (reason is _ELSEWHERE and _STAYS.match(argument)):
        return None
    text = code[mask.span.start : mask.span.end].decode("utf-8", "replace").strip()
    kind: ProblemKind = "included" if command in INCLUDES else "client-command"
    sql = b""
    if command == b"copy":
        sql = b" COPY" + _PSTDIN.sub(b" stdin", argument).rstrip(b" \t;")
    return Deed(kind, reason.format(text), sql)


def commands_in(parsed: ParsedFile) -> Iterator[Span]:
    """Where commands of psql stand in a file."""
    data = parsed.source.data
    for mask in parsed.masks:
        name, _ = command_at(data, mask)
        if name in _COMMANDS or (name[:1] == b"d" and name.isalnum()):
            yield mask.span


def is_executed(parsed: ParsedFile, statement: Statement) -> bool:
    """Whether `\\gexec` stands behind a query, so that its results are run."""
    at = bisect_left(parsed.masks, statement.end, key=lambda mask: mask.span.start)
    if at == len(parsed.masks):
        return False
    mask, data = parsed.masks[at], parsed.source.data
    return (
        command_at(data, mask)[0] == b"gexec" and not data[statement.end : mask.span.start].strip()
    )


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
