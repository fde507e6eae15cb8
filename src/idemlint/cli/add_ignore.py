"""`idemlint --add-ignore`: a suppression comment above every statement that is reported."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from idemlint.cli import bounds, notes, terminal
from idemlint.cli.exits import Code
from idemlint.errors import UsageProblem
from idemlint.report.words import counted
from idemlint.runners.majority import Evidence

if TYPE_CHECKING:
    from idemlint.cli.collector import Collector
    from idemlint.cli.session import Session

#: A comment of ours on the line above, whose codes are added to.
_COMMENT: Final = re.compile(rb"(--[ \t]*idemlint:[ \t]*ignore\[)([^\]]*)(\].*)", re.IGNORECASE)


def add_ignores(session: Session, collected: Collector, reason: str, *, fix_applied: bool) -> Code:
    """Write the comments into the files, and say how many; findings outside statements are left."""
    from idemlint import apply, runners
    from idemlint.apply.applied import Applied

    if session.stdin is not None:
        raise UsageProblem("--add-ignore writes into files, and cannot write into standard input")
    added = left = 0
    applied = Applied(session.settings.default_branch)
    evidence = {} if fix_applied else _evidence(session)
    barred = session.barred(name for name, _ in collected.origins.values())
    kept_out = []
    spared = []
    apply.clean_up(name for name in session.paths if name not in barred)
    for filename, group in groupby(collected.findings, key=lambda finding: finding.filename):
        name, runner = collected.origins[filename]
        path = Path(name)
        if name in barred:
            kept_out.append(name)
            continue
        reason_not = None
        if not fix_applied:  # a comment changes a checksum as well as any other edit does
            reason_not = applied.reason(name, runners.get(runner), evidence.get(name, Evidence()))
        if reason_not is not None:
            spared.append((filename, reason_not))
            continue
        codes: dict[int, list[str]] = {}
        for finding in group:
            if finding.statement is None:
                left += 1
                continue
            codes.setdefault(finding.statement.start, []).append(finding.code)
        try:
            if codes:
                _rewrite(path, codes, reason)
        except UsageProblem as problem:
            collected.problems[str(problem)] = None
        else:
            added += sum(map(len, codes.values()))
    collected.problems |= dict.fromkeys(bounds.told(barred, kept_out))
    terminal.note(f"Suppressed {counted(added, 'finding')}.")
    if left:
        terminal.note(
            f"{counted(left, 'finding')} stand outside statements; `-- idemlint: ignore-file[CODE]`"
            " at the top of the file suppresses them."
        )
    notes.say_spared(spared, "List them with --write-baseline instead, or use --fix-applied.")
    return Code.CLEAN


def _evidence(session: Session) -> dict[str, Evidence]:
    """How sure it is who runs each file."""
    from idemlint import engine

    folder = engine.open(session.paths, session.configured, once=True, are_found=True)
    return {name: each.evidence for each in folder for name in each.names}


def _rewrite(path: Path, codes: dict[int, list[str]], reason: str) -> None:
    from idemlint.apply import writing

    try:
        before = path.read_bytes()
    except OSError as error:
        raise UsageProblem(f"{path}: cannot be read: {error.strerror or error}") from None
    writing.replace(path, before, with_ignores(before, codes, reason))


def with_ignores(data: bytes, codes: dict[int, list[str]], reason: str = "") -> bytes:
    """The file with a comment above each statement, by its first byte, that suppresses codes."""
    newline = b"\r\n" if b"\r\n" in data else b"\n"
    for start in sorted(codes, reverse=True):  # from the back, so that offsets stay true
        wanted = sorted(set(codes[start]))
        line = data.rfind(b"\n", 0, start) + 1
        indent = data[line:start]
        if line == 0 and indent.startswith(b"\xef\xbb\xbf"):
            line, indent = 3, indent[3:]
        if indent.strip():
            # Something stands before the statement on its line: the comment ends that line.
            data = data[:start] + newline + _comment(wanted, reason) + newline + data[start:]
            continue
        above = data.rfind(b"\n", 0, max(line - 1, 0)) + 1
        there = _COMMENT.search(data, above, line)
        if there is not None:
            known = {code.strip() for code in there[2].decode("utf-8", "replace").split(",")}
            merged = ", ".join(sorted(known.union(wanted) - {""})).encode()
            data = data[: there.start(2)] + merged + data[there.end(2) :]
        else:
            data = data[:line] + indent + _comment(wanted, reason) + newline + data[line:]
    return data


def _comment(codes: list[str], reason: str) -> bytes:
    text = f"-- idemlint: ignore[{', '.join(codes)}] {' '.join(reason.split())}"
    return text.rstrip().encode()
