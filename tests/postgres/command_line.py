"""What the comparisons with a server have in common on the command line."""

from __future__ import annotations

import argparse
import json
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .server import ServerUnavailable, start_server

if TYPE_CHECKING:
    from .server import Server


class NoVerdicts(SystemExit):
    """`idemlint replay` ended with an error; the message says how. Who does not go on ends with it."""


#: The command that starts idemlint.
IDEMLINT = f"{shlex.quote(sys.executable)} -m idemlint"


def parser_of(module: str, description: str | None) -> argparse.ArgumentParser:
    """The folders, their runner, the server, and where the figures are written."""
    parser = argparse.ArgumentParser(
        prog=f"python -m tests.postgres.{module}", description=description
    )
    parser.add_argument("folders", nargs="+", metavar="FOLDER")
    parser.add_argument("--runner", help="the migration runner; default: idemlint's own guess")
    parser.add_argument("--major", type=int, help="major version of the server")
    parser.add_argument("--server", type=Path, metavar="DIR", help="where the server is installed")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write what was measured there")
    parser.add_argument("--idemlint", default=IDEMLINT, help="the command to start idemlint with")
    return parser


def server_of(options: argparse.Namespace) -> Server:
    """The server that was asked for; without it, the command ends and says why."""
    try:
        return start_server(options.major, options.server)
    except ServerUnavailable as error:
        raise SystemExit(f"no PostgreSQL server: {error}") from error


def replayed(command: str, folder: str | Path, rerun: str, runner: str | None) -> dict[str, Any]:
    """What `idemlint replay` says of a folder, as JSON. Raises NoVerdicts where it ends with an error."""
    arguments = [*shlex.split(command), "replay", "--output-format", "json", "--rerun", rerun]
    arguments += ["--isolated", *(["--runner", runner] if runner else []), str(folder)]
    done = subprocess.run(arguments, capture_output=True, check=False)
    if done.returncode != 0:
        said = done.stderr.decode(errors="replace").strip()
        raise NoVerdicts(f"{shlex.join(arguments)}: exit {done.returncode}: {said}")
    document: dict[str, Any] = json.loads(done.stdout)
    return document
