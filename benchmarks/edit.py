"""What one edit costs: the last file of a folder of 500 changed, in a hook and in an editor.

    python benchmarks/edit.py [--files N] [--repeat N] [FOLDER...]

*hook* is `idemlint LAST`, one file named, whose siblings run for what they leave: CPU seconds of a process of
its own, the fastest of a few, and the same for a file that stands alone. *edit* is `Sequence.update` with
another text and the `report` on it, in a folder that is open: milliseconds of CPU, the middle of many. The
folders are generated in the shapes of Drizzle, Flyway and plain files, some forty lines a file; FOLDER: real
ones.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from generate import Project

if TYPE_CHECKING:
    from collections.abc import Callable


def drizzle(folder: Path, files: int) -> None:
    """Quoted names, a breakpoint between statements, a journal."""
    project = Project(1, quote=True)
    tags = [f"{number:04}_step" for number in range(files)]
    for tag in tags:
        text = project.migration("step", "\n--> statement-breakpoint\n")
        (folder / f"{tag}.sql").write_text(text)
    entries = [
        {"idx": number, "version": "7", "when": number, "tag": tag, "breakpoints": True}
        for number, tag in enumerate(tags)
    ]
    (folder / "meta").mkdir()
    (folder / "meta" / "_journal.json").write_text(
        json.dumps({"version": "7", "dialect": "postgresql", "entries": entries}, indent=2)
    )


def flyway(folder: Path, files: int) -> None:
    """Numbers in the names."""
    project = Project(2, quote=False)
    for number in range(files):
        (folder / f"V{number + 1}__step.sql").write_text(project.migration("this", "\n\n"))


def plain(folder: Path, files: int) -> None:
    """For psql."""
    project = Project(3, quote=False)
    for number in range(files):
        (folder / f"{number:04}_step.sql").write_text(project.migration("note", "\n"))


SHAPES: dict[str, Callable[[Path, int], None]] = {
    "drizzle": drizzle,
    "flyway": flyway,
    "psql": plain,
}


def cpu(*arguments: str) -> float:
    """CPU seconds of one run of the command line."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-c", "from idemlint.cli import main; main()", "--quiet", *arguments],
        stdout=subprocess.DEVNULL,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def edits(folder: str, repeat: int) -> tuple[str, list[float]]:
    """The file that was edited, and the milliseconds of each edit with the report on it."""
    from idemlint import engine

    opened = engine.open([folder])
    sequence = max(opened, key=lambda each: len(each.files))
    last = sequence.files[-1]
    text = Path(last).read_bytes()
    sequence.report(last)
    took = []
    for number in range(repeat):
        new = text + f"\nCREATE TABLE edited_{number} (id int);\n".encode()
        start = time.process_time()
        sequence.update(last, new)
        sequence.report(last)
        took.append(1000 * (time.process_time() - start))
    return last, took


def measure(name: str, folder: str, repeat: int, alone: float) -> None:
    last, took = edits(folder, repeat)
    hook = min(cpu(last) for _ in range(5))
    print(
        f"{name:40} hook {hook:.2f} s (one file alone {alone:.2f} s)"
        f"   edit {statistics.median(took):.1f} ms, slowest {max(took):.1f} ms",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--files", type=int, default=500)
    parser.add_argument("--repeat", type=int, default=50)
    parser.add_argument("folders", nargs="*")
    chosen = parser.parse_args()
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with tempfile.TemporaryDirectory() as top:
        one = Path(top, "one.sql")
        one.write_text("CREATE TABLE t (id int);\n")
        alone = min(cpu(os.fspath(one)) for _ in range(5))
        for name, write in SHAPES.items() if not chosen.folders else ():
            folder = Path(top, name)
            folder.mkdir()
            write(folder, chosen.files)
            measure(name, os.fspath(folder), chosen.repeat, alone)
        for real in chosen.folders:
            measure(real[-40:], real, chosen.repeat, alone)


if __name__ == "__main__":
    main()
