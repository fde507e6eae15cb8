"""The rules as the commands and printers want them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from idemlint.report.run_report import RuleText


def names() -> Mapping[str, str]:
    """All rules' names, by code."""
    from idemlint.rules import RULES

    return {code: rule.name for code, rule in RULES.items()}


def rule_texts() -> Mapping[str, RuleText]:
    """All rules with their pages, by code."""
    from idemlint.rules import RULES

    return {code: rule_text(code) for code in sorted(RULES)}


def rule_text(code: str) -> RuleText:
    """A rule with its page."""
    from idemlint.report.run_report import RuleText
    from idemlint.rules import RULES

    rule = RULES[code]
    page = rule.page()
    return RuleText(
        code=code,
        name=rule.name,
        severity=rule.severity.value,
        fix=page.fix,
        default=rule.default,
        sqlstates=page.sqlstates,
        title=page.title,
        markdown=page.markdown,
    )
