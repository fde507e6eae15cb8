"""How far we are, on stderr where that is a terminal and it takes long: a bar, and then the file too."""

from __future__ import annotations

import sys
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from idemlint.report.run_report import shown_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

#: Takes away what stands in the line.
ERASE: Final = "\r\x1b[2K"
#: Seconds after which there is a bar, and after which a file that takes so long is named.
BAR: Final = 1.0
NAMED: Final = 2.0
_PAUSE: Final = 0.1
_WIDTH: Final = 30


class Watch:
    """What there is to show, and when: of `total` files so many are done, and one is `at` work."""

    def __init__(self, total: int, at: Callable[[], str], now: float) -> None:
        self._total = total
        self._at = at
        self._done = 0
        self._begun = self._since = now
        self._name = ""

    def add(self, files: int) -> None:
        """So many more are done."""
        self._done += files

    def line(self, now: float) -> str:
        """What is to be shown now, in seconds of any clock; empty as long as nothing takes long."""
        name = self._at()
        if name != self._name:
            self._name, self._since = name, now
        parts = []
        if now - self._begun > BAR and self._total > 1:
            filled = min(self._done * _WIDTH // self._total, _WIDTH)
            bar = "━" * filled + " " * (_WIDTH - filled)
            parts.append(f"{bar} {self._done:,}/{self._total:,} files")
        if name and now - self._since > NAMED:
            parts.append(shown_name(name))
        return " ".join(parts)


@contextmanager
def progress(total: int, at: Callable[[], str], *, quiet: bool) -> Iterator[Callable[[int], None]]:
    """What to tell how many more of `total` files are done. `at` gives the file that is being judged, as
    far as that is known."""
    if quiet or not total or not sys.stderr.isatty():
        yield lambda files: None
        return
    from threading import Event, Thread
    from time import monotonic

    watch = Watch(total, at, monotonic())
    over, shown = Event(), Event()

    def look() -> None:
        while not over.wait(_PAUSE):
            text = watch.line(monotonic())
            if text:
                shown.set()
                _write(f"{ERASE}{_fitting(text)}")

    # The file that takes long tells nothing meanwhile: somebody else has to look.
    thread = Thread(target=look, daemon=True)
    thread.start()
    try:
        yield watch.add
    finally:
        over.set()
        thread.join()
        if shown.is_set():
            _write(ERASE)


def _fitting(text: str) -> str:
    """A line that goes over the end of another could not be erased."""
    from shutil import get_terminal_size

    most = get_terminal_size((100, 24)).columns - 1
    return text if len(text) <= most else text[: max(most - 1, 1)] + "…"


def _write(text: str) -> None:
    with suppress(OSError):
        sys.stderr.write(text.encode("utf-8", "replace").decode())
        sys.stderr.flush()
