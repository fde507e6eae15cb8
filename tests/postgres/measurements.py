"""Measurements as they are kept: a table of each, and what changed between two."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING, Any

from .comparison import UNIQUE_VIOLATION

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

#: A comparison as JSON; which folder, mode, file and statement it is about.
Row = dict[str, Any]
Key = tuple[str, str, str, int]

MODES = ("statement", "file", "interrupted", "folder")
COLUMNS = (
    "judged",
    "agree",
    "miss",
    "false alarm",
    "wrong sqlstate",
    "repeats, is 23505",
    "other kind",
    "unknown",
)
#: Of what there was no answer to compare with.
NOT_COMPARED = frozenset({"no rows", "not applicable", "unjudged"})


def read(path: Path) -> dict[Key, Row]:
    """Read the measurement in a file, or in all `.json` files of a folder."""
    rows: dict[Key, Row] = {}
    for file in sorted(path.glob("*.json")) if path.is_dir() else [path]:
        for part in json.loads(file.read_bytes()):
            for row in part["comparisons"]:
                rows[part["folder"], part["mode"], row["file"], row["start"]] = row
    return rows


def table(rows: Mapping[Key, Row]) -> list[str]:
    """Return a table with a line for each mode: numbers, and per cent of what was judged."""
    lines = ["| mode | " + " | ".join(COLUMNS) + " |", "|---" * (len(COLUMNS) + 1) + "|"]
    for mode in MODES:
        counts = Counter(
            column for key, row in rows.items() if key[1] == mode for column in _columns(row)
        )
        judged = counts["judged"]
        if judged:
            cells = [str(judged)]
            cells += [f"{counts[one]} ({counts[one] / judged:.2%})" for one in COLUMNS[1:]]
            lines.append(f"| {mode} | " + " | ".join(cells) + " |")
    return lines


def _columns(row: Row) -> Iterable[str]:
    agreement = row["agreement"]
    if agreement in NOT_COMPARED:
        return
    yield "judged"
    if agreement != "wrong kind":
        yield agreement
    elif row["verdict"] == "repeats" and row["server_sqlstate"] == UNIQUE_VIOLATION:
        yield "repeats, is 23505"
    else:
        yield "other kind"


def changes(before: Mapping[Key, Row], after: Mapping[Key, Row]) -> list[str]:
    """Return what changed from one measurement to another: tables, then statement by statement.

    The tables are of what is in both.
    """
    both = before.keys() & after.keys()
    lines = ["before", *table({key: before[key] for key in both}), ""]
    lines += ["after", *table({key: after[key] for key in both}), ""]
    for name, one, other in (("before", before, after), ("after", after, before)):
        if alone := one.keys() - other.keys():
            lines.append(f"{len(alone)} statements are only in the measurement {name}")
    moved: dict[str, list[Key]] = defaultdict(list)
    for key in sorted(both):
        if (kind := _moved(before[key], after[key])) is not None:
            moved[f"{key[1]}: {kind}"].append(key)
    for kind, keys in sorted(
        moved.items(), key=lambda item: (item[0].split(":")[0], -len(item[1]))
    ):
        lines += ["", f"{kind}: {len(keys)}"]
        lines += [_told(key, before[key], after[key]) for key in keys]
    return lines


def _moved(before: Row, after: Row) -> str | None:
    if before["agreement"] != after["agreement"]:
        return f"{before['agreement']} -> {after['agreement']}"
    if (before["verdict"], before["sqlstate"]) != (after["verdict"], after["sqlstate"]):
        return f"{after['agreement']}, otherwise"
    return None


def _told(key: Key, before: Row, after: Row) -> str:
    folder, _, file, start = key
    answers = dict.fromkeys((_server(before), _server(after)))
    return (
        f"  {folder} {file}:{start} {_said(before)} -> {_said(after)},"
        f" server {' -> '.join(answers)}: {after['text'][:120]}"
    )


def _said(row: Row) -> str:
    return " ".join(filter(None, (row["verdict"], row["sqlstate"])))


def _server(row: Row) -> str:
    return " ".join(filter(None, (row["outcome"], row["server_sqlstate"]))) or "not asked"


def write(path: Path, parts: Sequence[Mapping[str, object]]) -> None:
    """Write parts of a measurement (a folder in a mode each) where `read` finds them."""
    path.write_text(json.dumps(parts, indent=1))
