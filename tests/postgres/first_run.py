"""Compare what idemlint says of a folder's first run with what a server does on an empty database.

    python -m tests.postgres.first_run FOLDER... [--major 15] [--runner R] [--json OUT] [--prelude]

`idemlint replay` says for every statement what it does when the whole folder runs for the first
time (`first`): each statement by itself, in the folder's order, going on after errors. Here the same
is done on a throwaway server; files of different runners go into databases of their own. Printed are
counts, a table by SQLSTATE, and every disagreement with both answers. The database is really empty,
unless `--prelude` asks for what the runner's platform has before the first migration. What a server
without extensions, roles and stubs says nothing about is left out (`first_answers`).

The migrations are other people's text and run as superuser of the throwaway server, under an
unprivileged account of this machine; statements that start programs are never run.
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from . import command_line, measurements
from .command_line import NoVerdicts, parser_of, server_of
from .comparison import read_replay, shortened
from .first_answers import answers, left_out
from .first_comparison import FirstReport, FirstRun, outcome
from .truth import PRELUDES

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Sequence

    from .comparison import Migration
    from .first_answers import Answer
    from .server import Database, Server


def replayed(command: str, folder: str | Path, runner: str | None = None) -> list[Migration]:
    """Return what idemlint says of a folder, in the order in which it says that the files run.

    Files that the runner does not run are none of them, though each is judged by itself. Raises
    NoVerdicts where idemlint ends with an error.
    """
    document = command_line.replayed(command, folder, "statement", runner)
    never_run = {each["filename"] for each in document["summary"]["left_out"]}
    migrations = read_replay(document, lambda name: Path(name).read_bytes())
    return [one for one in migrations if one.filename not in never_run]


def by_runner(migrations: Iterable[Migration]) -> list[list[Migration]]:
    """Part files by their runner: each has a database and an order of its own."""
    parts: dict[str, list[Migration]] = {}
    for migration in migrations:
        parts.setdefault(migration.runner, []).append(migration)
    return list(parts.values())


def compared(
    migrations: Sequence[Migration], given: Sequence[Sequence[Answer | None]], mutation: str = ""
) -> list[FirstRun]:
    """Hold each statement's `first` against the server's answer."""
    flat = [(one.filename, verdict) for one in migrations for verdict in one.verdicts]
    answered = list(chain.from_iterable(given))
    left = left_out([verdict.text for _, verdict in flat], answered)
    return [
        FirstRun(name, verdict, answer, why, outcome(verdict.first, answer, why), mutation)
        for (name, verdict), answer, why in zip(flat, answered, left, strict=True)
    ]


def measure(
    database: Database, migrations: Sequence[Migration], prelude: Iterable[str] = ()
) -> FirstReport:
    """Run the migrations on a database from empty, and compare."""
    for message in prelude:
        database.send(message)
    report = FirstReport(compared(migrations, list(answers(database, migrations))))
    report.notes += [
        f"{one.filename}:{one.verdict.row}: starts programs, left out"
        for one in report.runs
        if one.answer is None
    ]
    return report


def failures(runs: Iterable[FirstRun]) -> list[FirstRun]:
    """Return the statements that the server fails."""
    return [one for one in runs if one.answer is not None and one.answer.sqlstate is not None]


def _measure_on(
    server: Server, folder: str, options: argparse.Namespace
) -> tuple[FirstReport, dict[str, object]]:
    started = time.monotonic()
    migrations = (
        read_replay(
            json.loads(options.replay_json.read_bytes()), lambda name: Path(name).read_bytes()
        )
        if options.replay_json
        else replayed(options.idemlint, folder, options.runner)
    )
    report = FirstReport()
    for part in by_runner(migrations):
        prelude = PRELUDES.get(part[0].runner, ()) if options.prelude else ()
        with server.fresh_database() as database:
            report.add(measure(database, part, prelude))
    kept = {
        "folder": folder,
        "server": server.version,
        "seconds": round(time.monotonic() - started, 1),
        "counts": report.counts(),
        "statements": report.as_json(),
        "notes": report.notes,
    }
    return report, kept


def _failure_lines(report: FirstReport) -> list[str]:
    failed = failures(report.runs)
    lines = [
        f"{one.filename}:{one.verdict.row}: {one.answer.sqlstate} {one.answer.message}"
        f" [{one.outcome}]: {shortened(one.verdict.text, 100)}"
        for one in failed
        if one.answer is not None
    ]
    counts = Counter(one.answer.sqlstate for one in failed if one.answer is not None)
    told = ", ".join(f"{state} {number}" for state, number in counts.most_common())
    return [*lines, f"{len(failed)} of {len(report.runs)} statements fail: {told or 'none'}"]


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("first_run", __doc__)
    parser.add_argument("--prelude", action="store_true", help="begin with what the platform has")
    parser.add_argument("--failures", action="store_true", help="list what the server fails, too")
    parser.add_argument("--replay-json", type=Path, help="read verdicts from a file instead")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison from the command line; 0 also where there are disagreements."""
    options = _parser().parse_args(arguments)
    total = FirstReport()
    kept: list[dict[str, object]] = []
    with server_of(options) as server:
        for folder in options.folders:
            try:
                report, measured = _measure_on(server, folder, options)
            except NoVerdicts as error:
                print(f"== {folder}\n{error}\n", flush=True)
                continue
            print(f"== {folder} (PostgreSQL {server.version})\n{report.text()}")
            failed = _failure_lines(report)
            print("\n".join(failed if options.failures else failed[-1:]) + "\n", flush=True)
            total.add(report)
            kept.append(measured)
            if options.json:
                measurements.write(options.json, kept)
    if len(options.folders) > 1:
        print("== all folders\n" + "\n".join(total.summary()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
