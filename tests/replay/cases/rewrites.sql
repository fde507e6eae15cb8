-- # a value that grows at a place of a document
create table t(id int, cfg jsonb, tags text[]); insert into t values (1, '{"codes": ["a"], "old": 3, "n": 1}', '{o}');
---
update t set cfg = jsonb_set(cfg, '{codes}', cfg->'codes' || '["x"]'); -- repeats
update t set cfg = jsonb_set(cfg, '{flag}', 'true'); -- safe
update t set cfg = jsonb_set(cfg, '{copy}', cfg->'n'); -- safe
update t set cfg = cfg || '{"k": 1}' || jsonb_build_object('m', 2); -- safe
update t set cfg = jsonb_build_object('k', 7, 'z', 1) || cfg; -- safe
update t set tags = array_append(array_remove(tags, 'q'), 'q'); -- safe
update t set tags = array_append(tags, 'n'); -- repeats

-- # what a document loses
create table t(id int, cfg jsonb); insert into t values (1, '{"old": 3}');
---
update t set cfg = cfg - 'old' || jsonb_build_object('new', cfg->'old'); -- repeats

-- # what a document loses only where it has it
create table t(id int, cfg jsonb); insert into t values (1, '{"old": 3}');
create table u(id int, cfg jsonb); insert into u values (1, '{"old": 3}');
---
update t set cfg = cfg - 'old' || jsonb_build_object('new', cfg->'old') where cfg ? 'old'; -- safe
update u set cfg = jsonb_build_object('all', cfg) where not cfg ? 'all'; -- safe

-- # texts that are settled after once
create table t(x text, y text, z text); insert into t values (' Ab-c  d ', 'http://x', '/a/b');
---
update t set x = lower(trim(x)); -- safe
update t set x = regexp_replace(x, '[^a-z]+', '-', 'g'); -- safe
update t set y = replace(y, 'http://', 'https://'); -- safe
update t set z = left(z, 3); -- safe
update t set x = split_part(x, '@', 1); -- safe

-- # texts that are not
create table t(x text); insert into t values ('ab'); create table u(x text); insert into u values ('b');
create table v(x text); insert into v values ('c:d'); create table w(x text); insert into w values ('xyz');
---
update t set x = regexp_replace(x, '^', 'p_'); -- repeats
update u set x = format('v%s', x); -- repeats
update v set x = split_part(x, ':', 2); -- repeats
update w set x = substr(x, 2); -- repeats

-- # texts of which that depends
create table t(x text); insert into t values ('aaaa'); create table u(x text); insert into u values ('aabb');
create table v(x text); insert into v values ('abc d');
---
update t set x = replace(x, 'aa', 'a'); -- unknown (repeats)
update u set x = replace(x, 'ab', ''); -- unknown (repeats)
update v set x = left(trim(x), 4); -- unknown (repeats)

-- # a condition that the new value does not meet
create table t(id int, u text, n int, m int, tags text[], s text, at timestamptz, a int, b int);
insert into t values (1, 'x', 5, 5, '{o}', 'new', null, 1, 2);
---
update t set u = 'https://' || u where u not like 'https://%'; -- safe
update t set n = -n where n > 0; -- safe
update t set tags = tags || array['q'] where not ('q' = any(tags)); -- safe
update t set s = 'done', at = now(), m = m + 1 where s = 'new'; -- safe
update t set a = b, b = null where b is not null; -- safe

-- # a condition that it meets still, or may meet
create table t(n int); insert into t values (5); create table u(n int); insert into u values (5);
create table v(x text); insert into v values ('v'); create table w(a int, b int); insert into w values (1, 2);
---
update t set n = n * 100 where n < 1000; -- unknown (repeats)
update u set n = n - 1 where n < 1000; -- repeats
update v set x = x || 'x' where x is not null; -- repeats
update w set a = b, b = a; -- repeats

-- # a case for each value
create table t(a text, b text, c text); insert into t values (null, '', 'a'), ('x', null, 'b');
---
update t set a = case when a is null then '' else a end; -- safe
update t set b = case when b is null then 'user' when b = '' then 'user' else b end; -- safe
update t set c = case c when 'a' then 'b' when 'b' then 'c' else c end; -- repeats

-- # what is handed from one column to another by what another table says
create table t(id int, a int, b int); create table u(id int); insert into t values (1, null, 5), (2, null, 6);
insert into u values (5);
---
update t set a = case when exists (select from u where u.id = t.b) then null else b end, b = case when exists (select from u where u.id = t.b) then b else null end where b is not null; -- safe

-- # another statement changes back what the condition asks for
create table t(n int, s text); insert into t values (1, 'new');
---
update t set n = n + 1, s = 'done' where s = 'new'; -- unknown (repeats), alone safe
update t set s = 'new' where s = 'done' and n < 9; -- safe (repeats), alone safe

-- # another statement sets what the condition does not ask for
create table t(n int, s text); insert into t values (1, 'new');
---
update t set n = n + 1, s = 'done' where s = 'new'; -- safe
update t set s = 'closed' where s = 'done' and n > 5; -- safe

-- # rows that are picked by what is set
create table t(id int primary key, s text, n int); insert into t select i, 'new', 1 from generate_series(1, 25) i;
---
update t set n = n + 1, s = 'a' where id in (select id from t where s = 'new'); -- safe
do $$ declare r int; begin loop update t set n = n + 1, s = 'b' where ctid in (select ctid from t where s = 'a' limit 10); get diagnostics r = row_count; exit when r = 0; end loop; end $$; -- unknown (safe), alone safe

-- # some of the rows that are picked
create table t(id int primary key, s text); insert into t select i, 'new' from generate_series(1, 25) i;
---
update t set s = 'a' where id in (select id from t where s = 'new' limit 10); -- repeats

-- # what text, JSON and an array make of the same
create table t(a text, b jsonb, c text[]); insert into t values ('x', '{}', '{a}');
---
update t set a = a || '{"k": 1}'; -- repeats
update t set b = b || '{"k": 1}'; -- safe
update t set c = c || '{x}'; -- repeats

-- # rows that came since to a table that is filled anew
create table cat(id int primary key, n text); create table lnk(a int, b int); create table old(a int);
---
truncate cat; -- repeats (safe), alone safe
insert into cat values (1, 'a'); -- safe, alone fails 23505
delete from lnk; -- repeats (safe), alone safe
insert into lnk values (1, 2); -- safe, alone repeats
delete from old; -- safe

-- # rows that are kept aside meanwhile
create table cat(id int primary key, n text); insert into cat values (1, 'a');
---
create temp table aside as select * from cat; -- safe, alone fails 42P07
truncate cat; -- safe
insert into cat select * from aside; -- safe, alone fails 23505

-- # a sequence that is set back
create table item(id serial primary key, n text); create sequence free;
---
select setval('item_id_seq', 1, false); -- safe, alone repeats (safe)
alter sequence item_id_seq restart with 100; -- repeats (safe)
select setval('free', 1); -- safe

-- # a sequence that the data put where it has to be
create table item(id serial primary key, n text);
---
alter sequence item_id_seq restart with 100; -- safe, alone repeats (safe)
select setval('item_id_seq', coalesce((select max(id) from item), 0) + 1, false); -- safe
select setval('item_id_seq', 500) where (select last_value from item_id_seq) < 500; -- safe

-- # a row trigger fires for rows that are found, and none is
create table q(id int, src text, upd timestamptz, n int); insert into q values (1, null, null, 1);
create function stamp() returns trigger language plpgsql as 'begin new.upd := clock_timestamp(); return new; end';
create trigger tg before update on q for each row execute function stamp();
---
update q set src = 'x' where src is null; -- safe

-- # a row trigger fires for rows that are found again
create table q(id int, src text, upd timestamptz, n int); insert into q values (1, null, null, 1);
create function stamp() returns trigger language plpgsql as 'begin new.upd := clock_timestamp(); return new; end';
create trigger tg before update on q for each row execute function stamp();
---
update q set n = 5; -- repeats

-- # rows of the table itself that are found by what is set
create table run(id int, queue text, step int); insert into run values (1, 'default', 1); create table step(id int, name text);
insert into step values (1, 'a');
---
with due as (select r.id, s.name from run r join step s on s.id = r.step where r.queue = 'default') update run set queue = due.name from due where due.id = run.id; -- safe

-- # a tree that is told level by level
create table node(id int, parent int, root int); insert into node values (1, null, 1), (2, 1, null), (3, 2, null);
---
update node set root = s.root from (select id, root from node where root is not null) s where s.id = node.parent and node.root is null; -- unknown (repeats)
