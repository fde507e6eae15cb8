"""`idemlint explain`: a rule's page, what an SQLSTATE or a runner's error wants, or what a log tells."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

import click

from idemlint.cli import rulebook, terminal
from idemlint.cli.exits import Code
from idemlint.errors import UsageProblem, nearest
from idemlint.postgres.sqlstates import condition_name, sqlstates

if TYPE_CHECKING:
    from idemlint.outage.own_errors import OwnError


@click.command("explain")
@click.argument("what", metavar="CODE|NAME|SQLSTATE|MESSAGE|-")
@click.argument("paths", nargs=-1, type=click.Path(path_type=str))
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
def command(what: str, paths: tuple[str, ...], color: str) -> Code:
    """Explain a rule (IDM101, create-table), the rules of a prefix (IDM10), an SQLSTATE (42P07) or its name
    (duplicate_table), a runner's own error (P3009, "Dirty database version"), or a log: with - it is read
    from standard input, and PATHS are the migrations that it is about."""
    if what == "-":
        from idemlint.cli import pasted

        return pasted.explain(sys.stdin.buffer.read(), paths, color)
    asked = " ".join((what, *paths))
    text = _rules(asked) or _sqlstate(asked) or _own(asked)
    if text is None:
        raise UsageProblem(_unknown(asked))
    if not text.endswith("\n"):
        text += "\n"
    if terminal.coloured(color):
        terminal.emit_markdown(text)
    else:
        terminal.emit(text)
    return Code.CLEAN


def _rules(what: str) -> str | None:
    """A rule's page, or the list of those that a prefix names."""
    names = rulebook.names()
    codes = {name: code for code, name in names.items()}
    code = what.upper() if what.upper() in names else codes.get(what.lower())
    if code is not None:
        return rulebook.rule_text(code).markdown
    if not re.fullmatch(r"IDM\d{0,2}", what.upper()):
        return None
    found = [rule for rule in rulebook.rule_texts().values() if rule.code.startswith(what.upper())]
    if not found:
        return None
    lines = [f"# {what.upper()}: {len(found)} rules", ""]
    lines += [f"- {rule.code} {rule.name}: {rule.title}" for rule in found]
    lines += ["", f"`idemlint explain {found[0].code}` shows the page of one."]
    return "\n".join(lines)


def _sqlstate(what: str) -> str | None:
    """What an SQLSTATE or a condition's name wants and means, as Markdown; None where PostgreSQL has none."""
    from idemlint.outage.advice import what_now

    lines = []
    for code in sqlstates(what.lower()) or sqlstates(what.upper()):
        name = condition_name(code)
        if name is None:
            continue
        lines += [f"# {code} {name}", "", "What to do now:", ""]
        lines += [f"- {each}" for each in what_now(code)]
        lines.append("")
        foreseen = [rule for rule in rulebook.rule_texts().values() if code in rule.sqlstates]
        if not foreseen:
            lines += ["No rule foresees it.", ""]
            continue
        lines += ["A rerun raises it where one of these rules fires:", ""]
        lines += [f"- {rule.code} {rule.name}: {rule.title}" for rule in foreseen]
        lines.append("")
    return "\n".join(lines) or None


def _own(what: str) -> str | None:
    """A runner's own error; several runners may have one of that name."""
    from idemlint.outage.known_errors import asked_for

    return "\n".join(map(_own_page, asked_for(what))) or None


def _own_page(own: OwnError) -> str:
    from idemlint import runners

    title = own.title[:1].upper() + own.title[1:]
    if own.runner:
        title = f"{runners.get(own.runner).title}: {own.title}"
    lines = [f"# {title}", "", "What to do now:", ""]
    lines += [f"- {each}" for each in own.now]
    lines += ["", f"What happened: {own.happened}", "", f"What stays: {own.stays}", ""]
    return "\n".join(lines)


def _unknown(what: str) -> str:
    from idemlint.outage import known_errors
    from idemlint.postgres.sqlstates import every_sqlstate

    names = rulebook.names()
    known = known_errors.names()
    states = every_sqlstate()
    hint = (
        nearest(what.upper(), (*names, *states, *(each for each in known if each.isupper())))
        or nearest(what.lower(), (*names.values(), *states.values(), *known))
        or " (`idemlint rules` lists the rules; `idemlint explain - < LOG` reads a log)"
    )
    return f"neither a rule, nor an SQLSTATE of PostgreSQL, nor a runner's error: `{what}`{hint}"
