-- # a handler that catches the right error
DO $$ BEGIN CREATE TYPE e AS ENUM ('a'); EXCEPTION WHEN duplicate_object THEN NULL; END $$; -- safe

-- # a handler that misses it
DO $$ BEGIN CREATE TABLE t (a int); EXCEPTION WHEN duplicate_object THEN NULL; END $$; -- fails 42P07

-- # a handler for everything
DO $$ BEGIN CREATE TABLE t (a int); EXCEPTION WHEN OTHERS THEN RAISE NOTICE 'x'; END $$; -- safe

-- # a handler that raises again
DO $$ BEGIN CREATE TABLE t (a int); EXCEPTION WHEN OTHERS THEN RAISE; END $$; -- fails 42P07

-- # a handler that raises something else
DO $$ BEGIN CREATE TABLE t (a int); EXCEPTION WHEN duplicate_table THEN RAISE EXCEPTION 'no' USING ERRCODE = '22023'; END $$; -- fails 22023

-- # a handler that skips the rest
CREATE TABLE t (a int);
---
DO $$ BEGIN ALTER TABLE t ADD COLUMN b int; CREATE INDEX ON t (a); EXCEPTION WHEN duplicate_column THEN NULL; END $$; -- safe

-- # a handler undoes what came before the error
CREATE TABLE t (a int);
---
DO $$ BEGIN CREATE TABLE IF NOT EXISTS u (a int); INSERT INTO t VALUES (1); ALTER TABLE t ADD COLUMN b int; EXCEPTION WHEN duplicate_column THEN NULL; END $$; -- safe

-- # two handlers
CREATE TABLE t (a int);
---
DO $$ BEGIN ALTER TABLE t ADD CONSTRAINT u UNIQUE (a); EXCEPTION WHEN duplicate_object THEN NULL; WHEN duplicate_table THEN NULL; END $$; -- safe

-- # an inner block
CREATE TABLE t (a int);
---
DO $$ BEGIN BEGIN ALTER TABLE t ADD COLUMN b int; EXCEPTION WHEN duplicate_column THEN NULL; END; CREATE INDEX i ON t (b); END $$; -- fails 42P07

-- # an inner block, and an outer handler
CREATE TABLE t (a int);
---
DO $$ BEGIN BEGIN ALTER TABLE t ADD COLUMN b int; EXCEPTION WHEN duplicate_table THEN NULL; END; CREATE INDEX i ON t (b); EXCEPTION WHEN duplicate_column THEN NULL; END $$; -- safe

-- # a guard on information_schema.columns
CREATE TABLE t (a int);
---
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'b') THEN ALTER TABLE t ADD COLUMN b int; END IF; END $$; -- safe

-- # a guard on another column
CREATE TABLE t (a int);
---
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'c') THEN ALTER TABLE t ADD COLUMN b int; END IF; END $$; -- fails 42701

-- # a guard that is folded differently
CREATE TABLE t (a int);
---
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.tables WHERE table_name = 'Users') THEN CREATE TABLE Users (a int); END IF; END $$; -- fails 42P07

-- # a guard the wrong way round
CREATE TABLE t (a int, b int);
---
DO $$ BEGIN IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'a') THEN ALTER TABLE t ADD COLUMN c int; END IF; END $$; -- fails 42701

-- # a rename guarded by the old name
CREATE TABLE t (a int);
---
DO $$ BEGIN IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'a') THEN ALTER TABLE t RENAME COLUMN a TO b; END IF; END $$; -- safe

-- # two guards inside one another
CREATE TABLE t (kb int);
---
DO $$ BEGIN IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'kb') THEN IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'b') THEN ALTER TABLE t RENAME COLUMN kb TO b; ELSE ALTER TABLE t DROP COLUMN kb; END IF; END IF; END $$; -- safe
ALTER TABLE t ADD COLUMN IF NOT EXISTS b int; -- safe

-- # a guard on pg_type
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_type WHERE typname = 'e') THEN CREATE TYPE e AS ENUM ('a'); END IF; END $$; -- safe

-- # a guard on pg_constraint
CREATE TABLE t (a int);
---
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'c' AND conrelid = 't'::regclass) THEN ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0); END IF; END $$; -- safe

-- # a guard on to_regclass
DO $$ BEGIN IF to_regclass('public.t') IS NULL THEN CREATE TABLE t (a int); END IF; END $$; -- safe

-- # a guard on a table that another statement drops
CREATE TABLE t (a int);
---
DO $$ BEGIN IF to_regclass('t') IS NOT NULL THEN ALTER TABLE t ADD COLUMN b int; END IF; END $$; -- safe, alone fails 42701
DROP TABLE t; -- fails 42P01

-- # IF … ELSE
CREATE TABLE t (a int);
---
DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_tables WHERE tablename = 'u') THEN ALTER TABLE u ADD COLUMN IF NOT EXISTS b int; ELSE CREATE TABLE u (a int); END IF; END $$; -- repeats

-- # IF … ELSIF
CREATE TABLE t (a int);
---
DO $$ BEGIN IF to_regclass('x') IS NOT NULL THEN DROP TABLE x; ELSIF to_regclass('u') IS NULL THEN CREATE TABLE u (a int); ELSE ALTER TABLE u ADD COLUMN b int; END IF; END $$; -- unknown (repeats)

-- # an early return
DO $$ BEGIN IF to_regclass('t') IS NOT NULL THEN RETURN; END IF; CREATE TABLE t (a int); END $$; -- safe

-- # RAISE EXCEPTION behind a guard
DO $$ BEGIN IF to_regclass('t') IS NOT NULL THEN RAISE EXCEPTION 'already'; END IF; END $$; -- fails P0001, alone safe
CREATE TABLE t (a int); -- fails 42P07

-- # FOUND
CREATE TABLE t (a int);
---
DO $$ BEGIN PERFORM 1 FROM t WHERE a = 1; IF NOT FOUND THEN INSERT INTO t VALUES (1); END IF; END $$; -- safe

-- # SELECT INTO a variable
CREATE TABLE t (a int);
---
DO $$ DECLARE n int; BEGIN SELECT count(*) INTO n FROM information_schema.columns WHERE table_name = 't' AND column_name = 'b'; IF n = 0 THEN ALTER TABLE t ADD COLUMN b int; END IF; END $$; -- safe

-- # a loop over names
DO $$ DECLARE n text; BEGIN FOREACH n IN ARRAY ARRAY['a', 'b'] LOOP EXECUTE format('CREATE TABLE %I (i int)', n); END LOOP; END $$; -- fails 42P07

-- # a loop over numbers
CREATE TABLE t (a int);
---
DO $$ BEGIN FOR i IN 1..3 LOOP INSERT INTO t VALUES (i); END LOOP; END $$; -- unknown (repeats)

-- # EXECUTE of a constant
DO $$ BEGIN EXECUTE 'CREATE TABLE t (a int)'; END $$; -- fails 42P07

-- # EXECUTE of a constant with IF NOT EXISTS
DO $$ BEGIN EXECUTE 'CREATE TABLE IF NOT EXISTS t (a int)'; EXECUTE $q$ CREATE INDEX i ON t (a) $q$; END $$; -- fails 42P07

-- # inserts behind NOT EXISTS
CREATE TABLE t (a int);
---
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM t WHERE a = 1) THEN INSERT INTO t VALUES (1); END IF; END $$; -- safe

-- # nothing at all
DO $$ BEGIN NULL; END $$; -- safe

-- # a body that works with what the file made
CREATE TABLE IF NOT EXISTS t (a int); -- safe
DO $$ BEGIN ALTER TABLE t ADD COLUMN b int; EXCEPTION WHEN duplicate_column THEN RAISE NOTICE 'there'; END $$; -- safe
DO $$ BEGIN ALTER TABLE t DROP COLUMN b; EXCEPTION WHEN undefined_column THEN NULL; END $$; -- safe

-- # an assertion
CREATE TABLE t (a int);
---
DO $$ BEGIN ASSERT (SELECT count(*) FROM t) = 0; END $$; -- fails P0004, alone safe
INSERT INTO t VALUES (1); -- repeats

-- # WHEN SQLSTATE
DO $$ BEGIN CREATE SCHEMA s; EXCEPTION WHEN SQLSTATE '42P06' THEN NULL; END $$; -- safe

-- # a class of errors
DO $$ BEGIN CREATE SCHEMA s; EXCEPTION WHEN syntax_error_or_access_rule_violation THEN NULL; END $$; -- safe

-- # a unique violation caught
CREATE TABLE t (a int PRIMARY KEY);
---
DO $$ BEGIN INSERT INTO t VALUES (1); EXCEPTION WHEN unique_violation THEN NULL; END $$; -- safe

-- # CASE
CREATE TABLE t (a int);
---
DO $$ BEGIN CASE WHEN to_regclass('u') IS NULL THEN CREATE TABLE u (a int); ELSE NULL; END CASE; END $$; -- safe

-- # search_path inside a body
CREATE SCHEMA s;
---
DO $$ BEGIN PERFORM set_config('search_path', 's', true); CREATE TABLE t (a int); END $$; -- fails 42P07

-- # a guard of any schema, where another schema has the thing
CREATE SCHEMA storage;
CREATE TABLE storage.buckets (id int, max_kb int);
---
DO $$ BEGIN IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'buckets' AND column_name = 'max_kb') THEN ALTER TABLE storage.buckets RENAME COLUMN max_kb TO max_bytes; END IF; END $$; -- safe

-- # a branch that cannot have been taken
DO $$ BEGIN IF to_regclass('public.users') IS NOT NULL THEN CREATE TABLE public.users (id int); END IF; END $$; -- safe

-- # a dynamic text makes only what is not there
CREATE SCHEMA s; CREATE TABLE s.tenants (n text); CREATE FUNCTION s.f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
---
CREATE TABLE IF NOT EXISTS s.m (id int); -- safe
CREATE TRIGGER x BEFORE UPDATE ON s.m FOR EACH ROW EXECUTE FUNCTION s.f(); -- fails 42710
ALTER TABLE s.m ADD COLUMN c int; -- fails 42701
ALTER TABLE s.m ADD CONSTRAINT k CHECK (id > 0); -- fails 42710
CREATE POLICY p ON s.m USING (true); -- fails 42710
DO $$ DECLARE t text; BEGIN FOR t IN SELECT n FROM s.tenants LOOP EXECUTE format('CREATE TABLE IF NOT EXISTS %I.m (id int)', t); EXECUTE format('CREATE TRIGGER x BEFORE UPDATE ON %I.m FOR EACH ROW EXECUTE FUNCTION s.f()', t); END LOOP; END $$; -- unknown (safe)

-- # what a table has that may be another one in the rerun
CREATE TABLE tenants (n text);
---
CREATE TABLE IF NOT EXISTS m (id int); -- safe
CREATE POLICY p ON m USING (true); -- unknown (fails 42710), alone fails 42710
ALTER TABLE m ADD COLUMN c int; -- unknown (fails 42701), alone fails 42701
DO $$ DECLARE t text; BEGIN FOR t IN SELECT n FROM tenants LOOP EXECUTE format('DROP TABLE %I.m', t); END LOOP; END $$; -- unknown (safe)

-- # what belongs to a table that may be gone may be gone
CREATE TABLE q (n text);
---
CREATE TABLE IF NOT EXISTS t (id int); -- safe
CREATE INDEX i ON t (id); -- unknown (safe), alone fails 42P07
ALTER TABLE t ADD CONSTRAINT k CHECK (id > 0); -- unknown (safe), alone fails 42710
ALTER TABLE t ADD COLUMN c int; -- unknown (safe), alone fails 42701
DO $$ BEGIN EXECUTE (SELECT 'DROP TABLE IF EXISTS t'); END $$; -- unknown (safe)

-- # what belongs to a table that may be gone goes with it
CREATE TABLE q (n text);
---
DROP TABLE IF EXISTS t; -- safe
CREATE TABLE t (id int, CONSTRAINT k UNIQUE (id)); -- safe, alone fails 42P07
CREATE INDEX i ON t (id); -- safe, alone fails 42P07
CREATE SEQUENCE t_seq OWNED BY t.id; -- safe, alone fails 42P07
DO $$ DECLARE x text; BEGIN FOR x IN SELECT n FROM q LOOP EXECUTE format('DROP TABLE IF EXISTS %I.t', x); END LOOP; END $$; -- safe
