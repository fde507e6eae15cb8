"""The rules' pages: documentation, `idemlint explain`, and test cases in one.

They lie in the checkout's `rules/`, and in the wheel beside the package as `idemlint/pages`.
"""

from __future__ import annotations

import os
import re
from functools import cache
from typing import Final

from idemlint.diagnostics import Severity
from idemlint.records import NamedTuple

_FENCE: Final = (
    r"^(?P<fence>`{3,})sql (?P<what>bad|between|fixed|good|setup)(?P<options>[^\n]*)\n"
    r"(?P<sql>.*?)^(?P=fence)[ \t]*$"
)


class Example(NamedTuple):
    """A fenced block of a page: what it shows, its options (`runner=goose`), its SQL.

    An option without a value (`unsafe`) is there with an empty one.
    """

    what: str
    sql: str
    options: dict[str, str]


class Page(NamedTuple):
    """A rule's page. `markdown` is the text behind the front matter."""

    code: str
    name: str
    title: str
    severity: Severity
    fix: tuple[str, ...]
    sqlstates: tuple[str, ...]
    since: str
    markdown: str

    @property
    def examples(self) -> list[Example]:
        """Its examples, in order."""
        return [
            Example(
                match["what"],
                match["sql"],
                {
                    name: value
                    for option in match["options"].split()
                    for name, _, value in [option.partition("=")]
                },
            )
            for match in re.finditer(_FENCE, self.markdown, re.MULTILINE | re.DOTALL)
        ]


def folder() -> str:
    """Where the pages are: beside the package (a wheel), or in the checkout (an editable install)."""
    package = os.path.realpath(__file__).rsplit(os.sep, 3)[0]
    installed = os.path.join(package, "pages")
    if os.path.isdir(installed):
        return installed
    return os.path.join(package.rsplit(os.sep, 2)[0], "rules")


@cache
def page_of(code: str, name: str) -> Page:
    """A rule's page. FileNotFoundError where it has none; ValueError where it is not well-formed."""
    with open(os.path.join(folder(), f"{code}-{name}.md"), encoding="utf-8") as page:
        return parse(page.read())


def parse(text: str) -> Page:
    """Read a page: `---`, lines of `key: value` (lists in brackets), `---`, Markdown."""
    _, head, body = text.split("---\n", 2)
    facts: dict[str, str] = {}
    for line in head.splitlines():
        key, colon, value = line.partition(":")
        if not colon:
            raise ValueError(f"not a line of front matter: {line!r}")
        facts[key.strip()] = value.strip()
    title = re.search(r"^# (.+)$", body, re.MULTILINE)
    if title is None:
        raise ValueError("a page needs a title")
    return Page(
        facts["code"],
        facts["name"],
        title[1],
        Severity(facts["severity"]),
        _list(facts["fix"]),
        _list(facts["sqlstate"]),
        facts["since"],
        body.lstrip("\n"),
    )


def _list(value: str) -> tuple[str, ...]:
    inner = value.strip()
    if inner.startswith("["):
        inner = inner[1:-1]
    return tuple(part.strip().strip("\"'") for part in inner.split(",") if part.strip())
