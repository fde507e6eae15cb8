"""The rules: which outcome each one names, its message, its fix.

Every module of this package is imported once, and every class in it that has a code is a rule.
"""

from __future__ import annotations

import importlib
from functools import cache
from typing import TYPE_CHECKING

from idemlint.on_demand import modules_in
from idemlint.rules.kit.rule import FileRule, OutcomeRule, Rule
from idemlint.selection import Selectors

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_rules: dict[str, Rule] = {}


def _subclasses(cls: type[Rule]) -> Iterator[type[Rule]]:
    for subclass in cls.__subclasses__():
        if subclass.code:
            yield subclass
        yield from _subclasses(subclass)


def all_rules() -> Mapping[str, Rule]:
    """All rules by code, in the order of their codes."""
    if not _rules:
        for module in modules_in(__path__):
            importlib.import_module(f"{__name__}.{module}")
        for rule in sorted(_subclasses(Rule), key=lambda each: each.code):
            if rule.code in _rules:
                raise RuntimeError(f"two rules are called {rule.code}")
            _rules[rule.code] = rule()
    return _rules


@cache
def selectors() -> Selectors:
    """What `select`, a suppression comment and their like may name."""
    rules = all_rules()
    return Selectors(
        {code: rule.name for code, rule in rules.items()},
        (code for code, rule in rules.items() if rule.default),
    )


def __getattr__(name: str) -> Mapping[str, Rule]:
    if name == "RULES":
        return all_rules()
    raise AttributeError(name)


__all__ = ["FileRule", "OutcomeRule", "Rule", "all_rules", "selectors"]
