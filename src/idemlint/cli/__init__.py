"""The command line. Start-up is on the hot path of every hook: commands import what they need."""

from __future__ import annotations


def main() -> None:
    """The console script."""
    import gc
    import sys

    # Thousands of classes and functions are made in the first moments, and hardly any garbage.
    gc.set_threshold(50_000)
    from idemlint.cli.exits import run

    sys.exit(run(sys.argv[1:]))
