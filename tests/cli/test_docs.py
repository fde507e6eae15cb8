"""docs/ci.md works as pasted: its commands are run, its inputs and hooks exist."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from cli.conftest import BAD, git, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cli.conftest import Result

    Idemlint = Callable[..., Result]

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "ci.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```(\w+)\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """Every call of idemlint on the page, its variables filled in."""
    text = "\n".join(block for _, block in BLOCKS)
    text = text.replace("origin/${{ github.base_ref }}", "origin/main")
    text = text.replace("$CI_MERGE_REQUEST_DIFF_BASE_SHA", "origin/main")
    text = text.replace("v1.4.0", "origin/main")
    lines = re.findall(r"(?:^|[ /])idemlint (--?[a-z].*)$", text, re.MULTILINE)
    inline = re.findall(r"`idemlint (--[a-z].*?)`", PAGE)
    return [*lines, *inline]


def entries(key: str) -> Iterator[Any]:
    """All values of a key, anywhere in the YAML blocks."""

    def search(node: object) -> Iterator[Any]:
        if isinstance(node, dict):
            for name, value in node.items():
                if name == key:
                    yield value
                yield from search(value)
        elif isinstance(node, list):
            for item in node:
                yield from search(item)

    for language, block in BLOCKS:
        if language == "yaml":
            yield from search(yaml.safe_load(block))


def test_there_is_something_to_test() -> None:
    assert len(commands()) >= 4


@pytest.mark.parametrize("command", commands())
def test_every_command_runs(idemlint: Idemlint, repository: Path, command: str) -> None:
    git("remote", "add", "origin", ".")
    git("fetch", "--quiet", "origin")
    write("migrations/0002.sql", BAD.replace("users", "people"))
    result = idemlint(*shlex.split(command))
    assert result.code in {0, 1}, f"docs/ci.md: idemlint {command}\n{result.err}"


def test_the_inputs_of_the_action_exist() -> None:
    action = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    uses = [step for steps in entries("steps") for step in steps if "idemlint@" in str(step)]
    assert uses
    for step in uses:
        unknown = set(step["with"]) - set(action["inputs"])
        assert unknown == set(), "docs/ci.md names inputs that action.yml does not have"


def test_the_hooks_exist() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    named = [hook["id"] for hooks in entries("hooks") for hook in hooks]
    assert named
    unknown = set(named) - {hook["id"] for hook in hooks}
    assert unknown == set(), "docs/ci.md names hooks that .pre-commit-hooks.yaml does not have"


def test_the_formats_that_are_named_exist() -> None:
    from idemlint.report.formats import FORMATS

    unknown = set(re.findall(r"--output-format (\w+)", PAGE)) - set(FORMATS)
    assert unknown == set(), "docs/ci.md names formats that there are none of"


OUTAGE = (ROOT / "docs" / "outage.md").read_text(encoding="utf-8")


def documented() -> list[set[str]]:
    """The keys of each table of docs/outage.md."""
    tables = re.findall(r"^\| key \|.*\n\|---.*\n((?:\|.*\n)+)", OUTAGE, re.MULTILINE)
    return [set(re.findall(r"^\| `([^`]+)`", table, re.MULTILINE)) for table in tables]


def keys_of(value: object, path: str, statements: list[frozenset[str]]) -> Iterator[str]:
    """The paths of all keys; what is a statement is one key, and its own keys go to `statements`."""
    if isinstance(value, dict):
        if "kind" in value:
            statements.append(frozenset(value))
            yield path
            return
        for key, inner in value.items():
            yield from keys_of(inner, f"{path}.{key}" if path else key, statements)
    elif isinstance(value, list):
        for inner in value:
            yield from keys_of(inner, f"{path}[]", statements)
    else:
        yield path


def test_the_keys_of_a_stop_are_those_that_are_documented(idemlint: Idemlint) -> None:
    """One place with all that can be told: what stays, is taken back, never ran, repeats, and is unknown."""
    write(
        "m/1.sql",
        "UPDATE t SET n = n + 1;\nSELECT f();\nBEGIN;\nCREATE TABLE IF NOT EXISTS a (id int);\n"
        "SELECT 1 / 0;\nCOMMIT;\nSELECT 2;\n",
    )
    write("d/000001_a.up.sql", "CREATE TABLE a (id int);\nSELECT 1 / 0;\n")
    write("d/go.mod", "require github.com/golang-migrate/migrate/v4 v4.17.0\n")
    paths, step, verdict = documented()
    given: set[str] = set()
    statements: list[frozenset[str]] = []
    for place, runner in (
        ("m/1.sql:5", "psql"),
        ("m/1.sql:1", "psql"),
        ("d/000001_a.up.sql:2", "auto"),
    ):
        result = idemlint(
            *("replay", "--stopped-at", place, "--runner", runner),
            *("--output-format", "json", place.partition("/")[0]),
        )
        given |= set(keys_of(json.loads(result.out), "", statements))
    assert given == paths
    assert set(statements) == {frozenset(step), frozenset(step | verdict)}
