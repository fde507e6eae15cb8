"""`idemlint explain`: a rule's page, or what an SQLSTATE means and which rules foresee it."""

from __future__ import annotations

import click

from idemlint.cli import rulebook, terminal
from idemlint.cli.exits import Code
from idemlint.errors import UsageProblem, nearest
from idemlint.postgres.sqlstates import condition_name, sqlstates


@click.command("explain")
@click.argument("what", metavar="CODE|NAME|SQLSTATE")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
def command(what: str, color: str) -> Code:
    """Explain a rule (IDM101, create-table), an SQLSTATE (42P07) or its name (duplicate_table)."""
    names = rulebook.names()
    codes = {name: code for code, name in names.items()}
    code = what.upper() if what.upper() in names else codes.get(what.lower())
    text = rulebook.rule_text(code).markdown if code is not None else _sqlstate(what)
    if text is None:
        hint = nearest(what.upper(), tuple(names)) or nearest(what.lower(), tuple(codes))
        hint = hint or " (`idemlint rules` lists the rules)"
        raise UsageProblem(f"neither a rule nor an SQLSTATE of PostgreSQL: `{what}`{hint}")
    if not text.endswith("\n"):
        text += "\n"
    if terminal.coloured(color):
        terminal.emit_markdown(text)
    else:
        terminal.emit(text)
    return Code.CLEAN


def _sqlstate(what: str) -> str | None:
    """What an SQLSTATE or a condition's name means, as Markdown; None where PostgreSQL has none."""
    lines = []
    for code in sqlstates(what.lower()) or sqlstates(what.upper()):
        name = condition_name(code)
        if name is None:
            continue
        lines += [f"# {code} {name}", ""]
        foreseen = [rule for rule in rulebook.rule_texts().values() if code in rule.sqlstates]
        if not foreseen:
            lines += ["No rule foresees it.", ""]
            continue
        lines += ["A rerun raises it where one of these rules fires:", ""]
        lines += [f"- {rule.code} {rule.name}: {rule.title}" for rule in foreseen]
        lines.append("")
    return "\n".join(lines) or None
