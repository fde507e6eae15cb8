"""What is refused of a body before it runs, and where; a server says the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from idemlint.plpgsql.validator.headings import OF_DO, BodyParameter, Heading
from idemlint.plpgsql.validator.refusal import NeededType
from idemlint.plpgsql.validator.validation import validated
from postgres.conftest import server
from postgres.server import execute

if TYPE_CHECKING:
    from postgres.server import Server

__all__ = ["server"]

#: Bodies without parameters that return nothing: the SQLSTATE, and the token that is to blame.
REFUSED = [
    ("BEGIN SELEC 1; END", "42601", "SELEC"),
    ("BEGIN IF false THEN SELEC 1; END IF; END", "42601", "SELEC"),
    ("BEGIN IF true THEN NULL; END", "42601", ""),
    ("BEGIN IF true THEN NULL; END; NULL; END IF; END", "42601", ";"),
    ("BEGIN IF true NULL; END IF; END", "42601", ";"),
    ("BEGIN IF THEN NULL; END IF; END", "42601", "THEN"),
    ("BEGIN IF 1 = THEN NULL; END IF; END", "42601", ""),
    ("BEGIN IF (true THEN NULL; END IF; END", "42601", ";"),
    ("BEGIN LOOP EXIT; END; END", "42601", ";"),
    ("BEGIN FOR i IN 1..3 NULL; END LOOP; END", "42601", ";"),
    ("BEGIN FOR r IN SELECT 1 LOOP NULL; END LOOP; END", "42601", "r"),
    ("BEGIN FOR r IN EXECUTE 'SELECT 1' LOOP NULL; END LOOP; END", "42804", "r"),
    ("DECLARE a int; BEGIN FOR a, c IN SELECT 1, 2 LOOP NULL; END LOOP; END", "42601", "c"),
    ("DECLARE a int[]; BEGIN FOREACH x IN ARRAY a LOOP NULL; END LOOP; END", "42601", "x"),
    ("BEGIN x := 1; END", "42601", "x"),
    ("BEGIN SELECT 1 INTO x; END", "42601", "x"),
    ("BEGIN EXECUTE 'x' INTO y; END", "42601", "y"),
    ("DECLARE x int; BEGIN x := 1 +; END", "42601", ""),
    ("DECLARE x int[]; BEGIN x[1+] := 2; END", "42601", "]"),
    ("DECLARE x int; BEGIN x.a := 2; END", "42601", "x.a"),
    ("DECLARE x int BEGIN x := 1; END", "42601", "BEGIN"),
    ("DECLARE x int int; BEGIN END", "42601", "int"),
    ("DECLARE x int, y int; BEGIN END", "42601", ","),
    ("DECLARE x; BEGIN END", "42601", ";"),
    ("DECLARE x int; x text; BEGIN END", "42601", "x"),
    ("DECLARE x int NOT NULL; BEGIN END", "22004", "int"),
    ("DECLARE x CONSTANT int := 1; BEGIN x := 2; END", "22005", "x"),
    ("DECLARE y ALIAS FOR nope; BEGIN END", "42704", "nope"),
    ("DECLARE c CURSOR (k int) FOR SELECT k; BEGIN OPEN c; END", "42601", ";"),
    ("DECLARE c CURSOR FOR SELECT 1; BEGIN OPEN c(1); END", "42601", "("),
    ("DECLARE c refcursor; BEGIN OPEN c; END", "42601", ";"),
    ("DECLARE c int; BEGIN OPEN c FOR SELECT 1; END", "42804", "c"),
    ("DECLARE c refcursor; x int; BEGIN FETCH ALL FROM c INTO x; END", "0A000", "FETCH"),
    ("BEGIN RAISE 'a % %', 1; END", "42601", "RAISE"),
    ("BEGIN RAISE NOTICE 'a', 2; END", "42601", "RAISE"),
    ("BEGIN RAISE NOTCE 'a'; END", "42704", "NOTCE"),
    ("BEGIN RAISE EXCEPTION 'x' USING FOO = 1; END", "42601", "FOO"),
    ("BEGIN RAISE EXCEPTION 'x' || 'y'; END", "42601", "||"),
    ("BEGIN RAISE SQLSTATE '2201'; END", "42601", "'2201'"),
    ("BEGIN NULL; EXCEPTION WHEN foo THEN NULL; END", "42704", "foo"),
    ("BEGIN NULL; EXCEPTION WHEN OTHERS NULL; END", "42601", "NULL"),
    ("BEGIN NULL; EXCEPTION WHEN OTHERS THEN sqlerrm := 'x'; END", "22005", "sqlerrm"),
    ("BEGIN CONTINUE; END", "42601", "CONTINUE"),
    ("<<a>> BEGIN CONTINUE a; END a", "42601", "a"),
    ("BEGIN LOOP EXIT b; END LOOP; END", "42601", "b"),
    ("<<a>> BEGIN NULL; END b", "42601", "b"),
    ("BEGIN RETURN 1; END", "42804", "1"),
    ("BEGIN RETURN NEXT 1; END", "42804", "RETURN"),
    ("BEGIN RETURN QUERY SELECT 1; END", "42804", "RETURN"),
    ("DECLARE x int; BEGIN GET DIAGNOSTICS ROW_COUNT = x; END", "42601", "ROW_COUNT"),
    ("DECLARE x text; BEGIN GET DIAGNOSTICS x = MESSAGE_TEXT; END", "42601", "GET"),
    ("DECLARE y int; BEGIN SELECT 1 INTO y INTO y; END", "42601", "INTO"),
    ("DECLARE y int; r record; BEGIN SELECT 1 INTO r, y; END", "42601", ","),
    ("BEGIN CREATE TRIGGER IF NOT EXISTS x BEFORE INSERT ON t; END", "42601", "NOT"),
    ("BEGIN NULL;; END", "42601", ";"),
    ("BEGIN NULL; END; more", "42601", "more"),
    ("NULL;", "42601", "NULL"),
    ("", "42601", ""),
    ("BEGIN CASE 1 WHEN 1 THEN NULL; END; END", "42601", ";"),
    ("BEGIN COMMIT WORK; END", "42601", "WORK"),
    ("#foo bar\nBEGIN NULL; END", "42601", "foo"),
    ("BEGIN RAISE NOTICE 'never closed; END", "42601", "'never closed; END"),
    ("BEGIN -- Проверка\n  PERFORM 'ж'; SELEC 1; END", "42601", "SELEC"),
]

#: Bodies that are as they should be, whatever there is in the database.
TAKEN = [
    "DECLARE x int; BEGIN x := ; PERFORM; END",
    "DECLARE r record; BEGIN SELECT 1 INTO r.a; r.b.c := 1; END",
    "DECLARE x int = 1; y int :=-1; BEGIN x=-1; y:=+x; END",
    "DECLARE type text; first int; BEGIN type := 'x'; first := 2; SELECT 1 INTO first; END",
    "BEGIN FOR i IN REVERSE 3..1 BY 2 LOOP NULL; END LOOP; END",
    "DECLARE x int; BEGIN x := count(*) FROM pg_class WHERE relname = 'a;b'; END",
    "BEGIN RAISE INFO E'it\\'s % %%', 1; RAISE NOTICE $q$a %$q$, 1; END",
    "BEGIN IF 1 IN (1, 2) AND 'THEN' <> '' THEN NULL; END IF; END",
    "BEGIN EXECUTE 'SELEC 1'; END",
    "BEGIN SELECT 1; INSERT INTO nowhere VALUES (1); END",
    "DECLARE c CURSOR (k int) FOR SELECT k; BEGIN OPEN c(k := 1); FOR r IN c(2) LOOP NULL; END LOOP; END",
    "BEGIN CREATE FUNCTION g() RETURNS int LANGUAGE plpgsql AS $q$ BEGIN SELEC 1; END $q$; END",
]

_VOID = Heading("f")


@pytest.mark.parametrize(("body", "sqlstate", "place"), REFUSED)
def test_a_body_is_refused_at_a_place(body: str, sqlstate: str, place: str) -> None:
    for heading in (OF_DO, _VOID):
        found = validated(body, heading, 15).refusal
        assert found is not None
        assert found.sqlstate == sqlstate
        assert body.encode()[found.start : found.end].decode() == place


@pytest.mark.parametrize("body", TAKEN)
def test_a_body_is_taken(body: str) -> None:
    assert validated(body, OF_DO, 15).refusal is None


@pytest.mark.server
def test_a_server_says_the_same(server: Server) -> None:
    expected = [*((body, state) for body, state, _ in REFUSED), *((body, None) for body in TAKEN)]
    with server.fresh_database() as database, database.connect() as connection:
        for body, sqlstate in expected:
            made = f"CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE plpgsql AS $body${body}$body$"
            assert (execute(connection, made), body) == (sqlstate, body)


@pytest.mark.parametrize(
    ("heading", "body", "sqlstate"),
    [
        (Heading("f", result="int4"), "BEGIN RETURN; END", "42601"),
        (Heading("f", result="int4", is_set=True), "BEGIN RETURN 1; END", "42804"),
        (Heading("f", result="trigger"), "BEGIN RETURN; END", "42601"),
        (Heading("f", result="", is_procedure=True), "BEGIN RETURN 1; END", "42601"),
        (Heading("f", (BodyParameter("a", "int4", "out"),), ""), "BEGIN RETURN 1; END", "42804"),
        (Heading("f", result="int4"), "BEGIN NEW.a := 1; RETURN 1; END", "42601"),
    ],
)
def test_what_the_routine_is_counts(heading: Heading, body: str, sqlstate: str) -> None:
    found = validated(body, heading, 15).refusal
    assert found is not None
    assert found.sqlstate == sqlstate


@pytest.mark.parametrize(
    ("heading", "body"),
    [
        (Heading("f", result="trigger"), "BEGIN NEW.a := 1; tg_op := 'x'; RETURN NEW; END"),
        (
            Heading("f", (BodyParameter("a", "s.t"),), "s.t"),
            "BEGIN a.b := 1; f.a.c := 2; RETURN a; END",
        ),
        (Heading("f", (BodyParameter("", "int4"),), "int4"), "BEGIN $1 := 2; RETURN $1; END"),
        (
            Heading("f", (BodyParameter("a", "mood"), BodyParameter("b", "t.c%type"))),
            "BEGIN a := b; END",
        ),
        (
            Heading("f", (BodyParameter("a", "int4", "table"),), "", is_set=True),
            "BEGIN RETURN NEXT; END",
        ),
    ],
)
def test_parameters_are_variables(heading: Heading, body: str) -> None:
    assert validated(body, heading, 15).refusal is None


def test_declarations_need_their_types_in_their_order() -> None:
    body = """
    DECLARE
      a text := 'mood'; b s.mood; c t%ROWTYPE; d s.t.x%TYPE; e b%TYPE; f numeric(10, 2)[]; g "My Type"[];
    BEGIN
      DECLARE h CURSOR (k other) FOR SELECT 1; BEGIN NULL; END;
    END
    """
    found = validated(body, OF_DO, 15)
    assert found.refusal is None
    assert [each for each in found.needs if each.name[0] != "pg_catalog"] == [
        NeededType("type", ("s", "mood")),
        NeededType("rowtype", ("t",)),
        NeededType("column", ("s", "t", "x")),
        NeededType("type", ("My Type",)),
        NeededType("type", ("other",)),
    ]


def test_only_what_stands_before_an_error_is_needed() -> None:
    found = validated("DECLARE a mood; BEGIN SELEC 1; DECLARE b other; BEGIN END; END", OF_DO, 15)
    assert found.refusal is not None
    assert found.needs == (NeededType("type", ("mood",)),)


@pytest.mark.parametrize(("version", "sqlstate"), [(16, "42601"), (17, "42704")])
def test_the_type_of_a_variable_that_is_not_there(version: int, sqlstate: str) -> None:
    found = validated("DECLARE a nope%TYPE; BEGIN NULL; END", OF_DO, version).refusal
    assert found is not None
    assert found.sqlstate == sqlstate


@pytest.mark.parametrize(
    "body", ["BEGIN {{ checks }} SELEC 1; END", "BEGIN ${x} END", "BEGIN PERFORM :schema.f(; END"]
)
def test_what_is_filled_in_is_not_judged(body: str) -> None:
    assert validated(body, OF_DO, 15).refusal is None


def test_a_body_that_is_nested_very_deeply_is_not_judged() -> None:
    depth = 3000
    body = "BEGIN " + "IF true THEN " * depth + "x" + "END IF; " * depth + "END"
    assert validated(body, OF_DO, 15).refusal is None
