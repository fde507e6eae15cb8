"""README.md and CONTRIBUTING.md tell the truth: commands run, outputs are current, links lead somewhere."""

from __future__ import annotations

import importlib.util
import re
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]


def load() -> ModuleType:
    """docs/regenerate.py, which is no package."""
    spec = importlib.util.spec_from_file_location("regenerate", ROOT / "docs" / "regenerate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


regenerate: Any = load()


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.skipif(not shutil.which("bash") or not shutil.which("git"), reason="no bash or git")
@pytest.mark.skipif(
    sys.platform == "win32", reason="no terminal of the kind that the picture shows"
)
@pytest.mark.parametrize(
    "path", list(regenerate.TARGETS), ids=lambda path: path.relative_to(ROOT).as_posix()
)
def test_what_is_generated_is_current(path: Path) -> None:
    assert regenerate.is_current(path), "run: python3 docs/regenerate.py"


def test_every_command_that_shows_an_output_is_run() -> None:
    commands = re.findall(r"^\$ (.*)$", "".join(blocks("console")), re.MULTILINE)
    assert len(commands) >= 6
    assert all(
        command.split()[0] in {"idemlint", "git", "rm", "cat", "cp", "(cd"} for command in commands
    )


def test_ci_runs_the_commands_of_the_setup() -> None:
    """`.ci/run` takes its first steps word for word from here."""
    ci = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    setup = [block.strip() for block in blocks("sh") if "pip install" in block]
    assert len(setup) == 2
    for line in setup:
        for command in line.split(" && "):
            assert f"# README: {command}" in ci, "write the same command into README.md and .ci/run"


def test_the_program_prints_what_is_shown(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    (program,), (output,) = blocks("python"), blocks("text")
    exec(compile(program, "README.md", "exec"), {})
    assert capsys.readouterr().out == output, "paste what the program prints into README.md"


def test_the_configuration_that_is_shown_is_read() -> None:
    from idemlint import config

    shown, _ = blocks("toml")
    for key in config.KEYS:
        if key != "select":  # the text below it says what that is
            assert re.search(rf"^{key} = ", shown, re.MULTILINE), (
                f"README.md, Configuration: show {key}"
            )


def test_the_configuration_that_is_shown_is_right(tmp_path: Path) -> None:
    from idemlint import config

    path = tmp_path / "idemlint.toml"
    for shown in blocks("toml"):
        path.write_text(shown, encoding="utf-8")
        assert config.read(path).file == path


def test_the_options_that_are_named_exist() -> None:
    from idemlint.cli.app import COMMANDS

    known = {"--help"}
    for name in COMMANDS:
        command = importlib.import_module(f"idemlint.cli.{name}").command
        known |= {word for each in command.params for word in (*each.opts, *each.secondary_opts)}
    lines = re.findall(r"idemlint[^\n`]*|`--[^\n`]*`", README)
    named = {word for line in lines for word in re.findall(r"(?<![\w-])--[a-z][a-z-]+", line)}
    foreign = {"--unified", "--rolled-back", "--applied", "--status", "--log-only"}
    assert named - foreign <= known, f"README.md names {named - foreign - known}: mend it there"


def test_the_hooks_that_are_named_exist() -> None:
    hooks = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    (shown,) = blocks("yaml")
    used = [hook["id"] for repo in yaml.safe_load(shown)["repos"] for hook in repo["hooks"]]
    unknown = set(used) - {hook["id"] for hook in hooks}
    assert unknown == set(), "README.md names hooks that .pre-commit-hooks.yaml does not have"


def test_the_formats_that_are_named_exist() -> None:
    from idemlint.report.formats import FORMATS

    sentence = re.search(r"Formats: (.*?)\.", README, re.DOTALL)
    assert sentence is not None
    named = set(re.findall(r"`(\w+)`", sentence[1]))
    assert named == set(FORMATS), "README.md: mend the sentence `Formats: …`"


def test_the_codes_that_are_named_exist() -> None:
    from idemlint.rules import all_rules

    named = set(re.findall(r"\bIDM\d{3}\b", README))
    assert named == set(all_rules()), "run: python3 docs/regenerate.py"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith("#"):
            assert target[1:] in headings, f"{page.name}: no heading {target}"
        elif not target.startswith(("http://", "https://")):
            assert (page.parent / target.split("#")[0]).exists(), f"{page.name}: no file {target}"


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.name)
def test_lines_fit_a_screen(page: Path) -> None:
    """Prose only: outputs and tables are as wide as they are."""
    prose = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.M | re.S)
    long = [
        line
        for line in prose.splitlines()
        if len(line) > 120 and not line.startswith(("|", "-", "!"))
    ]
    assert long == [], f"{page.name}: break these lines at 120 characters"
