-- # a view that comes after the change of a type
CREATE TABLE datum (uuid uuid PRIMARY KEY, name varchar(64));
---
ALTER TABLE datum ALTER COLUMN name TYPE varchar(255); -- fails 0A000, alone safe
CREATE OR REPLACE VIEW datum_view AS SELECT uuid, name FROM datum; -- safe

-- # a generated column that comes after the change of a type
CREATE TABLE IF NOT EXISTS acct (id int, plan varchar(10), note text); -- safe
ALTER TABLE acct ALTER COLUMN plan TYPE text; -- fails 0A000, alone safe
ALTER TABLE acct ADD COLUMN IF NOT EXISTS plan_lc text GENERATED ALWAYS AS (lower(plan)) STORED; -- safe

-- # a materialized view that comes after the change of a type; an index and a check do not hinder it
CREATE TABLE IF NOT EXISTS acct (id int, plan varchar(10), bal numeric(10,2)); -- safe
ALTER TABLE acct ALTER COLUMN bal TYPE numeric(14,4); -- fails 0A000, alone safe
CREATE OR REPLACE FUNCTION acct_fn(p_id int) RETURNS SETOF acct LANGUAGE sql STABLE AS $$ SELECT * FROM acct WHERE id = p_id $$; -- safe
CREATE INDEX IF NOT EXISTS acct_bal ON acct (bal); -- safe
ALTER TABLE acct DROP CONSTRAINT IF EXISTS acct_bal_ck; -- safe
ALTER TABLE acct ADD CONSTRAINT acct_bal_ck CHECK (bal >= 0); -- safe, alone fails 42710
CREATE MATERIALIZED VIEW IF NOT EXISTS acct_mv AS SELECT id, bal FROM acct; -- safe

-- # a view over a column that is dropped and made again
CREATE TABLE IF NOT EXISTS acct (id int, plan varchar(10), plan2 text); -- safe
ALTER TABLE acct DROP COLUMN IF EXISTS plan; -- fails 2BP01, alone safe
ALTER TABLE acct ADD COLUMN IF NOT EXISTS plan text; -- safe
CREATE OR REPLACE VIEW acct_v AS SELECT id, plan FROM acct; -- safe

-- # a table that a SQL body reads is renamed
CREATE TABLE IF NOT EXISTS town (town_id bigint PRIMARY KEY, town_name varchar); -- repeats, alone safe
CREATE OR REPLACE FUNCTION town_gone() RETURNS bigint LANGUAGE sql AS $$ SELECT count(*) FROM town $$; -- safe
ALTER TABLE town RENAME TO city; -- fails 42P07, alone fails 42P01

-- # a literal and a column that is jsonb by then
create table cl(id int, aud text);
---
update cl set aud = ''; -- fails 22P02, alone safe
alter table cl alter column aud type jsonb using to_jsonb(aud); -- safe

-- # a function of a type that the column has no more
create table ev(id int primary key, started timestamptz not null);
---
alter table ev add column tmp_started bigint; -- safe, alone fails 42701
update ev set tmp_started = extract(epoch from started) * 1000; -- fails 42883, alone safe
alter table ev drop column started; -- safe, alone fails 42703
alter table ev rename column tmp_started to started; -- safe, alone fails 42703

-- # a column of the table that is inserted from
create table t(id int, a text, n int, s text[]); create table w(tid int, a text);
---
insert into w select id, a from t where not exists (select 1 from w x where x.tid = t.id); -- fails 42703, alone safe
alter table t drop column a; -- fails 42703

-- # a column beside a scalar sub-select
create table t(id int, a text, n int, s text[]); create table w(id int, a text);
---
insert into w (select id, a from t where n = 7 and ((select count(*) from w where w.id = t.id) = 0)); -- fails 42703, alone safe
alter table t drop column a; -- fails 42703

-- # a column that is called like a table
create table usr(id int, name text); create table code(uid int, usr text);
---
update code set uid = usr.id from usr where usr.name = code.usr; -- fails 42703, alone safe
alter table code drop column usr; -- fails 42703

-- # a column beside a sub-select in FROM
create table t(id int, a text, b text); create table u(id int);
---
update t set b = a from (select id from u) s where s.id = t.id; -- fails 42703, alone safe
alter table t drop column a; -- fails 42703

-- # a view over a column that is gone
create table t(id int, a text);
---
create or replace view v1 as select id, a from t; -- fails 42703, alone safe
drop view v1; -- fails 42P01
alter table t drop column a; -- fails 42703

-- # a type that a column gets later
create table us(id int, role text);
---
drop type if exists role_kind; -- fails 2BP01, alone safe
create type role_kind as enum ('u','a'); -- fails 42710
alter table us alter column role type role_kind using role::role_kind; -- safe

-- # a table that is referred to later
create table a1(id int primary key);
---
truncate table a1; -- fails 0A000, alone safe
create table b1(id int references a1); -- fails 42P07

-- # a type that a function returns later
drop type if exists row_t; -- fails 2BP01, alone safe
create type row_t as (a int); -- fails 42710
create or replace function ff() returns setof row_t language sql as $$ select null::row_t $$; -- safe

-- # a sequence that a default reads later
create table t(id int);
---
drop sequence if exists sq1; -- fails 2BP01, alone safe
create sequence sq1; -- fails 42P07
alter table t alter column id set default nextval('sq1'); -- safe

-- # a foreign key stands on the key that it was made on
create table cli(id text not null, nid int not null, pk int constraint cli_pkey primary key); create unique index cli_id_nid on cli(id, nid);
create table ses(cid text, nid int, constraint ses_fk foreign key (cid, nid) references cli(id, nid));
---
alter table cli drop constraint cli_pkey; -- safe, alone fails 42704
alter table cli alter column pk drop not null; -- safe
alter table cli add primary key (id, nid); -- safe, alone fails 42P16

-- # members of one DROP
create table t(id int); create view v1 as select id from t; create view v2 as select id from v1;
---
drop view v1, v2; -- safe, alone fails 42P01
create view v1 as select id from t; -- safe, alone fails 42P07
create view v2 as select id from v1; -- safe, alone fails 42P07

-- # a foreign key to a key that is another by then
create table p(id int primary key, project int not null); create table c(pid int, constraint c_fk foreign key (pid) references p(id));
---
alter table c drop constraint if exists c_fk; -- safe
alter table c add constraint c_fk foreign key (pid) references p(id); -- fails 42830, alone fails 42710
alter table c drop constraint c_fk; -- fails 42704
alter table p drop constraint p_pkey; -- safe, alone fails 42704
alter table p add primary key (id, project); -- safe, alone fails 42P16

-- # a foreign key to a column of another type by then
create table p(id uuid primary key);
---
drop table if exists c; -- safe
create table c(p uuid references p); -- fails 42804, alone fails 42P07
drop table c; -- fails 42P01
alter table p alter column id type text; -- safe

-- # a foreign key to a table that is gone
create table p(id uuid primary key);
---
drop table if exists c; -- safe
create table c(p uuid references p); -- fails 42P01, alone fails 42P07
drop table if exists c; -- safe
drop table if exists p; -- safe

-- # a foreign key to a column that is renamed
create table p(id int, new bigint not null, constraint p_u unique (id)); create table c(p int references p(id));
---
alter table p rename id to old; -- fails 42701, alone fails 42703
alter table p rename new to id; -- fails 42703
alter table p add primary key (id); -- fails 42P16

-- # a SQL body over a view that is gone
create table t(a int);
---
drop view if exists v; -- safe
create view v as select a from t; -- fails 42703, alone fails 42P07
create or replace function f() returns int language sql as $$ select a from v $$; -- fails 42P01, alone safe
drop view if exists v; -- safe
alter table t rename column a to b; -- fails 42703

-- # labels in casts, comparisons and rows
create type mood as enum ('a','b');
create table t(m mood);
---
select 'b'::mood; -- fails 22P02, alone safe
select * from t where m = 'b'::mood; -- fails 22P02, alone safe
insert into t (m) values ('b'); -- fails 22P02, alone repeats
delete from t; -- safe
alter type mood rename to mood_old; -- safe, alone fails 42704
create type mood as enum ('a'); -- safe, alone fails 42710
alter table t alter column m type mood using m::text::mood; -- safe
drop type mood_old; -- safe, alone fails 42704

-- # CASCADE from a column to a view and an index
create table a(id int primary key, x int); create view v as select x from a; create index i on a(x);
---
alter table a drop column if exists x cascade; -- safe
alter table a add column if not exists x int; -- safe
create view v as select x from a; -- safe, alone fails 42P07
create index i on a(x); -- safe, alone fails 42P07

-- # a trigger for a column
create table a(id int, x int); create function tf() returns trigger language plpgsql as $$ begin return new; end $$;
---
alter table a drop column if exists x; -- fails 2BP01, alone safe
alter table a add column if not exists x int; -- safe
drop trigger if exists tr on a; -- safe
create trigger tr before update of x on a for each row execute function tf(); -- safe, alone fails 42710

-- # a condition of a trigger
create table a(id int, x int); create function tf() returns trigger language plpgsql as $$ begin return new; end $$;
---
alter table a alter column x type bigint; -- fails 0A000, alone safe
drop trigger if exists tr on a; -- safe
create trigger tr before update on a for each row when (new.x > 1) execute function tf(); -- safe, alone fails 42710

-- # a materialized view over a column that is renamed
create table a(id int, x int);
---
drop materialized view if exists m; -- repeats, alone safe
create materialized view m as select x from a; -- fails 42703, alone fails 42P07
create index mi on m (x); -- fails 42P01, alone fails 42P07
refresh materialized view m; -- fails 42P01, alone safe
alter table a rename column x to y; -- fails 42703

-- # a view whose column has other typmods
create table t (a varchar(10), b int);
---
create or replace view v as select a from t; -- fails 42P16, alone safe
drop view v; -- safe, alone fails 42P01
create view v as select a::varchar(20) as a from t; -- safe, alone fails 42P07

-- # columns of a view over all columns
create table t (a int, b int);
---
create or replace view v as select * from t; -- fails 42P16, alone safe
alter table t add column if not exists c int; -- safe
create or replace view v2 as select v.* from v; -- safe
drop view v2; -- safe, alone fails 42P01
drop view v; -- safe, alone fails 42P01
create or replace view v as select b, a from t; -- safe

-- # two policies over one table, one by a sub-select
create table a (id int primary key, x int); create table b (id int);
---
alter table a alter column x type bigint; -- fails 0A000, alone safe
drop policy if exists p on b; -- safe
create policy p on b using (exists (select 1 from a where a.id = b.id and a.x > 1)); -- safe, alone fails 42710

-- # an alias list hides the names
create table t (a int, b int);
---
select s.x from t as s (x, y) where s.y = 1; -- safe
select q.n from (values (1, 'a')) as q (n, m) where q.m = 'a'; -- safe
alter table t rename column a to c; -- fails 42703

-- # a recursive query
create table node (id int, parent int);
---
with recursive r as (select id, parent from node where parent is null union all select n.id, n.parent from node n join r on r.id = n.parent) select r.parent from r; -- fails 42703, alone safe
alter table node rename column parent to up; -- fails 42703

-- # columns of joins
create table a (id int, x int); create table b (id int, y int);
---
select * from a join b using (id) where x = y; -- fails 42703, alone safe
update a set x = b.y from b left join a o on o.id = b.id where o.x is null; -- fails 42703, alone safe
delete from a using b where a.id = b.id and y > 0; -- fails 42703, alone safe
alter table b drop column if exists y; -- safe

-- # a view over a view
create table t (a int, b int); create view v as select a from t;
---
create or replace view w as select a from v; -- fails 42703, alone safe
drop view if exists w; -- safe
alter view v rename column a to z; -- fails 42703

-- # generated and made again
create table t (a int);
---
alter table t alter column a type int; -- fails 0A000, alone safe
alter table t add column if not exists b int generated always as (a * 2) stored; -- safe

-- # a default that calls
create table t (a text);
---
drop function if exists mk(); -- fails 2BP01, alone safe
create function mk() returns text language sql as $$ select 'x'::text $$; -- fails 42723
alter table t alter column a set default mk(); -- safe

-- # a domain over a type
drop type if exists mood; -- fails 2BP01, alone safe
create type mood as enum ('a'); -- fails 42710
create table if not exists u (a int); -- safe
create or replace function f(x mood) returns int language sql as $$ select 1 $$; -- safe

-- # int to text and what compares
create table t (a int, b text); create table u (a int);
---
update t set b = u.a::text from u where u.a = t.a; -- fails 42883, alone safe
alter table t alter column a type text; -- safe

-- # literals and their types
create table t (a text, b text, c text, d text);
---
update t set a = 'x' where a = 'y'; -- fails 22P02, alone safe
select * from t where b in ('', 'z'); -- fails 22P02, alone safe
update t set c = coalesce(c, 'none'); -- fails 22007, alone safe
delete from t where d between 'a' and 'b'; -- fails 22P02, alone safe
alter table t alter column a type int using 1; -- safe
alter table t alter column b type uuid using null::uuid; -- safe
alter table t alter column c type date using null::date; -- safe
alter table t alter column d type boolean using true; -- safe

-- # an enum is swapped for one without a label, and its column gets its DEFAULT back behind that
CREATE TYPE role_kind AS ENUM ('owner', 'admin', 'member');
CREATE TABLE seat (id int PRIMARY KEY, kind role_kind NOT NULL DEFAULT 'member');
CREATE TABLE house (id int PRIMARY KEY);
---
UPDATE seat SET kind = 'admin' WHERE kind = 'owner'; -- fails 22P02, alone safe
INSERT INTO seat (id, kind) SELECT id, 'owner' FROM house WHERE NOT EXISTS (SELECT FROM seat WHERE seat.id = house.id); -- fails 22P02, alone safe
DELETE FROM seat WHERE kind = ANY ('{owner,member}') AND false; -- fails 22P02, alone safe
DELETE FROM seat WHERE kind <> ALL (ARRAY['owner']::role_kind[]) AND false; -- fails 22P02, alone safe
ALTER TABLE seat ALTER COLUMN kind SET DEFAULT 'owner'; -- fails 22P02, alone safe
ALTER TABLE seat DROP CONSTRAINT IF EXISTS seat_kind_ck; -- safe
ALTER TABLE seat ADD CONSTRAINT seat_kind_ck CHECK (kind <> 'owner'); -- fails 22P02, alone fails 42710
ALTER TABLE seat DROP CONSTRAINT seat_kind_ck; -- fails 42704
CREATE TYPE role_kind_new AS ENUM ('admin', 'member'); -- safe, alone fails 42710
ALTER TABLE seat ALTER COLUMN kind DROP DEFAULT; -- safe
ALTER TABLE seat ALTER COLUMN kind TYPE role_kind_new USING (kind::text::role_kind_new); -- safe
ALTER TYPE role_kind RENAME TO role_kind_old; -- safe, alone fails 42704
ALTER TYPE role_kind_new RENAME TO role_kind; -- safe, alone fails 42704
DROP TYPE role_kind_old; -- safe, alone fails 42704
ALTER TABLE seat ALTER COLUMN kind SET DEFAULT 'member'; -- safe

-- # a foreign key asks for the column before it asks for a key over it
CREATE TABLE poll (id int PRIMARY KEY, url_id text UNIQUE);
---
CREATE TABLE IF NOT EXISTS vote (id int PRIMARY KEY, poll text); -- safe
ALTER TABLE vote DROP CONSTRAINT IF EXISTS vote_poll_fk; -- safe
ALTER TABLE vote ADD CONSTRAINT vote_poll_fk FOREIGN KEY (poll) REFERENCES poll (url_id); -- fails 42703, alone fails 42710
ALTER TABLE vote DROP CONSTRAINT vote_poll_fk; -- fails 42704
DROP TABLE IF EXISTS ballot; -- safe
CREATE TABLE ballot (id int PRIMARY KEY, poll text REFERENCES poll (url_id)); -- fails 42703, alone fails 42P07
DROP TABLE ballot; -- fails 42P01
ALTER TABLE poll DROP COLUMN url_id; -- fails 42703
