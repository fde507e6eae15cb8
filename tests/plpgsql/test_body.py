"""How a body is read: its statements, branches, handlers and loops."""

from __future__ import annotations

from textwrap import dedent

import pytest

from idemlint.plpgsql.body import body_of
from idemlint.plpgsql.nodes import Block, Dynamic, If, Loop, Sql, Try, statements
from idemlint.source.parse import parse
from idemlint.source.statement import SourceFile

from .story import do, read, story, told


def is_read_as(body: str, expected: str) -> None:
    assert story(body) == dedent(expected).strip()


def test_statements_run_one_after_the_other() -> None:
    is_read_as(
        """
        BEGIN
          CREATE TABLE t (a int);  -- a comment; with a semicolon
          INSERT INTO t VALUES (';');
          NULL;
        END
        """,
        """
        Create t
        Insert t
        """,
    )


def test_if_with_all_its_branches() -> None:
    is_read_as(
        "BEGIN IF a THEN CREATE TABLE x(); ELSIF b THEN NULL; ELSE DROP TABLE x; END IF; END",
        """
        if a
          Create x
        else
          if b
            -
          else
            Drop
        """,
    )


def test_a_handler_with_several_conditions() -> None:
    is_read_as(
        """
        BEGIN
          CREATE TABLE t ();
        EXCEPTION
          WHEN duplicate_table OR SQLSTATE '42710' THEN NULL;
          WHEN OTHERS THEN RAISE;
        END
        """,
        """
        try
          Create t
        when duplicate_table 42710
          -
        when others
          raise None
        """,
    )


def test_blocks_in_blocks() -> None:
    is_read_as(
        """
        <<outer>> DECLARE a int; BEGIN
          BEGIN CREATE TABLE x(); EXCEPTION WHEN duplicate_table THEN NULL; END;
          DECLARE b int; BEGIN CREATE TABLE y(); END;
        END outer;
        """,
        """
        try
          Create x
        when duplicate_table
          -
        Create y
        """,
    )


def test_case_is_a_chain_of_ifs_that_raises_where_nothing_fits() -> None:
    is_read_as(
        "BEGIN CASE x WHEN 1, 2 THEN CREATE TABLE a(); WHEN 3 THEN NULL; END CASE; END",
        """
        if x = 1, 2
          Create a
        else
          if x = 3
            -
          else
            raise 20000
        """,
    )
    is_read_as(
        "BEGIN CASE WHEN a THEN CREATE TABLE a(); ELSE NULL; END CASE; END",
        """
        if a
          Create a
        """,
    )


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("RAISE NOTICE 'x %', a;", "-"),
        ("RAISE NOTICE 'x %', f(a);", "asks x %, f(a)"),
        ("RAISE WARNING SQLSTATE '01000';", "-"),
        ("RAISE EXCEPTION 'no';", "raise P0001"),
        ("RAISE 'no %', 1;", "raise P0001"),
        ("RAISE EXCEPTION 'no' USING HINT = 'x', ERRCODE = 'unique_violation';", "raise 23505"),
        ("RAISE EXCEPTION USING ERRCODE = '23505';", "raise 23505"),
        ("RAISE EXCEPTION USING MESSAGE = 'x';", "raise P0001"),
        ("RAISE division_by_zero;", "raise 22012"),
        ("RAISE SQLSTATE '22012';", "raise 22012"),
        ("RAISE EXCEPTION 'x' USING ERRCODE = SQLSTATE;", "raise None"),
        ("RAISE;", "raise None"),
        ("ASSERT a, 'no';", "if a\n  -\nelse\n  raise P0004"),
        ("RETURN;", "return"),
        ("COMMIT;", "Transaction"),
        ("CALL p(1);", "Call"),
        ("PERFORM f();", "Select"),
    ],
)
def test_simple_statements(statement: str, expected: str) -> None:
    assert story(f"BEGIN {statement} END") == expected


def test_loops() -> None:
    is_read_as(
        """
        BEGIN
          FOR i IN 1..3 LOOP CREATE TABLE a(); END LOOP;
          FOR r IN SELECT * FROM t LOOP NULL; END LOOP;
          FOR r IN EXECUTE 'SELECT 1' LOOP NULL; END LOOP;
          FOREACH v IN ARRAY unknown LOOP CREATE TABLE b(); END LOOP;
          WHILE a < 3 LOOP CREATE TABLE c(); END LOOP;
        END
        """,
        """
        loop
          Create a
        asks * of t
        loop over Select
          -
        loop over Select
          -
        loop
          Create b
        loop
          if not a < 3
            -
          else
            Create c
        """,
    )


def test_what_follows_exit_and_continue_runs_only_if_they_do_not() -> None:
    is_read_as(
        """
        BEGIN
          LOOP
            CONTINUE WHEN a;
            IF b THEN CREATE TABLE x(); EXIT; END IF;
            CREATE TABLE y();
          END LOOP;
          CREATE TABLE z();
        END
        """,
        """
        loop
          if a
            -
          else
            if b
              Create x
            else
              Create y
        Create z
        """,
    )


def test_an_exit_of_an_outer_loop_leaves_the_inner_ones_too() -> None:
    is_read_as(
        """
        BEGIN
          <<a>> LOOP
            LOOP EXIT a; END LOOP;
            CREATE TABLE x();
          END LOOP a;
          <<b>> BEGIN EXIT b; CREATE TABLE never(); END b;
          CREATE TABLE y();
        END
        """,
        """
        loop
          loop
            -
          if ?
            Create x
        -
        Create y
        """,
    )


def test_execute_of_a_constant_is_its_statement() -> None:
    is_read_as(
        """
        DECLARE t CONSTANT text := 'My Table';
        BEGIN
          EXECUTE 'CREATE TABLE a (x int); DROP TABLE b';
          EXECUTE $q$CREATE TABLE c ()$q$;
          EXECUTE format('CREATE TABLE %I (%s)', t, 'a int');
          EXECUTE 'CREATE TABLE ' || quote_ident('d') || ' ()';
          EXECUTE E'CREATE TABLE\\te ()' USING 1;
        END
        """,
        """
        EXECUTE Create a
        EXECUTE Drop
        EXECUTE Create c
        EXECUTE Create My Table
        EXECUTE Create d
        EXECUTE Create e
        """,
    )


def test_execute_of_a_computed_string_keeps_what_is_known_of_it() -> None:
    is_read_as(
        """
        DECLARE col text := 'zz'; q text;
        BEGIN
          EXECUTE format('ALTER TABLE %I ADD COLUMN %I int', r.tablename, col);
          q := 'DROP TABLE ' || x;
          EXECUTE q;
          EXECUTE f();
        END
        """,
        """
        dynamic 'ALTER TABLE %I ADD COLUMN zz int' of add alter int zz
        dynamic 'DROP TABLE %s' of drop
        asks f()
        dynamic None of f
        """,
    )


def test_a_foreach_over_constants_is_told_round_by_round() -> None:
    is_read_as(
        """
        DECLARE t text;
        BEGIN
          FOREACH t IN ARRAY ARRAY['a', 'b']::text[] LOOP
            CONTINUE WHEN to_regclass(t) IS NOT NULL;
            EXECUTE format('CREATE TABLE %I ()', t);
          END LOOP;
          EXECUTE format('CREATE TABLE %I ()', t);
        END
        """,
        """
        if to_regclass(a) is_not_null
          -
        else
          EXECUTE Create a
        if to_regclass(b) is_not_null
          -
        else
          EXECUTE Create b
        dynamic 'CREATE TABLE %I ()' of
        """,
    )


def test_what_postgresql_would_refuse_is_dynamic_and_the_rest_is_read() -> None:
    is_read_as(
        "BEGIN CREATE TABLE a(); CREATE POLICY IF NOT EXISTS p ON t; CREATE TABLE b(); END",
        """
        Create a
        dynamic None of create exists if p policy t
        Create b
        """.replace("create exists if p policy t", "exists if p policy t"),
    )


def test_a_do_statement_in_a_body() -> None:
    is_read_as(
        "BEGIN EXECUTE 'DO $x$ BEGIN CREATE TABLE a(); END $x$'; END",
        "Create a",
    )


def test_semicolons_in_rules_and_sql_bodies_end_nothing() -> None:
    is_read_as(
        """
        BEGIN
          CREATE RULE r AS ON INSERT TO t DO ALSO (INSERT INTO a VALUES (1); DELETE FROM b);
          CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN true THEN 1 END; END;
          CREATE TABLE x();
        END
        """,
        """
        Rule t
        CreateFunction
        Create x
        """,
    )


@pytest.mark.parametrize(
    "body",
    ["", "BEGIN", "BEGIN IF", "BEGIN IF a THEN", "DECLARE", "SELECT 1", "BEGIN '", "BEGIN LOOP x"],
)
def test_broken_text_is_never_an_error(body: str) -> None:
    assert isinstance(read(body), Block)


@pytest.mark.parametrize("ending", ["", ".", "[", "(", "<<", ":=", "sqlstate", "errcode"])
def test_a_body_that_ends_anywhere_is_never_an_error(ending: str) -> None:
    words = [
        "<<a>>",
        "DECLARE",
        "v",
        "int",
        ":=",
        "1",
        ";",
        "c",
        "CURSOR",
        "FOR",
        "SELECT",
        "1",
        ";",
        "BEGIN",
        "v",
        ".",
        "f",
        "[",
        "1",
        "]",
        ":=",
        "2",
        ";",
        "IF",
        "v",
        "THEN",
        "SELECT",
        "a",
        "INTO",
        "STRICT",
        "v",
        "FROM",
        "t",
        ";",
        "ELSIF",
        "w",
        "THEN",
        "RAISE",
        "EXCEPTION",
        "'x'",
        "USING",
        "ERRCODE",
        "=",
        "'1'",
        ";",
        "ELSE",
        "NULL",
        ";",
        "END",
        "IF",
        ";",
        "FOR",
        "r",
        "IN",
        "EXECUTE",
        "'x'",
        "LOOP",
        "EXIT",
        "a",
        "WHEN",
        "v",
        ";",
        "END",
        "LOOP",
        ";",
        "CASE",
        "v",
        "WHEN",
        "1",
        "THEN",
        "CREATE",
        "TABLE",
        "t",
        "(",
        "a",
        "int",
        ")",
        ";",
        "END",
        "CASE",
        ";",
        "GET",
        "DIAGNOSTICS",
        "v",
        "=",
        "ROW_COUNT",
        ";",
        "EXCEPTION",
        "WHEN",
        "SQLSTATE",
        "'42P07'",
        "OR",
        "others",
        "THEN",
        "RETURN",
        "v",
        ";",
        "END",
        "a",
    ]
    for length in range(len(words) + 1):
        body = " ".join([*words[:length], ending])
        assert isinstance(read(body), Block), body


# -- places ----------------------------------------------------------------------------------------


def test_spans_and_locations_are_bytes_of_the_file() -> None:
    sql = """-- čeština
DO $body$ BEGIN
  IF NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'č') THEN
    ALTER TABLE t ADD COLUMN b int;
  END IF;
EXCEPTION WHEN duplicate_column THEN NULL;
END $body$;"""
    data = sql.encode()
    [attempt] = do(sql).body
    assert isinstance(attempt, Try)
    [guarded] = attempt.body.body
    assert isinstance(guarded, If)
    [alter] = guarded.then.body
    assert isinstance(alter, Sql)

    def text(span: tuple[int, int] | None) -> str:
        assert span is not None
        return data[slice(*span)].decode()

    assert text(attempt.span).startswith("BEGIN\n  IF NOT")
    assert text(attempt.handlers[0].span).startswith("WHEN duplicate_column THEN NULL")
    assert text(guarded.span).endswith("END IF")
    assert text(guarded.test) == "NOT EXISTS (SELECT 1 FROM pg_class WHERE relname = 'č')"
    assert text(alter.span) == "ALTER TABLE t ADD COLUMN b int"
    assert data[alter.tree.relation.location :].startswith(b"t ADD")
    assert guarded.condition is not None
    assert data[guarded.condition.args[0].location :].startswith(b"EXISTS")


def test_a_body_in_plain_quotes_has_places_only_if_it_is_written_as_it_runs() -> None:
    [plain] = do("DO 'BEGIN CREATE TABLE t(); END'").body
    assert isinstance(plain, Sql)
    assert plain.span == (10, 26)
    [doubled] = do("DO LANGUAGE plpgsql 'BEGIN EXECUTE ''CREATE TABLE t()''; END'").body
    assert isinstance(doubled, Sql)
    assert doubled.span is None
    assert doubled.executed


def test_other_languages_are_not_read() -> None:
    [node] = do("DO LANGUAGE plperl $$ spi_exec_query('DROP TABLE t') $$").body
    assert isinstance(node, Dynamic)
    assert node.reason == "DO body in language plperl"
    assert "t" in node.mentions


def test_only_do_statements_have_a_body() -> None:
    parsed = parse(SourceFile("a.sql", b"SELECT 1", "SELECT 1"))
    assert body_of(parsed, parsed.statements[0]) is None


def test_loops_are_told_from_blocks() -> None:
    [loop] = read("BEGIN LOOP EXIT; END LOOP; END").body
    assert isinstance(loop, Loop)
    assert told(loop) == "loop\n  -"


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("IF (SELECT x FROM t) THEN NULL; END IF;", "asks value (x of t)\nif value (x of t)\n  -"),
        ("IF (SELECT x FROM pg_class) THEN NULL; END IF;", "if value (x of pg_class)\n  -"),
        ("IF x THEN NULL; END IF;", "if x\n  -"),
        ("IF f(1) THEN NULL; END IF;", "asks f(1)\nif f(1)\n  -"),
        ("IF lower(x) = 'a' THEN NULL; END IF;", "if lower(x) = a\n  -"),
        (
            "IF x THEN NULL; ELSIF (SELECT y FROM t) THEN NULL; END IF;",
            "if x\n  -\nelse\n  asks value (y of t)\n  if value (y of t)\n    -",
        ),
        (
            "CASE (SELECT x FROM t) WHEN 1 THEN NULL; ELSE NULL; END CASE;",
            "asks value (x of t)\nif value (x of t) = 1\n  -",
        ),
        (
            "WHILE (SELECT x FROM t) LOOP NULL; END LOOP;",
            "asks value (x of t)\nloop\n  if not value (x of t)\n    -",
        ),
        (
            "LOOP EXIT WHEN (SELECT x FROM t); END LOOP;",
            "loop\n  asks value (x of t)\n  if value (x of t)\n    -",
        ),
        (
            "ASSERT (SELECT x FROM t);",
            "asks value (x of t)\nif value (x of t)\n  -\nelse\n  raise P0004",
        ),
        ("RAISE EXCEPTION '%', (SELECT x FROM t);", "asks %, value (x of t)\nraise P0001"),
        (
            "EXECUTE 'CREATE TABLE a()' USING (SELECT x FROM t);",
            "asks value (x of t)\nEXECUTE Create a",
        ),
        ("v := x FROM t;", "asks x of t"),
        ("OPEN c FOR SELECT x FROM t;", "asks x of t"),
        ("FOR r IN UPDATE t SET x = 1 RETURNING y LOOP NULL; END LOOP;", None),
    ],
)
def test_what_is_looked_at_is_asked_before(statement: str, expected: str | None) -> None:
    told = story(f"BEGIN {statement} END")
    assert told == (expected or "Update t\nloop over Update t\n  -")


def test_a_cursor_asks_where_it_is_opened() -> None:
    is_read_as(
        """
        DECLARE c CURSOR (n int) FOR SELECT x FROM t WHERE y = n; d CURSOR IS SELECT z FROM t;
        BEGIN
          CREATE TABLE a();
          OPEN c(1);
          FOR r IN d LOOP NULL; END LOOP;
        END
        """,
        """
        Create a
        asks x of t where y = n
        asks z of t
        loop
          -
        """,
    )


def test_a_statement_knows_the_names_of_its_place() -> None:
    block = read(
        """
        <<o>> DECLARE a int; b t.x%TYPE; BEGIN
          CREATE TABLE one();
          DECLARE c numeric(10, 2) NOT NULL := 1; BEGIN CREATE TABLE two(); END;
          <<l>> FOR i IN 1..2 LOOP CREATE TABLE three(); END LOOP;
          BEGIN CREATE TABLE four(); EXCEPTION WHEN OTHERS THEN CREATE TABLE five(); END;
          EXECUTE 'CREATE TABLE six()';
        END
        """
    )
    known = {
        node.tree.relation.relname: {
            name
            for name in ("a", "b", "c", "i", "o", "l", "found", "sqlerrm", "x")
            if node.names is not None and node.names.knows(name)
        }
        for node in statements(block)
    }
    outer = {"a", "b", "o", "found"}
    assert known == {
        "one": outer,
        "two": {*outer, "c"},
        "three": {*outer, "i", "l"},
        "four": outer,
        "five": {*outer, "sqlerrm"},
        "six": set(),
    }
    two = next(node for node in statements(block) if node.tree.relation.relname == "two").names
    assert two is not None
    types = [two.type_of(name) for name in ("a", "b", "c", "o", "x")]
    assert types == ["int4", "", "numeric", None, None]
