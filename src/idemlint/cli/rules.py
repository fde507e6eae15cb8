"""`idemlint rules`: all rules in a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from idemlint.cli import terminal
from idemlint.cli.exits import Code
from idemlint.cli.rulebook import rule_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from idemlint.report.lines import Line
    from idemlint.report.run_report import RuleText


@click.command("rules")
@click.option("--output-format", type=click.Choice(["full", "json"]), default="full")
@click.option("--color", type=click.Choice(["auto", "always", "never"]), default="auto")
def command(output_format: str, color: str) -> Code:
    """List all rules: code, name, severity, on or off by default, fixes, SQLSTATEs."""
    rules = rule_texts().values()
    if output_format == "json":
        from idemlint.report import json

        terminal.emit(json.dumps([_as_dict(rule) for rule in rules]))
    else:
        terminal.emit_lines(_table(rules), color)
    return Code.CLEAN


def _as_dict(rule: RuleText) -> dict[str, object]:
    return {
        "code": rule.code,
        "name": rule.name,
        "title": rule.title,
        "severity": rule.severity,
        "default": rule.default,
        "fix": list(rule.fix),
        "sqlstate": list(rule.sqlstates),
        "url": rule.url,
    }


def _table(rules: Iterable[RuleText]) -> Iterator[Line]:
    rows = [
        (
            rule.code,
            rule.name,
            rule.severity,
            "on" if rule.default else "off",
            ", ".join(rule.fix) or "-",
            " ".join(rule.sqlstates),
        )
        for rule in rules
    ]
    head = ("code", "name", "severity", "default", "fix", "SQLSTATE")
    widths = [max(len(row[column]) for row in (head, *rows)) for column in range(len(head))]
    yield _row(head, widths, ["label"] * len(head))
    for row in rows:
        default = "good" if row[3] == "on" else "cut"
        yield _row(row, widths, [row[2], "message", row[2], default, "fix", "sqlstate"])


def _row(cells: tuple[str, ...], widths: list[int], styles: list[str]) -> Line:
    line: Line = []
    for cell, width, style in zip(cells, widths, styles, strict=True):
        line += [(cell, style), (" " * (width - len(cell) + 2), "text")]
    return line[:-1]
