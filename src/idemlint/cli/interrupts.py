"""Ctrl-C ends the process, at once and wherever it is."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from idemlint.cli.progress import ERASE

if TYPE_CHECKING:
    from types import FrameType

#: The exit code: 128 and the number of the signal, as a shell would say it.
CODE: Final = 130


def end_when_interrupted() -> None:
    """End from now on, where Ctrl-C is not to be ignored.

    Python would raise `KeyboardInterrupt` wherever we are: in a callback it is lost, and in what an
    extension imports while it is loaded, orjson 3.13 follows the null pointer. Nothing needs to be taken
    apart: other processes of ours end with us, and migrations are written whole (`apply.writing`).
    """
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:
        signal.signal(signal.SIGINT, _end)


def _end(_signal: int, _frame: FrameType | None) -> None:
    with suppress(OSError, ValueError, AttributeError):
        erase = ERASE if sys.stderr.isatty() else ""
        os.write(sys.stderr.fileno(), f"{erase}interrupted\n".encode())
    os._exit(CODE)
