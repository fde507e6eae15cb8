"""A pasted log as lines that can be read: colours, timestamps, prefixes of CI systems and JSON taken away."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

#: ECMA-48 control sequences, operating system commands, and other escapes.
_ESCAPES: Final = re.compile(
    r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\^_])"
)
_BREAKS: Final = re.compile(r"\r\n?|\n")
_CONTROLS: Final = {code: None for code in range(32) if code != 9} | {127: None, 0xFEFF: None}
_DATE: Final = r"\d{4}[-/]\d\d[-/]\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?"
_ZONE: Final = r"(?:\s?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?"
#: What stands before a line, the most frequent first: what a CI system, a container, a log daemon or a
#: logger writes. Indentation behind it is kept.
_PREFIX: Final = re.compile(
    r"(?:"
    rf"\[?{_DATE}{_ZONE}\]?(?: \d\d[OE]\+?)?(?: |$)"  # GitHub, GitLab, Heroku, most loggers
    r"|[\w.-]+(?:\[[\w.-]+\])?: (?=ERROR|FATAL|error)"  # app[web.1]:
    r"|(?:app|heroku|fly|render)\[[\w.-]+\]:? ?(?:[a-z]{3} )?(?:\[[a-z]+\] ?)?"  # Heroku, fly.io
    r"|(?:stdout|stderr) [FP] "  # Kubernetes, as the node has it
    r"|[^\t]{1,99}\t[^\t]{1,99}\t(?=\d{4}-)"  # gh run view --log
    r"|(?:ERROR   |INFO    |WARNING |DEBUG   ): "  # pgmigrate
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d [\w.-]+ [\w./-]+(?:\[\d+\])?: "  # syslog
    r"|[\w.-]+ +\| ?"  # docker compose
    r"|\[pod/[^\]]+\] "  # kubectl logs --prefix
    r"|#\d+ \d+\.\d+ "  # docker build
    r"|##\[(?:error|warning|group|debug)\]"  # GitHub, Azure
    r"|::error[^:]*::"
    r"|\[(?:ERROR|INFO|WARN(?:ING)?|DEBUG|FATAL)\] ?"  # Maven
    r"|\d\d:\d\d:\d\d(?:[.,]\d+)? "
    r")"
)
#: How a server calls errors, and what is none, in the languages that PostgreSQL 15 speaks (its catalogs,
#: postgres-15.mo): English, German, French, Italian, Russian, Swedish, Ukrainian, Georgian, Korean, Chinese.
#: Spanish and Japanese have the English words.
SEVERE: Final = (
    "ERROR|FATAL|PANIC|FEHLER|PANIK|ERREUR|ERRORE|FATALE|PANICO|ОШИБКА|ВАЖНО|ПАНИКА|FEL|FATALT"
    "|ПОМИЛКА|ФАТАЛЬНО|ПАНІКА|შეცდომა|ფატალური|პანიკა|오류|치명적오류|손상|错误|致命错误"
)
MILD: Final = (
    "NOTICE|WARNING|INFO|DEBUG|LOG|HINWEIS|WARNUNG|ATTENTION|NOTIFICA|ATTENZIONE|ЗАМЕЧАНИЕ|ПРЕДУПРЕЖДЕНИЕ"
    "|NOTIS|VARNING|ПОВІДОМЛЕННЯ|ПОПЕРЕДЖЕННЯ|გაფრთხილება|알림|경고|注意|警告"
)
#: Keys of a JSON log whose value is an SQLSTATE.
_CODES: Final = frozenset({"code", "sqlstate", "sql_state", "pgcode", "status_code", "errcode"})
#: Keys whose value is about the line, and would stand between the lines of a message.
_ABOUT: Final = frozenset(
    (
        *("level", "severity", "stream", "time", "timestamp", "ts", "date"),
        *("logger", "hostname", "host", "caller", "pid", "container"),
    )
)
#: Of one line, so much is read: a longer one is no message.
_LONGEST: Final = 200_000


def lines_of(data: bytes) -> tuple[list[str], list[int]]:
    """A log's lines, without what is not the program's own, and the number of each in the log: of one with
    JSON there are several. Never fails: what is no text is replaced."""
    text = _decoded(data)
    if "\x1b" in text:
        text = _ESCAPES.sub("", text)
    found: list[str] = []
    numbers: list[int] = []
    for number, line in enumerate(_BREAKS.split(text), 1):
        line = line[:_LONGEST]
        if not line.isprintable():
            line = line.translate(_CONTROLS)
        bare = _bare(line)
        if bare.startswith("{") and bare.rstrip().endswith("}"):
            found += _of_json(bare) or (bare,)
        else:
            found.append(bare)
        numbers += [number] * (len(found) - len(numbers))
    return found, numbers


def _decoded(data: bytes) -> str:
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8", "replace")


def _bare(line: str) -> str:
    for _ in range(4):
        match = _PREFIX.match(line)
        if match is None or not match.group():
            break
        line = line[match.end() :]
    return line


def _of_json(line: str) -> list[str]:
    """The strings of a JSON object, each as lines of its own; nothing where it is none."""
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return []
    return [
        _bare(_ESCAPES.sub("", each).translate(_CONTROLS))
        for text in _strings(value)
        for each in _BREAKS.split(text)
    ]


def _strings(value: Any, key: str = "", depth: int = 0) -> Iterator[str]:
    if isinstance(value, str):
        yield f"code: '{value}'" if key.lower() in _CODES and len(value) == 5 else value
    elif depth < 20:
        if isinstance(value, dict):
            for name, inner in value.items():
                if name.lower() not in _ABOUT:
                    yield from _strings(inner, str(name), depth + 1)
        elif isinstance(value, list):
            for inner in value:
                yield from _strings(inner, key, depth + 1)
