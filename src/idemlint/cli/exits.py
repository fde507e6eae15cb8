"""The exit code of every run is made here, and nowhere else.

0 nothing found, 1 something found, 2 wrong usage or configuration, an unreadable file or an error
of ours; Ctrl-C: see `interrupts`.
"""

from __future__ import annotations

import errno
import os
from enum import IntEnum
from io import StringIO
from typing import TYPE_CHECKING, Final

import click

from idemlint.cli import interrupts, terminal
from idemlint.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Sequence

    from idemlint.report.account import Account

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


def with_account(code: Code, account: Account, *, strict: bool = False) -> Code:
    """The code of a run that came to `code` on what it could look at: 2 where something stood in its way,
    and where it is `strict`, 1 where something was left out that may hide what ought to be found."""
    if account.is_broken:
        return Code.ERROR
    return Code.FOUND if code == Code.CLEAN and strict and account.holes() else code


def run(command: click.Command, arguments: Sequence[str]) -> int:
    """Run a command line, say what went wrong on stderr, and return the exit code."""
    try:
        code = command.main(list(arguments), prog_name="idemlint", standalone_mode=False)
    except click.Abort:
        return _say("interrupted", Code.INTERRUPTED)
    except click.ClickException as error:
        said = StringIO()  # it has words of the command line in it
        error.show(said)
        return _say(said.getvalue().rstrip("\n"), Code.ERROR)
    except UsageProblem as error:
        return _say(f"error: {error}", Code.ERROR)
    except OSError as error:
        if not is_no_room(error):
            return _internal_error(f"{type(error).__name__}: {error}", arguments)
        return without_room(error, Code.CLEAN)
    except RecursionError:
        return _internal_error("nested too deeply", arguments)
    except Exception as error:
        return _internal_error(f"{type(error).__name__}: {error}", arguments)
    return int(code or Code.CLEAN)


def is_no_room(error: OSError) -> bool:
    """Whether writing failed for want of room, which is no fault of ours."""
    return error.errno in _NO_ROOM


def without_room(error: OSError, code: int) -> int:
    """The code of a run whose output cannot be written; what came to an error has said so."""
    if code == Code.ERROR:
        return code
    return _say(f"error: standard output: cannot be written: {error.strerror}", Code.ERROR)


def _internal_error(what: str, arguments: Sequence[str]) -> int:
    _say(f"internal error: {what}", Code.ERROR)
    wanted = os.environ.get(DEBUG) or {"-v", "--verbose"} & set(arguments)
    if wanted:
        import traceback

        _say(traceback.format_exc(), Code.ERROR)
    _say(how_to_report(wants_trace=not wanted), Code.ERROR)
    return Code.ERROR


def how_to_report(*, wants_trace: bool) -> str:
    """What to do about an error of ours."""
    from idemlint import __version__
    from idemlint.report.run_report import PROJECT

    return (
        f"This is a bug in idemlint {__version__}, not in your migrations. Please report it at"
        f" {PROJECT}/issues with the statement that causes it"
        + (f" and the output of {DEBUG}=1." if wants_trace else ".")
    )


def _say(text: str, code: Code) -> int:
    terminal.note(text)
    return code
