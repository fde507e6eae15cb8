"""Placeholders are filled where a statement does not parse without, and only there."""

from __future__ import annotations

import pytest

from idemlint.source.parse import parse
from idemlint.source.placeholders import FAMILIES
from idemlint.source.text import decode

from .words import parsed, raw


def placeholders(sql: str) -> list[str]:
    found = parsed(sql)
    assert found.problems == ()
    assert len(found.code) == len(raw(sql))
    assert {mask.what for mask in found.masks} <= {"placeholder"}
    return [raw(sql)[slice(*mask.span)].decode() for mask in found.masks]


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("CREATE TABLE ${schema}.t (a int)", ["${schema}"]),
        ("CREATE TABLE ${prefix}_t (a int)", ["${prefix}"]),
        ("CREATE TABLE $schema.t (a int)", ["$schema"]),
        ("CREATE TABLE $%SCHEMA%$.t (a int)", ["$%SCHEMA%$"]),
        ("GRANT ALL ON t TO {{ .User }}", ["{{ .User }}"]),
        (
            'GRANT ALL ON t TO {{ index .Options "Namespace" }}',
            ['{{ index .Options "Namespace" }}'],
        ),
        ("CREATE TABLE :schema.t (a int)", [":schema"]),
        ("INSERT INTO t VALUES (:'v', :\"w\")", [":'v'", ':"w"']),
        ("CREATE FUNCTION @extschema@.f() RETURNS int AS 'x', 'y' LANGUAGE c", ["@extschema@"]),
        ("SELECT @extschema:other@.f()", ["@extschema:other@"]),
        ("SELECT %(name)s", ["%(name)s"]),
        ("CREATE TABLE t (a varchar(${n}), b ${type})", ["${n}", "${type}"]),
        ("COMMENT ON TABLE ${t} IS ${text}", ["${t}", "${text}"]),
        ("ALTER ROLE r PASSWORD :password", [":password"]),
        ("CREATE TABLE t (a int) ${options}", ["${options}"]),
        ("{{ if .IsPostgres }} SELECT 1", ["{{ if .IsPostgres }}"]),
        ("{% if x %} SELECT 1", ["{% if x %}"]),
        ("SELECT a::int, b[1:2], :c", [":c"]),
    ],
)
def test_a_statement_parses_with_its_placeholders_filled(sql, found):
    assert placeholders(sql) == found
    assert placeholders(f"-- é\nSELECT 1;{sql};SELECT 2") == found


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT a[1:n], 'x'::text, a :: int",
        "SELECT '${a} :b {{ c }}', \"${d}\"",
        "SELECT 1 -- ${a}\n /* {{ b }} */",
        "DO $$ BEGIN EXECUTE '${a}'; PERFORM {{ b }}; END $$",
        "SELECT $name$ text $name$",
        "SELECT a @ b, c @> d, 5 % 2",
    ],
)
def test_a_statement_that_parses_as_it_is_stays_as_it_is(sql):
    found = parsed(f"{sql}; selec")
    assert found.statements[0].kind
    assert found.masks == ()
    assert found.code == found.source.data


def test_equal_placeholders_become_equal_names():
    found = parsed("CREATE TABLE ${s}.t (a int); DROP TABLE ${s}.t; DROP TABLE ${r}.t")
    created, dropped, other = (each.tree for each in found.statements)
    names = [dropped.objects[0].fields["items"], other.objects[0].fields["items"]]
    schemas = [items[0]["String"]["sval"] for items in names]
    assert created.relation.schemaname == schemas[0] != schemas[1]


def test_only_the_families_asked_for_are_filled():
    source = decode("a.sql", b"SELECT ${a}; SELECT {{ b }};")
    found = parse(source, placeholders=frozenset(["dollar"]))
    assert [each.kind for each in found.statements] == ["SelectStmt", ""]
    assert parse(source, placeholders=frozenset()).masks == ()
    assert {each.kind for each in parse(source, placeholders=FAMILIES).statements} == {"SelectStmt"}


def test_a_statement_that_stays_broken_is_told_by_what_is_wrong_with_it():
    found = parsed("CREATE TABLE ${s}.t (a int,,)")
    assert found.masks == ()
    [problem] = found.problems
    assert problem.message == 'syntax error at or near ","'
