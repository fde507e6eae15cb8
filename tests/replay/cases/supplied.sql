-- # a large object that the file ends before it makes it
SELECT lo_create(4801);
---
SELECT lo_unlink(4801); -- safe, alone fails 42704
SELECT lo_create(4801); -- safe, alone fails 23505
SELECT lo_from_bytea(4802, '\x00'); -- safe, alone fails 23505
SELECT lo_unlink(4802) WHERE EXISTS (SELECT FROM pg_largeobject_metadata WHERE oid = 4802); -- safe
SELECT lo_unlink(oid) FROM pg_largeobject_metadata WHERE oid = 4899; -- safe

-- # a large object that is looked for first
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_catalog.pg_largeobject_metadata WHERE oid = 4803) THEN
    PERFORM lo_create(4803);
  END IF;
END $$; -- safe
DO $$ BEGIN
  PERFORM lo_create(4804);
EXCEPTION WHEN unique_violation THEN NULL;
END $$; -- safe
SELECT * FROM lo_create(4805); -- fails 23505

-- # replication origins and slots
SELECT pg_replication_origin_create('a'); -- safe, alone fails 23505
SELECT pg_replication_origin_drop('a'); -- safe, alone fails 42704
SELECT pg_replication_origin_create('b'); -- safe, alone fails 23505
SELECT pg_replication_origin_create('d'); -- fails 23505
SELECT pg_replication_origin_create('c') WHERE NOT EXISTS (SELECT FROM pg_replication_origin WHERE roname = 'c'); -- safe
SELECT pg_replication_origin_drop(roname) FROM pg_replication_origin WHERE roname IN ('b', 'c'); -- safe

-- # a value that functions of an extension give is the same the second time
CREATE EXTENSION fuzzystrmatch; CREATE EXTENSION hstore; CREATE EXTENSION cube;
CREATE EXTENSION earthdistance; CREATE TABLE t (id int PRIMARY KEY, a text, d int, h hstore, r float);
INSERT INTO t VALUES (1, 'x');
---
UPDATE t SET a = metaphone('Thompson', 4); -- safe
UPDATE t SET d = levenshtein(a, 'y') WHERE id = 1; -- safe
UPDATE t SET d = public.difference('a', 'b'); -- safe
UPDATE t SET h = hstore('a', 'b'); -- safe
UPDATE t SET r = earth_distance(ll_to_earth(1, 2), ll_to_earth(3, 4)); -- safe
INSERT INTO t (id, a) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET a = soundex('x'); -- safe
SELECT soundex('a'), hstore('a', 'b'); -- safe
SELECT akeys(h) FROM t WHERE id = 1; -- safe

-- # a function of the folder that has an extension's name is the folder's
CREATE TABLE t (id int PRIMARY KEY, a text); CREATE SEQUENCE s;
INSERT INTO t VALUES (1, 'x');
CREATE FUNCTION soundex(text) RETURNS text LANGUAGE sql AS $$ SELECT nextval('s')::text $$;
CREATE FUNCTION st_makepoint(int, int) RETURNS text LANGUAGE sql AS $$ SELECT 'a' $$;
---
SELECT soundex('a'); -- repeats
SELECT soundex('a') WHERE EXISTS (SELECT FROM t WHERE id = 2); -- unknown (safe)
UPDATE t SET a = soundex('a'); -- unknown (repeats)
UPDATE t SET a = st_makepoint(1, 2); -- unknown (safe)
SELECT st_makepoint(1, 2); -- safe
INSERT INTO t VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET a = soundex('a'); -- unknown (repeats)

-- # jobs of a schema called cron, which the folder makes itself
CREATE SCHEMA cron; CREATE TABLE cron.job (jobid serial, jobname text UNIQUE, schedule text, command text);
CREATE FUNCTION cron.unschedule(name text) RETURNS void LANGUAGE sql AS $$ DELETE FROM cron.job WHERE jobname = $1 $$;
---
INSERT INTO cron.job (jobname) VALUES ('nightly'); -- unknown (fails 23505), alone fails 23505
SELECT cron.unschedule('weekly'); -- safe
SELECT cron.unschedule(jobname) FROM cron.job WHERE jobname = 'monthly'; -- safe

-- # a row that came back, in a table of which rows are deleted that cannot be told
CREATE TABLE t (a text PRIMARY KEY);
---
DELETE FROM t WHERE a = 'x'; -- safe
INSERT INTO t VALUES ('x'); -- safe, alone fails 23505
DELETE FROM t WHERE a LIKE 'y%'; -- safe
DO $$ BEGIN IF NOT EXISTS (SELECT FROM t WHERE a = 'x') THEN RAISE EXCEPTION 'gone'; END IF; END $$; -- unknown (safe), alone safe
