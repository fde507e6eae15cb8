"""The whole life of a worker: a request comes on standard input, and then groups, one after the other."""

from __future__ import annotations

import gc
import os
import pickle
import signal
import sys
from queue import SimpleQueue
from threading import Thread
from time import monotonic
from typing import TYPE_CHECKING, Final

from idemlint.workers import wire

if TYPE_CHECKING:
    from typing import IO

    from idemlint.workers.wire import Task

#: Seconds between two words on how far we are.
_PAUSE: Final = 0.1


def serve() -> None:
    """Answer until whoever asks is gone; never returns."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # who asks ends us
    gc.disable()  # as in `cli.main`
    asked = sys.stdin.buffer
    # Whatever else is printed must not stand among the answers.
    answered = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    try:
        request: wire.Request = pickle.load(asked)
        tasks: SimpleQueue[Task] = SimpleQueue()
        Thread(target=_listen, args=(asked, tasks), daemon=True).start()
        wire.send(answered, wire.DONE, 0)
        while True:
            _answer(answered, request, tasks.get())
    except (EOFError, OSError):
        os._exit(1)  # nobody reads it any more


def _listen(asked: IO[bytes], tasks: SimpleQueue[Task]) -> None:
    """Hand on the groups. When who asks is gone, so are we, in the midst of work or not."""
    try:
        while True:
            tasks.put(pickle.load(asked))
    finally:
        os._exit(1)


def _answer(answered: IO[bytes], request: wire.Request, task: Task) -> None:
    waiting, told = 0, monotonic()

    def done(files: int) -> None:
        nonlocal waiting, told
        waiting += files
        now = monotonic()
        if now - told > _PAUSE:
            wire.send(answered, wire.DONE, waiting)
            waiting, told = 0, now

    try:
        found = wire.answers(request, task, done)
    except Exception as error:
        wire.send(answered, wire.PROBLEM, wire.portable(error))
    else:
        wire.send(answered, wire.DONE, waiting)
        wire.send(answered, wire.ANSWERS, found)
