"""Rounds, the proof before each, and what becomes of fixes that fail it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from counted_work import Work
from idemlint import engine
from idemlint.apply import rounds
from idemlint.apply.rounds import fix_files
from idemlint.diagnostics import Applicability
from idemlint.rules import all_rules
from idemlint.settings import Settings

from .words import FOLDER, edit, fix, fixed

if TYPE_CHECKING:
    from collections.abc import Callable

    from idemlint.diagnostics import Fix
    from idemlint.sequence.migration import Case

    Repair = Callable[[Case], Fix | None]

TABLE = "CREATE TABLE {} (id int);\n"


@pytest.fixture
def repair(monkeypatch: pytest.MonkeyPatch) -> Callable[[Repair], None]:
    """Put a repair of the test's own into the rule for CREATE TABLE."""

    def use(repair: Repair) -> None:
        monkeypatch.setattr(
            all_rules()["IDM101"].__class__, "repair", lambda self, case: repair(case)
        )

    return use


def guard(case: Case, *more: str) -> Fix:
    """What the rule should do, and `more` behind the statement."""
    start, end = case.span
    at = start + len("CREATE TABLE")
    return fix((at, at, " IF NOT EXISTS"), *((end + 1, end + 1, text) for text in more))


class TestRounds:
    def test_all_files_are_fixed(self, repair: Callable[[Repair], None]) -> None:
        repair(guard)
        results = fixed(TABLE.format("a") + TABLE.format("b"), TABLE.format("c"))
        assert [result.after.decode() for result in results] == [
            "CREATE TABLE IF NOT EXISTS a (id int);\nCREATE TABLE IF NOT EXISTS b (id int);\n",
            "CREATE TABLE IF NOT EXISTS c (id int);\n",
        ]
        assert [len(result.fixed) for result in results] == [2, 1]
        assert not any(result.report.findings for result in results)

    def test_what_overlaps_comes_in_the_next_round(self, repair: Callable[[Repair], None]) -> None:
        repair(lambda case: guard(case, " /* so */ "))
        made = "CREATE TABLE IF NOT EXISTS {} (id int); /* so */ "
        [result] = fixed("CREATE TABLE a (id int);CREATE TABLE b (id int);")
        assert result.after.decode() == made.format("a") + made.format("b")

    def test_nothing_to_do(self) -> None:
        text = "CREATE TABLE IF NOT EXISTS a (id int);\n"
        [result] = fixed(text)
        assert (result.after.decode(), result.fixed, result.dropped) == (text, (), ())

    def test_an_unsafe_fix_waits_to_be_asked_for(self, repair: Callable[[Repair], None]) -> None:
        repair(
            lambda case: fix(
                *((e.span.start, e.span.end, e.content) for e in guard(case).edits), safe=False
            )
        )
        text = TABLE.format("a")
        assert fixed(text)[0].after.decode() == text
        assert fixed(text, lowest=Applicability.UNSAFE)[0].fixed

    def test_the_same_edits_of_two_findings_are_made_once(
        self, repair: Callable[[Repair], None]
    ) -> None:
        def both(case: Case) -> Fix:
            data = case.migration.data
            places = [
                at + len(b"TABLE") for at in range(len(data)) if data[at:].startswith(b"TABLE")
            ]
            return fix(*((at, at, " IF NOT EXISTS") for at in places))

        repair(both)
        [result] = fixed(TABLE.format("a") + TABLE.format("b"))
        assert result.after.count(b"IF NOT EXISTS") == 2
        assert len(result.fixed) == 2


def block(*statements: str) -> str:
    return f"DO $$ BEGIN\n{''.join(statements)}END $$;\n"


def spaces(case: Case) -> Fix:
    """What changes nothing."""
    at = case.span.start + len("CREATE")
    return fix((at, at, " "))


class TestBlocks:
    """The statements of a block are mended together, as if each were found by itself."""

    def after(self, *statements: str, lowest: Applicability = Applicability.SAFE) -> list[str]:
        """What becomes of them, and why fixes were dropped."""
        [result] = fixed(block(*statements), lowest=lowest)
        lines = result.after.decode().splitlines()[1:-1]
        assert len(lines) == len(statements)
        return lines + [each.why for each in result.dropped]

    A, B, C = (TABLE.format(name).rstrip() for name in "abc")
    NEW_A, NEW_C = (each.replace("TABLE", "TABLE IF NOT EXISTS") for each in (A, C))

    def texts(self) -> tuple[str, ...]:
        return tuple(f"{each}\n" for each in (self.A, self.B, self.C))

    def test_one_that_is_still_there_is_to_blame_and_the_others_are_made(
        self, repair: Callable[[Repair], None]
    ) -> None:
        repair(lambda case: spaces(case) if " b " in case.text else guard(case))
        why = "the finding is still there afterwards"
        assert self.after(*self.texts()) == [self.NEW_A, self.B, self.NEW_C, why]

    def test_so_it_is_where_all_are_told_of_in_the_same_words(
        self, repair: Callable[[Repair], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        rule = all_rules()["IDM101"].__class__
        monkeypatch.setattr(rule, "message", lambda self, case: "it fails")
        self.test_one_that_is_still_there_is_to_blame_and_the_others_are_made(repair)

    def test_one_that_means_something_else_is_to_blame(
        self, repair: Callable[[Repair], None]
    ) -> None:
        def widen(case: Case) -> Fix:
            return guard(case, " SELECT 1;")

        repair(lambda case: widen(case) if " b " in case.text else guard(case))
        *lines, why = self.after(*self.texts())
        assert lines == [self.NEW_A, self.B, self.NEW_C]
        assert "more than guards" in why

    @pytest.mark.parametrize("lowest", [Applicability.SAFE, Applicability.UNSAFE])
    def test_nothing_is_made_behind_one_that_stays(
        self, repair: Callable[[Repair], None], lowest: Applicability
    ) -> None:
        """The body goes on stopping there: what is behind it was not found."""
        unsafe = lowest is Applicability.SAFE
        repair(
            lambda case: (
                guard(case)
                if " b " not in case.text
                else fix((case.span.start, case.span.start, "/* */"), safe=False)
                if unsafe
                else None
            )
        )
        assert self.after(*self.texts(), lowest=lowest) == [self.NEW_A, self.B, self.C]

    def test_nor_behind_one_of_which_no_rule_speaks(self, repair: Callable[[Repair], None]) -> None:
        repair(guard)
        view = "CREATE VIEW b AS SELECT 1;\n"
        assert self.after(f"{self.A}\n", view, f"{self.C}\n") == [
            self.NEW_A, view.rstrip(), self.C,
        ]  # fmt: skip

    def test_a_comment_suppresses_all_of_the_block(self, repair: Callable[[Repair], None]) -> None:
        repair(guard)
        text = f"-- idemlint: ignore[IDM101] why\n{block(*self.texts())}"
        [result] = fixed(text)
        assert result.after.decode() == text

    def test_a_suppressed_one_stays_and_so_does_what_is_behind_it(self) -> None:
        statements = [self.A, "CREATE SEQUENCE b;", self.C]
        text = f"-- idemlint: ignore[IDM107] why\n{block(*statements)}"
        [result] = fixed(text, rules="IDM101,IDM107")
        assert result.after.decode() == text.replace(self.A, self.NEW_A)

    def test_what_was_foreseen_is_not_held_against_the_fix_of_the_first(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(all_rules()["IDM108"].__class__, "one_at_a_time", False)
        [result] = fixed(block(self.A, "CREATE VIEW b AS SELECT 1;"), rules="IDM101,IDM108")
        assert ([each.code for each in result.fixed], result.dropped) == (["IDM101"], ())

    def test_each_is_counted_once(self) -> None:
        """IDM605 is another finding in the same statement, and has a fix of its own."""
        later = (
            "IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'k') THEN"
            " ALTER TABLE c ADD CONSTRAINT k CHECK (id > 0); END IF;"
        )
        [result] = fixed(
            block(self.A, self.B, later), rules="IDM101,IDM605", lowest=Applicability.UNSAFE
        )
        assert sorted(each.code for each in result.fixed) == ["IDM101", "IDM101", "IDM605"]

    def test_what_fails_and_what_repeats_are_mended_one_after_the_other(self) -> None:
        statements = ["CREATE INDEX ON t (a);", self.A, "CREATE INDEX ON t (b);", self.C]
        [result] = fixed(
            f"CREATE TABLE IF NOT EXISTS t (a int, b int);\n{block(*statements)}",
            rules="IDM101,IDM103",
            lowest=Applicability.UNSAFE,
        )
        assert result.after.count(b"IF NOT EXISTS") == 5
        assert [each.code for each in result.fixed] == ["IDM101", "IDM101", "IDM103", "IDM103"]


class TestProof:
    """A fix that fails its check is dropped, the others are made."""

    def dropped(self, repair: Callable[[Repair], None], bad: Repair, *more: str) -> str:
        """Use `bad` for table b, and the right repair for all others; why was `bad` dropped?"""
        repair(lambda case: bad(case) if " b " in case.text else guard(case))
        text = TABLE.format("a") + "-- keep\n" + TABLE.format("b") + TABLE.format("c")
        [result, *_] = fixed(text, *more)
        assert result.after.decode() == (
            "CREATE TABLE IF NOT EXISTS a (id int);\n-- keep\nCREATE TABLE b (id int);\n"
            "CREATE TABLE IF NOT EXISTS c (id int);\n"
        )
        [dropped] = result.dropped
        assert dropped.code == "IDM101"
        return dropped.why

    def test_syntax(self, repair: Callable[[Repair], None]) -> None:
        why = self.dropped(repair, lambda case: fix((case.span.start, case.span.start, "NOT ")))
        assert "cannot be read" in why

    def test_another_meaning(self, repair: Callable[[Repair], None]) -> None:
        def widen(case: Case) -> Fix:
            at = case.span.end - 1
            start = case.span.start + len("CREATE TABLE")
            return fix((start, start, " IF NOT EXISTS"), (at, at, ", more int"))

        assert "more than guards" in self.dropped(repair, widen)

    def test_one_more_statement(self, repair: Callable[[Repair], None]) -> None:
        why = self.dropped(repair, lambda case: guard(case, "\nSELECT 1;"))
        assert "adds more than guards: SelectStmt" in why

    def test_one_statement_less(self, repair: Callable[[Repair], None]) -> None:
        why = self.dropped(repair, lambda case: fix((case.span.start, case.span.end, "")))
        assert why == "it loses a statement: CreateStmt"

    def test_a_lost_comment(self, repair: Callable[[Repair], None]) -> None:
        def eat(case: Case) -> Fix:
            start = case.span.start
            return fix(
                (start - len("-- keep\n"), start, ""), (start + 12, start + 12, " IF NOT EXISTS")
            )

        assert "loses the comment '-- keep'" in self.dropped(repair, eat)

    def test_a_finding_that_is_still_there(self, repair: Callable[[Repair], None]) -> None:
        def spaces(case: Case) -> Fix:
            at = case.span.start + len("CREATE")
            return fix((at, at, " "))

        assert self.dropped(repair, spaces) == "the finding is still there afterwards"

    def test_a_new_finding_at_the_same_place(self, repair: Callable[[Repair], None]) -> None:
        def twice(case: Case) -> Fix:
            return fix(
                (case.span.start, case.span.start, "DO $$ BEGIN "),
                (case.span.end, case.span.end, "; EXCEPTION WHEN duplicate_object THEN END $$"),
            )

        why = self.dropped(repair, twice)  # duplicate_table is what a table raises
        assert "still there" in why or "brings IDM" in why

    def test_a_fix_that_nobody_can_place_is_found_by_halving(
        self, repair: Callable[[Repair], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        real = rounds.objections
        tries = []

        def object_to_b(*arguments: object) -> object:
            after = arguments[1]
            tries.append(after)
            if b"EXISTS t37 " in after.migration.data:  # type: ignore[attr-defined]
                yield rounds.Objection("something is wrong somewhere")
            yield from real(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(rounds, "objections", object_to_b)
        repair(guard)
        [result] = fixed("".join(TABLE.format(f"t{number}") for number in range(64)))
        assert result.after.count(b"IF NOT EXISTS") == 63
        assert b"CREATE TABLE t37 " in result.after
        assert [each.why for each in result.dropped] == ["something is wrong somewhere"]
        assert len(tries) < 20

    def test_fixes_without_end_are_given_up(
        self, repair: Callable[[Repair], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(rounds, "objections", lambda *arguments: iter(()))
        repair(lambda case: fix((case.span.start, case.span.start, "/* again */ ")))
        text = TABLE.format("a")
        [result] = fixed(text)
        assert result.after.decode() == text
        assert not result.fixed
        assert [(each.code, each.why) for each in result.dropped] == [
            ("IDM101", "its fixes do not come to an end")
        ]
        assert len(result.report.findings) == 1


class TestWork:
    """A trial does nothing again that it does not put in question."""

    GUARDED = "CREATE TABLE IF NOT EXISTS t{} (id int);\n"

    def test_nothing_before_the_first_file_that_changed_runs_again(
        self, repair: Callable[[Repair], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        repair(guard)
        work = Work(monkeypatch)
        texts = [self.GUARDED.format(number) for number in range(6)]
        texts[4] = TABLE.format("t4")
        assert [len(result.fixed) for result in fixed(*texts)] == [0, 0, 0, 0, 1, 0]
        # All once; then the file that was fixed, and the one behind it, of which only its text is as it was.
        assert work.taken() == ([f"{FOLDER}/{n:04}_it.sql" for n in (1, 2, 3, 4, 5, 6, 5)], 0, 8)

    def test_a_block_is_mended_at_once(
        self, repair: Callable[[Repair], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """It stops at its first failure, and shows the next one when that is mended."""
        repair(guard)
        work = Work(monkeypatch)
        [result] = fixed(block(*(TABLE.format(f"t{number}") for number in range(150))))
        assert (len(result.fixed), result.after.count(b"IF NOT EXISTS")) == (150, 150)
        assert result.report.findings == ()
        name = f"{FOLDER}/0001_it.sql"
        assert work.taken() == ([name, name], 0, 2), "it is judged before, and after"

    def test_bad_fixes_in_a_block_cost_two_more_trials(
        self, repair: Callable[[Repair], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        repair(lambda case: spaces(case) if "0 (" in case.text else guard(case))
        work = Work(monkeypatch)
        [result] = fixed(block(*(TABLE.format(f"t{number}") for number in range(50))))
        assert (len(result.fixed), len(result.dropped)) == (45, 1)
        # Without them; and once more by themselves, when the others are made.
        assert work.taken()[2] == 4

    def test_a_fix_that_is_dropped_costs_no_file_before_it(
        self, repair: Callable[[Repair], None], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        repair(lambda case: fix((0, 0, "NOT ")) if " t4 " in case.text else guard(case))
        work = Work(monkeypatch)
        proofs = []
        real = rounds.objections

        def counted(*arguments: object) -> object:
            proofs.append(arguments[1].filename)  # type: ignore[attr-defined]
            return real(*arguments)  # type: ignore[arg-type]

        monkeypatch.setattr(rounds, "objections", counted)
        results = fixed(*(TABLE.format(f"t{number}") for number in range(6)))
        assert [len(result.fixed) for result in results] == [1, 1, 1, 1, 0, 1]
        # Each text is parsed once. The second trial, without the bad fix, begins at its file, and so does
        # the last one, with it alone.
        parsed, run, judged = work.taken()
        assert (run, judged) == (0, 6 + 6 + 2 + 2)
        assert Counter(parsed) == {f"{FOLDER}/{number:04}_it.sql": 2 for number in range(1, 7)}
        assert Counter(proofs) == {
            f"{FOLDER}/{number:04}_it.sql": 3 if number > 4 else 1 for number in range(1, 7)
        }


@pytest.mark.parametrize(
    ("runner", "text"),
    [
        (
            "psql",
            "DO $$ BEGIN ALTER TABLE t ADD CONSTRAINT k FOREIGN KEY (a) REFERENCES r (d);"
            " EXCEPTION WHEN undefined_table THEN END $$;\nCREATE TABLE t (y int);\n",
        ),
        (
            "dbmate",
            "-- idemlint: ignore[create-table]\n-- migrate:up\n"
            "CREATE INDEX CONCURRENTLY IF NOT EXISTS i ON t (a);\n",
        ),
    ],
)
def test_a_fix_that_another_one_was_wrong_for_has_its_turn_when_that_is_made(
    runner: str, text: str
) -> None:
    contents = {f"{FOLDER}/0001_it.sql": text.encode()}
    settings = Settings.load(isolated=True, runner=runner)
    [result] = fix_files(engine.open(contents, settings, contents), Applicability.SAFE)
    assert (len(result.fixed), result.dropped, result.report.findings) == (2, (), ())


def test_a_refused_fix_that_moved_files_leaves_the_others_their_turn() -> None:
    """Without the breakpoint nothing says Drizzle any more: both files would be psql's."""
    contents = {f"{FOLDER}/R__1.sql": b"$$--> statement-breakpoint", f"{FOLDER}/R__2.sql": b""}
    settings = Settings.load(isolated=True)
    results = fix_files(engine.open(contents, settings, contents), Applicability.SAFE)
    assert {result.name: result.after for result in results} == contents


class TestText:
    def test_windows_newlines(self, repair: Callable[[Repair], None]) -> None:
        repair(lambda case: guard(case, "\n-- made\n-- so"))
        [result] = fixed("CREATE TABLE a (id int);\r\n")
        assert result.after == (b"CREATE TABLE IF NOT EXISTS a (id int);\r\n-- made\r\n-- so\r\n")

    def test_a_byte_order_mark_and_characters_beyond_ascii(
        self, repair: Callable[[Repair], None]
    ) -> None:
        repair(guard)
        [result] = fixed("\ufeff-- Größe 🐘\nCREATE TABLE größe (id int);\n")
        assert result.after.decode() == (
            "\ufeff-- Größe 🐘\nCREATE TABLE IF NOT EXISTS größe (id int);\n"
        )

    def test_an_undecodable_byte_elsewhere_stays(self, repair: Callable[[Repair], None]) -> None:
        repair(guard)
        [result] = fixed(b"-- \xff\nCREATE TABLE a (id int);\n")
        assert result.after == b"-- \xff\nCREATE TABLE IF NOT EXISTS a (id int);\n"


def test_words_make_edits() -> None:
    assert fix((1, 2, "x")).edits == (edit(1, 2, "x"),)
