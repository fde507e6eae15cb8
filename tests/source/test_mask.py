"""psql's commands and COPY's data are blanked; everything else stays at its place."""

from __future__ import annotations

import pytest

from .words import kinds, parsed, raw, texts

DUMP = """\
--
-- PostgreSQL database dump
--

\\restrict abcDEF123

SET statement_timeout = 0;

COPY public.t (a, b) FROM stdin;
1\tit's; $$ "
\\N\t/* -- \\\\.
\\.


COPY public.u (a) FROM stdin;
\\.

COPY v FROM STDIN WITH (FORMAT csv);
"a;
b"
\\.

ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (a);

\\unrestrict abcDEF123
"""


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_dump(newline):
    dump = DUMP.replace("\n", newline)
    found = parsed(dump)
    assert [each.kind for each in found.statements] == [
        "VariableSetStmt",
        "CopyStmt",
        "CopyStmt",
        "CopyStmt",
        "AlterTableStmt",
    ]
    assert found.problems == ()
    assert [mask.what for mask in found.masks] == ["psql", *["copy-data"] * 3, "psql"]
    assert found.code.count(b"\n") == dump.count("\n")
    assert len(found.code) == len(dump)


def test_commands_are_blanked_to_the_end_of_their_lines():
    sql = "\\set x `cat ';'`\n\\echo 'é; it\nCREATE TABLE t (a int); \\i other.sql\n"
    found = parsed(sql)
    assert texts(sql) == ["CREATE TABLE t (a int)", "\\i other.sql"]
    assert found.problems == ()
    assert [raw(sql)[slice(*mask.span)].decode() for mask in found.masks] == [
        "\\set x `cat ';'`",
        "\\echo 'é; it",
        "\\i other.sql",
    ]


def test_both_branches_of_a_condition_are_read():
    assert kinds("\\if :x\nSELECT 1;\n\\else\nDROP TABLE t;\n\\endif\n") == [
        "SelectStmt",
        "DropStmt",
    ]


@pytest.mark.parametrize("command", ["\\g", "\\gexec", "\\gset pre_", "\\gx", "\\watch 1"])
def test_a_command_that_sends_the_query_ends_the_statement(command):
    assert texts(f"SELECT 'a' {command}\nSELECT 2;") == ["SELECT 'a'", "SELECT 2"]


def test_semicolons_that_do_not_send_yet_cut_too():
    assert texts("SELECT 1\\; SELECT 2;") == ["SELECT 1", "SELECT 2"]


def test_a_command_inside_a_statement_does_not_end_it():
    assert kinds("SELECT 1,\n\\echo hello\n 2;") == ["SelectStmt"]


def test_data_of_the_copy_command():
    assert kinds("\\copy t from stdin\n1;'\n\\.\nSELECT 1;") == ["CopyStmt", "SelectStmt"]


def test_copy_without_data_is_not_given_any():
    assert kinds("\\set x 1\nCOPY t FROM stdin;\nSELECT 1;") == ["CopyStmt", "SelectStmt"]


def test_backslashes_in_literals_are_no_commands():
    found = parsed("SELECT '\n\\set', $$\n\\i$$, E'\\n'; selec")
    assert found.masks == ()
    assert found.code == found.source.data
