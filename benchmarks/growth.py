"""What a folder twice as large costs, in seconds of CPU and megabytes: shapes of `tests/growth_shapes.py`.

    python benchmarks/growth.py [--size N] [--limit SECONDS] [WORDS]

Each shape runs in a process of its own at N, 2 N and 4 N; `x` is the growth a doubling (start-up left out):
2.0 is linear. WORDS: only shapes whose names hold them. The test counts steps of ours, which do not see what
C does in one step: this does.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, os.fspath(Path(__file__).resolve().parent.parent / "tests"))

from growth_shapes import SHAPES, Shape
from growth_texts import TEXTS


def run(shape: Shape, size: int, limit: float) -> tuple[float, int] | None:
    """CPU seconds and megabytes of one look at a folder; `None`: it took longer than `limit`."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in shape.files(size).items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        command = [sys.executable, "-c", "from idemlint.cli import main; main()", "check"]
        command += [
            "--output-format",
            "json",
            "--select",
            "ALL",
            "--runner",
            shape.runner,
            "--rerun",
            shape.rerun,
        ]
        command += ["--isolated", "--quiet", *(["--unsafe-fixes", "--diff"] if shape.fix else [])]
        bound = int(limit) + 1

        def bounded() -> None:
            resource.setrlimit(resource.RLIMIT_CPU, (bound, bound))

        process = subprocess.Popen(
            [*command, folder],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            preexec_fn=bounded,
        )
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode < 0:
            return None
        if process.returncode > 1:
            return (float("nan"), 0)
        return usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--size", type=int, default=500)
    options.add_argument("--limit", type=float, default=20)
    options.add_argument("words", nargs="*")
    chosen = options.parse_args()
    nothing = run(Shape(lambda n: {"a.sql": "SELECT 1;\n"}), 1, chosen.limit)
    base = nothing[0] if nothing else 0.0
    for name, shape in {**SHAPES, **TEXTS}.items():
        if not all(word in name for word in chosen.words):
            continue
        cells: list[str] = []
        before = 0.0
        for size in (chosen.size, 2 * chosen.size, 4 * chosen.size):
            found = run(shape, size, chosen.limit)
            if found is None:
                cells.append(f"over {chosen.limit:.0f} s")
                break
            seconds = max(found[0] - base, 0.001)
            growth = f" x {seconds / before:4.1f}" if before else ""
            cells.append(f"{seconds:6.2f} s{growth} {found[1]:4d} MB")
            before = seconds
        print(f"{name:70} {'  '.join(cells)}", flush=True)


if __name__ == "__main__":
    main()
