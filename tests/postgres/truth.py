"""Compare idemlint's verdicts with a real server's, on folders of real migrations.

    python -m tests.postgres.truth FOLDER... [--runner R] [--mode M] [--sample 500] [--json OUT]
    python -m tests.postgres.truth table OUT
    python -m tests.postgres.truth compare BEFORE AFTER

idemlint says for every statement what it does when it runs again (`idemlint replay`). Here the same
statements are applied to a throwaway server in the same order, in autocommit, and run again: each
right after itself (`statement`), all of a file after its end (`file`) or after each stop between two
of the runner's units (`interrupted`), or all files after all files (`folder`). A file is judged only
where its first run succeeded. Printed are counts, and every disagreement with both answers; `compare`
says what is different in two measurements that were kept with `--json`.

The migrations are other people's text and run as superuser of the throwaway server, under an
unprivileged account of this machine; statements that start programs are never run.
"""

from __future__ import annotations

import json
import re
import sys
import time
from dataclasses import dataclass
from itertools import accumulate, pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Literal, cast, get_args

from . import measurements
from .by_statement import MOST_STOPS, Sent, judge_by_statement, judge_folder, judge_stops, spread
from .command_line import parser_of, replayed, server_of
from .comparison import DISAGREEMENTS, Comparison, Report, compare, read_replay, shortened
from .rerun import bare, judge_each_statement

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from .comparison import Migration, Verdict
    from .rerun import Judgement
    from .server import Database, Server

__all__ = ["DISAGREEMENTS", "PRELUDES", "compare", "main", "measure", "read_replay", "spread"]

Mode = Literal["statement", "file", "interrupted", "folder"]

# What a platform has before the first migration runs.
PRELUDES: dict[str, tuple[str, ...]] = {
    "supabase": (
        "CREATE ROLE anon; CREATE ROLE authenticated; CREATE ROLE service_role BYPASSRLS;"
        " CREATE ROLE supabase_admin SUPERUSER; CREATE ROLE authenticator",
        "CREATE SCHEMA auth; CREATE SCHEMA storage; CREATE SCHEMA extensions; CREATE SCHEMA vault",
        "CREATE TABLE auth.users (id uuid PRIMARY KEY, email text, phone text, role text,"
        " raw_user_meta_data jsonb, raw_app_meta_data jsonb, created_at timestamptz,"
        " updated_at timestamptz, last_sign_in_at timestamptz)",
        "CREATE FUNCTION auth.uid() RETURNS uuid LANGUAGE sql STABLE AS 'SELECT null::uuid'",
        "CREATE FUNCTION auth.role() RETURNS text LANGUAGE sql STABLE AS 'SELECT null::text'",
        "CREATE FUNCTION auth.jwt() RETURNS jsonb LANGUAGE sql STABLE AS 'SELECT null::jsonb'",
        "CREATE FUNCTION auth.email() RETURNS text LANGUAGE sql STABLE AS 'SELECT null::text'",
        "CREATE TABLE storage.buckets (id text PRIMARY KEY, name text NOT NULL UNIQUE, owner uuid,"
        " public boolean, file_size_limit bigint, allowed_mime_types text[])",
        "CREATE TABLE storage.objects (id uuid PRIMARY KEY DEFAULT gen_random_uuid(),"
        " bucket_id text REFERENCES storage.buckets, name text, owner uuid, metadata jsonb)",
        "CREATE FUNCTION storage.foldername(name text) RETURNS text[] LANGUAGE sql"
        " AS 'SELECT string_to_array(name, ''/'')'",
        "CREATE PUBLICATION supabase_realtime",
    ),
}
# What a statement names with a word before it that says that a thing follows.
NAMES = re.compile(
    r"\b(?:table|view|index|type|domain|sequence|schema|extension|function|procedure|trigger|policy"
    r"|on|into|from|update|join|references)\s+(?:concurrently\s+|only\s+|if\s+(?:not\s+)?exists\s+)*"
    r"(?!(?:on|of|or|set|table|column|schema|function|type|view|index|sequence|materialized)\b)"
    r'((?:"[^"]+"|\w+)(?:\."[^"]+"|\.\w+)*)',
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Asking:
    mode: Mode
    sample: int | None
    stops: int
    undone: bool


def measure(
    database: Database,
    migrations: Sequence[Migration],
    mode: Mode,
    sample: int | None = None,
    *,
    stops: int = MOST_STOPS,
    undone: bool = False,
) -> Report:
    """Apply the migrations to a database in order, ask about each again, compare.

    A mode asks about `sample` statements and about `stops` stops of a file at most. With `undone` the
    unit in which something fails is taken back whole, where a file runs again after a stop.
    """
    asking = _Asking(mode, sample, stops, undone)
    report = Report()
    runner = migrations[0].runner if migrations else ""
    for message in PRELUDES.get(runner, ()):
        database.send(message)
    if mode == "folder":
        _measure_folder(database, migrations, report)
        return report
    for migration, mine in zip(migrations, _chosen(migrations, mode, sample), strict=True):
        verdicts = _without_programs(migration, report)
        if len(verdicts) < len(migration.verdicts):
            mine = set(range(len(verdicts))) if mine else set()
        try:
            judgements = _ask(database, verdicts, asking, mine)
        except Exception as error:
            report.notes.append(f"{migration.filename}: {type(error).__name__}: {error}")
            continue
        _note_failures(report, migration, verdicts, judgements)
        report.comparisons += [
            one
            for index, one in enumerate(_compared(migration, verdicts, judgements))
            if index in mine
        ]
    return report


def _chosen(migrations: Sequence[Migration], mode: Mode, sample: int | None) -> list[set[int]]:
    """Choose what is asked about: statements, or where a file is asked about as a whole, files."""
    starts = [0, *accumulate(len(one.verdicts) for one in migrations)]
    for number in range(starts[-1] if sample is None else sample, 0, -1):
        places = spread(starts[-1], number)
        chosen = [
            {place - start for place in places if start <= place < end}
            for start, end in pairwise(starts)
        ]
        if mode != "statement":
            chosen = [
                set(range(len(one.verdicts))) if mine else set()
                for one, mine in zip(migrations, chosen, strict=True)
            ]
        if sample is None or number == 1 or sum(map(len, chosen)) <= sample:
            return chosen
    return [set() for _ in migrations]


def _measure_folder(database: Database, migrations: Sequence[Migration], report: Report) -> None:
    files = [_without_programs(one, report) for one in migrations]
    judged = judge_folder(database, [_sent(one) for one in files])
    # What a statement did not do on the server, idemlint takes as done.
    missing: set[str] = set()
    for migration, verdicts, judgements in zip(migrations, files, judged, strict=True):
        _note_failures(report, migration, verdicts, judgements)
        for verdict, judgement in zip(verdicts, judgements, strict=True):
            if judgement.outcome == "first fails":
                missing.update(_concerned(verdict.text))
    for migration, verdicts, judgements in zip(migrations, files, judged, strict=True):
        known = [
            None if missing.intersection(names_in(verdict.text)) else judgement
            for verdict, judgement in zip(verdicts, judgements, strict=True)
        ]
        report.comparisons += _compared(migration, verdicts, known)


def names_in(text: str) -> list[str]:
    """Return what a statement names with a word before it that says that a thing follows, folded."""
    return [found.split(".")[-1].strip('"').lower() for found in NAMES.findall(text)]


def _concerned(text: str) -> list[str]:
    """Return the names of what a statement makes, alters or fills: all where it has statements inside."""
    names = names_in(text)
    if re.match(r"(?:do|with)\b", bare(text), re.IGNORECASE):
        return names
    on_table = re.search(r"\b(?:index|trigger|policy|rule)\b", text[:80], re.IGNORECASE)
    return names[: 2 if on_table else 1]


def _without_programs(migration: Migration, report: Report) -> list[Verdict]:
    verdicts = [one for one in migration.verdicts if not one.runs_programs]
    if len(verdicts) < len(migration.verdicts):
        report.notes.append(f"{migration.filename}: statements that start programs left out")
    return verdicts


def _sent(verdicts: Sequence[Verdict]) -> list[Sent]:
    return [Sent(one.text, one.copy_data, one.unit) for one in verdicts]


def _ask(
    database: Database, verdicts: Sequence[Verdict], asking: _Asking, chosen: set[int]
) -> Sequence[Judgement | None]:
    texts = [one.text for one in verdicts]
    copied = {index: one.copy_data for index, one in enumerate(verdicts) if one.copy_data}
    if asking.mode == "statement" or not chosen:
        return judge_each_statement(database, [], texts, chosen, copy_data=copied)
    if asking.mode == "interrupted":
        return judge_stops(database, _sent(verdicts), most=asking.stops, undone=asking.undone)
    _, each = judge_by_statement(database, [], texts, copy_data=copied)
    return each


def _compared(
    migration: Migration, verdicts: Sequence[Verdict], judgements: Sequence[Judgement | None]
) -> list[Comparison]:
    return [
        Comparison(
            migration.filename,
            verdict,
            judgement,
            compare(verdict.verdict, verdict.sqlstate, judgement, verdict.reason),
        )
        for verdict, judgement in zip(verdicts, judgements, strict=True)
    ]


def _note_failures(
    report: Report,
    migration: Migration,
    verdicts: Sequence[Verdict],
    judgements: Sequence[Judgement | None],
) -> None:
    for verdict, judgement in zip(verdicts, judgements, strict=True):
        failed = judgement.first[0] if judgement is not None and judgement.first else None
        if failed is not None:
            text = shortened(verdict.text)
            report.notes.append(f"{migration.filename}: first run {failed}: {text}")


def _measure_on(
    server: Server, folder: str, mode: Mode, options: argparse.Namespace
) -> tuple[Report, dict[str, object]]:
    started = time.monotonic()
    document = (
        json.loads(options.replay_json.read_bytes())
        if options.replay_json
        else replayed(options.idemlint, folder, mode, options.runner)
    )
    migrations = read_replay(document, lambda name: Path(name).read_bytes())
    undone = options.failed_units == "undone"
    with server.fresh_database() as database:
        for file in options.before:
            database.send(file.read_text())
        report = measure(
            database, migrations, mode, options.sample, stops=options.stops, undone=undone
        )
    kept = {
        "folder": folder,
        "mode": mode,
        "server": server.version,
        "seconds": round(time.monotonic() - started, 1),
        "comparisons": [one.as_json() for one in report.comparisons],
        "notes": report.notes,
    }
    return report, kept


def _parser() -> argparse.ArgumentParser:
    parser = parser_of("truth", __doc__)
    parser.add_argument("--mode", choices=(*get_args(Mode), "all"), default="file")
    parser.add_argument("--sample", type=int, help="ask about at most so many statements a folder")
    parser.add_argument(
        "--stops", type=int, default=MOST_STOPS, help="try at most so many stops a file"
    )
    parser.add_argument(
        "--failed-units",
        choices=("kept", "undone"),
        default="kept",
        help="what becomes of a unit that fails in a rerun after a stop",
    )
    parser.add_argument(
        "--before",
        action="append",
        default=[],
        metavar="FILE",
        type=Path,
        help="SQL to run first: what the platform brings along",
    )
    parser.add_argument("--replay-json", type=Path, help="read verdicts from a file instead")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison from the command line; 0 also where there are disagreements."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["compare"] and len(given) == 3:
        before, after = (measurements.read(Path(one)) for one in given[1:])
        print("\n".join(measurements.changes(before, after)))
        return 0
    if given[:1] == ["table"] and len(given) == 2:
        print("\n".join(measurements.table(measurements.read(Path(given[1])))))
        return 0
    options = _parser().parse_args(given)
    modes = cast("tuple[Mode, ...]", get_args(Mode) if options.mode == "all" else (options.mode,))
    total = Report()
    kept: list[dict[str, object]] = []
    with server_of(options) as server:
        for folder in options.folders:
            for mode in modes:
                report, measured = _measure_on(server, folder, mode, options)
                title = f"{folder} --rerun {mode} (PostgreSQL {server.version})"
                print(f"== {title}\n{report.text()}\n", flush=True)
                total.comparisons += report.comparisons
                kept.append(measured)
                if options.json:
                    measurements.write(options.json, kept)
    if len(options.folders) > 1:
        print("== all folders\n" + "\n".join(total.summary()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
