"""Where output goes: findings to stdout, messages about the run to stderr."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Final

from idemlint.errors import UsageProblem
from idemlint.report.run_report import no_command, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from idemlint.report.lines import Line

#: Characters that are encoded at once.
_PIECE: Final = 1_000_000


def is_terminal() -> bool:
    """Whether a person reads stdout."""
    return sys.stdout.isatty()


def coloured(color: str) -> bool:
    """Whether stdout gets colours: the option decides, NO_COLOR, FORCE_COLOR, the terminal."""
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal() and os.environ.get("TERM") != "dumb"


@contextmanager
def _until_nobody_reads() -> Iterator[None]:
    """`| head` has seen enough: the rest goes nowhere, and the exit code stays what it is. Where output
    cannot be written for another reason (a full disk), `UsageProblem`."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        _write_nowhere()
    except OSError as error:
        _write_nowhere()
        raise UsageProblem(
            f"standard output: cannot be written: {error.strerror or error}"
        ) from None


def _write_nowhere() -> None:
    """What is still waiting to be written must not fail again when Python ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def emit(text: str) -> None:
    """Text to stdout, as UTF-8 where it is a pipe or a file, whatever the locale says.

    No text has what would steer a terminal or hide in it; formats for machines have escapes of their own,
    so that nothing of theirs is changed here.
    """
    text = visible(text)
    if is_terminal():
        encoding = sys.stdout.encoding or "utf-8"
        with _until_nobody_reads():
            sys.stdout.write(text.encode(encoding, "replace").decode(encoding))
    else:
        with _until_nobody_reads():
            sys.stdout.flush()
            for at in range(0, len(text), _PIECE):  # a copy of all of it may not fit
                sys.stdout.buffer.write(text[at : at + _PIECE].encode("utf-8", "replace"))


def emit_bytes(data: bytes) -> None:
    """Bytes to stdout as they are, be they a patch or a repaired file; but a terminal is not steered."""
    if is_terminal():
        emit(data.decode("utf-8", "surrogateescape").replace("\r\n", "\n"))
        return
    with _until_nobody_reads():
        sys.stdout.flush()
        sys.stdout.buffer.write(data)


def emit_patch(patch: bytes, color: str) -> None:
    """A patch to stdout: byte for byte, or coloured for a person."""
    if coloured(color):
        emit_lines(_patch_lines(patch), color)
    else:
        emit_bytes(patch)


#: What a line of a patch begins with → its style. The longest beginnings come first.
_PATCH: Final = {"---": "path", "+++": "path", "@@": "place", "-": "removed", "+": "added"}


def _patch_lines(patch: bytes) -> Iterator[Line]:
    is_head = True
    for line in patch.decode("utf-8", "replace").removesuffix("\n").split("\n"):
        is_head = is_head and not line.startswith("@@")
        begins = (mark for mark in _PATCH if line.startswith(mark) and (is_head or len(mark) < 3))
        text = "".join(c if c.isprintable() or c == "\t" else "�" for c in line.rstrip("\r"))
        yield [(text, _PATCH.get(next(begins, ""), "text"))]


def emit_lines(lines: Iterable[Line], color: str) -> None:
    """Styled lines to stdout, coloured or plain."""
    from idemlint.report import full

    if not coloured(color):
        emit(full.plain(lines))
        return
    with _until_nobody_reads():
        full.print_rich(lines, console())


def emit_markdown(text: str) -> None:
    """A page, rendered for a terminal."""
    from rich.markdown import Markdown

    with _until_nobody_reads():
        console().print(Markdown(text))


def console() -> Any:
    """A rich console on stdout that colours, whatever rich itself thinks of it."""
    from rich.console import Console

    return Console(
        file=sys.stdout,
        force_terminal=True,
        color_system="auto" if is_terminal() else "standard",
        no_color=False,
        highlight=False,
        markup=False,
        emoji=False,
        legacy_windows=False if not is_terminal() else None,
    )


def width() -> int | None:
    """The terminal's width; `None` where there is no terminal."""
    if not is_terminal():
        return None
    from shutil import get_terminal_size

    return get_terminal_size((100, 24)).columns


def note(text: str) -> None:
    """A message about the run, to stderr; names of files in it may be as they are."""
    aside("\n".join(map(no_command, text.split("\n"))))


def aside(text: str) -> None:
    """A text to stderr, in whatever format, where stdout is taken."""
    with suppress(OSError):
        sys.stderr.write(visible(text).encode("utf-8", "replace").decode() + "\n")
        sys.stderr.flush()


def write_file(name: str, text: str) -> None:
    """The contents of an output file. Raises `UsageProblem` where it cannot be written."""
    from idemlint.apply import writing

    writing.put(name, text.encode("utf-8", "replace"))
