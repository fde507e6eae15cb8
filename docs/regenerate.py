"""Regenerates what the documentation shows of idemlint: outputs, tables, the picture.

    python3 docs/regenerate.py            write what changed
    python3 docs/regenerate.py --check    change nothing; 1 where something is out of date

- README.md and CONTRIBUTING.md: every ```console block is run, line by line that begins with `$ `, in
  a repository that holds `examples/`; what stands between `<!-- rules -->` and `<!-- /rules -->`, and so
  on, is made from the rules' pages and the runners' profiles.
- docs/terminal.svg: the terminal after a command in examples/railway (needs a system with ptys).
- examples/railway/expected.txt: what the first command of the README prints.

Outputs that differ from one machine to the next have no place in a ```console block.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT: Final = Path(__file__).parents[1]
README: Final = ROOT / "README.md"
EXPECTED: Final = ROOT / "examples" / "railway" / "expected.txt"
PICTURE: Final = ROOT / "docs" / "terminal.svg"
#: What the picture shows, and which of the findings: enough for one look, each of another kind.
PICTURED: Final = "idemlint drizzle/0001_editorial_calendar.sql"
SHOWN: Final = ("IDM205", "IDM204", "IDM602")
COLUMNS: Final = 108

_CONSOLE: Final = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@contextmanager
def scratch() -> Iterator[Path]:
    """A git repository with the examples on its default branch, and an `idemlint` for its shell."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name).resolve()
        (folder / "bin").mkdir()
        program = folder / "bin" / "idemlint"
        program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m idemlint "$@"\n')
        program.chmod(0o755)
        work = folder / "work"
        shutil.copytree(ROOT / "examples", work / "examples")
        git = ("git", "-c", "user.name=Someone", "-c", "user.email=someone@example.com")
        for command in (
            ("init", "--quiet", "--initial-branch=main"),
            ("add", "--all"),
            ("commit", "--quiet", "--message=examples"),
        ):
            subprocess.run([*git, *command], cwd=work, check=True)
        yield work


def environment(work: Path, **more: str) -> dict[str, str]:
    """What the commands find in their environment: nothing that would change their output."""
    unwanted = {"NO_COLOR", "FORCE_COLOR", "COLUMNS", "LINES", "COLORTERM", "IDEMLINT_DEBUG"}
    kept = {key: value for key, value in os.environ.items() if key not in unwanted}
    path = os.pathsep.join([str(work.parent / "bin"), os.environ.get("PATH", "")])
    return {**kept, "PATH": path, "PYTHONPATH": os.pathsep.join(sys.path[1:]), **more}


def shell(command: str, work: Path) -> str:
    """What a command prints, messages about the run included, in the order of a terminal."""
    done = subprocess.run(
        ["bash", "-c", command],
        cwd=work,
        env=environment(work),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
        timeout=120,
    )
    return healthy(done.stdout.decode(), command)


def healthy(output: str, command: str) -> str:
    """The output of a command, unless it tells of an error of ours: that is not for the page."""
    if "internal error:" in output:
        raise SystemExit(f"`{command}` ended in an internal error:\n{output}")
    return output


def with_outputs(text: str) -> str:
    """The page with its ```console blocks run anew, all in one repository, from top to bottom."""
    with scratch() as work:

        def run(block: re.Match[str]) -> str:
            commands = [line for line in block[1].splitlines() if line.startswith("$ ")]
            parts = [f"{command}\n{shell(command[2:], work)}" for command in commands]
            return f"```console\n{''.join(parts)}```"

        return _CONSOLE.sub(run, text)


def between(text: str, name: str, content: str) -> str:
    """The page with what stands between the two comments of that name replaced."""
    pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", re.DOTALL)
    return pattern.sub(lambda match: f"{match[1]}\n{content}\n\n{match[2]}", text)


def rules_table() -> str:
    """All rules, each with its page."""
    from idemlint.cli.rulebook import rule_texts

    rows = ["| rule | says | default | fix |", "|---|---|---|---|"]
    for rule in rule_texts().values():
        page = f"rules/{rule.code}-{rule.name}.md"
        default = "on" if rule.default else "off"
        fixes = ", ".join(rule.fix) or "–"
        title = rule.title.replace("|", "\\|")
        rows.append(f"| [{rule.code} {rule.name}]({page}) | {title} | {default} | {fixes} |")
    return "\n".join(rows)


_SENDINGS: Final = (
    ("stmt", "statement by statement", "what stands before the statement that failed stays"),
    ("msg", "the file as one message", "nothing stays, except before a `COMMIT` in the file"),
    ("pipe", "the file as one batch", "nothing stays, except before a `COMMIT` in the file"),
    ("tx", "the file in a transaction", "nothing stays, except before a `COMMIT` in the file"),
    ("tx-all", "all pending files in one transaction", "nothing stays, of the files before it too"),
)


def runners_table() -> str:
    """The runners, by what a failure half-way leaves."""
    from idemlint import runners

    rows = ["| the runner sends | after a failure | runners |", "|---|---|---|"]
    for sending, how, left in _SENDINGS:
        theirs = [
            f"{_short(each.title)} (`{each.name}`)"
            for each in runners.all_profiles().values()
            if each.sending == sending
        ]
        if theirs:
            rows.append(f"| {how} | {left} | {', '.join(theirs)} |")
    return "\n".join(rows)


def edits_list() -> str:
    """Who minds that an applied file was edited."""
    from idemlint import runners

    def named(edits: str) -> str:
        titles = sorted(
            {
                _short(each.title)
                for each in runners.all_profiles().values()
                if each.edits == edits and not each.family
            },
            key=str.casefold,
        )
        return ", ".join(titles)

    return f"- They refuse it: {named('error')}.\n- They complain: {named('warn')}."


def _short(title: str) -> str:
    return title.removeprefix("the ")


def readme(text: str) -> str:
    """README.md as it should be."""
    text = between(text, "rules", rules_table())
    text = between(text, "runners", runners_table())
    text = between(text, "edits", edits_list())
    return with_outputs(text)


def expected(_: str) -> str:
    """What `idemlint examples/railway` prints."""
    with scratch() as work:
        return shell("idemlint examples/railway 2>/dev/null", work)


def on_terminal(command: str, folder: Path, work: Path) -> str:
    """What a command prints on a terminal, colours and all."""
    import pty

    ours, theirs = pty.openpty()
    terminal = {"TERM": "xterm-256color", "COLUMNS": str(COLUMNS), "LINES": "60"}
    process = subprocess.Popen(
        ["bash", "-c", command],
        cwd=folder,
        env=environment(work, **terminal),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        close_fds=True,
    )
    os.close(theirs)
    data = b""
    with suppress(OSError):  # Linux says EIO when the other side has closed
        while chunk := os.read(ours, 65536):
            data += chunk
    os.close(ours)
    process.wait()
    return healthy(data.decode().replace("\r\n", "\n"), command)


def picture(_: str) -> str:
    """The terminal as an SVG."""
    import io

    from rich.console import Console
    from rich.text import Text

    with scratch() as work:
        output = on_terminal(PICTURED, work / "examples" / "railway", work)
    findings = output.rstrip("\n").split("\n\n")
    first = {code: next((each for each in findings if code in each), code) for code in SHOWN}
    console = Console(
        record=True, width=COLUMNS, file=io.StringIO(), force_terminal=True, highlight=False
    )
    console.print(Text.from_markup("[bold green]$[/] ").append(PICTURED))
    console.print(Text.from_ansi("\n\n⋮\n\n".join([*first.values(), findings[-1]])))
    svg = console.export_svg(title="idemlint", unique_id="idemlint")
    return "\n".join(line.rstrip() for line in svg.splitlines()) + "\n"


def pictured_text(svg: str) -> list[str]:
    """The words of a picture: they count, not how this version of rich draws them."""
    from html import unescape

    words = re.findall(r"<text[^>]*>(.*?)</text>", svg)
    return [word for text in words if (word := unescape(text).replace("\xa0", " ").strip())]


#: What is generated, and from what.
TARGETS: Final[dict[Path, Callable[[str], str]]] = {
    EXPECTED: expected,
    README: readme,
    ROOT / "CONTRIBUTING.md": with_outputs,
    PICTURE: picture,
}


def is_current(path: Path) -> bool:
    """Whether a generated file says what idemlint says now."""
    text = path.read_text(encoding="utf-8") if path.is_file() else ""
    wanted = TARGETS[path](text)
    if path == PICTURE:
        return pictured_text(text) == pictured_text(wanted)
    return text == wanted


def main(arguments: list[str]) -> int:
    """Write what changed, or say what is out of date."""
    stale = [path for path in TARGETS if not is_current(path)]
    for path in stale:
        name = path.relative_to(ROOT).as_posix()
        if "--check" in arguments:
            print(f"{name} is out of date: run `python3 docs/regenerate.py`")
            continue
        text = path.read_text(encoding="utf-8") if path.is_file() else ""
        path.write_text(TARGETS[path](text), encoding="utf-8")
        print(f"wrote {name}")
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
