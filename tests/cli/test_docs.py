"""docs/ci.md works as pasted: its commands are run, its inputs and hooks exist."""

from __future__ import annotations

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
