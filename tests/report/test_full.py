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


def test_a_long_list_ends_with_tables_and_how_to_go_on() -> None:
    """A wall of findings turns nobody away: the newest in full, then where they are, and how to go on."""
    wall = report(*many(200), hints=("`idemlint init migrations` makes what is applied context.",))
    text = full.plain(full.lines(wall, tables=True, most=50))
    shown = {line.split(":")[0] for line in text.splitlines() if line.startswith("migrations/")}
    assert shown == {"migrations/0007.sql", "migrations/0008.sql", "migrations/0009.sql"}
    assert text.count("IDM101 [*] This") == 50
    found = text[text.index("200 findings in 10 files, by rule:") :].splitlines()
    assert found[1] == "200  IDM101 [*] create-table"
    assert found[found.index("By folder:") + 1] == "200  migrations"
    most = found[found.index("The files with most:") + 1 :]
    assert most[:10] == [f"20  migrations/{number:04}.sql" for number in range(10)]
    assert "Shown above: 50 of 200 findings, of the newest files. `--no-limit` shows all." in found
    assert "Found 200 errors; 200 fixable with `--fix`." in found
    assert found[-2:] == [
        "How to go on:",
        "  `idemlint init migrations` makes what is applied context.",
    ]


def test_migrations_that_have_a_folder_each_count_for_the_one_above() -> None:
    names = [
        "m/1_a/up.sql",
        "m/2_b/up.sql",
        "m/3_c/up.sql",
        "n/x/1.sql",
        "n/x/2.sql",
        "o/y/1.sql",
        "z.sql",
    ]
    made = report(*(finding()._replace(filename=name) for name in names for _ in range(10)))
    found = full.plain(full.lines(made, tables=True)).splitlines()
    at = found.index("By folder:")
    assert found[at + 1 : at + 5] == ["30  m", "20  n/x", "10  o/y", "10  ."]


def test_without_a_limit_all_is_shown_and_the_tables_too() -> None:
    text = full.plain(full.lines(report(*many(200)), tables=True))
    assert text.count("IDM101 [*] This") == 200
    assert "By folder:" in text
    assert "--no-limit" not in text


def test_up_to_fifty_nothing_is_left_out() -> None:
    text = full.plain(full.lines(report(*many(50)), tables=True, most=50))
    assert text.count("IDM101 [*] This") == 50
    assert "By folder" not in text


def test_more_files_than_ten_are_counted_together() -> None:
    made = [finding(filename=f"m{number // 2}/{number}.sql") for number in range(60)]
    text = full.plain(full.lines(report(*made), tables=True, most=50))
    assert "40  in 20 other folders" in text
    assert "50  in 50 other files" in text


def test_a_headline_is_broken_between_words() -> None:
    made = report(finding(message="CREATE TABLE users fails on a rerun: " + "word " * 40))
    rows = full.plain(full.lines(made, width=60)).splitlines()
    head = rows[: next(place for place, row in enumerate(rows) if row.startswith("  |"))]
    assert len(head) > 3
    assert all(len(row) <= 60 for row in head)
    assert all(row.startswith("  ") for row in head[1:])
    assert " ".join(row.strip() for row in head).endswith("word word")


def test_a_pipe_gets_everything() -> None:
    assert full.render(report(*many(200))).count("IDM101 [*]") == 200


def test_control_characters_in_messages_do_not_reach_the_terminal() -> None:
    text = full.render(report(finding(message="a \x1b[31m b\nc", filename="x\x1b.sql")))
    assert "\x1b" not in text
    assert "\na" not in text
