"""The exit code of every run is made here, and nowhere else.

0 nothing found, 1 something found, 2 wrong usage or configuration, an unreadable file or an error
of ours; Ctrl-C: see `interrupts`.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from enum import IntEnum
from typing import TYPE_CHECKING, Final

import click

from idemlint.cli import interrupts
from idemlint.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Set it to see where an internal error comes from.
DEBUG: Final = "IDEMLINT_DEBUG"


#: What writing fails with where it is not us. What click prints itself (`--help`) is not written by
#: `terminal`.
_NO_ROOM: Final = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class Code(IntEnum):
    """The codes that the README promises."""

    CLEAN = 0
    FOUND = 1
    ERROR = 2
    INTERRUPTED = interrupts.CODE


def for_findings(
    found: bool,
    *,
    fixed: bool = False,
    would_change: bool = False,
    exit_zero: bool = False,
    non_zero_on_fix: bool = False,
) -> Code:
    """The code of a check that went through."""
    if would_change or (fixed and non_zero_on_fix):
        found = True
    return Code.FOUND if found and not exit_zero else Code.CLEAN


def run(command: click.Command, arguments: Sequence[str]) -> int:
    """Run a command line, say what went wrong on stderr, and return the exit code."""
    try:
        code = command.main(list(arguments), prog_name="idemlint", standalone_mode=False)
    except click.Abort:
        return _say("interrupted", Code.INTERRUPTED)
    except click.ClickException as error:
        error.show()
        return Code.ERROR
    except UsageProblem as error:
        return _say(f"error: {error}", Code.ERROR)
    except OSError as error:
        if error.errno not in _NO_ROOM:
            return _internal_error(f"{type(error).__name__}: {error}", arguments)
        return _say(f"error: standard output: cannot be written: {error.strerror}", Code.ERROR)
    except RecursionError:
        return _internal_error("nested too deeply", arguments)
    except Exception as error:
        return _internal_error(f"{type(error).__name__}: {error}", arguments)
    return int(code or Code.CLEAN)


def _internal_error(what: str, arguments: Sequence[str]) -> int:
    from idemlint import __version__

    _say(f"internal error: {what}", Code.ERROR)
    wanted = os.environ.get(DEBUG) or {"-v", "--verbose"} & set(arguments)
    if wanted:
        import traceback

        traceback.print_exc()
    _say(
        f"This is a bug in idemlint {__version__}, not in your migrations. Please report it with"
        " the statement that causes it" + ("." if wanted else f" and the output of {DEBUG}=1."),
        Code.ERROR,
    )
    return Code.ERROR


def _say(text: str, code: Code) -> int:
    with suppress(OSError):
        click.echo(text.encode("utf-8", "replace").decode(), err=True)
    return code
