"""The command line in this process, for tests that are not about the process: ten times as quick.

What ends in a crash or hangs ends the tests with it; where that is the question, start a process.
"""

from __future__ import annotations

import os
from contextlib import redirect_stderr, redirect_stdout
from io import BytesIO, TextIOWrapper
from typing import TYPE_CHECKING, NamedTuple
from unittest.mock import patch

from idemlint.cli.app import app
from idemlint.cli.exits import run

if TYPE_CHECKING:
    from pathlib import Path


class Done(NamedTuple):
    """What a run did."""

    code: int
    out: str
    err: str


def idemlint(*arguments: str | Path) -> Done:
    """Run it in the working folder, without colours, as where its output goes into pipes."""
    out, err = (TextIOWrapper(BytesIO(), encoding="utf-8", write_through=True) for _ in range(2))
    with (
        patch.dict(os.environ, {"NO_COLOR": "1"}),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = run(app, [str(each) for each in arguments])
    said, noted = (stream.detach().getvalue() for stream in (out, err))
    return Done(code, said.decode("utf-8", "replace"), noted.decode("utf-8", "replace"))
