"""What goes to a worker and back: plain data, and a profile by its name."""

from __future__ import annotations

import pickle
import struct
from traceback import format_exception
from typing import TYPE_CHECKING, Any, Final

from idemlint import engine, runners
from idemlint.records import NamedTuple
from idemlint.sequence.order import Group

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import IO

    from idemlint.analysis.file_report import FileReport, FileTally
    from idemlint.runners.majority import Evidence
    from idemlint.runners.unread import NotRun
    from idemlint.sequence.running.runs import Followed
    from idemlint.settings import Settings

#: What a frame is: so many files are done; the answers about a group; what stopped it.
DONE: Final = b"d"
ANSWERS: Final = b"a"
PROBLEM: Final = b"p"
_HEAD: Final = struct.Struct("<cQ")


class Request(NamedTuple):
    """What is asked about every group. `settings` are those of each, by its place; `texts` were given to us
    instead of what is on disk; `only`: the files to answer about, all where it is `None`; `whole`: with the
    statements, and `effects` with what they are taken to do; else only what is counted of them, and
    `excerpts` with the lines of findings."""

    settings: tuple[Settings, ...]
    texts: dict[str, bytes]
    only: frozenset[str] | None
    whole: bool
    effects: bool
    excerpts: bool


class Task(NamedTuple):
    """A group and its place among all, its profile by name."""

    place: int
    runner: str
    root: str
    names: tuple[str, ...]
    asked: frozenset[str]
    outside: dict[str, NotRun]
    evidence: Evidence
    followed: Followed
    dumps: tuple[str, ...]


class InWorker(Exception):
    """The cause of an error: where it came from in the other process, as text."""

    def __str__(self) -> str:
        return f"\n{self.args[0]}"


def task_of(place: int, group: Group) -> Task:
    """A group as it is sent."""
    return Task(place, group.profile.name, *group[1:])


def answers(
    request: Request, task: Task, done: Callable[[int], None]
) -> list[FileReport] | list[FileTally]:
    """What is said of a group's files, in their order; `done` is told of each."""
    group = Group(runners.get(task.runner), *task[2:])
    folder = engine.part(group, request.settings[task.place], request.texts)
    found: list[Any] = []
    for each in (
        folder.reports(request.only, effects=request.effects)
        if request.whole
        else folder.tallies(request.only, excerpts=request.excerpts)
    ):
        found.append(each)
        done(1)
    return found


def unanswered(request: Request, task: Task, error: Exception) -> list[Any]:
    """What is said of a group's files where an error came instead of answers."""
    from idemlint.analysis.file_report import FileReport, FileTally
    from idemlint.analysis.unanswered import unanswered

    shape: type[Any] = FileReport if request.whole else FileTally
    return [
        unanswered(shape, name, error, task.runner)
        for name in (*task.names, *task.outside)
        if name in {*task.asked, *task.outside} and (request.only is None or name in request.only)
    ]


def send(stream: IO[bytes], kind: bytes, value: object) -> None:
    """A frame."""
    data = pickle.dumps(value, pickle.HIGHEST_PROTOCOL)
    stream.write(_HEAD.pack(kind, len(data)))
    stream.write(data)
    stream.flush()


def receive(stream: IO[bytes]) -> tuple[bytes, bytes]:
    """The next frame, still pickled. Raises `EOFError` where the other side is gone."""
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise EOFError
    kind, size = _HEAD.unpack(head)
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return kind, data


def portable(error: Exception) -> tuple[Exception, str]:
    """An error and where it came from, so that both can be sent."""
    trace = "".join(format_exception(error))
    try:
        known: Exception = pickle.loads(pickle.dumps(error))
    except Exception:  # whatever its class makes of it
        known = RuntimeError(f"{type(error).__name__}: {error}")
    return known, trace
