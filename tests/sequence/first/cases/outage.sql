-- # two files make one table
CREATE TABLE t (id int);
--- 0002_it.sql
CREATE TABLE t (id int, x int); -- fails 42P07 by 1

-- # a column that is there
CREATE TABLE t (id int);
--- 0002_it.sql
ALTER TABLE t ADD COLUMN id int; -- fails 42701 by 1

-- # an index on a column that nobody makes
CREATE TABLE t (id int);
--- 0002_it.sql
CREATE INDEX IF NOT EXISTS i ON t (missing); -- fails 42703

-- # an index before its table
CREATE INDEX IF NOT EXISTS i ON t (id); -- fails 42P01 by 2
--- 0002_it.sql
CREATE TABLE IF NOT EXISTS t (id int);

-- # a guard that skips the newer definition
CREATE TABLE t (id int);
--- 0002_it.sql
CREATE TABLE IF NOT EXISTS t (id int, x int);
CREATE INDEX IF NOT EXISTS i ON t (x); -- fails 42703 by 2

-- # a column that is dropped and never was
CREATE TABLE t (id int);
ALTER TABLE t DROP COLUMN x; -- fails 42703

-- # no such key for ON CONFLICT
CREATE TABLE IF NOT EXISTS p (id serial PRIMARY KEY, a text, b text);
INSERT INTO p (a, b) VALUES ('x','y') ON CONFLICT (a, b) DO NOTHING; -- fails 42P10

-- # the outage: a hand-written file behind a generated one
CREATE TABLE users (id serial PRIMARY KEY, email text NOT NULL);
CREATE TABLE content (id serial PRIMARY KEY, title text);
--- 9999_it.sql
CREATE TABLE IF NOT EXISTS users (id serial PRIMARY KEY, email text NOT NULL, password text NOT NULL);
CREATE TABLE IF NOT EXISTS content (id serial PRIMARY KEY, title text, project_id integer);
CREATE INDEX CONCURRENTLY IF NOT EXISTS content_project_idx ON content (project_id); -- fails 42703 by 4
CREATE TABLE IF NOT EXISTS limits (id serial PRIMARY KEY, platform text, category text, most integer);
INSERT INTO limits (platform, category, most) VALUES ('x', 'post', 3) ON CONFLICT (platform, category) DO NOTHING; -- fails 42P10
UPDATE users SET password = 'none' WHERE password IS NULL; -- fails 42703 by 3

-- # what only follows from a failure says which
CREATE TABLE t (id int, PRIMARY KEY (nope)); -- fails 42703
CREATE INDEX i ON t (id); -- fails 42P01 after 1
CREATE TABLE u (id int REFERENCES t); -- fails 42P01 after 1
INSERT INTO u VALUES (1); -- fails 42P01 after 1
ALTER TABLE t RENAME TO s; -- fails 42P01 after 1
DROP TABLE s; -- fails 42P01 after 1
DROP TABLE IF EXISTS u;
CREATE TABLE u (id int);

-- # a column of a table that failed, since an older one was there
CREATE TABLE t (id int);
CREATE TABLE t (id int, x int); -- fails 42P07 by 1
CREATE INDEX i ON t (x); -- fails 42703 after 2
