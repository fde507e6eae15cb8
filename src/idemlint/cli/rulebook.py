"""The rules as the commands and printers want them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from idemlint.selection import Selectors

if TYPE_CHECKING:
    from collections.abc import Mapping

    from idemlint.report.model import RuleText


def selectors() -> Selectors:
    """What `--select` and its like may name."""
    from idemlint.rules import RULES

    return Selectors(
        {code: rule.name for code, rule in RULES.items()},
        (code for code, rule in RULES.items() if rule.default),
    )


def rule_texts() -> Mapping[str, RuleText]:
    """All rules with their pages, by code."""
    from idemlint.report.model import RuleText
    from idemlint.rules import RULES

    texts = {}
    for code, rule in sorted(RULES.items()):
        page = rule.page()
        texts[code] = RuleText(
            code=code,
            name=rule.name,
            severity=rule.severity.value,
            fix=tuple(rule.fix),
            default=rule.default,
            sqlstates=tuple(page.sqlstates),
            title=page.title,
            markdown=page.markdown,
        )
    return texts
