"""Asking replay in a few words, and a small language to write cases in.

    >>> verdicts("CREATE TABLE a (i int); ALTER TABLE a RENAME TO b;")
    ['safe', 'fails 42P07']

A text of cases:

    -- # a renamed table leaves its name free
    CREATE SCHEMA s;             what was there before: run once, never again
    ---
    CREATE TABLE s.a (i int);    -- safe, alone fails 42P07

What stands behind a statement is its verdict when the whole file runs again after its end; `alone`, when
only the statement runs again, right after itself (left out where it is the same). In brackets is what
PostgreSQL says where replay says otherwise on purpose: `unknown (safe)`, and `repeats (safe)` where it does
so for want of rows. `test_cases.py` compares both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from idemlint.postgres.kinds import Kind, Space
from idemlint.replay.catalog.slots import PRESENT
from idemlint.replay.effects.program import program_of
from idemlint.replay.judge.assembly import new_machine
from idemlint.replay.judge.rerun import replay_file
from idemlint.source.parse import parse
from idemlint.source.text import decode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from idemlint.replay.catalog.lookup import Catalog
    from idemlint.replay.catalog.slots import Slot
    from idemlint.replay.judge.verdict import Outcome

VERSION = 16

_TITLE = re.compile(r"^-- # (.*)\n", re.MULTILINE)
_BEFORE = re.compile(r"^---\n", re.MULTILINE)
_SAID = re.compile(r"[ \t]*-- ((?:safe|fails \w{5}|repeats|unknown)\b.*)")


class Told(NamedTuple):
    """A verdict, and what PostgreSQL says where replay cannot tell."""

    verdict: str
    truth: str


class Case(NamedTuple):
    """What was there before, statements, and for each what it comes to in the file and alone."""

    title: str
    before: str
    statements: tuple[str, ...]
    file: tuple[Told, ...]
    alone: tuple[Told, ...]

    @property
    def sql(self) -> str:
        return ";\n".join(self.statements) + ";"


def split(sql: str) -> list[str]:
    """The statements of a text, comments between them left out."""
    return [text for text, _ in _split(sql)]


def _split(sql: str) -> Iterator[tuple[str, str]]:
    """Each statement with what follows it on its line."""
    content = sql.encode()
    parsed = parse(decode("case.sql", content))
    for each in parsed.statements:
        text = content[each.span.start : each.span.end].decode()
        rest = content[each.span.end :].decode().removeprefix(";").partition("\n")[0]
        yield text, rest


def read(text: str) -> list[Case]:
    """The cases of a text."""
    _, *parts = _TITLE.split(text)
    cases = []
    for title, body in zip(parts[::2], parts[1::2], strict=True):
        before, rest = _BEFORE.split(body, 1) if _BEFORE.search(body) else ("", body)
        statements, file, alone = [], [], []
        for statement, comment in _split(rest):
            said = _SAID.match(comment)
            words = said[1] if said else "safe"
            here, _, by_itself = words.partition(", alone ")
            statements.append(statement)
            file.append(_told(here))
            alone.append(_told(by_itself or here))
        cases.append(Case(title, before, tuple(statements), tuple(file), tuple(alone)))
    return cases


def _told(words: str) -> Told:
    verdict, _, truth = words.partition(" (")
    return Told(verdict, truth.rstrip(") ") or verdict)


def verdicts(
    sql: str,
    mode: str = "file",
    *,
    before: str = "",
    units: Sequence[int] | None = None,
    version: int = VERSION,
) -> list[str]:
    """What replay says of each statement: `safe`, `fails 42P07`, `repeats`, `unknown`, `not-applicable`."""
    told = outcomes(sql, mode, before=before, units=units, version=version)
    return [word(outcome) for outcome in told]


def outcomes(
    sql: str,
    mode: str = "file",
    *,
    before: str = "",
    units: Sequence[int] | None = None,
    version: int = VERSION,
    foresees: bool = False,
) -> list[Outcome]:
    """The same with reasons; `units` are all different by default (autocommit). `foresees`: with what would
    come to light behind each."""
    machine = new_machine(("public",), version, foresees=foresees)
    setup = programs(before, version)
    replay_file(machine, setup, range(len(setup)), frozenset(), 0)
    made = programs(sql, version)
    modes = frozenset({mode, "file"})
    given = range(len(made)) if units is None else units
    replayed = replay_file(machine, made, given, modes, len(setup))
    return [each[mode] for each in replayed.outcomes]  # type: ignore[index]


class After(NamedTuple):
    """What is there for sure: names of relations, and of constraints by table."""

    relations: set[str]
    constraints: dict[str, set[str]]


def after(sql: str, *, version: int = VERSION) -> After:
    """What a file leaves in schema public."""
    machine = new_machine(("public",), version)
    made = programs(sql, version)
    replay_file(machine, made, range(len(made)), frozenset(), 0)
    catalog = machine.catalog
    schema = catalog.recorded((Space.SCHEMA, 0, "public"))
    assert schema is not None
    relations: set[str] = set()
    constraints: dict[str, set[str]] = {}
    for key, _ in list(catalog.contents(schema.oid)):
        slot, name = catalog.slot(key), key[2]
        if key[:2] != (Space.RELATION, schema.oid) or slot is None:
            continue
        if slot.presence is PRESENT:
            relations.add(name)
            if slot.kind is Kind.TABLE:
                constraints[name] = _constraints(catalog, slot)
    return After(relations, constraints)


def _constraints(catalog: Catalog, table: Slot) -> set[str]:
    names = set(table.definition.constraints) if table.definition is not None else set()
    names |= {key[2] for key, _ in catalog.contents(table.oid) if key[0] is Space.CONSTRAINT}
    found = {name: catalog.find_key((Space.CONSTRAINT, table.oid, name)) for name in names}
    return {name for name, slot in found.items() if slot and slot.presence is PRESENT}


def word(outcome: Outcome) -> str:
    """An outcome in a word or two."""
    return " ".join(filter(None, (outcome.verdict.value, outcome.sqlstate)))


def programs(text: str, version: int = VERSION) -> list[Any]:
    """What the machine runs, a program a statement."""
    parsed = parse(decode("case.sql", text.encode()))
    return [program_of(parsed, each, version) for each in parsed.statements]
