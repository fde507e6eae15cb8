-- # a body is looked at before any of it runs, in a branch that never does, too
DO $$ BEGIN SELEC 1; END $$; -- fails 42601
DO $$ BEGIN IF false THEN CREATE TABEL t (a int); END IF; END $$; -- fails 42601
DO $$ BEGIN IF true THEN NULL; END $$; -- fails 42601
DO $$ BEGIN BEGIN SELEC 1; EXCEPTION WHEN OTHERS THEN NULL; END; END $$; -- fails 42601

-- # what is only found when it runs
DO $$ BEGIN IF false THEN SELECT 1; END IF; END $$; -- safe
DO $$ BEGIN IF false THEN INSERT INTO nowhere VALUES (1); END IF; END $$; -- safe
CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN SELECT 1; RETURN nowhere.x FROM nowhere; END $$; -- safe

-- # what a body is refused for
CREATE OR REPLACE FUNCTION a1() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE 'a % %', 1; END $$; -- fails 42601
CREATE OR REPLACE FUNCTION a2() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE NOTICE 'a', 1; END $$; -- fails 42601
CREATE OR REPLACE FUNCTION a3() RETURNS int LANGUAGE plpgsql AS $$ BEGIN x := 1; END $$; -- fails 42601
CREATE OR REPLACE FUNCTION a4() RETURNS int LANGUAGE plpgsql AS $$ BEGIN SELECT 1 INTO x; END $$; -- fails 42601
CREATE OR REPLACE FUNCTION a5() RETURNS int LANGUAGE plpgsql AS $$ BEGIN FOR x IN SELECT 1 LOOP NULL; END LOOP; END $$; -- fails 42601
CREATE OR REPLACE FUNCTION a6() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN; END $$; -- fails 42601
CREATE OR REPLACE FUNCTION a7() RETURNS void LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$; -- fails 42804
CREATE OR REPLACE FUNCTION a8() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN NEXT 1; END $$; -- fails 42804
CREATE OR REPLACE FUNCTION a9() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT 1; END $$; -- fails 42804
CREATE OR REPLACE FUNCTION b1() RETURNS SETOF int LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$; -- fails 42804
CREATE OR REPLACE FUNCTION b2(OUT x int) LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$; -- fails 42804
CREATE OR REPLACE PROCEDURE b3() LANGUAGE plpgsql AS $$ BEGIN RETURN 1; END $$; -- fails 42601
CREATE OR REPLACE FUNCTION b4() RETURNS int LANGUAGE plpgsql AS $$ DECLARE x int; x text; BEGIN END $$; -- fails 42601
CREATE OR REPLACE FUNCTION b5() RETURNS int LANGUAGE plpgsql AS $$ DECLARE x CONSTANT int := 1; BEGIN x := 2; END $$; -- fails 22005
CREATE OR REPLACE FUNCTION b6() RETURNS int LANGUAGE plpgsql AS $$ DECLARE x int NOT NULL; BEGIN END $$; -- fails 22004
CREATE OR REPLACE FUNCTION b7() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RAISE no_such_thing; END $$; -- fails 42704
CREATE OR REPLACE FUNCTION b8() RETURNS int LANGUAGE plpgsql AS $$ BEGIN NULL; EXCEPTION WHEN no_such_thing THEN NULL; END $$; -- fails 42704
CREATE OR REPLACE FUNCTION b9() RETURNS int LANGUAGE plpgsql AS $$ BEGIN CONTINUE; END $$; -- fails 42601
CREATE OR REPLACE FUNCTION c1() RETURNS int LANGUAGE plpgsql AS $$ BEGIN <<a>> LOOP EXIT b; END LOOP a; END $$; -- fails 42601
CREATE OR REPLACE FUNCTION c2() RETURNS int LANGUAGE plpgsql AS $$ DECLARE x int := 1 BEGIN RETURN x; END $$; -- fails 42601
CREATE OR REPLACE FUNCTION c3() RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN (1; END $$; -- fails 42601
CREATE OR REPLACE FUNCTION c4() RETURNS int LANGUAGE plpgsql AS 'BEGIN RETURN ''a'' b c; END'; -- fails 42601
CREATE OR REPLACE FUNCTION c5() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN; END $$; -- fails 42601
CREATE OR REPLACE FUNCTION c6() RETURNS int LANGUAGE plpgsql AS $$ BEGIN NEW.x := 1; RETURN 1; END $$; -- fails 42601
CREATE OR REPLACE FUNCTION c7() RETURNS int LANGUAGE plpgsql AS $$ DECLARE c CURSOR (k int) FOR SELECT k; BEGIN OPEN c; END $$; -- fails 42601
CREATE OR REPLACE FUNCTION c8() RETURNS int LANGUAGE plpgsql AS $$ DECLARE x int; BEGIN GET DIAGNOSTICS ROW_COUNT = x; END $$; -- fails 42601

-- # bodies that are as they should be
CREATE TABLE IF NOT EXISTS t (a int, b text);
CREATE OR REPLACE FUNCTION a1(x t, y int, OUT z int) LANGUAGE plpgsql AS $$
#variable_conflict use_column
<<outer>>
DECLARE
  r record; s t; u t%ROWTYPE; v t.a%TYPE := 1; w text[] = '{}'; n ALIAS FOR y;
  c CURSOR (k int) FOR SELECT a FROM t WHERE a = k; d refcursor; type text NOT NULL DEFAULT 'a';
BEGIN
  x.a := 1; s.b := 'x'; u.a = n; w[1] := 'a'; type := 'b'; a1.z := 2; outer.v := 3;
  SELECT a, b INTO STRICT v, type FROM t; SELECT * INTO r FROM t; INSERT INTO t VALUES (1) RETURNING a INTO z;
  FOR i IN REVERSE 10..1 BY 2 LOOP CONTINUE WHEN i = 2; EXIT outer WHEN i > 3; END LOOP;
  FOR r IN SELECT 1 AS a UNION SELECT 2 LOOP NULL; END LOOP;
  FOR r IN EXECUTE 'SELECT $1' USING v LOOP NULL; END LOOP;
  FOR r IN c(1) LOOP NULL; END LOOP;
  FOREACH type SLICE 0 IN ARRAY w LOOP NULL; END LOOP;
  <<inner>> WHILE v < 3 LOOP v := v + 1; END LOOP inner;
  OPEN d FOR SELECT 1; FETCH NEXT FROM d INTO v; MOVE FORWARD 2 FROM d; CLOSE d;
  CASE v WHEN 1, 2 THEN NULL; ELSE NULL; END CASE;
  IF v = CASE WHEN true THEN 1 END THEN NULL; ELSIF NOT FOUND THEN NULL; END IF;
  GET DIAGNOSTICS v = ROW_COUNT;
  RAISE NOTICE 'a %% % %', v, type USING HINT = 'x';
  ASSERT v > 0, 'no';
  EXECUTE 'SELECT 1' INTO v USING 1, 2;
  PERFORM count(*) FROM t WHERE b = 'x;';
  BEGIN NULL; EXCEPTION WHEN unique_violation OR SQLSTATE '22012' THEN RAISE; WHEN OTHERS THEN RAISE NOTICE '%', SQLERRM; END;
  RETURN;
END outer $$;
CREATE OR REPLACE FUNCTION a2() RETURNS TABLE (a int, b text) LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT t.a, t.b FROM t; a := 1; RETURN NEXT; RETURN QUERY EXECUTE 'SELECT 1' USING a; END $$;
CREATE OR REPLACE FUNCTION a3() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'INSERT' THEN NEW.a := 1; END IF; RETURN NEW; END $$;
CREATE OR REPLACE PROCEDURE a4(INOUT x int) LANGUAGE plpgsql AS $$ BEGIN x := 1; COMMIT; RETURN; END $$;

-- # LANGUAGE sql: syntax, parameters, and what the last statement gives
CREATE OR REPLACE FUNCTION a1() RETURNS int LANGUAGE sql AS $$ SELEC 1 $$; -- fails 42601
CREATE OR REPLACE FUNCTION a2(anyelement) RETURNS int LANGUAGE sql AS $$ SELEC 1 $$; -- fails 42601
CREATE OR REPLACE FUNCTION a3(x int) RETURNS int LANGUAGE sql AS $$ SELECT $2 $$; -- fails 42P02
CREATE OR REPLACE FUNCTION a4() RETURNS int LANGUAGE sql AS $$ $$; -- fails 42P13
CREATE OR REPLACE FUNCTION a5() RETURNS int LANGUAGE sql AS $$ SELECT 1, 2 $$; -- fails 42P13
CREATE OR REPLACE FUNCTION a6() RETURNS int LANGUAGE sql AS $$ CREATE TABLE z (a int) $$; -- fails 42P13
CREATE OR REPLACE FUNCTION a7() RETURNS trigger LANGUAGE sql AS $$ SELECT NULL $$; -- fails 42P13
CREATE OR REPLACE FUNCTION a8() RETURNS void LANGUAGE sql AS $$ CREATE TABLE z (a int); SELECT 1, 2 $$;
CREATE OR REPLACE FUNCTION a9(x int) RETURNS int LANGUAGE sql AS $$ SELECT $1 + x $$;
CREATE OR REPLACE FUNCTION b1(anyelement) RETURNS anyelement LANGUAGE sql AS $$ SELECT $1 FROM nowhere $$;
CREATE OR REPLACE FUNCTION b2(OUT x int, OUT y int) LANGUAGE sql AS $$ SELECT 1, 2 $$;
CREATE OR REPLACE FUNCTION b3() RETURNS int LANGUAGE sql AS $$ VALUES (1) $$;

-- # who says so has no body looked at
SET check_function_bodies = off;
CREATE OR REPLACE FUNCTION a1() RETURNS int LANGUAGE plpgsql AS $$ BEGIN SELEC 1; END $$;
CREATE OR REPLACE FUNCTION a2() RETURNS int LANGUAGE sql AS $$ SELEC 1 $$;
DO $$ BEGIN SELEC 1; END $$; -- fails 42601
SET check_function_bodies = on;
CREATE OR REPLACE FUNCTION a3() RETURNS int LANGUAGE sql SET check_function_bodies = off AS $$ SELEC 1 $$;
CREATE OR REPLACE FUNCTION a4() RETURNS int LANGUAGE sql AS $$ SELEC 1 $$; -- fails 42601

-- # a body that is refused is never made: nothing is in its way
CREATE FUNCTION a1() RETURNS int LANGUAGE plpgsql AS $$ BEGIN SELEC 1; END $$; -- fails 42601
CREATE FUNCTION a2() RETURNS int LANGUAGE sql AS $$ SELEC 1 $$; -- fails 42601

-- # a routine made in a body: there its error is like any other
DO $$ BEGIN CREATE FUNCTION a1() RETURNS int LANGUAGE sql AS $x$ SELEC 1 $x$; EXCEPTION WHEN syntax_error THEN NULL; END $$;
DO $$ BEGIN CREATE FUNCTION a1() RETURNS int LANGUAGE plpgsql AS $x$ BEGIN SELEC 1; END $x$; END $$; -- fails 42601

-- # languages: by their very names, and of those some for a DO
DO LANGUAGE 'plpgsql' $$ BEGIN CREATE TABLE a (id int); END $$; -- fails 42P07
DO $$ BEGIN CREATE TABLE IF NOT EXISTS b (id int); END $$ LANGUAGE 'plpgsql';
DO LANGUAGE 'PLPGSQL' $$ BEGIN NULL; END $$; -- fails 42704
DO LANGUAGE sql $$ SELECT 1 $$; -- fails 0A000
DO LANGUAGE PLpgSQL $$ BEGIN NULL; END $$;
CREATE OR REPLACE FUNCTION a1() RETURNS int LANGUAGE 'SQL' AS $$ SELECT 1 $$; -- fails 42704
CREATE OR REPLACE FUNCTION a2() RETURNS int LANGUAGE SQL AS $$ SELECT 1 $$;

-- # what declarations name has to be there again
CREATE TYPE mood AS ENUM ('a');
CREATE TABLE t (a int, b int);
---
CREATE OR REPLACE FUNCTION a1() RETURNS int LANGUAGE plpgsql AS $$ DECLARE x mood; BEGIN RETURN 1; END $$; -- fails 42704, alone safe
CREATE OR REPLACE FUNCTION a2() RETURNS int LANGUAGE plpgsql AS $$ DECLARE x t%ROWTYPE; BEGIN RETURN 1; END $$; -- fails 42P01, alone safe
DO $$ DECLARE x mood[]; BEGIN NULL; END $$; -- fails 42704, alone safe
DO $$ DECLARE x text; y int; BEGIN IF false THEN DECLARE z t%ROWTYPE; BEGIN NULL; END; END IF; END $$; -- fails 42P01, alone safe
DO $$ DECLARE c CURSOR (k mood) FOR SELECT 1; BEGIN NULL; END $$; -- fails 42704, alone safe
DROP TYPE mood; -- fails 42704
DROP TABLE t; -- fails 42P01

-- # the type of a column, which before PostgreSQL 17 is a syntax error where it is gone
CREATE TABLE t (a int, b int);
---
CREATE OR REPLACE FUNCTION a1() RETURNS int LANGUAGE plpgsql AS $$ DECLARE x t.b%TYPE; BEGIN RETURN 1; END $$; -- fails 42601, alone safe
CREATE OR REPLACE FUNCTION a2() RETURNS int LANGUAGE plpgsql AS $$ DECLARE x public.t.a%TYPE; BEGIN RETURN 1; END $$; -- safe
ALTER TABLE t DROP COLUMN b; -- fails 42703

-- # BEGIN ATOMIC is looked at whatever is set
CREATE TABLE t (a int);
---
SET check_function_bodies = off;
CREATE OR REPLACE FUNCTION a1() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT count(*)::int FROM t; END; -- fails 42P01, alone safe
DROP FUNCTION a1(); -- fails 42883
DROP TABLE t; -- fails 42P01
