"""Which rerun: the words of `--rerun`."""

from __future__ import annotations

from typing import Literal

#: What runs again: a statement right after itself, a file after its end, a file after a stop (between two of
#: its units, or behind the last one), all files, a file after it was rolled back.
Rerun = Literal["statement", "file", "interrupted", "folder", "redo"]
#: What can be asked for; `any` is the worse of `file` and `interrupted`.
Mode = Literal["statement", "file", "interrupted", "any", "folder", "redo"]
#: Of `redo`: what rolls a file back, and what runs again after that.
Half = Literal["down", "up"]
