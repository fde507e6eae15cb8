"""The table of effects in `replay`'s docstring says what the classes and the machine say."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
from typing import NamedTuple, get_args

import pytest

import idemlint.replay
from idemlint.replay.effects import describe
from idemlint.replay.effects.vocabulary import Effect
from idemlint.replay.machine.handlers import FUNCTIONS, HANDLERS

WORDS = {each.__name__: each for each in get_args(Effect)}
SQLSTATE = re.compile(r"[0-9][0-9A-Z]{4}")

#: What carries out no word of its own, by the module that it works for.
HELPED = {
    "objects.create": ("machine.objects.replace", "machine.objects.foreign_keys"),
    "parse_analysis": ("machine.requirements.column_meant", "effects.queries.types_read"),
    "requirements": ("machine.objects.routines",),
}


class Row(NamedTuple):
    word: str
    meaning: str
    raises: str
    carried_out: str


def table() -> list[Row]:
    """The rows of the table, in their order."""
    lines = (idemlint.replay.__doc__ or "").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if "|" in line]
    return [Row(*row) for row in cells[2:]]


ROWS = table()


def test_every_word_has_a_row_and_every_row_a_word_in_the_order_of_the_vocabulary() -> None:
    assert [row.word for row in ROWS] == list(WORDS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.word)
def test_the_function_that_the_row_names_carries_the_word_out(row: Row) -> None:
    module, _, function = row.carried_out.rpartition(".")
    found = importlib.import_module(f"idemlint.replay.machine.{module}")
    assert HANDLERS[WORDS[row.word]] is getattr(found, function)


def test_no_other_word_is_carried_out() -> None:
    assert list(FUNCTIONS) == list(WORDS.values())


@pytest.mark.parametrize("module", sorted({row.carried_out.rpartition(".")[0] for row in ROWS}))
def test_the_sqlstates_of_a_module_are_in_its_rows(module: str) -> None:
    sources = [
        inspect.getsource(pkgutil.resolve_name(f"idemlint.replay.{each}"))
        for each in (f"machine.{module}", *HELPED.get(module, ()))
    ]
    constants = {
        node.value
        for source in sources
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    told = {
        state
        for row in ROWS
        if row.carried_out.startswith(f"{module}.")
        for state in SQLSTATE.findall(row.raises)
    }
    assert {each for each in constants if SQLSTATE.fullmatch(each)} == told


def test_every_word_can_be_told() -> None:
    assert list(describe._TEXTS) == list(WORDS.values())
