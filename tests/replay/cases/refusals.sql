-- # what is only found when it runs
DO $$ BEGIN IF false THEN SELECT 1; END IF; END $$; -- safe
DO $$ BEGIN IF false THEN INSERT INTO nowhere VALUES (1); END IF; END $$; -- safe
CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $$ BEGIN SELECT 1; RETURN nowhere.x FROM nowhere; END $$; -- safe

-- # bodies that are as they should be
CREATE TABLE IF NOT EXISTS t (a int, b text);
CREATE OR REPLACE FUNCTION a1(x t, y int, OUT z int) LANGUAGE plpgsql AS $$
#variable_conflict use_column
<<whole>>
DECLARE
  r record; s t; u t%ROWTYPE; v t.a%TYPE := 1; w text[] = '{}'; n ALIAS FOR y;
  c CURSOR (k int) FOR SELECT a FROM t WHERE a = k; d refcursor; type text NOT NULL DEFAULT 'a';
BEGIN
  x.a := 1; s.b := 'x'; u.a = n; w[1] := 'a'; type := 'b'; a1.z := 2; whole.v := 3;
  SELECT a, b INTO STRICT v, type FROM t; SELECT * INTO r FROM t; INSERT INTO t VALUES (1) RETURNING a INTO z;
  FOR i IN REVERSE 10..1 BY 2 LOOP CONTINUE WHEN i = 2; EXIT whole WHEN i > 3; END LOOP;
  FOR r IN SELECT 1 AS a UNION SELECT 2 LOOP NULL; END LOOP;
  FOR r IN EXECUTE 'SELECT $1' USING v LOOP NULL; END LOOP;
  FOR r IN c(1) LOOP NULL; END LOOP;
  FOREACH type SLICE 0 IN ARRAY w LOOP NULL; END LOOP;
  <<inner>> WHILE v < 3 LOOP v := v + 1; END LOOP inner;
  OPEN d FOR SELECT 1; FETCH NEXT FROM d INTO v; MOVE FORWARD 2 FROM d; CLOSE d;
  CASE v WHEN 1, 2 THEN NULL; ELSE NULL; END CASE;
  IF v = (CASE WHEN true THEN 1 END) THEN NULL; ELSIF NOT FOUND THEN NULL; END IF;
  GET DIAGNOSTICS v = ROW_COUNT;
  RAISE NOTICE 'a %% % %', v, type USING HINT = 'x';
  ASSERT v > 0, 'no';
  EXECUTE 'SELECT 1' INTO v USING 1, 2;
  PERFORM count(*) FROM t WHERE b = 'x;';
  BEGIN NULL; EXCEPTION WHEN unique_violation OR SQLSTATE '22012' THEN RAISE; WHEN OTHERS THEN RAISE NOTICE '%', SQLERRM; END;
  RETURN;
END whole $$;
CREATE OR REPLACE FUNCTION a2() RETURNS TABLE (a int, b text) LANGUAGE plpgsql AS $$ BEGIN RETURN QUERY SELECT t.a, t.b FROM t; a := 1; RETURN NEXT; RETURN QUERY EXECUTE 'SELECT 1' USING a; END $$;
CREATE OR REPLACE FUNCTION a3() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF TG_OP = 'INSERT' THEN NEW.a := 1; END IF; RETURN NEW; END $$;
CREATE OR REPLACE PROCEDURE a4(INOUT x int) LANGUAGE plpgsql AS $$ BEGIN x := 1; COMMIT; RETURN; END $$;

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

-- # BEGIN ATOMIC is looked at whatever is set
CREATE TABLE t (a int);
---
SET check_function_bodies = off;
CREATE OR REPLACE FUNCTION a1() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT count(*)::int FROM t; END; -- fails 42P01, alone safe
DROP FUNCTION a1(); -- fails 42883
DROP TABLE t; -- fails 42P01
