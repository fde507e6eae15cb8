-- # CREATE TABLE: types, the name, what it refers to
CREATE TABLE a (x mood); -- fails 42704 by 2
CREATE TYPE mood AS ENUM ('a');
CREATE TABLE b (x mood[]);
CREATE TABLE b (x mood); -- fails 42P07 by 3
CREATE TABLE b (x pair); -- fails 42704 by 7
CREATE TABLE IF NOT EXISTS b (x pair);
CREATE TYPE pair AS (a int);
CREATE TABLE b (x int REFERENCES z); -- fails 42P07 by 3
CREATE TABLE c (x int REFERENCES z); -- fails 42P01 by 10
CREATE TABLE z (id int);
CREATE TABLE c (x int REFERENCES z (nope)); -- fails 42703
CREATE TABLE c (x int REFERENCES z (id)); -- fails 42830
CREATE TABLE c (x int REFERENCES z); -- fails 42704
ALTER TABLE z ADD PRIMARY KEY (id);
CREATE TABLE c (x text REFERENCES z); -- fails 42804
CREATE TABLE c (x int REFERENCES z);

-- # ADD COLUMN: the name, then its type and what it refers to
CREATE TABLE a (id int);
ALTER TABLE a ADD COLUMN id later; -- fails 42701 by 1
ALTER TABLE a ADD COLUMN b later; -- fails 42704 by 4
CREATE TYPE later AS ENUM ('x');
ALTER TABLE a ADD COLUMN c later REFERENCES z (id); -- fails 42P01 by 6
CREATE TABLE z (id int PRIMARY KEY);
ALTER TABLE a ADD COLUMN c int REFERENCES z (id);

-- # ADD FOREIGN KEY: the table that it points at, its own column, the columns there, the key, the types
CREATE TABLE a (id int, t text);
ALTER TABLE a ADD FOREIGN KEY (nope) REFERENCES z (id); -- fails 42P01 by 3
CREATE TABLE z (id int);
ALTER TABLE a ADD FOREIGN KEY (nope) REFERENCES z (id); -- fails 42703
ALTER TABLE a ADD FOREIGN KEY (id) REFERENCES z (nope); -- fails 42703
ALTER TABLE a ADD FOREIGN KEY (id) REFERENCES z (id); -- fails 42830
ALTER TABLE a ADD FOREIGN KEY (id) REFERENCES z; -- fails 42704
ALTER TABLE z ADD PRIMARY KEY (id);
ALTER TABLE a ADD FOREIGN KEY (t) REFERENCES z; -- fails 42804
ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES z;
ALTER TABLE a ADD CONSTRAINT f FOREIGN KEY (id) REFERENCES z; -- fails 42710 by 10

-- # ADD CHECK: the expression, then the name
CREATE TABLE a (id int);
ALTER TABLE a ADD CONSTRAINT c CHECK (nope > 0); -- fails 42703
ALTER TABLE a ADD CONSTRAINT c CHECK (id > 0);
ALTER TABLE a ADD CONSTRAINT c CHECK (nope > 0); -- fails 42703
ALTER TABLE a ADD CONSTRAINT c CHECK (id > 1); -- fails 42710 by 3

-- # what a table's own keys and checks name
CREATE TABLE a (id int, UNIQUE (nope)); -- fails 42703
CREATE TABLE a (id int, PRIMARY KEY (id, nope)); -- fails 42703
CREATE TABLE a (id int, CHECK (nope > 0)); -- fails 42703
CREATE TABLE a (id int, EXCLUDE USING btree (nope WITH =)); -- fails 42703
CREATE TABLE a (id int, g int GENERATED ALWAYS AS (nope + 1) STORED); -- fails 42703
CREATE TABLE a (id int, FOREIGN KEY (nope) REFERENCES a (id)); -- fails 42703
CREATE TABLE a (id int);
CREATE TABLE IF NOT EXISTS a (id int, UNIQUE (nope));

-- # CREATE INDEX: columns before the name
CREATE TABLE a (id int);
CREATE INDEX i ON a (id);
CREATE INDEX i ON a (nope); -- fails 42703
CREATE INDEX i ON a (lower(nope)); -- fails 42703
CREATE INDEX i ON a (id); -- fails 42P07 by 2
CREATE INDEX IF NOT EXISTS i ON a (nope); -- fails 42703
CREATE INDEX j ON a (id) WHERE nope > 0; -- fails 42703
CREATE INDEX j ON a (id) INCLUDE (nope); -- fails 42703
CREATE UNIQUE INDEX j ON later (id); -- fails 42P01 by 10
CREATE TABLE later (id int);

-- # views and tables of queries: columns before the name
CREATE VIEW v AS SELECT * FROM a; -- fails 42P01 by 2
CREATE TABLE a (id int);
CREATE VIEW v AS SELECT nope FROM a; -- fails 42703
CREATE VIEW v AS SELECT id FROM a;
CREATE VIEW v AS SELECT nope FROM a; -- fails 42703
CREATE VIEW v AS SELECT id FROM a; -- fails 42P07 by 4
CREATE OR REPLACE VIEW v AS SELECT id, 1 AS one FROM a;
CREATE OR REPLACE VIEW v AS SELECT id FROM a; -- fails 42P16 by 7
CREATE TABLE v (id int); -- fails 42P07 by 7
CREATE TABLE a AS SELECT nope FROM a; -- fails 42703
CREATE TABLE a AS SELECT 1; -- fails 42P07 by 2

-- # triggers: the function before the name
CREATE TABLE a (id int);
CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f(); -- fails 42883 by 3
CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f();
CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION g(); -- fails 42883 by 7
CREATE TRIGGER t BEFORE INSERT ON a FOR EACH ROW EXECUTE FUNCTION f(); -- fails 42710 by 4
CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$;
CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NEW; END $$; -- fails 42723 by 7
CREATE TRIGGER u BEFORE UPDATE OF nope ON a FOR EACH ROW EXECUTE FUNCTION f(); -- fails 42703
DROP TRIGGER nope ON a; -- fails 42704
CREATE POLICY p ON a USING (nope > 1); -- fails 42703
CREATE POLICY p ON a USING (id > 1);
CREATE POLICY p ON a USING (id > 1); -- fails 42710 by 12
DROP POLICY q ON a; -- fails 42704

-- # functions: types of their signature, what a body reads, who calls them
CREATE FUNCTION a(x later) RETURNS int LANGUAGE sql AS 'select 1'; -- fails 42704 by 3
CREATE FUNCTION a(x int) RETURNS later LANGUAGE sql AS 'select null'; -- fails 42704 by 3
CREATE TYPE later AS ENUM ('x');
CREATE FUNCTION a(x later) RETURNS int LANGUAGE sql AS 'select 1';
CREATE FUNCTION a(x later) RETURNS int LANGUAGE sql AS 'select 1'; -- fails 42723 by 4
CREATE OR REPLACE FUNCTION a(x later) RETURNS text LANGUAGE sql AS $$ select 'x' $$; -- fails 42P13 by 4
CREATE FUNCTION b(x int) RETURNS int LANGUAGE sql AS 'select id from t'; -- fails 42P01 by 8
CREATE TABLE t (id int);
CREATE FUNCTION b(x int) RETURNS int LANGUAGE sql AS 'select nope from t'; -- fails 42703
CREATE TABLE u (id int DEFAULT e(1)); -- fails 42883 by 13
ALTER TABLE t ALTER id SET DEFAULT e(1); -- fails 42883 by 13
CREATE INDEX ON t (e(id)); -- fails 42883 by 13
CREATE FUNCTION e(x int) RETURNS int LANGUAGE sql IMMUTABLE AS 'select 1';
DROP FUNCTION e(text); -- fails 42883
SET check_function_bodies = off;
CREATE FUNCTION c() RETURNS int LANGUAGE sql AS 'select nope from t';

-- # labels: as values, as neighbours, renamed
CREATE TYPE e AS ENUM ('a', 'b');
CREATE TABLE t (x e DEFAULT 'c'); -- fails 22P02
CREATE TABLE t (x e DEFAULT 'a');
INSERT INTO t VALUES ('c'); -- fails 22P02
UPDATE t SET x = 'c'; -- fails 22P02
ALTER TYPE e RENAME VALUE 'c' TO 'd'; -- fails 22023
ALTER TYPE e ADD VALUE 'z' BEFORE 'y'; -- fails 22023
ALTER TYPE e ADD VALUE 'a'; -- fails 42710 by 1
ALTER TYPE e ADD VALUE IF NOT EXISTS 'a' BEFORE 'y';
ALTER TYPE e RENAME VALUE 'a' TO 'b'; -- fails 42710 by 1
ALTER TABLE t ALTER x SET DEFAULT 'c'; -- fails 22P02
ALTER TABLE t ADD COLUMN y e DEFAULT 'nope'; -- fails 22P02
CREATE TYPE t AS ENUM ('q'); -- fails 42710 by 3

-- # schemas
CREATE TABLE s.t (id int); -- fails 3F000 by 3
ALTER TABLE s.t ADD COLUMN x int; -- fails 3F000 after 1
CREATE SCHEMA s;
CREATE SCHEMA s; -- fails 42P06 by 3
CREATE TABLE s.t (id int);

-- # rows: what they are written into
INSERT INTO later VALUES (1); -- fails 42P01 by 6
UPDATE later SET a = 1; -- fails 42P01 by 6
TRUNCATE later; -- fails 42P01 by 6
ANALYZE later; -- fails 42P01 by 6
COMMENT ON TABLE later IS 'x'; -- fails 42P01 by 6
CREATE TABLE later (a int, k int PRIMARY KEY);
INSERT INTO later (b) VALUES (1); -- fails 42703
UPDATE later SET b = 1; -- fails 42703
DELETE FROM later WHERE b = 1; -- fails 42703
ANALYZE later (b); -- fails 42703
COMMENT ON COLUMN later.b IS 'x'; -- fails 42703
INSERT INTO later VALUES (1, 1) ON CONFLICT (k) DO UPDATE SET b = 1; -- fails 42703
INSERT INTO later VALUES (1, 2) ON CONFLICT (k) DO UPDATE SET a = EXCLUDED.b; -- fails 42703
INSERT INTO later VALUES (1, 3) ON CONFLICT ON CONSTRAINT nope DO NOTHING; -- fails 42704
INSERT INTO later VALUES (1, 4) ON CONFLICT (a) DO NOTHING; -- fails 42P10

-- # a primary key goes by who its columns are, whatever they are called
CREATE TABLE polls (url text, CONSTRAINT polls_key PRIMARY KEY (url));
ALTER TABLE polls RENAME COLUMN url TO url_id;
ALTER TABLE polls RENAME CONSTRAINT polls_key TO polls_pkey;
ALTER TABLE polls RENAME COLUMN url_id TO id;
CREATE TABLE w (a text);
ALTER TABLE w ADD FOREIGN KEY (a) REFERENCES polls (id);
ALTER TABLE w ADD FOREIGN KEY (a) REFERENCES polls;
ALTER TABLE w ADD FOREIGN KEY (a) REFERENCES polls (url); -- fails 42703 by 2

-- # a key with an expression, or of some rows, serves no foreign key
CREATE TABLE b (id int, name text);
CREATE UNIQUE INDEX ON b (lower(name));
CREATE UNIQUE INDEX ON b (id) WHERE id > 0;
CREATE TABLE c (b_id int REFERENCES b (id)); -- fails 42830
CREATE TABLE c (b_id int REFERENCES b); -- fails 42704
ALTER TABLE b ADD PRIMARY KEY (id);
CREATE TABLE c (b_id int REFERENCES b);

-- # a query: what its FROM joins, side by side with its conditions; then what it selects; then its WHERE
CREATE TABLE a (id int, n int);
CREATE TABLE b (id int, a_id int);
CREATE VIEW v AS SELECT a.id FROM a JOIN b ON b.nope = a.id JOIN c ON c.id = a.id; -- fails 42703
CREATE VIEW v AS SELECT a.id FROM a JOIN b ON b.a_id = a.id JOIN c ON c.nope = a.id; -- fails 42P01 by 17
CREATE VIEW v AS SELECT a.nope FROM a JOIN c ON true; -- fails 42P01 by 17
CREATE VIEW v AS SELECT q.id FROM (SELECT nope AS id FROM a) q, c; -- fails 42703
CREATE VIEW v AS WITH w AS (SELECT nope FROM a) SELECT * FROM w, c; -- fails 42703
CREATE VIEW v AS SELECT a.nope, (SELECT id FROM c) FROM a; -- fails 42703
CREATE VIEW v AS SELECT (SELECT id FROM c), a.nope FROM a; -- fails 42P01 by 17
SELECT 1 FROM a JOIN b USING (nope) JOIN c USING (id); -- fails 42703
UPDATE a SET nope = 1 FROM c WHERE c.id = a.id; -- fails 42P01 by 17
UPDATE a SET n = 1 WHERE nope = (SELECT max(id) FROM c); -- fails 42703
INSERT INTO a (id) SELECT id FROM a WHERE nope > (SELECT max(id) FROM c); -- fails 42703
DELETE FROM a USING b WHERE nope = 1 AND EXISTS (SELECT 1 FROM c); -- fails 42703
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT a.id FROM a JOIN b ON b.nope = a.id JOIN c ON true $$; -- fails 42703
DELETE FROM a WHERE EXISTS (SELECT 1 FROM c) AND nope = 1; -- fails 42P01 by 17
CREATE TABLE c (id int);

-- # what is cast to
CREATE TABLE a (id int, n int);
SELECT 'x'::mood; -- fails 42704 by 12
SELECT '{}'::mood[]; -- fails 42704 by 12
INSERT INTO a (id) VALUES (('1'::mood)::text::int); -- fails 42704 by 12
INSERT INTO a (nope) VALUES ('x'::mood); -- fails 42703
UPDATE a SET nope = 'x'::mood; -- fails 42704 by 12
UPDATE a SET n = 1 WHERE nope = 'x'::mood; -- fails 42703
CREATE VIEW v AS SELECT 'x'::mood AS m, id FROM a; -- fails 42704 by 12
CREATE INDEX ON a ((n::text::mood)); -- fails 42704 by 12
CREATE FUNCTION f() RETURNS text LANGUAGE sql AS $$ SELECT 'x'::mood::text $$; -- fails 42704 by 12
DO $$ BEGIN PERFORM 'x'::mood; END $$; -- fails 42704 by 12
CREATE TYPE mood AS ENUM ('x', '1');
SELECT 'x'::mood, '{x}'::mood[], NULL::a, '{}'::a[], 'x'::information_schema.sql_identifier, NULL::pg_class;
ALTER TYPE mood RENAME TO spirit;
SELECT 'x'::mood; -- fails 42704 by 14

-- # one ALTER TABLE: columns whose type changes and the types are looked at before any command runs
CREATE TABLE a (id int, n int);
ALTER TABLE a DROP CONSTRAINT nope, ALTER nada TYPE text; -- fails 42703
ALTER TABLE a DROP CONSTRAINT nope, ALTER n TYPE text; -- fails 42704
ALTER TABLE a DROP COLUMN nope, ALTER n TYPE later; -- fails 42704 by 7
ALTER TABLE a DROP CONSTRAINT nope, ALTER n TYPE text USING nada::text; -- fails 42703
ALTER TABLE a ADD COLUMN z int, ALTER z TYPE text; -- fails 42703
CREATE TYPE later AS ENUM ('x');

-- # COMMENT ON what is in a table: the table, then what is in it
CREATE TABLE a (id int, m mood); -- fails 42704 by 4
COMMENT ON COLUMN a.q IS 'x'; -- fails 42P01 after 1
COMMENT ON CONSTRAINT c ON a IS 'x'; -- fails 42P01 after 1
CREATE TYPE mood AS (part int);
COMMENT ON COLUMN mood.part IS 'x';

-- # a routine is named by types that have to be there
DROP FUNCTION f(mood); -- fails 42704 by 4
DROP FUNCTION IF EXISTS f(mood);
COMMENT ON FUNCTION f(int, mood[]) IS 'x'; -- fails 42704 by 4
CREATE TYPE mood AS ENUM ('a');
DROP FUNCTION f(mood); -- fails 42883 by 6
CREATE FUNCTION f(mood) RETURNS int LANGUAGE sql AS 'SELECT 1';
DROP FUNCTION f(mood);
DROP TYPE mood;
ALTER FUNCTION f(mood) STRICT; -- fails 42704 by 8
