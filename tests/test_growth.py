"""A folder twice as large costs twice as much: steps are counted, never seconds.

A step is a line of ours that runs. What C does in one of them (a search through a text, a copy of a list) is
not seen here; `benchmarks/growth.py` sees it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import idemlint
from growth_shapes import SHAPES, Shape
from growth_texts import TEXTS
from idemlint import engine
from idemlint.apply import fix_files
from idemlint.diagnostics import Applicability
from idemlint.report import formats
from idemlint.report.run_report import Report
from idemlint.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType
    from typing import Any

#: The most that a folder twice as large may cost, in steps: 2 is linear.
MOST: Final = 2.3
#: What a folder has of its subject, once and twice; the steps of one that has one are taken off.
SIZE, LARGE = 40, 400

#: Shapes that do grow faster, and why. To be emptied.
NOT_YET: Final[dict[str, str]] = {
    name: f"replay/{why}"
    for name, why in {
        "DELETEs after one INSERT": "machine/writes: each DELETE looks at all rows",
        "NOT NULL in a table of old": "catalog/slots: on_table looks at all columns of the table",
        "renames with fixes": "judge/stops: with_grounds",
    }.items()
}

ALL: Final = {**SHAPES, **TEXTS}
_OURS: Final = str(Path(idemlint.__file__).parent)


def steps(run: Callable[[], object], within: str = _OURS) -> int:
    """How many lines of code below the folder `within` a call runs through."""
    count = 0

    def line(frame: FrameType, event: str, argument: Any) -> Any:
        nonlocal count
        if event == "line":
            count += 1
        return line

    def call(frame: FrameType, event: str, argument: Any) -> Any:
        return line if frame.f_code.co_filename.startswith(within) else None

    before = sys.gettrace()
    sys.settrace(call)
    try:
        run()
    finally:
        sys.settrace(before)
    return count


def look(folder: str, shape: Shape) -> None:
    """All that is said of a folder, and what its fixes make of it."""
    settings = Settings.load(
        [folder], isolated=True, runner=shape.runner, rerun=shape.rerun, select=["ALL"]
    )
    opened = engine.open([folder], settings)
    if shape.fix:
        fix_files(opened, Applicability.UNSAFE, fix_applied=True)
        return
    reports = list(opened.reports())
    found = [finding for report in reports for finding in report.findings]
    for name in shape.formats:
        formats.render(name, Report(found, len(reports)))


def steps_of(shape: Shape, size: int) -> int:
    """What it takes to look at a folder of that size."""
    with tempfile.TemporaryDirectory() as folder:
        for name, text in shape.files(size).items():
            path = Path(folder, name)
            path.parent.mkdir(exist_ok=True)
            path.write_text(text)
        return steps(lambda: look(folder, shape))


def growth(cost: Callable[[int], int], size: int) -> float:
    """How many times as much twice the size costs; what even the smallest one costs is taken off."""
    least = cost(1)
    return (cost(2 * size) - least) / max(cost(size) - least, 1)


def check(name: str, size: int) -> None:
    shape = ALL[name]
    look_once = steps_of(shape, 2)  # what is made once and kept
    assert look_once > 0
    found = growth(lambda n: steps_of(shape, n), size)
    assert found <= MOST, f"{found:.2f} times the steps for twice the size"
