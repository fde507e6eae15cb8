"""Run a server for as long as the process that asked for it lives.

Started as its own process: `python keeper.py FOLDER UID GID -- COMMAND...`. It runs COMMAND, waits
until its standard input closes, stops the command, and removes FOLDER. The pipe closes even when
the tests are killed with SIGKILL, where neither `atexit` nor a fixture's teardown would run.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys

FAST_SHUTDOWN_SECONDS = 5.0


def main(arguments: list[str]) -> int:
    """Keep the command alive until standard input ends; return its exit code."""
    folder, uid, gid, separator, *command = arguments
    if separator != "--" or not command:
        raise SystemExit("usage: keeper.py FOLDER UID GID -- COMMAND...")
    identity: dict[str, object] = {}
    if int(uid) >= 0:
        identity = {"user": int(uid), "group": int(gid), "extra_groups": []}
    with open(os.path.join(folder, "log"), "ab") as log:  # noqa: PTH118, PTH123 - kept light
        server = subprocess.Popen(  # type: ignore[call-overload]
            command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd=folder, **identity
        )
        try:
            sys.stdin.buffer.read()
        finally:
            server.send_signal(signal.SIGINT)
            try:
                server.wait(FAST_SHUTDOWN_SECONDS)
            except subprocess.TimeoutExpired:
                server.send_signal(signal.SIGQUIT)
                server.wait()
            shutil.rmtree(folder, ignore_errors=True)
    return int(server.returncode)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
