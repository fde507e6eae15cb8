"""psql's `\\i`: which file it names."""

from __future__ import annotations

import pytest

from idemlint.source.psql_includes import PsqlInclude, includes_of

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
