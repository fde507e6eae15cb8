-- # commands of one ALTER TABLE run in passes: the drop comes first
CREATE TABLE t (a int, b int);
---
ALTER TABLE t ADD COLUMN c int, DROP COLUMN a; -- fails 42703

-- # a column replaced in one statement
CREATE TABLE t (a int);
---
ALTER TABLE t DROP COLUMN a, ADD COLUMN a text; -- safe

-- # a constraint replaced in one statement, written in the wrong order
CREATE TABLE t (a int, CONSTRAINT c CHECK (a > 0));
---
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 1), DROP CONSTRAINT c; -- safe

-- # a constraint replaced if it exists
CREATE TABLE t (a int);
---
ALTER TABLE t DROP CONSTRAINT IF EXISTS c, ADD CONSTRAINT c UNIQUE (a); -- safe

-- # a primary key replaced
CREATE TABLE t (a int PRIMARY KEY, b int NOT NULL);
---
ALTER TABLE t DROP CONSTRAINT t_pkey, ADD PRIMARY KEY (a, b); -- safe

-- # a primary key over another table's foreign key
CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a_id int REFERENCES a);
---
ALTER TABLE a DROP CONSTRAINT IF EXISTS a_pkey CASCADE; -- safe
ALTER TABLE a ADD PRIMARY KEY (id); -- safe, alone fails 42P16

-- # several guarded columns, one of them not
CREATE TABLE t (a int);
---
ALTER TABLE t ADD COLUMN IF NOT EXISTS b int, ADD COLUMN c int; -- fails 42701

-- # ADD COLUMN IF NOT EXISTS with a constraint that has a name
CREATE TABLE t (a int);
---
ALTER TABLE t ADD COLUMN IF NOT EXISTS b int CONSTRAINT c CHECK (b > 0); -- safe
ALTER TABLE t ADD COLUMN IF NOT EXISTS d int UNIQUE, ADD COLUMN IF NOT EXISTS e int REFERENCES t (d); -- safe

-- # unnamed constraints come once more
CREATE TABLE t (a int, b int);
---
ALTER TABLE t ADD UNIQUE (a); -- repeats
ALTER TABLE t ADD CHECK (a > 0); -- repeats
ALTER TABLE t ADD CHECK (a > b); -- repeats
CREATE INDEX ON t (b); -- repeats

-- # an unnamed constraint dropped by the name that PostgreSQL chooses
CREATE TABLE t (a int, b int);
---
ALTER TABLE t DROP CONSTRAINT IF EXISTS t_a_key; -- safe
ALTER TABLE t ADD UNIQUE (a); -- safe, alone repeats
ALTER TABLE t DROP CONSTRAINT IF EXISTS t_a_b_key; -- safe
ALTER TABLE t ADD UNIQUE (a, b); -- safe, alone repeats
ALTER TABLE t DROP CONSTRAINT IF EXISTS t_check; -- safe
ALTER TABLE t ADD CHECK (a > b); -- safe, alone repeats

-- # an unnamed foreign key dropped by its chosen name
CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a_id int);
---
ALTER TABLE b DROP CONSTRAINT IF EXISTS b_a_id_fkey; -- safe
ALTER TABLE b ADD FOREIGN KEY (a_id) REFERENCES a; -- safe, alone repeats

-- # an unnamed index dropped by its chosen name
CREATE TABLE t (a int, b text);
---
DROP INDEX IF EXISTS t_a_lower_idx; -- safe
CREATE INDEX ON t (a, lower(b)); -- safe, alone repeats
DROP INDEX IF EXISTS t_expr_idx; -- safe
CREATE INDEX ON t ((a + 1)); -- safe, alone repeats

-- # the second unnamed index has a number
CREATE TABLE t (a int); CREATE INDEX ON t (a);
---
CREATE INDEX ON t (a); -- safe, alone repeats
DROP INDEX t_a_idx1; -- safe, alone fails 42704

-- # a constraint using an index
CREATE TABLE t (a int NOT NULL); CREATE UNIQUE INDEX i ON t (a);
---
ALTER TABLE t ADD CONSTRAINT c PRIMARY KEY USING INDEX i; -- fails 42704

-- # a constraint using an index made in the same file
CREATE TABLE t (a int NOT NULL);
---
CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a); -- safe
ALTER TABLE t ADD CONSTRAINT i UNIQUE USING INDEX i; -- fails 55000

-- # a constraint using an index, dropped before
CREATE TABLE t (a int NOT NULL);
---
ALTER TABLE t DROP CONSTRAINT IF EXISTS c; -- safe
CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a); -- safe
ALTER TABLE t ADD CONSTRAINT c UNIQUE USING INDEX i; -- safe, alone fails 42704

-- # types and defaults, to and fro
CREATE TABLE t (a int DEFAULT 1);
---
ALTER TABLE t ALTER COLUMN a DROP DEFAULT; -- safe
ALTER TABLE t ALTER COLUMN a TYPE text; -- safe
ALTER TABLE t ALTER COLUMN a SET DEFAULT 'x'; -- safe
ALTER TABLE t ALTER COLUMN a SET NOT NULL; -- safe
ALTER TABLE t ALTER COLUMN a DROP NOT NULL; -- safe

-- # a type changed with arithmetic
CREATE TABLE t (a int); INSERT INTO t VALUES (1);
---
ALTER TABLE t ALTER COLUMN a TYPE bigint USING a * 1000; -- repeats

-- # a type changed to an array
CREATE TABLE t (a text); INSERT INTO t VALUES ('x');
---
ALTER TABLE t ALTER COLUMN a TYPE text[] USING ARRAY[a]; -- repeats

-- # a type changed by a cast
CREATE TABLE t (a text); INSERT INTO t VALUES ('1');
---
ALTER TABLE t ALTER COLUMN a TYPE int USING a::int; -- safe

-- # NOT VALID and VALIDATE
CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a_id int);
---
ALTER TABLE b ADD CONSTRAINT f FOREIGN KEY (a_id) REFERENCES a NOT VALID; -- fails 42710
ALTER TABLE b VALIDATE CONSTRAINT f; -- safe

-- # ALTER TABLE IF EXISTS of a table that is renamed
CREATE TABLE t (a int);
---
ALTER TABLE IF EXISTS t ADD COLUMN b int; -- safe, alone fails 42701
ALTER TABLE IF EXISTS t RENAME COLUMN b TO c; -- safe, alone fails 42703
ALTER TABLE IF EXISTS t RENAME TO u; -- safe

-- # ALTER TABLE IF EXISTS of a table that the file drops
CREATE TABLE t (a int);
---
ALTER TABLE IF EXISTS t ADD COLUMN b int; -- safe, alone fails 42701
ALTER TABLE IF EXISTS t DROP CONSTRAINT IF EXISTS c; -- safe
DROP TABLE t; -- fails 42P01

-- # DROP COLUMN IF EXISTS of a table that the file drops
CREATE TABLE t (a int, b int);
---
ALTER TABLE t DROP COLUMN IF EXISTS b; -- fails 42P01, alone safe
DROP TABLE t; -- fails 42P01

-- # DROP CONSTRAINT of a table that is renamed
CREATE TABLE t (a int, CONSTRAINT c CHECK (a > 0));
---
ALTER TABLE t DROP CONSTRAINT c; -- fails 42P01, alone fails 42704
ALTER TABLE t RENAME TO u; -- fails 42P01

-- # rename with drop in between
CREATE TABLE t (a int, b int);
---
ALTER TABLE t DROP COLUMN a; -- repeats, alone fails 42703
ALTER TABLE t RENAME COLUMN b TO a; -- fails 42703

-- # an exclusion constraint
CREATE TABLE t (a int4range);
---
ALTER TABLE t ADD CONSTRAINT e EXCLUDE USING gist (a WITH &&); -- fails 42P07
ALTER TABLE t ADD EXCLUDE USING gist (a WITH &&); -- repeats

-- # triggers switched
CREATE TABLE t (a int); CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();
---
ALTER TABLE t DISABLE TRIGGER g; -- fails 42704, alone safe
ALTER TABLE t ENABLE TRIGGER ALL; -- safe
DROP TRIGGER g ON t; -- fails 42704

-- # ALTER TABLE ONLY
CREATE TABLE t (a int);
---
ALTER TABLE ONLY t ADD CONSTRAINT t_pk PRIMARY KEY (a); -- fails 42P16
ALTER TABLE ONLY public.t ALTER COLUMN a SET DEFAULT 3; -- safe

-- # a constraint's columns must be there
CREATE TABLE t (a int, b int);
---
ALTER TABLE t ADD CONSTRAINT c UNIQUE (a, b); -- fails 42703, alone fails 42P07
ALTER TABLE t DROP COLUMN b; -- fails 42703

-- # a check over a column that goes
CREATE TABLE t (a int, b int);
---
ALTER TABLE t DROP CONSTRAINT IF EXISTS c; -- safe
ALTER TABLE t ADD CONSTRAINT c CHECK (a > b); -- fails 42703, alone fails 42710
ALTER TABLE t DROP COLUMN b; -- fails 42703

-- # a not null over a column that goes
CREATE TABLE t (a int, b int);
---
ALTER TABLE t ALTER COLUMN b SET NOT NULL; -- fails 42703, alone safe
ALTER TABLE t DROP COLUMN b; -- fails 42703

-- # the same constraint name on two tables
CREATE TABLE a (i int); CREATE TABLE b (i int);
---
ALTER TABLE a ADD CONSTRAINT c CHECK (i > 0); -- fails 42710
ALTER TABLE b ADD CONSTRAINT c CHECK (i > 0); -- fails 42710

-- # the same unique constraint name as another table's index
CREATE TABLE a (i int); CREATE TABLE b (i int);
---
ALTER TABLE a ADD CONSTRAINT c UNIQUE (i); -- fails 42P07
DROP INDEX IF EXISTS d; -- safe
CREATE INDEX d ON b (i); -- safe, alone fails 42P07

-- # a primary key goes with its column
CREATE TABLE IF NOT EXISTS t (b int);
ALTER TABLE t ADD COLUMN a int PRIMARY KEY; -- safe, alone fails 42701
ALTER TABLE t DROP COLUMN a; -- safe, alone fails 42703

-- # a primary key with a column that is gone is not compared with the one that is there
CREATE TABLE t (a int, b int);
---
ALTER TABLE t ADD CONSTRAINT p PRIMARY KEY (a); -- fails 42703, alone fails 42P16
ALTER TABLE t RENAME a TO c; -- fails 42703

-- # the sequence of an identity column has a name
CREATE TABLE t (a int NOT NULL, b int NOT NULL);
---
ALTER TABLE t ALTER a ADD GENERATED ALWAYS AS IDENTITY (SEQUENCE NAME s); -- fails 42P07
ALTER TABLE t ALTER b ADD GENERATED ALWAYS AS IDENTITY; -- fails 55000

-- # a constraint by an index that takes its name
CREATE TABLE t (a int NOT NULL, b int NOT NULL);
---
CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a); -- repeats, alone safe
ALTER TABLE t ADD CONSTRAINT u UNIQUE USING INDEX i; -- fails 42P07, alone fails 42704

-- # a primary key by an index: its name is looked at before the other key
CREATE TABLE t (a int NOT NULL, b int NOT NULL);
---
CREATE UNIQUE INDEX IF NOT EXISTS i ON t (a); -- repeats, alone safe
ALTER TABLE t ADD CONSTRAINT p PRIMARY KEY USING INDEX i; -- fails 42P07, alone fails 42704

-- # a primary key by an index, where another key has come
CREATE TABLE t (a int NOT NULL, b int NOT NULL);
---
CREATE UNIQUE INDEX i ON t (a); -- repeats, alone fails 42P07
ALTER TABLE t ADD CONSTRAINT p PRIMARY KEY USING INDEX i; -- fails 42P16, alone fails 42704
ALTER TABLE t DROP CONSTRAINT p; -- fails 42704
ALTER TABLE t ADD CONSTRAINT q PRIMARY KEY (b); -- fails 42P16

-- # an index that belongs to a constraint of its name
CREATE TABLE t (a int NOT NULL);
CREATE UNIQUE INDEX i ON t (a);
---
ALTER TABLE t ADD CONSTRAINT i UNIQUE USING INDEX i; -- fails 55000

-- # a check has the name that the index's constraint is to have
CREATE TABLE t (a int NOT NULL);
CREATE UNIQUE INDEX i ON t (a);
---
ALTER TABLE t ADD CONSTRAINT c UNIQUE USING INDEX i; -- fails 23505, alone fails 42704
ALTER TABLE t DROP CONSTRAINT c; -- safe, alone fails 42704
ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0); -- safe, alone fails 42710
CREATE UNIQUE INDEX i ON t (a); -- fails 42P07

-- # what ALTER … IF EXISTS needed the first time, it needs again: if the table is there, that is, too
ALTER TABLE IF EXISTS t ALTER COLUMN a DROP DEFAULT; -- safe
ALTER TABLE IF EXISTS ONLY t DISABLE TRIGGER x; -- safe
ALTER MATERIALIZED VIEW IF EXISTS m ALTER COLUMN a SET STATISTICS 3; -- safe
ALTER TABLE IF EXISTS u VALIDATE CONSTRAINT x, ALTER COLUMN b SET NOT NULL; -- safe
ALTER TABLE IF EXISTS v DROP CONSTRAINT x; -- unknown (safe)
ALTER TABLE IF EXISTS w RENAME COLUMN a TO b; -- unknown (safe)

-- # so it is in one that was dropped on one of two ways
CREATE TABLE s (a int);
---
DO $$ BEGIN IF EXISTS (SELECT 1 FROM s) THEN DROP TABLE IF EXISTS t; ELSE ALTER TABLE IF EXISTS t ALTER COLUMN a DROP DEFAULT; END IF; END $$; -- safe

-- # a column in a table that may be there is not there for that
ALTER TABLE IF EXISTS t ALTER COLUMN a DROP DEFAULT; -- unknown (safe), alone safe
DO $$ BEGIN IF NOT EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 't' AND column_name = 'a') THEN CREATE TABLE t (a int); END IF; END $$; -- safe
CREATE TABLE IF NOT EXISTS u (a int); -- safe
