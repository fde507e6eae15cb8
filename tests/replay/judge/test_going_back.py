"""Going back to where a file began, and running it again, is as good as starting over."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from idemlint.postgres.kinds import Space
from idemlint.replay.catalog.definition import Definition
from idemlint.replay.catalog.slots import PG_TEMP, PRESENT
from idemlint.replay.judge.assembly import new_machine
from idemlint.replay.judge.rerun import replay_file

from ..asking import VERSION, programs

if TYPE_CHECKING:
    from idemlint.replay.catalog.slots import Slot
    from idemlint.replay.judge.rerun import FileReplay
    from idemlint.replay.machine.run import Machine
    from idemlint.replay.machine.state import State

ALL = frozenset({"statement", "file", "interrupted"})

#: Few names, so that files of a handful of statements meet.
POOL = (
    "CREATE TABLE t (id serial PRIMARY KEY, a int UNIQUE, b text)",
    "CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY, a int)",
    "CREATE TABLE u (id int REFERENCES t (id))",
    "CREATE TABLE s.t (a int)",
    "CREATE TABLE t AS TABLE u",
    "CREATE TEMP TABLE t (a int) ON COMMIT DROP",
    "CREATE TEMP TABLE u (a int)",
    "CREATE INDEX x ON pg_temp.u (a)",
    "DROP TABLE IF EXISTS pg_temp.u",
    "DISCARD TEMP",
    "DISCARD ALL",
    "DROP TABLE t",
    "DROP TABLE IF EXISTS t CASCADE",
    "DROP TABLE IF EXISTS u",
    "DROP TABLE s.t",
    "ALTER TABLE t RENAME TO u",
    "ALTER TABLE u RENAME TO t",
    "ALTER TABLE t RENAME COLUMN a TO b",
    "ALTER TABLE t ADD COLUMN c int",
    "ALTER TABLE t ADD COLUMN IF NOT EXISTS c int UNIQUE",
    "ALTER TABLE t DROP COLUMN a",
    "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u (id)",
    "ALTER TABLE t SET SCHEMA s",
    "CREATE INDEX ON t (a)",
    "CREATE INDEX t_a_idx1 ON t (b)",
    "DROP INDEX IF EXISTS t_a_idx",
    "ALTER TABLE t ADD CHECK (a > 0)",
    "ALTER TABLE t ADD UNIQUE (a)",
    "ALTER TABLE t DROP CONSTRAINT IF EXISTS t_a_check",
    "CREATE INDEX i ON t (b)",
    "DROP INDEX IF EXISTS i",
    "CREATE SCHEMA s",
    "CREATE SCHEMA IF NOT EXISTS s",
    "DROP SCHEMA s CASCADE",
    "CREATE VIEW v AS SELECT a FROM t",
    "CREATE OR REPLACE VIEW v AS SELECT 1 AS a",
    "DROP VIEW v",
    "CREATE TYPE e AS ENUM ('x', 'y')",
    "ALTER TYPE e ADD VALUE IF NOT EXISTS 'z'",
    "DROP TYPE IF EXISTS e",
    "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "CREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'SELECT 1'",
    "DROP FUNCTION f",
    "DROP FUNCTION IF EXISTS f(int)",
    "CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
    "DROP TRIGGER IF EXISTS r ON t",
    "COMMENT ON COLUMN q.t.a IS 'x'",
    "COMMENT ON COLUMN pg_temp.w.a IS 'x'",
    "INSERT INTO t (id, a) VALUES (1, 1)",
    "INSERT INTO t (id, a) VALUES (1, 1) ON CONFLICT DO NOTHING",
    "INSERT INTO u SELECT 1 WHERE NOT EXISTS (SELECT 1 FROM u WHERE id = 1)",
    "UPDATE t SET a = a + 1",
    "DELETE FROM t",
    "TRUNCATE t RESTART IDENTITY",
    "BEGIN",
    "COMMIT",
    "ROLLBACK",
    "SAVEPOINT a",
    "SAVEPOINT b",
    "ROLLBACK TO a",
    "ROLLBACK TO b",
    "SET search_path = s, public",
    "SET search_path = public",
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_tables WHERE tablename = 't') THEN CREATE TABLE t (a int);"
    " END IF; END $$",
    "DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_class WHERE relname = 'i') THEN CREATE INDEX i ON t (a);"
    " END IF; END $$",
    "DO $$ BEGIN IF random() < 1 THEN DROP TABLE t; SET search_path = s; ELSE CREATE TABLE s.u (a int);"
    " END IF; END $$",
    "DO $$ BEGIN CREATE TYPE e AS ENUM ('x'); EXCEPTION WHEN duplicate_object THEN NULL; END $$",
    "DO $$ BEGIN ALTER TABLE t ADD COLUMN c int; EXCEPTION WHEN OTHERS THEN DROP TABLE u; END $$",
    "DO $$ BEGIN FOR x IN 1 .. 2 LOOP INSERT INTO t (a) VALUES (2); END LOOP; END $$",
    "DO $$ BEGIN EXECUTE format('CREATE TABLE IF NOT EXISTS %I (a int)', 'w'); END $$",
    "DO $$ BEGIN EXECUTE format('DROP TABLE %I', 'w'); EXECUTE 'SELECT ' || now(); END $$",
)

FILES = st.lists(st.lists(st.sampled_from(POOL), min_size=1, max_size=6), min_size=1, max_size=4)
EXAMPLES = settings(max_examples=120, deadline=None, derandomize=True, database=None)


@cache
def program(statement: str) -> Any:
    return programs(statement)[0]


class Folder:
    """Files that are replayed one after the other, with a mark before each."""

    def __init__(self, files: list[list[str]], modes: frozenset[str] = ALL) -> None:
        self.files = files
        self.modes = modes
        self.machine: Machine = new_machine(("public",), VERSION)
        self.marks: list[Any] = []
        self.told: list[FileReplay] = []

    @property
    def state(self) -> State:
        return self.machine.state

    def run(self) -> Folder:
        """Replay the files that are left."""
        for file in self.files[len(self.told) :]:
            self.marks.append(self.state.mark())
            first = sum(len(each.outcomes) for each in self.told)
            made = [program(statement) for statement in file]
            self.told.append(replay_file(self.machine, made, range(len(made)), self.modes, first))
        return self

    def back_to(self, file: int) -> Folder:
        self.state.rollback(self.marks[file])
        del self.marks[file:], self.told[file:]
        return self


def everything(state: State) -> dict[str, Any]:
    """All that is recorded, its order and its bookkeeping included."""
    catalog = state.catalog
    return {
        "slots": list(catalog.slots.items()),
        "home": dict(catalog._home),
        "dead": dict(catalog._dead),
        "logs": (len(catalog._log), list(catalog._learned)),
        "overloads": {key: list(names) for key, names in catalog._overloads.items() if names},
        "found": found(state),
        "session": (catalog.search_path, dict(state.savepoints), state.until_commit),
        "numbers": (catalog.last_oid, catalog.statement),
    }


def found(state: State) -> dict[str, Any]:
    """What the catalog's indexes find; that is what a look at everything finds."""
    catalog = state.catalog
    names = {(key[0], key[2]) for key in catalog.slots}
    oids = {key[1] for key in catalog.slots} | {slot.oid for slot in catalog.slots.values()}
    named = {name: [key for key, _ in catalog.named(*name)] for name in names}
    inside = {oid: [key for key, _ in catalog.contents(oid)] for oid in oids}
    relying = {on: {key for key, _ in catalog.relying(on)} for on in (*oids, *names)}
    for name, keys in named.items():
        assert keys == [key for key in catalog.slots if (key[0], key[2]) == name]
    for oid, keys in inside.items():
        assert keys == [key for key in catalog.slots if key[1] == oid]
        for space in (Space.TRIGGER, Space.RULE):
            acting = [catalog.slots[key] for key in keys if key[0] is space]
            assert list(catalog.on_table(space, oid)) == acting
    for on, those in relying.items():
        assert those == {key for key, slot in catalog.slots.items() if relies(slot, on)}
    there = [key for key in inside.get(PG_TEMP, ()) if catalog.slots[key].presence is PRESENT]
    temporary = {key for key in there if catalog.alive(catalog.slots[key])}
    assert set(catalog.temporary()) == temporary
    return {"named": named, "inside": inside, "relying": relying, "temporary": temporary}


def relies(slot: Slot, on: Any) -> bool:
    if slot.presence is not PRESENT:
        return False
    needs = slot.definition.needs() if isinstance(slot.definition, Definition) else ()
    return (
        on in slot.owners or on in slot.needs or on in {(each.space, each.name) for each in needs}
    )


#: A transaction that its file leaves open, and a ROLLBACK in the next.
LEFT_OPEN = [
    ["CREATE TABLE t (id serial PRIMARY KEY, a int UNIQUE, b text)", "BEGIN", "CREATE SCHEMA s"],
    ["ROLLBACK", "DROP TABLE t"],
]
#: Looking at what is in no table that was heard of.
LEARNED = [["CREATE SCHEMA s"], ["COMMENT ON COLUMN pg_temp.w.a IS 'x'"]]
#: A name that PostgreSQL chooses, and that went with its table before.
GONE = [
    ["CREATE TABLE t (a int)", "CREATE INDEX ON t (a)", "DROP TABLE t"],
    ["CREATE INDEX ON t (a)"],
]


@EXAMPLES
@given(files=FILES, which=st.integers(0, 3))
@example(files=LEFT_OPEN, which=1)
@example(files=LEARNED, which=1)
@example(files=GONE, which=1)
def test_going_back_is_starting_over(files: list[list[str]], which: int) -> None:
    file = which % len(files)
    folder = Folder(files).run()
    told, after = list(folder.told), everything(folder.state)
    folder.back_to(file)
    assert everything(folder.state) == everything(Folder(files[:file]).run().state)
    folder.run()
    assert folder.told == told
    assert everything(folder.state) == after


@EXAMPLES
@given(files=FILES, other=FILES)
def test_another_text_of_a_file(files: list[list[str]], other: list[list[str]]) -> None:
    """What the file was before leaves no trace."""
    folder = Folder(files).run().back_to(len(files) - 1)
    folder.files = [*files[:-1], *other]
    fresh = Folder(folder.files).run()
    assert folder.run().told == fresh.told
    assert everything(folder.state) == everything(fresh.state)


@EXAMPLES
@given(files=FILES)
def test_a_rerun_leaves_nothing(files: list[list[str]]) -> None:
    judged, run_once = Folder(files).run(), Folder(files, frozenset()).run()
    assert everything(judged.state) == everything(run_once.state)
