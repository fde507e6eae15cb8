"""A file becomes its statements, whatever else it holds."""

from __future__ import annotations

from itertools import pairwise

import pytest

from idemlint.source.statement import Chunk, Span

from .words import kinds, parsed, pointed_at, raw, texts

TABLE = "CREATE TABLE t (a int)"


@pytest.mark.parametrize(
    "sql", ["", "\n", "-- only this", "/* a */", ";;", "\ufeff", "\ufeff-- a\r\n"]
)
def test_a_file_without_statements(sql):
    found = parsed(sql)
    assert found.statements == ()
    assert found.problems == ()


@pytest.mark.parametrize(
    "sql",
    [
        f"{TABLE};\nSELECT 1;\n",
        f"{TABLE};\r\nSELECT 1;\r\n",
        f"-- a\r\n{TABLE};\n/* b */ SELECT 1",
        f"\ufeff{TABLE};SELECT 1",
        f"-- größer\n{TABLE} -- ü\n;\n/* é */ SELECT 1 /* /* ß */ */ ;",
        f";; {TABLE} \f\v ;; SELECT 1\n\n-- end",
        f"{TABLE}--\n;SELECT 1/**/;",
    ],
)
def test_spans_are_the_bytes_of_the_statements_alone(sql):
    assert texts(sql) == [TABLE, "SELECT 1"]
    assert texts(f"{sql}\n; selec") == [TABLE, "SELECT 1", "selec"]


def test_statements_are_numbered_and_named():
    found = parsed(f"{TABLE}; SELECT 1;")
    assert [(each.index, each.kind) for each in found.statements] == [
        (0, "CreateStmt"),
        (1, "SelectStmt"),
    ]
    assert found.statements[0].tree.relation.relname == "t"
    assert found.statements[0].span == (0, len(TABLE))


def test_what_is_as_it_should_be_is_parsed_from_the_bytes_on_disk():
    found = parsed(TABLE)
    assert found.code is found.source.data
    assert found.code == TABLE.encode()


@pytest.mark.parametrize("head", ["", "selec; ", "-- é\n", "selec 'é'; "])
def test_locations_in_trees_are_offsets_into_the_file(head):
    sql = f"{head}SELECT 1; DROP VIEW v; ALTER TABLE abc ADD b int"
    relation = parsed(sql).statements[-1].tree.relation
    assert raw(sql)[relation.location :].startswith(b"abc")


class TestBrokenStatements:
    def test_all_others_are_still_read(self):
        assert kinds(f"{TABLE}; CREATE TABEL u; SELECT 1; DROP TABLE IF t; SELECT 2") == [
            "CreateStmt",
            "",
            "SelectStmt",
            "",
            "SelectStmt",
        ]

    @pytest.mark.parametrize("head", ["", "\ufeff", "-- é\r\n", "SELECT 'ü'; "])
    def test_the_problem_stands_where_the_parser_points(self, head):
        sql = f"{head}CREATE TABEL t; SELECT 1"
        found = parsed(sql)
        [problem] = found.problems
        assert problem.kind == "syntax"
        assert problem.message == 'syntax error at or near "TABEL"'
        assert pointed_at(sql, problem) == "TABEL"
        [statement] = [each for each in found.statements if not each.kind]
        assert statement.tree is None
        assert statement.problem is problem
        assert raw(sql)[slice(*statement.span)] == b"CREATE TABEL t"

    def test_a_statement_that_stops_too_soon_is_told_as_the_server_tells_it(self):
        [problem] = parsed("ALTER TABLE t ADD a int,; SELECT 1").problems
        assert problem.message == 'syntax error at or near ";"'

    def test_messages_do_not_quote_the_rest_of_the_file(self):
        [problem] = parsed("SELECT 'abc\ndef" + "x" * 500).problems
        assert problem.message == 'unterminated quoted string at or near "\'abc…"'

    def test_a_semicolon_that_is_missing_is_one_problem(self):
        sql = "ALTER TABLE a DROP b\nALTER TABLE c DROP d; SELECT 1"
        assert kinds(sql) == ["", "SelectStmt"]
        assert pointed_at(sql, parsed(sql).problems[0]) == "ALTER"

    def test_bodies_with_semicolons_stay_whole(self):
        body = "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT CASE WHEN true THEN 1 END; END"
        rule = "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM a; DELETE FROM b)"
        assert texts(f"selec; {body}; {rule}; DO $$BEGIN; END$$") == [
            "selec",
            body,
            rule,
            "DO $$BEGIN; END$$",
        ]


class TestSections:
    SQL = "-- up\nCREATE TABLE t (a int);\n-- down\nDROP TABLE t;\n"

    def chunks(self, *cuts: str) -> list[Chunk]:
        places = [self.SQL.index(cut) for cut in cuts] + [len(self.SQL)]
        return [
            Chunk(Span(start, end), "down" if number else "up")
            for number, (start, end) in enumerate(pairwise(places))
        ]

    def test_each_statement_has_its_section(self):
        found = parsed(self.SQL, self.chunks("-- up", "-- down"))
        assert [(each.index, each.kind, each.section) for each in found.statements] == [
            (0, "CreateStmt", "up"),
            (1, "DropStmt", "down"),
        ]

    def test_what_no_section_holds_is_not_read(self):
        [chunk] = self.chunks("-- down")
        found = parsed(self.SQL, [chunk])
        assert [(each.index, each.kind) for each in found.statements] == [(0, "DropStmt")]
        assert parsed(self.SQL, []).statements == ()

    def test_sections_are_read_apart_where_a_semicolon_is_missing(self):
        sql = "ALTER TABLE t ADD a int\n-- down\nALTER TABLE é DROP a"
        cut = sql.index("--")
        end = len(sql.encode())
        found = parsed(sql, [Chunk(Span(cut, end), "down"), Chunk(Span(0, cut), "up")])
        assert [each.section for each in found.statements] == ["up", "down"]
        assert [each.index for each in found.statements] == [0, 1]
        assert found.problems == ()
        assert raw(sql)[slice(*found.statements[0].span)] == b"ALTER TABLE t ADD a int"
        location = found.statements[1].tree.relation.location
        assert raw(sql)[location:].decode().startswith("é")

    def test_sections_that_would_merge_into_one_statement_are_read_apart(self):
        sql = "SELECT 1\n-- cut\nUNION SELECT 2"
        cut = sql.index("--")
        assert kinds(sql) == ["SelectStmt"]
        found = parsed(sql, [Chunk(Span(0, cut)), Chunk(Span(cut, len(sql)))])
        assert [each.kind for each in found.statements] == ["SelectStmt", ""]

    def test_a_cut_through_a_body_is_a_problem_of_both_parts(self):
        sql = "DO $$ BEGIN\n-- cut\nNULL; END $$; SELECT 1"
        cut = sql.index("--")
        found = parsed(sql, [Chunk(Span(0, cut)), Chunk(Span(cut, len(sql)))])
        assert found.statements[0].kind == ""
        assert found.problems[0].kind == "unclosed"


class TestDepth:
    @pytest.mark.parametrize(
        "deep",
        [
            "SELECT 1" + "+1" * 700,
            "SELECT 1" + "+1" * 50_000,
            "SELECT " + "(" * 20_000 + "1" + ")" * 20_000,
            "SELECT " + "NOT " * 20_000 + "true",
            "SELECT " + "/*" * 5_000 + "*/" * 5_000 + "1",
        ],
        ids=["tree", "terms", "parentheses", "not", "comments"],
    )
    def test_a_tree_too_deep_is_no_finding_and_spoils_nothing_else(self, deep):
        found = parsed(f"{TABLE}; {deep}; SELECT 2")
        assert [each.kind for each in found.statements] == ["CreateStmt", "", "SelectStmt"]
        assert found.problems == ()
        problem = found.statements[1].problem
        assert problem.kind == "too-deep"
        assert "too deeply" in problem.message

    def test_parentheses_alone_are_not_deep(self):
        assert kinds("SELECT " + "(" * 2_000 + "1" + ")" * 2_000) == ["SelectStmt"]


def test_more_sql_than_memory_has_room_for_is_refused(monkeypatch):
    monkeypatch.setattr("idemlint.source.parse.MAX_SQL", 100)
    found = parsed(f"{TABLE};\n" * 10)
    assert found.statements == ()
    assert "MB of SQL in one file" in found.problems[0].message


def test_data_for_copy_does_not_count_as_sql(monkeypatch):
    monkeypatch.setattr("idemlint.source.parse.MAX_SQL", 100)
    found = parsed("COPY t FROM stdin;\n" + "1\n" * 200 + "\\.\nSELECT 1;")
    assert [each.kind for each in found.statements] == ["CopyStmt", "SelectStmt"]
