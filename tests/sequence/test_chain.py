"""One edit costs one file: what is parsed and what is run is counted."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from counted_work import Work
from idemlint import engine
from idemlint.postgres.kinds import Ref, Space
from idemlint.replay.catalog.view import StaleView
from idemlint.sequence import script
from idemlint.settings import Settings

if TYPE_CHECKING:
    from idemlint.sequence.chain import Chain

FILES = 6
NAMES = tuple(f"no/such/{number}_t.sql" for number in range(FILES))
TEXTS = {name: f"CREATE TABLE t{number} (id int);\n".encode() for number, name in enumerate(NAMES)}
LAST = NAMES[-1]


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Work:
    return Work(monkeypatch)


def opened(*, once: bool = False, texts: dict[str, bytes] = TEXTS) -> engine.Sequence:
    settings = Settings.load(isolated=True)
    (sequence,) = engine.open(texts, settings, texts, once=once)
    return sequence


def test_the_files_before_one_run_for_what_they_leave(work: Work) -> None:
    opened().report(LAST)
    assert work.taken() == (list(NAMES), FILES - 1, 1)


def test_an_edit_of_the_last_file_costs_that_file(work: Work) -> None:
    sequence = opened()
    sequence.report(LAST)
    work.taken()
    work.detected.clear()
    moved = sequence.update(LAST, b"CREATE TABLE IF NOT EXISTS u (id int);\n")
    assert moved == {LAST}
    assert sequence.report(LAST).findings == ()
    assert work.taken() == ([LAST], 0, 1)
    assert set(work.detected) == {LAST}


def test_an_edit_of_an_earlier_file_runs_later_ones_without_parsing_them(work: Work) -> None:
    sequence = opened()
    sequence.report(LAST)
    work.taken()
    sequence.update(NAMES[2], b"CREATE TABLE t5 (id int);\n")
    assert work.taken() == ([], 0, 0)
    (finding,) = sequence.report(LAST).findings
    assert finding.sqlstate == "42P07"
    # The file itself is parsed once, for what it does and for what it has in common with others.
    assert work.taken() == ([NAMES[2]], FILES - 3, 1)


def test_who_asks_again_is_answered_at_once(work: Work) -> None:
    sequence = opened()
    told = {name: sequence.report(name) for name in NAMES}
    work.taken()
    assert {name: sequence.report(name) for name in reversed(NAMES)} == told
    assert sequence.judged(NAMES[0]) is sequence.judged(NAMES[0])
    assert work.taken() == ([], 0, 1)


def test_a_file_that_was_judged_is_judged_again_without_being_parsed(work: Work) -> None:
    sequence = opened()
    sequence.judged(LAST)
    work.taken()
    sequence.judged(NAMES[1])
    assert work.taken() == ([], 0, 1)
    sequence.judged(LAST)
    assert work.taken() == ([], FILES - 3, 1)


def test_going_back_and_forth_over_the_same_bytes_parses_nothing(work: Work) -> None:
    sequence = opened()
    before = sequence.report(LAST)
    sequence.update(LAST, b"SELECT 1;\n")
    sequence.report(LAST)
    work.taken()
    sequence.update(LAST, TEXTS[LAST])
    assert sequence.report(LAST) == before
    sequence.update(LAST, b"SELECT 1;\n")
    sequence.report(LAST)
    assert work.taken() == ([], 0, 2)


def test_a_guard_moves_no_earlier_file_that_makes_the_same_table(work: Work) -> None:
    texts = {**TEXTS, LAST: b"DROP TABLE t0;\nCREATE TABLE t0 (id int);\n"}
    sequence = opened(texts=texts)
    for name in NAMES:
        sequence.report(name)
    guarded = b"DROP TABLE IF EXISTS t0;\nCREATE TABLE IF NOT EXISTS t0 (id int);\n"
    assert sequence.update(LAST, guarded) == {LAST}
    other = b"DROP TABLE IF EXISTS t0;\nCREATE TABLE IF NOT EXISTS t0 (id text);\n"
    assert sequence.update(LAST, other) == {NAMES[0], LAST}


def test_what_is_asked_about_once_is_not_kept(work: Work) -> None:
    sequence = opened(once=True)
    told = [sequence.report(name) for name in NAMES]
    assert Counter(work.parsed) == Counter(NAMES)
    assert told == [opened().report(name) for name in NAMES]
    work.taken()
    sequence.report(NAMES[0])
    assert work.taken() == ([NAMES[0]], 0, 1)


def test_a_kept_answer_does_not_speak_for_a_catalog_that_moved_on() -> None:
    sequence = opened()
    table = Ref(Space.RELATION, "t1")
    judged = sequence.judged(NAMES[1])
    assert judged.migration.after.surely.presence(table) == "present"
    sequence.after(NAMES[0])
    with pytest.raises(StaleView):
        judged.migration.after.surely.presence(table)
    again = sequence.judged(NAMES[1])
    assert again.diagnostics == judged.diagnostics
    assert again.migration.after.surely.presence(table) == "present"


def test_whose_a_file_is_is_asked_anew_where_its_text_may_say_so(work: Work) -> None:
    folder = engine.open(TEXTS, Settings.load(isolated=True), TEXTS)
    (sequence,) = folder
    sequence.report(LAST)
    work.detected.clear()
    goose = b"-- +goose Up\nCREATE TABLE t0 (id int);\n-- +goose Down\nDROP TABLE t0;\n"
    assert folder.update({NAMES[0]: goose}) == set(NAMES)
    assert set(work.detected) == set(NAMES)
    assert {each.runner for each in folder} == {"goose"}


class TestTheShelf:
    def put(self, shelf: script.Shelf, name: str, data: bytes) -> None:
        if shelf.take("psql", name, data) is None:
            shelf.make_room(len(data))
            shelf.put("psql", name, data, object())  # type: ignore[arg-type]

    def held(self, shelf: script.Shelf) -> list[str]:
        return [name for _, name, _ in shelf._scripts]

    def test_what_was_asked_for_longest_ago_goes_first(self) -> None:
        shelf = script.Shelf(10)
        for name in ("a", "b", "a", "c"):
            self.put(shelf, name, b"1234")
        assert self.held(shelf) == ["a", "c"]

    def test_the_newest_stays_however_large_it_is(self) -> None:
        shelf = script.Shelf(0)
        for name in ("a", "b"):
            self.put(shelf, name, b"1234")
            assert self.held(shelf) == [name]

    def test_a_file_is_kept_for_each_of_its_texts(self) -> None:
        shelf = script.Shelf(10)
        self.put(shelf, "a", b"1234")
        self.put(shelf, "a", b"4321")
        assert shelf.take("psql", "a", b"1234") is not None
        assert shelf.take("psql", "a", b"4321") is not None
        assert shelf.take("goose", "a", b"4321") is None


def chain_of(**texts: str) -> Chain:
    """The chain of a folder's files, by their names without `.sql`."""
    given = {f"no/such/{name}.sql": text.encode() for name, text in texts.items()}
    (sequence,) = engine.open(given, Settings.load(isolated=True), given)
    return sequence._chain


def test_a_chain_says_whether_its_order_is_known() -> None:
    assert (
        chain_of(a="SELECT 1;\n", b="SELECT 1;\n").ordering.doubt == "not all files have a number"
    )
    assert opened()._chain.ordering.doubt == ""


def test_files_that_another_one_runs_have_their_order_from_it() -> None:
    chain = chain_of(all="\\i tables.sql\n\\i indexes.sql\n", tables="", indexes="")
    assert len(chain.names) == 3
    assert chain.ordering.doubt == ""
