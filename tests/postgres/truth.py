"""Compare idemlint's verdicts with a real server's, on folders of real migrations.

    python -m tests.postgres.truth FOLDER... [--runner R] [--mode statement|file] [--sample 500]

idemlint says for every statement what it does when it runs again (`idemlint replay`). Here the same
statements are applied to a throwaway server in the same order, in autocommit, and run again: each
right after itself (`statement`), or all of a file after its end (`file`). A file is judged only
where its first run succeeded. Printed are counts, and every disagreement with both answers.

The migrations are other people's text and run as superuser of the throwaway server, under an
unprivileged account of this machine; statements that start programs are never run.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from .rerun import Judgement, judge_by_statement, judge_each_statement
from .server import ServerUnavailable, start_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from .server import Database

Mode = Literal["statement", "file"]
Agreement = Literal[
    "agree",
    "miss",
    "false alarm",
    "wrong sqlstate",
    "wrong kind",
    "unknown",
    "not applicable",
    "unjudged",
]
DISAGREEMENTS: tuple[Agreement, ...] = ("miss", "false alarm", "wrong sqlstate", "wrong kind")
ORDER: tuple[Agreement, ...] = (
    "agree",
    *DISAGREEMENTS,
    "unknown",
    "not applicable",
    "unjudged",
)
RUNS_PROGRAMS = re.compile(
    rb"\bprogram\s+(?:e?'|\$)|\b(?:pg_execute_server_program|archive_command|lo_export)\b"
    rb"|\blanguage\s+'?(?:c|pl\w*u)\b",
    re.IGNORECASE,
)
COPY_FROM_STDIN = re.compile(rb"copy\b.*\bfrom\s+stdin\b", re.IGNORECASE | re.DOTALL)
COPIED = re.compile(rb"[ \t]*;[ \t]*\r?\n(.*?)^\\\.\r?$", re.DOTALL | re.MULTILINE)

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


@dataclass(frozen=True, slots=True)
class Verdict:
    """What idemlint says of one statement, with the statement's own text."""

    start: int
    text: str
    verdict: str
    sqlstate: str | None = None
    kind: str = ""
    reason: str = ""
    copy_data: bytes = b""
    runs_programs: bool = False


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of a folder: its name, its runner, its statements in order."""

    filename: str
    runner: str
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One statement with both answers."""

    filename: str
    verdict: Verdict
    judgement: Judgement | None
    agreement: Agreement


@dataclass(slots=True)
class Report:
    """All comparisons of a run, and why files were left out."""

    comparisons: list[Comparison] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def counts(self) -> Counter[Agreement]:
        """Return how many statements came out which way."""
        return Counter(one.agreement for one in self.comparisons)

    def text(self) -> str:
        """Return the report as it is printed: disagreements, notes, counts."""
        lines: list[str] = []
        for agreement in DISAGREEMENTS:
            lines += [
                f"{agreement}: {_described(one)}"
                for one in self.comparisons
                if one.agreement == agreement
            ]
        lines += [f"note: {note}" for note in self.notes]
        return "\n".join([*lines, *self.summary()])

    def summary(self) -> list[str]:
        """Return the counts, a line each, and the share of agreement among what was judged."""
        counts = self.counts()
        judged = counts["agree"] + sum(counts[one] for one in DISAGREEMENTS)
        lines = [f"{name:>15} {counts[name]:6}" for name in ORDER if counts[name]]
        share = f"{counts['agree'] / judged:.2%}" if judged else "-"
        lines.append(f"{'judged':>15} {judged:6}  agreement {share}")
        return lines


def compare(verdict: str, sqlstate: str | None, judgement: Judgement | None) -> Agreement:
    """Hold a verdict against the server's answer.

    A position of a sequence that moved on is seen by some as a change and by others not: `safe` and
    `repeats` both agree with it.
    """
    if judgement is None or judgement.outcome == "first fails":
        return "unjudged"
    if verdict == "unknown":
        return "unknown"
    if verdict == "not-applicable" or judgement.outcome == "not-applicable":
        return "agree" if verdict == "safe" else "not applicable"
    if judgement.outcome == "sequence":
        return "false alarm" if verdict == "fails" else "agree"
    if judgement.outcome == "safe":
        return "agree" if verdict == "safe" else "false alarm"
    if verdict == "safe":
        return "miss"
    if verdict != judgement.outcome:
        return "wrong kind"
    if verdict == "fails" and sqlstate != judgement.sqlstate:
        return "wrong sqlstate"
    return "agree"


def read_replay(document: object, read: Callable[[str], bytes]) -> list[Migration]:
    """Turn `idemlint replay --output-format json` into migrations, in the order given there.

    `read` gives the bytes of a file; offsets in the document count bytes.
    """
    assert isinstance(document, dict)
    migrations: list[Migration] = []
    for entry in document["files"]:
        content = read(entry["filename"])
        verdicts = []
        for statement in entry["statements"]:
            raw = content[statement["start"] : statement["end"]]
            copied = COPIED.match(content, statement["end"]) if COPY_FROM_STDIN.match(raw) else None
            verdicts.append(
                Verdict(
                    start=statement["start"],
                    text=raw.decode("utf-8", errors="replace"),
                    verdict=statement["verdict"],
                    sqlstate=statement.get("sqlstate"),
                    kind=statement.get("kind", ""),
                    reason=statement.get("reason", ""),
                    copy_data=copied[1] if copied else b"",
                    runs_programs=RUNS_PROGRAMS.search(raw) is not None,
                )
            )
        migrations.append(Migration(entry["filename"], entry.get("runner", ""), tuple(verdicts)))
    return migrations


def spread(count: int, sample: int | None) -> frozenset[int]:
    """Choose at most `sample` of the numbers below `count`, evenly spread."""
    if sample is None or sample >= count:
        return frozenset(range(count))
    return frozenset(index * count // sample for index in range(sample))


def measure(
    database: Database, migrations: Sequence[Migration], mode: Mode, sample: int | None = None
) -> Report:
    """Apply the migrations to a database in order, ask about each again, compare."""
    report = Report()
    runner = migrations[0].runner if migrations else ""
    for message in PRELUDES.get(runner, ()):
        database.send(message)
    total = sum(len(one.verdicts) for one in migrations)
    chosen = spread(total, sample)
    passed = 0
    for migration in migrations:
        # A file is asked about as a whole in file mode: one chosen statement chooses it.
        mine = {i for i in range(len(migration.verdicts)) if passed + i in chosen}
        passed += len(migration.verdicts)
        verdicts = [one for one in migration.verdicts if not one.runs_programs]
        if len(verdicts) < len(migration.verdicts):
            report.notes.append(f"{migration.filename}: statements that start programs left out")
            mine = set(range(len(verdicts))) if mine else set()
        try:
            judgements = _ask(database, verdicts, mode, mine)
        except Exception as error:
            report.notes.append(f"{migration.filename}: {type(error).__name__}: {error}")
            continue
        _note_failures(report, migration, verdicts, judgements)
        report.comparisons += [
            Comparison(
                migration.filename,
                verdict,
                judgement,
                compare(verdict.verdict, verdict.sqlstate, judgement),
            )
            for index, (verdict, judgement) in enumerate(zip(verdicts, judgements, strict=True))
            if index in mine or (mode == "file" and mine)
        ]
    return report


def _ask(
    database: Database, verdicts: Sequence[Verdict], mode: Mode, chosen: set[int]
) -> list[Judgement | None]:
    texts = [one.text for one in verdicts]
    copied = {index: one.copy_data for index, one in enumerate(verdicts) if one.copy_data}
    if mode == "statement" or not chosen:
        return judge_each_statement(database, [], texts, chosen, copy_data=copied)
    _, each = judge_by_statement(database, [], texts, copy_data=copied)
    return list(each)


def _note_failures(
    report: Report,
    migration: Migration,
    verdicts: Sequence[Verdict],
    judgements: Sequence[Judgement | None],
) -> None:
    for verdict, judgement in zip(verdicts, judgements, strict=True):
        failed = judgement.first[0] if judgement is not None and judgement.first else None
        if failed is not None:
            report.notes.append(f"{migration.filename}: first run {failed}: {_short(verdict.text)}")


def _short(text: str, length: int = 160) -> str:
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def _described(one: Comparison) -> str:
    said = " ".join(filter(None, (one.verdict.verdict, one.verdict.sqlstate)))
    lines = [f"{one.filename} at byte {one.verdict.start}", f"    {_short(one.verdict.text, 400)}"]
    lines.append(f"    idemlint: {said} ({one.verdict.reason or 'no reason'})")
    lines.append(f"    server:   {one.judgement}")
    if one.judgement is not None:
        for part, change in one.judgement.difference.items():
            lines += [f"      {part} {line}" for line in _short_lines(str(change))]
    return "\n".join(lines)


def _short_lines(text: str, most: int = 4) -> Iterable[str]:
    lines = text.splitlines()
    shown = [_short(line, 200) for line in lines[:most]]
    return shown if len(lines) <= most else [*shown, f"… {len(lines) - most} more"]


def _replay(command: str, folder: str, runner: str | None, mode: Mode) -> object:
    arguments = [*shlex.split(command), "replay", "--output-format", "json", "--rerun", mode]
    arguments += ["--isolated", *(["--runner", runner] if runner else []), folder]
    done = subprocess.run(arguments, capture_output=True, check=False)
    if done.returncode != 0:
        raise SystemExit(f"{shlex.join(arguments)}: exit {done.returncode}\n{done.stderr.decode()}")
    return json.loads(done.stdout)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison from the command line; 0 also where there are disagreements."""
    parser = argparse.ArgumentParser(prog="python -m tests.postgres.truth", description=__doc__)
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("--runner", help="the migration runner; default: idemlint's own guess")
    parser.add_argument("--mode", choices=("statement", "file"), default="file")
    parser.add_argument("--sample", type=int, help="ask about at most so many statements a folder")
    parser.add_argument("--major", type=int, help="major version of the server")
    parser.add_argument(
        "--before",
        action="append",
        default=[],
        metavar="FILE",
        type=Path,
        help="SQL to run first: what the platform brings along",
    )
    parser.add_argument("--replay-json", type=Path, help="read verdicts from a file instead")
    parser.add_argument(
        "--idemlint",
        default=f"{shlex.quote(sys.executable)} -m idemlint",
        help="the command to start idemlint with",
    )
    options = parser.parse_args(arguments)
    total = Report()
    try:
        server = start_server(options.major)
    except ServerUnavailable as error:
        raise SystemExit(f"no PostgreSQL server: {error}") from error
    with server:
        for folder in options.folders:
            document = (
                json.loads(options.replay_json.read_bytes())
                if options.replay_json
                else _replay(options.idemlint, folder, options.runner, options.mode)
            )
            migrations = read_replay(document, lambda name: Path(name).read_bytes())
            with server.fresh_database() as database:
                for file in options.before:
                    database.send(file.read_text())
                report = measure(database, migrations, options.mode, options.sample)
            print(f"== {folder} (PostgreSQL {server.version})\n{report.text()}\n", flush=True)
            total.comparisons += report.comparisons
    if len(options.folders) > 1:
        print("== all folders\n" + "\n".join(total.summary()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
