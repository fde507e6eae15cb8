"""A verdict of idemlint beside a server's answer: do they agree, and how many do?"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from .rerun import Judgement

Agreement = Literal[
    "agree",
    "miss",
    "false alarm",
    "wrong sqlstate",
    "wrong kind",
    "unknown",
    "no rows",
    "not applicable",
    "unjudged",
]
DISAGREEMENTS: tuple[Agreement, ...] = ("miss", "false alarm", "wrong sqlstate", "wrong kind")
ORDER: tuple[Agreement, ...] = (
    "agree",
    *DISAGREEMENTS,
    "unknown",
    "no rows",
    "not applicable",
    "unjudged",
)
# Classes of errors that a statement meets with rows alone.
DATA_ERRORS = frozenset({"21", "22", "23"})
UNIQUE_VIOLATION = "23505"
# How a reason ends where what is lost is what an application wrote, which nobody did here.
GONE = ("its rows are gone", "its values are gone", "come again")
RUNS_PROGRAMS = re.compile(
    rb"\bprogram\s+(?:e?'|\$)|\b(?:pg_execute_server_program|archive_command|lo_export)\b"
    rb"|\blanguage\s+'?(?:c|pl\w*u)\b",
    re.IGNORECASE,
)
COPY_FROM_STDIN = re.compile(rb"copy\b.*\bfrom\s+stdin\b", re.IGNORECASE | re.DOTALL)
COPIED = re.compile(rb"[ \t]*;[ \t]*\r?\n(.*?)^\\\.\r?$", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class First:
    """What idemlint says of a statement's first run, on an empty database.

    `verdict` is `runs`, `fails` or `unknown`; `because` (the statement to blame) and `follows` (the
    failure that this one is a consequence of) are `file:row`, or empty.
    """

    verdict: str
    sqlstate: str | None = None
    reason: str = ""
    because: str = ""
    follows: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What idemlint says of one statement, with the statement's own text; `row` counts from 1."""

    start: int
    text: str
    verdict: str
    sqlstate: str | None = None
    kind: str = ""
    reason: str = ""
    copy_data: bytes = b""
    runs_programs: bool = False
    unit: int = 0
    row: int = 0
    first: First | None = None


@dataclass(frozen=True, slots=True)
class Migration:
    """One file of a folder: its name, its runner, its statements in order."""

    filename: str
    runner: str
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One statement with both answers."""

    filename: str
    verdict: Verdict
    judgement: Judgement | None
    agreement: Agreement

    def as_json(self) -> dict[str, object]:
        """Return it as it is kept, to be held against another measurement."""
        judgement = self.judgement
        return {
            "file": self.filename,
            "start": self.verdict.start,
            "kind": self.verdict.kind,
            "text": shortened(self.verdict.text, 400),
            "verdict": self.verdict.verdict,
            "sqlstate": self.verdict.sqlstate,
            "reason": self.verdict.reason,
            "outcome": judgement.outcome if judgement is not None else None,
            "server_sqlstate": judgement.sqlstate if judgement is not None else None,
            "also": list(judgement.also) if judgement is not None else [],
            "rows": judgement.rows if judgement is not None else None,
            "stop": judgement.stop if judgement is not None else None,
            "difference": {
                part: _first_lines(str(change))
                for part, change in (judgement.difference.items() if judgement else ())
            },
            "agreement": self.agreement,
        }


@dataclass(slots=True)
class Report:
    """All comparisons of a run, and why files were left out."""

    comparisons: list[Comparison] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def counts(self) -> Counter[Agreement]:
        """Return how many statements came out which way."""
        return Counter(one.agreement for one in self.comparisons)

    def text(self) -> str:
        """Return the report as it is printed: disagreements, notes, counts."""
        lines: list[str] = []
        for agreement in DISAGREEMENTS:
            lines += [
                f"{agreement}: {_described(one)}"
                for one in self.comparisons
                if one.agreement == agreement
            ]
        lines += [f"note: {note}" for note in self.notes]
        return "\n".join([*lines, *self.summary()])

    def summary(self) -> list[str]:
        """Return the counts, a line each, and the share of agreement among what was judged."""
        counts = self.counts()
        judged = counts["agree"] + sum(counts[one] for one in DISAGREEMENTS)
        lines = [f"{name:>15} {counts[name]:6}" for name in ORDER if counts[name]]
        share = f"{counts['agree'] / judged:.2%}" if judged else "-"
        lines.append(f"{'judged':>15} {judged:6}  agreement {share}")
        return lines


def compare(
    verdict: str, sqlstate: str | None, judgement: Judgement | None, reason: str = ""
) -> Agreement:
    """Hold a verdict against the server's answer.

    A position of a sequence that moved on is seen by some as a change and by others not: `safe` and
    `repeats` both agree with it. Where there were several reruns, the SQLSTATE of any of them does.
    Where the first run found no rows to write, that the second changes nothing says nothing; nor does
    it where what an application wrote would be gone.
    """
    if judgement is None or judgement.outcome == "first fails":
        return "unjudged"
    if verdict == "unknown":
        return "unknown"
    if verdict == "not-applicable" or judgement.outcome == "not-applicable":
        return "agree" if verdict == "safe" else "not applicable"
    if judgement.outcome in ("safe", "sequence") and (
        (judgement.rows == 0 and _needs_rows(verdict, sqlstate)) or reason.endswith(GONE)
    ):
        return "no rows"
    if judgement.outcome == "sequence":
        return "false alarm" if verdict == "fails" else "agree"
    if judgement.outcome == "safe":
        return "agree" if verdict == "safe" else "false alarm"
    if verdict == "safe":
        return "miss"
    if verdict != judgement.outcome:
        return "wrong kind"
    if verdict == "fails" and sqlstate not in (judgement.sqlstate, *judgement.also):
        return "wrong sqlstate"
    return "agree"


def _needs_rows(verdict: str, sqlstate: str | None) -> bool:
    return verdict == "repeats" or (verdict == "fails" and (sqlstate or "")[:2] in DATA_ERRORS)


def read_replay(document: object, read: Callable[[str], bytes]) -> list[Migration]:
    """Turn `idemlint replay --output-format json` into migrations, in the order given there.

    `read` gives the bytes of a file; offsets in the document count bytes.
    """
    assert isinstance(document, dict)
    migrations: list[Migration] = []
    for entry in document["files"]:
        content = read(entry["filename"])
        verdicts = []
        for statement in entry["statements"]:
            raw = content[statement["start"] : statement["end"]]
            copied = COPIED.match(content, statement["end"]) if COPY_FROM_STDIN.match(raw) else None
            verdicts.append(
                Verdict(
                    start=statement["start"],
                    text=raw.decode("utf-8", errors="replace"),
                    verdict=statement["verdict"],
                    sqlstate=statement.get("sqlstate"),
                    kind=statement.get("kind", ""),
                    reason=statement.get("reason", ""),
                    copy_data=copied[1] if copied else b"",
                    runs_programs=RUNS_PROGRAMS.search(raw) is not None,
                    unit=statement.get("unit", 0),
                    row=content.count(b"\n", 0, statement["start"]) + 1,
                    first=_first(statement.get("first")),
                )
            )
        migrations.append(Migration(entry["filename"], entry.get("runner", ""), tuple(verdicts)))
    return migrations


def _first(said: Mapping[str, Any] | None) -> First | None:
    if said is None:
        return None
    because, follows = (
        f"{place['filename']}:{place['row']}" if (place := said.get(key)) else ""
        for key in ("because", "follows")
    )
    return First(said["verdict"], said.get("sqlstate"), said.get("reason", ""), because, follows)


def shortened(text: str, length: int = 160) -> str:
    """Return a text on one line, cut where it is longer."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1] + "…"


def _described(one: Comparison) -> str:
    said = " ".join(filter(None, (one.verdict.verdict, one.verdict.sqlstate)))
    stop = one.judgement.stop if one.judgement is not None else None
    after = f" after a stop behind {stop} statements" if stop is not None else ""
    lines = [f"{one.filename} at byte {one.verdict.start}"]
    lines.append(f"    {shortened(one.verdict.text, 400)}")
    lines.append(f"    idemlint: {said} ({one.verdict.reason or 'no reason'})")
    lines.append(f"    server:   {one.judgement}{after}")
    if one.judgement is not None:
        for part, change in one.judgement.difference.items():
            lines += [f"      {part} {line}" for line in _first_lines(str(change))]
    return "\n".join(lines)


def _first_lines(text: str, most: int = 4) -> Iterable[str]:
    lines = text.splitlines()
    shown = [shortened(line, 200) for line in lines[:most]]
    return shown if len(lines) <= most else [*shown, f"… {len(lines) - most} more"]
