from __future__ import annotations

import difflib
import os
import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from idemlint.apply.diff import unified_diff

if TYPE_CHECKING:
    from pathlib import Path

_HUNK = re.compile(rb"@@ -(\d+)(?:,(\d+))? \+")


def patched(before: bytes, patch: bytes) -> bytes:
    """What a patch makes of a text."""
    old = before.splitlines(keepends=True)
    made: list[bytes] = []
    at = 0
    last = b""
    for line in patch.splitlines(keepends=True)[2:]:
        if found := _HUNK.match(line):
            start = int(found[1]) - (found[2] != b"0")
            made += old[at:start]
            at = start
        elif line.startswith(b"\\"):
            if not last.startswith(b"-"):
                made[-1] = made[-1].removesuffix(b"\n")
        elif line.startswith(b"+"):
            made.append(line[1:])
        else:
            assert old[at].rstrip(b"\n") == line[1:].rstrip(b"\n")
            made += [line[1:]] if line.startswith(b" ") else []
            at += 1
        last = line
    return b"".join(made + old[at:])


CASES = [
    (b"a\nb\nc\n", b"a\nB\nc\n"),
    (b"a\nb\nc", b"a\nb\nc\nd"),
    (b"", b"a\n"),
    (b"a\n", b""),
    (b"x\n" * 50, b"x\n" * 20 + b"y\n" + b"x\n" * 30),
    (b"\r\n".join(b"%d" % n for n in range(99)), b"\r\n".join(b"%d" % n for n in range(1, 98))),
]


@pytest.mark.parametrize(("before", "after"), CASES)
def test_a_short_text_is_compared_as_difflib_does(before: bytes, after: bytes) -> None:
    expected = b"".join(
        line if line.endswith(b"\n") else line + b"\n\\ No newline at end of file\n"
        for line in difflib.diff_bytes(
            difflib.unified_diff,
            before.splitlines(keepends=True),
            after.splitlines(keepends=True),
            b"a/f.sql",
            b"b/f.sql",
        )
    )
    assert unified_diff("f.sql", before, after) == expected
    assert patched(before, expected) == after


@pytest.mark.skipif(sys.platform == "win32", reason="needs names that are not Windows'")
@pytest.mark.parametrize(
    "name",
    [
        *(
            b"a b.sql",
            b"a\nb.sql",
            b"\x1b[31m\tx.sql",
            b"\xff.sql",
            b'"x".sql',
            b"a\\b.sql",
            b"-x.sql",
        ),
        *(
            "größe 🐘.sql".encode(),
            b"it's; $(x).sql",
            b" x .sql",
            b"a/b/::error ::x.sql",
            b"x.sql ",
        ),
    ],
)
@pytest.mark.parametrize("tool", [["git", "apply"], ["patch", "-s", "-p1"]])
def test_it_can_be_applied_whatever_the_file_is_called(
    tmp_path: Path, name: bytes, tool: list[str]
) -> None:
    if shutil.which(tool[0]) is None:
        pytest.skip(f"needs {tool[0]}")
    path = tmp_path / os.fsdecode(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"old\n")
    patch = unified_diff(os.fsdecode(name), b"old\n", b"new\n")
    subprocess.run(tool, input=patch, cwd=tmp_path, check=True)
    assert path.read_bytes() == b"new\n"


def test_equal_texts_have_no_patch() -> None:
    assert unified_diff("f.sql", b"a\n", b"a\n") == b""


def test_a_long_text_is_compared_in_pieces_and_none_is_lost() -> None:
    before = [b"line %d\n" % n if n % 3 else b"\n" for n in range(5000)]
    after = [b"changed\n" if n % 10 == 5 else line for n, line in enumerate(before) if n % 17]
    patch = unified_diff("f.sql", b"".join(before), b"".join(after))
    assert patched(b"".join(before), patch) == b"".join(after)
    kept = sum(line.startswith(b" ") for line in patch.splitlines())
    assert kept > 2000


def test_lines_in_another_order_are_no_anchors() -> None:
    before = [b"line %d\n" % n for n in range(4000)]
    after = before[2000:] + before[:2000]
    patch = unified_diff("f.sql", b"".join(before), b"".join(after))
    assert patched(b"".join(before), patch) == b"".join(after)
