"""Break folders that run clean, and compare what idemlint and a server say of them from empty.

    python -m tests.postgres.mutants FOLDER... [--major 15] [--each 10] [--seed 1] [--json OUT]

A folder is copied with what stands around it, and runs once as it is; one with more than
`--most-failures` failures is passed over. Then each mutant (`mutations`) is written into the copy,
asked about with `idemlint replay`, and run on the server. Printed are recall by kind of mutation and
SQLSTATE, false claims by the number of statements, and every disagreement.

What makes it quick: changes that are about different things share a mutant (`--together`); the first
files, which are the same in a mutant, have run in a database that is cloned, and the mutants go
through the folder in the order of their first changed file; idemlint works on the next mutant while
the server runs one.
Where a folder makes roles, which clones share, each mutant runs whole.
"""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from . import measurements
from .command_line import NoVerdicts, parser_of, server_of
from .comparison import shortened
from .first_answers import answers_of_file
from .first_comparison import DISAGREEMENTS, FirstReport, table, tally
from .first_run import by_runner, compared, failures, replayed
from .mutable import Folder, changed
from .mutations import mutants, together

if TYPE_CHECKING:
    import argparse
    from collections import Counter
    from collections.abc import Iterator, Mapping, Sequence

    from .comparison import Migration, Verdict
    from .first_answers import Answer
    from .first_comparison import FirstRun
    from .mutations import Mutant
    from .server import Database, Server

Answers = list[list["Answer | None"]]

MOST_FAILURES = 5
#: How many folders above a folder may hold what its runner is known by; files larger are no settings.
AROUND = 3
LARGEST_SETTINGS = 1 << 18
MAKES_ROLES = re.compile(r"\bcreate\s+(?:role|user|group|database|tablespace)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Asked:
    """A mutant, and what idemlint says of it; `why` it is of no use, else empty."""

    mutant: Mutant
    migrations: list[Migration]
    why: str = ""


class Copy:
    """A folder's copy to be changed, with the settings around it, and what idemlint says of it."""

    def __init__(self, folder: Path, place: Path, command: str, runner: str | None) -> None:
        self.command, self.runner = command, runner
        folder = folder.resolve()
        above = list(folder.parents)[:AROUND]
        above = [one for one in above if len(one.parts) > 2]
        top = above[-1] if above else folder.parent
        self.folder = place / folder.relative_to(top)
        shutil.copytree(folder, self.folder)
        for one in above:
            for file in one.iterdir():
                if file.is_file() and file.stat().st_size < LARGEST_SETTINGS:
                    shutil.copy(file, place / one.relative_to(top) / file.name)

    def replayed(self) -> list[Migration]:
        """Return what idemlint says of the copy as it is now, of the runner with most statements."""
        parts = by_runner(replayed(self.command, self.folder, self.runner))
        part = max(parts, key=lambda files: sum(len(one.verdicts) for one in files))
        return [
            replace(
                one,
                filename=self._within(one.filename),
                verdicts=tuple(self._verdict(each) for each in one.verdicts),
            )
            for one in part
        ]

    def _verdict(self, verdict: Verdict) -> Verdict:
        if (first := verdict.first) is None:
            return verdict
        because, follows = self._within(first.because), self._within(first.follows)
        return replace(verdict, first=replace(first, because=because, follows=follows))

    def _within(self, place: str) -> str:
        """Return a file's name, or a place in it, within the folder."""
        return place.removeprefix(f"{self.folder}/")

    def asked(self, base: Sequence[Migration], mutant: Mutant) -> Asked:
        """Write a mutant, ask idemlint, and put the files back."""
        paths = {name: self.folder / name for name in mutant.filenames}
        before = {name: path.read_bytes() for name, path in paths.items()}
        try:
            for name, path in paths.items():
                mine = [edit for edit in mutant.edits if edit.filename == name]
                path.write_bytes(changed(before[name], mine))
            migrations = self.replayed()
        except NoVerdicts as error:
            return Asked(mutant, [], str(error))
        finally:
            for name, path in paths.items():
                path.write_bytes(before[name])
        return Asked(mutant, migrations, _useless(base, mutant, migrations))


def _useless(base: Sequence[Migration], mutant: Mutant, migrations: Sequence[Migration]) -> str:
    """Tell why a mutant is not what it should be: the runner sees other files or statements."""
    if [one.filename for one in base] != [one.filename for one in migrations]:
        return "other files, or another order"
    if {one.runner for one in base} != {one.runner for one in migrations}:
        return "another runner"
    number, wanted = (sum(len(one.verdicts) for one in each) for each in (migrations, base))
    if number != wanted + mutant.more:
        return f"{number} statements where {wanted + mutant.more} should be"
    return ""


class Restarts:
    """Databases in which the first files of a folder have run.

    Ask in the order of the files: the database that is cloned only goes on.
    """

    def __init__(self, server: Server, base: Sequence[Migration]) -> None:
        self.server = server
        self.base = base
        texts = (verdict.text for one in base for verdict in one.verdicts)
        self.whole = any(MAKES_ROLES.search(text) for text in texts)
        self.answers: Answers = []

    def run(self, database: Database, migrations: Sequence[Migration], first: int) -> Answers:
        """Run the files of a mutant whose first changed file has an index; give all answers."""
        if self.whole:
            with self.server.fresh_database() as fresh:
                return [answers_of_file(fresh, one.verdicts) for one in migrations]
        for one in self.base[len(self.answers) : first]:
            self.answers.append(answers_of_file(database, one.verdicts))
        with database.copy() as clone:
            rest = [answers_of_file(clone, one.verdicts) for one in migrations[first:]]
        return [*self.answers[:first], *rest]


@dataclass(slots=True)
class Measured:
    """What came of a folder: the folder as it is, and its mutants."""

    folder: str
    base: FirstReport
    mutants: FirstReport
    number: int = 0
    skipped: bool = False

    def as_json(self) -> dict[str, object]:
        """Return what is kept of it."""
        return {
            "folder": self.folder,
            "skipped": self.skipped,
            "mutants": self.number,
            "base": self.base.counts(),
            "counts": self.mutants.counts(),
            "statements": self.mutants.as_json(),
            "notes": self.mutants.notes,
        }


def measure(server: Server, folder: Path, options: argparse.Namespace) -> Measured:
    """Run a folder as it is, make its mutants, and compare idemlint and the server on each."""
    measured = Measured(str(folder), FirstReport(), FirstReport())
    with tempfile.TemporaryDirectory(prefix="mutants-") as place:
        copy = Copy(folder, Path(place), options.idemlint, options.runner)
        base = copy.replayed()
        with server.fresh_database() as database:
            given = [answers_of_file(database, one.verdicts) for one in base]
        measured.base.runs = compared(base, given)
        if len(failures(measured.base.runs)) > options.most_failures:
            measured.skipped = True
            return measured
        contents = {one.filename: (copy.folder / one.filename).read_bytes() for one in base}
        order = {one.filename: index for index, one in enumerate(base)}
        places = mutants(Folder(base, contents), options.each, options.seed)
        places = [one for one in places if options.kind in (None, one.kind)]
        found = together(places, options.together)
        found.sort(key=lambda one: min(order[name] for name in one.filenames))
        restarts = Restarts(server, base)
        with server.fresh_database() as database:
            for asked in _ahead(copy, base, found):
                mutant = asked.mutant
                told = f"{mutant.kind}: {mutant.about}"
                if asked.why:
                    measured.mutants.notes.append(f"{told}: left out, {asked.why}")
                    continue
                first = min(order[name] for name in mutant.filenames)
                answered = restarts.run(database, asked.migrations, first)
                report = FirstReport(compared(asked.migrations, answered, told))
                report.forget({"runs"})
                measured.mutants.add(report)
                measured.number += 1
    return measured


def _ahead(copy: Copy, base: Sequence[Migration], found: Sequence[Mutant]) -> Iterator[Asked]:
    """Ask idemlint about the next mutant while the one before is looked at."""
    with ThreadPoolExecutor(1) as worker:
        waiting = [worker.submit(copy.asked, base, one) for one in found[:1]]
        for following in [*found[1:], None]:
            asked = waiting.pop() if waiting else None
            done = asked.result() if asked is not None else None
            if following is not None:
                waiting.append(worker.submit(copy.asked, base, following))
            if done is not None:
                yield done


def by_kind(runs: Sequence[FirstRun]) -> list[str]:
    """Return the table of recall, a line for each kind of mutation and SQLSTATE."""
    numbers: dict[str, Counter[str]] = {}
    for kind in dict.fromkeys(one.mutation.split(":")[0] for one in runs):
        mine = [one for one in runs if one.mutation.startswith(f"{kind}:")]
        for state, counts in tally(mine).items():
            numbers[f"{kind} {state}"] = counts
    return table("mutation", numbers)


def _told(measured: Measured, seconds: float) -> str:
    failed = [one for one in failures(measured.base.runs) if one.answer is not None]
    lines = [
        f"as it is, {one.filename}:{one.verdict.row} fails {one.answer.sqlstate if one.answer else ''}:"
        f" {shortened(one.verdict.text, 100)}"
        for one in failed[:MOST_FAILURES]
    ]
    if measured.skipped:
        number = len(measured.base.runs)
        return "\n".join([*lines, f"passed over: {len(failed)} of {number} statements fail"])
    counts = measured.base.counts()
    lines += [f"as it is: {kind} {counts[kind]}" for kind in DISAGREEMENTS if counts[kind]]
    lines += [measured.mutants.text(), *by_kind(measured.mutants.runs)]
    return "\n".join([*lines, f"{measured.number} mutants in {seconds:.0f} s"])


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("mutants", __doc__)
    parser.add_argument("--each", type=int, default=10, help="places of each kind in a folder")
    parser.add_argument("--seed", type=int, default=1, help="chooses among the places")
    parser.add_argument("--together", type=int, default=3, help="changes of a kind in one mutant")
    parser.add_argument("--kind", help="mutants of one kind only")
    parser.add_argument("--most-failures", type=int, default=MOST_FAILURES, metavar="N")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run it from the command line; 0 also where there are disagreements."""
    options = _parser().parse_args(arguments)
    total = FirstReport()
    kept: list[Mapping[str, object]] = []
    with server_of(options) as server:
        for folder in map(Path, options.folders):
            started = time.monotonic()
            try:
                measured = measure(server, folder, options)
            except NoVerdicts as error:
                print(f"== {folder}\n{error}\n", flush=True)
                continue
            told = _told(measured, time.monotonic() - started)
            print(f"== {folder} (PostgreSQL {server.version})\n{told}\n", flush=True)
            total.add(measured.mutants)
            kept.append(measured.as_json())
            if options.json:
                measurements.write(options.json, kept)
    if len(options.folders) > 1:
        lines = [*total.summary(), *by_kind(total.runs)]
        print("== all mutants\n" + "\n".join(lines))
    return 0


if __name__ == "__main__":
    sys.exit(main())
