"""A record is what `typing.NamedTuple` makes of the same class."""

from __future__ import annotations

import copy
import pickle
from typing import Any
from typing import NamedTuple as Original

import pytest

from idemlint.records import NamedTuple


class Point(NamedTuple):
    """A place."""

    x: int
    y: int = 2
    label: str = ""

    @property
    def total(self) -> int:
        """Both."""
        return self.x + self.y

    def __str__(self) -> str:
        return f"at {self.x}"


class Model(Original):
    """A place."""

    x: int
    y: int = 2
    label: str = ""


class Other(NamedTuple):
    """As many fields, other names and defaults."""

    first: int
    second: int
    third: int


def test_fields_are_given_by_place_by_name_or_by_default() -> None:
    assert Point(1) == Point(x=1, y=2, label="") == (1, 2, "")
    assert (Point(1, label="p").x, Point(1, label="p").y, Point(1, label="p").label) == (1, 2, "p")


@pytest.mark.parametrize("given", [{}, {"x": 1, "z": 2}, {"first": 1}])
def test_a_field_that_is_missing_or_unknown_is_an_error(given: dict[str, Any]) -> None:
    with pytest.raises(TypeError):
        Point(**given)


def test_too_many_values_are_an_error() -> None:
    with pytest.raises(TypeError):
        Point(*(1, 2, "p", 4))


def test_records_of_one_size_share_neither_names_nor_defaults() -> None:
    assert Other(1, 2, 3).third == Point(1, 2, "p").y + 1
    assert not hasattr(Other(1, 2, 3), "x")
    with pytest.raises(TypeError):
        Other(*(1, 2))


def test_a_field_is_replaced_in_a_copy() -> None:
    point = Point(1)
    assert point._replace(label="q") == Point(1, 2, "q")
    assert type(point._replace(y=3)) is Point
    assert point == Point(1)
    with pytest.raises(ValueError, match="z"):
        point._replace(z=1)


def test_what_a_class_defines_is_kept() -> None:
    assert (Point(1).total, str(Point(1)), Point.__doc__) == (3, "at 1", "A place.")


def test_all_else_is_as_the_original_has_it() -> None:
    ours, theirs = Point(1), Model(1)
    assert repr(ours) == repr(theirs).replace("Model", "Point")
    assert ours._asdict() == theirs._asdict()
    assert Point._fields == Model._fields
    assert Point._field_defaults == Model._field_defaults
    assert Point.__match_args__ == Model.__match_args__
    assert Point._make([1, 2, "p"]) == Model._make([1, 2, "p"])
    with pytest.raises(TypeError):
        Point._make([1])
    assert hash(ours) == hash(theirs) == hash((1, 2, ""))
    assert Point.__module__ == Model.__module__
    assert not hasattr(ours, "__dict__")
    assert isinstance(ours, tuple)


def test_a_record_may_have_no_fields() -> None:
    class Nothing(NamedTuple):
        """A word that says it all."""

    assert (Nothing(), repr(Nothing()), Nothing._fields) == ((), "Nothing()", ())


def test_a_record_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        Point(1).x = 2


def test_a_record_can_be_copied_and_sent() -> None:
    for twin in (copy.deepcopy(Point(1)), pickle.loads(pickle.dumps(Point(1)))):
        assert (twin, type(twin)) == (Point(1), Point)
