"""Groups shared among processes: this one does its part, too, and hands out all answers in order.

A process of ours is started with nothing but Python: the program that we are in is not run again in it, as
`multiprocessing` would. For each there is a thread, which sends it a group and waits for the answers. Where
none can be started, this process does all.
"""

from __future__ import annotations

import pickle
import subprocess
import sys
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import TYPE_CHECKING, Any, Final

from idemlint.errors import UsageProblem
from idemlint.sequence.paths import holder
from idemlint.workers import wire

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import IO

    from idemlint.sequence.order import Group
    from idemlint.workers.wire import Request, Task

#: Our own path comes along: what is imported there is what is imported here.
_CODE: Final = """\
import sys
sys.path[:] = sys.argv[1:]
from idemlint.workers.worker import serve
serve()
"""
#: Seconds: on Windows nothing else ends a wait when the user does.
_PATIENCE: Final = 0.2


def answers(
    groups: Sequence[Group],
    sizes: Sequence[int],
    request: Request,
    number: int,
    step: Callable[[int], None],
) -> Iterator[Any]:
    """What is said of all files, by `number` processes, in the order of the groups. `step` is told how many
    files were done. Where a process ends in the midst of a group, or fails at it, nothing is said of its
    files but why."""
    board = _Board(groups, sizes)
    workers: list[_Worker] = []
    try:
        with suppress(OSError):  # no more processes to be had
            while len(workers) < number - 1:
                workers.append(_Worker(board, request))
        for place in range(len(groups)):
            while not board.has(place):
                mine = board.take()
                if mine is None:
                    step(board.files_done(wait=True))
                else:
                    _work(board, request, mine, step)
            try:
                found = board.answers(place)
            except Exception as error:
                found = wire.unanswered(request, board.tasks[place], error)
            yield from found
    finally:
        for worker in workers:
            worker.end()


def _work(board: _Board, request: Request, place: int, step: Callable[[int], None]) -> None:
    """Do a group in this process."""

    def done(files: int) -> None:
        step(files + board.files_done())

    try:
        board.put(place, wire.answers(request, board.tasks[place], done))
    except Exception as error:
        board.put(place, error)


class _Board:
    """The groups that nobody has taken, the largest first, so that all end together; and what came back."""

    def __init__(self, groups: Sequence[Group], sizes: Sequence[int]) -> None:
        self.tasks: list[Task] = list(map(wire.task_of, range(len(groups)), groups))
        self.names = [
            f"{holder(each.profile, each.own) or '.'} ({each.profile.name})" for each in groups
        ]
        self._open = sorted(range(len(groups)), key=lambda place: (sizes[place], -place))
        self._found: dict[int, Any] = {}
        self._files: SimpleQueue[int] = SimpleQueue()
        self._lock = Lock()

    def take(self) -> int | None:
        """The place of the next group to do; `None`: there are no more."""
        with self._lock:
            return self._open.pop() if self._open else None

    def put(self, place: int, found: Any) -> None:
        """The answers about a group, as they are or in a frame, or what stopped it."""
        self._found[place] = found
        self.report(0)

    def has(self, place: int) -> bool:
        """Whether a group is done."""
        return place in self._found

    def answers(self, place: int) -> list[Any]:
        """The answers about a group that is done; they leave the board. Raises what stopped it."""
        found = self._found.pop(place)
        if isinstance(found, bytes):
            found = pickle.loads(found)
        if isinstance(found, Exception):
            raise found
        answers: list[Any] = found
        return answers

    def report(self, files: int) -> None:
        """So many files were done, by another process."""
        self._files.put(files)

    def files_done(self, *, wait: bool = False) -> int:
        """How many files were done since this was last asked; `wait`: for a moment, until something is."""
        files = 0
        with suppress(Empty):
            if wait:
                files += self._files.get(timeout=_PATIENCE)
            while True:
                files += self._files.get_nowait()
        return files


class _Worker:
    """A process, and the thread that waits for it."""

    def __init__(self, board: _Board, request: Request) -> None:
        self._board = board
        self._request = request
        self._process = _start()
        self._thread = Thread(target=self._run, daemon=True)
        self._thread.start()

    def end(self) -> None:
        """End the process, whatever it does."""
        with suppress(OSError):
            self._process.kill()
        self._process.wait()
        self._thread.join()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # what is left in it cannot be sent
                _there(pipe).close()

    def _run(self) -> None:
        board, place = self._board, None
        asking, answering = _there(self._process.stdin), _there(self._process.stdout)
        try:
            pickle.dump(self._request, asking, pickle.HIGHEST_PROTOCOL)
            asking.flush()
            wire.receive(answering)  # it has started: what it takes now, it will do
            while (place := board.take()) is not None:
                pickle.dump(board.tasks[place], asking, pickle.HIGHEST_PROTOCOL)
                asking.flush()
                board.put(place, self._answers(answering))
        except (EOFError, OSError):
            if place is not None:
                board.put(place, self._died(board.names[place]))

    def _answers(self, answering: IO[bytes]) -> bytes | Exception:
        while True:
            kind, data = wire.receive(answering)
            if kind == wire.ANSWERS:
                return data
            if kind == wire.PROBLEM:
                error: Exception
                error, trace = pickle.loads(data)
                error.__cause__ = wire.InWorker(trace)
                return error
            self._board.report(pickle.loads(data))

    def _died(self, name: str) -> UsageProblem:
        code = self._process.wait()
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return UsageProblem(
            f"{name}: the process that was to judge these files ended without an answer ({how});"
            " with `--jobs 1` there is but one process"
        )


def _start() -> subprocess.Popen[bytes]:
    options = {
        "-I": sys.flags.isolated,
        "-E": sys.flags.ignore_environment,
        "-s": sys.flags.no_user_site,
        "-S": sys.flags.no_site,
        "-B": sys.flags.dont_write_bytecode,
    }
    command = [sys.executable, *(option for option, is_set in options.items() if is_set)]
    command += ["-X", f"utf8={sys.flags.utf8_mode}", "-c", _CODE, *map(str, sys.path)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    # Ctrl-C is for us, and we end the others.
    if sys.platform == "win32":
        return subprocess.Popen(command, creationflags=subprocess.CREATE_NO_WINDOW, **pipes)
    return subprocess.Popen(command, start_new_session=True, **pipes)


def _there(pipe: IO[bytes] | None) -> IO[bytes]:
    assert pipe is not None
    return pipe
