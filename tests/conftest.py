"""What holds for all tests: those that need nothing and take no time are `quick`, and no error of ours is
caught unseen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import hypothesis
import pytest

from idemlint.faults import Noted

if TYPE_CHECKING:
    from collections.abc import Iterator

# A machine that is busy is no failure.
hypothesis.settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("untimed")

#: What a test needs, or takes, that keeps it out of the quick ones.
NOT_QUICK = frozenset({"server", "runner", "slow"})


@pytest.hookimpl(tryfirst=True)  # before `-m` is looked at
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what no other marker holds back, so that `-m quick` is all of it."""
    for item in items:
        if NOT_QUICK.isdisjoint(mark.name for mark in item.iter_markers()):
            item.add_marker(pytest.mark.quick)


@pytest.fixture(autouse=True)
def no_faults(request: pytest.FixtureRequest) -> Iterator[None]:
    """What is caught in a statement would be `unknown`, and no test would see the bug. A test that makes one
    is marked `faults`."""
    if request.node.get_closest_marker("faults") is not None:
        yield
        return
    usual, caught = Noted.note, []

    def note(noted: Noted[Any], about: Any, error: Exception) -> None:
        caught.append(error)
        usual(noted, about, error)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Noted, "note", note)
        yield
    if caught:
        raise caught[0]
