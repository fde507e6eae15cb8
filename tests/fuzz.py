"""Try idemlint on migrations that nobody would write, and say what it must not do.

    python -m tests.fuzz [--seed N] [--first N] [--seconds S | --cases N] [--state F] [--keep FOLDER]

The folder of a number comes from `fuzz_inputs.py`: the same seed and number, the same files. Each is
checked in one output format after the other, fixed twice, and replayed. What must hold:

- no error of ours, no signal, and less than five seconds of processor time a command
- exit code 0 or 1
- offsets lie within the file; formats for machines parse; formats for people hold no control character
- a fix leaves no file that cannot be read where the one before could, and a second one finds nothing to do

What does not hold is printed once a kind, with the command that brings it back, made as small as it
goes on failing in the same way, and kept in a folder. `--state` remembers where to go on. Exit code 1:
something was found.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import re
import resource
import shutil
import signal
import sys
import tempfile
import time
import xml.etree.ElementTree as ElementTree
from collections import Counter
from collections.abc import Callable
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from unicodedata import category

sys.path.insert(0, str(Path(__file__).parent))

import fuzz_inputs
import in_process
from fuzz_inputs import Folder
from idemlint.report.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Seconds of processor time that a command may take, and seconds until nobody waits any longer.
SLOW: Final = 5.0
HUNG: Final = 120.0
#: Folders that one process looks at; then a new one begins with empty caches.
BATCH: Final = 250
#: Bytes of memory that a process may have.
MEMORY: Final = 3 << 30
#: How often, and how many seconds long, a failure is made smaller.
ATTEMPTS: Final = 400
PATIENCE: Final = 60.0

_UNREADABLE: Final = frozenset({"IDM001", "IDM002", "IDM003"})

#: Unicode's categories of what steers a terminal or hides, and those of them that stand where they should.
_STEERING: Final = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
_HARMLESS: Final = frozenset("\n\t\u200c\u200d")


class Broken(Exception):
    """What does not hold: its kind, which does not depend on the text, and more."""

    def __init__(self, kind: str, more: str = "") -> None:
        super().__init__(kind, more)
        self.kind = kind
        self.more = more


class TooSlow(BaseException):
    """No `Exception`: what idemlint catches is not the alarm."""


class Finding(NamedTuple):
    """A folder that something does not hold for."""

    number: int
    kind: str
    more: str
    folder: Folder


def examine(folder: Folder, turn: int) -> None:
    """All commands on one folder, in the working folder, which is empty. Raises `Broken`."""
    for name, data in folder.files.items():
        path = Path(os.fsdecode(name))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    form = list(FORMATS)[turn % len(FORMATS)]
    _check(folder, form)
    _check(folder, "json")
    _replay(folder)
    if turn % 3 == 0:
        _run(folder, "check", "--diff", ".")
    before = _unreadable(folder)
    how = ("--fix", "--unsafe-fixes", "--fix-applied") if turn % 2 else ("--fix", "--fix-applied")
    _run(folder, "check", *how, ".")
    once = _contents(folder)
    _run(folder, "check", *how, ".")
    if _contents(folder) != once:
        raise Broken("a second --fix changes something")
    if set(_files()) != set(folder.files):
        raise Broken("--fix leaves other files", repr(_files()))
    if once != folder.files and _unreadable(folder) - before:
        raise Broken("a fixed file cannot be read", repr(_unreadable(folder) - before))


def _check(folder: Folder, form: str) -> None:
    done = _run(folder, "check", "--output-format", form, ".")
    if form in ("full", "concise", "github", "markdown"):
        wrong = {c for c in done.out if category(c) in _STEERING} - _HARMLESS
        if wrong:
            raise Broken(f"{form} holds control characters", ascii("".join(sorted(wrong))))
        commands = [line for line in done.out.split("\n") if line.lstrip().startswith("::")]
        if (commands and form != "github") or "##[" in done.out:
            raise Broken(f"{form} gives the log of a workflow commands", ascii(commands))
    with _parsed(form):
        if form == "junit":
            ElementTree.fromstring(done.out)
        elif form in ("json", "gitlab", "sarif"):
            told = json.loads(done.out)
            if form == "json":
                for each in told:
                    places = [(each["location"]["offset"], each["end_location"]["offset"])]
                    places += [(e["start"], e["end"]) for e in (each["fix"] or {}).get("edits", ())]
                    _within(folder, each["filename"], places)


def _replay(folder: Folder) -> None:
    done = _run(folder, "replay", "--output-format", "json", ".")
    if done.code and _NOTHING not in done.err:
        raise Broken("replay does not exit 0")
    with _parsed("replay"):
        for file in json.loads(done.out)["files"]:
            places = [(each["start"], each["end"]) for each in file["statements"]]
            _within(folder, file["filename"], places)


@contextmanager
def _parsed(form: str) -> Iterator[None]:
    try:
        yield
    except (ValueError, KeyError, ElementTree.ParseError) as error:
        raise Broken(f"{form} cannot be read", str(error)) from None


def _within(folder: Folder, filename: str, places: Sequence[tuple[int, int]]) -> None:
    sizes = [len(data) for name, data in folder.files.items() if _shown(name) == filename]
    if not sizes:
        raise Broken("a file has another name in JSON", ascii(filename))
    for start, end in places:
        if not 0 <= start <= end <= max(sizes):
            raise Broken("an offset is not in the file", f"{start}–{end} of {max(sizes)}")


def _shown(name: bytes) -> str:
    return name.decode("utf-8", "backslashreplace")


def _unreadable(folder: Folder) -> Counter[str]:
    """The findings that say that a file, or a statement, cannot be read."""
    told = json.loads(_run(folder, "check", "--output-format", "json", ".").out)
    return Counter(each["code"] for each in told if each["code"] in _UNREADABLE)


def _contents(folder: Folder) -> dict[bytes, bytes]:
    return {name: Path(os.fsdecode(name)).read_bytes() for name in folder.files}


def _files() -> list[bytes]:
    return [os.fsencode(path) for path in Path().rglob("*") if not path.is_dir()]


#: What is said where a mutation has left nothing to check: that is no pass, and no failure of ours.
_NOTHING = "no migration to check in this folder"


def _run(folder: Folder, *arguments: str) -> in_process.Done:
    """A command that ends as it should."""
    command = (*arguments, *folder.options, "--isolated")
    with _alarm(" ".join(arguments)):
        done = in_process.idemlint(*command)
    is_nothing = done.code == 2 and _NOTHING in done.err
    if (done.code not in (0, 1) and not is_nothing) or "internal error" in done.err:
        raise Broken(f"{arguments[0]}: {_signature(done.err)}", done.err)
    return done


@contextmanager
def _alarm(what: str) -> Iterator[None]:
    def ring(*_: object) -> None:
        raise TooSlow

    signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, SLOW)
    try:
        yield
    except TooSlow:
        raise Broken(f"{what}: more than {SLOW:g} s") from None
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


def _signature(err: str) -> str:
    """What an error says of its kind: where it was raised, or its words without their numbers."""
    places = re.findall(r'File "[^"]*/(idemlint/[^"]+)", line (\d+)', err)
    errors = re.findall(r"internal error: (?:.*?:\d+(?: \(\w+\))?: )?(\w+)", err)
    if places and errors:
        return f"{errors[-1]} at {places[-1][0]}:{places[-1][1]}"
    return re.sub(r"`[^`]*`|\d+", "…", next(iter(err.strip().splitlines()), "no message"))[:120]


# --- Processes: what crashes or hangs takes none but itself along -----------------------------------------


Work = Callable[[Callable[[object], None]], None]


def in_a_child(work: Work) -> list[Any]:
    """All that `work` tells, from a process of its own; at its end how that ended, where it did badly."""
    return list(told_by_a_child(work))


def told_by_a_child(work: Work) -> Iterator[Any]:
    """The same, as it comes; to be read to its end."""
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            os.close(reader)
            _tell_all(work, writer)
        finally:
            os._exit(0)  # whatever happens, nothing of who called goes on here
    os.close(writer)
    with os.fdopen(reader, encoding="utf-8") as pipe:
        for line in pipe:
            yield json.loads(line)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        name = signal.Signals(os.WTERMSIG(status)).name
        yield ["died", "hangs" if name == "SIGALRM" else f"dies of {name}"]


def _tell_all(work: Work, writer: int) -> None:
    with os.fdopen(writer, "w", encoding="utf-8") as pipe:

        def tell(what: object) -> None:
            signal.alarm(int(HUNG))  # not handled: it ends the process, be it in C or not
            pipe.write(json.dumps(what) + "\n")
            pipe.flush()

        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.alarm(int(HUNG))
        with suppress(ValueError):
            highest = resource.getrlimit(resource.RLIMIT_AS)[1]
            resource.setrlimit(resource.RLIMIT_AS, (MEMORY, highest))
        try:
            work(tell)
        except Exception as error:
            tell(["error", f"{type(error).__name__}: {error}"])


def broken(folder: Folder, turn: int) -> tuple[str, str] | None:
    """What does not hold for a folder: its kind, and more."""
    here = Path.cwd()
    place = tempfile.mkdtemp(prefix="idemlint-fuzz-")
    os.chdir(place)
    try:
        examine(folder, turn)
    except Broken as problem:
        return problem.kind, problem.more
    except MemoryError:
        return "more memory than there may be", ""
    except Exception as error:
        return f"{type(error).__name__} outside of the command", str(error)
    finally:
        os.chdir(here)
        shutil.rmtree(place, ignore_errors=True)
    return None


def batch(seed: int, first: int, last: int, until: float) -> Iterator[tuple[int, str, str]]:
    """The numbers that were looked at, each with what does not hold, or with nothing."""

    def work(tell: Callable[[object], None]) -> None:
        for number in range(first, last):
            tell(["begin", number])
            found = broken(fuzz_inputs.folder(seed, number), number)
            tell(["end", number, *(found or ("", ""))])
            if time.monotonic() > until:
                return

    at = first
    for kind, *rest in told_by_a_child(work):
        if kind == "begin":
            at = rest[0]
        elif kind == "end":
            yield rest[0], rest[1], rest[2]
        else:
            yield at, rest[0], ""


# --- Smaller ----------------------------------------------------------------------------------------------


def smaller(finding: Finding) -> Folder:
    """The folder with as little in it as goes on failing in the same way."""
    ends = time.monotonic() + PATIENCE
    left = ATTEMPTS

    def still(folder: Folder) -> bool:
        nonlocal left
        left -= 1
        if left < 0 or time.monotonic() > ends:
            return False

        def work(tell: Callable[[object], None]) -> None:
            tell(["end", *(broken(folder, finding.number) or ("", ""))])

        return any(told[1] == finding.kind for told in in_a_child(work))

    folder = finding.folder
    for name in list(folder.files):
        fewer = {each: data for each, data in folder.files.items() if each != name}
        if fewer and still(folder._replace(files=fewer)):
            folder = folder._replace(files=fewer)
    if folder.options and still(folder._replace(options=())):
        folder = folder._replace(options=())
    for name in list(folder.files):
        for cutter in (rb"(?<=;)|(?<=\n)", rb"(?<=\W)", rb"(?s)(?<=.)"):
            beside = folder

            def holds(data: bytes, name: bytes = name, beside: Folder = beside) -> bool:
                return still(beside._replace(files={**beside.files, name: data}))

            data = _fewer(re.split(cutter, folder.files[name]), holds)
            folder = folder._replace(files={**folder.files, name: data})
    return folder


def _fewer(pieces: list[bytes], holds: Callable[[bytes], bool]) -> bytes:
    """Half of the pieces gone, a quarter, … one, as long as it holds."""
    size = max(len(pieces) // 2, 1)
    while True:
        at = 0
        while at < len(pieces) and len(pieces) > 1:
            fewer = pieces[:at] + pieces[at + size :]
            if holds(b"".join(fewer)):
                pieces = fewer
            else:
                at += size
        if size == 1:
            return b"".join(pieces)
        size = max(size // 2, 1)


# --- A run ------------------------------------------------------------------------------------------------


def fuzz(
    seed: int, first: int, cases: int | None, seconds: float, state: Path | None, keep: Path
) -> int:
    """Look at folder after folder; how many kinds of failure there were."""
    kinds: Counter[str] = Counter()
    begun = time.monotonic()
    until = begun + seconds
    at, last = first, None if cases is None else first + cases
    while time.monotonic() < until and (last is None or at < last):
        end = at + BATCH if last is None else min(at + BATCH, last)
        for number, kind, more in batch(seed, at, end, until):
            at = number + 1
            if kind:
                kinds[kind] += 1
                if kinds[kind] == 1:
                    _tell(seed, Finding(number, kind, more, fuzz_inputs.folder(seed, number)), keep)
        if state is not None:
            _remember(state, seed, at)
    took = time.monotonic() - begun
    print(
        f"fuzz: seed {seed}, {at - first:,} folders ({first:,} to {at - 1:,}) in {took:,.0f} s;"
        f" {len(kinds)} kinds of failure, {sum(kinds.values()):,} times",
        flush=True,
    )
    for kind, number in kinds.most_common():
        print(f"  {number:>5,}  {kind}")
    return len(kinds)


def _tell(seed: int, finding: Finding, keep: Path) -> None:
    print(f"FAILED {finding.number}: {finding.kind}\n  {finding.more.strip()[-1500:]}", flush=True)
    print(f"  again: python -m tests.fuzz --seed {seed} --first {finding.number} --cases 1")
    folder = smaller(finding)
    place = keep / f"{seed}-{finding.number}"
    for name, data in folder.files.items():
        path = place / os.fsdecode(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
        print(f"  {os.fsdecode(name)!a}: {data[:1000]!r}")
    print(f"  options: {' '.join(folder.options)}; kept in {str(place)!a}", flush=True)


def _remember(state: Path, seed: int, number: int) -> None:
    """Whole or not at all: this may end at any moment."""
    new = state.with_suffix(".new")
    new.write_text(json.dumps({"seed": seed, "next": number}))
    new.replace(state)


def main(arguments: Sequence[str] | None = None) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--first", type=int, help="the number to begin with")
    parser.add_argument("--cases", type=int, help="how many folders, at most")
    parser.add_argument("--seconds", type=float, default=float("inf"))
    parser.add_argument("--state", type=Path, help="where the next number stands, and is written")
    parser.add_argument("--keep", type=Path, default=Path(tempfile.gettempdir(), "idemlint-fuzz"))
    given = parser.parse_args(arguments)
    first = given.first
    if first is None and given.state is not None and given.state.exists():
        known = json.loads(given.state.read_text())
        first = known["next"] if known["seed"] == given.seed else 0
    os.environ["IDEMLINT_DEBUG"] = "1"  # errors of ours say where they come from
    gc.freeze()
    found = fuzz(given.seed, first or 0, given.cases, given.seconds, given.state, given.keep)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
