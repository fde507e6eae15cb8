"""What idemlint says of real folders, written down, and two such dumps held against each other.

    python benchmarks/referee.py dump before FOLDER...        # or --folders LIST: a file, one folder a line
    python benchmarks/referee.py dump after FOLDER... --python other/bin/python
    python benchmarks/referee.py compare before after

A change that should move nothing is judged by this: every command is run on every folder, and what it
prints, on either stream, and its exit code are kept byte by byte. `compare` prints what differs and
exits with 1 where anything does; it also says how the CPU seconds of the two compare, folder by folder,
which means something only where both were made on the same quiet machine. Folders are read, never
written: a folder is copied by nobody, and `--fix` is asked for as `--diff`.
"""

from __future__ import annotations

import argparse
import difflib
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

#: What is asked of a folder. The runner is the one that idemlint finds by itself.
QUESTIONS = {
    "check.json": ["check", "--isolated", "--output-format", "json"],
    "check.txt": ["check", "--isolated"],
    "replay.json": ["replay", "--isolated", "--output-format", "json"],
    "replay.txt": ["replay", "--isolated"],
    "replay-statement.json": [
        *("replay", "--isolated", "--rerun", "statement", "--output-format", "json")
    ],
    "replay-folder.json": ["replay", "--isolated", "--rerun", "folder", "--output-format", "json"],
    "replay-down.json": ["replay", "--isolated", "--down", "--output-format", "json"],
    "diff.txt": ["check", "--isolated", "--diff", "--fix-applied"],
    "diff-unsafe.txt": ["check", "--isolated", "--diff", "--unsafe-fixes", "--fix-applied"],
}
#: What the console script does.
ENTRY = "from idemlint.cli import main; main()"
CPU = "cpu.json"


def ask(python: str, folder: str, question: list[str], limit: float) -> tuple[bytes, float]:
    """What one command prints, and its CPU seconds. What does not end in time is said to."""
    begin = time.monotonic()
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        process = subprocess.Popen(
            [python, "-c", ENTRY, *question, folder], stdout=out, stderr=err, cwd=os.curdir
        )
        pid = 0
        while not pid and time.monotonic() - begin < limit:
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
            time.sleep(0.0 if pid else 0.01)
        if not pid:
            process.kill()
            process.wait()
            return f"not ended after {limit:.0f} s\n".encode(), limit
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        text = out.read() + b"--- stderr\n" + err.read()
        text += f"--- exit code {process.returncode}\n".encode()
        return text, usage.ru_utime + usage.ru_stime


def dump(target: Path, folders: list[str], python: str, limit: float, jobs: int) -> None:
    """Ask everything about all folders."""

    def of_folder(folder: str) -> tuple[str, dict[str, float]]:
        place = target / folder.strip("/").replace("/", "__")
        place.mkdir(parents=True, exist_ok=True)
        seconds = {}
        for name, question in QUESTIONS.items():
            text, seconds[name] = ask(python, folder, question, limit)
            (place / name).write_bytes(text)
        return place.name, seconds

    cpu = {}
    with ThreadPoolExecutor(jobs) as pool:
        for name, seconds in pool.map(of_folder, folders):
            cpu[name] = seconds
            print(f"{sum(seconds.values()):8.2f} s CPU  {name}", file=sys.stderr)
    (target / CPU).write_text(json.dumps(cpu, indent=1))


def compare(before: Path, after: Path, most: int) -> int:
    """Print what differs; 1 where something does."""
    folders = [{path.name for path in side.iterdir() if path.is_dir()} for side in (before, after)]
    for folder in sorted(folders[0] ^ folders[1]):
        print(f"--- {folder}: only in {before if folder in folders[0] else after}")
    names = sorted(
        path.relative_to(before)
        for folder in folders[0] & folders[1]
        for path in (before / folder).iterdir()
    )
    different = len(folders[0] ^ folders[1])
    for name in names:
        old, new = ((side / name).read_bytes() for side in (before, after))
        if old == new:
            continue
        different += 1
        print(f"=== {name}")
        lines = difflib.unified_diff(
            lines_of(old), lines_of(new), "before", "after", lineterm="", n=0
        )
        for number, line in enumerate(lines):
            if number == most:
                print("…")
                break
            print(line[:400])
    print(f"{len(names):,} answers compared, {different:,} differ")
    show_cpu(before, after)
    return 1 if different or not names else 0


def lines_of(text: bytes) -> list[str]:
    """JSON is one line: it is cut at its objects, so that a difference can be seen."""
    return text.decode("utf-8", "replace").replace("},{", "},\n{").splitlines()


def show_cpu(before: Path, after: Path) -> None:
    """CPU seconds of either, and the ratio, where both have them."""
    sides = [
        json.loads((side / CPU).read_text()) for side in (before, after) if (side / CPU).is_file()
    ]
    if len(sides) != 2:
        return
    old, new = ({name: sum(each.values()) for name, each in side.items()} for side in sides)
    both = sorted(set(old) & set(new))
    total = sum(new[name] for name in both) / max(sum(old[name] for name in both), 1e-9)
    print(f"CPU, after : before = {total:.3f} over {len(both)} folders")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    verbs = parser.add_subparsers(dest="verb", required=True)
    dumping = verbs.add_parser("dump", help="write down what idemlint says")
    dumping.add_argument("target", type=Path)
    dumping.add_argument("folders", nargs="*")
    dumping.add_argument("--folders", dest="list", type=Path, help="a file with one folder a line")
    dumping.add_argument("--python", default=sys.executable, help="the Python that has idemlint")
    dumping.add_argument("--limit", type=float, default=120, help="seconds a command may take")
    dumping.add_argument("--jobs", type=int, default=1, help="folders side by side")
    comparing = verbs.add_parser("compare", help="hold two dumps against each other")
    comparing.add_argument("before", type=Path)
    comparing.add_argument("after", type=Path)
    comparing.add_argument("--most", type=int, default=40, help="lines shown of a difference")
    arguments = parser.parse_args()
    if arguments.verb == "compare":
        sys.exit(compare(arguments.before, arguments.after, arguments.most))
    folders = list(arguments.folders)
    if arguments.list is not None:
        folders += [
            line.strip() for line in arguments.list.read_text().splitlines() if line.strip()
        ]
    dump(arguments.target, folders, arguments.python, arguments.limit, arguments.jobs)


if __name__ == "__main__":
    main()
