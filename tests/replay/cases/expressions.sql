-- # a key and its index are renamed together
create table t(a int, b int);
---
alter table t drop constraint if exists k; -- safe
alter table t add constraint k unique (a); -- repeats, alone fails 42P07
alter table t rename constraint k to k2; -- fails 42P07, alone fails 42704

-- # a check has a name on its table alone
create table t(a int, b int);
---
alter table t drop constraint if exists c; -- safe
alter table t add constraint c check (a > 0); -- repeats, alone fails 42710
alter table t rename constraint c to c2; -- fails 42710, alone fails 42704

-- # the column that an altered policy reads
create table t(a int, b int); create policy p on t using (true);
---
alter table t drop column if exists a; -- fails 2BP01, alone safe
alter table t add column if not exists a int; -- safe
alter policy p on t using (a > 0); -- safe

-- # an altered policy lets go of the column that it read
create table t(a int, b int); create policy p on t using (a > 0);
---
alter policy p on t using (true); -- safe
alter table t drop column if exists a; -- safe

-- # the table and the function that an altered policy reads
create table t(a int, b int); create table u(x int); create policy p on t using (true); create policy q on t using (true);
---
drop table if exists u; -- fails 2BP01, alone safe
create table u(x int); -- fails 42P07
alter policy p on t using (a in (select x from u)); -- safe
drop function if exists f(); -- fails 2BP01, alone safe
create function f() returns bool language sql as 'select true'; -- fails 42723
alter policy q on t using (f()); -- safe

-- # the type of a column that an altered policy reads
create table t(a int, b text); create policy p on t using (true);
---
alter table t alter column b type varchar(30); -- fails 0A000, alone safe
alter policy p on t using (b <> ''); -- safe

-- # a table that an altered policy read, and that is gone
create table t(a int, b int); create table u(x int); create policy p on t using (true);
---
alter policy p on t using (a in (select x from u)); -- fails 42P01, alone safe
drop table u cascade; -- fails 42P01

-- # a function in the check of a domain, and one in its default
create domain d as int; create domain e as int;
---
drop function if exists ok(int); -- fails 2BP01, alone safe
create function ok(int) returns bool language sql immutable as 'select $1 > 0'; -- fails 42723
alter domain d drop constraint if exists c; -- safe
alter domain d add constraint c check (ok(value)); -- safe, alone fails 42710
drop function if exists five(); -- fails 2BP01, alone safe
create function five() returns int language sql immutable as 'select 5'; -- fails 42723
alter domain e set default five(); -- safe

-- # what a domain's default was computed by may go
create sequence sq; create domain d as int default nextval('sq');
---
alter domain d drop default; -- safe
drop sequence if exists sq; -- safe

-- # upkeep of what is gone
create table t(a int); create table w(a int, c int); create table u(b int); create materialized view m as select 1 as x;
---
analyze w(c); -- fails 42703, alone safe
alter table w drop column c; -- fails 42703
vacuum analyze t; -- fails 42P01, alone safe
analyze u, t; -- fails 42P01, alone safe
analyze m; -- fails 42P01, alone safe
vacuum; -- safe
analyze; -- safe
drop table t; -- fails 42P01
drop materialized view m; -- fails 42P01

-- # TRUNCATE … CASCADE goes on to what refers to the table, and to what refers to that
create table p(id int primary key); create table c(id int primary key, p int references p); create table d(id int primary key, c int references c);
---
truncate p cascade; -- repeats (safe), alone safe
insert into p values (2); -- safe, alone fails 23505
insert into c values (1, 2); -- safe, alone fails 23505
insert into d values (1, 1); -- safe, alone fails 23505

-- # TRUNCATE … CASCADE leaves alone what does not
create table p(id int primary key); create table c(id int primary key);
---
truncate p cascade; -- repeats (safe), alone safe
insert into p values (2); -- safe, alone fails 23505
insert into c values (1); -- fails 23505

-- # a row without a value for a column that takes none by then
create table t(id int primary key, a text); create table u(id int primary key, a text); create table v(id int, a text);
---
insert into t(id) values (2); -- fails 23502, alone fails 23505
update t set a = 'q' where a is null; -- safe
alter table t alter column a set not null; -- safe
insert into u(id, a) values (2, null) on conflict do nothing; -- fails 23502, alone safe
update u set a = 'q' where a is null; -- safe
alter table u alter column a set not null; -- safe
insert into v(id) values (2); -- fails 23502, alone repeats
update v set a = 'q' where a is null; -- safe
alter table v alter column a set not null; -- safe

-- # a default gives it one
create table t(id int primary key, a text default 'q');
---
insert into t(id) values (2); -- fails 23505
alter table t alter column a set not null; -- safe

-- # a column that is added without one
create table t(id int primary key);
---
insert into t values (2); -- fails 23502, alone fails 23505
alter table t add column if not exists n int not null default 1; -- safe
alter table t alter column n drop default; -- safe

-- # GRANT … ON ALL TABLES reaches what is made behind it
create role ro; create table t(a int);
---
grant select on all tables in schema public to ro; -- repeats, alone safe
create table if not exists t2(a int); -- safe

-- # but not where that has the privilege already
create role ro; create table t(a int);
---
alter default privileges in schema public grant select on tables to ro; -- safe
grant select on all tables in schema public to ro; -- safe
create table if not exists t2(a int); -- safe

-- # nor where it is granted, or revoked, by name
create role ro; create table t(a int);
---
grant select on all tables in schema public to ro; -- safe
create table if not exists t2(a int); -- safe
grant select on t2 to ro; -- safe
create table if not exists t3(a int); -- safe
revoke all on t3 from ro; -- safe

-- # GRANT … ON ALL FUNCTIONS
create role ro;
---
grant execute on all functions in schema public to ro; -- repeats, alone safe
create or replace function g() returns int language sql as 'select 1'; -- safe
