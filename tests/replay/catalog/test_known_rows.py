"""Rows as values: what is found in them is what a list of rows would give."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from idemlint.replay.catalog.known_rows import KnownRows, Patterns

#: Few columns and values, so that patterns meet rows.
PAIRS = st.tuples(st.sampled_from("abc"), st.sampled_from("12"))
ROW = st.frozensets(PAIRS, max_size=3)
OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("plus"), st.lists(ROW, max_size=4)),
        st.tuples(st.just("without"), st.lists(ROW, max_size=2)),
        st.tuples(st.just("without_columns"), st.lists(st.sampled_from("abc"), max_size=2)),
    ),
    max_size=30,
)
EXAMPLES = settings(max_examples=300, deadline=None, derandomize=True, database=None)


def by_hand(rows: list[frozenset[Any]], operation: str, what: list[Any]) -> list[frozenset[Any]]:
    if operation == "plus":
        return [*rows, *what]
    if operation == "without":
        return [row for row in rows if not any(pattern <= row for pattern in what)]
    return [frozenset(pair for pair in row if pair[0] not in what) for row in rows]


@EXAMPLES
@given(operations=OPERATIONS, wanted=st.lists(ROW, min_size=1, max_size=8))
def test_a_row_is_found_as_in_a_list(
    operations: list[tuple[str, list[Any]]], wanted: list[frozenset[Any]]
) -> None:
    known, rows = KnownRows(), []
    history = []
    for operation, what in operations:
        known, rows = getattr(known, operation)(what), by_hand(rows, operation, what)
        history.append((known, rows))
    for before, then in history:  # what was known earlier is known still
        assert len(before) == len(then)
        for each in wanted:
            assert before.have(each) == any(each <= row for row in then)


@EXAMPLES
@given(groups=st.lists(st.lists(ROW, max_size=3), max_size=12), row=ROW)
def test_a_pattern_is_found_as_in_a_list(groups: list[list[frozenset[Any]]], row: Any) -> None:
    patterns = Patterns()
    for group in groups:
        patterns = patterns.plus(group)
    assert patterns.match(row) == any(each <= row for group in groups for each in group)


def test_one_more_row_copies_few() -> None:
    """Each of the values that came before is kept; together they are not n² rows."""
    known, kept = KnownRows(), []
    for number in range(1000):
        known = known.plus([frozenset({("id", str(number))})])
        kept.append(known)
    layers = {id(layer): len(layer.rows) for each in kept for layer in each._layers}
    assert sum(layers.values()) < 20 * 1000
