"""The examples of the rules' pages, and idemlint asked about one of them.

A page is read from top to bottom. A `setup` block is an earlier migration of the same folder; all that
stand directly before a `bad` or `good` block belong to it. A `fixed` block is what the fix makes of the
`bad` block before it, a `between` block what users write between the two runs of that.

Options on a fence, all but `unsafe` and `server` on `bad` and `good` only:

- `runner=goose`: who runs the folder; else psql, statement by statement
- `file=V1__x.sql`: the file's path in the folder, where a name that the runner takes will not do
- `postgres=13`: the oldest server that the migrations must run on
- `select=IDM506`: the rules that are on; else those on by default, and the page's own
- `start-after=0002_it.sql`: up to here all counts as applied
- `branch=other`: the default branch has the file, too, with another text; `branch=without`: it has all but
  this file, as git would say
- `rerun=redo`: what runs again; else `any`
- `from=without`: databases have run all files but this one, as a revision would have had them
- `unsafe` on `fixed`: the fix is not made without `--unsafe-fixes`
- `server=no reason=needs-postgis`: not tried on a server
"""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from idemlint import engine, runners
from idemlint.apply.rounds import fix_files
from idemlint.config import MODES
from idemlint.git.contents import blob_id
from idemlint.git.history import Branch, History
from idemlint.git.past import Past, PastTree
from idemlint.rules import all_rules
from idemlint.rules.kit import pages
from idemlint.sequence.terms import StartAfter
from idemlint.settings import Settings

if TYPE_CHECKING:
    from idemlint.analysis.judged import Judged
    from idemlint.apply import FixedFile
    from idemlint.diagnostics import Applicability
    from idemlint.modes import Mode
    from idemlint.rules.kit.pages import Example, Page

#: A folder that is not there: all files are handed over in memory.
FOLDER = "no/such/folder"
NAMES = (
    "{:04}_it.sql",
    "V{}__it.sql",
    "2024010100{:04}_it/migration.sql",
    "2024010100{:04}_it/up.sql",
    "{:04}_it.up.sql",
    "{:06}.sql",
    "{:03}.do.it.sql",
    "committed/{:06}-it.sql",
    "delta/72/{:02}it.sql",
    "deploy/it{}.sql",
    "up/{:04}_it.sql",
    "structure.sql",
)
#: As long as git's names for blobs are.
NOTHING = "0" * 40
KNOWN = {
    "runner",
    "file",
    "postgres",
    "select",
    "start-after",
    "branch",
    "rerun",
    "from",
    "unsafe",
    "server",
    "reason",
}


@dataclass(frozen=True)
class Case:
    """One example with what belongs to it. `what` is `bad` or `good`."""

    page: Page
    number: int
    example: Example
    setup: tuple[str, ...]
    fixed: Example | None = None
    between: str = ""

    def __str__(self) -> str:
        runner = self.example.options.get("runner")
        return f"{self.page.code}-{self.example.what}-{self.number}" + (
            f"-{runner}" if runner else ""
        )

    @property
    def runner(self) -> str:
        return self.example.options.get("runner", "psql")

    @property
    def rerun(self) -> Mode:
        mode = self.example.options.get("rerun", "any")
        assert mode in MODES
        return mode  # type: ignore[return-value]

    @property
    def on_server(self) -> bool:
        options = {**self.example.options, **(self.fixed.options if self.fixed else {})}
        return options.get("server") != "no"

    @property
    def settings(self) -> Settings:
        usual = {code for code, rule in all_rules().items() if rule.default}
        selected = self.example.options.get("select")
        until = self.example.options.get("start-after")
        return Settings(
            rules=frozenset(selected.split(",") if selected else usual | {self.page.code}),
            root=Path(),
            runner=self.runner,
            rerun=self.rerun,
            postgres_version=int(self.example.options.get("postgres", "14")),
            start_after=() if until is None else (StartAfter(until, os.path.realpath(os.curdir)),),
            history=self.history,
            past=self.past,
        )

    @property
    def past(self) -> Past | None:
        """What a revision would have of the example's files."""
        if "from" not in self.example.options:
            return None
        texts = {os.path.realpath(name): data for name, data in self.contents(b"").items()}
        del texts[os.path.realpath(self.name)]
        return Past("main", (PastTree(os.path.realpath(os.curdir), texts, frozenset()),))

    @property
    def history(self) -> History | None:
        """What git would say of the example's files."""
        has = self.example.options.get("branch")
        if has is None:
            return None
        blobs = {name: blob_id(data, NOTHING) for name, data in self.contents(b"").items()}
        if has == "without":
            del blobs[self.name]
        return History((Branch(os.path.realpath(os.curdir), "main", blobs, blobs, {}),))

    @property
    def name(self) -> str:
        """The path of the example's own file."""
        return self._name(len(self.setup))

    def _name(self, index: int) -> str:
        if index == len(self.setup) and "file" in self.example.options:
            return f"{FOLDER}/{self.example.options['file']}"
        profile = runners.get(runners.FALLBACK if self.runner == "auto" else self.runner)
        names = [name for name in NAMES if profile.direction(f"m/{name.format(1)}") == "up"]
        return f"{FOLDER}/{names[0].format(index + 1)}"

    def contents(self, data: bytes) -> dict[str, bytes]:
        """The folder's files, with `data` as the example's own, in their order."""
        files = {self._name(index): text.encode() for index, text in enumerate(self.setup)}
        return {**files, self.name: data}

    def opened(self, data: bytes) -> engine.Folder:
        """The example's folder, with these bytes for its file."""
        files = self.contents(data)
        return engine.open(files, self.settings, files)

    def report(self, data: bytes) -> Judged:
        """What idemlint says of the example's file with these bytes."""
        sequence = self.opened(data).sequence_of(self.name)
        assert sequence is not None
        return sequence.judged(self.name)

    def every_report(self, data: bytes) -> list[Judged]:
        """What it says of the setup, too."""
        return [sequence.judged(name) for sequence in self.opened(data) for name in sequence]

    def fix(self, data: bytes, lowest: Applicability) -> FixedFile:
        """What the fixes make of these bytes."""
        [mine] = fix_files(self.opened(data), lowest, only={self.name})
        return mine


@cache
def all_pages() -> tuple[Page, ...]:
    """The pages that are well-formed; the test of the others names them."""
    found = []
    for path in sorted(Path(pages.folder()).glob("IDM*.md")):
        try:
            found.append(pages.parse(path.read_text(encoding="utf-8")))
        except (ValueError, KeyError):
            continue
    return tuple(found)


@cache
def all_cases() -> tuple[Case, ...]:
    """The examples of all pages."""
    return tuple(case for page in all_pages() for case in cases_of(page))


def cases_of(page: Page) -> list[Case]:
    """The examples of a page."""
    found: list[Case] = []
    setup: list[str] = []
    for example in page.examples:
        if example.what == "setup":
            setup.append(example.sql)
        elif example.what == "fixed":
            if not found or found[-1].example.what != "bad" or found[-1].fixed is not None:
                raise ValueError(f"{page.code}: a `fixed` block without a `bad` one before it")
            found[-1] = replace(found[-1], fixed=example)
            setup = []
        elif example.what == "between":
            if not found or found[-1].example.what != "bad" or found[-1].between:
                raise ValueError(f"{page.code}: a `between` block without a `bad` one before it")
            found[-1] = replace(found[-1], between=example.sql)
        else:
            found.append(Case(page, len(found) + 1, example, tuple(setup)))
            setup = []
    return found
