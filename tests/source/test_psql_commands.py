"""What psql's own commands do: which file `\\i` names, and what of the others is SQL."""

from __future__ import annotations

import pytest

from idemlint.source.parse import parse
from idemlint.source.psql_commands import PsqlInclude, commands_in, includes_of, is_executed
from idemlint.source.text import decode

RUN = "only a run tells which file that is"


@pytest.mark.parametrize(
    ("command", "name", "is_relative"),
    [
        ("\\i a.sql", "a.sql", False),
        ("\\include a.sql", "a.sql", False),
        ("\\ir a.sql", "a.sql", True),
        ("\\include_relative a.sql", "a.sql", True),
        ("\\i a.sql;", "a.sql", False),
        ("\\i a.sql ; -- and more", "a.sql", False),
        ("\\i\ta.sql\r", "a.sql", False),
        ("\\i 'with space.sql'", "with space.sql", False),
        ("\\i 'it''s.sql'", "it's.sql", False),
        (r"\i 'tab\there.sql'", "tab\there.sql", False),
        ("\\i dir/'two parts'.sql", "dir/two parts.sql", False),
        ("\\i ':dir.sql'", ":dir.sql", False),
        ("\\i c:/a.sql", "c:/a.sql", False),
    ],
)
def test_the_file(command: str, name: str, is_relative: bool) -> None:
    code = f"SELECT 1;\n{command}\nSELECT 2;\n".encode()
    assert includes_of(code) == (PsqlInclude(name, is_relative),)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("\\i", "it names no file"),
        ("\\i ;", "it names no file"),
        ("\\i :file", RUN),
        ("\\i :'dir'/a.sql", RUN),
        ('\\i :"dir"/a.sql', RUN),
        ("\\i `ls | tail -1`", RUN),
        ("\\i ~/a.sql", RUN),
        ("\\ir :{?x}", RUN),
    ],
)
def test_what_only_a_run_tells(command: str, why: str) -> None:
    (found,) = includes_of(f"{command}\n".encode())
    assert (found.name, found.why) == ("", why)


@pytest.mark.parametrize(
    "text",
    [
        "\\if true\n\\endif\n",
        "\\echo \\i a.sql\n",
        "-- \\i a.sql\n",
        "SELECT '\n\\i a.sql\n';\n",
        "DO $$ BEGIN /*\n\\i a.sql\n*/ END $$;\n",
        "COPY t FROM stdin;\n\\i a.sql\n\\.\n",
    ],
)
def test_other_text_runs_no_file(text: str) -> None:
    assert includes_of(text.encode()) == ()


def test_they_come_in_order() -> None:
    found = includes_of(b"\\i a\nSELECT 1\\g\n\\ir b\n\\i :c\n\\i a\n")
    assert [each.name for each in found] == ["a", "b", "", "a"]


def statements(text: str) -> list[str]:
    """What a script has: kinds, and the problems of what has none."""
    parsed = parse(decode("x.sql", text.encode()))
    return [
        each.kind or (each.problem.message if each.problem else "") for each in parsed.statements
    ]


@pytest.mark.parametrize(
    "command",
    [
        "\\copy t FROM 'x.csv'",
        "\\copy t (a, b) from 'x.csv' with (format csv, header);",
        "\\copy public.t from program 'gzip -dc x.gz'",
        "\\copy t FROM pstdin",
        "\\copy (SELECT 1) TO 'x.csv'",
    ],
)
def test_copy_is_a_statement_of_its_own(command: str) -> None:
    text = f"SELECT 1;\n{command}\nSELECT 2;\n"
    assert statements(text) == ["SelectStmt", "CopyStmt", "SelectStmt"]
    copy = parse(decode("x.sql", text.encode())).statements[1]
    assert text.encode()[copy.start : copy.end].startswith(b"copy ")


@pytest.mark.parametrize(
    ("command", "why"),
    [
        ("\\copy t FROM x.csv", "is not read as COPY"),
        ("\\c other", "goes on in another database: what is behind it happens there"),
        (
            "\\connect 'host=a dbname=b'",
            "goes on in another database: what is behind it happens there",
        ),
        ("\\! rm -rf x", "runs a program, which may do anything"),
        ("\\lo_import 'x.png'", "makes a large object, or takes one away: idemlint knows none"),
    ],
)
def test_what_nobody_can_follow_is_said(command: str, why: str) -> None:
    assert statements(f"SELECT 1;\n{command}\n") == ["SelectStmt", f"`{command}` {why}"]


@pytest.mark.parametrize(
    "command",
    [
        "\\c",
        "\\c -",
        "\\c - alice",
        "\\set a b",
        "\\echo x",
        "\\timing",
        "\\d t",
        "\\if :x",
        "\\gset",
    ],
)
def test_the_others_do_nothing_to_a_database(command: str) -> None:
    assert statements(f"SELECT 1;\n{command}\n") == ["SelectStmt"]


@pytest.mark.parametrize(
    ("text", "executed"),
    [
        ("SELECT 'x' \\gexec", [True]),
        ("SELECT 'x'\n  \\gexec\nSELECT 2;", [True, False]),
        ("SELECT 1;\nSELECT 'x'\\gexec", [False, True]),
        ("SELECT 'x' \\g\nSELECT 'y' \\gset", [False, False]),
    ],
)
def test_whose_results_are_run(text: str, executed: list[bool]) -> None:
    parsed = parse(decode("x.sql", text.encode()))
    assert [is_executed(parsed, each) for each in parsed.statements] == executed


def test_commands_are_told_from_mistakes() -> None:
    text = "SELECT 1;\n\\set a b\n\\nope\n\\dt+ x\n\\! ls\nSELECT 2 \\g\n"
    found = commands_in(parse(decode("x.sql", text.encode())))
    assert [text[slice(*span)] for span in found] == ["\\set a b", "\\dt+ x", "\\! ls", "\\g"]
