"""Short ways to say what the tests here are about."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.source.lexer import tokens
from idemlint.source.parse import parse
from idemlint.source.split import split
from idemlint.source.text import decode

if TYPE_CHECKING:
    from idemlint.source.statement import Chunk, ParsedFile, Problem


def raw(sql: str | bytes) -> bytes:
    return sql if isinstance(sql, bytes) else sql.encode()


def parsed(sql: str | bytes, sections: list[Chunk] | None = None) -> ParsedFile:
    return parse(decode("a.sql", raw(sql)), sections)


def kinds(sql: str | bytes) -> list[str]:
    return [statement.kind for statement in parsed(sql).statements]


def texts(sql: str | bytes) -> list[str]:
    """The statements as they stand in the file."""
    data = raw(sql)
    return [
        data[statement.start : statement.end].decode(errors="replace")
        for statement in parsed(data).statements
    ]


def pieces(sql: str) -> list[str]:
    """What the splitter makes of a text."""
    data = sql.encode()
    return [data[start:end].decode() for start, end in split(data, 0, len(data))]


def lexed(sql: str, *, coarse: bool = False) -> list[tuple[str, str]]:
    """The tokens' kinds and texts."""
    data = sql.encode()
    return [
        (kind, data[start:end].decode())
        for kind, start, end in tokens(data, 0, len(data), coarse=coarse)
    ]


def pointed_at(sql: str | bytes, problem: Problem) -> str:
    return raw(sql)[slice(*problem.span)].decode(errors="replace")


def repaired(sql: str, problem: Problem) -> str:
    """The text after a problem's repair."""
    data = sql.encode()
    for edit in reversed(problem.repair):
        data = data[: edit.span.start] + edit.content.encode() + data[edit.span.end :]
    return data.decode()
