"""Which rule names an outcome: the narrowest, and where none is, the general one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint.analysis.findings import rule_for
from idemlint.postgres.kinds import Kind, Ref, Space
from idemlint.replay.effects.vocabulary import (
    Again,
    Creates,
    Drops,
    Fails,
    Inserts,
    Renames,
    Requires,
    Updates,
    Verb,
)
from idemlint.replay.judge.verdict import Outcome, Verdict

if TYPE_CHECKING:
    from idemlint.replay.effects.vocabulary import Effect

TABLE = Ref(Space.RELATION, "t")
COLUMN = Ref(Space.COLUMN, "c", None, TABLE)
CONSTRAINT = Ref(Space.CONSTRAINT, "k", None, TABLE)
LABEL = Ref(Space.ENUM_VALUE, "a", None, Ref(Space.TYPE, "e"))


@pytest.mark.parametrize(
    ("code", "sqlstate", "effect", "statement"),
    [
        ("IDM101", "42P07", Creates(TABLE, Kind.TABLE), "CreateStmt"),
        ("IDM108", "42P16", Creates(TABLE, Kind.VIEW, replaces=True), "ViewStmt"),
        ("IDM209", "42P07", Renames(TABLE, TABLE, Kind.TABLE), "AlterObjectSchemaStmt"),
        ("IDM301", "2BP01", Drops(TABLE, Kind.TABLE), "DropStmt"),
        ("IDM302", "2BP01", Drops(COLUMN, Kind.COLUMN), "AlterTableStmt"),
        ("IDM303", "2BP01", Drops(CONSTRAINT, Kind.CONSTRAINT), "AlterTableStmt"),
        (
            "IDM304",
            "22P02",
            Requires(LABEL, True, "22P02", Kind.ENUM_VALUE, Verb.USE),
            "UpdateStmt",
        ),
        ("IDM304", "22P02", Updates(TABLE, Again.SAME), "UpdateStmt"),
        ("IDM304", "22P02", Inserts(TABLE, None, None), "InsertStmt"),
        (
            "IDM304",
            "42830",
            Requires(CONSTRAINT, True, "42830", Kind.CONSTRAINT, Verb.CREATE),
            "AlterTableStmt",
        ),
        (
            "IDM202",
            "42710",
            Requires(CONSTRAINT, False, "42710", Kind.CONSTRAINT, Verb.CREATE),
            "AlterTableStmt",
        ),
        ("IDM401", "23505", Inserts(TABLE, None, None), "InsertStmt"),
        ("IDM399", "42710", Fails("42710", "it did it already"), "SelectStmt"),
        ("IDM399", "P0001", None, "DoStmt"),
        ("IDM399", "0A000", Updates(TABLE, Again.SAME), "AlterTableStmt"),
    ],
)
def test_of_what_fails(code: str, sqlstate: str, effect: Effect | None, statement: str) -> None:
    outcome = Outcome(Verdict.FAILS, "file", "why", sqlstate, effect)
    rule = rule_for(outcome, statement)
    assert rule is not None
    assert rule.code == code


@pytest.mark.parametrize(
    ("code", "effect"),
    [
        ("IDM404", Updates(TABLE, Again.MOVES)),
        ("IDM301", Drops(TABLE, Kind.VIEW)),
        ("IDM405", Updates(TABLE, Again.SAME)),
        ("IDM399", None),
    ],
)
def test_of_what_repeats(code: str, effect: Effect | None) -> None:
    rule = rule_for(Outcome(Verdict.REPEATS, "file", "why", None, effect), "UpdateStmt")
    assert rule is not None
    assert rule.code == code


@pytest.mark.parametrize("verdict", [Verdict.SAFE, Verdict.NOT_APPLICABLE])
def test_nothing_is_said_of_the_others(verdict: Verdict) -> None:
    assert rule_for(Outcome(verdict, "file"), "CreateStmt") is None
