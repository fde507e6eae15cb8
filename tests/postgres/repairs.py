"""What `--fix` makes of folders of real migrations, on a server.

    python -m tests.postgres.repairs FOLDER... [--runner R] [--lowest safe|unsafe|both] [--json OUT]

Each folder is copied and fixed (`--fix --fix-applied`, with `--unsafe-fixes` too); for the rerun of all files
it is fixed for that as well (`--rerun folder`). Then both, as it was and as it is, run on a throwaway server,
and it is asked of every file

- what fails or repeats when it runs again after its end (`file`), and when all files do (`folder`);
- whether it leaves the same on a database where it never ran, and changes nothing where the old one ran;
- whether it arrives where a run of the *old* file stopped, behind each of its units;
- whether a third run still changes something.

Printed are counts, and whatever is left, newly fails, newly repeats, or does not arrive.
"""

from __future__ import annotations

import json
import shlex
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from .by_statement import MOST_STOPS, Sent, judge_by_statement, judge_folder, run_all, spread
from .command_line import parser_of, replayed, server_of
from .comparison import read_replay, shortened
from .snapshot import DATA, SEQUENCE
from .truth import PRELUDES

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from .comparison import Migration
    from .rerun import Judgement
    from .server import Database, Server
    from .snapshot import Snapshot

State = dict[str, object]

#: What is counted of a folder, in the order in which it is printed.
COUNTED: Final = (
    "file: fails before",
    "file: fails after",
    "file: repeats before",
    "file: repeats after",
    "folder: fails before",
    "folder: fails after",
    "folder: repeats before",
    "folder: repeats after",
    "files changed",
    "another state on a clean database",
    "not at rest where the old file ran",
    "third run changes something",
    "stops of the old file",
    "stops that do not arrive",
)


@dataclass(slots=True)
class Measured:
    """Counts of one folder, or of several, and lines that say what is amiss."""

    counts: Counter[str] = field(default_factory=Counter)
    lines: list[str] = field(default_factory=list)

    def note(self, what: str, where: str, text: str = "", number: int = 1) -> None:
        """Count something, and say where it was."""
        self.counts[what] += number
        self.lines.append(f"{what}: {where}{': ' if text else ''}{text}")

    def summary(self) -> list[str]:
        """The counts, with the share of failures that is gone."""
        lines = [f"{self.counts[each]:7,} {each}" for each in COUNTED]
        for mode in ("file", "folder"):
            before, after = (self.counts[f"{mode}: fails {when}"] for when in ("before", "after"))
            if before:
                lines.append(f"{(before - after) / before:7.2%} of what fails ({mode}) is gone")
        return lines


@dataclass(frozen=True, slots=True)
class Fixed:
    """A folder as it is after fixes. `findings` are those that are left, by file and the byte that the
    statement begins at: they are told with what fails."""

    files: Sequence[Migration]
    findings: dict[tuple[str, int], str]


def measure(
    server: Server,
    old: Sequence[Migration],
    new: Fixed,
    again: Fixed,
    *,
    most_stops: int = MOST_STOPS,
    before: Sequence[Migration] = (),
) -> Measured:
    """Run a folder as it was and as it is, file for file, and all files (for which it is fixed `again`).
    Those `before` have run, and are not asked about."""
    measured = Measured()
    found = new.findings
    pairs = list(zip(old, new.files, strict=True))
    with server.fresh_database() as database:
        _prepare(database, old)
        for each in before:
            _run(database, _sent(each))
        for one, other in pairs:
            try:
                _measure_file(measured, database, one, other, found, most_stops)
            except Exception as error:
                measured.lines.append(f"error: {one.filename}: {type(error).__name__}: {error}")
    pairs = list(zip((*before, *old), (*before, *again.files), strict=True))
    _measure_folder(measured, server, pairs, again.findings)
    return measured


def _prepare(database: Database, migrations: Sequence[Migration]) -> None:
    for message in PRELUDES.get(migrations[0].runner if migrations else "", ()):
        database.send(message)


def _sent(migration: Migration) -> list[Sent]:
    return [
        Sent(one.text, one.copy_data, one.unit)
        for one in migration.verdicts
        if not one.runs_programs
    ]


def _judged(database: Database, sent: Sequence[Sent]) -> list[Judgement]:
    data = {index: one.copy_data for index, one in enumerate(sent) if one.copy_data}
    return judge_by_statement(database, [], [one.text for one in sent], copy_data=data)[1]


def _measure_file(
    measured: Measured,
    database: Database,
    old: Migration,
    new: Migration,
    found: dict[tuple[str, int], str],
    most_stops: int,
) -> None:
    """The database is left as the old file leaves it."""
    before, after = _sent(old), _sent(new)
    if [one.text for one in before] == [one.text for one in after]:
        judged = _judged(database, before)
        _note(measured, "file", new, judged, judged, before, found)
        return
    measured.counts["files changed"] += 1
    with database.copy() as origin:
        judged = _judged(database, before)
        if any(one.outcome == "first fails" for one in judged):
            failed = next(one.sqlstate for one in judged if one.outcome == "first fails")
            measured.lines.append(f"not judged: {old.filename}: first run fails {failed}")
            return
        ended = database.snapshot()
        with origin.copy() as fixed:
            again = _judged(fixed, after)
            _note(measured, "file", new, judged, again, before, found)
            if state_of(fixed.snapshot()) != state_of(ended):
                measured.note(
                    "another state on a clean database",
                    old.filename,
                    _told(ended, fixed.snapshot()),
                )
            _third(measured, fixed, after, new.filename)
        with database.copy() as applied:
            failures = _run(applied, after)
            is_left = {
                one.text for one, two in zip(after, again, strict=True) if two.outcome != "safe"
            }
            failed = [(s, t) for s, t in failures if t not in is_left]
            if failed or (not is_left and state_of(applied.snapshot()) != state_of(ended)):
                text = f"{failed[0][0]} {shortened(failed[0][1])}" if failed else ""
                measured.note(
                    "not at rest where the old file ran",
                    old.filename,
                    text or _told(ended, applied.snapshot()),
                )
        _stops(measured, origin, before, after, ended, old.filename, most_stops)


def _third(measured: Measured, database: Database, sent: Sequence[Sent], name: str) -> None:
    with database.copy() as again:
        _run(again, sent)
        second = again.snapshot()
        failed = _run(again, sent)
        third = again.snapshot()
        if state_of(second) != state_of(third):
            measured.note("third run changes something", name, _told(second, third))
        with database.copy() as twice:
            told = _run(twice, sent)
        new = [each for each in failed if each not in told]
        if new:
            measured.note(
                "third run changes something", name, f"{new[0][0]} {shortened(new[0][1])}"
            )


def _stops(
    measured: Measured,
    origin: Database,
    before: Sequence[Sent],
    after: Sequence[Sent],
    ended: Snapshot,
    name: str,
    most: int,
) -> None:
    ends = [i + 1 for i in range(len(before) - 1) if before[i].unit != before[i + 1].unit]
    for stop in [ends[place] for place in sorted(spread(len(ends), most))]:
        with origin.copy() as stopped:
            _run(stopped, before[:stop])
            failed = _run(stopped, after)
            state = stopped.snapshot()
        measured.counts["stops of the old file"] += 1
        if failed or state_of(state) != state_of(ended):
            text = f"{failed[0][0]} {shortened(failed[0][1])}" if failed else _told(ended, state)
            measured.note("stops that do not arrive", f"{name} behind {stop} statements", text)


def _run(database: Database, sent: Sequence[Sent]) -> list[tuple[str, str]]:
    """Run statements in a new session: those that fail, with what the server says."""
    with database.connect() as connection:
        outcomes = run_all(connection, sent)
    return [(state, one.text) for state, one in zip(outcomes, sent, strict=True) if state]


def state_of(snapshot: Snapshot) -> State:
    """What two runs must have in common: all but what rows say, since some say when they were written."""
    state: State = {
        name: rows for name, rows in snapshot.parts.items() if name not in {DATA, SEQUENCE}
    }
    state[DATA] = Counter(name for name, _ in snapshot.parts.get(DATA, ()))
    return state


def _told(one: Snapshot, other: Snapshot) -> str:
    difference = {
        part: change
        for part, change in one.difference(other).items()
        if part not in {DATA, SEQUENCE}
    } or one.difference(other)
    return "; ".join(f"{part} {shortened(str(each), 120)}" for part, each in difference.items())[
        :300
    ]


def _measure_folder(
    measured: Measured,
    server: Server,
    pairs: Sequence[tuple[Migration, Migration]],
    found: dict[tuple[str, int], str],
) -> None:
    states = []
    answers = []
    for side in (0, 1):
        files = [_sent(pair[side]) for pair in pairs]
        with server.fresh_database() as database:
            _prepare(database, [pair[side] for pair in pairs])
            answers.append(judge_folder(database, files))
            states.append(database.snapshot())
            if side:
                for each in files:
                    _run(database, each)
                second = database.snapshot()
                for each in files:
                    _run(database, each)
                third = database.snapshot()
                if state_of(second) != state_of(third):
                    measured.note("third run changes something", "folder", _told(second, third))
    if state_of(states[0]) != state_of(states[1]):
        measured.note("another state on a clean database", "folder", _told(states[0], states[1]))
    for (old, new), one, two in zip(pairs, *answers, strict=True):
        _note(measured, "folder", new, one, two, _sent(old), found)


def _note(
    measured: Measured,
    mode: str,
    new: Migration,
    before: Sequence[Judgement],
    after: Sequence[Judgement],
    old: Sequence[Sent],
    found: dict[tuple[str, int], str],
) -> None:
    kept = [one for one in new.verdicts if not one.runs_programs]
    known = {(sent.text, judgement.outcome) for sent, judgement in zip(old, before, strict=True)}
    for verb in ("fails", "repeats"):
        number = sum(one.outcome == verb for one in before)
        measured.counts[f"{mode}: {verb} before"] += number
        left = [(v, j) for v, j in zip(kept, after, strict=True) if j.outcome == verb]
        measured.counts[f"{mode}: {verb} after"] += len(left)
        for verdict, judgement in left:
            is_new = (verdict.text, verb) not in known and (
                verb == "repeats" or any(verdict.text == one.text for one in old)
            )
            help_text = found.get((new.filename, verdict.start), "")
            what = f"{mode}: newly {verb}" if is_new else f"{mode}: left {verb}"
            measured.lines.append(
                f"{what}: {new.filename}:{verdict.row}: {judgement.sqlstate or ','.join(judgement.parts)}"
                f" | {shortened(verdict.text)} | {verdict.verdict} {verdict.sqlstate or ''}"
                f" {shortened(verdict.reason, 120)} | {help_text}"
            )


def fixed(
    command: str, target: Path, runner: str, rerun: str, *, unsafe: bool
) -> tuple[str, dict[tuple[str, int], str]]:
    """Fix a folder; what idemlint said on stderr, and what it finds then."""
    arguments = [*shlex.split(command), "--fix", "--fix-applied", "--isolated", "--runner", runner]
    arguments += ["--unsafe-fixes"] if unsafe else []
    arguments += ["--rerun", rerun, "--output-format", "json", str(target)]
    done = subprocess.run(arguments, capture_output=True, check=False)
    if done.returncode > 1:
        raise RuntimeError(done.stderr.decode(errors="replace"))
    findings: list[dict[str, Any]] = json.loads(done.stdout)
    found = {
        (each["filename"], each["statement"]["start"]): f"{each['code']} {shortened(each['help'])}"
        for each in findings
        if each.get("statement")
    }
    return done.stderr.decode(errors="replace"), found


def _each(options: argparse.Namespace) -> Iterator[tuple[str, str]]:
    lowest = ("safe", "unsafe") if options.lowest == "both" else (options.lowest,)
    for each in lowest:
        for folder in options.folders:
            yield each, folder


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure folders from the command line; 0 also where something is amiss."""
    parser = parser_of("repairs", __doc__)
    parser.add_argument("--lowest", choices=("safe", "unsafe", "both"), default="both")
    parser.add_argument("--stops", type=int, default=MOST_STOPS, help="at most so many a file")
    options = parser.parse_args(arguments)
    totals: dict[str, Measured] = {}
    kept = []
    with server_of(options) as server:
        for lowest, folder in _each(options):
            with tempfile.TemporaryDirectory() as temporary:
                path = Path(folder)
                document = replayed(options.idemlint, path, "file", options.runner)
                old = read_replay(document, lambda name: Path(name).read_bytes())
                runner = options.runner or (old[0].runner if old else "psql")
                target = Path(temporary).resolve() / path.name
                shutil.copytree(path, target)
                texts, both = "", []
                for rerun in ("any", "folder"):
                    said, found = fixed(
                        options.idemlint, target, runner, rerun, unsafe=lowest == "unsafe"
                    )
                    texts += said
                    document = replayed(options.idemlint, target, "file", runner)
                    new = read_replay(document, lambda name: Path(name).read_bytes())
                    both.append(Fixed(new, found))
                measured = measure(server, old, *both, most_stops=options.stops)
            measured.lines += [f"said: {line}" for line in texts.splitlines() if "left out" in line]
            print(
                f"== {folder} ({lowest})",
                *measured.summary(),
                *measured.lines,
                sep="\n",
                flush=True,
            )
            total = totals.setdefault(lowest, Measured())
            total.counts.update(measured.counts)
            kept.append(
                {
                    "folder": folder,
                    "lowest": lowest,
                    "counts": dict(measured.counts),
                    "lines": measured.lines,
                }
            )
            if options.json:
                options.json.write_text(json.dumps(kept, indent=1))
    for lowest, total in totals.items():
        print(f"== all folders ({lowest})", *total.summary(), sep="\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
