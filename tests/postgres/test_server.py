"""The harness itself: servers that end, databases that leave nothing, snapshots that see."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .rerun import (
    SetupFailed,
    judge_each_statement,
    judge_interrupted,
    judge_statements,
)
from .server import ServerUnavailable, execute, find_servers, installations_in, start_server
from .snapshot import Snapshot

if TYPE_CHECKING:
    from .server import Database, Server

pytestmark = pytest.mark.server


# The server


def test_version_is_the_installation_s(server: Server) -> None:
    row = server.maintenance().execute("SHOW server_version_num").fetchone()
    assert row is not None
    assert int(str(row[0])) // 10000 == server.version
    assert server.installation in find_servers()


def test_unknown_major_says_what_there_is() -> None:
    with pytest.raises(ServerUnavailable, match=r"PostgreSQL 7 is not installed here; found: \d+"):
        start_server(7)


def test_a_server_is_found_in_its_folder(server: Server, tmp_path: Path) -> None:
    bindir = server.installation.bindir
    for folder in (bindir, bindir.parent):
        assert {(one.major, one.bindir) for one in installations_in(folder)} == {
            (server.version, bindir)
        }
    assert installations_in(tmp_path) == []
    with pytest.raises(ServerUnavailable, match="PostgreSQL is not installed here; found: none"):
        start_server(folder=tmp_path)


def test_server_ends_when_its_owner_is_killed(server: Server) -> None:
    script = (
        "import sys, time; sys.path.insert(0, sys.argv[1]);"
        f"from {__package__}.server import start_server;"
        "s = start_server(int(sys.argv[2])); print(s.socket_folder, flush=True); time.sleep(60)"
    )
    root = Path(__file__).parents[len(str(__package__).split("."))]
    owner = subprocess.Popen(
        [sys.executable, "-c", script, str(root), str(server.version)], stdout=subprocess.PIPE
    )
    assert owner.stdout is not None
    folder = Path(owner.stdout.readline().decode().strip())
    pid = int((folder / "data" / "postmaster.pid").read_text().split()[0])
    owner.send_signal(signal.SIGKILL)
    owner.wait()
    owner.stdout.close()
    deadline = time.monotonic() + 60
    while (folder.exists() or _alive(pid)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not folder.exists()
    assert not _alive(pid)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


# Databases


def test_run_gives_one_answer_a_statement(database: Database) -> None:
    statements = ["CREATE TABLE t (a int)", "CREATE TABLE t (a int)", "SELEC", "SELECT 1/0", ""]
    assert database.run(statements) == [None, "42P07", "42601", "22012", None]
    assert database.run(statements[1:], stop_on_error=True) == ["42P07"]


def test_run_is_one_session_and_each_connect_a_new_one(database: Database) -> None:
    assert database.run(["CREATE TEMP TABLE t ()", "SELECT * FROM t"]) == [None, None]
    assert database.send("SELECT * FROM t") == "42P01"


def test_send_is_one_message(database: Database) -> None:
    assert database.send("CREATE TABLE t (); CREATE TABLE u (); SELECT 1/0") == "22012"
    assert database.send("SELECT * FROM t") == "42P01"
    assert database.send("CREATE TABLE t (); COMMIT; SELECT 1/0") == "22012"
    assert database.send("SELECT * FROM t") is None
    assert database.send("SELECT 1; VACUUM") == "25001"


def test_copy_both_ways(database: Database) -> None:
    statements = ["CREATE TABLE t (a int)", "COPY t FROM STDIN", "COPY t TO STDOUT", "SELECT 1"]
    assert database.run(statements, copy_data=b"1\n2\n") == [None] * 4
    assert [content for _, content in database.snapshot().parts["data"]] == ["(1)", "(2)"]
    assert database.send("COPY t FROM STDIN", copy_data=b"x\n") == "22P02"


def test_psql(psql: Database) -> None:
    done = psql.psql("\\set n 3\nCREATE TABLE t AS SELECT :n AS a;\n")
    assert (done.returncode, done.stderr) == (0, "")
    assert psql.psql("SELECT 1/0;", "--set", "ON_ERROR_STOP=1").returncode == 3
    assert psql.snapshot().parts["data"] == (("public.t", "(3)"),)


def test_database_is_dropped_with_sessions_open(server: Server) -> None:
    with server.fresh_database() as database:
        connection = database.connect()
        name = database.name
    with pytest.raises(Exception, match=r"terminat|closed"):
        connection.execute("SELECT 1")
    assert name not in server._names("SELECT datname FROM pg_database")


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE ROLE r1", "CREATE ROLE r2 IN ROLE r1", "CREATE TABLE t ()",
         "ALTER TABLE t OWNER TO r2", "GRANT CREATE ON DATABASE postgres TO r1"],
        ["CREATE DATABASE other", "ALTER DATABASE other SET work_mem = '1MB'"],
        ["CREATE ROLE r", "CREATE DATABASE other OWNER r TEMPLATE template0",
         "ALTER DATABASE other ALLOW_CONNECTIONS false", "ALTER DATABASE other IS_TEMPLATE true"],
        ["CREATE SUBSCRIPTION s CONNECTION 'dbname=x' PUBLICATION p WITH (connect = false)"],
        ["CREATE TABLE t ()", "BEGIN", "DROP TABLE t", "PREPARE TRANSACTION 'x'"],
        ["ALTER SYSTEM SET work_mem = '1MB'", "SELECT pg_reload_conf()"],
        ["ALTER ROLE postgres SET work_mem = '1MB'"],
        ["SELECT pg_create_physical_replication_slot('s')"],
        ["SELECT pg_replication_origin_create('o')"],
        ["COMMENT ON ROLE postgres IS 'x'"],
        ["ALTER ROLE postgres CONNECTION LIMIT 5"],
    ],
    ids=lambda statements: statements[0],
)  # fmt: skip
def test_nothing_is_left_in_the_cluster(server: Server, statements: list[str]) -> None:
    before = server._cluster_state()
    with server.fresh_database() as database:
        assert database.run(statements) == [None] * len(statements)
    assert server._cluster_state() == before
    assert server._names("SELECT datname FROM pg_database") == server._databases_at_start


def test_copy_is_the_same_and_apart(database: Database) -> None:
    database.run(["CREATE TABLE t (a serial)", "INSERT INTO t DEFAULT VALUES"])
    before = database.snapshot()
    with database.copy() as copied:
        assert copied.snapshot() == before
        copied.run(["DROP TABLE t"])
    assert database.snapshot() == before


def test_speed(server: Server) -> None:
    """A regression to seconds would make thousands of questions impossible; milliseconds vary."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        with server.fresh_database() as database:
            database.snapshot()
        times.append(time.perf_counter() - start)
    assert min(times) < 0.5


# Snapshots

BASE = [
    "CREATE TABLE t (id int, a int DEFAULT 1, b text)",
    "CREATE TYPE mood AS ENUM ('a', 'c')",
    "CREATE DOMAIN d AS int",
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
    "CREATE TABLE t2 ()",
    "CREATE VIEW v AS SELECT a FROM t",
    "CREATE SEQUENCE s",
    "CREATE ROLE r",
    "CREATE INDEX i ON t (a)",
    "ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0) NOT VALID",
    "CREATE POLICY p ON t USING (true)",
    "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
    "CREATE PUBLICATION pub FOR TABLE t WITH (publish = 'insert')",
    "CREATE FOREIGN DATA WRAPPER w",
    "CREATE SERVER srv FOREIGN DATA WRAPPER w",
    "CREATE FOREIGN TABLE ft (a int) SERVER srv",
    "CREATE TEXT SEARCH CONFIGURATION cfg (COPY = simple)",
    "CREATE STATISTICS st ON id, a FROM t",
]

CHANGES = [
    ("CREATE SCHEMA x", {"pg_namespace"}),
    ("ALTER SCHEMA public OWNER TO r", {"pg_namespace"}),
    ("GRANT USAGE ON SCHEMA public TO r", {"pg_namespace"}),
    ("CREATE TABLE u ()", {"pg_class", "pg_type"}),
    ("CREATE TABLE u (a int)", {"pg_attribute", "pg_class", "pg_type"}),
    ("ALTER TABLE t SET (fillfactor = 50)", {"pg_class"}),
    ("ALTER TABLE t SET (toast.autovacuum_enabled = off)", {"pg_class"}),
    ("ALTER TABLE t ENABLE ROW LEVEL SECURITY", {"pg_class"}),
    ("ALTER TABLE t FORCE ROW LEVEL SECURITY", {"pg_class"}),
    ("ALTER TABLE t REPLICA IDENTITY FULL", {"pg_class"}),
    ("ALTER TABLE t2 SET UNLOGGED", {"pg_class"}),
    ("GRANT SELECT ON t TO r", {"pg_class"}),
    ("REVOKE SELECT ON pg_tables FROM public", {"pg_class"}),
    ("GRANT SELECT (a) ON t TO r", {"pg_attribute"}),
    ("ALTER TABLE t ALTER b SET NOT NULL", None),
    ("ALTER TABLE t ALTER b TYPE varchar(9)", {"pg_attribute"}),
    ("ALTER TABLE t ALTER b SET STORAGE external", {"pg_attribute"}),
    ("ALTER TABLE t ALTER b SET STATISTICS 7", {"pg_attribute"}),
    ("ALTER TABLE t ALTER a SET DEFAULT 2", {"pg_attrdef"}),
    ("ALTER TABLE t ALTER a DROP DEFAULT", {"pg_attrdef"}),
    ("ALTER TABLE t VALIDATE CONSTRAINT c", {"pg_constraint"}),
    ("ALTER TABLE t DROP CONSTRAINT c", {"pg_constraint"}),
    ("CREATE INDEX ON t (a)", {"pg_attribute", "pg_class", "pg_index"}),
    ("ALTER TABLE t CLUSTER ON i", {"pg_index"}),
    ("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass", {"pg_index"}),
    ("ALTER TYPE mood ADD VALUE 'b' BEFORE 'c'", {"pg_enum"}),
    ("ALTER TYPE mood RENAME VALUE 'a' TO 'z'", {"pg_enum"}),
    ("ALTER DOMAIN d SET DEFAULT 3", {"pg_type"}),
    ("ALTER DOMAIN d ADD CHECK (VALUE > 0)", {"pg_constraint"}),
    ("CREATE TYPE rng AS RANGE (subtype = int)", None),
    ("CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END'", {"pg_proc"}),
    ("ALTER FUNCTION f() SECURITY DEFINER", {"pg_proc"}),
    ("ALTER FUNCTION f() SET search_path = x", {"pg_proc"}),
    ("CREATE AGGREGATE agg (int) (sfunc = int4pl, stype = int)", {"pg_aggregate", "pg_proc"}),
    ("CREATE OR REPLACE VIEW v AS SELECT a + 0 AS a FROM t", {"pg_rewrite"}),
    ("CREATE RULE ru AS ON DELETE TO t DO NOTHING", {"pg_rewrite"}),
    ("ALTER TABLE t DISABLE TRIGGER g", {"pg_trigger"}),
    ("ALTER POLICY p ON t TO r", {"pg_policy"}),
    ("ALTER POLICY p ON t USING (a > 0)", {"pg_policy"}),
    ("COMMENT ON COLUMN t.a IS 'x'", {"pg_description"}),
    ("COMMENT ON SCHEMA pg_catalog IS 'x'", {"pg_description"}),
    ("COMMENT ON ROLE r IS 'x'", {"pg_shdescription"}),
    ("ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO r", {"pg_default_acl"}),
    ("ALTER STATISTICS st SET STATISTICS 5", {"pg_statistic_ext"}),
    ("ALTER PUBLICATION pub SET (publish = 'truncate')", {"pg_publication"}),
    ("ALTER PUBLICATION pub DROP TABLE t", {"pg_publication_rel"}),
    ("ALTER SERVER srv OPTIONS (ADD x '1')", {"pg_foreign_server"}),
    ("ALTER FOREIGN TABLE ft OPTIONS (ADD x '1')", {"pg_foreign_table"}),
    ("CREATE USER MAPPING FOR r SERVER srv", {"pg_user_mapping"}),
    ("ALTER FOREIGN DATA WRAPPER w OPTIONS (ADD x '1')", {"pg_foreign_data_wrapper"}),
    ("CREATE CAST (d AS text) WITH INOUT AS ASSIGNMENT", {"pg_cast"}),
    ("CREATE OPERATOR ### (leftarg = int, rightarg = int, function = int4pl)", {"pg_operator"}),
    ("CREATE COLLATION co (locale = 'C')", {"pg_collation"}),
    ("CREATE CONVERSION conv FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8", {"pg_conversion"}),
    ("ALTER TEXT SEARCH CONFIGURATION cfg DROP MAPPING FOR word", {"pg_ts_config_map"}),
    ("CREATE TEXT SEARCH DICTIONARY di (template = simple)", {"pg_ts_dict"}),
    ("ALTER SEQUENCE s INCREMENT 2", {"pg_sequence"}),
    ("ALTER SEQUENCE s OWNED BY t.a", {"pg_depend"}),
    ("CREATE EVENT TRIGGER e ON sql_drop EXECUTE FUNCTION et()", {"pg_event_trigger"}),
    ("ALTER ROLE r LOGIN", {"pg_authid"}),
    ("CREATE ROLE r2", {"pg_authid"}),
    ("GRANT pg_monitor TO r", {"pg_auth_members"}),
    ("ALTER ROLE r SET work_mem = '1MB'", {"pg_db_role_setting"}),
    ("ALTER SYSTEM SET work_mem = '1MB'", {"pg_file_settings"}),
    ("REVOKE CONNECT ON DATABASE postgres FROM public", {"pg_database"}),
    ("REVOKE EXECUTE ON FUNCTION pg_catalog.now() FROM public", {"pg_proc"}),
    ("SELECT lo_create(0)", {"pg_largeobject_metadata"}),
    ("INSERT INTO t VALUES (1)", {"data"}),
    ("SELECT nextval('s')", {"sequence"}),
    ("SELECT setval('s', 1, true)", {"sequence"}),
]

SHARED = {
    "pg_authid",
    "pg_auth_members",
    "pg_database",
    "pg_db_role_setting",
    "pg_file_settings",
    "pg_shdescription",
}
UNDO = [
    "ALTER SYSTEM RESET ALL",
    "DROP ROLE IF EXISTS r2",
    "ALTER ROLE r NOLOGIN",
    "ALTER ROLE r RESET ALL",
    "REVOKE pg_monitor FROM r",
    "COMMENT ON ROLE r IS NULL",
]


def test_snapshot_sees_each_change(server: Server) -> None:
    """Each change is seen, in the part that it belongs to; taking it twice shows nothing."""
    event = "CREATE FUNCTION et() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'"
    wrong: list[str] = []
    with server.fresh_database() as base:
        assert set(base.run([*BASE, event])) == {None}
        assert base.snapshot() == base.snapshot()
        assert hash(base.snapshot()) == hash(base.snapshot())
        for statement, parts in CHANGES:
            with base.copy() as database:
                before = database.snapshot()
                sqlstate = database.send(statement)
                found = set(before.difference(database.snapshot()))
                # None: which parts depends on the server's version.
                if sqlstate is not None or not found or found != (parts or found):
                    wrong.append(f"{statement}: {sqlstate} {found}")
                # What all databases share outlives the copy.
                if found & SHARED:
                    database.run(UNDO)
    assert wrong == []


@pytest.mark.parametrize(
    "statements",
    [
        ["SELECT 1"],
        ["ANALYZE"],
        ["VACUUM FULL"],
        ["REINDEX TABLE t"],
        ["DROP VIEW v", "CREATE VIEW v AS SELECT a FROM t"],
        ["DROP INDEX i", "CREATE INDEX i ON t (a)"],
        ["BEGIN", "DELETE FROM t", "ROLLBACK"],
        ["CREATE TEMP TABLE x (a int PRIMARY KEY)"],
        ["ALTER TABLE t ADD k int REFERENCES k", "ALTER TABLE t DROP k"],
        ["UPDATE t SET a = a"],
    ],
    ids=lambda statements: "; ".join(statements),
)
def test_snapshot_sees_no_more_than_users_do(database: Database, statements: list[str]) -> None:
    database.run([*BASE, "CREATE TABLE k (a int PRIMARY KEY)", "INSERT INTO t VALUES (1), (2)"])
    before = database.snapshot()
    assert database.run(statements) == [None] * len(statements)
    assert before.difference(database.snapshot()) == {}


def test_snapshot_does_not_depend_on_the_session(database: Database) -> None:
    database.run(["CREATE ROLE r", "CREATE TABLE t (a timestamptz DEFAULT now())"])
    database.run(["INSERT INTO t VALUES ('2020-01-01')"])
    database.send(f"ALTER DATABASE \"{database.name}\" SET datestyle = 'german'")
    database.send(f'ALTER DATABASE "{database.name}" SET role = r')
    assert ("public.t", '("2020-01-01 00:00:00+00")') in database.snapshot().parts["data"]


def test_snapshot_survives_rows_that_cannot_be_read(database: Database) -> None:
    database.run(
        [
            "CREATE TABLE bad (a text)",
            "INSERT INTO bad VALUES ('x')",
            "CREATE TABLE good AS SELECT 1 AS a",
            "CREATE FUNCTION boom(text) RETURNS int LANGUAGE sql AS 'SELECT 1/0'",
            "UPDATE pg_type SET typoutput = 'int4out' WHERE false",
        ]
    )
    assert ("public.good", "(1)") in database.snapshot().parts["data"]


def test_difference_counts_what_is_there_twice() -> None:
    one = Snapshot({"pg_constraint": (("t c", "x"),)})
    two = Snapshot({"pg_constraint": (("t c", "x"), ("t c", "x"))})
    assert one.difference(two)["pg_constraint"].added == (("t c", "x"),)
    assert two.difference(one)["pg_constraint"].removed == (("t c", "x"),)
    assert one.difference(one) == {}
    assert one != two


# The judge

T = "CREATE TABLE t (id int PRIMARY KEY, a int)"


@pytest.mark.parametrize(
    ("setup", "statements", "expected"),
    [
        ([], [T], "fails 42P07"),
        ([], ["CREATE TABLE IF NOT EXISTS t (a int)"], "safe"),
        ([T], ["INSERT INTO t VALUES (1, 1)"], "fails 23505"),
        ([T], ["CREATE INDEX ON t (a)"], "repeats pg_attribute,pg_class,pg_index"),
        (["CREATE TABLE n (a int)"], ["INSERT INTO n VALUES (1)"], "repeats data"),
        (["CREATE SEQUENCE s"], ["SELECT nextval('s')"], "sequence"),
        ([], ["SELECT 1/0"], "first fails 22012"),
        ([], ["BEGIN", T, "COMMIT"], "fails 42P07"),
        ([], ["BEGIN", "CREATE TABLE IF NOT EXISTS t (a int)", "COMMIT"], "safe"),
        ([T], ["ALTER TABLE t DROP COLUMN IF EXISTS a", "ALTER TABLE t ADD a int"], "safe"),
        (["SELECT 1/0 --expect-error"], ["SELECT 1"], "safe"),
        # A rerun is a new session.
        ([], ["CREATE TEMP TABLE x ()", "PREPARE q AS SELECT 1"], "safe"),
        ([], ["SET default_transaction_read_only = on"], "safe"),
    ],
)
def test_judgement(
    database: Database, setup: list[str], statements: list[str], expected: str
) -> None:
    assert str(judge_statements(database, setup, statements)) == expected


def test_judge_gives_an_answer_a_statement(database: Database) -> None:
    judgement = judge_statements(
        database, [], [T, "INSERT INTO t VALUES (1) ON CONFLICT DO NOTHING"]
    )
    assert judgement.first == (None, None)
    assert judgement.second == ("42P07", None)
    assert judgement.parts == ()


def test_between_runs_between(database: Database) -> None:
    statements = ["UPDATE t SET a = 5"]
    setup = [T, "INSERT INTO t VALUES (1, 1)"]
    judgement = judge_statements(database, setup, statements, between=["UPDATE t SET a = 6"])
    assert str(judgement) == "repeats data"


@pytest.mark.parametrize("setup", [["SELECT 1/0"], ["SELECT 1 --expect-error"]])
def test_a_setup_that_goes_wrong_is_no_answer(database: Database, setup: list[str]) -> None:
    with pytest.raises(SetupFailed):
        judge_statements(database, setup, ["SELECT 1"])


def test_interrupted(database: Database) -> None:
    statements = [
        "CREATE TABLE IF NOT EXISTS x (a int)",
        "ALTER TABLE IF EXISTS x RENAME TO y",
        "CREATE TABLE IF NOT EXISTS z (a int)",
    ]
    judgements = judge_interrupted(database, [], statements)
    assert {stop: str(one) for stop, one in judgements.items()} == {
        1: "safe",
        2: "fails 42P07",
        3: "fails 42P07",
    }
    assert list(judge_interrupted(database, [], statements, [2])) == [2]


def test_interruption_rolls_an_open_transaction_back(database: Database) -> None:
    statements = ["BEGIN", "CREATE TABLE x (a int)", "CREATE TABLE y (a int)", "COMMIT"]
    judgements = judge_interrupted(database, [], statements)
    assert [str(one) for one in judgements.values()] == ["safe", "safe", "safe", "fails 42P07"]


def test_each_statement(database: Database) -> None:
    statements = [
        "SET search_path = s",
        "CREATE SCHEMA s",
        "CREATE TABLE t (id serial PRIMARY KEY, a int)",
        "CREATE TABLE IF NOT EXISTS t (a int)",
        "INSERT INTO t (a) VALUES (1)",
        "INSERT INTO t (a) VALUES (2)",
        "CREATE INDEX CONCURRENTLY ON t (a)",
        "CREATE INDEX CONCURRENTLY i ON t (a)",
        "BEGIN",
        "ALTER TABLE t ADD b int",
        "UPDATE t SET a = a + 1",
        "COMMIT",
        "SELECT 1/0",
        "ALTER TABLE t DROP COLUMN b",
        "VACUUM t",
        "SELECT nextval('t_id_seq')",
    ]
    judgements = judge_each_statement(database, [], statements)
    assert [str(one) for one in judgements] == [
        "safe",
        "fails 42P06",
        "fails 42P07",
        "safe",
        "repeats data,sequence",
        "repeats data,sequence",
        "repeats pg_attribute,pg_class,pg_index",
        "fails 42P07",
        "not-applicable",
        "fails 42701",
        "repeats data",
        "not-applicable",
        "first fails 22012",
        "fails 42703",
        "safe",
        "sequence",
    ]
    # Nothing of the second runs is left.
    state = database.snapshot().parts
    assert state["data"] == (("s.t", "(1,2)"), ("s.t", "(2,3)"))
    assert state["sequence"] == (("s.t_id_seq", "3 t"),)
    assert sum(name.startswith("s.t_a_idx") for name, _ in state["pg_index"]) == 1


def test_each_chosen_statement(database: Database) -> None:
    judgements = judge_each_statement(database, [T], ["INSERT INTO t VALUES (1)"] * 2, {1})
    assert [one and str(one) for one in judgements] == [None, "first fails 23505"]


def test_execute_reports_the_first_error_of_a_message(database: Database) -> None:
    with database.connect() as connection:
        assert execute(connection, "SELECT 1; SELECT 1/0; SELEC") == "42601"
        assert execute(connection, "SELECT 1; SELECT 1/0; SELECT x") == "22012"
        assert execute(connection, "SELECT pg_terminate_backend(pg_backend_pid())") == "57P01"
