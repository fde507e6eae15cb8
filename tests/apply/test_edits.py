from __future__ import annotations

import pytest

from idemlint.apply.edits import apply, choose, patch
from idemlint.source.statement import Span

from .words import fix


class TestApply:
    def test_inserts_replaces_and_removes(self) -> None:
        fixes = [fix((0, 0, "<")), fix((2, 3, "")), fix((4, 5, "EE"))]
        assert apply(b"abcdef", fixes) == b"<abdEEf"

    def test_the_order_of_the_fixes_does_not_matter(self) -> None:
        fixes = [fix((5, 5, "3")), fix((1, 1, "1")), fix((3, 3, "2"))]
        assert apply(b"abcdef", fixes) == b"a1bc2de3f"

    def test_a_fix_is_made_whole_or_not_at_all(self) -> None:
        fixes = [fix((0, 0, "("), (4, 4, ")")), fix((4, 5, "X"), (6, 6, "!"))]
        assert apply(b"abcdefg", fixes) == b"(abcd)efg"

    @pytest.mark.parametrize(
        "second",
        [(0, 0, "x"), (0, 3, "x"), (2, 5, "x"), (3, 3, "x"), (1, 2, "x"), (3, 4, "x")],
        ids=str,
    )
    def test_what_overlaps_or_touches_is_left_for_the_next_round(
        self, second: tuple[int, int, str]
    ) -> None:
        first = fix((0, 0, "("), (3, 3, ")"))
        assert len(choose([first, fix(second)])) == 1

    def test_a_fix_claims_all_between_its_edits(self) -> None:
        assert choose([fix((0, 0, "a"), (9, 9, "z")), fix((4, 5, "x"))]) == [0]

    def test_the_same_fix_of_two_findings_is_one(self) -> None:
        fixes = [fix((0, 0, "-- x\n")), fix((0, 0, "-- x\n"))]
        assert choose(fixes) == [0, 1]
        assert apply(b"a", fixes) == b"-- x\na"

    def test_a_fix_without_edits_does_nothing(self) -> None:
        assert choose([fix()]) == []

    def test_several_insertions_of_one_fix_at_one_place_keep_their_order(self) -> None:
        assert apply(b"ab", [fix((1, 1, "1"), (1, 1, "2"))]) == b"a12b"

    def test_newlines_become_those_of_the_file(self) -> None:
        assert apply(b"a\r\nb\r\n", [fix((3, 3, "x\ny\r\n"))], "\r\n") == b"a\r\nx\r\ny\r\nb\r\n"

    def test_what_is_not_touched_stays_byte_for_byte(self) -> None:
        data = b"\xef\xbb\xbf" + "-- ä\r\nSELECT 'ß'\n;\xff".encode("latin-1")
        result = apply(data, [fix((len(data), len(data), "\n"))])
        assert result == data + b"\n"

    def test_spans_are_bytes(self) -> None:
        data = "-- Größe\nSELECT".encode()
        assert apply(data, [fix((11, 17, "VALUES"))]).decode() == "-- Größe\nVALUES"


class TestMoved:
    @pytest.mark.parametrize(
        ("offset", "before", "after"),
        [(0, 0, 0), (2, 2, 5), (3, 6, 6), (5, 8, 8), (7, 8, 8), (9, 10, 10)],
    )
    def test_every_byte_is_found_again(self, offset: int, before: int, after: int) -> None:
        # ab + <--> | cde | fg → "" | hij
        made = patch(b"abcdefghij", [fix((2, 2, "<->")), fix((5, 7, ""))])
        assert made.data == b"ab<->cdehij"
        assert made.moved(offset, after=True) == after
        assert made.moved(offset, after=False) == before

    def test_a_stretch_grows_with_what_is_written_at_its_ends(self) -> None:
        made = patch(b"abc", [fix((0, 0, "("), (3, 3, ")"))])
        assert made.moved_span(Span(0, 3)) == Span(0, 5)

    @pytest.mark.parametrize(
        ("span", "touched"),
        [((0, 1), False), ((0, 2), True), ((3, 4), False), ((6, 6), True), ((8, 9), False)],
    )
    def test_says_what_it_touches(self, span: tuple[int, int], touched: bool) -> None:
        made = patch(b"abcdefghij", [fix((2, 2, "<->")), fix((5, 7, ""))])
        assert made.touches(Span(*span)) == touched
