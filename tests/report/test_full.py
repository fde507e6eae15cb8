"""The report for people: rustc's shape, the same words with and without a terminal."""

from __future__ import annotations

import io

from idemlint.diagnostics import Applicability, Severity
from idemlint.report import full
from idemlint.report.account import Account
from report.samples import finding, many, report


def test_a_finding_piped() -> None:
    assert full.render(report(finding())) == (
        "migrations/1.sql:2:1: IDM101 [*]"
        " This `CREATE TABLE` fails on a rerun: users is there already\n"
        "  |\n"
        "2 | CREATE TABLE users (id int);\n"
        "  | ^^^^^^^^^^^^^^^^^^^^^^^^^^^\n"
        "  |\n"
        "  = PostgreSQL says on the rerun: 42P07 duplicate_table\n"
        "  = help: Add `IF NOT EXISTS`.\n"
        "  = safe fix: Guard the table\n"
        "\n"
        "Found 1 error; 1 fixable with `--fix`.\n"
        "1 file checked.\n"
    )


def test_a_clean_run() -> None:
    assert full.render(report()) == "Nothing found in 1 file (2 statements).\n1 file checked.\n"


def test_statements_that_could_not_be_judged_are_counted() -> None:
    text = full.render(report(account=Account(1, 2, 1)))
    assert "1 file checked, 1 statement unknown; `idemlint replay` says why.\n" in text


def test_the_summary_counts_errors_warnings_and_fixes() -> None:
    text = full.render(
        report(
            finding(),
            finding(severity=Severity.WARNING, applicability=Applicability.UNSAFE),
            finding(severity=Severity.WARNING, applicability=None),
        )
    )
    assert (
        "\nFound 1 error, 2 warnings; 1 fixable with `--fix`, 1 more with `--unsafe-fixes`.\n"
        in text
    )


def test_quiet_leaves_the_summary_out() -> None:
    assert full.render(report(finding()), quiet=True).endswith("Guard the table\n\n")
    assert full.render(report(), quiet=True) == ""


def test_only_fixes_that_can_be_applied_are_marked() -> None:
    assert " [-] " in full.render(report(finding(applicability=Applicability.UNSAFE)))
    for applicability in (Applicability.DISPLAY, None):
        heading = full.render(report(finding(applicability=applicability))).splitlines()[0]
        assert "[" not in heading


def _coloured(text_of: list[full.Line]) -> str:
    from rich.console import Console

    out = io.StringIO()
    console = Console(file=out, force_terminal=True, color_system="standard", width=60)
    full.print_rich(text_of, console)
    return out.getvalue()


def _without_colour(text: str) -> str:
    import re

    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def test_a_terminal_reads_the_same_words() -> None:
    made = report(finding())
    coloured = _coloured(list(full.lines(made)))
    assert "\x1b[" in coloured
    assert _without_colour(coloured) == full.render(made)


def test_sql_is_never_taken_for_markup() -> None:
    statement = b"SELECT ARRAY[id], '[red]', ':smile:', \\[x]"
    made = report(finding(statement + b";", statement, message="ARRAY[id] [bold]stays[/bold]"))
    shown = _without_colour(_coloured(list(full.lines(made))))
    assert "SELECT ARRAY[id], '[red]', ':smile:', \\[x]" in shown
    assert "ARRAY[id] [bold]stays[/bold]" in shown


def test_help_is_wrapped_to_the_terminal() -> None:
    made = report(finding(help="word " * 60))
    rows = full.plain(full.lines(made, width=60)).splitlines()
    helped = [row for row in rows if "word" in row]
    assert len(helped) > 3
    assert all(len(row) <= 60 for row in helped)
    assert helped[1].startswith(" " * len("  = help: ") + "word")


def test_above_a_hundred_findings_a_terminal_gets_an_overview() -> None:
    """A wall of findings turns nobody away: counts by rule, the newest three files in full, how to go on."""
    wall = report(*many(200), hints=("`idemlint init` …",))
    text = full.plain(full.lines(wall, shorten=True))
    assert "200  IDM101 [*] create-table" in text
    shown = {line.split(":")[0] for line in text.splitlines() if line.startswith("migrations/")}
    assert shown == {"migrations/0007.sql", "migrations/0008.sql", "migrations/0009.sql"}
    assert text.endswith("  `idemlint init` …\n")
    assert "Found 200 errors" in text


def test_up_to_a_hundred_everything_is_shown() -> None:
    text = full.plain(full.lines(report(*many(100)), shorten=True))
    assert text.count("IDM101 [*]") == 100


def test_a_pipe_gets_everything() -> None:
    assert full.render(report(*many(200))).count("IDM101 [*]") == 200


def test_control_characters_in_messages_do_not_reach_the_terminal() -> None:
    text = full.render(report(finding(message="a \x1b[31m b\nc", filename="x\x1b.sql")))
    assert "\x1b" not in text
    assert "\na" not in text
