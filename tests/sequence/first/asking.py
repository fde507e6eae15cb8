"""A small language for first runs on an empty database.

    -- # made twice
    CREATE TABLE t (id int);          -- runs
    --- 0002_more.sql
    CREATE TABLE t (id int, x int);   -- fails 42P07 by 1
    CREATE INDEX i ON t (x);          -- fails 42703 after 2

A line of dashes and a name begins the next file; the first one is `0001_it.sql`. What stands behind a
statement is what becomes of it; `by` is the statement that is to blame, `after` the failure that it follows
from, both counted through the case. In brackets is what a server says where idemlint differs on purpose.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from idemlint import engine
from idemlint.settings import Settings
from idemlint.source.parse import parse
from idemlint.source.text import decode

if TYPE_CHECKING:
    from idemlint.analysis.file_report import FirstRow

FOLDER = "no/such/folder"
_TITLE = re.compile(r"^-- # (.*)\n", re.MULTILINE)
_FILE = re.compile(r"^--- (\S+)\n", re.MULTILINE)
_SAID = re.compile(r"[ \t]*-- ((?:runs|fails|unknown)\b[^(\n]*)(?:\(([^)]*)\))?")


class FirstCase(NamedTuple):
    """Files by name, and for each statement of them what idemlint says, and what a server does."""

    title: str
    files: dict[str, str]
    told: list[str]
    truth: list[str]


def read(text: str) -> list[FirstCase]:
    """The cases of a text."""
    _, *parts = _TITLE.split(text)
    return [_case(title, body) for title, body in zip(parts[::2], parts[1::2], strict=True)]


def _case(title: str, body: str) -> FirstCase:
    first, *others = _FILE.split(body)
    files = {"0001_it.sql": first, **dict(zip(others[::2], others[1::2], strict=True))}
    told, truth = [], []
    for content in files.values():
        for _, rest in split(content):
            said = _SAID.match(rest)
            words = said[1].strip() if said else "runs"
            told.append(words)
            plain = " ".join(words.split()[:2]) if words.startswith("fails") else words
            truth.append(said[2] if said and said[2] else plain)
    return FirstCase(title, files, told, truth)


def split(content: str) -> list[tuple[str, str]]:
    """The statements of a text, each with what stands behind it on its line."""
    data = content.encode()
    found = []
    for each in parse(decode("case.sql", data)).statements:
        rest = data[each.span.end :].decode().removeprefix(";").partition("\n")[0]
        found.append((data[each.span.start : each.span.end].decode(), rest))
    return found


def opened(files: dict[str, str], **settings: object) -> engine.Folder:
    """The files, in `FOLDER`, run by psql unless the settings say otherwise."""
    texts = {f"{FOLDER}/{name}": content.encode() for name, content in files.items()}
    usual: dict[str, object] = {"rules": frozenset(), "root": Path(), "runner": "psql"}
    return engine.open(texts, Settings(**{**usual, **settings}), texts)  # type: ignore[arg-type]


def firsts(files: dict[str, str], **settings: object) -> list[FirstRow | None]:
    """What becomes of each statement; the files stand in the order of their names."""
    reports = opened(files, **settings).reports()
    return [each.first for report in reports for each in report.statements]


def said(files: dict[str, str], **settings: object) -> list[str]:
    """The same in the words of a case."""
    numbers: dict[tuple[str, int], int] = {}
    for name, content in files.items():
        data = content.encode()
        for each in parse(decode("case.sql", data)).statements:
            row = data.count(b"\n", 0, each.span.start) + 1
            numbers[f"{FOLDER}/{name}", row] = len(numbers) + 1
    found = []
    for first in firsts(files, **settings):
        assert first is not None
        words = [first.verdict, *([first.sqlstate] if first.sqlstate else [])]
        if first.follows is not None:
            words.append(f"after {numbers[first.follows]}")
        elif first.because is not None:
            words.append(f"by {numbers[first.because]}")
        found.append(" ".join(words))
    return found
