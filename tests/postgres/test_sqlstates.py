"""Which errors a handler catches (`exception_matches_conditions` in pl_exec.c)."""

from __future__ import annotations

import pytest

from idemlint.postgres.kinds import Kind
from idemlint.postgres.sqlstates import catches, condition_name, sqlstates


@pytest.mark.parametrize(
    ("conditions", "sqlstate", "expected"),
    [
        (("duplicate_table",), "42P07", True),
        (("duplicate_object",), "42P07", False),
        (("duplicate_object", "duplicate_table"), "42P07", True),
        (("42P07",), "42P07", True),
        (("integrity_constraint_violation",), "23505", True),
        (("23000",), "23505", True),
        (("unique_violation",), "23000", False),
        (("others",), "42P07", True),
        (("others",), "P0004", False),
        (("others",), "57014", False),
        (("assert_failure",), "P0004", True),
        (("modifying_sql_data_not_permitted",), "38002", True),
        (("modifying_sql_data_not_permitted",), "2F002", True),
        (("no_such_condition",), "42P07", False),
        ((), "42P07", False),
    ],
)
def test_catches(conditions: tuple[str, ...], sqlstate: str, expected: bool) -> None:
    assert catches(conditions, sqlstate) is expected


def test_names_both_ways() -> None:
    assert condition_name("42P07") == "duplicate_table"
    assert sqlstates("duplicate_table") == ("42P07",)
    assert condition_name("99999") is None


def test_every_sqlstate_of_a_kind_has_a_name() -> None:
    """TimescaleDB's own have none that PL/pgSQL knows (its src/errors.h)."""
    codes = {code for kind in Kind for code in (kind.duplicate, kind.undefined)}
    nameless = {code for code in codes if condition_name(code) is None}
    assert nameless == {"TS001", "TS002", "TS110", "TS160"}
