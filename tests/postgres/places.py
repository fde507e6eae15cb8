"""Objects, and places that can need them: what `test_dependencies` makes a matrix of.

A place is written once for all objects that can stand there; `{type}`, `{call}`, `{name}` are the object's
words. Every place makes something anew, so that its second run tells whether the first is still there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

#: What is there before.
BEFORE = "create table t (a int, b text);"


class Thing(NamedTuple):
    """An object: how it is dropped (`{}` stands for CASCADE) and made; its `words` in places of `groups`."""

    drop: str
    make: str
    groups: str
    words: dict[str, str]
    before: str = ""
    since: int = 13
    extension: str = ""


class Cell(NamedTuple):
    """A file: the object is dropped and made, then the place. `since`: the first version that knows it."""

    title: str
    before: str
    statements: tuple[str, ...]
    since: int
    extension: str


def _typed(name: str, drop: str, make: str, **more: str) -> Thing:
    return Thing(drop, make, more.get("groups", "type"), {"type": name}, more.get("before", BEFORE))


THINGS = {
    "enum": _typed("o", "drop type if exists o{}", "create type o as enum ('1')"),
    "composite": _typed(
        "o", "drop type if exists o{}", "create type o as (x int)", groups="type composite"
    ),
    "range": _typed("o", "drop type if exists o{}", "create type o as range (subtype = int4)"),
    "domain": _typed("o", "drop domain if exists o{}", "create domain o as text"),
    "row type": _typed("o", "drop table if exists o{}", "create table o (x int)", groups="type"),
    "view's row type": _typed("o", "drop view if exists o{}", "create view o as select 1 as x"),
    "extension": Thing(
        "drop extension if exists citext{}",
        "create extension citext",
        "type",
        {"type": "citext"},
        BEFORE,
        extension="citext",
    ),
    "function": Thing(
        "drop function if exists f(int){}",
        "create function f(x int) returns int immutable language plpgsql as"
        " $$ begin return x; end $$",
        "call checked",
        {"call": "f(a)", "const": "f(1)"},
        BEFORE,
    ),
    "aggregate": Thing(
        "drop aggregate if exists g(int){}",
        "create aggregate g(int) (sfunc = int4pl, stype = int4)",
        "aggregated",
        {"call": "g(a)"},
        BEFORE,
    ),
    "trigger function": Thing(
        "drop function if exists tf(){}",
        "create function tf() returns trigger language plpgsql as $$ begin return new; end $$",
        "trigger",
        {},
        BEFORE,
    ),
    "table": Thing(
        "drop table if exists o{}",
        "create table o (id int primary key, x text)",
        "relation table",
        {"name": "o"},
        BEFORE,
    ),
    "view": Thing(
        "drop view if exists o{}",
        "create view o as select a as id, b as x from t",
        "relation",
        {"name": "o"},
        BEFORE,
    ),
    "materialized view": Thing(
        "drop materialized view if exists o{}",
        "create materialized view o as select a as id, b as x from t",
        "relation",
        {"name": "o"},
        BEFORE,
    ),
    "parent": Thing(
        "drop table if exists o{}",
        "create table o (id int, x text) partition by range (id)",
        "partitioned",
        {},
        BEFORE,
    ),
    "column": Thing(
        "alter table t drop column if exists c{}",
        "alter table t add column c int",
        "column",
        {},
        BEFORE,
    ),
    "retyped column": Thing(
        "alter table t alter column c type bigint",
        "select 1",
        "column",
        {},
        "create table t (a int, b text, c int);",
    ),
    "same type": Thing(
        "alter table t alter column c type int",
        "select 1",
        "column",
        {},
        "create table t (a int, b text, c int);",
    ),
    "column of a table": Thing(
        "alter table if exists u drop column if exists c{}", "select 1", "inside", {}, BEFORE
    ),
    "retyped column of a table": Thing(
        "alter table if exists u alter column c type bigint",
        "select 1",
        "inside retyped",
        {},
        BEFORE,
    ),
    "same type in a table": Thing(
        "alter table if exists u alter column c type int", "select 1", "inside retyped", {}, BEFORE
    ),
    "emptied table": Thing(
        "truncate o{}",
        "select 1",
        "emptied",
        {},
        "create table o (id int primary key, x text); create table p (id int primary key);",
    ),
    "emptied with others": Thing(
        "truncate p, o",
        "drop table if exists u, v",
        "emptied",
        {},
        "create table o (id int primary key, x text); create table p (id int primary key);",
    ),
    "sequence": Thing("drop sequence if exists q{}", "create sequence q", "sequence", {}, BEFORE),
    "index": Thing("drop index if exists i{}", "create unique index i on t (a)", "key", {}, BEFORE),
    "unique constraint": Thing(
        "alter table t drop constraint if exists i{}",
        "alter table t add constraint i unique (a)",
        "key constraint",
        {},
        BEFORE,
    ),
    "primary key": Thing(
        "alter table t drop constraint if exists i{}",
        "alter table t add constraint i primary key (a)",
        "key constraint primary",
        {},
        BEFORE,
    ),
    "schema": Thing("drop schema if exists z{}", "create schema z", "schema", {}, BEFORE),
    "role": Thing("drop role if exists r", "create role r", "role", {}, BEFORE),
    "text search configuration": Thing(
        "drop text search configuration if exists c{}",
        "create text search configuration c (copy = simple)",
        "checked",
        {"call": "length(to_tsvector('c'::regconfig, a::text))"},
        BEFORE.replace("a int", "a text"),
    ),
    "collation": Thing(
        "drop collation if exists c{}",
        "create collation c (locale = 'C')",
        "checked collation",
        {"call": "length(b collate c)"},
        BEFORE,
    ),
    "operator": Thing(
        "drop operator if exists @#@ (int, int){}",
        "create operator @#@ (leftarg = int, rightarg = int, function = int4pl)",
        "checked",
        {"call": "(a @#@ 1)"},
        BEFORE,
    ),
}

PLACES = {
    "type": {
        "column": "create table u (x {type})",
        "array column": "create table u (x {type}[])",
        "added column": "alter table t add column x {type}",
        "added column, guarded": "alter table t add column if not exists x {type}",
        "retyped column": "alter table t alter column a type {type} using null; create table u ()",
        "argument": "create function f(x {type}) returns int language plpgsql as"
        " $$ begin return 1; end $$",
        "array argument": "create function f(x {type}[]) returns int language plpgsql as"
        " $$ begin return 1; end $$",
        "out argument": "create function f(out x {type}, out y int) language plpgsql as"
        " $$ begin end $$",
        "returned": "create function f() returns {type} language plpgsql as"
        " $$ begin return null; end $$",
        "returned set": "create function f() returns setof {type} language plpgsql as"
        " $$ begin return; end $$",
        "returned table": "create function f() returns table (x {type}) language plpgsql as"
        " $$ begin return; end $$",
        "replaced function": "create or replace function f(x {type}) returns int language plpgsql"
        " as $$ begin return 1; end $$",
        "argument of a procedure": "create procedure f(x {type}) language plpgsql as"
        " $$ begin end $$",
        "plpgsql body": "create function f() returns int language plpgsql as"
        " $$ declare x {type}; begin return 1; end $$",
        "string body": "create function f() returns int language sql as"
        " $$ select 1 where null::{type} is null $$",
        "atomic body": "create function f() returns int language sql"
        " begin atomic select 1 where null::{type} is null; end",
        "domain": "create domain d as {type}",
        "composite": "create type d as (x {type})",
        "array in a composite": "create type d as (x {type}[])",
        "view": "create view v as select null::{type} as x",
        "view through a view": "create view w as select null::{type} as x;"
        " create view v as select 1 as y from w",
        "materialized view": "create materialized view v as select null::{type} as x",
        "check": "create table u (x text, constraint k check (x::{type} is not null))",
        "added check": "alter table t add constraint k check (b::{type} is not null)",
        "default": "create table u (x text default null::{type}::text)",
        "set default": "alter table t alter column b set default null::{type}::text;"
        " create table u ()",
        "policy": "create policy p on t using (null::{type} is null)",
        "cast": "create function h({type}) returns int language plpgsql as"
        " $$ begin return 1; end $$; create cast ({type} as int) with function h({type})",
        "aggregate": "create function s(int, {type}) returns int language plpgsql as"
        " $$ begin return 1; end $$;"
        " create aggregate ag({type}) (sfunc = s, stype = int)",
        "array of a row": "create table u (x {type}[] default '{{}}')",
        "like": "create table w (x {type}); create table u (like w)",
        "child": "create table w (x {type}); create table u () inherits (w)",
        "made by a query": "create table u as select null::{type} as x",
    },
    "composite": {"table of a type": "create table u of {type}"},
    "checked": {
        "check": "create table u (a int, b text, constraint k check ({call} > 0))",
        "check of a column": "create table u (b text, a int constraint k check ({call} > 0))",
        "added check": "alter table t add constraint k check ({call} > 0)",
        "unnamed check": "alter table t add check ({call} > 0)",
        "index": "create index i on t (({call}))",
        "index where": "create index i on t (b) where {call} > 0",
        "unique index": "create unique index i on t (({call}))",
        "view": "create view v as select {call} as x from t",
        "view where": "create view v as select 1 as x from t where {call} > 0",
        "view in with": "create view v as with w as (select {call} as x from t) select x from w",
        "materialized view": "create materialized view v as select {call} as x from t",
        "rule": "create rule y as on insert to t do also select {call} from t",
        "policy": "create policy p on t using ({call} > 0)",
        "policy check": "create policy p on t with check ({call} > 0)",
        "generated": "create table u (a int, b text, g int generated always as ({call}) stored)",
        "added generated": "alter table t add column g int generated always as ({call}) stored",
        "atomic body": "create function h() returns int language sql"
        " begin atomic select {call} from t; end",
        "string body": "create function h() returns int language sql as $$ select {call} from t $$",
        "statistics": "create statistics s on b, ({call}) from t",
        "partition key": "create table u (a int, b text) partition by range (({call}))",
        "exclusion": "alter table t add constraint k exclude using btree (({call}) with =)",
    },
    "call": {
        "default": "create table u (x int default {const})",
        "default of an added column": "alter table t add column x int default {const}",
        "set default": "alter table t alter column a set default {const}; create table u ()",
        "default in an expression": "create table u (x int default 1 + {const})",
        "domain's check": "create domain d as int check (f(value) > 0)",
        "domain's default": "create domain d as int default {const}",
        "aggregate": "create aggregate ag(int) (sfunc = int4pl, stype = int, finalfunc = f)",
        "operator": "create operator @@# (rightarg = int, function = f)",
        "cast": "create type ty as enum ('a'); create function tc(ty) returns int"
        " language plpgsql as $$ begin return f(1); end $$",
        "trigger when": "create function tf() returns trigger language plpgsql as"
        " $$ begin return new; end $$; create trigger tr before insert on t for each row"
        " when (f(new.a) > 0) execute function tf()",
        "plpgsql body": "create function h() returns int language plpgsql as"
        " $$ begin return {const}; end $$",
        "argument's default": "create function h(x int default {const}) returns int"
        " language plpgsql as $$ begin return x; end $$",
        "from": "create view v as select * from f(1) as x",
    },
    "aggregated": {
        "view": "create view v as select {call} as x from t",
        "materialized view": "create materialized view v as select {call} as x from t",
        "string body": "create function h() returns int language sql as $$ select {call} from t $$",
        "atomic body": "create function h() returns int language sql"
        " begin atomic select {call} from t; end",
    },
    "trigger": {
        "trigger": "create trigger tr before insert on t for each row execute function tf()",
        "constraint trigger": "create constraint trigger tr after insert on t for each row"
        " execute function tf()",
        "event": "create or replace trigger tr before insert on t for each row execute function tf()",
    },
    "relation": {
        "view": "create view v as select id from {name}",
        "view of all": "create view v as select * from {name}",
        "view of none": "create view v as select 1 as y from {name}",
        "view through a view": "create view w as select id from {name};"
        " create view v as select id from w",
        "view in a sub-select": "create view v as select 1 as y where exists (select from {name})",
        "replaced view": "create or replace view v as select id from {name}",
        "materialized view": "create materialized view v as select id from {name}",
        "rule": "create rule y as on insert to t do also select id from {name}",
        "rule that inserts": "create rule y as on insert to t do also delete from {name}",
        "policy": "create policy p on t using (a in (select id from {name}))",
        "policy check": "create policy p on t with check (exists (select from {name}))",
        "plpgsql body": "create function h() returns int language plpgsql as"
        " $$ begin return (select max(id) from o); end $$",
        "string body": "create function h() returns int language sql as"
        " $$ select max(id) from {name} $$",
        "atomic body": "create function h() returns int language sql"
        " begin atomic select max(id) from {name}; end",
        "returned": "create function h() returns setof {name} language plpgsql as"
        " $$ begin return; end $$",
        "made by a query": "create table u as select * from {name}",
        "like": "create table u (like {name})",
    },
    "table": {
        "foreign key": "create table u (id int references {name})",
        "foreign key of a table": "create table u (id int, foreign key (id) references {name})",
        "added foreign key": "alter table t add constraint k foreign key (a) references {name}",
        "unnamed foreign key": "alter table t add foreign key (a) references {name} (id)",
        "foreign key of a column": "alter table t add column x int references {name}",
        "its own foreign key": "alter table {name} add column up int"
        " constraint k references {name}",
        "child": "create table u () inherits ({name})",
        "made a child": "create table u (id int not null, x text); alter table u inherit {name}",
        "index": "create index i on {name} (x)",
        "statistics": "create statistics s on id, x from {name}",
        "trigger": "create trigger tr before update on {name} for each row"
        " execute function suppress_redundant_updates_trigger()",
        "publication": "create publication pu for table {name}",
        "policy on it": "create policy p on {name} using (true)",
        "sequence": "create sequence q owned by {name}.id",
        "grouped view": "create view v as select id, x from {name} group by id",
    },
    "emptied": {
        "foreign key": "create table u (id int references o)",
        "added foreign key": "alter table p add constraint k foreign key (id) references o",
        "dropped foreign key": "alter table p drop constraint if exists k;"
        " alter table p add constraint k foreign key (id) references o;"
        " alter table p drop constraint k",
        "its own foreign key": "alter table o add column up int constraint k references o",
        "view": "create view v as select id from o",
        "foreign key of a table that went": "drop table if exists u;"
        " create table u (id int references o); drop table u",
    },
    "partitioned": {
        "partition": "create table u partition of o for values from (1) to (9)",
        "default partition": "create table u partition of o default",
        "attached": "create table u (id int, x text);"
        " alter table o attach partition u for values from (1) to (9)",
        "view": "create view v as select id from o",
        "detached": "create table u partition of o default; alter table o detach partition u",
    },
    "column": {
        "view": "create view v as select c from t",
        "view of all": "create view v as select * from t",
        "view where": "create view v as select a from t where c > 0",
        "view of others": "create view v as select a from t",
        "view through a view": "create view w as select c from t; create view v as select c from w",
        "view of the row": "create view v as select t from t",
        "view in a join": "create view v as select x.a from t x join t y on x.a = y.c",
        "replaced view": "create or replace view v as select c from t",
        "materialized view": "create materialized view v as select c from t",
        "rule": "create rule y as on insert to t do also select new.c",
        "rule that deletes": "create rule y as on insert to t do also delete from t where c = 1",
        "policy": "create policy p on t using (c > 0)",
        "policy check": "create policy p on t with check (c > 0)",
        "another table's policy": "create table u (x int);"
        " create policy p on u using (x in (select c from t))",
        "trigger of": "create trigger tr before update of c on t for each row"
        " execute function suppress_redundant_updates_trigger()",
        "trigger when": "create trigger tr before update on t for each row when (new.c > 0)"
        " execute function suppress_redundant_updates_trigger()",
        "index": "create index i on t (c)",
        "index of two": "create index i on t (a, c)",
        "index expression": "create index i on t ((c + 1))",
        "index where": "create index i on t (a) where c > 0",
        "index include": "create index i on t (a) include (c)",
        "unique": "alter table t add constraint k unique (c)",
        "check": "alter table t add constraint k check (c > 0)",
        "check of two": "alter table t add constraint k check (c > a)",
        "generated": "alter table t add column g int generated always as (c + 1) stored",
        "foreign key to it": "alter table t add constraint k unique (c);"
        " create table u (x int references t (c))",
        "foreign key": "create table u (id int primary key);"
        " alter table t add constraint k foreign key (c) references u",
        "default": "alter table t alter column c set default 1; create table u ()",
        "string body": "create function h() returns bigint language sql as $$ select max(c) from t $$",
        "atomic body": "create function h() returns bigint language sql"
        " begin atomic select max(c) from t; end",
        "type of a parameter": "create function h(x t.c%type) returns int language plpgsql as"
        " $$ begin return 1; end $$",
        "statistics": "create statistics s on a, c from t",
        "statistics on an expression": "create statistics s on a, (c + 1) from t",
        "publication": "create publication pu for table t",
        "publication's columns": "create publication pu for table t (c)",
        "publication's where": "create publication pu for table t where (c > 0)",
        "sequence": "create sequence q owned by t.c",
        "child": "create table u () inherits (t)",
        "row type": "create table u (x t)",
        "row type in a function": "create function h(x t) returns int language plpgsql as"
        " $$ begin return 1; end $$",
        "row type in a view": "create view v as select null::t as x",
        "comment": "comment on column t.c is 'x'; create table u ()",
    },
    "inside": {
        "generated": "create table u (a int, c int, g int generated always as (c + 1) stored)",
        "check": "create table u (a int, c int, check (c > a))",
        "unique": "create table u (a int, c int unique)",
        "primary key": "create table u (a int, c int primary key)",
        "its own foreign key": "create table u (c int primary key, up int references u)",
        "partition key": "create table u (a int, c int) partition by range (c)",
        "expression of a partition key": "create table u (a int, c int)"
        " partition by range ((c + 1))",
        "partition": "create table u (a int, c int) partition by list (a);"
        " create table up partition of u default",
        "serial": "create table u (a int, c serial)",
        "identity": "create table u (a int, c int generated always as identity)",
        "grouped view": "create table u (c int primary key, b text);"
        " create view v as select c, b from u group by c",
        "view grouped by another": "create table u (a int primary key, c int);"
        " create view v as select c from u group by a",
    },
    "retyped": {"row type": "create table u (a int, c int); create table w (x u)"},
    "sequence": {
        "default": "create table u (x int default nextval('q'))",
        "default by text": "create table u (x int default nextval('q'::text))",
        "default by regclass": "create table u (x int default nextval('q'::regclass))",
        "schema in the default": "create table u (x int default nextval('public.q'))",
        "default in an expression": "create table u (x text default 'n' || nextval('q'))",
        "default of an added column": "alter table t add column x int default nextval('q')",
        "set default": "alter table t alter column a set default nextval('q'); create table u ()",
        "view": "create view v as select last_value from q",
        "view that calls": "create view v as select nextval('q') as x",
        "plpgsql body": "create function h() returns int language plpgsql as"
        " $$ begin return nextval('q'); end $$",
        "atomic body": "create function h() returns bigint language sql"
        " begin atomic select nextval('q'); end",
        "owned": "alter sequence q owned by t.a; create table u ()",
        "row of it": "create table u (x text default currval('q'::regclass))",
    },
    "key": {
        "foreign key": "create table u (x int references t (a))",
        "added foreign key": "create table u (x int); alter table u"
        " add constraint k foreign key (x) references t (a)",
        "clustered": "cluster t using i; create table u ()",
        "replica identity": "create table u ()",
        "view": "create view v as select a, count(*) from t group by a",
    },
    "constraint": {},
    "primary": {
        "foreign key to the table": "create table u (x int references t)",
        "grouped view": "create view v as select a, b from t group by a",
        "grouped through an alias": "create view v as select x.a, x.b from t x group by x.a",
        "grouped in a sub-select": "create view v as select 1 as y where 1 in"
        " (select length(b) from t group by a)",
    },
    "schema": {
        "table": "create table z.u (a int)",
        "view": "create view z.v as select 1 as x",
        "function": "create function z.f() returns int language plpgsql as"
        " $$ begin return 1; end $$",
        "type": "create type z.d as enum ('a')",
        "sequence": "create sequence z.q",
        "index": "create table z.u (a int); create index i on z.u (a)",
        "grant": "grant usage on schema z to public; create table u ()",
    },
    "role": {
        "grant on a table": "grant select on t to r",
        "grant on a schema": "create schema z; grant usage on schema z to r",
        "grant on a function": "create function h() returns int language plpgsql as"
        " $$ begin return 1; end $$; grant execute on function h() to r",
        "grant on all tables": "grant select on all tables in schema public to r",
        "revoked grant": "grant select on t to r; revoke select on t from r",
        "grant of a column": "grant select (a) on t to r",
        "default privileges": "alter default privileges in schema public grant select on tables"
        " to r",
        "default privileges of it": "alter default privileges for role r grant select on tables"
        " to public",
        "owner": "alter table t owner to r",
        "owner of a schema": "create schema z authorization r",
        "owner of a function": "create function h() returns int language plpgsql as"
        " $$ begin return 1; end $$; alter function h() owner to r",
        "policy": "create policy p on t to r using (true)",
        "policy altered": "create policy p on t using (true); alter policy p on t to r",
        "member": "create role m; grant r to m",
        "member of another": "create role m; grant m to r",
        "comment": "comment on role r is 'x'",
        "setting": "alter role r set work_mem = '4MB'",
        "owner and reassigned": "alter table t owner to r; reassign owned by r to current_user;"
        " drop owned by r",
    },
    "collation": {
        "column": "create table u (x text collate c)",
        "added column": "alter table t add column x text collate c",
        "domain": "create domain d as text collate c",
        "composite": "create type d as (x text collate c)",
        "index column": "create index i on t (b collate c)",
        "order in a view": "create view v as select b from t order by b collate c",
    },
}

#: The first version that knows what some places say.
_SINCE = {
    "begin atomic": 14,
    "create statistics s on b, (": 14,
    "create statistics s on a, (": 14,
    "for table t (": 15,
    "for table t where": 15,
    "create or replace trigger": 14,
}


def _since(text: str) -> int:
    return max((version for words, version in _SINCE.items() if words in text), default=13)


def cells() -> Iterator[Cell]:
    """The matrix, each object that can be dropped with CASCADE twice."""
    for name, thing in THINGS.items():
        for group in thing.groups.split():
            for place, text in PLACES[group].items():
                made = text.format(**thing.words)
                statements = (thing.make, *_split(made))
                for cascade in ("", " cascade") if "{}" in thing.drop else ("",):
                    title = f"{name}{cascade} / {place}"
                    drop = thing.drop.format(cascade)
                    since = max(thing.since, _since(made))
                    yield Cell(title, thing.before, (drop, *statements), since, thing.extension)


def _split(text: str) -> list[str]:
    """Statements stand apart by `; create`, and the like: bodies have no such."""
    import re

    return re.split(r"; ?(?=create|alter|grant|revoke|reassign|drop)", text)
