"""`idemlint explain`: a rule's page, or what an SQLSTATE means and which rules foresee it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from idemlint.cli import terminal
from idemlint.cli.exits import Code
from idemlint.cli.rulebook import rule_texts
from idemlint.config import nearest
from idemlint.errors import UsageProblem
from idemlint.plpgsql.conditions import condition_name, sqlstates

if TYPE_CHECKING:
    from collections.abc import Mapping

    from idemlint.report.model import RuleText


@click.command("explain")
@click.argument("what", metavar="CODE|NAME|SQLSTATE")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
def command(what: str, color: str) -> Code:
    """Explain a rule (IDM101, create-table), an SQLSTATE (42P07) or its name (duplicate_table)."""
    rules = rule_texts()
    by_name = {rule.name: rule for rule in rules.values()}
    rule = rules.get(what.upper()) or by_name.get(what.lower())
    text = rule.markdown if rule is not None else _sqlstate(what, rules)
    if text is None:
        known = (*rules, *by_name)
        hint = nearest(what.upper(), tuple(rules)) or nearest(what.lower(), tuple(by_name))
        hint = hint or (" (`idemlint rules` lists the rules)" if known else "")
        raise UsageProblem(f"neither a rule nor an SQLSTATE of PostgreSQL: `{what}`{hint}")
    if not text.endswith("\n"):
        text += "\n"
    if terminal.coloured(color):
        terminal.emit_markdown(text)
    else:
        terminal.emit(text)
    return Code.CLEAN


def _sqlstate(what: str, rules: Mapping[str, RuleText]) -> str | None:
    """What an SQLSTATE or a condition's name means, as Markdown; None where PostgreSQL has none."""
    lines = []
    for code in sqlstates(what.lower()) or sqlstates(what.upper()):
        name = condition_name(code)
        if name is None:
            continue
        lines += [f"# {code} {name}", ""]
        foreseen = [rule for rule in rules.values() if code in rule.sqlstates]
        if not foreseen:
            lines += ["No rule foresees it.", ""]
            continue
        lines += ["A rerun raises it where one of these rules fires:", ""]
        lines += [f"- {rule.code} {rule.name}: {rule.title}" for rule in foreseen]
        lines.append("")
    return "\n".join(lines) or None
