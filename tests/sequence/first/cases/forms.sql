-- # LIKE has the columns of then, and keys only where it says so
CREATE TABLE a (id int PRIMARY KEY, n text UNIQUE);
CREATE TABLE l (LIKE a);
CREATE INDEX ON l (nope); -- fails 42703
CREATE INDEX ON l (n);
INSERT INTO l (id) VALUES (1) ON CONFLICT (id) DO NOTHING; -- fails 42P10
CREATE TABLE k (LIKE a INCLUDING ALL);
INSERT INTO k (id) VALUES (1) ON CONFLICT (id) DO NOTHING;
CREATE INDEX ON k (nope); -- fails 42703
ALTER TABLE a ADD COLUMN later int;
CREATE INDEX ON l (later); -- fails 42703
CREATE TABLE f (id int REFERENCES l (id)); -- fails 42830
CREATE TABLE g (id int REFERENCES k (id));

-- # INHERITS has the parent's columns, later ones too, and none of its keys
CREATE TABLE a (id int PRIMARY KEY);
CREATE TABLE c (x int) INHERITS (a);
CREATE INDEX ON c (id);
CREATE INDEX ON c (nope); -- fails 42703
INSERT INTO c (id) VALUES (1) ON CONFLICT (id) DO NOTHING; -- fails 42P10
ALTER TABLE a ADD COLUMN later int;
CREATE INDEX ON c (later);
CREATE TABLE f (id int REFERENCES c (id)); -- fails 42830

-- # a partition has the parent's columns and keys, and no columns of its own
CREATE TABLE p (id int, d date, PRIMARY KEY (id, d)) PARTITION BY RANGE (d);
CREATE TABLE q PARTITION OF p FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
ALTER TABLE q ADD COLUMN x int; -- fails 42809
CREATE INDEX ON q (nope); -- fails 42703
INSERT INTO q (id, d) VALUES (1, '2020-02-02') ON CONFLICT (id, d) DO NOTHING;
ALTER TABLE p ADD COLUMN y int;
CREATE INDEX ON q (y);

-- # OF a type has the type's attributes, later ones too
CREATE TYPE ty AS (a int, b text);
CREATE TABLE o OF ty;
CREATE INDEX ON o (a);
CREATE INDEX ON o (nope); -- fails 42703
ALTER TABLE o ADD COLUMN z int; -- fails 42809
ALTER TYPE ty ADD ATTRIBUTE z int CASCADE;
CREATE INDEX ON o (z);
INSERT INTO o (a) VALUES (1) ON CONFLICT (a) DO NOTHING; -- fails 42P10

-- # AS SELECT has what the query gives, and no keys
CREATE TABLE a (id int PRIMARY KEY, n text);
CREATE TABLE s AS SELECT id AS x, n FROM a;
CREATE INDEX ON s (x);
CREATE INDEX ON s (id); -- fails 42703
INSERT INTO s (x) VALUES (1) ON CONFLICT (x) DO NOTHING; -- fails 42P10
