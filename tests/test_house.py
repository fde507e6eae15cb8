"""The house is in order: imports go one way, only the command line prints, modules stay readable."""

from __future__ import annotations

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from idemlint.cli.app import COMMANDS
from idemlint.replay import effects
from idemlint.replay.machine.handlers import FUNCTIONS
from idemlint.report.formats import FORMATS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "idemlint"
MODULES = sorted(PACKAGE.rglob("*.py"))

#: From the bottom to the top. A room (a folder, or a module beside the folders) imports from the floors
#: below its own, and from no other room of its own floor. All imports count, those that a function
#: makes when it runs and those for the type checker alone as well.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("__init__", "errors", "records", "modes", "on_demand"),
    ("faults", "left_out", "not_sql"),
    ("git", "files", "config", "selection", "source"),
    ("postgres", "diagnostics"),
    ("plpgsql", "runners"),
    ("replay",),
    ("sequence",),
    ("fixes",),
    ("rules",),
    ("settings",),
    ("configured",),
    ("analysis", "outage"),
    ("engine", "report"),
    ("apply", "workers"),
    ("cli",),
    ("__main__",),
)
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}

#: The longest that a module may be: what is read in one sitting.
LONGEST = 400
#: The most modules that a room may hold, and the rooms of alike modules, which are lists, not plans.
LARGEST = 16
LISTS = {
    "runners/profiles": "a runner",
    "report": "a format",
    "cli": "a command",
    "rules": "a family of rules",
}
#: Base names that may occur in several rooms, since the room says the rest.
ALIKE = {"__init__"}


def name_of(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


def room_of(module: str) -> str:
    """`replay/effects/names.py` lives in the room `replay`."""
    return module.split("/")[0].removesuffix(".py")


def module_of(path: Path) -> str:
    """`replay/effects/tables.py` → `idemlint.replay.effects.tables`."""
    dotted = "idemlint." + name_of(path).removesuffix(".py").replace("/", ".")
    return dotted.removesuffix(".__init__")


PATHS = {module_of(path): path for path in MODULES}


def _beside(folder: str) -> list[str]:
    """The modules of a room, as `room.module`."""
    files = sorted((PACKAGE / folder).glob("*.py"))
    return [f"{folder.replace('/', '.')}.{file.stem}" for file in files if file.stem != "__init__"]


#: Modules that others import by a name that stands in a table, or that they find in a folder.
BY_NAME: dict[str, list[str]] = {
    "cli/app.py": [f"cli.{name}" for name in COMMANDS],
    "on_demand.py": [],
    "replay/effects/__init__.py": [f"replay.effects.{name}" for name in effects._FAMILIES],
    "replay/machine/handlers.py": [
        f"replay.machine.{module}"
        for module in sorted({name.rpartition(".")[0] for name in FUNCTIONS.values()})
    ],
    "report/formats.py": [f"report.{name}" for name in FORMATS],
    "rules/__init__.py": _beside("rules"),
    "runners/__init__.py": _beside("runners/profiles"),
    "source/libpg_query.py": [],
}


def test_whoever_imports_by_name_is_written_down() -> None:
    found = {
        name_of(path) for path in MODULES if "import_module(" in path.read_text(encoding="utf-8")
    }
    assert found == set(BY_NAME), "say in BY_NAME what it imports, so that circles are seen"


@cache
def imports(path: Path) -> tuple[tuple[int, str], ...]:
    """The modules of ours that a module imports, anywhere in it, with the lines."""
    found = [(0, f"idemlint.{name}") for name in BY_NAME.get(name_of(path), ())]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: relative import"
            whole = {f"{node.module}.{alias.name}" for alias in node.names}
            names = sorted({name if name in PATHS else str(node.module) for name in whole})
        else:
            continue
        found += [(node.lineno, name) for name in names if name in PATHS]
    return tuple(found)


def test_every_room_has_a_floor() -> None:
    rooms = {room_of(name_of(path)) for path in MODULES}
    assert rooms - set(FLOOR) == set(), "give the room a floor in FLOORS and in CONTRIBUTING.md"
    assert set(FLOOR) - rooms == set(), "there is no such room: take it out of FLOORS"


def test_imports_go_down() -> None:
    offenders = [
        f"{name_of(path)}:{line} imports {target}"
        for path in MODULES
        for line, target in imports(path)
        for own, other in [(room_of(name_of(path)), room_of(name_of(PATHS[target])))]
        if own != other and FLOOR[other] > FLOOR[own]
    ]
    assert offenders == [], (
        "move what both need down to the lower room, or hand it in as an argument"
    )


def test_rooms_of_one_floor_do_not_import_each_other() -> None:
    offenders = [
        f"{name_of(path)}:{line} imports {target}"
        for path in MODULES
        for line, target in imports(path)
        for own, other in [(room_of(name_of(path)), room_of(name_of(PATHS[target])))]
        if own != other and FLOOR[other] == FLOOR[own]
    ]
    assert offenders == [], "move what both need to a floor below, or hand it in as an argument"


def test_no_modules_import_each_other_in_a_circle() -> None:
    arrows = {
        module: {target for _, target in imports(path)} - {module} for module, path in PATHS.items()
    }

    def reached(module: str) -> set[str]:
        seen: set[str] = set()
        waiting = [module]
        while waiting:
            fresh = arrows[waiting.pop()] - seen
            seen |= fresh
            waiting += fresh
        return seen

    reaches = {module: reached(module) for module in arrows}
    offenders = {
        module: sorted(target for target in arrows[module] if module in reaches[target])
        for module in sorted(arrows)
        if module in reaches[module]
    }
    assert offenders == {}, "put what they share into a module of its own, which imports neither"


def test_a_room_can_be_surveyed() -> None:
    sizes = Counter(path.parent for path in MODULES if path.name != "__init__.py")
    crowded = {
        name_of(room): number
        for room, number in sizes.items()
        if number > LARGEST and name_of(room) not in LISTS
    }
    assert crowded == {}, f"a room holds {LARGEST} modules at most: make rooms in it"


def test_a_name_says_which_module_it_is() -> None:
    names = Counter(path.stem for path in MODULES)
    twice = [name for name, number in names.items() if number > 1 and name not in ALIKE]
    assert twice == [], "two modules have this name: rename the newer one"


def docstrings(tree: ast.AST) -> set[int]:
    """The strings that explain: what stands by itself."""
    return {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}


def test_rules_are_known_by_their_facts_not_by_their_codes() -> None:
    """What holds for a rule is an attribute of its class: a new rule has one place to say it."""
    offenders = [
        f"{name_of(path)}:{node.lineno} {node.value}"
        for path in MODULES
        if room_of(name_of(path)) != "rules"
        for tree in [ast.parse(path.read_text(encoding="utf-8"))]
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.fullmatch(r"IDM\d+", node.value)
        and id(node) not in docstrings(tree)
    ]
    assert offenders == [], "make it an attribute of the rule's class (rules/kit/rule.py)"


def test_a_class_name_says_which_class_it_is() -> None:
    names = Counter(
        node.name
        for path in MODULES
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    offenders = {name for name, number in names.items() if number > 1}
    assert offenders == set(), "give each class a name that no other one has"


def calls(path: Path) -> Iterator[tuple[int, str]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node.lineno, ast.unparse(node.func)
        elif isinstance(node, ast.Attribute):
            yield node.lineno, ast.unparse(node)


def test_nothing_below_the_command_line_prints_or_exits() -> None:
    unwanted = {"print", "input", "exit", "quit"}
    unwanted |= {"sys.stdout", "sys.stderr", "sys.stdin", "sys.exit", "os._exit", "click.echo"}
    offenders = [
        f"{name_of(path)}:{line} {called}"
        for path in MODULES
        if not name_of(path).startswith("cli/")
        # Nobody reads what a worker writes but who started it, and it ends itself.
        if name_of(path) != "workers/worker.py"
        for line, called in calls(path)
        if called in unwanted and (name_of(path), called) != ("__main__.py", "sys.exit")
    ]
    assert offenders == [], "return it, or raise an error of errors.py; cli/terminal.py prints"


def test_the_parser_that_crashes_is_never_called() -> None:
    """pglast's `parse_sql` takes the process down on deep trees, and is slow on long ones."""
    offenders = []
    for path in MODULES:
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        names = {node.id for node in nodes if isinstance(node, ast.Name)}
        names |= {alias.name for node in nodes for alias in _aliases(node)}
        names |= {name.split(".")[-1] for _, name in calls(path)}
        if names & {"parse_sql", "parse_plpgsql"}:
            offenders.append(name_of(path))
    assert offenders == [], "call parse_sql_json, parse_plpgsql_json"


def _aliases(node: ast.AST) -> list[ast.alias]:
    return node.names if isinstance(node, (ast.Import, ast.ImportFrom)) else []


def test_a_module_is_read_in_one_sitting() -> None:
    lengths = {
        name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES
    }
    offenders = {name: length for name, length in lengths.items() if length > LONGEST}
    assert offenders == {}, "make two modules of it"


def test_every_module_says_what_it_is() -> None:
    silent = [
        name_of(path)
        for path in MODULES
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == [], "the module's first line says what it is: write it"


def test_the_version_is_in_the_changelog() -> None:
    import idemlint

    changes = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    versions = re.findall(r"^## (\d+\.\d+\.\d+)", changes, re.MULTILINE)
    assert versions[0] == idemlint.__version__, "src/idemlint/__init__.py and CHANGELOG.md differ"
