"""Yesterday's database on a server: the revision's files run, then what the branch adds; and a new one.

What idemlint says of both is held against that: each statement by itself, and the names that are there at the
end.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from idemlint import engine
from idemlint.git.past import Past, PastTree
from idemlint.replay.judge.first import is_asked
from idemlint.settings import Settings
from idemlint.source.parse import parse
from idemlint.source.text import decode
from postgres.server import execute

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from idemlint.sequence.upgrade.upgrade_path import UpgradePath
    from postgres.server import Database, Server
    from postgres.snapshot import Difference, Snapshot

FOLDER = "no/such/folder"
#: The parts of a snapshot of which idemlint says what is there: relations, columns, labels, routines, views.
PARTS = ("pg_class", "pg_attribute", "pg_proc", "pg_enum", "pg_rewrite", "pg_type")


def opened(
    then: Mapping[str, bytes], now: Mapping[str, bytes], runner: str
) -> tuple[engine.Sequence, UpgradePath | None]:
    """The folder as it is now, and its upgrade path from what it was then. Files are by name."""
    real = os.path.realpath(FOLDER)
    texts = {f"{real}/{name}": data for name, data in then.items()}
    past = Past("main", (PastTree(os.path.realpath(os.curdir), texts, frozenset()),))
    given = {f"{FOLDER}/{name}": data for name, data in now.items() if name.endswith(".sql")}
    also = {f"{FOLDER}/{name}": data for name, data in now.items()}
    settings = Settings(rules=frozenset({"IDM824"}), root=str(Path()), runner=runner, past=past)
    (sequence,) = [
        each for each in engine.open([*given], settings, also, are_found=True) if each.is_ordered
    ]
    return sequence, sequence.upgrade()


@dataclass
class Agreement:
    """How often a server said the same: of statements of what the branch adds, and of what is there in the
    end."""

    statements: int = 0
    unknown: int = 0
    claims: int = 0
    wrong: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    differences: int = 0
    divergences: int = 0
    wrong_divergences: list[str] = field(default_factory=list)
    missed_differences: list[str] = field(default_factory=list)

    def add(self, other: Agreement) -> None:
        """Count what another one has."""
        for name, value in vars(other).items():
            setattr(self, name, getattr(self, name) + value)


def held_against(
    server: Server, then: Mapping[str, bytes], now: Mapping[str, bytes], runner: str
) -> Agreement:
    """What idemlint says of a folder's upgrade path, and what a server does."""
    found = Agreement()
    sequence, path = opened(then, now, runner)
    if path is None or path.refused:
        return found
    order = [name.removeprefix(f"{FOLDER}/") for name in path.pending]
    with server.fresh_database() as new, server.fresh_database() as old:
        before = _run(new, _statements(sequence, now, sequence.files))
        _run(old, _statements_of(then, sequence, runner))
        outcomes = _run(old, _statements(sequence, now, path.pending))
        told = {
            (each.filename.removeprefix(f"{FOLDER}/"), row.index): row
            for each in (sequence.report(name) for name in path.pending)
            for row in each.statements
        }
        for site, sqlstate in outcomes.items():
            first = told[site].upgrade
            assert first is not None
            found.statements += 1
            found.unknown += first.verdict == "unknown"
            found.claims += first.verdict == "fails"
            asked = sqlstate is not None and is_asked(sqlstate) and sqlstate[:2] != "25"
            if first.verdict == "fails" and first.sqlstate != sqlstate:
                found.wrong.append(f"{site}: {first.sqlstate}, a server {sqlstate}")
            if first.verdict == "runs" and asked:
                found.missed.append(f"{site}: a server {sqlstate}")
        failing = set(outcomes) - {site for site, state in outcomes.items() if state is None}
        clean = not failing and not any(before.values())
        _compare(found, path, new.snapshot(), old.snapshot(), clean=clean)
    assert set(order) == {site[0] for site in outcomes} or not outcomes
    return found


def _compare(
    found: Agreement, path: UpgradePath, new: Snapshot, old: Snapshot, *, clean: bool
) -> None:
    told = {each.subject for mine in path.divergences.values() for each in mine}
    told.update(each.removeprefix("its ") for mine in path.lost.values() for each in mine)
    changed = new.difference(old)
    names = {_word(part, name) for part in PARTS if part in changed for name in changed[part].names}
    found.differences += len(names)
    found.divergences += len(told)
    for subject in sorted(told):
        if not any(_is_about(subject, name) for name in names):
            found.wrong_divergences.append(subject)
    if clean:
        # Else what failed on one of the two is the reason, and said elsewhere.
        for name in sorted(names):
            if not any(_belongs(subject, name) for subject in told):
                found.missed_differences.append(name)


def _names(part: str, change: Difference) -> frozenset[str]:
    """The names of what differs; in which order columns stand does not count."""
    if part != "pg_attribute":
        return change.names
    added, removed = (
        {(name, content.partition(",")[2]) for name, content in each}
        for each in (change.added, change.removed)
    )
    return frozenset(name for name, _ in added ^ removed)


def _word(part: str, name: str) -> str:
    if part == "pg_rewrite":
        name = name.removesuffix(' "_RETURN"')
    if part == "pg_type":
        name = name.removesuffix("[]")
    return name.replace('"', "").removeprefix("public.").partition("(")[0] + f" [{part}]"


def _subject(subject: str) -> tuple[str, str]:
    """`column x on t` and `label a of t`: the thing, and what it is in."""
    *_, last = subject.replace('"', "").split(" ")
    words = subject.replace('"', "").split(" ")
    if len(words) >= 4 and words[-2] in ("on", "of"):
        return words[-3], last
    return last.partition("(")[0].removeprefix("public."), ""


def _is_about(subject: str, name: str) -> bool:
    thing, holder = _subject(subject)
    plain = name.partition(" [")[0]
    if holder:
        return plain in (f"{holder}.{thing}", f"{holder} '{thing}'")
    return plain == thing


def _belongs(subject: str, name: str) -> bool:
    """Whether a difference is what was told, or comes along with that."""
    if _is_about(subject, name):
        return True
    thing, holder = _subject(subject)
    plain = name.partition(" [")[0]
    if holder:
        # Columns behind it have other numbers.
        return plain.startswith((f"{holder}.", f"{holder} "))
    return plain.startswith((f"{thing}.", f"{thing} ", f"{thing}_", f"idx_{thing}_"))


Site = tuple[str, int]


def _statements(
    sequence: engine.Sequence, texts: Mapping[str, bytes], names: Iterable[str]
) -> list[tuple[Site, str]]:
    found = []
    for name in names:
        own = name.removeprefix(f"{FOLDER}/")
        found += _of(own, texts[own], sequence)
    return found


def _of(own: str, data: bytes, sequence: engine.Sequence) -> list[tuple[Site, str]]:
    parsed = parse(decode(own, data), sequence.profile.sections(data))
    return [
        ((own, each.index), data[each.start : each.end].decode("utf-8", "replace"))
        for each in parsed.statements
        if each.section == "up"
    ]


def _statements_of(
    texts: Mapping[str, bytes], sequence: engine.Sequence, runner: str
) -> list[tuple[Site, str]]:
    """Of the files of then, in their order of then."""
    also = {f"{FOLDER}/{name}": data for name, data in texts.items()}
    given = [name for name in also if name.endswith(".sql")]
    settings = Settings(rules=frozenset(), root=str(Path()), runner=runner)
    (past,) = [
        each for each in engine.open(given, settings, also, are_found=True) if each.is_ordered
    ]
    return _statements(sequence, texts, past.files)


def _run(database: Database, statements: list[tuple[Site, str]]) -> dict[Site, str | None]:
    found: dict[Site, str | None] = {}
    with database.connect() as connection:
        for site, text in statements:
            found[site] = execute(connection, text)
            execute(connection, "ROLLBACK")
    return found
