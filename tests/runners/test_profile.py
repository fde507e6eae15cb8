"""What is known of a runner stands in its profile: nobody else names one, and every field has a reader."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

import idemlint.runners.profile as records
from idemlint.runners import FALLBACK, all_profiles
from test_house import MODULES, ROOT, name_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

#: Profiles, and the tables of what runners print and what then is to be done: a row a runner.
BY_RUNNER = ("runners/profiles/", "outage/")
OUTSIDE = [path for path in MODULES if not name_of(path).startswith(BY_RUNNER)]

#: Where a runner's name may stand, and why. Docstrings and comments may give examples.
ALLOWED = {
    ("runners/__init__.py", FALLBACK): "the runner of files that no runner claims",
    ("source/mask.py", "psql"): "the program whose commands stand in files of several runners",
    ("source/statement.py", "psql"): "the same: what was masked",
    ("rules/creates_more.py", "psql"): "the same: advice to use a command of it",
    ("rules/readable.py", "psql"): "the same: its commands mean nothing to a server",
}


def test_no_runner_is_named_outside_its_profile() -> None:
    names = {each.name for each in all_profiles().values()}
    names |= {each.family for each in all_profiles().values()} - {""}
    names |= {name.replace("-", "_") for name in names}
    named = re.compile(
        rf"(?i)(?<![a-z0-9])(?:{'|'.join(map(re.escape, sorted(names)))})(?![a-z0-9])"
    )
    found = [
        (name_of(path), line, match.group().lower())
        for path in OUTSIDE
        for line, text in words(path)
        for match in named.finditer(text)
    ]
    offenders = [
        f"{file}:{line} {name}" for file, line, name in found if (file, name) not in ALLOWED
    ]
    assert offenders == [], "make it a field of Profile, and set it in the runner's module"
    assert set(ALLOWED) == {(file, name) for file, _, name in found}


def words(path: Path) -> Iterator[tuple[int, str]]:
    """A module's literals and identifiers with their lines; no docstrings, and no `list.pop`."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docs = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        line = getattr(node, "lineno", 0)
        if isinstance(node, ast.Constant) and id(node) not in docs:
            if isinstance(node.value, (str, bytes)):
                yield (
                    line,
                    node.value if isinstance(node.value, str) else node.value.decode("latin-1"),
                )
        elif isinstance(node, ast.Name):
            yield line, node.id
        elif isinstance(node, ast.Attribute) and node.attr != "pop":
            yield line, node.attr
        elif isinstance(node, (ast.FunctionDef, ast.ClassDef, ast.alias)):
            yield line, node.name
        elif isinstance(node, ast.arg):
            yield line, node.arg


def fields() -> list[tuple[str, str]]:
    """The fields of a profile, and of the records that it is made of."""
    return [
        (name, field)
        for name, record in vars(records).items()
        if isinstance(record, type)
        and issubclass(record, tuple)
        and record.__module__ == records.__name__
        for field in getattr(record, "_fields", ())
    ]


@pytest.mark.parametrize(("record", "field"), fields())
def test_every_field_has_a_reader(record: str, field: str) -> None:
    """A fact that nothing asks for belongs into the docstring of its profile."""
    assert field in read(), f"nobody reads {record}.{field}"


@cache
def read() -> frozenset[str]:
    """The attributes, by name, that are read anywhere but in the profiles: in the source, and by what
    makes the tables of the documentation."""
    return frozenset(
        node.attr
        for path in [*OUTSIDE, ROOT / "docs" / "regenerate.py"]
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Load)
    )
