"""The command line. Start-up is on the hot path of every hook: commands import what they need."""

from __future__ import annotations


def main() -> None:
    """The console script."""
    import sys

    from idemlint.cli.exits import run

    sys.exit(run(sys.argv[1:]))
