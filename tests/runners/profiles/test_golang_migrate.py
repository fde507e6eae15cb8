"""golang-migrate: the file is one message, and no transaction of the runner stands around it."""

from __future__ import annotations

from idemlint.runners import get
from runners.words import Folder, misleads, sent, torn

CIC = "CREATE INDEX CONCURRENTLY i ON t (a);"
BODY = "DO $$ BEGIN PERFORM 1; PERFORM 2; END $$;"


def test_its_names_give_it_away(folder: Folder) -> None:
    folder.write({"migrations/000001_init.up.sql": "", "migrations/000001_init.down.sql": ""})
    assert folder.runners() == {"golang-migrate"}


def test_versions_are_numbers_and_down_is_only_the_last_but_one_word(folder: Folder) -> None:
    folder.write(dict.fromkeys(["10_c.up.sql", "9_down_b.up.sql", "9_down_b.down.sql"], ""))
    assert folder.order("golang-migrate") == ["9_down_b.up.sql", "10_c.up.sql"]


def test_one_statement_is_free_several_are_a_block() -> None:
    assert sent("golang-migrate", CIC) == ["0 none"]
    assert sent("golang-migrate", f"{CIC} SELECT 1;") == ["0 message!"] * 2


def test_a_transaction_of_its_own_is_fine_and_frees_nothing_behind_it() -> None:
    assert sent("golang-migrate", f"BEGIN; SELECT 1; COMMIT; {CIC}") == [
        *["0 transaction! own"] * 3,
        "1 message!",
    ]


def test_nothing_opts_out() -> None:
    line = "-- +goose NO TRANSACTION"
    assert misleads("golang-migrate", f"{line}\n{CIC}") == [line]


def test_multi_statement_mode_sends_one_by_one_and_tears_bodies() -> None:
    assert sent("golang-migrate-multi", f"SELECT 1; {CIC}") == ["0 none", "1 none"]
    assert torn("golang-migrate", BODY) == []
    assert torn("golang-migrate-multi", BODY) == [" PERFORM 2; END $$", " END $$"]
    assert not get("golang-migrate-multi").do_blocks
