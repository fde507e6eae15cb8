-- # an enum made anew
CREATE TABLE t (a text);
---
CREATE TYPE e AS ENUM ('a', 'b'); -- fails 42710
ALTER TABLE t ALTER COLUMN a TYPE e USING a::e; -- safe

-- # an enum replaced as Prisma does it
CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (x e DEFAULT 'a');
---
BEGIN; -- safe
CREATE TYPE e_new AS ENUM ('a', 'c'); -- safe, alone fails 42710
ALTER TABLE t ALTER COLUMN x DROP DEFAULT; -- safe
ALTER TABLE t ALTER COLUMN x TYPE e_new USING (x::text::e_new); -- safe
ALTER TYPE e RENAME TO e_old; -- safe, alone fails 42704
ALTER TYPE e_new RENAME TO e; -- safe, alone fails 42704
DROP TYPE e_old; -- safe, alone fails 42704
ALTER TABLE t ALTER COLUMN x SET DEFAULT 'c'; -- safe
COMMIT; -- safe

-- # an enum replaced without dropping the old one
CREATE TYPE e AS ENUM ('a'); CREATE TABLE t (x e);
---
ALTER TYPE e RENAME TO e_old; -- fails 42710, alone fails 42704
CREATE TYPE e AS ENUM ('a', 'b'); -- fails 42710
ALTER TABLE t ALTER COLUMN x TYPE e USING x::text::e; -- safe

-- # enum values
CREATE TYPE e AS ENUM ('a');
---
ALTER TYPE e ADD VALUE 'b'; -- fails 42710
ALTER TYPE e ADD VALUE IF NOT EXISTS 'c' AFTER 'a'; -- safe
ALTER TYPE e RENAME VALUE 'a' TO 'z'; -- fails 22023

-- # an enum value renamed and added again
CREATE TYPE e AS ENUM ('a');
---
ALTER TYPE e RENAME VALUE 'a' TO 'b'; -- fails 42710, alone fails 22023
ALTER TYPE e ADD VALUE IF NOT EXISTS 'a'; -- safe

-- # an enum dropped under a column
CREATE TYPE e AS ENUM ('a'); -- safe, alone fails 42710
CREATE TABLE t (x e); -- fails 42P07
DROP TYPE e CASCADE; -- safe, alone fails 42704

-- # an enum under a column is not dropped again
DROP TYPE IF EXISTS e; -- fails 2BP01, alone safe
CREATE TYPE e AS ENUM ('a'); -- fails 42710
CREATE TABLE t (x e); -- fails 42P07

-- # an enum under an array column is not dropped again
DROP TYPE IF EXISTS e; -- fails 2BP01, alone safe
CREATE TYPE e AS ENUM ('a'); -- fails 42710
CREATE TABLE t (x e[]); -- fails 42P07

-- # a type with a table's name
CREATE TABLE IF NOT EXISTS e (a int); -- safe
CREATE TYPE s AS ENUM ('a'); -- fails 42710
DROP TABLE e; -- safe, alone fails 42P01

-- # composite types
CREATE TYPE c AS (a int); -- fails 42710
ALTER TYPE c ADD ATTRIBUTE b text; -- fails 42701
ALTER TYPE c DROP ATTRIBUTE IF EXISTS z; -- safe

-- # a composite type dropped and made
DROP TYPE IF EXISTS c; -- safe
CREATE TYPE c AS (a int, b text); -- safe, alone fails 42710

-- # domains
CREATE DOMAIN d AS text CHECK (VALUE <> ''); -- fails 42710
ALTER DOMAIN d ADD CONSTRAINT short CHECK (length(VALUE) < 10); -- fails 42710
ALTER DOMAIN d SET DEFAULT 'x'; -- safe

-- # a domain's unnamed check comes once more
CREATE DOMAIN d AS text;
---
ALTER DOMAIN d ADD CHECK (VALUE <> ''); -- repeats

-- # a domain constraint dropped and added
CREATE DOMAIN d AS int CONSTRAINT c CHECK (VALUE > 0);
---
ALTER DOMAIN d DROP CONSTRAINT IF EXISTS c; -- safe
ALTER DOMAIN d ADD CONSTRAINT c CHECK (VALUE > 1); -- safe, alone fails 42710

-- # a domain under a column
DROP DOMAIN IF EXISTS d; -- unknown (fails 2BP01), alone safe
CREATE DOMAIN d AS int; -- unknown (fails 42710), alone fails 42710
CREATE TABLE IF NOT EXISTS t (a d); -- safe

-- # sequences
CREATE SEQUENCE s START 10; -- fails 42P07
ALTER SEQUENCE s INCREMENT 5; -- safe
CREATE SEQUENCE IF NOT EXISTS s2; -- safe

-- # a sequence set to a constant
CREATE SEQUENCE s;
---
SELECT setval('s', 42); -- safe
ALTER SEQUENCE s RESTART WITH 7; -- safe

-- # functions replaced
CREATE OR REPLACE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'; -- safe
CREATE OR REPLACE FUNCTION f(a text) RETURNS int LANGUAGE sql AS 'SELECT 1'; -- safe
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; -- fails 42723

-- # a function dropped and made with another result
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
---
DROP FUNCTION f(int); -- safe, alone fails 42883
CREATE FUNCTION f(a int) RETURNS text LANGUAGE sql AS 'SELECT ''x'''; -- safe, alone fails 42723

-- # a function whose arguments change: the old one is dropped once
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
---
DROP FUNCTION f(int); -- fails 42883
CREATE FUNCTION f(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT 1'; -- fails 42723

-- # a function dropped by its name only, and made with other arguments
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
---
DROP FUNCTION f; -- safe, alone fails 42883
CREATE FUNCTION f(a int, b int) RETURNS int LANGUAGE sql AS 'SELECT 1'; -- safe, alone fails 42723

-- # a function dropped by its name, IF EXISTS, with two of the name
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
---
DROP FUNCTION IF EXISTS f; -- fails 42725, alone safe
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1'; -- fails 42723
CREATE FUNCTION f(a text) RETURNS int LANGUAGE sql AS 'SELECT 1'; -- fails 42723

-- # a function replaced with another result type
CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; -- fails 42P13, alone safe
DROP FUNCTION f(); -- safe, alone fails 42883
CREATE OR REPLACE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT ''x'''; -- safe

-- # spellings of an argument's type
CREATE FUNCTION f(a integer, b varchar(10), c timestamp with time zone) RETURNS int LANGUAGE sql AS 'SELECT 1';
---
DROP FUNCTION IF EXISTS f(int4, character varying, timestamptz); -- safe
CREATE FUNCTION f(a int, b varchar, c timestamptz) RETURNS int LANGUAGE sql AS 'SELECT 1'; -- safe, alone fails 42723

-- # OUT arguments and defaults do not count
CREATE FUNCTION f(a int, OUT b int) LANGUAGE sql AS 'SELECT 1'; -- safe, alone fails 42723
DROP FUNCTION f(int); -- safe, alone fails 42883

-- # a trigger and its function
CREATE TABLE t (a int);
---
CREATE OR REPLACE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; -- safe
CREATE TRIGGER tg BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION g(); -- fails 42710

-- # a trigger dropped and made
CREATE TABLE t (a int);
---
CREATE OR REPLACE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; -- safe
DROP TRIGGER IF EXISTS tg ON t; -- safe
CREATE TRIGGER tg BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION g(); -- safe, alone fails 42710

-- # a trigger's function is not dropped under it
CREATE TABLE t (a int);
---
DROP FUNCTION IF EXISTS g(); -- fails 2BP01, alone safe
CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; -- fails 42723
CREATE TRIGGER tg BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION g(); -- fails 42710

-- # a trigger's function dropped with CASCADE
CREATE TABLE t (a int);
---
DROP FUNCTION IF EXISTS g() CASCADE; -- safe
CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; -- safe, alone fails 42723
CREATE TRIGGER tg BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION g(); -- safe, alone fails 42710

-- # OR REPLACE TRIGGER
CREATE TABLE t (a int); CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
---
CREATE OR REPLACE TRIGGER tg BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION g(); -- safe
CREATE CONSTRAINT TRIGGER ct AFTER UPDATE ON t DEFERRABLE FOR EACH ROW EXECUTE FUNCTION g(); -- fails 42710

-- # a trigger goes with its table
CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
---
DROP TABLE IF EXISTS t; -- repeats (safe), alone safe
CREATE TABLE t (a int); -- safe, alone fails 42P07
CREATE TRIGGER tg BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION g(); -- safe, alone fails 42710

-- # DROP TRIGGER IF EXISTS on a table that is dropped later
CREATE TABLE t (a int);
---
DROP TRIGGER IF EXISTS tg ON t; -- safe
DROP POLICY IF EXISTS p ON t; -- safe
DROP TABLE t; -- fails 42P01

-- # policies
CREATE TABLE t (a int);
---
ALTER TABLE t ENABLE ROW LEVEL SECURITY; -- safe
CREATE POLICY p ON t FOR SELECT USING (true); -- fails 42710
DROP POLICY IF EXISTS q ON t; -- safe
CREATE POLICY q ON t USING (true); -- safe, alone fails 42710
ALTER POLICY p ON t USING (false); -- safe

-- # rules
CREATE TABLE t (a int);
---
CREATE RULE r AS ON DELETE TO t DO INSTEAD NOTHING; -- fails 42710
CREATE OR REPLACE RULE r2 AS ON UPDATE TO t DO INSTEAD NOTHING; -- safe

-- # views over views
CREATE TABLE t (a int);
---
CREATE VIEW v AS SELECT a FROM t; -- fails 42P07
CREATE VIEW w AS SELECT a FROM v; -- fails 42P07

-- # views replaced
CREATE TABLE t (a int);
---
CREATE OR REPLACE VIEW v AS SELECT a FROM t; -- safe
CREATE OR REPLACE VIEW w AS SELECT a FROM v; -- safe

-- # a view dropped and made, with one over it
CREATE TABLE t (a int);
---
DROP VIEW IF EXISTS v; -- fails 2BP01, alone safe
CREATE VIEW v AS SELECT a FROM t; -- fails 42P07
CREATE OR REPLACE VIEW w AS SELECT a FROM v; -- safe

-- # views dropped in order
CREATE TABLE t (a int);
---
DROP VIEW IF EXISTS w; -- safe
DROP VIEW IF EXISTS v; -- safe
CREATE VIEW v AS SELECT a FROM t; -- safe, alone fails 42P07
CREATE VIEW w AS SELECT a FROM v; -- safe, alone fails 42P07

-- # a view dropped with CASCADE and not made again
CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t; CREATE VIEW w AS SELECT a FROM v;
---
DROP VIEW v CASCADE; -- safe, alone fails 42P01
CREATE VIEW v AS SELECT a FROM t; -- safe, alone fails 42P07

-- # a column under a view
CREATE TABLE t (a int, b int);
---
DROP VIEW IF EXISTS v; -- safe
ALTER TABLE t ALTER COLUMN a TYPE bigint; -- safe
CREATE VIEW v AS SELECT a FROM t; -- safe, alone fails 42P07

-- # a view over a column that goes
CREATE TABLE t (a int, b int); CREATE VIEW v AS SELECT a, b FROM t;
---
DROP VIEW v; -- safe, alone fails 42P01
ALTER TABLE t DROP COLUMN b; -- fails 42703
CREATE VIEW v AS SELECT a FROM t; -- safe, alone fails 42P07

-- # a view reads what the file drops
CREATE TABLE t (a int); CREATE TABLE u (a int);
---
CREATE OR REPLACE VIEW v AS SELECT a FROM t; -- fails 42P01, alone safe
CREATE OR REPLACE VIEW v AS SELECT a FROM u; -- safe
DROP TABLE t; -- fails 42P01

-- # materialized views
CREATE TABLE t (a int);
---
CREATE MATERIALIZED VIEW m AS SELECT a FROM t; -- fails 42P07
CREATE UNIQUE INDEX mi ON m (a); -- fails 42P07
REFRESH MATERIALIZED VIEW m; -- safe

-- # materialized views made anew
CREATE TABLE t (a int);
---
DROP MATERIALIZED VIEW IF EXISTS m; -- safe
CREATE MATERIALIZED VIEW m AS SELECT a FROM t; -- safe, alone fails 42P07
CREATE UNIQUE INDEX mi ON m (a); -- safe, alone fails 42P07
REFRESH MATERIALIZED VIEW CONCURRENTLY m; -- safe

-- # OR REPLACE VIEW over a materialized view
CREATE OR REPLACE VIEW v AS SELECT 1 AS a; -- fails 42809, alone safe
DROP VIEW v; -- fails 42809, alone fails 42P01
CREATE MATERIALIZED VIEW v AS SELECT 1 AS a; -- fails 42P07

-- # IF EXISTS of another kind
CREATE VIEW v AS SELECT 1 AS a;
---
DROP VIEW IF EXISTS v; -- fails 42809, alone safe
CREATE MATERIALIZED VIEW v AS SELECT 1 AS a; -- fails 42P07

-- # concurrently
CREATE TABLE t (a int);
---
CREATE INDEX CONCURRENTLY i ON t (a); -- safe, alone fails 42P07
DROP INDEX CONCURRENTLY IF EXISTS j; -- safe
CREATE INDEX CONCURRENTLY IF NOT EXISTS j ON t (a); -- safe
DROP INDEX CONCURRENTLY i; -- safe, alone fails 42704

-- # an index swapped by a concurrent one
CREATE TABLE t (a int); CREATE INDEX i ON t (a);
---
CREATE INDEX CONCURRENTLY IF NOT EXISTS i2 ON t (a DESC); -- safe
DROP INDEX CONCURRENTLY IF EXISTS i; -- safe

-- # an index with INCLUDE, WHERE, expressions
CREATE TABLE t (a int, b int, c text);
---
CREATE INDEX i ON t (a) INCLUDE (b); -- fails 42703, alone fails 42P07
CREATE INDEX j ON t (lower(c)) WHERE b > 0; -- fails 42703, alone fails 42P07
ALTER TABLE t DROP COLUMN b; -- fails 42703

-- # an index over a column that is renamed
CREATE TABLE t (a int);
---
CREATE INDEX IF NOT EXISTS i ON t (a); -- fails 42703, alone safe
ALTER TABLE t RENAME COLUMN a TO b; -- fails 42703

-- # extended statistics
CREATE TABLE t (a int, b int);
---
CREATE STATISTICS st ON a, b FROM t; -- fails 42710
CREATE STATISTICS IF NOT EXISTS st2 ON a, b FROM t; -- safe

-- # extensions
CREATE EXTENSION IF NOT EXISTS plpgsql; -- safe
COMMENT ON EXTENSION plpgsql IS 'x'; -- safe

-- # publications
CREATE TABLE t (a int);
---
CREATE PUBLICATION idemlint_pub FOR TABLE t; -- fails 42710
ALTER PUBLICATION idemlint_pub DROP TABLE t; -- safe, alone fails 42704
ALTER PUBLICATION idemlint_pub ADD TABLE t; -- safe, alone fails 42710

-- # roles
CREATE ROLE idemlint_case; -- fails 42710
GRANT idemlint_case TO CURRENT_USER; -- safe
ALTER ROLE idemlint_case NOLOGIN; -- safe

-- # a role dropped and made
DROP ROLE IF EXISTS idemlint_case; -- safe
CREATE ROLE idemlint_case; -- safe, alone fails 42710

-- # casts, operators, aggregates
CREATE FUNCTION plus(int, int) RETURNS int LANGUAGE sql AS 'SELECT $1 + $2';
---
CREATE OPERATOR ~~+~~ (FUNCTION = plus, LEFTARG = int, RIGHTARG = int); -- fails 42723
CREATE AGGREGATE total (int) (SFUNC = plus, STYPE = int, INITCOND = '0'); -- fails 42723
DROP OPERATOR IF EXISTS ~~-~~ (int, int); -- safe

-- # text search
CREATE TEXT SEARCH CONFIGURATION c (COPY = simple); -- fails 23505
ALTER TEXT SEARCH CONFIGURATION c DROP MAPPING FOR word; -- safe, alone fails 42704
ALTER TEXT SEARCH CONFIGURATION c ADD MAPPING FOR word WITH simple; -- safe, alone fails 23505

-- # foreign tables
CREATE FOREIGN DATA WRAPPER w; -- fails 42710
CREATE SERVER s FOREIGN DATA WRAPPER w; -- fails 42710
CREATE FOREIGN TABLE f (a int) SERVER s; -- fails 42P07
ALTER FOREIGN TABLE f ADD COLUMN b int; -- fails 42701

-- # event triggers
CREATE OR REPLACE FUNCTION et() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END'; -- safe
CREATE EVENT TRIGGER idemlint_et ON ddl_command_end EXECUTE FUNCTION et(); -- safe, alone fails 42710
DROP EVENT TRIGGER idemlint_et; -- safe, alone fails 42704

-- # a function that gives other columns is not replaced
CREATE OR REPLACE FUNCTION f(a int) RETURNS TABLE (x int, y int) LANGUAGE sql AS 'SELECT 1, 2'; -- fails 42P13, alone safe
DROP FUNCTION f(int); -- safe, alone fails 42883
CREATE FUNCTION f(a int) RETURNS TABLE (x int, y int, z int) LANGUAGE sql AS 'SELECT 1, 2, 3'; -- safe, alone fails 42723

-- # a function that a procedure has taken the place of
CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; -- fails 42809, alone safe
DROP FUNCTION f(); -- fails 42809, alone fails 42883
CREATE PROCEDURE f() LANGUAGE sql AS 'SELECT 1'; -- fails 42723

-- # the name alone, once there are two
CREATE FUNCTION f(a int) RETURNS int LANGUAGE sql AS 'SELECT 1';
---
COMMENT ON FUNCTION f IS 'one'; -- fails 42725, alone safe
GRANT EXECUTE ON FUNCTION f TO public; -- fails 42725, alone safe
CREATE OR REPLACE FUNCTION f(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT 1'; -- safe
COMMENT ON FUNCTION f(int, int) IS 'two'; -- safe

-- # other lengths of types are no other function, other types are
CREATE OR REPLACE FUNCTION f(a varchar) RETURNS int LANGUAGE sql AS 'SELECT 1'; -- safe
COMMENT ON FUNCTION f IS 'one'; -- fails 42725, alone safe
CREATE OR REPLACE FUNCTION f(a varchar(20)) RETURNS int LANGUAGE sql AS 'SELECT 1'; -- safe
CREATE OR REPLACE FUNCTION f(a text) RETURNS int LANGUAGE sql AS 'SELECT 1'; -- safe

-- # a handler that expects it
DO $$ BEGIN CREATE OR REPLACE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; EXCEPTION WHEN invalid_function_definition THEN NULL; END $$; -- safe
DROP FUNCTION f(); -- safe, alone fails 42883
CREATE FUNCTION f() RETURNS text LANGUAGE sql AS 'SELECT ''x'''; -- safe, alone fails 42723

-- # a unique index takes the foreign keys that stand on it
CREATE TABLE p (id int); CREATE UNIQUE INDEX u ON p (id); CREATE TABLE c (p int, CONSTRAINT k FOREIGN KEY (p) REFERENCES p (id));
---
DROP INDEX u CASCADE; -- safe, alone fails 42704
CREATE UNIQUE INDEX u ON p (id); -- safe, alone fails 42P07
ALTER TABLE c ADD CONSTRAINT k FOREIGN KEY (p) REFERENCES p (id); -- safe, alone fails 42710

-- # a unique index takes the foreign keys for good
CREATE TABLE p (id int); CREATE TABLE c (p int);
---
CREATE UNIQUE INDEX IF NOT EXISTS u ON p (id); -- safe
ALTER TABLE c ADD CONSTRAINT k FOREIGN KEY (p) REFERENCES p (id); -- safe, alone fails 42710
DROP INDEX u CASCADE; -- safe, alone fails 42704
CREATE UNIQUE INDEX u ON p (id); -- safe, alone fails 42P07

-- # a unique index under a foreign key
CREATE TABLE p (id int); CREATE TABLE c (p int);
---
DROP INDEX IF EXISTS u; -- fails 2BP01, alone safe
CREATE UNIQUE INDEX IF NOT EXISTS u ON p (id); -- safe
ALTER TABLE c ADD CONSTRAINT k FOREIGN KEY (p) REFERENCES p (id); -- fails 42710

-- # an index under its constraint is dropped by nobody
CREATE TABLE p (id int);
---
DROP INDEX IF EXISTS u CASCADE; -- fails 2BP01, alone safe
CREATE UNIQUE INDEX u ON p (id); -- fails 42P07
ALTER TABLE p ADD CONSTRAINT u UNIQUE USING INDEX u; -- fails 55000

-- # PUBLIC is there, whoever made it: GRANT … ON ALL reaches what was made since
CREATE SCHEMA town;
CREATE TABLE town.hall (id int);
---
GRANT SELECT ON ALL TABLES IN SCHEMA town TO PUBLIC; -- repeats, alone safe
CREATE TABLE IF NOT EXISTS town.street (id int); -- safe

-- # unless that is granted as well
CREATE SCHEMA town;
CREATE TABLE town.hall (id int);
---
GRANT SELECT ON ALL TABLES IN SCHEMA town TO PUBLIC; -- safe
CREATE TABLE IF NOT EXISTS town.street (id int); -- safe
GRANT SELECT ON town.street TO PUBLIC; -- safe

-- # or by default
CREATE SCHEMA town;
CREATE TABLE town.hall (id int);
---
ALTER DEFAULT PRIVILEGES IN SCHEMA town GRANT SELECT ON TABLES TO PUBLIC; -- safe
GRANT SELECT ON ALL TABLES IN SCHEMA town TO PUBLIC; -- safe
CREATE TABLE IF NOT EXISTS town.street (id int); -- safe

-- # what is granted on a schema is nothing in it
CREATE ROLE town_reader;
---
DROP SCHEMA IF EXISTS town; -- safe
CREATE SCHEMA town; -- safe, alone fails 42P06
GRANT USAGE ON SCHEMA town TO town_reader; -- safe
GRANT USAGE ON SCHEMA town TO PUBLIC; -- safe
