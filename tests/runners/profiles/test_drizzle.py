"""Drizzle: chunks between breakpoints, all pending files in one transaction, order by the
journal."""

from __future__ import annotations

import json

from runners.words import Folder, misleads, opt_out, sent, torn, with_directive

BREAK = "--> statement-breakpoint\n"


def journal(*tags: str) -> str:
    entries = [{"idx": n, "when": n, "tag": tag, "breakpoints": True} for n, tag in enumerate(tags)]
    return json.dumps({"version": "7", "dialect": "postgresql", "entries": entries})


def test_the_journal_gives_it_away(folder: Folder) -> None:
    folder.write({"db/0000_init.sql": "SELECT 1;", "db/meta/_journal.json": journal("0000_init")})
    assert folder.runners() == {"drizzle"}


def test_so_do_breakpoints_and_v1_folders(folder: Folder) -> None:
    folder.write(
        {
            "a/x.sql": f"CREATE TABLE t ();{BREAK}",
            "b/20250101000000_x/migration.sql": "SELECT 1;",
            "b/20250101000000_x/snapshot.json": "{}",
            "drizzle/20250101000000_x/migration.sql": "SELECT 1;",
        }
    )
    assert folder.runners() == {"drizzle"}


def test_the_journal_rules_and_a_file_outside_it_never_runs(folder: Folder) -> None:
    folder.write(dict.fromkeys(["0001_b.sql", "0000_a.sql", "0002_stray.sql"], ""))
    folder.write({"meta/_journal.json": journal("0001_b", "0000_a")})
    assert folder.order("drizzle") == ["0001_b.sql", "0000_a.sql"]


def test_v1_folders_run_by_name(folder: Folder) -> None:
    folder.write({f"{name}/migration.sql": "" for name in ("20250202000000_b", "20250101000000_z")})
    assert folder.order("drizzle") == [
        "20250101000000_z/migration.sql",
        "20250202000000_b/migration.sql",
    ]


def test_one_transaction_refuses_concurrently_even_alone() -> None:
    assert sent("drizzle", "CREATE INDEX CONCURRENTLY i ON t (a);") == ["0 transaction!"]
    assert sent("drizzle", f"SELECT 1;{BREAK}SELECT 2;") == ["0 transaction!", "0 transaction!"]


def test_a_commit_ends_the_runners_transaction() -> None:
    sql = f"SELECT 1;{BREAK}COMMIT;{BREAK}CREATE INDEX CONCURRENTLY i ON t (a);{BREAK}SELECT 2;"
    assert sent("drizzle", sql) == ["0 transaction!", "0 transaction!", "1 none", "2 none"]


def test_after_it_a_chunk_of_several_statements_is_a_block_again() -> None:
    sql = "SELECT 1; COMMIT; CREATE INDEX CONCURRENTLY i ON t (a); SELECT 2;"
    assert sent("drizzle", sql) == ["0 transaction!", "0 transaction!", "1 message!", "1 message!"]


def test_a_breakpoint_in_a_body_tears_it() -> None:
    body = f"DO $$ BEGIN\n  PERFORM 1;\n{BREAK}  PERFORM 2;\nEND $$;"
    assert torn("drizzle", body) == ["--> statement-breakpoint\n  PERFORM 2;\nEND $$"]
    assert torn("drizzle", f"DO $$ BEGIN END $$;\n{BREAK}SELECT 1;") == []


def test_there_is_no_opt_out() -> None:
    sql = "-- no-transaction\nCREATE INDEX CONCURRENTLY i ON t (a);"
    assert opt_out("drizzle", sql) is None
    assert misleads("drizzle", sql) == ["-- no-transaction"]
    assert with_directive("drizzle", sql) is None


def test_neon_http_has_no_transaction() -> None:
    sql = f"SELECT 1;{BREAK}CREATE INDEX CONCURRENTLY i ON t (a);"
    assert sent("drizzle-neon-http", sql) == ["0 none", "1 none"]
