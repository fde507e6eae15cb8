-- # a function of the old type
create table pl(id int, feats text); insert into pl values (1, 'a,b');
---
alter table pl alter column feats type text[] using string_to_array(feats, ','); -- fails 42883

-- # a condition that is no truth value by then
create table pl(id int, flag bool); insert into pl values (1, true), (2, false);
---
alter table pl alter column flag type int using case when flag then 4 else 1 end; -- fails 42804

-- # labels of an enum that are renamed on the way
create type mood as enum ('new', 'b'); create table t(id int, s text); insert into t values (1, 'old'), (2, 'b');
---
alter table t alter column s type mood using (case s::text when 'old' then 'new' else s::text end)::mood; -- safe

-- # labels of an enum that change places
create type mood as enum ('a', 'b'); create table t(x text); insert into t values ('a');
---
alter table t alter column x type mood using (case x::text when 'a' then 'b' when 'b' then 'a' end)::mood; -- repeats

-- # a literal that the new type takes, and one that it does not
create table meas(id int, amt text, ok text, at text); insert into meas values (1, '1', 'yes', '1700000000');
---
alter table meas alter column amt type numeric using amt::numeric; -- safe
alter table meas alter column ok type boolean using (ok = 'yes'); -- safe
alter table meas alter column at type timestamptz using to_timestamp(at::double precision); -- fails 42846

-- # an empty string is no number
create table t(x text, y text); insert into t values ('5', '6');
---
alter table t alter column x type int using nullif(x, '')::int; -- fails 22P02
alter table t alter column y type int using coalesce(y, '0')::int; -- safe

-- # numbers and truth values
create table t(x int, y int, z int); insert into t values (5, 1, 1);
---
alter table t alter column x type bool using x <> 0; -- fails 42883
alter table t alter column y type bool using y::bool; -- safe
alter table t alter column z type bool using case when z = 1 then true else false end; -- fails 42883

-- # a point in time as a number
create table t(x timestamptz, y bigint); insert into t values ('2020-01-01', 1700000000);
---
alter table t alter column x type int using extract(epoch from x)::int; -- fails 42883
alter table t alter column y type timestamptz using to_timestamp(y / 1000); -- fails 42883

-- # JSON and arrays
create table t(a text, b jsonb, c text[], d text); insert into t values ('5', '{"k": 1}', '{x,y}', 'q');
---
alter table t alter column a type jsonb using to_jsonb(a); -- safe
alter table t alter column b type text using b ->> 'k'; -- fails 42883
alter table t alter column c type text using c[1]; -- fails 42804
alter table t alter column d type text[] using array[d]; -- repeats

-- # bytes
create table t(a text, b bytea, c text); insert into t values ('ab', 'abc', 'abc');
---
alter table t alter column a type bytea using decode(a, 'hex'); -- fails 42883
alter table t alter column b type text using encode(b, 'base64'); -- fails 42883
alter table t alter column c type bytea using c::bytea; -- safe

-- # what cuts, rounds or folds is done after once
create table t(a text, b text, c numeric, d text); insert into t values ('Abc', 'abcdef', 1.5, '3');
---
alter table t alter column a type varchar(9) using lower(a); -- safe
alter table t alter column b type varchar(3) using substr(b, 1, 3); -- safe
alter table t alter column c type int using round(c); -- safe
alter table t alter column d type int using trim(d)::int; -- fails 42883

-- # what moves on in what cuts and chooses
create table t(a numeric, c text, d numeric, e numeric); insert into t values (5, 'x', 7, 1); create table u(b int); insert into u values (5);
---
update t set a = round(a * 1.1, 2); -- repeats
update u set b = coalesce(b + 1, 0); -- repeats
update t set c = trim(c || 'y'); -- repeats
update t set e = greatest(e, d + 1); -- safe

-- # what a cast means is not known of a type of somebody's own
create domain tag as text; create table t(x int, y text); insert into t values (3, 'a');
---
alter table t alter column x type tag using lpad(x::text, 3, '0'); -- unknown (safe)
alter table t alter column y type tag using y::tag; -- safe

-- # a routine of somebody's own takes it
create function string_to_array(text[], text) returns text[] language sql as 'select $1';
create table t(x text); insert into t values ('5');
---
alter table t alter column x type text[] using string_to_array(x, ','); -- unknown (safe)

-- # another column, which goes
create table t(x int, y text); insert into t values (1, '3');
---
alter table t alter column x type text using y || '1'; -- fails 42703, alone safe
alter table t drop column y; -- fails 42703
