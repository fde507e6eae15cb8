"""Dollar quotes that went wrong are told at their opening, and the body is read all the same."""

from __future__ import annotations

import pytest

from .words import kinds, parsed, pointed_at, repaired

FUNCTION = "CREATE FUNCTION f() RETURNS trigger AS"


@pytest.mark.parametrize(
    "sql",
    [
        "DO $ BEGIN CREATE TYPE a AS ENUM ('x'); EXCEPTION WHEN duplicate_object THEN NULL; END $",
        "DO $\nBEGIN\n  ALTER TABLE t ADD b int;\nEND\n$",
        "DO $\r\nBEGIN\r\n  NULL;\r\nEND;\r\n$",
        "DO $ DECLARE i int; BEGIN NULL; END; $ LANGUAGE plpgsql",
        "DO LANGUAGE plpgsql $ BEGIN NULL; END; $",
        "DO $ BEGIN RAISE NOTICE 'only $ ;'; -- don't $\n NULL; END $",
        "DO $ BEGIN EXECUTE 'x' USING $1; END $",
        "DO $ BEGIN NULL; END;$",
        "DO  $BEGIN NULL; END; $",
        f"{FUNCTION} $ BEGIN RETURN NEW; END; $ LANGUAGE plpgsql",
        f"{FUNCTION}\n$\nBEGIN\n  RETURN NEW;\nEND\n$\nLANGUAGE plpgsql",
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $ SELECT 1; $",
        "CREATE FUNCTION f() RETURNS int AS $ SELECT 1 $ IMMUTABLE LANGUAGE sql",
    ],
)
def test_a_single_dollar(sql):
    text = f"SELECT 'é';\n{sql};\nSELECT 2;"
    found = parsed(text)
    assert [each.kind for each in found.statements[::2]] == ["SelectStmt", "SelectStmt"]
    assert found.statements[1].kind in ("DoStmt", "CreateFunctionStmt")
    [problem] = found.problems
    assert problem.kind == "misquoted"
    assert problem.certain
    assert pointed_at(text, problem) == "$"
    mended = repaired(text, problem)
    assert mended.count("$$") == 2
    assert parsed(mended).problems == ()


def test_nothing_moves_when_the_body_is_made_readable():
    text = "DO $ BEGIN DROP TABLE t; END $;\nSELECT 1;"
    found = parsed(text)
    assert len(found.code) == len(text)
    assert found.code.index(b"DROP TABLE t") == text.index("DROP TABLE t")
    assert text[slice(*found.statements[0].span)] == "DO $ BEGIN DROP TABLE t; END $"


def test_each_of_many_is_mended():
    text = "DO $ BEGIN NULL; END $;\n" * 3
    found = parsed(text)
    assert [each.kind for each in found.statements] == ["DoStmt"] * 3
    assert [problem.span.start for problem in found.problems] == [3, 27, 51]


@pytest.mark.parametrize("sql", ["DO $BEGIN NULL; END; $", "DO $ BEGIN NULL; END$"])
def test_without_room_for_a_second_dollar_the_repair_is_known_but_the_body_is_not_read(sql):
    text = f"{sql};\nSELECT 1;"
    found = parsed(text)
    assert [each.kind for each in found.statements] == ["", "SelectStmt"]
    [problem] = found.problems
    assert problem.kind == "misquoted"
    assert problem.certain
    assert parsed(repaired(text, problem)).problems == ()


def test_a_body_that_stays_broken_is_not_certain():
    [problem] = parsed("DO $ BEGIN NULL; END $ nonsense words;").problems or [None]
    assert problem is not None
    assert not problem.certain


@pytest.mark.parametrize(
    ("opening", "closing"),
    [("$body$", "$$"), ("$$", "$body$"), ("$a$", "$b$"), ("$function$", "$func$")],
)
def test_tags_that_differ(opening, closing):
    text = (
        f"{FUNCTION} {opening} BEGIN RETURN NEW; END; {closing} LANGUAGE plpgsql;\n"
        "SELECT 1; DO $$ BEGIN NULL; END $$;"
    )
    found = parsed(text)
    assert [each.kind for each in found.statements] == [
        "CreateFunctionStmt",
        "SelectStmt",
        "DoStmt",
    ]
    [problem] = found.problems
    assert problem.kind == "unclosed"
    assert not problem.certain
    assert pointed_at(text, problem) == opening
    assert f"`{opening}`" in problem.message
    assert f"`{closing}`" in problem.message
    assert parsed(repaired(text, problem)).problems == ()


def test_quotes_that_are_paired_inside_a_body_are_not_its_end():
    body = "$a$ BEGIN EXECUTE $$SELECT 1;$$; END $a$"
    found = parsed(f"DO {body}; selec")
    assert [problem.kind for problem in found.problems] == ["syntax"]
    assert found.statements[0].kind == "DoStmt"


def test_a_body_that_never_ends_gives_back_the_statements_behind_it():
    text = "DO $$ BEGIN\n  NULL;\nEND;\n\nCREATE TABLE t (a int);\nSELECT 1;"
    found = parsed(text)
    assert [each.kind for each in found.statements] == ["", "CreateStmt", "SelectStmt"]
    [problem] = found.problems
    assert problem.kind == "unclosed"
    assert pointed_at(text, problem) == "$$"
    assert kinds(repaired(text, problem)) == ["DoStmt", "CreateStmt", "SelectStmt"]


def test_a_function_whose_body_lacks_its_end_before_language():
    text = f"{FUNCTION} $fn$\r\nBEGIN\r\n  RETURN NEW;\r\nEND;\r\nLANGUAGE plpgsql;\r\nSELECT 1;"
    found = parsed(text)
    assert [each.kind for each in found.statements] == ["", "SelectStmt"]
    [problem] = found.problems
    assert repaired(text, problem).count("\r\n$fn$\r\nLANGUAGE") == 1
    assert kinds(repaired(text, problem)) == ["CreateFunctionStmt", "SelectStmt"]


def test_a_body_without_any_end_is_one_problem():
    found = parsed("SELECT 1; DO $$ BEGIN NULL; NULL;")
    assert [each.kind for each in found.statements] == ["SelectStmt", ""]
    [problem] = found.problems
    assert problem.kind == "unclosed"
    assert problem.repair == ()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT '$ ', $1, a$b FROM t",
        "DO $x$ BEGIN RAISE NOTICE '$'; END $x$",
        "DO $$ BEGIN RAISE NOTICE 'it costs $ 5'; END $$",
        "INSERT INTO t VALUES ('^(gpt)$', 'a $ ; b')",
    ],
)
def test_other_dollars_are_left_alone(sql):
    found = parsed(f"{sql}; selec")
    assert [problem.kind for problem in found.problems] == ["syntax"]
    assert found.code == found.source.data
