"""Twenty runners and more: what a folder may hold besides migrations is judged, or said; never passed over in
silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from idemlint import engine
from idemlint.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from runners.words import Folder

SQL = "CREATE TABLE IF NOT EXISTS {} (id int);\n"


class Row(NamedTuple):
    """A runner's folder: `good` is the form of its migrations' names, `text` what stands in them (`{}` is the
    SQL), `around` other files; `marker` is the line that a file needs, `alike` a comment that looks like it.
    `wrong` is a name that it does not read as a migration (empty: it reads them all), `down` the form of a
    file that undoes."""

    runner: str
    good: str
    text: str = "{}"
    around: Mapping[str, str] = {}
    wrong: str = ""
    down: str = ""
    marker: str = ""
    alike: str = "-- +goose Upgrade notes"
    refuses_empty: bool = False


ROWS = (
    Row("psql", "{}_t.sql", down="{}_t_down.sql"),
    Row("drizzle", "{:04}_t.sql", around={"meta/_journal.json": ""}, wrong="0009_late.sql"),
    Row(
        "prisma",
        "prisma/migrations/{}_t/migration.sql",
        around={"prisma/migrations/migration_lock.toml": ""},
        wrong="prisma/migrations/9_late.sql",
        down="prisma/migrations/{}_t/down.sql",
    ),
    Row("supabase", "supabase/migrations/{:03}_t.sql", wrong="supabase/migrations/008b_x.sql"),
    Row(
        "flyway",
        "db/migration/V{}__t.sql",
        wrong="db/migration/V9_t.sql",
        down="db/migration/U{}__t.sql",
    ),
    Row("golang-migrate", "{}_t.up.sql", wrong="9_t.sql", down="{}_t.down.sql"),
    Row("goose", "{}_t.sql", "-- +goose Up\n{}", wrong="9t.sql", marker="-- +goose Up"),
    Row(
        "dbmate",
        "{}_t.sql",
        "-- migrate:up\n{}-- migrate:down\n",
        wrong="v9_t.sql",
        marker="-- migrate:up",
        alike="-- migrate:upgrade notes",
    ),
    Row(
        "sql-migrate",
        "{}_t.sql",
        "-- +migrate Up\n{}",
        marker="-- +migrate Up",
        alike="-- +migrate Upgrade notes",
    ),
    Row(
        "rambler",
        "{}_t.sql",
        "-- rambler up\n{}",
        marker="-- rambler up",
        alike="-- rambler up and away",
    ),
    Row(
        "sqlx",
        "{}_t.sql",
        around={"Cargo.toml": 'sqlx = "0.8"\n'},
        wrong="9t.sql",
        down="{}_t.down.sql",
        alike="-- no-transactions here",
    ),
    Row(
        "diesel",
        "{}_t/up.sql",
        around={"diesel.toml": ""},
        wrong="9_late.sql",
        down="{}_t/down.sql",
        refuses_empty=True,
    ),
    Row("refinery", "V{}__t.sql", around={"Cargo.toml": 'refinery = "0.8"\n'}, wrong="V9_t.sql"),
    Row(
        "hasura",
        "hasura/migrations/170000000000{}_t/up.sql",
        down="hasura/migrations/170000000000{}_t/down.sql",
    ),
    Row(
        "sqitch",
        "deploy/t{}.sql",
        around={"sqitch.plan": "t1 now\nt2 now\nt3 now\n"},
        wrong="deploy/late.sql",
        down="revert/t{}.sql",
    ),
    Row(
        "liquibase",
        "{}_t.sql",
        "--liquibase formatted sql\n--changeset a:{{}}\n{}",
        alike="-- liquibase unformatted",
    ),
    Row(
        "node-pg-migrate",
        "{}_t.sql",
        around={"package.json": '{"dependencies": {"node-pg-migrate": "^9"}}'},
        alike="-- Upmigration",
    ),
    Row(
        "postgres-migrations",
        "{}_t.sql",
        around={"package.json": '{"dependencies": {"postgres-migrations": "^5"}}'},
        wrong="v9_t.sql",
    ),
    Row("postgrator", "{:03}.do.t.sql", wrong="009.t.sql", down="{:03}.undo.t.sql"),
    Row("atlas", "{}_t.sql", around={"atlas.sum": ""}, alike="-- atlas: txmode none"),
    Row("tern", "{:03}_t.sql", around={"tern.conf": ""}, wrong="009t.sql", refuses_empty=True),
    Row("yoyo", "{}_t.sql", around={"yoyo.ini": ""}, down="{}_t.rollback.sql"),
    Row(
        "popx",
        "{}_t.up.sql",
        around={"go.mod": "require github.com/ory/x v0.0.1\n"},
        wrong="9_t.sql",
        down="{}_t.down.sql",
    ),
    Row(
        "yandex-pgmigrate",
        "migrations/V{:04}__t.sql",
        around={"migrations.yml": ""},
        wrong="migrations/V0009_t.sql",
    ),
)


def written(
    folder: Folder, row: Row, files: Mapping[str, str], listed: tuple[str, ...] = ()
) -> Folder:
    """A folder with two migrations, with what stands around them, and `files`."""
    good = {row.good.format(n): row.text.format(SQL.format(f"t{n}")) for n in (1, 2)}
    around = dict(row.around)
    if "meta/_journal.json" in around:
        tags = [name.removesuffix(".sql") for name in (*good, *listed)]
        entries = ", ".join(f'{{"tag": "{tag}"}}' for tag in tags)
        around["meta/_journal.json"] = f'{{"entries": [{entries}]}}'
    return folder.write({**around, **good, **files})


def outcome(folder: Folder, name: str, expected_runner: str) -> str:
    """`judged`, or why not, as the engine says it; and the finding, where there must be one."""
    found = set()
    paths = [str(folder.root)]
    path = folder.path(name)
    for sequence in engine.open(paths, Settings.load(paths, isolated=True)):
        if path in sequence.files:
            assert sequence.report(path) is not None
            if sequence.is_ordered:
                assert sequence.runner == expected_runner
                found.add("judged")
        if path in sequence.outside:
            why = sequence.outside[path]
            assert why.reason
            assert sequence.runner == expected_runner
            found.add(why.kind)
        if path in sequence.names and not sequence.is_ordered:
            codes = {finding.code for finding in sequence.report(path).findings}
            found.add("said" if "IDM821" in codes else "not said")
    return " ".join(sorted(found))


BY_RUNNER = pytest.mark.parametrize("row", ROWS, ids=[row.runner for row in ROWS])
UNREAD = "said unread"


def test_there_are_twenty() -> None:
    assert len({row.runner for row in ROWS}) >= 20


@BY_RUNNER
def test_a_file_without_a_marker(folder: Folder, row: Row) -> None:
    name = row.good.format(3)
    written(folder, row, {name: SQL.format("t3")}, (name,))
    assert outcome(folder, name, row.runner) == (UNREAD if row.marker else "judged")


@BY_RUNNER
def test_a_name_that_is_none_of_its(folder: Folder, row: Row) -> None:
    name = row.wrong or row.good.format(9)
    written(folder, row, {name: row.text.format(SQL.format("late"))}, () if row.wrong else (name,))
    assert outcome(folder, name, row.runner) == (UNREAD if row.wrong else "judged")


@pytest.mark.parametrize("row", [row for row in ROWS if row.down], ids=lambda row: row.runner)
def test_a_file_that_undoes_another(folder: Folder, row: Row) -> None:
    name = row.down.format(1)
    written(folder, row, {name: "DROP TABLE t1;\n"})
    assert outcome(folder, name, row.runner) == "down"


@BY_RUNNER
def test_an_empty_file(folder: Folder, row: Row) -> None:
    name = row.good.format(3)
    written(folder, row, {name: ""}, (name,))
    refused = row.marker or row.refuses_empty
    assert outcome(folder, name, row.runner) == (UNREAD if refused else "judged")


@BY_RUNNER
def test_a_comment_that_looks_like_a_marker(folder: Folder, row: Row) -> None:
    name = row.good.format(3)
    written(folder, row, {name: f"{row.alike}\n{SQL.format('t3')}"}, (name,))
    assert outcome(folder, name, row.runner) == (UNREAD if row.marker else "judged")


@pytest.mark.parametrize(
    ("runner", "name", "others", "kind"),
    [
        ("psql", "010_scale_down.sql", ("001_t.sql",), "unread"),
        ("psql", "001_t_down.sql", ("001_t.sql",), "down"),
        ("psql", "users_down.sql", ("users_up.sql",), "down"),
        ("psql", "users_down.sql", ("teams_up.sql",), "unread"),
        ("psql", "down.sql", ("up.sql",), "down"),
        ("psql", "down/001_t_down.sql", ("up/001_t.sql",), "down"),
        ("psql", "rollback/001_t_rollback.sql", ("001_t.sql",), "down"),
        ("golang-migrate", "2_t.down.sql", ("1_t.up.sql",), "unread"),
        ("golang-migrate", "2_t.down.sql", ("2_t.up.go",), "down"),
        ("goose", "schema.sql", ("1_t.sql",), "unread"),
        ("supabase", "seed.sql", ("1_t.sql",), "unread"),
        ("sqitch", "verify/t.sql", ("deploy/t.sql",), "other"),
        ("flyway", "afterClean.sql", ("V1__t.sql",), "other"),
        ("popx", "1_t.mysql.up.sql", ("1_t.up.sql",), "other"),
        ("popx", "1_t.up.sql", ("1_t.postgres.up.sql",), "other"),
    ],
)
def test_why_it_is_outside(
    runner: str, name: str, others: tuple[str, ...], kind: str, folder: Folder
) -> None:
    folder.write(dict.fromkeys((name, *others), "SELECT 1;"))
    paths = [str(folder.root)]
    settings = Settings.load(paths, isolated=True)._replace(runner=runner)
    why = [each.outside.get(folder.path(name)) for each in engine.open(paths, settings)]
    assert [each.kind for each in why if each is not None] == [kind]


def test_a_seed_beside_a_journal_is_judged_by_itself(folder: Folder) -> None:
    row = next(row for row in ROWS if row.runner == "drizzle")
    written(folder, row, {"seed.sql": SQL.format("seed")})
    assert outcome(folder, "seed.sql", row.runner) == "not said other"
