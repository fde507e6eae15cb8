"""The rules as the commands and printers want them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.report.model import RuleText
from idemlint.selection import Selectors

if TYPE_CHECKING:
    from collections.abc import Mapping


def selectors() -> Selectors:
    """What `--select` and its like may name."""
    from idemlint.rules import RULES

    return Selectors(
        {code: rule.name for code, rule in RULES.items()},
        (code for code, rule in RULES.items() if rule.default),
    )


def rule_texts() -> Mapping[str, RuleText]:
    """All rules with their pages, by code."""
    from idemlint.rules import RULES

    return {code: _text(rule) for code, rule in sorted(RULES.items())}


def _text(rule: object) -> RuleText:
    raise TypeError(rule)
