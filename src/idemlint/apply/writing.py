"""Writing a file whole or not at all, whatever ends the process meanwhile."""

from __future__ import annotations

import errno
import os
import re
import signal
import stat
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from idemlint.errors import UsageProblem

#: Windows has other ones, and renames no open file.
_HAS_LOCKS: Final = os.name == "posix"
if _HAS_LOCKS:
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from types import FrameType

#: What a killed process leaves behind. It does not end in .sql, and is hidden: no runner reads it.
_TEMPORARY: Final = re.compile(r"\..+\.idemlint-\w+\.tmp")
#: What is here is somebody's already: `/dev/stdout` may be a file that the shell has open.
_OF_PROCESSES: Final = ("/dev/", "/proc/")
#: Where a new file cannot take the place of the old one: the folder takes none, the file is mounted.
_IN_PLACE: Final = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.EBUSY})


def replace(path: Path, before: bytes, after: bytes) -> None:
    """Make the file's bytes `after` where they are still `before`; its mode, owner and attributes stay.

    A symbolic link stays one: the file that it leads to is written. Whatever happens, the file has
    either its old or its new bytes. What has them already, since somebody else did the same, is left.
    Raises `UsageProblem` with what to tell the user.
    """
    try:
        real = os.path.realpath(path, strict=True)
        if _has_it(path, real, before, after):
            return
        status = os.stat(real)  # noqa: PTH116
        _refuse_what_would_be_lost(real, status)
        with _uninterrupted():
            _put(
                real,
                after,
                0o600,
                prepare=lambda handle: _take_over(real, handle, status),
                is_there=lambda: _has_it(path, real, before, after),
            )
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageProblem(f"{path}: cannot be written: {reason}; it is as it was") from None


def put(name: str, data: bytes) -> None:
    """Make a file of these bytes, whatever was there before.

    A regular file, or a new one, is written whole or not at all; into pipes and devices the bytes go as
    they come, and so they do where a file has other names too, or nothing may take its place. Raises
    `UsageProblem`.
    """
    try:
        try:
            status = os.stat(name)  # noqa: PTH116
        except FileNotFoundError:
            status = None
        if os.path.abspath(name).startswith(_OF_PROCESSES) or not _can_be_replaced(status):  # noqa: PTH100
            _write_through(name, data)
            return
        real = os.path.realpath(name)
        folder = os.path.dirname(real)  # noqa: PTH120
        if status is not None and not os.access(real, os.W_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))
        sweep([folder])

        def prepare(handle: int) -> None:
            if status is not None:
                _take_over(real, handle, status)

        try:
            with _uninterrupted():
                _put(real, data, 0o666, prepare=prepare, is_there=lambda: False)
        except OSError as error:
            if status is None or error.errno not in _IN_PLACE:
                raise
            _write_through(name, data)
    except OSError as error:
        raise UsageProblem(f"{name}: cannot be written: {error.strerror or error}") from None


def sweep(folders: Iterable[str]) -> None:
    """Take away what killed processes left in these folders; what a living one writes is locked, and
    stays. Where there are no locks (Windows) all stays."""
    if not _HAS_LOCKS:
        return
    for folder in folders:
        with suppress(OSError), os.scandir(folder or os.curdir) as entries:
            for entry in entries:
                if _TEMPORARY.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                    _remove_if_nobody_writes_it(entry.path)


def _remove_if_nobody_writes_it(path: str) -> None:
    with suppress(OSError):
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if _is_same(handle, path):
                os.unlink(path)  # noqa: PTH108
        finally:
            os.close(handle)


def _put(
    real: str,
    data: bytes,
    mode: int,
    *,
    prepare: Callable[[int], object],
    is_there: Callable[[], bool],
    nameless: bool = True,
) -> None:
    """Put a new file in the place of `real`. `prepare` is given its handle once it is written; `is_there`
    is the last look at the old one, and says whether nothing is left to do. `nameless`: it has no name
    while it is written, where that can be."""
    folder, name = os.path.split(real)
    handle, temporary = _new(folder, name, mode, nameless=nameless)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            prepare(handle)
            os.fsync(handle)
            if temporary is None:
                temporary = _named(handle, folder, name)
            if temporary is None:
                _put(real, data, mode, prepare=prepare, is_there=is_there, nameless=False)
                return
            if not _HAS_LOCKS:
                file.close()
            if is_there():
                os.unlink(temporary)  # noqa: PTH108
            else:
                os.replace(temporary, real)  # noqa: PTH105
    except BaseException:
        if temporary is not None:
            with suppress(OSError):
                os.unlink(temporary)  # noqa: PTH108
        raise
    _sync_folder(folder)


def _new(folder: str, name: str, mode: int, *, nameless: bool) -> tuple[int, str | None]:
    """The handle of a new, locked file, and its name where it has one from the beginning.

    Linux has files without one: who is killed while he writes them leaves nothing.
    """
    flag = getattr(os, "O_TMPFILE", 0)
    if nameless and flag:
        try:
            handle = os.open(folder, flag | os.O_RDWR, mode)
        except OSError as error:
            if error.errno not in {errno.EOPNOTSUPP, errno.EISDIR, errno.ENOENT, errno.EINVAL}:
                raise
        else:
            _lock(handle)
            return handle, None
    while True:
        temporary = _name(folder, name)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
        handle = os.open(temporary, flags, mode)
        _lock(handle)
        if not _HAS_LOCKS or _is_same(handle, temporary):
            return handle, temporary
        os.close(handle)  # somebody swept it away before it was locked


def _named(handle: int, folder: str, name: str) -> str | None:
    """Give a file its first name; it can take the place of another only under one. `None` where that
    cannot be: there is no /proc, or somebody forbids it."""
    temporary = _name(folder, name)
    try:
        # Without `src_dir_fd`, which counts for no absolute path, Python does not follow the link.
        os.link(f"/proc/self/fd/{handle}", temporary, src_dir_fd=handle, follow_symlinks=True)
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EIO}:
            raise
        return None
    return temporary


def _name(folder: str, name: str) -> str:
    """A name for a temporary file; a name has 255 bytes at most."""
    beginning = os.fsdecode(os.fsencode(name)[:200])
    return os.path.join(folder, f".{beginning}.idemlint-{os.urandom(8).hex()}.tmp")  # noqa: PTH118


def _lock(handle: int) -> None:
    """Say that somebody writes this file, as long as he lives; some file systems have no locks."""
    if _HAS_LOCKS:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)


def _is_same(handle: int, path: str) -> bool:
    """Whether a path leads to the file that is open."""
    try:
        return os.path.samestat(os.fstat(handle), os.lstat(path))
    except FileNotFoundError:
        return False


def _can_be_replaced(status: os.stat_result | None) -> bool:
    return status is None or (stat.S_ISREG(status.st_mode) and status.st_nlink == 1)


def _write_through(name: str, data: bytes) -> None:
    with open(name, "wb") as file:  # noqa: PTH123
        file.write(data)


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


def _has_it(path: Path, real: str, before: bytes, after: bytes) -> bool:
    """Whether the file's bytes are `after` already. Raises `UsageProblem` where they are not `before`
    any more either."""
    with open(real, "rb") as file:  # noqa: PTH123
        there = file.read()
    if there == before:
        return False
    if there == after:
        return True
    raise UsageProblem(
        f"{path}: changed while idemlint was reading it; it was not written. Run it again"
    )


def _refuse_what_would_be_lost(real: str, status: os.stat_result) -> None:
    if not os.access(real, os.W_OK):
        # Only the folder decides whether a file can be replaced; but who made it read-only meant it.
        raise PermissionError(errno.EACCES, "the file is read-only")
    if status.st_nlink > 1:
        raise PermissionError(
            errno.EPERM,
            f"it has {status.st_nlink} names (hard links), of which one alone would be written",
        )


def _take_over(real: str, handle: int, status: os.stat_result) -> None:
    """Give the new file the owner, mode and attributes of the old one. Raises `OSError` where it would be
    somebody else's."""
    if hasattr(os, "fchown"):
        with suppress(OSError):
            os.fchown(handle, status.st_uid, status.st_gid)
        new = os.fstat(handle)
        if (new.st_uid, new.st_gid) != (status.st_uid, status.st_gid):
            raise PermissionError(
                errno.EPERM, "it belongs to another user or group, and that could not be kept"
            )
    if hasattr(os, "fchmod"):
        os.fchmod(handle, stat.S_IMODE(status.st_mode))
    if hasattr(os, "listxattr"):  # access lists are among them
        with suppress(OSError):
            for attribute in os.listxattr(real):
                with suppress(OSError):
                    os.setxattr(handle, attribute, os.getxattr(real, attribute))


def _sync_folder(folder: str) -> None:
    """Make the new name last; a file system that cannot do that is none of our business."""
    with suppress(OSError, AttributeError):
        handle = os.open(folder or ".", os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
