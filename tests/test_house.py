"""The house is in order: imports go one way, only the command line prints, modules stay readable."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "idemlint"
MODULES = sorted(PACKAGE.rglob("*.py"))

#: From the bottom to the top: what runs may import what stands before it, never what comes after.
#: (Names for the type checker alone are free: a fix speaks of the rule's `Migration`.)
FLOOR_BY_FLOOR = (
    "__version__",
    "errors",
    "records",
    "git",
    "files",
    "source",
    "diagnostics",
    "runners",
    "plpgsql",
    "replay",
    "config",
    "selection",
    "folder",
    "fixes",
    "rules",
    "report",
    "engine",
    "cli",
    "__main__",
)
#: Modules that stand higher than their folder.
HIGHER = {
    # It proves a fix by looking at the fixed file as the engine does.
    "fixes/engine.py": "engine",
    # It hands that out to the command line, and loads it only then.
    "fixes/__init__.py": "engine",
}
#: The longest that a module may be, and those that may be longer: each is one table or one machine
#: that would be harder to follow in two pieces. Nothing here is a licence to grow.
LONGEST = 400
LONGER = {
    "replay/catalog.py": 680,  # the catalog's state and its undo log, which must agree line by line
    "engine.py": 430,  # the one place where the flow is put together
    "replay/definitions.py": 580,  # what a column, constraint or index is, and when two are the same
    "replay/effects/alter_table.py": 500,  # one function a subcommand of ALTER TABLE
    "replay/effects/objects.py": 450,  # one function a CREATE statement
    "replay/searches.py": 500,  # one pattern a way to look something up in the system catalogs
}


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def floor_of(module: str) -> str:
    """`replay/effects/names.py` lives on the floor `replay`."""
    return HIGHER.get(module) or module.split("/")[0].removesuffix(".py")


def imports(path: Path) -> Iterator[tuple[int, str]]:
    """The floors that a module imports from when it runs, with the lines."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for_types = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) in for_types:
            continue
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        for name in names:
            parts = name.split(".")
            if parts[0] == "idemlint" and len(parts) > 1:
                module = "/".join(parts[1:3]) + ".py"
                yield node.lineno, floor_of(module)


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_imports_go_one_way(path: Path) -> None:
    own = floor_of(name_of(path))
    if own == "__init__":
        own = "__version__"
    below = FLOOR_BY_FLOOR[: FLOOR_BY_FLOOR.index(own) + 1]
    wrong = [f"line {line}: {floor}" for line, floor in imports(path) if floor not in below]
    assert not wrong, f"{name_of(path)} is on the floor `{own}` and imports from above"


def calls(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)
        elif isinstance(node, ast.Attribute):
            yield node.lineno, ast.unparse(node)


@pytest.mark.parametrize(
    "path", [path for path in MODULES if not name_of(path).startswith("cli/")], ids=name_of
)
def test_nothing_below_the_command_line_prints_or_exits(path: Path) -> None:
    unwanted = {"print", "input", "exit", "quit"}
    unwanted |= {"sys.stdout", "sys.stderr", "sys.stdin", "sys.exit", "os._exit", "click.echo"}
    if name_of(path) == "__main__.py":
        unwanted -= {"sys.exit"}
    assert [found for found in calls(path) if found[1] in unwanted] == []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_the_parser_that_crashes_is_never_called(path: Path) -> None:
    """pglast's `parse_sql` takes the process down on deep trees, and is slow on long ones."""
    text = path.read_text(encoding="utf-8")
    names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    names |= {alias.name for node in ast.walk(ast.parse(text)) for alias in _aliases(node)}
    names |= {name.split(".")[-1] for _, name in calls(path)}
    assert not names & {"parse_sql", "parse_plpgsql"}


def _aliases(node: ast.AST) -> list[ast.alias]:
    return node.names if isinstance(node, (ast.Import, ast.ImportFrom)) else []


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_is_read_in_one_sitting(path: Path) -> None:
    lines = len(path.read_text(encoding="utf-8").splitlines())
    assert lines <= LONGER.get(name_of(path), LONGEST)


def test_the_exceptions_are_still_needed() -> None:
    lengths = {name_of(path): len(path.read_text().splitlines()) for path in MODULES}
    assert [name for name in LONGER if lengths.get(name, 0) <= LONGEST] == []
    assert set(HIGHER) <= set(lengths)


def test_every_module_says_what_it_is() -> None:
    silent = [
        name_of(path)
        for path in MODULES
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_the_version_is_in_the_changelog() -> None:
    import idemlint

    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (\d+\.\d+\.\d+)", changes, re.MULTILINE)
    assert versions[0] == idemlint.__version__
