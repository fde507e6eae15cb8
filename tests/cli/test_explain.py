"""`idemlint explain` and `idemlint rules`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from cli.conftest import Result

    Idemlint = Callable[..., Result]


@pytest.mark.parametrize("what", ["IDM101", "idm101", "create-table"])
def test_a_rule_is_its_page(idemlint: Idemlint, what: str) -> None:
    result = idemlint("explain", what)
    assert result.code == 0
    assert result.out.lstrip().startswith("# ")
    assert not result.out.startswith("---")


@pytest.mark.parametrize("what", ["42P07", "42p07", "duplicate_table"])
def test_an_sqlstate_has_a_name_and_rules_that_foresee_it(idemlint: Idemlint, what: str) -> None:
    result = idemlint("explain", what)
    assert result.code == 0
    assert "42P07 duplicate_table" in result.out
    assert "IDM101 create-table" in result.out


def test_an_sqlstate_that_no_rule_foresees(idemlint: Idemlint) -> None:
    assert "No rule foresees it." in idemlint("explain", "58030").out


def test_what_is_neither_is_2(idemlint: Idemlint) -> None:
    result = idemlint("explain", "creat-table")
    assert result.code == 2
    assert "did you mean `create-table`?" in result.err


def test_a_terminal_gets_a_rendered_page(idemlint: Idemlint) -> None:
    assert "\x1b[" in idemlint("explain", "--color", "always", "IDM101").out


def test_all_rules(idemlint: Idemlint) -> None:
    lines = idemlint("rules").out.splitlines()
    assert lines[0].split() == ["code", "name", "severity", "default", "fix", "SQLSTATE"]
    row = next(line for line in lines if line.startswith("IDM101"))
    assert row.split()[:4] == ["IDM101", "create-table", "error", "on"]


def test_all_rules_for_machines(idemlint: Idemlint) -> None:
    rules = json.loads(idemlint("rules", "--output-format", "json").out)
    assert [rule["code"] for rule in rules] == sorted(rule["code"] for rule in rules)
    assert set(rules[0]) == {
        *("code", "name", "title", "severity", "default", "fix", "sqlstate", "url"),
    }
