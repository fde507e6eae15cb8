"""What straight-line code makes plain about variables is put into the conditions behind it."""

from __future__ import annotations

from textwrap import dedent

import pytest

from idemlint.plpgsql.nodes import If, Node, Try

from .story import asked, read, story


def conditions(body: str) -> list[str]:
    """The conditions of all IFs in a body."""
    found: list[str] = []

    def walk(node: Node) -> None:
        if isinstance(node, If):
            found.append(asked(node.condition))
            walk(node.then)
            walk(node.otherwise)
        elif isinstance(node, Try):
            walk(node.body)
            for handler in node.handlers:
                walk(handler.body)
        else:
            for each in getattr(node, "body", ()) if not hasattr(node, "query") else node.body.body:
                walk(each)

    walk(read(dedent(body)))
    return found


@pytest.mark.parametrize(
    ("before", "condition", "expected"),
    [
        ("SELECT EXISTS (SELECT 1 FROM t) INTO v;", "NOT v", "not exists (1 of t)"),
        ("SELECT count(*) INTO v FROM t;", "v = 0", "value (count() of t) = 0"),
        ("SELECT a, b INTO STRICT x, v FROM t;", "v", "value (b of t)"),
        ("v := (SELECT 1 FROM t);", "v IS NULL", "value (1 of t) is_null"),
        ("v := count(*) FROM t;", "v > 0", "value (count() of t) > 0"),
        ("v = to_regclass('t');", "v IS NULL", "to_regclass(t) is_null"),
        ("PERFORM 1 FROM t WHERE a = 1;", "NOT FOUND", "not exists (1 of t where a = 1)"),
        ("SELECT 1 INTO v FROM t;", "NOT FOUND", "not exists (1 of t)"),
        ("EXECUTE 'SELECT count(*) FROM t' INTO v;", "v = 0", "value (count() of t) = 0"),
        ("v := 'a';", "x = v", "x = a"),
        ("v := 'a'; w := v || 'b';", "x = w", "x = a || b"),
    ],
)
def test_known(before: str, condition: str, expected: str) -> None:
    assert conditions(f"BEGIN {before} IF {condition} THEN NULL; END IF; END")[-1] == expected


@pytest.mark.parametrize(
    ("before", "condition"),
    [
        ("v := 1; IF a THEN v := 2; END IF;", "v"),
        ("v := 1; LOOP v := 2; END LOOP;", "v"),
        ("v := 1; FOR v IN 1..3 LOOP NULL; END LOOP;", "v"),
        ("v := 1; BEGIN v := 2; EXCEPTION WHEN others THEN NULL; END;", "v"),
        ("v := 1; GET DIAGNOSTICS v = ROW_COUNT;", "v"),
        ("v := 1; FETCH c INTO v;", "v"),
        ("v := 1; CALL p(v);", "v"),
        ("v := 1; UPDATE t SET a = 1 RETURNING b INTO v;", "v"),
        ("v := 1; EXECUTE x INTO v;", "v"),
        ("v := 1; SELECT * INTO v FROM t;", "v"),
        ("PERFORM 1; UPDATE t SET a = 1;", "found"),
    ],
)
def test_no_longer_known(before: str, condition: str) -> None:
    assert conditions(f"BEGIN {before} IF {condition} THEN NULL; END IF; END")[-1] == condition


def test_declared_constants_and_defaults() -> None:
    body = """
        DECLARE a CONSTANT text := 't'; b text DEFAULT 'u'; c regclass = 'w';
        BEGIN IF to_regclass(a) = to_regclass(b) AND c IS NULL THEN NULL; END IF; END
        """
    assert conditions(body) == ["to_regclass(t) = to_regclass(u) and w::regclass is_null"]


def test_an_inner_declaration_hides_an_outer_one() -> None:
    body = """
        DECLARE v text := 'a';
        BEGIN
          DECLARE v text; BEGIN IF v THEN NULL; END IF; v := 'b'; END;
          IF v THEN NULL; END IF;
        END
        """
    assert conditions(body) == ["v", "a"]


def test_a_branch_that_leaves_does_not_count() -> None:
    body = "BEGIN v := 1; IF a THEN v := 2; RETURN; END IF; IF v THEN NULL; END IF; END"
    assert conditions(body)[-1] == "1"


def test_a_query_is_forgotten_when_its_answer_may_have_changed() -> None:
    asks = "SELECT EXISTS (SELECT 1 FROM pg_class WHERE relname = 't') INTO v;"
    for change in (
        "CREATE TABLE t ();",
        "DROP TABLE t;",
        "ALTER TABLE u RENAME TO t;",
        "EXECUTE x;",
        "EXECUTE 'CREATE TABLE t ()';",
        "IF a THEN DROP TABLE t; END IF;",
    ):
        assert conditions(f"BEGIN {asks} {change} IF v THEN NULL; END IF; END")[-1] == "v", change
    for other in (
        "CREATE TABLE u ();",
        "INSERT INTO t VALUES (1);",
        "PERFORM 1 FROM t;",
        "GRANT SELECT ON t TO r;",
    ):
        known = conditions(f"BEGIN {asks} {other} IF v THEN NULL; END IF; END")[-1]
        assert known == "exists (1 of pg_class where relname = t)", other


def test_two_lookups_then_two_guarded_statements() -> None:
    body = """
        BEGIN
          SELECT EXISTS (SELECT 1 FROM information_schema.columns
            WHERE table_name = 't' AND column_name = 'a') INTO has_a;
          SELECT EXISTS (SELECT 1 FROM information_schema.columns
            WHERE table_name = 't' AND column_name = 'b') INTO has_b;
          IF NOT has_a THEN ALTER TABLE t ADD COLUMN a int; END IF;
          IF NOT has_b THEN ALTER TABLE t ADD COLUMN b int; END IF;
        END
        """
    assert [text[-1] for text in conditions(body)] == [")", ")"]


def test_strict_raises_where_there_is_no_row() -> None:
    told = story("BEGIN SELECT a INTO STRICT v FROM t; END")
    assert told.splitlines() == ["Select", "if exists (a of t)", "  -", "else", "  raise P0002"]


def test_values_that_double_do_not_explode() -> None:
    body = "DECLARE v text := 'aaaa'; BEGIN " + "v := v || v; " * 100 + "EXECUTE v; END"
    assert story(body).startswith("dynamic")
