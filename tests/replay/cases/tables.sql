-- # CREATE TABLE IF NOT EXISTS and then its columns
CREATE TABLE IF NOT EXISTS t (a int); -- safe
ALTER TABLE t ADD COLUMN IF NOT EXISTS b int; -- safe
ALTER TABLE t ADD COLUMN c int; -- fails 42701

-- # create, use, drop
CREATE TABLE t (a int); -- safe, alone fails 42P07
INSERT INTO t VALUES (1); -- safe, alone repeats
DROP TABLE t; -- safe, alone fails 42P01

-- # drop and make again: the rows are gone
DROP TABLE IF EXISTS t; -- repeats (safe), alone safe
CREATE TABLE t (a int); -- safe, alone fails 42P07

-- # drop and make again what was there
CREATE TABLE t (a int);
---
DROP TABLE t; -- repeats (safe), alone fails 42P01
CREATE TABLE t (a int, b int); -- safe, alone fails 42P07

-- # CREATE TABLE LIKE
CREATE TABLE t (a int PRIMARY KEY, b text DEFAULT 'x');
---
CREATE TABLE u (LIKE t INCLUDING ALL); -- fails 42P07
ALTER TABLE u ADD COLUMN c int; -- fails 42701
ALTER TABLE u DROP COLUMN b; -- fails 42703

-- # CREATE TABLE LIKE brings columns and keys
CREATE TABLE t (a int PRIMARY KEY, b text);
---
CREATE TABLE IF NOT EXISTS u (LIKE t INCLUDING ALL); -- safe
ALTER TABLE u ADD COLUMN IF NOT EXISTS b text; -- safe
ALTER TABLE u DROP CONSTRAINT u_pkey; -- fails 42704

-- # CREATE TABLE AS
CREATE TABLE t (a int); INSERT INTO t VALUES (1);
---
CREATE TABLE u AS SELECT * FROM t; -- fails 42P07
ALTER TABLE u ADD PRIMARY KEY (a); -- fails 42P16

-- # CREATE TABLE AS IF NOT EXISTS from a table that goes
CREATE TABLE t (a int);
---
CREATE TABLE IF NOT EXISTS u AS SELECT * FROM t; -- fails 42P01, alone safe
DROP TABLE t; -- fails 42P01

-- # a temporary table is gone
CREATE TABLE t (a int);
---
CREATE TEMP TABLE x AS SELECT * FROM t; -- safe, alone fails 42P07
INSERT INTO t SELECT * FROM x WHERE false; -- safe
ALTER TABLE x ADD COLUMN b int; -- safe, alone fails 42701

-- # a temporary table hides the real one
CREATE TABLE t (a int);
---
CREATE TEMP TABLE t (b int); -- safe, alone fails 42P07
DROP TABLE t; -- safe, alone repeats

-- # a temporary table dropped at commit
BEGIN; -- safe
CREATE TEMP TABLE x (a int) ON COMMIT DROP; -- safe, alone fails 42P07
INSERT INTO x VALUES (1); -- safe
COMMIT; -- safe

-- # a temporary table with an index and a unique name
CREATE TEMPORARY TABLE x (a int UNIQUE); -- safe, alone fails 42P07
CREATE INDEX x_i ON x (a); -- safe, alone fails 42P07
INSERT INTO x VALUES (1); -- safe, alone fails 23505

-- # partitions
CREATE TABLE p (a int, b int) PARTITION BY LIST (a); -- fails 42P07
CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); -- fails 42P07
CREATE INDEX i ON p (b); -- fails 42P07
CREATE TABLE p2 (a int, b int); -- fails 42P07
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES IN (2); -- fails 42809

-- # partitions, guarded as far as it goes
CREATE TABLE IF NOT EXISTS p (a int, b int) PARTITION BY LIST (a); -- safe
CREATE TABLE IF NOT EXISTS p1 PARTITION OF p FOR VALUES IN (1); -- safe
CREATE TABLE IF NOT EXISTS p2 (a int, b int); -- safe
ALTER TABLE p ATTACH PARTITION p2 FOR VALUES IN (2); -- fails 42809

-- # a partition that is detached and attached again
CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
---
ALTER TABLE p DETACH PARTITION p1; -- safe, alone fails 42P01
ALTER TABLE p ATTACH PARTITION p1 FOR VALUES IN (1, 2); -- safe, alone fails 42809

-- # a partition that is detached and dropped
CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
---
ALTER TABLE p DETACH PARTITION p1; -- fails 42P01
DROP TABLE p1; -- fails 42P01

-- # dropping the parent takes its partitions along
CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
---
DROP TABLE p; -- fails 42P01
CREATE TABLE p1 (a int); -- fails 42P07

-- # a column of the parent is a column of the partition
CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
---
ALTER TABLE p ADD COLUMN b int; -- fails 42701
CREATE INDEX i ON p1 (b); -- fails 42P07

-- # an index of the parent makes indexes of the partitions
CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1);
---
CREATE INDEX IF NOT EXISTS i ON p (a); -- safe
DROP INDEX i; -- safe, alone fails 42704

-- # inheritance
CREATE TABLE p (a int);
---
CREATE TABLE c (b int) INHERITS (p); -- fails 42P07
ALTER TABLE p ADD COLUMN z int; -- fails 42701

-- # inheritance, added and taken away
CREATE TABLE p (a int); CREATE TABLE c (a int);
---
ALTER TABLE c INHERIT p; -- safe, alone fails 42P07
ALTER TABLE c NO INHERIT p; -- safe, alone fails 42P01

-- # a child keeps its parent
CREATE TABLE p (a int); CREATE TABLE c () INHERITS (p);
---
DROP TABLE c; -- fails 42P01
DROP TABLE p; -- fails 42P01

-- # foreign key cycles
CREATE TABLE a (id int PRIMARY KEY, b_id int); -- fails 42P07
CREATE TABLE b (id int PRIMARY KEY, a_id int REFERENCES a); -- fails 42P07
ALTER TABLE a ADD CONSTRAINT a_b FOREIGN KEY (b_id) REFERENCES b; -- fails 42710

-- # foreign key cycles, guarded by drop
CREATE TABLE IF NOT EXISTS a (id int PRIMARY KEY, b_id int); -- safe
CREATE TABLE IF NOT EXISTS b (id int PRIMARY KEY, a_id int REFERENCES a); -- safe
ALTER TABLE a DROP CONSTRAINT IF EXISTS a_b; -- safe
ALTER TABLE a ADD CONSTRAINT a_b FOREIGN KEY (b_id) REFERENCES b; -- safe, alone fails 42710

-- # a table under a foreign key is not dropped again
CREATE TABLE a (id int PRIMARY KEY);
---
DROP TABLE IF EXISTS a; -- fails 2BP01, alone safe
CREATE TABLE a (id int PRIMARY KEY); -- fails 42P07
CREATE TABLE IF NOT EXISTS b (a_id int REFERENCES a); -- safe

-- # DROP TABLE CASCADE takes the foreign key, not the other table
CREATE TABLE a (id int PRIMARY KEY); -- safe, alone fails 42P07
CREATE TABLE b (a_id int CONSTRAINT b_a REFERENCES a); -- fails 42P07
DROP TABLE a CASCADE; -- safe, alone fails 42P01
ALTER TABLE b DROP CONSTRAINT IF EXISTS b_a; -- safe

-- # DROP TABLE CASCADE takes views along
CREATE TABLE t (a int); CREATE VIEW v AS SELECT * FROM t; CREATE VIEW w AS SELECT * FROM v;
---
DROP TABLE t CASCADE; -- repeats (safe), alone fails 42P01
CREATE TABLE t (a int); -- safe, alone fails 42P07
CREATE VIEW v AS SELECT * FROM t; -- safe, alone fails 42P07

-- # a unique key under a foreign key is not dropped
CREATE TABLE a (id int CONSTRAINT a_key UNIQUE);
---
ALTER TABLE a DROP CONSTRAINT IF EXISTS a_key; -- fails 2BP01, alone safe
ALTER TABLE a ADD CONSTRAINT a_key UNIQUE (id); -- fails 42P07
CREATE TABLE IF NOT EXISTS b (a_id int REFERENCES a (id)); -- safe

-- # identity columns
CREATE TABLE t (a int NOT NULL, b int NOT NULL);
---
ALTER TABLE t ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY; -- fails 55000
ALTER TABLE t ALTER COLUMN a SET GENERATED BY DEFAULT; -- safe
ALTER TABLE t ALTER COLUMN b ADD GENERATED BY DEFAULT AS IDENTITY; -- safe, alone fails 55000
ALTER TABLE t ALTER COLUMN b DROP IDENTITY; -- safe, alone fails 55000

-- # an identity that is dropped if it exists and made anew
CREATE TABLE t (a int GENERATED ALWAYS AS IDENTITY);
---
ALTER TABLE t ALTER COLUMN a DROP IDENTITY IF EXISTS; -- safe
ALTER TABLE t ALTER COLUMN a ADD GENERATED ALWAYS AS IDENTITY; -- safe, alone fails 55000

-- # a serial's sequence is there when the identity wants its name
CREATE TABLE t (a serial);
---
ALTER TABLE t ALTER COLUMN a DROP DEFAULT; -- fails 42601, alone safe
DROP SEQUENCE t_a_seq; -- fails 2BP01, alone fails 42P01
ALTER TABLE t ALTER COLUMN a ADD GENERATED BY DEFAULT AS IDENTITY; -- fails 55000

-- # generated columns
CREATE TABLE t (a int);
---
ALTER TABLE t ADD COLUMN b int GENERATED ALWAYS AS (a * 2) STORED; -- fails 42701
ALTER TABLE t ALTER COLUMN b DROP EXPRESSION; -- fails 55000

-- # a generated column made anew
CREATE TABLE t (a int, b int);
---
ALTER TABLE t DROP COLUMN b; -- safe, alone fails 42703
ALTER TABLE t ADD COLUMN b int GENERATED ALWAYS AS (a + 1) STORED; -- safe, alone fails 42701

-- # dropping a column under a generated column
CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) STORED);
---
ALTER TABLE t DROP COLUMN b; -- fails 42703
ALTER TABLE t DROP COLUMN a; -- fails 42703

-- # a sequence owned by a column goes with it
CREATE TABLE t (a int);
---
CREATE SEQUENCE s OWNED BY t.a; -- fails 42P07
ALTER TABLE t DROP COLUMN a; -- fails 42703
CREATE SEQUENCE s; -- fails 42P07

-- # a sequence owned later goes with the table
CREATE SEQUENCE s; -- safe, alone fails 42P07
CREATE TABLE t (a int DEFAULT nextval('s')); -- safe, alone fails 42P07
ALTER SEQUENCE s OWNED BY t.a; -- safe
DROP TABLE t; -- safe, alone fails 42P01

-- # a serial brings a sequence of its own
CREATE TABLE IF NOT EXISTS t (a serial, b int); -- safe
CREATE SEQUENCE IF NOT EXISTS t_a_seq; -- safe
DROP TABLE t; -- safe, alone fails 42P01

-- # a serial column added brings a sequence
CREATE TABLE t (b int);
---
ALTER TABLE t ADD COLUMN a serial; -- fails 42701
ALTER SEQUENCE t_a_seq RESTART WITH 100; -- repeats (safe)

-- # a sequence without an owner stays
CREATE SEQUENCE s; -- fails 42P07
CREATE TABLE t (a int DEFAULT nextval('s')); -- safe, alone fails 42P07
DROP TABLE t; -- safe, alone fails 42P01

-- # a sequence under a default is not dropped
CREATE TABLE t (a serial);
---
ALTER TABLE t ALTER a DROP DEFAULT; -- safe
DROP SEQUENCE IF EXISTS t_a_seq; -- safe

-- # a dropped column takes its index and its constraint along
CREATE TABLE t (a int, b int, CONSTRAINT c CHECK (a > b)); CREATE INDEX i ON t (a, b);
---
ALTER TABLE t DROP COLUMN a; -- fails 42703
CREATE INDEX i ON t (b); -- fails 42P07
ALTER TABLE t ADD CONSTRAINT c CHECK (b > 0); -- fails 42710

-- # a dropped column with an index dropped after it
CREATE TABLE t (a int, b int); CREATE INDEX i ON t (a);
---
ALTER TABLE t DROP COLUMN IF EXISTS a; -- safe
DROP INDEX IF EXISTS i; -- safe
ALTER TABLE t ADD COLUMN a int; -- safe, alone fails 42701
CREATE INDEX i ON t (a); -- safe, alone fails 42P07

-- # a foreign key goes with its column
CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a_id int CONSTRAINT f REFERENCES a);
---
ALTER TABLE b DROP COLUMN a_id; -- safe, alone fails 42703
ALTER TABLE b ADD COLUMN a_id int CONSTRAINT f REFERENCES a; -- safe, alone fails 42701

-- # comments
CREATE TABLE t (a int, b int);
---
COMMENT ON TABLE t IS 'x'; -- safe
COMMENT ON COLUMN t.a IS 'x'; -- fails 42703, alone safe
ALTER TABLE t DROP COLUMN a; -- fails 42703
COMMENT ON COLUMN t.b IS 'x'; -- safe

-- # a comment on what the file drops
CREATE TABLE t (a int); CREATE INDEX i ON t (a); CREATE VIEW v AS SELECT 1 AS x;
---
COMMENT ON INDEX i IS 'x'; -- fails 42P01, alone safe
COMMENT ON VIEW v IS 'y'; -- fails 42P01, alone safe
DROP INDEX i; -- fails 42704
DROP VIEW v; -- fails 42P01

-- # grants
CREATE TABLE t (a int);
---
GRANT SELECT ON t TO public; -- fails 42P01, alone safe
REVOKE ALL ON t FROM public; -- fails 42P01, alone safe
DROP TABLE t; -- fails 42P01
GRANT USAGE ON SCHEMA public TO public; -- safe

-- # grants on a dropped schema
CREATE SCHEMA s;
---
GRANT USAGE ON SCHEMA s TO public; -- fails 3F000, alone safe
GRANT SELECT ON ALL TABLES IN SCHEMA s TO public; -- fails 3F000, alone safe
DROP SCHEMA s; -- fails 3F000

-- # a dropped schema with what is in it
CREATE SCHEMA s; -- safe, alone fails 42P06
CREATE TABLE s.t (a int); -- safe, alone fails 42P07
CREATE VIEW s.v AS SELECT * FROM s.t; -- safe, alone fails 42P07
DROP SCHEMA s CASCADE; -- safe, alone fails 3F000

-- # a dropped schema, and a view elsewhere on a table in it
CREATE SCHEMA s; CREATE TABLE s.t (a int); CREATE VIEW v AS SELECT * FROM s.t;
---
DROP SCHEMA s CASCADE; -- fails 3F000
CREATE VIEW v AS SELECT 1 AS a; -- fails 42P07

-- # a schema made anew each time
DROP SCHEMA IF EXISTS s CASCADE; -- safe
CREATE SCHEMA s; -- safe, alone fails 42P06
CREATE TABLE s.t (a int); -- safe, alone fails 42P07
CREATE FUNCTION s.f() RETURNS int LANGUAGE sql AS 'SELECT 1'; -- safe, alone fails 42723

-- # a table made anew each time, with its index and its trigger
DROP TABLE IF EXISTS t CASCADE; -- repeats (safe), alone safe
CREATE TABLE t (a int PRIMARY KEY); -- safe, alone fails 42P07
CREATE INDEX i ON t (a); -- safe, alone fails 42P07
CREATE POLICY p ON t; -- safe, alone fails 42710

-- # UNLOGGED, storage, owner, row security
CREATE TABLE t (a text);
---
ALTER TABLE t SET UNLOGGED; -- safe
ALTER TABLE t ENABLE ROW LEVEL SECURITY; -- safe
ALTER TABLE t FORCE ROW LEVEL SECURITY; -- safe
ALTER TABLE t ALTER COLUMN a SET STORAGE EXTERNAL; -- safe
ALTER TABLE t SET (fillfactor = 70); -- safe
ALTER TABLE t REPLICA IDENTITY FULL; -- safe

-- # several tables in one DROP
CREATE TABLE a (i int); CREATE TABLE b (i int);
---
DROP TABLE a, b; -- fails 42P01
DROP TABLE IF EXISTS a, b, c; -- safe

-- # DROP TABLE IF EXISTS over a view
CREATE TABLE t (a int);
---
DROP TABLE IF EXISTS t; -- fails 42809, alone safe
CREATE VIEW t AS SELECT 1 AS a; -- fails 42P07

-- # a typed table
CREATE TYPE c AS (a int);
---
CREATE TABLE t OF c; -- fails 42P07
ALTER TYPE c ADD ATTRIBUTE b int CASCADE; -- fails 42701

-- # SELECT INTO
SELECT 1 AS a INTO t; -- fails 42P07
ALTER TABLE t ADD COLUMN b int; -- fails 42701

-- # the truncated archive
CREATE TABLE t (a int); INSERT INTO t VALUES (1);
---
CREATE TABLE backup AS TABLE t; -- safe, alone fails 42P07
TRUNCATE t; -- safe
INSERT INTO t SELECT * FROM backup; -- safe, alone repeats
DROP TABLE backup; -- safe, alone fails 42P01

-- # a primary key that takes over a new index again and again
CREATE TABLE t (a int CONSTRAINT t_pk PRIMARY KEY, b int NOT NULL);
---
CREATE UNIQUE INDEX IF NOT EXISTS t_b ON t (b); -- safe
ALTER TABLE t DROP CONSTRAINT t_pk, ADD CONSTRAINT t_pk PRIMARY KEY USING INDEX t_b; -- safe, alone fails 42704

-- # a constraint's index is not dropped as an index
CREATE TABLE t (a int); CREATE UNIQUE INDEX i ON t (a);
---
DROP INDEX IF EXISTS i; -- fails 2BP01, alone safe
ALTER TABLE t ADD CONSTRAINT i UNIQUE (a); -- fails 42P07

-- # the temporary table comes first
CREATE TABLE t (a int);
---
BEGIN; -- safe
CREATE TEMP TABLE t (b int) ON COMMIT DROP; -- safe, alone fails 42P07
ALTER TABLE t ADD COLUMN c int; -- safe, alone fails 42701
COMMIT; -- safe
ALTER TABLE t ADD COLUMN c int; -- fails 42701

-- # a sequence that comes with a column has columns of its own
CREATE TABLE t (id serial); -- fails 42P07
SELECT last_value FROM t_id_seq;
CREATE VIEW v AS SELECT is_called FROM t_id_seq; -- fails 42P07

-- # a partition of a table that is not partitioned any more
CREATE TABLE p (a int) PARTITION BY LIST (a); CREATE TABLE q (a int) PARTITION BY LIST (a); CREATE TABLE x (a int);
---
CREATE TABLE IF NOT EXISTS p1 PARTITION OF p FOR VALUES IN (1); -- fails 42P17, alone safe
CREATE TABLE p2 PARTITION OF p FOR VALUES IN (2); -- fails 42P17, alone fails 42P07
DROP TABLE p CASCADE; -- repeats (safe), alone fails 42P01
CREATE TABLE p (a int); -- safe, alone fails 42P07

-- # a child of a table that is partitioned now
CREATE TABLE p (a int);
---
CREATE TABLE IF NOT EXISTS y () INHERITS (p); -- fails 42809, alone safe
DROP TABLE p CASCADE; -- repeats (safe), alone fails 42P01
CREATE TABLE p (a int) PARTITION BY LIST (a); -- safe, alone fails 42P07

-- # a partition of a table that was there before
CREATE TABLE IF NOT EXISTS p (a int) PARTITION BY LIST (a);
---
CREATE TABLE IF NOT EXISTS p1 PARTITION OF p FOR VALUES IN (1); -- safe
CREATE TABLE IF NOT EXISTS p2 PARTITION OF p FOR VALUES IN (2) PARTITION BY LIST (a); -- safe
CREATE TABLE IF NOT EXISTS p3 PARTITION OF p2 FOR VALUES IN (2); -- safe

-- # what a statement that fails would have made is not there
CREATE TABLE gone (a int); CREATE TABLE gone2 (a int); CREATE TABLE t (a int);
---
CREATE TEMP TABLE x AS SELECT a FROM gone; -- fails 42P01, alone fails 42P07
CREATE INDEX ON x (a); -- fails 42P01, alone safe
CREATE VIEW v AS SELECT a FROM gone2; -- fails 42P01, alone fails 42P07
INSERT INTO t SELECT a FROM x; -- fails 42P01, alone repeats (safe)
INSERT INTO t SELECT a FROM v; -- fails 42P01, alone repeats (safe)
UPDATE t SET a = x.a FROM x; -- fails 42P01, alone safe
DROP VIEW v; -- fails 42P01
DROP TABLE IF EXISTS x; -- safe
DROP TABLE gone; -- fails 42P01
DROP TABLE gone2; -- fails 42P01

-- # a temporary view, and a temporary table like one that is gone
CREATE TABLE gone (a int); CREATE TABLE t (a int);
---
CREATE TEMP VIEW w AS SELECT a FROM gone; -- fails 42P01, alone fails 42P07
CREATE TEMP TABLE IF NOT EXISTS y (LIKE gone INCLUDING ALL); -- fails 42P01, alone safe
INSERT INTO t SELECT a FROM w; -- fails 42P01, alone repeats (safe)
CREATE INDEX i ON y (a); -- fails 42P01, alone fails 42P07
ALTER TABLE y ADD COLUMN b int; -- fails 42P01, alone fails 42701
DROP VIEW w; -- fails 42P01
DROP TABLE gone; -- fails 42P01

-- # a table by the name of a temporary one of another session
CREATE TABLE x (a int); CREATE TEMP TABLE x (a int);
---
CREATE INDEX IF NOT EXISTS i ON x (a); -- repeats, alone safe
CREATE TEMP TABLE y (a int); -- safe, alone fails 42P07
DROP TABLE y; -- safe, alone fails 42P01
CREATE TABLE IF NOT EXISTS y (a int); -- safe
ALTER TABLE y ADD COLUMN b int; -- fails 42701
