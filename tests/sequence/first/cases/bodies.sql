-- # a body makes what the next statement makes
DO $$ BEGIN CREATE TABLE a (id int); END $$;
CREATE TABLE a (id int); -- fails 42P07 by 1

-- # a handler undoes its block
CREATE TABLE a (id int);
DO $$ BEGIN ALTER TABLE a ADD COLUMN x int; ALTER TABLE a ADD COLUMN x int; EXCEPTION WHEN duplicate_column THEN NULL; END $$;
CREATE INDEX ON a (x); -- fails 42703

-- # a guard that is read
CREATE TABLE a (id int);
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'a' AND column_name = 'y') THEN ALTER TABLE a ADD COLUMN y int; END IF; END $$;
CREATE INDEX ON a (y);
DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_tables WHERE schemaname = 'public' AND tablename = 'b') THEN ALTER TABLE b ADD COLUMN y int; END IF; END $$;
CREATE TABLE b (id int);
CREATE INDEX ON b (y); -- fails 42703

-- # a loop over pg_tables opens every table
CREATE TABLE b (id int);
DO $$ DECLARE r record; BEGIN FOR r IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP EXECUTE format('ALTER TABLE %I ADD COLUMN IF NOT EXISTS z int', r.tablename); END LOOP; END $$;
CREATE INDEX ON b (z); -- unknown (runs)

-- # a call of a function that builds its SQL opens what it may have made
CREATE FUNCTION addc(t text, c text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE format('ALTER TABLE %I ADD COLUMN %I int', t, c); END $$;
CREATE TABLE n (id int);
SELECT addc('n', 'q'); -- unknown (runs)
CREATE INDEX ON n (q);

-- # a function that makes a table opens its name
CREATE FUNCTION mk() RETURNS void LANGUAGE plpgsql AS $$ BEGIN CREATE TABLE made (id int); END $$;
SELECT mk(); -- unknown (runs)
INSERT INTO made VALUES (1);
CREATE TABLE made (id int); -- unknown (fails 42P07)

-- # what built its SQL may have dropped what depends on something
CREATE TABLE n (id int);
CREATE FUNCTION log() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;
CREATE TRIGGER tr AFTER INSERT ON n FOR EACH ROW EXECUTE FUNCTION log();
CREATE FUNCTION away(t text) RETURNS void LANGUAGE plpgsql AS $$ BEGIN EXECUTE 'DROP TABLE ' || t; END $$;
DROP FUNCTION log(); -- fails 2BP01
SELECT away('n');
DROP FUNCTION log();

-- # what rests on what may not be there may not be there either, whatever it is called by then
CREATE TABLE a (id int, x nobody_makes_this); -- unknown (fails 42704)
ALTER TABLE a RENAME TO b; -- unknown after 1 (fails 42P01)
CREATE VIEW v AS SELECT id FROM b; -- unknown after 1 (fails 42P01)
COMMENT ON VIEW v IS 'x'; -- unknown after 1 (fails 42P01)

-- # what drops by names that it puts together may have dropped any; who drops inside of tables, no table
CREATE TABLE t (id int, n int);
CREATE INDEX i ON t (n);
DO $$ DECLARE r record; BEGIN FOR r IN SELECT conname AS name FROM pg_constraint WHERE conrelid = 't'::regclass LOOP EXECUTE 'ALTER TABLE t DROP CONSTRAINT ' || r.name; END LOOP; END $$; -- unknown (runs)
CREATE INDEX i ON t (n); -- fails 42P07 by 2
DO $$ DECLARE r record; BEGIN FOR r IN SELECT indexname AS name FROM pg_indexes WHERE tablename = 't' LOOP EXECUTE 'DROP INDEX ' || r.name; END LOOP; END $$; -- unknown (runs)
CREATE INDEX i ON t (n); -- unknown (runs)
CREATE TABLE u (id int);
CREATE TABLE u (id int); -- fails 42P07 by 7
DO $$ DECLARE r record; BEGIN FOR r IN SELECT tablename FROM pg_tables WHERE schemaname = 'public' LOOP EXECUTE format('DROP TABLE IF EXISTS %I CASCADE', r.tablename); END LOOP; END $$;
CREATE TABLE u (id int); -- unknown (runs)
CREATE TABLE w (id int);
CREATE TABLE w (id int); -- fails 42P07 by 11

-- # a view that a loop may have dropped holds no table back for sure
CREATE TABLE t (id int);
CREATE VIEW v AS SELECT id FROM t;
DROP TABLE t; -- fails 2BP01
DO $$ DECLARE r record; BEGIN FOR r IN SELECT viewname FROM pg_views WHERE schemaname = 'public' LOOP EXECUTE 'DROP VIEW ' || r.viewname; END LOOP; END $$; -- unknown (runs)
DROP TABLE t; -- unknown (runs)

-- # of a function that is called, what its body does counts, not what it mentions
CREATE TABLE t (id int);
CREATE TABLE u (id int);
CREATE FUNCTION clean(name text) RETURNS int LANGUAGE plpgsql AS $$ BEGIN
  EXECUTE format('DELETE FROM %I', name);
  EXECUTE 'ANALYZE ' || quote_ident(name);
  DELETE FROM u;
  RETURN (SELECT count(*) FROM t);
END $$;
SELECT clean('u');
CREATE TABLE t (id int); -- fails 42P07 by 1
CREATE INDEX ON t (nope); -- fails 42703

-- # a call that drops indexes leaves tables and their columns
CREATE TABLE t (id int);
CREATE INDEX i ON t (id);
CREATE FUNCTION away() RETURNS void LANGUAGE plpgsql AS $$ DECLARE r record; BEGIN
  FOR r IN SELECT indexname AS name FROM pg_indexes WHERE schemaname = 'public' LOOP
    EXECUTE 'DROP INDEX ' || r.name;
  END LOOP;
END $$;
SELECT away(); -- unknown (runs)
CREATE INDEX i ON t (id); -- unknown (runs)
CREATE TABLE t (id int); -- fails 42P07 by 1
CREATE INDEX ON t (nope); -- fails 42703

-- # what a called function calls in turn may have run
CREATE TABLE t (id int);
CREATE FUNCTION inner_one() RETURNS void LANGUAGE sql AS $$ ALTER TABLE t ADD COLUMN n int $$;
CREATE FUNCTION outer_one() RETURNS void LANGUAGE plpgsql AS $$ BEGIN PERFORM inner_one(); END $$;
CREATE INDEX ON t (n); -- fails 42703
SELECT outer_one(); -- unknown (runs)
CREATE INDEX ON t (n);
CREATE INDEX ON t (nope); -- fails 42703

-- # a call that drops a table leaves the one of another schema
CREATE SCHEMA s;
CREATE TABLE s.t (id int);
CREATE TABLE t (id int);
CREATE INDEX i ON t (id);
CREATE FUNCTION away() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE public.t; END $$;
SELECT away(); -- unknown (runs)
CREATE TABLE t (id int);
CREATE INDEX i ON t (id); -- unknown (runs)
CREATE TABLE s.t (id int); -- fails 42P07 by 2
CREATE INDEX ON s.t (nope); -- fails 42703

-- # what rests on a call that has run is claimed
CREATE FUNCTION away() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE IF EXISTS public.t; END $$;
CREATE TABLE t (id int);
SELECT away();
CREATE VIEW v AS SELECT id FROM t; -- fails 42P01 by 2
CREATE TABLE v (id int);
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION later(); -- fails 42P01 by 2
CREATE FUNCTION later() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;

-- # what rests on what may not have run is not claimed
CREATE FUNCTION away() RETURNS void LANGUAGE plpgsql AS $$ BEGIN DROP TABLE IF EXISTS public.t; END $$;
CREATE TABLE t (id int);
SELECT away() FROM generate_series(1, 2);
CREATE VIEW v AS SELECT id FROM t; -- unknown (fails 42P01)
CREATE TABLE v (id int); -- unknown by 4 (runs)
CREATE TRIGGER tr BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION later(); -- unknown (fails 42P01)
CREATE FUNCTION later() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN new; END $$;

-- # a key that may not be there is none of which it is claimed that there is none
CREATE TABLE t (id int, n int);
DO $$ BEGIN IF (SELECT count(*) FROM pg_stat_activity) > 0 THEN ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY (id); END IF; END $$; -- unknown (runs)
CREATE TABLE u (id int REFERENCES t (id)); -- unknown (runs)
CREATE TABLE w (id int REFERENCES t); -- unknown (runs)
INSERT INTO t VALUES (1, 2) ON CONFLICT (id) DO NOTHING; -- unknown (runs)
CREATE TABLE x (id int REFERENCES t (n)); -- unknown (fails 42830)

-- # nothing has the name of a constraint that nobody has made yet
CREATE TABLE t (id int);
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 't_key') THEN ALTER TABLE t ADD CONSTRAINT t_key PRIMARY KEY (id); END IF; END $$;
CREATE TABLE u (id int REFERENCES t (id));
ALTER TABLE t ADD CONSTRAINT t_key UNIQUE (id); -- fails 42P07 by 2
DO $$ BEGIN IF EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'nope') THEN CREATE TABLE v (id int); END IF; END $$;
COMMENT ON TABLE v IS 'x'; -- fails 42P01 by 7
CREATE TABLE v (id int);

-- # a text that begins with UPDATE changes rows, whatever else is put into it
CREATE TABLE t (id int);
DO $$ DECLARE r record; BEGIN FOR r IN SELECT tablename AS name, '1' AS n FROM pg_tables WHERE schemaname = 'nowhere' LOOP EXECUTE format('UPDATE %I SET id = %s %s', r.name, r.n, r.n); END LOOP; END $$; -- unknown (runs)
CREATE INDEX ON t (nope); -- fails 42703
CREATE TABLE t (id int); -- fails 42P07 by 1

-- # what came with a table has its name, too
CREATE TABLE t (id int PRIMARY KEY, x int CONSTRAINT positive CHECK (x > 0), CHECK (x > 1));
CREATE TABLE u (y int);
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 't_pkey') THEN CREATE TABLE u (id int); END IF; END $$;
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'positive') THEN CREATE TABLE u (id int); END IF; END $$; -- unknown (runs)
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 't_x_check') THEN CREATE TABLE u (id int); END IF; END $$; -- unknown (runs)
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE column_name = 'x') THEN CREATE TABLE u (id int); END IF; END $$; -- unknown (runs)
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_trigger WHERE tgname = 'tr') THEN CREATE TABLE u (id int); END IF; END $$; -- fails 42P07 by 2
ALTER TABLE t RENAME TO w;
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 't_x_check') THEN CREATE TABLE u (id int); END IF; END $$; -- unknown (runs)
ALTER TABLE u ADD CONSTRAINT later CHECK (y > 0);
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conname = 'later') THEN CREATE TABLE u (id int); END IF; END $$;
