"""The command line. Start-up is on the hot path of every hook: commands import what they need."""

from __future__ import annotations


def main() -> None:
    """The console script."""
    import gc
    import os
    import sys

    # Thousands of classes and functions are made in the first moments, and hardly any garbage.
    gc.set_threshold(50_000)
    from idemlint.cli.exits import run

    code = run(sys.argv[1:])
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        sys.exit(code)  # closed already, or nobody reads it: Python knows what to say
    # To take all modules and trees apart, object by object, is a tenth of a small run and more of a
    # large one; the system frees them at once.
    os._exit(code)
