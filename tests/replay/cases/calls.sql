-- # a function that makes a table
CREATE FUNCTION mk() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE z (id int); END $$;
---
SELECT mk(); -- fails 42P07

-- # a procedure that makes a table if it is not there
CREATE PROCEDURE mk() LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE IF NOT EXISTS z (id int); END $$;
---
CALL mk(); -- safe

-- # a function in SQL
CREATE FUNCTION mk() RETURNS void LANGUAGE sql AS $$ CREATE TABLE z (id int) $$;
---
SELECT mk(); -- fails 42P07

-- # a function with a handler
CREATE FUNCTION mk() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE z (id int); EXCEPTION WHEN duplicate_table THEN NULL; END $$;
---
SELECT mk(); -- safe
SELECT * FROM mk(); -- safe

-- # a function that adds a column, and one that looks first
CREATE TABLE t (a int); CREATE FUNCTION add_column(tbl text, col text, typ text DEFAULT 'int') RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN %I %s', tbl, col, typ); END $$; CREATE FUNCTION has_column(tbl text, col text) RETURNS boolean LANGUAGE sql AS $$ SELECT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = $1 AND column_name = $2) $$;
---
SELECT add_column('t', 'b'); -- fails 42701
SELECT add_column('t', typ => 'text', col => 'c'); -- fails 42701
SELECT add_column('t', 'd') WHERE NOT has_column('t', 'd'); -- safe
DO $$ BEGIN IF NOT has_column('t', 'e') THEN PERFORM add_column('t', 'e'); END IF; END $$; -- safe
DO $$ BEGIN IF NOT has_column('t', 'x') THEN PERFORM add_column('t', 'f'); END IF; END $$; -- fails 42701
DO $$ DECLARE c text; BEGIN FOREACH c IN ARRAY ARRAY['g', 'h'] LOOP IF NOT has_column('t', c) THEN PERFORM add_column('t', c); END IF; END LOOP; END $$; -- safe

-- # predicates in PL/pgSQL
CREATE TABLE t (a int); CREATE FUNCTION has(tbl text, col text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN RETURN EXISTS (SELECT FROM pg_attribute WHERE attrelid = has.tbl::regclass AND attname = has.col AND NOT attisdropped); END $$; CREATE FUNCTION counted(tbl text, col text) RETURNS boolean LANGUAGE plpgsql AS $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM information_schema.columns WHERE table_name = tbl AND column_name = col; IF n > 0 THEN RETURN true; ELSE RETURN false; END IF; END $$; CREATE FUNCTION lacks(text, text) RETURNS boolean LANGUAGE plpgsql AS $$ BEGIN IF counted($1, $2) THEN RETURN false; END IF; RETURN true; END $$;
---
DO $$ BEGIN IF NOT has('t', 'b') THEN ALTER TABLE t ADD COLUMN b int; END IF; END $$; -- safe
DO $$ BEGIN IF NOT counted('t', 'c') THEN ALTER TABLE t ADD COLUMN c int; END IF; END $$; -- safe
DO $$ BEGIN IF lacks('t', 'd') THEN ALTER TABLE t ADD COLUMN d int; END IF; END $$; -- safe
DO $$ BEGIN IF has('t', 'a') THEN ALTER TABLE t ADD COLUMN e int; END IF; END $$; -- fails 42701

-- # a function that inserts a row
CREATE TABLE log (what text); CREATE TABLE conf (k text PRIMARY KEY); CREATE FUNCTION note(text) RETURNS void LANGUAGE sql AS $$ INSERT INTO log VALUES ($1) $$; CREATE FUNCTION conf_set(text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN INSERT INTO conf VALUES ($1); END $$;
---
SELECT note('x'); -- repeats
SELECT conf_set('x'); -- fails 23505
SELECT conf_set('y'); -- fails 23505

-- # what is computed of constants alone has one name
CREATE TABLE ev (at date NOT NULL) PARTITION BY RANGE (at); CREATE FUNCTION part(tbl text, d date) RETURNS int LANGUAGE plpgsql AS $$ DECLARE nm text := lower(format('%s_%s', tbl, to_char(d, 'YYYYMMDD'))); BEGIN IF EXISTS (SELECT FROM pg_tables WHERE tablename = nm) THEN RETURN 0; END IF; EXECUTE format('CREATE TABLE %I PARTITION OF %I FOR VALUES FROM (%L) TO (%L)', nm, tbl, d, d + 1); RETURN 1; END $$;
---
SELECT part('ev', DATE 'today'); -- safe
SELECT part('ev', (now() + interval '1 day')::date); -- safe
DO $$ BEGIN EXECUTE 'CREATE TABLE log_' || to_char(now(), 'YYYY') || ' (a int)'; END $$; -- fails 42P07

-- # of two routines of a name that take as much nobody says which is meant
CREATE FUNCTION mk(int) RETURNS void LANGUAGE sql AS $$ CREATE TABLE z (id int) $$; CREATE FUNCTION mk(text) RETURNS void LANGUAGE sql AS $$ SELECT 1 $$;
---
SELECT mk(1); -- unknown (fails 42P07)

-- # a routine that calls itself
CREATE FUNCTION mk(n int) RETURNS void LANGUAGE plpgsql AS $$ BEGIN IF n > 0 THEN PERFORM mk(n - 1); END IF; END $$;
---
SELECT mk(2); -- unknown (safe)

-- # a function that is called for rows
CREATE TABLE t (a int); INSERT INTO t VALUES (1); CREATE TABLE log (a int); CREATE FUNCTION note(int) RETURNS void LANGUAGE sql AS $$ INSERT INTO log VALUES ($1) $$;
---
SELECT note(a) FROM t; -- unknown (repeats)

-- # triggers that keep what is set
CREATE TABLE t (id int PRIMARY KEY, a text, at timestamptz, n int); INSERT INTO t VALUES (1, 'x', null, 1); CREATE FUNCTION low() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.a = lower(NEW.a); IF NEW.a = '' THEN RAISE EXCEPTION 'empty'; END IF; RETURN NEW; END $$; CREATE TRIGGER low BEFORE INSERT OR UPDATE ON t FOR EACH ROW EXECUTE FUNCTION low();
---
UPDATE t SET a = 'Y'; -- safe
INSERT INTO t (id, a) VALUES (1, 'z') ON CONFLICT DO NOTHING; -- safe

-- # triggers that count, or look at the row before
CREATE TABLE t (id int PRIMARY KEY, a text, n int); INSERT INTO t VALUES (1, 'x', 1); CREATE FUNCTION up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n := NEW.n + 1; RETURN NEW; END $$; CREATE TRIGGER up BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION up(); CREATE TABLE u (a int); INSERT INTO u VALUES (1); CREATE FUNCTION same() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN IF NEW.a = OLD.a THEN RAISE EXCEPTION 'same'; END IF; RETURN NEW; END $$; CREATE TRIGGER same BEFORE UPDATE ON u FOR EACH ROW EXECUTE FUNCTION same();
---
UPDATE t SET a = 'y'; -- repeats
UPDATE u SET a = 5; -- unknown (fails P0001)

-- # triggers that are for other columns
CREATE TABLE t (id int PRIMARY KEY, a text, n int); INSERT INTO t VALUES (1, 'x', 1); CREATE FUNCTION up() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.n := NEW.n + 1; RETURN NEW; END $$; CREATE TRIGGER up BEFORE UPDATE OF id ON t FOR EACH ROW EXECUTE FUNCTION up();
---
UPDATE t SET a = 'y'; -- safe

-- # a trigger that gives a key another value each time
CREATE TABLE t (id text PRIMARY KEY, a text); CREATE FUNCTION give() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN NEW.id := gen_random_uuid()::text; RETURN NEW; END $$; CREATE TRIGGER give BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION give();
---
INSERT INTO t VALUES ('1', 'a') ON CONFLICT DO NOTHING; -- unknown (repeats)

-- # a parameter that is given another value does not have the old one by any of its names
CREATE TABLE a (n int); CREATE FUNCTION mk(t text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN t := (SELECT 'b'::text); IF EXISTS (SELECT FROM pg_tables WHERE tablename = mk.t) THEN CREATE TABLE c (n int); END IF; END $$;
---
SELECT mk('a'); -- unknown (safe)

-- # batches end where nothing is found any more: what stands behind that is for rounds that found something
CREATE TABLE t (id int PRIMARY KEY, s text, g text);
INSERT INTO t VALUES (1, 'a', NULL), (2, 'b', NULL);
---
CREATE OR REPLACE PROCEDURE fill() LANGUAGE plpgsql AS $$ DECLARE n int; BEGIN LOOP UPDATE t SET g = s WHERE id IN (SELECT id FROM t WHERE g IS NULL LIMIT 1); GET DIAGNOSTICS n = ROW_COUNT; EXIT WHEN n = 0; RAISE NOTICE '% rows', n; PERFORM pg_sleep(0); END LOOP; END $$; -- safe
CALL fill(); -- safe
DROP PROCEDURE fill(); -- safe, alone fails 42883

-- # a name that one routine computes, and gives to another
CREATE TABLE p (a int, s text) PARTITION BY RANGE (a);
---
CREATE OR REPLACE FUNCTION part(of text, made text) RETURNS int LANGUAGE plpgsql AS $$ DECLARE n text; BEGIN SELECT lower(format('%s_%s', of, made)) INTO n; IF EXISTS (SELECT 1 FROM pg_tables WHERE tablename = n) THEN RETURN 0; END IF; EXECUTE format('CREATE TABLE %s (LIKE %s)', n, of); RETURN 1; END $$; -- safe
CREATE OR REPLACE FUNCTION parts(of text, at date) RETURNS int LANGUAGE plpgsql AS $$ DECLARE n text; BEGIN SELECT format('%s_%s', of, to_char(at, 'YYYYMMDD')) INTO n; IF NOT EXISTS (SELECT 1 FROM pg_tables WHERE tablename = n) THEN EXECUTE format('CREATE TABLE %s (LIKE %s)', n, of); END IF; PERFORM part(n, 'A'); IF NOT EXISTS (SELECT 1 FROM pg_inherits WHERE inhrelid = n::regclass) THEN EXECUTE format('ALTER TABLE %s ATTACH PARTITION %s FOR VALUES FROM (1) TO (2)', of, n); END IF; RETURN 1; END $$; -- safe
SELECT parts('p', CURRENT_DATE); -- safe

-- # a child that has any parent
CREATE TABLE p (a int) PARTITION BY RANGE (a); CREATE TABLE c (a int);
---
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_inherits WHERE inhrelid = 'c'::regclass) THEN ALTER TABLE p ATTACH PARTITION c FOR VALUES FROM (1) TO (2); END IF; END $$; -- safe
DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_inherits WHERE inhrelid = to_regclass('c')) THEN ALTER TABLE p DETACH PARTITION c; END IF; END $$; -- safe

-- # parameters of an SQL function by their names, where no catalog has a column that is called so
CREATE TABLE t (id int, n int);
---
CREATE OR REPLACE FUNCTION has_col(tab text, col text) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM information_schema.columns c WHERE c.table_name = tab AND column_name = col) $$; -- safe
CREATE OR REPLACE FUNCTION add_col(tab text, col text, typ text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN IF NOT has_col(tab, col) THEN EXECUTE format('ALTER TABLE %I ADD COLUMN %I %s', tab, col, typ); END IF; END $$; -- safe
CREATE OR REPLACE FUNCTION any_col(table_name text, column_name text) RETURNS boolean LANGUAGE sql STABLE AS $$ SELECT EXISTS (SELECT 1 FROM information_schema.columns c WHERE c.table_name = table_name AND c.column_name = column_name) $$; -- safe
SELECT add_col('t', 'fresh', 'int'); -- safe
DO $$ BEGIN IF NOT has_col('t', 'q') THEN ALTER TABLE t ADD COLUMN q int; END IF; END $$; -- safe
DO $$ BEGIN IF NOT has_col('t', 'q') THEN ALTER TABLE t ADD COLUMN r int; END IF; END $$; -- safe
DO $$ BEGIN IF has_col('t', 'n') THEN ALTER TABLE t RENAME COLUMN n TO nn; END IF; END $$; -- safe
DO $$ DECLARE x text; BEGIN FOREACH x IN ARRAY ARRAY['q1', 'q2'] LOOP IF NOT has_col('t', x) THEN EXECUTE format('ALTER TABLE t ADD COLUMN %I int', x); END IF; END LOOP; END $$; -- safe
DO $$ BEGIN IF NOT any_col('t', 'z') THEN ALTER TABLE t ADD COLUMN z int; END IF; END $$; -- unknown (safe)
