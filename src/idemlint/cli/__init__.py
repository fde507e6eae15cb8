"""The command line. Start-up is on the hot path of every hook: commands import what they need."""

from __future__ import annotations


def main() -> None:
    """The console script."""
    import gc
    import os
    import sys

    # A run is short, its trees are large and free of cycles, and it ends without being taken apart: to
    # collect garbage, or to begin again between two files, only costs time.
    gc.disable()
    from idemlint.cli.interrupts import end_when_interrupted

    end_when_interrupted()
    from idemlint.cli.app import app
    from idemlint.cli.exits import is_no_room, run, without_room

    code = run(app, sys.argv[1:])
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError) as error:
        if isinstance(error, OSError) and is_no_room(error):
            # Python would try once more, and end with a code of its own.
            os._exit(without_room(error, code))
        sys.exit(code)  # closed already, or nobody reads it: Python knows what to say
    # To take all modules and trees apart, object by object, is a tenth of a small run and more of a
    # large one; the system frees them at once.
    os._exit(code)
