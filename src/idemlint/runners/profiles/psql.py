"""Plain psql, and every folder of SQL files that no runner claims.

Facts: each statement is a message of its own, autocommit (psql manual, "-f", "-c"); measured with
psql 15: an error in statement 3 of 4 leaves the other three applied and exits 0; with
`ON_ERROR_STOP=1` two are applied and it exits 3. `-1` would put a transaction around it all. `:v`,
`:'v'`, `:"v"` are filled in, but not in quotes or bodies (measured). Each file has a session of its
own (`psql -f` for each, as docker-library/postgres: docker-entrypoint.sh does it); with `-f a -f
b` they share one: what the next file finds is nothing to rely on. `\\i` runs a file in the midst of
another, in its session and its transaction; it seeks from where psql was started, `\\ir` from the
script's folder (measured: tests/postgres/test_includes.py).
"""

from __future__ import annotations

from typing import Final

from idemlint.runners.profile import Claim, Named, Placeholders, Profile

PROFILES: Final = (
    Profile(
        name="psql",
        title="psql",
        edits="ignored",
        sending="stmt",
        session="new",
        has_journal=False,
        runs_files=True,
        message="statement",
        claims=(
            Claim(
                35,
                name=r".*\.sql",
                needle=b"\\",
                text=r"^\\(?:i|ir|include|include_relative|set|connect|c|echo|copy|if|unset|pset|gset|timing)\b",
            ),
        ),
        files=(
            Named(r"(?:down|rollback|revert|undo)\.sql", "down"),
            Named(
                r"(?P<version>\d+(?:[-._]\d+)*)(?P<name>[^/]*)[._-](?:down|rollback|revert|undo)\.sql",
                "down",
            ),
            Named(r"(?P<name>[^/]*)[._-](?:down|rollback|revert|undo)\.sql", "down"),
            Named(r"(?P<version>\d+(?:[-._]\d+)*)(?P<name>[^/]*)\.sql", "up"),
            Named(r"(?P<name>[^/]*)\.sql", "up"),
        ),
        other_files="up",
        way_out="run psql without `-1`",
        placeholders=Placeholders(
            pattern=r"(?<![:\w]):(?:[A-Za-z_]\w*|'[A-Za-z_]\w*'|\"[A-Za-z_]\w*\")"
        ),
    ),
)
