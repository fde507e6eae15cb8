"""Our reader and PostgreSQL's own parser see the same statements in the same order.

The bodies of `tests/postgres/data` are all compared, and here some with everything else in them. The
same comparison holds for all DO blocks of the folders in the corpus, which is not in the repository:
`python -m plpgsql.referee FOLDER` in tests/ makes it.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from .referee import ours, theirs

DATA = Path(__file__).parents[1] / "postgres" / "data" / "statements.jsonl"
BODY = re.compile(r"\s*DO\s+(\$\w*\$)(.*)\1\s*", re.DOTALL)

BODIES = [
    """
    <<top>>
    DECLARE
      a int := 1; b CONSTANT text DEFAULT 'x;y'; r record; c CURSOR FOR SELECT 1; d int = a + 1;
      e text COLLATE "C" NOT NULL := ''; n ALIAS FOR a;
    BEGIN
      -- IF comment THEN
      IF a = 1 AND b IN ('THEN', 'x') THEN CREATE TABLE x (a int); /* ELSE */
      ELSIF (CASE WHEN a = 2 THEN true ELSE false END) THEN RAISE EXCEPTION 'a';
      ELSEIF a = 3 THEN RAISE NOTICE 'no';
      ELSE NULL; END IF;
      SELECT 1 INTO a; SELECT 1, 2 INTO STRICT a, d FROM x WHERE x.a = 1;
      INSERT INTO x VALUES (1) RETURNING a INTO d;
      a := (SELECT max(a) FROM x); r.f := 1;
      PERFORM 1 FROM x; IF NOT FOUND THEN RETURN; END IF;
      EXECUTE 'SELECT $1' INTO a USING d;
      GET DIAGNOSTICS a = ROW_COUNT;
      OPEN c; FETCH c INTO a; MOVE c; CLOSE c;
      FOR i IN 1 .. 10 BY 2 LOOP CONTINUE WHEN i = 3; EXIT top WHEN i = 4; END LOOP;
      FOR i IN REVERSE 3..1 LOOP DELETE FROM x; END LOOP;
      FOR r IN SELECT * FROM x LOOP UPDATE x SET a = r.a; END LOOP;
      FOR r IN (SELECT * FROM x) LOOP EXIT; END LOOP;
      FOR r IN EXECUTE 'SELECT 1' USING 2 LOOP NULL; END LOOP;
      FOR r IN c LOOP NULL; END LOOP;
      FOREACH a IN ARRAY ARRAY[1, 2] LOOP TRUNCATE x; END LOOP;
      WHILE a < 3 LOOP a := a + 1; END LOOP;
      <<inner>> LOOP EXIT inner; END LOOP inner;
      CASE a WHEN 1, 2 THEN DROP TABLE x; WHEN 3 THEN NULL; ELSE DROP TABLE y; END CASE;
      CASE WHEN a = 1 THEN GRANT SELECT ON x TO r; END CASE;
      ASSERT a = 1, 'm';
      BEGIN
        ALTER TABLE x ADD COLUMN y text DEFAULT 'EXCEPTION WHEN';
      EXCEPTION
        WHEN duplicate_column OR SQLSTATE '42P07' THEN RAISE;
        WHEN others THEN RAISE WARNING '%', SQLERRM; COMMENT ON TABLE x IS 'b';
      END;
      COMMIT; ROLLBACK;
      CALL p(a);
      WITH w AS (INSERT INTO x VALUES (1) RETURNING a) SELECT a INTO d FROM w;
      COMMIT;
    END top;
    """,
    "BEGIN RAISE unique_violation USING MESSAGE = 'IF a THEN'; END",
    'BEGIN CREATE TABLE "IF" ("THEN" int); END;',
    "begin\r\n  null;\r\n  create table č ();\r\nend",
    "#variable_conflict use_column\nBEGIN CREATE TABLE a(); END",
]


def outlines(body: str) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    one, other = theirs(body), ours(body)
    # a FOREACH over constants is told round by round, and is no loop then
    return [x for x in one if x[0] != "loop"], [x for x in other if x[0] != "loop"]


@pytest.mark.parametrize("body", BODIES)
def test_the_same_statements(body: str) -> None:
    one, other = outlines(body)
    assert other == one


def test_the_same_statements_in_all_bodies_that_a_server_ran() -> None:
    compared = 0
    for line in DATA.read_text(encoding="utf-8").splitlines():
        for statement in json.loads(line)["sql"]:
            found = BODY.fullmatch(statement)
            if found is not None:
                one, other = outlines(found[2])
                assert other == one, statement
                compared += 1
    assert compared > 200
