-- # rolled back
BEGIN; -- safe
CREATE TABLE t (a int); -- safe, alone fails 42P07
ROLLBACK; -- safe

-- # rolled back to a savepoint
BEGIN; -- safe
CREATE TABLE t (a int); -- fails 42P07
SAVEPOINT one; -- safe
CREATE TABLE u (a int); -- safe, alone fails 42P07
ROLLBACK TO SAVEPOINT one; -- safe
CREATE TABLE v (a int); -- fails 42P07
COMMIT; -- safe

-- # a savepoint released
BEGIN; -- safe
SAVEPOINT one; -- safe
CREATE TABLE t (a int); -- fails 42P07
RELEASE SAVEPOINT one; -- safe
COMMIT; -- safe

-- # rows rolled back
CREATE TABLE t (a int PRIMARY KEY);
---
BEGIN; -- safe
INSERT INTO t VALUES (1); -- fails 23505
ROLLBACK; -- safe
INSERT INTO t VALUES (1); -- fails 23505

-- # two transactions
BEGIN; -- safe
CREATE TABLE t (a int); -- fails 42P07
COMMIT; -- safe
BEGIN; -- safe
ALTER TABLE t ADD COLUMN b int; -- safe, alone fails 42701
ROLLBACK; -- safe

-- # a savepoint's name used twice
BEGIN; -- safe
SAVEPOINT s; -- safe
CREATE TABLE t (a int); -- fails 42P07
SAVEPOINT s; -- safe
CREATE TABLE u (a int); -- safe, alone fails 42P07
ROLLBACK TO s; -- safe
COMMIT; -- safe

-- # SET LOCAL ends with the transaction
CREATE SCHEMA s;
---
BEGIN; -- safe
SET LOCAL search_path = s; -- safe
COMMIT; -- safe
CREATE TABLE t (a int); -- fails 42P07

-- # SET is rolled back
CREATE SCHEMA s;
---
BEGIN; -- safe
SET search_path = s; -- safe
ROLLBACK; -- safe
CREATE TABLE t (a int); -- fails 42P07

-- # a drop rolled back
CREATE TABLE t (a int);
---
BEGIN; -- safe
DROP TABLE t; -- safe, alone fails 42P01
ROLLBACK; -- safe
ALTER TABLE t ADD COLUMN b int; -- fails 42701

-- # RESET and DISCARD
CREATE SCHEMA s;
---
SET search_path = s; -- safe
RESET search_path; -- safe
CREATE TABLE t (a int); -- fails 42P07
SET search_path = s; -- safe
DISCARD ALL; -- safe
CREATE TABLE u (a int); -- fails 42P07

-- # DISCARD TEMP ends what is temporary, and nothing else
CREATE TEMP TABLE t (a int); -- safe, alone fails 42P07
CREATE TEMP VIEW v AS SELECT a FROM t; -- safe, alone fails 42P07
CREATE TABLE u (a int); -- fails 42P07
DISCARD TEMP; -- safe
CREATE TEMP VIEW v AS SELECT 1 AS a; -- safe, alone fails 42P07
CREATE TABLE t (a int); -- fails 42P07

-- # DISCARD TEMP leaves nothing to be dropped
CREATE TEMP TABLE t (a int); -- safe, alone fails 42P07
DISCARD TEMPORARY; -- safe
CREATE TABLE IF NOT EXISTS t (a int); -- safe
DROP TABLE t; -- safe, alone fails 42P01

-- # DISCARD TEMP is rolled back
BEGIN; -- safe
CREATE TEMP TABLE t (a int); -- safe, alone fails 42P07
SAVEPOINT a; -- safe
DISCARD TEMP; -- safe
ROLLBACK TO a; -- safe
CREATE TEMP TABLE IF NOT EXISTS t (b int); -- safe
INSERT INTO t (a) SELECT 1; -- safe
COMMIT; -- safe

-- # DISCARD ALL ends it, too, and looks for names where the session began
CREATE SCHEMA s; CREATE TABLE s.t (a int);
---
CREATE TEMP TABLE t (a int); -- safe, alone fails 42P07
SET search_path = s; -- safe
DISCARD ALL; -- safe
CREATE TABLE t (a int); -- fails 42P07
DISCARD PLANS; -- safe

-- # SET LOCAL outside of a transaction does nothing
CREATE SCHEMA s;
---
SET LOCAL search_path = s; -- safe
CREATE TABLE t (a int); -- safe, alone fails 42P07
DROP TABLE public.t; -- safe, alone fails 42P01

-- # SET LOCAL ends with its transaction, and what was SET before it comes back
CREATE SCHEMA s; CREATE SCHEMA q;
---
BEGIN; -- safe
SET search_path = q; -- safe
SET LOCAL search_path = s; -- safe
CREATE TABLE t (a int); -- safe, alone fails 42P07
COMMIT; -- safe
CREATE TABLE t (a int); -- safe, alone fails 42P07
DROP TABLE s.t; -- safe, alone fails 42P01
DROP TABLE q.t; -- safe, alone fails 42P01

-- # SET after SET LOCAL stays
CREATE SCHEMA s; CREATE SCHEMA q;
---
BEGIN; -- safe
SET LOCAL search_path = s; -- safe
SET search_path = q; -- safe
COMMIT; -- safe
CREATE TABLE t (a int); -- safe, alone fails 42P07
DROP TABLE q.t; -- safe, alone fails 42P01

-- # SET LOCAL rolled back to a savepoint
CREATE SCHEMA s; CREATE SCHEMA q;
---
BEGIN; -- safe
SET LOCAL search_path = s; -- safe
SAVEPOINT one; -- safe
SET LOCAL search_path = q; -- safe
ROLLBACK TO one; -- safe
CREATE TABLE t (a int); -- safe, alone fails 42P07
COMMIT; -- safe
CREATE TABLE t (a int); -- safe, alone fails 42P07
DROP TABLE s.t; -- safe, alone fails 42P01
DROP TABLE public.t; -- safe, alone fails 42P01

-- # set_config of a transaction
CREATE SCHEMA s;
---
SELECT set_config('search_path', 's', true); -- safe
CREATE TABLE t (a int); -- safe, alone fails 42P07
DROP TABLE public.t; -- safe, alone fails 42P01

-- # set_config of a transaction in a body
CREATE SCHEMA s;
---
DO $$ BEGIN PERFORM set_config('search_path', 's', true); CREATE TABLE t (a int); END $$; -- safe, alone fails 42P07
CREATE TABLE t (a int); -- safe, alone fails 42P07
DROP TABLE s.t; -- safe, alone fails 42P01
DROP TABLE public.t; -- safe, alone fails 42P01

-- # RESET ALL
CREATE SCHEMA s;
---
SET search_path = s; -- safe
RESET ALL; -- safe
CREATE TABLE t (a int); -- safe, alone fails 42P07
DROP TABLE public.t; -- safe, alone fails 42P01

-- # SET LOCAL TO DEFAULT
CREATE SCHEMA s;
---
SET search_path = s; -- safe
BEGIN; -- safe
SET LOCAL search_path TO DEFAULT; -- safe
CREATE TABLE t (a int); -- safe, alone fails 42P07
COMMIT; -- safe
CREATE TABLE t (a int); -- safe, alone fails 42P07
DROP TABLE public.t; -- safe, alone fails 42P01
DROP TABLE s.t; -- safe, alone fails 42P01

-- # ON COMMIT DROP outside of a transaction
CREATE TEMP TABLE t (a int) ON COMMIT DROP; -- safe
CREATE TEMP TABLE t (a int) ON COMMIT DROP; -- safe
DROP TABLE IF EXISTS t; -- safe
