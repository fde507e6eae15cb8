-- # a condition that reads a column that is gone
create table t(id int, a text);
---
do $$ begin if exists (select 1 from t where a is null) then raise exception 'bad'; end if; end $$; -- fails 42703, alone safe
alter table t drop column a; -- fails 42703

-- # an ELSIF is asked only where what stands before it does not hold
create table t(id int, a text);
---
do $$ begin if true then null; elsif exists (select 1 from t where a = 'x') then null; end if; end $$; -- safe
do $$ begin if false then null; elsif exists (select 1 from t where a = 'x') then null; end if; end $$; -- fails 42703, alone safe
alter table t drop column a; -- fails 42703

-- # what a handler catches, and what it does not
create table t(id int, a text);
---
do $$ begin perform 1 from t where a = 'x'; exception when undefined_column then null; end $$; -- safe
do $$ begin if (select count(*) from t where a = 'x') > 0 then null; end if; exception when others then null; end $$; -- safe
do $$ begin if (select count(*) from t where a = 'x') > 0 then null; end if; exception when undefined_table then null; end $$; -- fails 42703, alone safe
alter table t drop column a; -- fails 42703

-- # a guard keeps the statement in its branch from a column that is gone
create table t(id int, a text);
---
do $$ begin if exists (select 1 from information_schema.columns where table_name = 't' and column_name = 'a') then if exists (select 1 from t where a = 'x') then raise exception 'x'; end if; update t set id = 1 where a = 'y'; end if; end $$; -- safe
alter table t drop column a; -- fails 42703

-- # a guard in the same expression keeps it from nothing
create table t(id int, a text);
---
do $$ begin if exists (select 1 from information_schema.columns where table_name = 't' and column_name = 'a') and exists (select 1 from t where a = 'x') then raise exception 'x'; end if; end $$; -- fails 42703, alone safe
alter table t drop column a; -- fails 42703

-- # names of variables, of a loop's record, of a block and of an error
create table t(id int, n int); insert into t values (1, 2);
---
do $$ <<b>> declare a int := 2; r record; t record; begin
    perform 1 from t where n = a and id = b.a;
    for r in select id as a from t loop perform 1 from t where n = r.a; end loop;
    for a in 1..2 loop perform 1 from t where n = a; end loop;
    for t in select id as a from t loop perform 1 from t x where n = t.a; end loop;
    if not found then null; end if;
exception when division_by_zero then perform 1 from t where sqlerrm = sqlstate; end $$; -- safe

-- # a variable of an inner block is none of the outer one
create table t(id int, a text);
---
do $$ begin declare a text := 'x'; begin if a is null then null; end if; end; perform 1 from t where a = 'y'; end $$; -- fails 42703, alone safe
alter table t drop column a; -- fails 42703

-- # a column that is called like a variable of the first run
create table t(id int);
---
do $$ declare a int := 2; begin perform 1 from t where id = a; end $$; -- fails 42702, alone safe
do $$ #variable_conflict use_variable
declare a int := 2; begin perform 1 from t where id = a; end $$; -- safe
do $$ #variable_conflict use_column
declare a int := 2; begin perform 1 from t where id = a; end $$; -- safe
do $$ <<b>> declare a int := 2; begin perform 1 from t where id = b.a; end $$; -- safe
alter table t add column if not exists a int; -- safe

-- # a variable has a type, and a literal that it is set to is of it
create table t(id int, n int, a text);
---
do $$ declare k int := 9; begin perform 1 from t where n = k; end $$; -- fails 42883, alone safe
do $$ declare k constant int not null := 9; begin update t set n = k where id = -1; end $$; -- fails 42804, alone safe
do $$ declare v varchar(9) := 'x'; begin delete from t where a = v; end $$; -- fails 42883, alone safe
alter table t alter column n type bool using true, alter column a type int using 1; -- safe

-- # loops, cursors, assignments, arguments
create table t(id int, a text);
---
do $$ declare r record; begin for r in select a from t loop null; end loop; end $$; -- fails 42703, alone safe
do $$ declare r record; begin for r in execute 'select a from t' loop null; end loop; end $$; -- fails 42703, alone safe
do $$ declare r record; begin for r in update t set id = id where a = 'x' returning id loop null; end loop; end $$; -- fails 42703, alone safe
do $$ declare c cursor (k int) for select id from t where id = k and a = 'x'; begin for r in c(1) loop null; end loop; end $$; -- fails 42703, alone safe
do $$ declare c cursor for select a from t; begin null; end $$; -- safe
do $$ declare c refcursor; begin open c for select a from t; close c; end $$; -- fails 42703, alone safe
do $$ declare n int := (select count(a) from t); begin null; end $$; -- fails 42703, alone safe
do $$ declare v text; begin v := a from t; end $$; -- fails 42703, alone safe
do $$ declare v text; begin select a into v from t; end $$; -- fails 42703, alone safe
do $$ begin raise notice '%', (select max(a) from t); end $$; -- fails 42703, alone safe
do $$ begin execute 'select $1' using (select max(a) from t); end $$; -- fails 42703, alone safe
do $$ begin while exists (select 1 from t where a = 'x') loop null; end loop; end $$; -- fails 42703, alone safe
alter table t drop column a; -- fails 42703

-- # a table that a condition reads, and a label
create table u(id int); create type e as enum ('o', 'p'); create table s(id int, st e);
---
do $$ begin if exists (select 1 from u) then raise exception 'x'; end if; end $$; -- fails 42P01, alone safe
do $$ begin if to_regclass('u') is not null then perform 1 from u; end if; end $$; -- safe
do $$ declare k int := 3; begin if exists (select 1 from s where st = 'p' and id = k) then raise exception 'x'; end if; end $$; -- fails 22P02, alone safe
drop table u; -- fails 42P01
alter type e rename value 'p' to 'q'; -- fails 22023

-- # a function that is called, and is gone
create function f(int) returns int language sql as 'select 1'; create table t(id int, n int);
---
do $$ begin if f(1) = 2 then null; end if; end $$; -- fails 42883, alone safe
do $$ declare r record; begin for r in select f(n) from t loop null; end loop; end $$; -- fails 42883, alone safe
update t set n = f(n) where id = -1; -- fails 42883, alone unknown (safe)
drop function f; -- fails 42883

-- # a number and a truth value are of a type
create table t(id int, n int, b boolean);
---
do $$ begin if exists (select 1 from t where n in (1, 2)) then raise exception 'x'; end if; end $$; -- fails 42883, alone safe
select 1 from t where b = true and id = 5; -- fails 42883, alone safe
update t set b = true where id = -1; -- fails 42804, alone safe
update t set n = 7 where id = -1; -- safe
alter table t alter column n type text, alter column b type int using 1; -- safe
