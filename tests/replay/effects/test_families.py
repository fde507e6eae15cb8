"""The table of statements and their functions: modules that are imported when they are needed."""

from __future__ import annotations

import importlib
import inspect
import subprocess
import sys

import pytest

from idemlint.replay import effects

ROWS = [
    (family, statement, function)
    for family, functions in effects._FAMILIES.items()
    for statement, function in functions.items()
]


@pytest.mark.parametrize(
    ("family", "statement", "function"), ROWS, ids=[statement for _, statement, _ in ROWS]
)
def test_every_row_names_a_function_that_takes_a_tree(
    family: str, statement: str, function: str
) -> None:
    found = getattr(importlib.import_module(f"idemlint.replay.effects.{family}"), function)
    needed = [
        each
        for each in inspect.signature(found).parameters.values()
        if each.default is inspect.Parameter.empty
    ]
    assert len(needed) == 1 + (statement in effects._VERSIONED)


def test_no_statement_has_two_rows() -> None:
    statements = [statement for _, statement, _ in ROWS] + list(effects._WITHOUT_EFFECT)
    assert len(statements) == len(set(statements))


def test_a_family_that_no_statement_belongs_to_is_not_loaded() -> None:
    program = (
        "import sys, idemlint.engine as engine, idemlint.settings as settings;"
        "folder = engine.open(['a.sql'], settings.Settings.load(isolated=True),"
        " {'a.sql': b'CREATE TABLE IF NOT EXISTS t (id int);'});"
        "print([len(each.statements) for each in folder.reports()],"
        " sorted(m for m in sys.modules if m.startswith(('idemlint.fixes.', 'idemlint.replay.effects.'))))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    ).stdout
    words = ("program", "queries", "tables", "vocabulary")
    assert shown == f"[1] {[f'idemlint.replay.effects.{word}' for word in words]}\n"
