"""How each real runner is started, and how its folder must look."""

from __future__ import annotations

import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from postgres.server import Database

PACKAGES: Final = (
    "pg@8",
    "drizzle-orm@0.45",
    "dbmate@2",
    "node-pg-migrate@9",
    "postgres-migrations@5",
    "graphile-migrate@1",
    "postgrator@8",
    "supabase@3",
)

PYTHON_PACKAGES: Final = ("yoyo-migrations", "yandex-pgmigrate")


@dataclass(frozen=True)
class Toolbox:
    """Where the packages are."""

    folder: Path

    def run(self, command: Sequence[str], cwd: Path, **environment: str) -> str:
        """Run a command to its end; whether it failed is seen in the database."""
        done = subprocess.run(
            command,
            cwd=cwd,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env={**os.environ, "NODE_PATH": str(self.folder / "node_modules"), **environment},
        )
        return done.stdout + done.stderr

    def node(self, script: str, cwd: Path, database: Database) -> str:
        """Run JavaScript that finds a connected client of node-postgres as `client`."""
        prologue = (
            "const { Client } = require('pg');"
            f"const client = new Client({{host: {json.dumps(str(database.server.socket_folder))},"
            f"user: 'postgres', database: {json.dumps(database.name)}}});"
        )
        body = f"try {{ {script} }} finally {{ await client.end(); }}"
        body = f"{prologue}(async () => {{ await client.connect(); {body} }})()"
        return self.run(["node", "-e", body], cwd)

    def bin(self, name: str) -> str:
        return str(self.folder / "node_modules" / ".bin" / name)


def url(database: Database, scheme: str = "postgres", key: str = "host") -> str:
    return f"{scheme}://postgres@/{database.name}?{key}={database.server.socket_folder}"


@dataclass(frozen=True)
class Runner:
    """A real runner: the profile it must bear out, its file names, and how it is started."""

    profile: str
    needs: Literal["node", "python", "nothing"]
    name: str
    """A file's name, `{}` being its number."""
    start: Callable[[Toolbox, Path, Database], str]
    up: str = ""
    """What must stand above a file's statements."""
    below: str = ""
    """What must stand below them."""
    between: str = ""
    """What must stand between two statements."""
    off: Callable[[str], str] | None = None
    """Opts a file out."""
    extra: Callable[[Sequence[str]], Mapping[str, str]] = lambda names: {}
    savepoints: bool = False
    """It sets a savepoint before each statement, and fails there after the file's own COMMIT."""
    files: int = 2
    """How many files a folder may have."""


def _drizzle(tools: Toolbox, folder: Path, database: Database) -> str:
    return tools.node(
        "const { drizzle } = require('drizzle-orm/node-postgres');"
        "const { migrate } = require('drizzle-orm/node-postgres/migrator');"
        "await migrate(drizzle(client), { migrationsFolder: '.' });",
        folder,
        database,
    )


def _journal(names: Sequence[str]) -> dict[str, str]:
    entries = [
        {
            "idx": n,
            "version": "7",
            "when": n + 1,
            "tag": name.removesuffix(".sql"),
            "breakpoints": True,
        }
        for n, name in enumerate(names)
    ]
    return {"meta/_journal.json": json.dumps({"dialect": "postgresql", "entries": entries})}


def _dbmate(tools: Toolbox, folder: Path, database: Database) -> str:
    command = [tools.bin("dbmate"), "--no-dump-schema", "--migrations-dir", "."]
    return tools.run([*command, "--url", url(database, key="socket"), "migrate"], folder)


def _node_pg_migrate(tools: Toolbox, folder: Path, database: Database) -> str:
    command = [tools.bin("node-pg-migrate"), "up", "--migrations-dir", "."]
    return tools.run([*command, "--no-check-order"], folder, DATABASE_URL=url(database))


def _postgres_migrations(tools: Toolbox, folder: Path, database: Database) -> str:
    script = "await require('postgres-migrations').migrate({ client }, '.');"
    return tools.node(script, folder, database)


def _postgrator(tools: Toolbox, folder: Path, database: Database) -> str:
    return tools.node(
        "const Postgrator = (await import('file://' + require.resolve('postgrator'))).default;"
        "await new Postgrator({ driver: 'pg', migrationPattern: process.cwd() + '/*.sql',"
        "database: client.database, execQuery: (sql) => client.query(sql) }).migrate();",
        folder,
        database,
    )


def _graphile(tools: Toolbox, folder: Path, database: Database) -> str:
    settings = {"connectionString": url(database), "migrationsFolder": "."}
    (folder / ".gmrc").write_text(json.dumps(settings))
    (folder / "committed").mkdir(exist_ok=True)
    command = [tools.bin("graphile-migrate"), "watch", "--once"]
    return tools.run(command, folder, DATABASE_URL=url(database))


def _yoyo(tools: Toolbox, folder: Path, database: Database) -> str:
    address = url(database, "postgresql+psycopg")
    command = [sys.executable, "-m", "yoyo", "apply", "--batch", "--no-config-file"]
    path = os.pathsep.join([str(tools.folder / "python"), *sys.path])
    return tools.run([*command, "--database", address, "."], folder, PYTHONPATH=path)


def _pgmigrate(tools: Toolbox, folder: Path, database: Database) -> str:
    address = f"host={database.server.socket_folder} user=postgres dbname={database.name}"
    command = [sys.executable, "-c", "from pgmigrate import _main; _main()"]
    command += ["-d", ".", "-c", address, "-t", "latest", "-vv", "migrate"]
    path = os.pathsep.join([str(tools.folder / "python"), *sys.path])
    return tools.run(command, folder, PYTHONPATH=path)


def _graphile_committed(tools: Toolbox, folder: Path, database: Database) -> str:
    """Committed files are chained by their hashes."""
    previous = ""
    for path in sorted(folder.glob("committed/*.sql")):
        body = path.read_text()
        text = f"{previous}\n{body.strip()}".strip() + "\n"
        header = f"--! Previous: {previous or '-'}\n"
        previous = f"sha1:{hashlib.sha1(text.encode()).hexdigest()}"
        path.write_text(f"{header}--! Hash: {previous}\n\n{body}")
    settings = {"connectionString": url(database), "migrationsFolder": "."}
    (folder / ".gmrc").write_text(json.dumps(settings))
    command = [tools.bin("graphile-migrate"), "migrate"]
    return tools.run(command, folder, DATABASE_URL=url(database))


def _supabase(tools: Toolbox, folder: Path, database: Database) -> str:
    with proxy(database.server.socket_folder / ".s.PGSQL.5432") as port:
        remote = f"postgresql://postgres:x@127.0.0.1:{port}/{database.name}?sslmode=disable"
        command = [tools.bin("supabase"), "db", "push", f"--remote={remote}", "--yes"]
        return tools.run(command, folder, SUPABASE_TELEMETRY_DISABLED="1")


@contextmanager
def proxy(path: Path) -> Iterator[int]:
    """A TCP port for the server's unix socket, while a runner that knows only TCP is at work."""

    def pump(source: socket.socket, target: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass

    def serve() -> None:
        while True:
            try:
                client, _ = listener.accept()
            except OSError:
                return
            inner = socket.socket(socket.AF_UNIX)
            inner.connect(str(path))
            for ends in ((client, inner), (inner, client)):
                threading.Thread(target=pump, args=ends, daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def _psql(tools: Toolbox, folder: Path, database: Database) -> str:
    """A process a file, until one fails."""
    said = ""
    for path in sorted(folder.glob("*.sql")):
        done = database.psql(path.read_text(), "--set", "ON_ERROR_STOP=1")
        said += done.stderr
        if done.returncode:
            break
    return said


RUNNERS: Final = (
    Runner("psql", "nothing", "{}_x.sql", _psql),
    Runner(
        "drizzle",
        "node",
        "{:04}_x.sql",
        _drizzle,
        between="--> statement-breakpoint\n",
        extra=_journal,
    ),
    Runner(
        "dbmate",
        "node",
        "{:03}_x.sql",
        _dbmate,
        up="-- migrate:up\n",
        below="-- migrate:down\n",
        off=lambda sql: sql.replace("migrate:up", "migrate:up transaction:false"),
    ),
    Runner("node-pg-migrate", "node", "{:013}_x.sql", _node_pg_migrate),
    Runner(
        "postgres-migrations",
        "node",
        "{0}-x{0}.sql",
        _postgres_migrations,
        off=lambda sql: f"-- postgres-migrations disable-transaction\n{sql}",
    ),
    Runner("postgrator", "node", "{:03}.do.x.sql", _postgrator),
    Runner(
        "graphile-migrate",
        "node",
        "current.sql",
        _graphile,
        off=lambda sql: f"--! no-transaction\n{sql}",
        files=1,
    ),
    Runner("graphile-migrate", "node", "committed/{:06}.sql", _graphile_committed),
    Runner(
        "yandex-pgmigrate",
        "python",
        "migrations/V{:04}__x.sql",
        _pgmigrate,
        extra=lambda names: {"migrations.yml": ""},
    ),
    Runner(
        "yoyo",
        "python",
        "{:03}_x.sql",
        _yoyo,
        off=lambda sql: f"-- transactional: false\n{sql}",
        savepoints=True,
    ),
    Runner(
        "supabase",
        "node",
        "supabase/migrations/{}_x.sql",
        _supabase,
        off=lambda sql: f"-- pg-delta: transaction=false\n{sql}",
        extra=lambda names: {"supabase/config.toml": 'project_id = "x"\n'},
    ),
)
