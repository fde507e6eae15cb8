-- # a table is made in the first schema, whatever the next one holds
CREATE SCHEMA s; CREATE TABLE public.t (i int);
---
SET search_path = s, public; -- safe
CREATE TABLE t (i int); -- fails 42P07

-- # IF NOT EXISTS looks where the table would be made
CREATE SCHEMA s; CREATE TABLE public.t (i int); CREATE TABLE s.u (i int);
---
SET search_path = s, public; -- safe
CREATE TABLE IF NOT EXISTS t (i int, j int); -- safe
ALTER TABLE t DROP COLUMN j; -- fails 42703
CREATE TABLE IF NOT EXISTS u (i int, j int); -- safe
ALTER TABLE u DROP COLUMN IF EXISTS j; -- safe

-- # a schema of the search_path that is not there is passed over
CREATE SCHEMA s; DROP SCHEMA s;
---
SET search_path = s, public; -- safe
CREATE TABLE t (i int); -- safe, alone fails 42P07
DROP TABLE public.t; -- safe, alone fails 42P01

-- # no schema of the search_path is there
CREATE SCHEMA s;
---
SET search_path = s; -- safe
CREATE TABLE t (i int); -- fails 3F000, alone fails 42P07
DROP SCHEMA s CASCADE; -- fails 3F000

-- # IF NOT EXISTS, where no schema of the search_path is there
CREATE SCHEMA s;
---
SET search_path = s; -- safe
CREATE TABLE IF NOT EXISTS t (i int); -- fails 3F000, alone safe
RESET search_path; -- safe
DROP SCHEMA s CASCADE; -- fails 3F000

-- # a temporary table does not take the permanent one's name
CREATE TEMP TABLE t (i int); -- safe, alone fails 42P07
CREATE TABLE t (i int); -- fails 42P07

-- # nor does it keep IF NOT EXISTS from making it
CREATE TEMP TABLE t (i int); -- safe, alone fails 42P07
CREATE TABLE IF NOT EXISTS t (i int); -- safe
ALTER TABLE public.t ADD COLUMN j int; -- fails 42701

-- # DROP TABLE takes the temporary one first
CREATE TABLE t (i int);
---
CREATE TEMP TABLE t (i int); -- safe, alone fails 42P07
DROP TABLE t; -- safe, alone repeats
DROP TABLE t; -- fails 42P01

-- # DROP TABLE of the permanent one by its schema
CREATE TABLE t (i int);
---
CREATE TEMP TABLE t (i int); -- safe, alone fails 42P07
DROP TABLE public.t; -- fails 42P01
DROP TABLE t; -- safe, alone fails 42P01

-- # an index goes where its table is
CREATE TABLE t (i int); CREATE TABLE u (i int);
---
CREATE TEMP TABLE t (i int); -- safe, alone fails 42P07
CREATE INDEX t_i ON t (i); -- safe, alone fails 42P07
CREATE INDEX t_i ON u (i); -- fails 42P07

-- # an index whose name a temporary index has
CREATE TABLE u (i int);
---
CREATE TEMP TABLE t (i int); -- safe, alone fails 42P07
CREATE INDEX x ON t (i); -- safe, alone fails 42P07
CREATE INDEX IF NOT EXISTS x ON u (i); -- safe
DROP INDEX x; -- safe, alone repeats

-- # an index of a table further along the search_path
CREATE SCHEMA s; CREATE TABLE public.t (i int); CREATE TABLE s.x (i int);
---
SET search_path = s, public; -- safe
CREATE INDEX x ON t (i); -- fails 42P07
CREATE INDEX IF NOT EXISTS x ON t (i); -- safe

-- # an index without a name on a temporary table
CREATE TABLE u (i int);
---
CREATE TEMP TABLE t (i int); -- safe, alone fails 42P07
CREATE INDEX ON t (i); -- safe
CREATE TABLE t_i_idx (i int); -- fails 42P07

-- # a constraint's index lies beside its table
CREATE SCHEMA s; CREATE TABLE public.t (i int); CREATE TABLE s.k (i int);
---
SET search_path = s, public; -- safe
ALTER TABLE t ADD CONSTRAINT k UNIQUE (i); -- fails 42P07

-- # a new name lies beside the old one
CREATE SCHEMA s; CREATE TABLE public.t (i int); CREATE TABLE s.u (i int); CREATE TABLE s.t (); DROP TABLE s.t;
---
SET search_path = s, public; -- safe
ALTER TABLE t RENAME TO u; -- fails 42P07, alone fails 42P01
CREATE TABLE t (i int); -- fails 42P07

-- # a temporary table renamed to a permanent one's name
CREATE TABLE u (i int); CREATE TABLE t (); DROP TABLE t;
---
CREATE TEMP TABLE t (i int); -- safe, alone fails 42P07
ALTER TABLE t RENAME TO u; -- safe, alone fails 42P01
DROP TABLE u; -- safe, alone repeats
DROP TABLE u; -- fails 42P01

-- # a view is made in the first schema
CREATE SCHEMA s; CREATE VIEW public.v AS SELECT 1 AS a;
---
SET search_path = s, public; -- safe
CREATE VIEW v AS SELECT 2 AS a; -- fails 42P07

-- # OR REPLACE replaces only what is in the first schema
CREATE SCHEMA s; CREATE VIEW public.v AS SELECT 'a'::text AS a;
---
SET search_path = s, public; -- safe
CREATE OR REPLACE VIEW v AS SELECT 2 AS b; -- safe
DROP VIEW public.v; -- fails 42P01
DROP VIEW v; -- safe, alone fails 42P01

-- # a view of a temporary table is temporary
CREATE TEMP TABLE t (i int); -- safe, alone fails 42P07
CREATE VIEW v AS SELECT i FROM t; -- safe, alone fails 42P07
CREATE TABLE v (i int); -- fails 42P07

-- # a view of a permanent table beside a temporary one
CREATE TABLE p (i int);
---
CREATE TEMP TABLE t (i int); -- safe, alone fails 42P07
CREATE VIEW v AS SELECT i FROM p; -- fails 42P07

-- # a temporary view hides a permanent one
CREATE TABLE p (i int);
---
CREATE TEMP VIEW v AS SELECT 1 AS a; -- safe, alone fails 42P07
CREATE VIEW v AS SELECT i FROM p; -- safe, alone fails 42P07
DROP VIEW v; -- safe, alone repeats
DROP VIEW v; -- safe, alone fails 42P01

-- # a temporary sequence
CREATE TEMP SEQUENCE q; -- safe, alone fails 42P07
CREATE SEQUENCE IF NOT EXISTS q; -- safe
DROP SEQUENCE q; -- safe, alone repeats
DROP SEQUENCE q; -- safe, alone fails 42P01

-- # a sequence is made in the first schema
CREATE SCHEMA s; CREATE SEQUENCE public.q;
---
SET search_path = s, public; -- safe
CREATE SEQUENCE q; -- fails 42P07

-- # a function is made in the first schema
CREATE SCHEMA s; CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
---
SET search_path = s, public; -- safe
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 2'; -- fails 42723

-- # OR REPLACE FUNCTION replaces only what is in the first schema
CREATE SCHEMA s; CREATE FUNCTION public.f() RETURNS int LANGUAGE sql AS 'SELECT 1';
---
SET search_path = s, public; -- safe
CREATE OR REPLACE FUNCTION f() RETURNS text LANGUAGE sql AS $$SELECT 'a'$$; -- safe
DROP FUNCTION public.f(); -- fails 42883
DROP FUNCTION f(); -- safe, alone fails 42883

-- # a temporary function is found by its schema only
CREATE FUNCTION pg_temp.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; -- safe, alone fails 42723
CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; -- safe, alone fails 42723
DROP FUNCTION f(); -- safe, alone fails 42883
DROP FUNCTION IF EXISTS f(); -- safe

-- # an enum is made in the first schema
CREATE SCHEMA s; CREATE TYPE public.e AS ENUM ('a');
---
SET search_path = s, public; -- safe
CREATE TYPE e AS ENUM ('b'); -- fails 42710
ALTER TYPE e ADD VALUE 'c'; -- fails 42710

-- # a type whose name a table of the second schema has
CREATE SCHEMA s; CREATE TABLE public.e (i int);
---
SET search_path = s, public; -- safe
CREATE TYPE e AS ENUM ('b'); -- fails 42710
CREATE TYPE c AS (i int); -- fails 42710

-- # a domain is made in the first schema
CREATE SCHEMA s; CREATE DOMAIN public.d AS int;
---
SET search_path = s, public; -- safe
CREATE DOMAIN d AS text; -- fails 42710

-- # a type whose name a temporary table has
CREATE TEMP TABLE e (i int); -- safe, alone fails 42P07
CREATE TYPE e AS ENUM ('b'); -- fails 42710

-- # pg_temp named in the search_path is where things are made
SET search_path = pg_temp, public; -- safe
CREATE TABLE t (i int); -- safe, alone fails 42P07
CREATE TABLE public.t (i int); -- fails 42P07

-- # pg_temp at the end of the search_path hides nothing
CREATE TABLE t (i int);
---
SET search_path = public, pg_temp; -- safe
CREATE TEMP TABLE t (i int); -- safe, alone fails 42P07
DROP TABLE t; -- safe
DROP TABLE t; -- fails 42P01

-- # statistics are made in the first schema
CREATE SCHEMA s; CREATE TABLE public.t (i int, j int); CREATE STATISTICS public.x ON i, j FROM public.t;
---
SET search_path = s, public; -- safe
CREATE STATISTICS x ON i, j FROM t; -- fails 42710

-- # a column's sequence and key lie beside a temporary table
CREATE TEMP TABLE t (id serial PRIMARY KEY); -- safe, alone fails 42P07
CREATE TABLE t (id serial PRIMARY KEY); -- fails 42P07
DROP TABLE t; -- safe, alone repeats

-- # SET SCHEMA where the target has the name
CREATE SCHEMA s; CREATE TABLE t (i int);
---
CREATE TEMP TABLE u (i int); -- safe, alone fails 42P07
ALTER TABLE t SET SCHEMA s; -- fails 42P07, alone fails 42P01
CREATE TABLE t (i int); -- fails 42P07

-- # a trigger's table is looked up
CREATE TABLE t (i int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
---
CREATE TEMP TABLE t (i int); -- safe, alone fails 42P07
CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); -- safe, alone fails 42710
CREATE TRIGGER g BEFORE INSERT ON public.t FOR EACH ROW EXECUTE FUNCTION f(); -- fails 42710

-- # CREATE TABLE AS and SELECT INTO
CREATE SCHEMA s; CREATE TABLE public.t (i int); CREATE TABLE public.u (i int);
---
SET search_path = s, public; -- safe
CREATE TABLE t AS SELECT 1 AS i; -- fails 42P07
SELECT 1 AS i INTO u; -- fails 42P07

-- # CREATE TABLE AS of a temporary table of the same name
CREATE TEMP TABLE t (i int); -- safe, alone fails 42P07
CREATE TABLE t AS SELECT i FROM t; -- fails 42P07
