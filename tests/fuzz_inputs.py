"""What `fuzz.py` tries: folders of migrations that nobody would write, each made of its number alone.

The seeds are the project's own (fixtures, the examples of the rules' pages, the recorded statements); a
folder has one to three files, each a seed that was cut, joined, wrapped, encoded and renamed a few times.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT: Final = Path(__file__).resolve().parents[1]
#: A file is cut off here: how texts grow is the subject of `test_growth.py`.
LONGEST: Final = 20_000

#: Lines that some runner, psql or idemlint reads.
DIRECTIVES: Final = (
    b"-- +goose Up",
    b"-- +goose Down",
    b"-- +goose NO TRANSACTION",
    b"-- +goose StatementBegin",
    b"-- +goose StatementEnd",
    b"-- +goose ENVSUB ON",
    b"-- migrate:up",
    b"-- migrate:up transaction:false",
    b"-- migrate:down",
    b"-- +migrate Up",
    b"-- +migrate Up notransaction",
    b"-- +migrate Down",
    b"-- +migrate StatementBegin",
    b"-- +migrate StatementEnd",
    b"-- +micrate Up",
    b"--> statement-breakpoint",
    b"--liquibase formatted sql",
    b"--changeset a:1 splitStatements:false runInTransaction:false endDelimiter:GO",
    b"--rollback DROP TABLE t;",
    b"--precondition-sql-check expectedResult:0 SELECT 1",
    b"-- Deploy app:it to pg",
    b"-- Revert app:it from pg",
    b"-- no-transaction",
    b"-- disable-transaction",
    b"-- disable-ddl-transaction",
    b"-- rambler up",
    b"-- rambler down",
    b"--! Previous: -",
    b"--! split: 1-current.sql",
    b"--SPLIT--",
    b"-- atlas:txmode none",
    b"-- atlas:delimiter \\n\\n\\n",
    b"-- pgmigrate:no-transaction",
    b"-- postgres-migrations disable-transaction",
    b"---- create above / drop below ----",
    b"-- idemlint: ignore",
    b"-- idemlint: ignore[IDM101, create-table] because",
    b"-- idemlint: ignore-file[IDM1]",
    b"\\i other.sql",
    b"\\ir ../0001_it.sql",
    b"\\ir 0001_it.sql",
    b"\\i 0002_it.sql;",
    b"\\ir '0000_it.sql'",
    b"\\ir deploy/it1.sql",
    b"\\i :x",
    b"-- PostgreSQL database dump",
    b"\\set ON_ERROR_STOP on",
    b"\\gexec",
    b"\\if :{?x}",
    b"\\else",
    b"\\endif",
    b"\\c postgres",
    b"\\copy t from stdin",
    b"\\.",
    b"COPY t FROM stdin;\n1\ta\n\\.",
    b"BEGIN;",
    b"COMMIT;",
    b"ROLLBACK;",
    b"SAVEPOINT s;",
    b"ROLLBACK TO s;",
    b"START TRANSACTION ISOLATION LEVEL SERIALIZABLE;",
    b"PREPARE TRANSACTION 'x';",
    b"SET search_path = a, b;",
    b"SET LOCAL check_function_bodies = off;",
    b"RESET ALL;",
    b"DISCARD ALL;",
    b"SET standard_conforming_strings = off;",
    b"UPDATE pg_class SET relname = 'x' WHERE relname = 'y';",
    b"DELETE FROM pg_depend WHERE objid = 1;",
    b"SELECT last_value FROM t_a_seq;",
)

#: What has steered a terminal, a log, a table or a parser before.
HOSTILE: Final = (
    b"\x1b[2J",
    b"\x1b]0;x\x07",
    b"\x00",
    b"\r",
    b"\x0b\x0c",
    b"\xc2\x85",
    b"\xc2\x9b",
    b"\xe2\x80\xa8",
    b"\xe2\x80\xae",
    b"\xe2\x81\xa6",
    b"\xe2\x80\x8b",
    b"\xef\xbb\xbf",
    b"\xef\xbf\xbe",
    b"\xff",
    b"\xed\xa0\x80",
    b"\xf0\x9f\x90\x98",
    b"\n::error ::x\n",
    b"`",
    b"|",
    b"%0A",
    b"]]>",
    b"</failure>",
    b"$$",
    b"$a$",
    b"'",
    b'"',
    b"/*",
    b"*/",
    b"--",
    b";",
    b"\\",
    b"(",
    b")",
    b"{{ x }}",
    b"${x}",
    b":'x'",
    b"$1",
)

#: A name of a file, by its number in the folder. Bytes: not all are UTF-8.
NAMES: Final = (
    b"%04d_it.sql",
    b"%04d_it.sql",
    b"V%d__it.sql",
    b"R__it%d.sql",
    b"%04d_it.up.sql",
    b"%04d_it.down.sql",
    b"2024010100%04d_it/migration.sql",
    b"2024010100%04d_it/up.sql",
    b"%03d.do.it.sql",
    b"committed/%06d-it.sql",
    b"deploy/it%d.sql",
    b"up/%04d_it.sql",
    b"structure%d.sql",
    b"dump%d.sql",
    b"::error ::%d.sql",
    b"%04d \x1b[31m`a|b`\xe2\x80\xae.sql",
    b"%04d\n::warning ::it.sql",
    b"%04d_\xff.sql",
    b"%04d,it:it%%25.sql",
    b"%04d_<&\"'>.sql",
    b"-%d.sql",
    b"%d.SQL",
    b" %d .sql",
)

_TOKEN: Final = re.compile(rb"\s+|\w+|'[^']*'|\"[^\"]*\"|--[^\n]*|.", re.DOTALL)


class Folder(NamedTuple):
    """Files by name, and the options that they are looked at with."""

    files: dict[bytes, bytes]
    options: tuple[str, ...] = ()


@cache
def seeds() -> tuple[bytes, ...]:
    """The texts that all begins with, in an order that does not change by itself."""
    found = []
    for folder in ("tests/fixtures", "examples"):
        found += [path.read_bytes() for path in sorted((ROOT / folder).rglob("*.sql"))]
    for page in sorted((ROOT / "rules").glob("IDM*.md")):
        fences = re.findall(r"^```sql.*?\n(.*?)^```", page.read_text("utf-8"), re.M | re.S)
        found += [fence.encode() for fence in fences]
    recorded = ROOT / "tests/postgres/data/statements.jsonl"
    for line in recorded.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        texts = [*row.get("setup", ()), *row.get("sql", ())]
        found.append("".join(f"{text.rstrip().rstrip(';')};\n" for text in texts).encode())
    return tuple(text[:LONGEST] for text in found)


@cache
def _runners() -> tuple[str, ...]:
    from idemlint import runners

    return tuple(sorted(runners.names()))


def folder(seed: int, number: int) -> Folder:
    """The folder of this number, the same at every run of the same version."""
    random = Random(f"{seed}/{number}")
    files = {}
    pattern = random.choice(NAMES)
    for index in range(1, random.choice((1, 1, 2, 3)) + 1):
        if random.random() < 0.2:
            pattern = random.choice(NAMES)
        files[pattern % index] = text(random)
    options: list[str] = []
    if random.random() < 0.4:
        options += ["--runner", random.choice(_runners())]
    if random.random() < 0.3:
        options += ["--rerun", random.choice(("statement", "file", "interrupted", "any"))]
    if random.random() < 0.2:
        options.append("--down")
    return Folder(files, tuple(options))


def text(random: Random) -> bytes:
    """A seed, or two, changed a few times."""
    made = random.choice(seeds())
    for _ in range(random.choice((0, 1, 1, 2, 3, 5))):
        made = random.choice(MUTATIONS)(random, made)[:LONGEST]
    if random.random() < 0.1:
        made = random.choice(_ENCODINGS)(made)
    return made[:LONGEST]


def _place(random: Random, data: bytes) -> int:
    return random.randint(0, len(data))


def _bytes(random: Random, data: bytes) -> bytes:
    """One byte another, some gone, or some twice."""
    at, end = sorted((_place(random, data), _place(random, data)))
    end = min(end, at + random.choice((1, 2, 8, 64)))
    return random.choice(
        (
            data[:at] + bytes([random.randrange(256)]) + data[at + 1 :],
            data[:at] + data[end:],
            data[:end] + data[at:],
            data[:at],
        )
    )


def _tokens(random: Random, data: bytes) -> bytes:
    """Words gone, twice, swapped, or another text's."""
    mine = _TOKEN.findall(data) or [b""]
    theirs = _TOKEN.findall(random.choice(seeds()))
    for _ in range(random.choice((1, 1, 2, 4))):
        at, other = random.randrange(len(mine)), random.randrange(len(mine))
        kind = random.randrange(4)
        if kind == 0:
            mine[at] = b""
        elif kind == 1:
            mine[at] += b" " + mine[at]
        elif kind == 2:
            mine[at], mine[other] = mine[other], mine[at]
        else:
            mine[at] = random.choice(theirs)
    return b"".join(mine)


def _splice(random: Random, data: bytes) -> bytes:
    """Statements of another text in between."""
    mine, theirs = data.split(b";"), random.choice(seeds()).split(b";")
    first = random.randrange(len(theirs))
    at = random.randint(0, len(mine))
    mine[at:at] = theirs[first : first + random.choice((1, 2, 5))]
    return b";".join(mine)


def _directive(random: Random, data: bytes) -> bytes:
    """A line that somebody reads, at the beginning, or between lines."""
    lines = data.split(b"\n")
    at = random.choice((0, random.randint(0, len(lines))))
    line = random.choice(DIRECTIVES)
    return b"\n".join(
        [*lines[:at], random.choice((line, line, line + b" x", b" " + line)), *lines[at:]]
    )


def _hostile(random: Random, data: bytes) -> bytes:
    at = _place(random, data)
    return data[:at] + random.choice(HOSTILE) * random.choice((1, 1, 1, 3, 300)) + data[at:]


def _identifier(random: Random, data: bytes) -> bytes:
    """A word of the text, everywhere, quoted and with something in it that no word has."""
    words = re.findall(rb"\b[a-z_]{1,20}\b", data)
    if not words:
        return data
    word = random.choice(words)
    inside = random.choice(HOSTILE).replace(b'"', b'""')
    return re.sub(rb"\b%s\b" % re.escape(word), lambda _: b'"' + word + inside + b'"', data)


def _body(random: Random, data: bytes) -> bytes:
    """The text inside a body."""
    head, tail = random.choice(
        (
            (b"DO $x$ BEGIN ", b" END $x$;"),
            (b"DO $x$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_class) THEN ", b" END IF; END $x$;"),
            (b"DO $x$ BEGIN ", b" EXCEPTION WHEN duplicate_object THEN NULL; END $x$;"),
            (b"CREATE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $x$ BEGIN ", b" END $x$;"),
            (b"CREATE PROCEDURE p() LANGUAGE sql BEGIN ATOMIC ", b" END;"),
            (b"DO $x$ BEGIN FOR r IN SELECT 1 LOOP EXECUTE '", b"'; END LOOP; END $x$;"),
        )
    )
    return head + data + tail


def _nest(random: Random, data: bytes) -> bytes:
    """Something in itself, often."""
    times = random.choice((2, 30, 300, 1500))
    opening, inside, closing = random.choice(
        (
            (b"(", b"1", b")"),
            (b"(SELECT ", b"1", b")"),
            (b"/*", b"", b"*/"),
            (b"CASE WHEN true THEN ", b"1", b" END"),
            (b"ARRAY[", b"1", b"]"),
            (b"NOT ", b"true", b""),
            (b"f(", b"", b")"),
        )
    )
    return data + b"\nSELECT " + opening * times + inside + closing * times + b";\n"


def _again(random: Random, data: bytes) -> bytes:
    return data * random.choice((2, 2, 3, 10))


#: Those that make the most different texts more often.
MUTATIONS: Final[tuple[Callable[[Random, bytes], bytes], ...]] = (
    *(_bytes, _bytes, _tokens, _tokens, _tokens, _splice, _splice, _directive, _directive),
    *(_hostile, _identifier, _body, _nest, _again),
)


def _recoded(encoding: str) -> Callable[[bytes], bytes]:
    return lambda data: data.decode("utf-8", "replace").encode(encoding, "replace")


_ENCODINGS: Final[tuple[Callable[[bytes], bytes], ...]] = (
    *map(_recoded, ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1", "utf-8-sig")),
    lambda data: data.replace(b"\n", b"\r\n"),
    lambda data: data.replace(b"\n", b"\r"),
    lambda data: data.replace(b" ", b"\xc2\xa0"),
)
