"""Views on the parser's JSON."""

from __future__ import annotations

import pytest

from idemlint.source.tree import shape


def test_the_shape_is_without_places() -> None:
    here = {"A_Const": {"ival": {"ival": 1}, "location": 7}}
    there = {"A_Const": {"location": 90, "ival": {"ival": 1}}}
    assert shape(here) == shape(there)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"ival": 1}, {"ival": 2}),
        ({"a": [1, 2]}, {"a": [[1], 2]}),
        ({"a": {"b": 1}, "c": 2}, {"a": {"b": 1, "c": 2}}),
        ([], {}),
    ],
)
def test_what_differs_has_another_shape(one: object, other: object) -> None:
    assert shape(one) != shape(other)


def test_it_may_be_deeper_than_the_stack() -> None:
    root: object = 1
    for _ in range(100_000):
        root = {"arg": [root]}
    assert shape(root).count("arg") == 100_000
