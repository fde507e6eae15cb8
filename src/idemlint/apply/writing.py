"""Writing a file whole or not at all."""

from __future__ import annotations

import os
import signal
import stat
import tempfile
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from idemlint.errors import UsageProblem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from types import FrameType


def replace(path: Path, before: bytes, after: bytes) -> None:
    """Make the file's bytes `after` where they are still `before`; its mode and owner stay.

    A symbolic link stays one: the file that it leads to is written. Whatever happens, the file has
    either its old or its new bytes, and nothing else is left in the folder. Raises `UsageProblem`
    with what to tell the user.
    """
    try:
        real = os.path.realpath(path, strict=True)
        _refuse_if_changed(path, real, before)
        with _uninterrupted():
            _replace(path, real, before, after)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageProblem(f"{path}: cannot be written: {reason}; it is as it was") from None


def _replace(path: Path, real: str, before: bytes, after: bytes) -> None:
    status = os.stat(real)  # noqa: PTH116
    if not os.access(real, os.W_OK):
        # Only the folder decides whether a file can be replaced; but who made it read-only meant it.
        raise PermissionError(13, "the file is read-only")
    folder, name = os.path.split(real)
    # The name does not end in .sql: nobody who looks for migrations meanwhile must find it.
    handle, temporary = tempfile.mkstemp(".tmp", f".{name}.idemlint-", folder)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(after)
            file.flush()
            _take_over(handle, status)
            os.fsync(handle)
        _refuse_if_changed(path, real, before)
        os.replace(temporary, real)  # noqa: PTH105
    except BaseException:
        with suppress(OSError):
            os.unlink(temporary)  # noqa: PTH108
        raise
    _sync_folder(folder)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Ctrl-C waits meanwhile: who handles it may end the process at once."""
    came = False

    def later(_signal: int, _frame: FrameType | None) -> None:
        nonlocal came
        came = True

    handler = signal.getsignal(signal.SIGINT)
    # What is not Python's cannot be put back; and signals come to no thread but the first.
    if handler is None or threading.current_thread() is not threading.main_thread():
        yield
        return
    signal.signal(signal.SIGINT, later)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, handler)
        if came:
            signal.raise_signal(signal.SIGINT)


def _refuse_if_changed(path: Path, real: str, before: bytes) -> None:
    with open(real, "rb") as file:  # noqa: PTH123
        if file.read() != before:
            raise UsageProblem(
                f"{path}: changed while idemlint was reading it; it was not written. Run it again"
            )


def _take_over(handle: int, status: os.stat_result) -> None:
    """Give the new file the mode of the old one, and its owner where we may."""
    if hasattr(os, "fchown"):
        with suppress(OSError):
            os.fchown(handle, status.st_uid, status.st_gid)
    if hasattr(os, "fchmod"):
        os.fchmod(handle, stat.S_IMODE(status.st_mode))


def _sync_folder(folder: str) -> None:
    """Make the new name last; a file system that cannot do that is none of our business."""
    with suppress(OSError, AttributeError):
        handle = os.open(folder or ".", os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
