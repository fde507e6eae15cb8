"""What the rules of IDM1 to IDM3 say; the pages have the examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from idemlint import engine
from idemlint.postgres.kinds import Kind
from idemlint.replay.effects.vocabulary import Creates, CreatesUnnamed, Drops, Renames, Verb
from idemlint.replay.judge.verdict import Verdict
from idemlint.rules import OutcomeRule, all_rules
from idemlint.settings import Settings

FAMILIES = ("IDM1", "IDM2", "IDM3")


def messages(text: str) -> list[str]:
    codes = frozenset(code for code in all_rules() if code.startswith(FAMILIES))
    settings = Settings(codes, Path(), runner="psql")
    [sequence] = engine.open(["m/1.sql"], settings, {"m/1.sql": text.encode()})
    return [each.message for each in sequence.judged("m/1.sql").diagnostics]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "CREATE TABLE users (id int)",
            "CREATE TABLE users fails on a rerun: table users exists since this statement's first run",
        ),
        (
            "ALTER TABLE users ADD PRIMARY KEY (id)",
            "ADD PRIMARY KEY to users fails on a rerun:",
        ),
        (
            "ALTER TABLE users ALTER id DROP IDENTITY",
            "DROP on column id fails on a rerun:",
        ),
        (
            "DROP TABLE users",
            "DROP TABLE users fails on a rerun: table users is gone since this statement's first run",
        ),
        (
            "CREATE INDEX ON users (id)",
            "CREATE INDEX ON users without a name builds one more index on every rerun:",
        ),
        (
            "ALTER TYPE mood ADD VALUE 'sad'",
            "ADD VALUE sad fails on a rerun: enum value sad on mood",
        ),
        ("ALTER TYPE pair ADD ATTRIBUTE c int", "ADD ATTRIBUTE c fails on a rerun:"),
    ],
)
def test_a_message_names_the_object(text: str, message: str) -> None:
    [said] = messages(text)
    assert said.startswith(message)


def named() -> set[tuple[Verdict, object, Kind | None]]:
    return {
        (on.verdict, on.cause, on.kind)
        for rule in all_rules().values()
        if isinstance(rule, OutcomeRule)
        for on in rule.on
        if on.kind is None or isinstance(on.kind, Kind)
    }


#: What only functions of extensions make.
BY_CALLS = {Kind.HYPERTABLE, Kind.DIMENSION, Kind.TABLE_POLICY, Kind.DISTRIBUTION}


@pytest.mark.parametrize("kind", [each for each in Kind if each not in BY_CALLS])
def test_every_kind_has_a_rule_that_names_its_creation_and_its_end(kind: Kind) -> None:
    names = named()
    assert (Verdict.FAILS, Verb.CREATE, kind) in names
    assert (Verdict.REPEATS, Creates, kind) in names
    for verdict, cause in ((Verdict.FAILS, Verb.DROP), (Verdict.REPEATS, Drops)):
        assert {(verdict, cause, kind), (verdict, cause, None)} & names


@pytest.mark.parametrize(
    "call",
    [
        "create_hypertable('t', 'a')",
        "add_dimension('t', 'a', 4)",
        "add_retention_policy('t', '1 day')",
        "create_distributed_table('t', 'a')",
    ],
)
def test_what_only_functions_make_the_general_rule_names(call: str) -> None:
    before = "CREATE TABLE IF NOT EXISTS t (a int); "
    [message] = messages(f"{before}SELECT {call};")
    assert message.startswith("on a rerun this raises ")


def test_what_has_no_kind_is_named_too() -> None:
    names = named()
    for verb in (Verb.RENAME, Verb.MOVE, Verb.ALTER, Verb.USE, Verb.WRITE):
        assert (Verdict.FAILS, verb, None) in names
    assert (Verdict.FAILS, Drops, None) in names
    assert (Verdict.REPEATS, Renames, None) in names
    for kind in (Kind.INDEX, Kind.CONSTRAINT, Kind.STATISTICS):
        assert (Verdict.REPEATS, CreatesUnnamed, kind) in names
