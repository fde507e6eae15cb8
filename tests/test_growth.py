"""A folder twice as large costs twice as much: steps are counted, never seconds.

A step is a line of ours that runs. What C does in one of them (a search through a text, a copy of a list) is
not seen here; `benchmarks/growth.py` sees it.

In a large folder a spread sample of the shapes is looked at; IDEMLINT_ALL_ROWS=1 looks at every one.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

import idemlint
from growth_shapes import SHAPES, Shape
from growth_texts import TEXTS
from idemlint import engine
from idemlint.apply import fix_files
from idemlint.diagnostics import Applicability
from idemlint.report import formats
from idemlint.report.account import Account
from idemlint.report.run_report import Report
from idemlint.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType

#: The most that a folder twice as large may cost, in steps: 2 is linear.
MOST: Final = 2.3
#: The same where one stands in another, in a small folder: a level costs what is in it, while it is read.
MOST_DEEP: Final = 3.0
#: How much of its subject a folder has; and then twice that. The steps of one that has one are taken off.
SIZE, SIZE_DEEP, SIZE_SLOW = 50, 20, 250

ALL: Final = {**SHAPES, **TEXTS}
#: Of how many shapes one is looked at in a large folder.
EVERY: Final = 1 if os.environ.get("IDEMLINT_ALL_ROWS") == "1" else 7
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
        formats.render(name, Report(found, Account(len(reports))))


def steps_of(shape: Shape, size: int) -> int:
    """What it takes to look at a folder of that size."""
    with tempfile.TemporaryDirectory() as top:
        # Names are looked at letter by letter, and this one is always the same.
        folder = Path(top, "migrations")
        for name, text in shape.files(size).items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        return steps(lambda: look(str(folder), shape))


def growth(cost: Callable[[int], int], size: int) -> float:
    """How many times as much twice the size costs; what even the smallest one costs is taken off."""
    least = cost(1)
    return (cost(2 * size) - least) / max(cost(size) - least, 1)


def check(name: str, size: int, most: float) -> None:
    shape = ALL[name]
    steps_of(shape, 2)  # what is made once, and kept
    found = growth(lambda n: steps_of(shape, n), size)
    assert found <= most, f"{found:.2f} x the steps for 2 x the size"


@pytest.mark.slow
@pytest.mark.parametrize("name", ALL)
def test_twice_as_much_takes_twice_the_steps(name: str) -> None:
    if ALL[name].deep:
        check(name, SIZE_DEEP, MOST_DEEP)
    else:
        check(name, SIZE, MOST)


@pytest.mark.slow
@pytest.mark.parametrize("name", list(ALL)[::EVERY])
def test_twice_as_much_takes_twice_the_steps_in_a_large_folder(name: str) -> None:
    check(name, SIZE_SLOW, MOST)


def toy(folder: Path, text: str) -> Callable[[int], object]:
    """A function of a module in a folder."""
    scope: dict[str, Any] = {}
    exec(compile(text, str(folder / "toy.py"), "exec"), scope)
    function: Callable[[int], object] = scope["toy"]
    return function


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [
        ("def toy(n):\n for i in range(n):\n  i += 1\n", 1.9, MOST),
        ("def toy(n):\n for i in range(n):\n  for j in range(i):\n   j += 1\n", 3.0, 4.1),
        ("def toy(n):\n return [i for i in range(n) if all(i >= j for j in range(n))]\n", 3.0, 5.0),
    ],
)
def test_what_is_quadratic_shows(tmp_path: Path, text: str, least: float, most: float) -> None:
    function = toy(tmp_path, text)

    def cost(size: int) -> int:
        return steps(lambda: function(size), str(tmp_path))

    assert least <= growth(cost, SIZE) <= most


def test_only_our_own_steps_count(tmp_path: Path) -> None:
    function = toy(tmp_path, "def toy(n):\n return sorted(range(n), key=lambda i: -i)\n")
    assert steps(lambda: function(100)) == 0
