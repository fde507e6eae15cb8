-- # rows with a key
CREATE TABLE t (id int PRIMARY KEY, v text);
---
INSERT INTO t VALUES (1, 'a'), (2, 'b'); -- fails 23505
INSERT INTO t (id, v) VALUES (3, 'c') ON CONFLICT DO NOTHING; -- safe
INSERT INTO t (id, v) VALUES (4, 'd') ON CONFLICT (id) DO UPDATE SET v = excluded.v; -- safe

-- # rows without a key
CREATE TABLE t (v text);
---
INSERT INTO t VALUES ('a'); -- repeats
INSERT INTO t VALUES ('a') ON CONFLICT DO NOTHING; -- repeats
INSERT INTO t SELECT 'b' WHERE NOT EXISTS (SELECT 1 FROM t WHERE v = 'b'); -- safe

-- # rows with a serial key
CREATE TABLE t (id serial PRIMARY KEY, v text);
---
INSERT INTO t (v) VALUES ('a'); -- repeats
INSERT INTO t (v) VALUES ('a') ON CONFLICT DO NOTHING; -- repeats
INSERT INTO t (id, v) VALUES (100, 'x'); -- fails 23505

-- # rows with a unique column
CREATE TABLE t (id serial PRIMARY KEY, v text UNIQUE);
---
INSERT INTO t (v) VALUES ('a'); -- fails 23505
INSERT INTO t (v) VALUES ('b') ON CONFLICT (v) DO NOTHING; -- safe
INSERT INTO t (v) VALUES (NULL) ON CONFLICT (v) DO NOTHING; -- repeats

-- # a key made later in the file
CREATE TABLE t (id serial, v text);
---
INSERT INTO t (v) VALUES ('a'); -- fails 23505, alone repeats
CREATE UNIQUE INDEX IF NOT EXISTS t_v ON t (v); -- safe

-- # a key dropped later in the file
CREATE TABLE t (v text CONSTRAINT k UNIQUE);
---
INSERT INTO t (v) VALUES ('a'); -- repeats, alone fails 23505
ALTER TABLE t DROP CONSTRAINT k; -- fails 42704

-- # a key with two columns
CREATE TABLE t (a int, b int, PRIMARY KEY (a, b));
---
INSERT INTO t VALUES (1, 1); -- fails 23505
INSERT INTO t VALUES (1, 2) ON CONFLICT (a, b) DO NOTHING; -- safe

-- # rows that are deleted before
CREATE TABLE t (id int PRIMARY KEY, v text);
---
DELETE FROM t WHERE id = 1; -- safe
INSERT INTO t VALUES (1, 'a'); -- safe, alone fails 23505

-- # rows that are deleted after
CREATE TABLE t (id int PRIMARY KEY);
---
INSERT INTO t VALUES (1); -- safe, alone fails 23505
DELETE FROM t WHERE id = 1; -- safe

-- # all rows are deleted before
CREATE TABLE t (id int PRIMARY KEY); INSERT INTO t VALUES (9);
---
TRUNCATE t; -- repeats (safe), alone safe
INSERT INTO t VALUES (1); -- safe, alone fails 23505

-- # other rows are deleted before
CREATE TABLE t (id int PRIMARY KEY);
---
DELETE FROM t WHERE id = 2; -- safe
INSERT INTO t VALUES (1); -- fails 23505

-- # a row whose key is updated
CREATE TABLE t (id int PRIMARY KEY);
---
INSERT INTO t VALUES (1); -- unknown (repeats), alone fails 23505
UPDATE t SET id = 2 WHERE id = 1; -- safe (fails 23505), alone safe

-- # updates to constants
CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'x');
---
UPDATE t SET b = 'y'; -- safe
UPDATE t SET b = 'z' WHERE a = 1; -- safe
UPDATE t SET b = upper(b); -- safe
UPDATE t SET b = coalesce(b, 'q'); -- safe

-- # updates that move on
CREATE TABLE t (a int, b text); INSERT INTO t VALUES (1, 'x'), (2, NULL);
---
UPDATE t SET a = a + 1; -- repeats
UPDATE t SET b = b || 'x'; -- repeats
UPDATE t SET a = a * 2 WHERE b IS NULL; -- repeats

-- # an update that narrows itself
CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, NULL);
---
UPDATE t SET b = a WHERE b IS NULL; -- safe
UPDATE t SET a = 5, b = b + 1 WHERE a = 1; -- safe

-- # an update reading what the file drops
CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, NULL);
---
UPDATE t SET b = a; -- fails 42703, alone safe
ALTER TABLE t DROP COLUMN a; -- fails 42703

-- # an update from another table that the file drops
CREATE TABLE t (a int, b int); CREATE TABLE u (a int, b int);
---
UPDATE t SET b = u.b FROM u WHERE u.a = t.a; -- fails 42P01, alone safe
DROP TABLE u; -- fails 42P01

-- # a column gone from one of two tables
CREATE TABLE t (id int, a int); CREATE TABLE u (t_id int, c int);
---
INSERT INTO u (t_id, c) SELECT id, a FROM t LEFT JOIN u ON u.t_id = t.id WHERE a > 0 AND u.t_id IS NULL; -- fails 42703, alone safe
ALTER TABLE t DROP COLUMN a; -- fails 42703

-- # a column gone, read in a subquery
CREATE TABLE t (id int, a int); CREATE TABLE u (t_id int, c int);
---
UPDATE u SET c = (SELECT a FROM t WHERE id = t_id); -- fails 42703, alone safe
ALTER TABLE t DROP COLUMN a; -- fails 42703

-- # a column gone, read through a union
CREATE TABLE t (id int, a int); CREATE TABLE u (t_id int);
---
INSERT INTO u SELECT id FROM t WHERE a = 1 AND (SELECT count(*) FROM u WHERE t_id = id) = 0 UNION ALL SELECT id FROM t WHERE a = 2 AND (SELECT count(*) FROM u WHERE t_id = id) = 0; -- fails 42703, alone safe
ALTER TABLE t DROP COLUMN a; -- fails 42703

-- # a column of a system catalog beside one's own
CREATE TABLE t (zone text);
---
DELETE FROM t WHERE zone NOT IN (SELECT name FROM pg_timezone_names); -- safe

-- # a column gone, ordered and grouped
CREATE TABLE t (id int, a int); CREATE TABLE u (a int, n int);
---
INSERT INTO u SELECT a, count(*) FROM t GROUP BY a ORDER BY a; -- fails 42703, alone repeats (safe)
ALTER TABLE t DROP COLUMN a; -- fails 42703

-- # an update that looks at its own table through WITH
CREATE TABLE t (id int, a int); INSERT INTO t VALUES (1, 0), (1, 1);
---
WITH zero AS (SELECT id FROM t GROUP BY id HAVING min(a) = 0) UPDATE t SET a = t.a + 1 FROM zero WHERE zero.id = t.id; -- unknown (safe)

-- # insert select
CREATE TABLE t (a int); CREATE TABLE u (a int); INSERT INTO t VALUES (1);
---
INSERT INTO u SELECT a FROM t; -- repeats
INSERT INTO u SELECT a FROM t WHERE a NOT IN (SELECT a FROM u); -- safe
INSERT INTO u SELECT t.a FROM t LEFT JOIN u ON u.a = t.a WHERE u.a IS NULL; -- safe

-- # insert select into a key
CREATE TABLE t (a int); CREATE TABLE u (a int PRIMARY KEY); INSERT INTO t VALUES (1);
---
INSERT INTO u SELECT a FROM t ON CONFLICT DO NOTHING; -- safe
INSERT INTO u SELECT a FROM t ON CONFLICT (a) DO UPDATE SET a = excluded.a; -- safe

-- # insert default values
CREATE TABLE t (id serial PRIMARY KEY);
---
INSERT INTO t DEFAULT VALUES; -- repeats

-- # insert into what the file makes
CREATE TABLE IF NOT EXISTS t (id int PRIMARY KEY, v text); -- safe
INSERT INTO t VALUES (1, 'a'); -- fails 23505

-- # insert into what the file makes anew
DROP TABLE IF EXISTS t; -- repeats (safe), alone safe
CREATE TABLE t (id int PRIMARY KEY, v text); -- safe, alone fails 42P07
INSERT INTO t VALUES (1, 'a'); -- safe, alone fails 23505

-- # insert a row with now()
CREATE TABLE t (id int PRIMARY KEY, at timestamptz);
---
INSERT INTO t VALUES (1, now()) ON CONFLICT (id) DO NOTHING; -- safe
INSERT INTO t VALUES (2, now()) ON CONFLICT (id) DO UPDATE SET at = now(); -- repeats

-- # counters in DO UPDATE
CREATE TABLE t (id int PRIMARY KEY, n int);
---
INSERT INTO t VALUES (1, 1) ON CONFLICT (id) DO UPDATE SET n = t.n + 1; -- repeats

-- # a conflict on a constraint by its name
CREATE TABLE t (id int CONSTRAINT k PRIMARY KEY, n int);
---
INSERT INTO t VALUES (1, 1) ON CONFLICT ON CONSTRAINT k DO NOTHING; -- safe

-- # a partial unique index
CREATE TABLE t (a int, live bool); CREATE UNIQUE INDEX k ON t (a) WHERE live;
---
INSERT INTO t VALUES (1, true) ON CONFLICT (a) WHERE live DO NOTHING; -- safe
INSERT INTO t VALUES (2, false) ON CONFLICT DO NOTHING; -- repeats

-- # MERGE
CREATE TABLE t (id int PRIMARY KEY, v text); CREATE TABLE s (id int, v text); INSERT INTO s VALUES (1, 'a');
---
MERGE INTO t USING s ON s.id = t.id WHEN MATCHED THEN UPDATE SET v = s.v WHEN NOT MATCHED THEN INSERT VALUES (s.id, s.v); -- safe

-- # rows moved over
CREATE TABLE t (a int); CREATE TABLE u (a int); INSERT INTO t VALUES (1);
---
WITH gone AS (DELETE FROM t RETURNING a) INSERT INTO u SELECT a FROM gone; -- safe

-- # a row that another points at
CREATE TABLE a (id int PRIMARY KEY); CREATE TABLE b (a_id int REFERENCES a);
---
INSERT INTO a VALUES (1) ON CONFLICT DO NOTHING; -- safe
INSERT INTO b VALUES (1); -- safe, alone repeats
DELETE FROM b; -- safe
DELETE FROM a WHERE id = 1; -- safe

-- # a trigger on what is updated
CREATE TABLE t (a int, at timestamptz); INSERT INTO t VALUES (1); CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.at := clock_timestamp(); RETURN NEW; END'; CREATE TRIGGER tg BEFORE UPDATE ON t FOR EACH ROW EXECUTE FUNCTION g();
---
UPDATE t SET a = 5; -- repeats

-- # rows of a temporary table
CREATE TABLE t (a int PRIMARY KEY);
---
CREATE TEMP TABLE seed (a int); -- safe, alone fails 42P07
INSERT INTO seed VALUES (1), (2); -- safe
INSERT INTO t SELECT a FROM seed ON CONFLICT DO NOTHING; -- safe

-- # a column with a unique default
CREATE TABLE t (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), v text);
---
INSERT INTO t (v) VALUES ('a') ON CONFLICT (id) DO NOTHING; -- repeats

-- # SELECT of functions
SELECT 1; -- safe
SELECT now(); -- safe
SELECT pg_sleep(0); -- safe

-- # functions that do once what can be done only once, where the query comes to them
CREATE TABLE t (id int); CREATE SEQUENCE s;
---
SELECT lo_create(4711); -- fails 23505
SELECT lo_create(4712) WHERE NOT EXISTS (SELECT FROM pg_largeobject_metadata WHERE oid = 4712); -- safe
SELECT lo_create(4713) FROM t; -- unknown (safe)
SELECT CASE WHEN NOT EXISTS (SELECT FROM pg_largeobject_metadata WHERE oid = 4714) THEN lo_create(4714) END; -- unknown (safe)
SELECT nextval('s'); -- repeats
SELECT nextval('s') WHERE false; -- safe

-- # a partial key keeps rows apart
CREATE TABLE t (id serial PRIMARY KEY, a text, gone date); CREATE UNIQUE INDEX u ON t (a) WHERE gone IS NULL;
---
INSERT INTO t (a) VALUES ('x'); -- fails 23505
INSERT INTO t (a, gone) VALUES ('y', '2020-01-01'); -- repeats
INSERT INTO t (a) VALUES ('z') ON CONFLICT (a) WHERE gone IS NULL DO NOTHING; -- safe

-- # a partial key over rows that are changed before
CREATE TABLE t (a text, gone date); CREATE UNIQUE INDEX u ON t (a) WHERE gone IS NULL;
---
INSERT INTO t (a) VALUES ('x'); -- unknown (safe), alone fails 23505
UPDATE t SET gone = '2020-01-01'; -- safe (repeats), alone safe

-- # a key over an expression
CREATE TABLE t (a text, b text, c jsonb); CREATE UNIQUE INDEX u ON t (lower(a), coalesce(b, ''));
CREATE UNIQUE INDEX j ON t ((c ->> 'k'));
---
INSERT INTO t (a) VALUES ('x'); -- fails 23505
INSERT INTO t (b) VALUES ('y'); -- repeats
INSERT INTO t (c) VALUES ('{"k": 1}'); -- unknown (fails 23505)

-- # a value that is computed, a default and a moment
CREATE TABLE t (a text UNIQUE, b text DEFAULT 'b', c timestamp, UNIQUE (b, c));
---
INSERT INTO t (a) VALUES (upper('x') || 'y'); -- fails 23505
INSERT INTO t (b, c) VALUES (DEFAULT, '2020-01-01'); -- fails 23505
INSERT INTO t (b, c) VALUES ('c', now()); -- repeats

-- # a sub-select for a value
CREATE TABLE o (id serial PRIMARY KEY, n text UNIQUE); INSERT INTO o (n) VALUES ('a'), ('b');
CREATE TABLE t (id serial PRIMARY KEY, o int, n text, UNIQUE (o, n));
---
INSERT INTO t (o, n) VALUES ((SELECT id FROM o WHERE n = 'a'), 'x'); -- fails 23505
INSERT INTO t (o, n) VALUES ((SELECT id FROM o WHERE n = 'c'), 'x'); -- repeats
INSERT INTO t (o, n) VALUES ((SELECT id FROM o WHERE n = 'b' LIMIT 1), 'x') ON CONFLICT (o, n) DO NOTHING; -- safe
INSERT INTO t (o, n) SELECT id, 'y' FROM o; -- fails 23505
INSERT INTO t (o, n) SELECT id, 'z' FROM o WHERE n = 'a'; -- fails 23505

-- # a sub-select that finds another row the second time
CREATE TABLE o (id serial, n text); INSERT INTO o (n) VALUES ('a'); CREATE TABLE t (o int PRIMARY KEY);
---
INSERT INTO t VALUES ((SELECT id FROM o WHERE n = 'a')); -- fails 21000, alone fails 23505
INSERT INTO o (n) VALUES ('a'); -- repeats

-- # insert select of all columns
CREATE TABLE a (id int PRIMARY KEY, n text); INSERT INTO a VALUES (1, 'x'); CREATE TABLE b (id int PRIMARY KEY, n text);
CREATE TABLE c (id serial PRIMARY KEY, n text); INSERT INTO c (n) VALUES ('x');
---
INSERT INTO b SELECT * FROM a; -- fails 23505
INSERT INTO c (n) SELECT n FROM c; -- repeats
INSERT INTO c (n) SELECT n FROM a; -- repeats

-- # a row that a DELETE may have found
CREATE TABLE t (a text PRIMARY KEY, b text);
---
INSERT INTO t VALUES ('x', lower('B')); -- unknown (safe), alone fails 23505
DELETE FROM t WHERE b = 'b'; -- safe

-- # a table made IF NOT EXISTS has the keys that it is made with
CREATE TABLE IF NOT EXISTS t (a text PRIMARY KEY, b text);
---
INSERT INTO t VALUES ('x', 'y'); -- fails 23505
INSERT INTO t VALUES ('y', 'y') ON CONFLICT (a) DO NOTHING; -- safe

-- # a key that ON CONFLICT asks for is dropped
CREATE TABLE t (a text, b text); CREATE UNIQUE INDEX u ON t (a);
---
INSERT INTO t VALUES ('x', 'y') ON CONFLICT (a) DO NOTHING; -- fails 42P10, alone safe
DROP INDEX u; -- fails 42704
CREATE UNIQUE INDEX v ON t (a, b); -- fails 42P07

-- # a constraint that ON CONFLICT names is renamed
CREATE TABLE t (a text CONSTRAINT k UNIQUE);
---
INSERT INTO t VALUES ('x') ON CONFLICT ON CONSTRAINT k DO NOTHING; -- fails 42704, alone safe
ALTER TABLE t RENAME CONSTRAINT k TO l; -- fails 42704

-- # a key that excludes
CREATE TABLE t (a int, EXCLUDE (a WITH =));
---
INSERT INTO t VALUES (1); -- fails 23P01
INSERT INTO t VALUES (2) ON CONFLICT DO NOTHING; -- safe

-- # an INSERT without a list of columns gives more values than there are columns by then
CREATE TABLE plan (name text PRIMARY KEY, price int, note text);
---
INSERT INTO plan VALUES ('free', 0, 'for all') ON CONFLICT DO NOTHING; -- fails 42601, alone safe
ALTER TABLE plan DROP COLUMN IF EXISTS note; -- safe

-- # fewer values than columns are none too many
CREATE TABLE plan (name text PRIMARY KEY, price int, note text);
---
INSERT INTO plan VALUES ('free', 0) ON CONFLICT DO NOTHING; -- safe
ALTER TABLE plan DROP COLUMN IF EXISTS note; -- safe
ALTER TABLE plan ADD COLUMN IF NOT EXISTS size int; -- safe

-- # a value comes to the column that stands there by then
CREATE TABLE plan (name text PRIMARY KEY, note text, price int);
---
INSERT INTO plan VALUES ('free', 'for all', 0) ON CONFLICT DO NOTHING; -- fails 22P02, alone safe
ALTER TABLE plan DROP COLUMN note; -- safe, alone fails 42703
ALTER TABLE plan ADD COLUMN note text; -- safe, alone fails 42701

-- # all columns of a table are more than those that they are for by then
CREATE TABLE plan (name text PRIMARY KEY, price int);
CREATE TABLE old_plan (name text, price int);
INSERT INTO plan VALUES ('free', 0);
---
INSERT INTO old_plan (name, price) SELECT * FROM plan; -- fails 42601, alone repeats
ALTER TABLE plan ADD COLUMN IF NOT EXISTS size int; -- safe

-- # or fewer
CREATE TABLE plan (name text PRIMARY KEY, price int, size int);
CREATE TABLE old_plan (name text, price int, size int);
INSERT INTO plan VALUES ('free', 0, 1);
---
INSERT INTO old_plan (name, price, size) SELECT * FROM plan; -- fails 42601, alone repeats
ALTER TABLE plan DROP COLUMN IF EXISTS size; -- safe

-- # through a view that has fewer by then
CREATE TABLE plan (name text PRIMARY KEY, price int);
CREATE VIEW plans AS SELECT * FROM plan;
---
INSERT INTO plans VALUES ('free', 0) ON CONFLICT DO NOTHING; -- fails 42601, alone safe
DROP VIEW plans; -- safe, alone fails 42P01
CREATE VIEW plans AS SELECT name FROM plan; -- safe, alone fails 42P07

-- # in a body
CREATE TABLE plan (name text PRIMARY KEY, price int);
---
DO $$ BEGIN INSERT INTO plan VALUES ('free', 0) ON CONFLICT DO NOTHING; END $$; -- fails 42601, alone safe
ALTER TABLE plan DROP COLUMN IF EXISTS price; -- safe

-- # rows of another table, by its key
CREATE TABLE u (id int PRIMARY KEY, n text, p boolean); INSERT INTO u VALUES (1, 'a', true), (2, 'b', false); CREATE TABLE pr (uid int PRIMARY KEY, b text); CREATE TABLE l (id serial PRIMARY KEY, uid int); CREATE TABLE m (uid int, r text, UNIQUE (uid, r)); CREATE TABLE w (uid uuid PRIMARY KEY, n text);
---
INSERT INTO pr (uid, b) SELECT id, n FROM u WHERE p; -- fails 23505
INSERT INTO l (uid) SELECT id FROM u WHERE n > ''; -- repeats
INSERT INTO m (uid, r) SELECT id, 'admin' FROM u WHERE p IS NOT NULL; -- fails 23505
INSERT INTO w (uid, n) SELECT gen_random_uuid(), n FROM u WHERE n > ''; -- repeats

-- # rows of another table that is written into later
CREATE TABLE u (id int PRIMARY KEY, p boolean); INSERT INTO u VALUES (1, true), (2, false); CREATE TABLE pr (uid int PRIMARY KEY);
---
INSERT INTO pr (uid) SELECT id FROM u WHERE p; -- unknown (safe), alone fails 23505
UPDATE u SET p = false WHERE p; -- safe

-- # some rows of another table
CREATE TABLE u (id int PRIMARY KEY, p boolean); INSERT INTO u VALUES (1, true), (2, false); CREATE TABLE pr (uid int PRIMARY KEY);
---
INSERT INTO pr (uid) SELECT id FROM u WHERE p IS NOT NULL ORDER BY id LIMIT 1; -- unknown (fails 23505)

-- # rows of a query by the key of the rows that it finds, whatever is made up for them
CREATE TABLE s (id int PRIMARY KEY, at date); CREATE TABLE t (id uuid PRIMARY KEY, s int UNIQUE, n text);
INSERT INTO s VALUES (1, now());
---
INSERT INTO t SELECT gen_random_uuid(), id, (SELECT 'x' LIMIT 1) FROM s WHERE at IS NOT NULL; -- fails 23505
INSERT INTO t SELECT gen_random_uuid(), id + 100, 'x' FROM s WHERE random() < 2; -- unknown (fails 23505)

-- # and so of rows of the same table, whose keys it gives once more
CREATE TABLE c (k text PRIMARY KEY, v text);
INSERT INTO c SELECT g::text, g::text FROM generate_series(1, 3) g;
---
INSERT INTO c SELECT 'x', v FROM c WHERE k = '1' AND v LIKE '1%'; -- unknown (fails 23505), alone fails 23505
INSERT INTO c (k) SELECT k || 'y' FROM c WHERE v > '1'; -- unknown (fails 23505)

-- # but where the statement itself makes its query find others
CREATE TABLE s (id int PRIMARY KEY, t uuid); CREATE TABLE t (id uuid PRIMARY KEY, s int UNIQUE);
INSERT INTO s VALUES (1, NULL);
---
WITH new AS (INSERT INTO t SELECT gen_random_uuid(), id FROM s WHERE t IS NULL RETURNING id, s) UPDATE s SET t = new.id FROM new WHERE s.id = new.s; -- unknown (safe)

-- # to read the table that is filled keeps no rows out
CREATE TABLE t (a int, b int); CREATE TABLE u (a int);
INSERT INTO t VALUES (1, 1), (5, 5); INSERT INTO u VALUES (9);
---
INSERT INTO t SELECT a, 2 FROM t WHERE b = 5; -- repeats
INSERT INTO t SELECT 7, b FROM t WHERE a = 1 UNION ALL SELECT 1, 2; -- repeats
INSERT INTO t (a) SELECT max(a) + 1 FROM t WHERE b IS NOT NULL; -- repeats
INSERT INTO t (a) SELECT a FROM u WHERE EXISTS (SELECT 1 FROM t); -- repeats
WITH old AS (SELECT a FROM t) INSERT INTO t (a) SELECT a + 1 FROM old WHERE a > 1; -- repeats

-- # what asks for rows that are missing does
CREATE TABLE t (a int, b int); CREATE TABLE u (a int);
INSERT INTO t VALUES (1, 1), (5, 5); INSERT INTO u VALUES (9);
---
INSERT INTO t SELECT 7, 7 EXCEPT SELECT a, b FROM t; -- safe
INSERT INTO t SELECT x.a, 7 FROM (SELECT a FROM u EXCEPT SELECT a FROM t) x; -- safe
INSERT INTO t (a) SELECT u.a + 1 FROM u LEFT JOIN t ON t.a = u.a + 1 WHERE t.a IS NULL; -- safe
INSERT INTO t (a) SELECT u.a + 2 FROM t RIGHT JOIN u ON t.a = u.a + 2 WHERE NOT t.a IS NOT NULL; -- safe
INSERT INTO t (a) SELECT u.a + 3 FROM u WHERE u.a + 3 NOT IN (SELECT a FROM t WHERE a IS NOT NULL); -- safe
INSERT INTO t (a) SELECT u.a + 4 FROM u WHERE u.a + 4 <> ALL (SELECT a FROM t); -- safe
INSERT INTO t (a, b) SELECT x.a, 3 FROM t x WHERE x.b = 5 AND NOT EXISTS (SELECT 1 FROM t y WHERE y.b = 3); -- safe
WITH old AS (SELECT a FROM t) INSERT INTO t (a) SELECT 20 FROM u WHERE NOT EXISTS (SELECT 1 FROM old WHERE a = 20); -- safe

-- # of what else it asks the table it is not told how that comes out
CREATE TABLE t (a int, b int); CREATE TABLE u (a int);
INSERT INTO t VALUES (1, 1), (5, 5); INSERT INTO u VALUES (9);
---
INSERT INTO t (a) SELECT a FROM u WHERE a > (SELECT max(a) FROM t); -- unknown (safe)
INSERT INTO t (a) SELECT a FROM u WHERE NOT EXISTS (SELECT 1 FROM t WHERE t.a = u.a) OR a = 9; -- unknown (repeats)

-- # a DELETE that leaves the first of each finds no more
CREATE TABLE t (id int PRIMARY KEY, n int, k int); INSERT INTO t VALUES (1, 1, 1), (2, 5, 1), (3, 5, 2), (4, 9, 2), (5, 9, 2);
---
WITH d AS (SELECT id, row_number() OVER (PARTITION BY k, n ORDER BY id) AS rn FROM t) DELETE FROM t WHERE id IN (SELECT id FROM d WHERE rn > 1); -- safe
DELETE FROM t WHERE ctid NOT IN (SELECT max(ctid) FROM t GROUP BY k, n); -- safe
DELETE FROM t a USING t b WHERE a.id > b.id AND a.k = b.k AND a.n = b.n; -- safe
DELETE FROM t a WHERE EXISTS (SELECT 1 FROM t b WHERE b.k = a.k AND b.n = a.n AND b.id < a.id); -- safe
DELETE FROM t WHERE n < (SELECT min(n) FROM t) OR n <> (SELECT max(n) FROM t); -- unknown (safe)
DELETE FROM t WHERE id NOT IN (SELECT id FROM t ORDER BY id LIMIT 100); -- safe

-- # one that takes the last of them takes another one each time
CREATE TABLE t (id int PRIMARY KEY, n int, k int); INSERT INTO t SELECT g, g, g % 3 FROM generate_series(1, 40) g;
---
DELETE FROM t WHERE n = (SELECT max(n) FROM t); -- repeats
DELETE FROM t a WHERE id = (SELECT min(id) FROM t b WHERE b.k = a.k); -- repeats
DELETE FROM t WHERE id IN (SELECT max(id) FROM t GROUP BY k); -- repeats
WITH first AS (SELECT id FROM t ORDER BY id LIMIT 2) DELETE FROM t USING first WHERE first.id = t.id; -- repeats
DELETE FROM t WHERE id IN (SELECT id FROM (SELECT id, row_number() OVER (PARTITION BY k ORDER BY id) AS rn FROM t) x WHERE rn = 1); -- unknown (repeats)
DELETE FROM t a WHERE NOT EXISTS (SELECT 1 FROM t b WHERE b.id = a.id + 1); -- unknown (repeats)

-- # but not where a loop goes on until there is none
CREATE TABLE t (id int PRIMARY KEY, n int); INSERT INTO t VALUES (1, 1), (2, 5), (3, 5);
---
DO $$ BEGIN LOOP DELETE FROM t WHERE ctid IN (SELECT ctid FROM t WHERE n > 1 LIMIT 2); EXIT WHEN NOT FOUND; END LOOP; END $$; -- safe

-- # DO UPDATE changes the row that the first run has inserted
CREATE TABLE t (k text PRIMARY KEY, n int, m int DEFAULT 4);
---
INSERT INTO t (k, n) VALUES ('a', 1) ON CONFLICT (k) DO UPDATE SET n = excluded.n, m = excluded.m; -- safe
INSERT INTO t (k, n) VALUES ('b', 1), ('c', 2) ON CONFLICT (k) DO UPDATE SET n = greatest(t.n, excluded.n); -- safe
INSERT INTO t (k, n) VALUES ('d', 1) ON CONFLICT (k) DO UPDATE SET n = 2 WHERE t.n <> 1; -- safe
INSERT INTO t (k, n) VALUES ('e', 1) ON CONFLICT (k) DO UPDATE SET n = 2; -- repeats
INSERT INTO t (k, n) VALUES ('f', 2), ('g', 1) ON CONFLICT (k) DO UPDATE SET n = 2; -- repeats
INSERT INTO t (k, n) VALUES ('h', 1) ON CONFLICT (k) DO UPDATE SET n = excluded.n + 1; -- repeats

-- # and fires the triggers of an UPDATE
CREATE TABLE t (k text PRIMARY KEY, n int); CREATE TABLE l (what text);
CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO l VALUES (NEW.k); RETURN NEW; END $$;
CREATE TRIGGER noted AFTER UPDATE ON t FOR EACH ROW EXECUTE FUNCTION note();
---
INSERT INTO t VALUES ('a', 1) ON CONFLICT (k) DO UPDATE SET n = excluded.n; -- unknown (repeats)
INSERT INTO t VALUES ('b', 1) ON CONFLICT (k) DO NOTHING; -- safe

-- # MERGE finds what it has inserted where ON asks for that
CREATE TABLE t (k text, n int); CREATE TABLE u (k text, n int); INSERT INTO u VALUES ('a', 1), ('b', 2);
---
MERGE INTO t USING u ON t.k = u.k WHEN NOT MATCHED THEN INSERT (k, n) VALUES (u.k, 3); -- safe
MERGE INTO t USING u ON t.k = u.k AND t.n = 4 WHEN NOT MATCHED THEN INSERT (k, n) VALUES (u.k, 4); -- safe
MERGE INTO t USING u ON t.k = u.k AND t.n = 5 WHEN NOT MATCHED THEN INSERT (k, n) VALUES (u.k, 6); -- unknown (repeats)
MERGE INTO t USING u ON t.k = u.k || 'x' WHEN NOT MATCHED THEN INSERT (k) VALUES (u.k || 'y'); -- unknown (repeats)
MERGE INTO t USING u ON t.k = u.k || 'z' WHEN MATCHED THEN UPDATE SET n = 8 WHEN NOT MATCHED THEN INSERT (k, n) VALUES (u.k || 'z', 7); -- unknown (repeats)
