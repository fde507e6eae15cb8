"""idemlint and squawk on the same files, in one run: ratios, since absolute times say little.

    python benchmarks/run.py [--folder PATH]... [--jobs N] [--files 2400] [--rounds 7] [--json]

The commands take turns, so that what else the machine does hits all of them alike. Wall times suffer
most from a busy machine, CPU times least, and the fastest of several runs least of all: look at the
ratio of CPU times (minimum) first. README.md says what is measured.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from generate import generate

#: What the console script does.
IDEMLINT = [sys.executable, "-c", "from idemlint.cli import main; main()"]
ONE_FILE = """\
CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL);
CREATE UNIQUE INDEX users_email_idx ON users (email);
ALTER TABLE users ADD COLUMN name text;
"""


@dataclass
class Runs:
    """The runs of one command."""

    command: list[str]
    cwd: Path
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    memory: int = 0
    output: int = 0

    def once(self) -> None:
        """Run it and add what it took."""
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            begin = time.perf_counter()
            process = subprocess.Popen(self.command, cwd=self.cwd, stdout=out, stderr=err)
            _, status, usage = os.wait4(process.pid, 0)
            self.wall.append(time.perf_counter() - begin)
            process.returncode = os.waitstatus_to_exitcode(status)
            if process.returncode not in (0, 1):  # 1: something was found
                err.seek(0)
                raise SystemExit(f"{self.command[:4]} failed:\n{err.read().decode()[-2000:]}")
            self.output = out.tell()
        self.cpu.append(usage.ru_utime + usage.ru_stime)
        self.memory = max(self.memory, usage.ru_maxrss)  # kilobytes on Linux


def compare(ours: Runs, theirs: Runs, rounds: int) -> dict[str, float]:
    """Run both in turns, one round not counted; ours divided by theirs."""
    for each in (ours, theirs):
        each.once()
        each.wall.clear()
        each.cpu.clear()
    for _ in range(rounds):
        ours.once()
        theirs.once()
    return {
        "cpu, fastest": min(ours.cpu) / min(theirs.cpu),
        "cpu, median": median(ours.cpu) / median(theirs.cpu),
        "wall, fastest": min(ours.wall) / min(theirs.wall),
        "wall, median": median(ours.wall) / median(theirs.wall),
        "memory": ours.memory / theirs.memory,
    }


def squawk() -> str:
    """The binary beside this Python, or on the PATH."""
    beside = Path(sys.executable).parent / "squawk"
    found = str(beside) if beside.exists() else shutil.which("squawk")
    if found is None:
        raise SystemExit("squawk is not installed: pip install '.[bench]'")
    return found


def on_folders(paths: list[Path], folders: list[Path], jobs: int, cwd: Path) -> tuple[Runs, Runs]:
    """`check --output-format json` of folders, in one call, against squawk on the same files."""
    ours = [*IDEMLINT, "check", "--isolated", "--output-format", "json", "--jobs", str(jobs)]
    theirs = [squawk(), "--reporter", "json", *map(str, paths)]
    return Runs([*ours, *map(str, folders)], cwd), Runs(theirs, cwd)


def on_one_file(cwd: Path) -> tuple[Runs, Runs]:
    """One small file, cold, against the imports that we cannot do without."""
    place = cwd / "one"
    place.mkdir()
    (place / "one.sql").write_text(ONE_FILE)
    needed = [sys.executable, "-c", "import pglast.parser, click"]
    return Runs([*IDEMLINT, "one.sql"], place), Runs(needed, place)


def show(title: str, ours: Runs, theirs: Runs, ratios: dict[str, float]) -> None:
    print(f"\n{title}")
    for name, ratio in ratios.items():
        print(f"  {name:<14} {ratio:5.2f} ×")
    for name, runs in (("ours", ours), ("theirs", theirs)):
        print(
            f"  {name:<7} {min(runs.cpu):.3f} s CPU, {min(runs.wall):.3f} s wall,"
            f" {runs.memory / 1024:.0f} MB, {runs.output:,} bytes of output"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument(
        "--folder",
        type=Path,
        action="append",
        help="real migrations instead of generated ones; several are checked in one call",
    )
    parser.add_argument("--jobs", type=int, default=1, help="processes of ours; 1 is measured too")
    parser.add_argument("--files", type=int, default=2400, help="how many to generate")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--json", action="store_true", help="print the ratios as JSON")
    arguments = parser.parse_args()
    # Compiled modules are part of an installation; some environments switch them off.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as temporary:
        cwd = Path(temporary)
        if arguments.folder is None:
            folders = [cwd / "migrations"]
            paths = generate(folders[0], arguments.files, arguments.seed)
        else:
            folders = [folder.resolve() for folder in arguments.folder]
            paths = sorted(
                path for folder in folders for path in folder.rglob("*.sql") if path.is_file()
            )
        size = sum(path.stat().st_size for path in paths)
        what = f"{len(paths):,} files of {size / max(1, len(paths)):,.0f} bytes"
        cases = {
            f"{what}, idemlint --jobs {jobs} : squawk": on_folders(paths, folders, jobs, cwd)
            for jobs in sorted({1, arguments.jobs})
        }
        cases["one small file, idemlint : `import pglast.parser, click`"] = on_one_file(cwd)
        found = {}
        for title, (ours, theirs) in cases.items():
            found[title] = compare(ours, theirs, arguments.rounds)
            if not arguments.json:
                show(title, ours, theirs, found[title])
        if arguments.json:
            print(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
