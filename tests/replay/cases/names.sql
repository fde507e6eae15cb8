-- # a renamed table leaves its name free
CREATE TABLE a (i int); -- repeats, alone fails 42P07
ALTER TABLE a RENAME TO b; -- fails 42P07, alone fails 42P01

-- # a renamed table that was there before
CREATE TABLE a (i int);
---
ALTER TABLE a RENAME TO b; -- fails 42P01

-- # a swap of two tables by a third name swaps them back
CREATE TABLE a (i int); CREATE TABLE b (j int);
---
ALTER TABLE a RENAME TO tmp; -- repeats, alone fails 42P01
ALTER TABLE b RENAME TO a; -- repeats, alone fails 42P01
ALTER TABLE tmp RENAME TO b; -- repeats, alone fails 42P01

-- # a column renamed and made anew under the old name
CREATE TABLE t (a int);
---
ALTER TABLE t RENAME COLUMN a TO b; -- fails 42701, alone fails 42703
ALTER TABLE t ADD COLUMN a int; -- fails 42701

-- # a column renamed, a new one copied, the old one dropped
CREATE TABLE t (a int);
---
ALTER TABLE t ADD COLUMN a2 text; -- safe, alone fails 42701
UPDATE t SET a2 = a::text; -- safe
ALTER TABLE t DROP COLUMN a; -- safe, alone fails 42703
ALTER TABLE t RENAME COLUMN a2 TO a; -- safe, alone fails 42703

-- # an index stays with its renamed table
CREATE TABLE t (a int); -- repeats, alone fails 42P07
CREATE INDEX i ON t (a); -- safe, alone fails 42P07
ALTER TABLE t RENAME TO u; -- fails 42P07, alone fails 42P01
DROP INDEX i; -- safe, alone fails 42704

-- # a renamed index
CREATE TABLE t (a int);
---
CREATE INDEX i ON t (a); -- repeats, alone fails 42P07
ALTER INDEX i RENAME TO j; -- fails 42P07, alone fails 42P01

-- # a renamed index, each step guarded
CREATE TABLE t (a int);
---
CREATE INDEX IF NOT EXISTS i ON t (a); -- repeats, alone safe
ALTER INDEX IF EXISTS i RENAME TO j; -- fails 42P07, alone safe

-- # a new index takes the old one's name
CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a);
---
CREATE INDEX i_new ON t (a, b); -- safe, alone fails 42P07
DROP INDEX i; -- safe, alone fails 42704
ALTER INDEX i_new RENAME TO i; -- safe, alone fails 42P01

-- # a table moves to another schema
CREATE TABLE t (a int); CREATE SCHEMA s;
---
ALTER TABLE t SET SCHEMA s; -- fails 42P01

-- # a table moves to another schema and a new one takes its place
CREATE TABLE t (a int); CREATE SCHEMA s;
---
ALTER TABLE t SET SCHEMA s; -- fails 42P07, alone fails 42P01
CREATE TABLE t (a int); -- fails 42P07

-- # a table of another schema moves in, with its index
CREATE SCHEMA s; CREATE TABLE s.t (a int); CREATE INDEX i ON s.t (a);
---
ALTER TABLE s.t SET SCHEMA public; -- fails 42P01
DROP INDEX i; -- fails 42704

-- # IF EXISTS lets a move pass
CREATE SCHEMA s; CREATE TABLE t (a int);
---
ALTER TABLE IF EXISTS t SET SCHEMA s; -- safe

-- # a schema renamed with what is in it
CREATE SCHEMA s; CREATE TABLE s.t (a int);
---
ALTER SCHEMA s RENAME TO s2; -- fails 3F000
ALTER TABLE s2.t ADD COLUMN b int; -- fails 42701

-- # search_path decides where an unqualified table is made
CREATE SCHEMA s;
---
SET search_path TO s; -- safe
CREATE TABLE t (a int); -- fails 42P07
SET search_path TO public; -- safe
CREATE TABLE t (a int); -- fails 42P07

-- # search_path is gone when the file runs again
CREATE SCHEMA s;
---
CREATE TABLE IF NOT EXISTS t (a int); -- safe
SET search_path = s, public; -- safe
CREATE TABLE t2 (a int); -- fails 42P07
DROP TABLE t; -- safe, alone unknown (fails 42P01)

-- # a name that is found further along the search_path
CREATE SCHEMA s; CREATE TABLE s.t (a int); CREATE TABLE public.t (a int);
---
SET search_path = s, public; -- safe
DROP TABLE t; -- repeats

-- # SET LOCAL search_path inside a transaction
CREATE SCHEMA s;
---
BEGIN; -- safe
SET LOCAL search_path = s; -- safe
CREATE TABLE t (a int); -- fails 42P07
COMMIT; -- safe
CREATE TABLE t (a int); -- fails 42P07

-- # set_config of the search_path
CREATE SCHEMA s;
---
SELECT set_config('search_path', 's', false); -- safe
CREATE TABLE t (a int); -- fails 42P07

-- # search_path to nothing, and qualified names
SELECT pg_catalog.set_config('search_path', '', false); -- safe
CREATE TABLE public.t (a int); -- fails 42P07
CREATE INDEX i ON public.t (a); -- fails 42P07

-- # quoted and unquoted names are folded
CREATE TABLE "T" (a int);
---
CREATE TABLE IF NOT EXISTS t ("A" int); -- safe
CREATE TABLE IF NOT EXISTS T (b int); -- safe
ALTER TABLE "T" ADD COLUMN "A" int; -- fails 42701
ALTER TABLE t RENAME COLUMN "A" TO a; -- fails 42703

-- # names longer than 63 bytes are cut
CREATE TABLE t (a int);
---
CREATE INDEX IF NOT EXISTS an_index_with_a_name_that_is_longer_than_sixty_three_bytes_by_far ON t (a); -- repeats, alone safe
CREATE INDEX IF NOT EXISTS an_index_with_a_name_that_is_longer_than_sixty_three_bytes_by_a_lot ON t (a); -- safe
ALTER INDEX an_index_with_a_name_that_is_longer_than_sixty_three_bytes_by_fewer RENAME TO i; -- fails 42P07, alone fails 42P01

-- # a view keeps its name when its table is renamed
CREATE TABLE t (a int); CREATE VIEW v AS SELECT a FROM t;
---
ALTER TABLE t RENAME TO u; -- fails 42P01
CREATE OR REPLACE VIEW v AS SELECT a FROM u; -- safe

-- # a compatibility view under the old name
CREATE TABLE t (a int);
---
ALTER TABLE t RENAME TO u; -- fails 42P07, alone fails 42P01
CREATE VIEW t AS SELECT * FROM u; -- fails 42P07

-- # the same, guarded in vain
CREATE TABLE t (a int);
---
ALTER TABLE IF EXISTS t RENAME TO u; -- fails 42P07, alone safe
CREATE OR REPLACE VIEW t AS SELECT * FROM u; -- safe

-- # a renamed type takes its labels along
CREATE TYPE e AS ENUM ('a');
---
ALTER TYPE e RENAME TO e2; -- fails 42704
ALTER TYPE e2 ADD VALUE 'b'; -- fails 42710

-- # a renamed constraint
CREATE TABLE t (a int, CONSTRAINT c CHECK (a > 0));
---
ALTER TABLE t RENAME CONSTRAINT c TO d; -- fails 42704

-- # a renamed unique constraint renames its index
CREATE TABLE t (a int CONSTRAINT c UNIQUE);
---
ALTER TABLE t RENAME CONSTRAINT c TO d; -- fails 42704
CREATE INDEX c ON t (a); -- fails 42P07

-- # a renamed index renames its constraint
CREATE TABLE t (a int CONSTRAINT c UNIQUE);
---
ALTER INDEX c RENAME TO d; -- fails 42P01
ALTER TABLE t DROP CONSTRAINT d; -- fails 42704

-- # a renamed primary key index is dropped by its new name, IF EXISTS
CREATE TABLE t (a int PRIMARY KEY);
---
ALTER INDEX t_pkey RENAME TO t_pk; -- safe, alone fails 42P01
ALTER TABLE t DROP CONSTRAINT IF EXISTS t_pk; -- safe
ALTER TABLE t ADD PRIMARY KEY (a); -- safe, alone fails 42P16

-- # a renamed function, by its arguments
CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE FUNCTION f(text) RETURNS int LANGUAGE sql AS 'SELECT 1';
---
ALTER FUNCTION f(int) RENAME TO g; -- fails 42883
DROP FUNCTION f(text); -- fails 42883

-- # a renamed schema frees its name
CREATE SCHEMA s;
---
CREATE SCHEMA IF NOT EXISTS s; -- repeats, alone safe
ALTER SCHEMA s RENAME TO r; -- fails 42P06, alone fails 3F000

-- # a renamed trigger
CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
---
ALTER TRIGGER g ON t RENAME TO h; -- fails 42704
DROP TRIGGER IF EXISTS h ON t; -- safe

-- # a renamed policy
CREATE TABLE t (a int); CREATE POLICY p ON t;
---
ALTER POLICY p ON t RENAME TO q; -- fails 42710

-- # a renamed sequence with its table's default
CREATE TABLE t (a serial);
---
ALTER SEQUENCE t_a_seq RENAME TO s; -- fails 42P01
ALTER TABLE t ALTER COLUMN a SET DEFAULT nextval('s'); -- safe

-- # a renamed role
CREATE ROLE idemlint_case_role; -- safe, alone fails 42710
ALTER ROLE idemlint_case_role RENAME TO idemlint_case_other; -- safe, alone fails 42704
DROP ROLE idemlint_case_other; -- safe, alone fails 42704

-- # ALTER TABLE renames a view as well
CREATE VIEW v AS SELECT 1 AS a;
---
ALTER TABLE v RENAME TO w; -- fails 42P01
ALTER VIEW w RENAME COLUMN a TO b; -- fails 42703

-- # ALTER TABLE renames an index as well
CREATE TABLE t (a int); CREATE INDEX i ON t (a);
---
ALTER TABLE i RENAME TO j; -- fails 42P01

-- # a table made under the name that a type has
CREATE TYPE x AS ENUM ('a');
---
CREATE TABLE IF NOT EXISTS y (a x); -- safe
ALTER TYPE x RENAME TO z; -- fails 42704

-- # a renamed column with an index and a constraint by its new name
CREATE TABLE t (a int);
---
ALTER TABLE t RENAME a TO b; -- fails 42703
CREATE INDEX IF NOT EXISTS i ON t (b); -- safe
ALTER TABLE t ADD CONSTRAINT c CHECK (b > 0); -- fails 42710
ALTER TABLE t ALTER COLUMN b SET NOT NULL; -- safe

-- # a renamed column that a later drop takes away
CREATE TABLE t (a int, z int);
---
ALTER TABLE t RENAME a TO b; -- fails 42703
ALTER TABLE t DROP COLUMN b; -- fails 42703

-- # a renamed domain constraint
CREATE DOMAIN d AS int CONSTRAINT c CHECK (VALUE > 0);
---
ALTER DOMAIN d RENAME CONSTRAINT c TO e; -- fails 42704

-- # an attribute renamed and another of its name added
CREATE TYPE c AS (a int);
---
ALTER TYPE c RENAME ATTRIBUTE a TO b; -- fails 42701, alone fails 42703
ALTER TYPE c ADD ATTRIBUTE a int; -- fails 42701

-- # archive and begin anew
CREATE TABLE log (a int);
---
ALTER TABLE log RENAME TO log_old; -- fails 42P07, alone fails 42P01
CREATE TABLE log (a int); -- fails 42P07

-- # archive and begin anew, guarded
CREATE TABLE log (a int);
---
ALTER TABLE IF EXISTS log RENAME TO log_old; -- fails 42P07, alone safe
CREATE TABLE IF NOT EXISTS log (a int); -- safe

-- # a table renamed and its old indexes' names used again
CREATE TABLE t (a int PRIMARY KEY);
---
ALTER TABLE t RENAME TO t_old; -- repeats, alone fails 42P01
CREATE TABLE t (a int CONSTRAINT t_pkey2 PRIMARY KEY); -- fails 42P07
DROP TABLE t_old; -- repeats, alone fails 42P01

-- # rewrite: make anew, copy, drop, rename
CREATE TABLE t (a int); INSERT INTO t VALUES (1);
---
CREATE TABLE t_new (a bigint); -- safe, alone fails 42P07
INSERT INTO t_new SELECT a FROM t; -- safe, alone repeats
DROP TABLE t; -- safe, alone fails 42P01
ALTER TABLE t_new RENAME TO t; -- safe, alone fails 42P01

-- # a system catalog has columns that no statement of ours made
CREATE TABLE t (a int);
---
UPDATE pg_class SET reltuples = 10 FROM t WHERE relname = 't'; -- safe
