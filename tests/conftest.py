"""What holds for all tests: those that need nothing and take no time are `quick`."""

from __future__ import annotations

import pytest

#: What a test needs, or takes, that keeps it out of the quick ones.
NOT_QUICK = frozenset({"server", "runner", "slow"})


@pytest.hookimpl(tryfirst=True)  # before `-m` is looked at
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what no other marker holds back, so that `-m quick` is all of it."""
    for item in items:
        if NOT_QUICK.isdisjoint(mark.name for mark in item.iter_markers()):
            item.add_marker(pytest.mark.quick)
