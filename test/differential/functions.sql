-- Statements for step_functions.py, a line each.
create table t (id int primary key, name text, n numeric(10,2), at timestamptz default now(), big bigint, tags text[], g int generated always as (id * 2) stored)
create table o (id int primary key, t_id int references t, note text)
create type mood as enum ('sad', 'ok', 'happy')
create type pair as (a int, b text)
create domain posint as int check (value > 0)
create view tv as select id, name from t
create materialized view mv as select id from t
create schema s
-- scalar functions
create function one() returns int language sql as 'select 1'
create function one() returns int language sql as 'select 2'
create or replace function one() returns int language sql as 'select 2'
create or replace function one() returns text language sql as 'select ''a'''
create function add(a int, b int) returns int language sql immutable as 'select a + b'
create function add(a int, b int default 3) returns int language sql as 'select a + b'
create or replace function add(a int, b int default 3) returns int language sql immutable as 'select a + b'
create or replace function add(a int, b int) returns int language sql immutable as 'select a + b'
create or replace function add(x int, b int default 1) returns int language sql immutable as 'select x + b'
create function add(a text, b text) returns text language sql immutable as 'select a || b'
create function add(a numeric, b numeric) returns numeric language sql immutable as $$ select a + b $$
select one()
select one(1)
select add(1, 2)
select add(1)
select add(b => 1, a => 2)
select add(a => 1)
select add(b => 1)
select add(a => 1, a => 2)
select add(1, a => 2)
select add(a => 1, 2)
select add(1, 2, 3)
select add('a', 'b')
select add(1, 'b')
select add(1.5, 2)
select add(1::bigint, 2)
select add('a', 'b'::text), add(1.0, 2.0) as x, add(null, null)
select add(id, 2), add(name, name), add(n, 1) from t
select add(name, 1) from t
select nosuch(1)
select s.one()
select nos.one()
select public.one()
select one
select one(*)
select one(distinct 1)
select add(distinct 1, 2)
select add(1, 2) over ()
select add(1, 2) filter (where true)
select sum(add(id, 1)) from t
select add(count(*)::int, 1) from t
select add(sum(id), 1) from t group by name
-- bodies
create function bad1() returns int language sql as 'selec 1'
create function bad2() returns int language sql as 'select nope'
create function bad3() returns int language sql as 'select * from nope'
create function bad4() returns int language sql as 'select 1, 2'
create function bad5() returns int language sql as 'select ''a''::text'
create function bad6() returns int language sql as ''
create function bad7() returns int language sql as 'insert into t (id) values (1)'
create function bad8() returns t language sql as 'select 1'
create function bad9() returns t language sql as 'select 1, 2, 3, 4, 5, 6, 7'
create function bad10() returns setof pair language sql as 'select 1, ''a''::text, 3'
create function bad11() returns setof pair language sql as 'select 1'
create function bad12(a int) returns int language sql as 'select $2'
create function bad13(a int) returns int language sql as 'select b'
create function bad14(a int) returns bool language sql as 'select a.x'
create function bad15() returns int language sql as 'select 1 where 1'
create function bad16() returns int language sql as $$ select nope from t $$
create function bad17() returns table (a int, b text) language sql as 'select 1'
create function bad18(out a int, out b text) language sql as 'select ''a''::text, 1'
create function bad19() returns mood language sql as 'select 1'
create function bad20() returns int[] language sql as 'select 1'
create function bad21() returns pair language sql as $$ select 1, now() $$
create function bad22() returns int language sql as 'update t set nope = 1 returning 1'
create function bad23() returns int language sql as 'delete from t'
create function bad24() returns int language sql as 'select one(1)'
create function good1() returns void language sql as 'insert into t (id) values (1)'
create function good2() returns bigint language sql as 'select 1'
create function good3() returns int language sql as 'insert into t (id) values (1) returning id'
create function good4() returns setof t language sql stable as 'select * from t'
create function good5() returns t language sql stable as 'select * from t limit 1'
create function good6() returns setof pair language sql as 'select id, name from t'
create function good7(p t) returns text language sql as 'select p.name || $1.name || (p).name || good7.p.name'
create function good8(id int) returns int language sql as 'select id from t where t.id = good8.id'
create function good9() returns table (a int, b text) language sql stable as 'select id, name from t'
create function good10(in a int, out b int, out c text) language sql as 'select a, ''x''::text'
create function good11(inout a int) language sql as 'select a + 1'
create function good12(out x int) language sql as 'select 1'
create function good13() returns setof int language sql as 'select id from t'
create function good14() returns record language sql as 'select 1, 2'
create function good15() returns setof record language sql as 'select 1, 2'
create function good16(variadic xs int[]) returns int language sql as 'select xs[1]'
create function good17(a text, variadic xs int[] default '{}') returns int language sql as 'select xs[1]'
create function good18(a mood) returns mood language sql immutable as 'select a'
create function good19(a posint) returns posint language sql as 'select a'
create function good20() returns varchar language sql as $$ select 'x'::text $$
create function good21() returns void language sql as 'select 1; select 2'
create function good22(a int) returns int language sql as 'select 1; select a'
create function good23() returns mood language sql as $$ select 'ok'::mood $$
create function good24() returns int return 1
create function good25(a int, b int) returns int immutable return a + b
create function good26(a int) returns int begin atomic select a; select a + 1; end
create function bad27(a int) returns int return nope
create function bad28(a int) returns int begin atomic select nope; end
create function good29() returns jsonb language sql as $$ select to_jsonb(t) from t limit 1 $$
create function good30() returns setof text language sql as $$ select name from t $$
-- calls of those
select good1()
select good2(), good3(), good5(), good11(1), good12()
select * from good4()
select * from good4() g where g.id > 1
select g from good4() g
select g.name, g.* from good4() as g
select name from good4()
select nope from good4()
select * from good5()
select * from good6() as x(q, r)
select * from good6() as x(q, r, z)
select good7(t), good7(t.*), t.good7 from t
select good7(1)
select good7 from t
select good8(1)
select * from good9()
select a, b from good9() x
select * from good10(1)
select (good10(1)).b
select (good10(1)).*
select (good10(1)).nope
select good10(1)
select * from good11(1)
select * from good12()
select * from good12() y
select * from good13()
select * from good13() as x
select x from good13() x
select * from good13() as x(y)
select * from good13() with ordinality
select * from good13() with ordinality as z(a, b)
select good13()
select good13() from t
select * from good14()
select * from good14() as x(a int, b int)
select * from good15() as (a int, b int)
select * from good15()
select * from good10(1) as x(a int, b int)
select * from good4() as x(a int, b int)
select * from good13() as x(a int)
select good16(1), good16(1, 2, 3), good16(variadic array[1, 2])
select good16()
select good16('a')
select good16(1, 'a'::text)
select good16(variadic 1)
select good17('a'), good17('a', 1), good17('a', 1, 2), good17('a', variadic array[1])
select good17()
select good17('a', xs => array[1])
select good17(a => 'a', variadic xs => array[1])
select good18('ok'), good18('nope')
select good18('ok'), good18('sad'::mood), good18('ok'::text)
select good19(1), good19(-1)
select good20(), good21(), good22(1), good23(), good24(), good25(1, 2), good26(1), good29()
select * from t where good13() = 1
select * from t where good1() is null
select id, good30() from t
select * from t, good8(t.id)
select * from t, lateral good8(t.id) as x
select * from t left join good4() g on g.id = t.id
select * from good4(), good4()
select (good5()).name, (good5()).id
select (good5()).*
select row_to_json(good5())
select t.good8 from t
select good4(1)
-- polymorphic
create function first(anyarray) returns anyelement language sql as 'select $1[1]'
create function both(a anyelement, b anyelement) returns anyarray language sql as 'select array[a, b]'
create function pick(a anyelement, b anyelement default null) returns anyelement language sql as 'select coalesce(a, b)'
create function compat(a anycompatible, b anycompatible) returns anycompatible language sql as 'select a'
create function rest(a anyelement, variadic b anyarray) returns anyelement language sql as 'select a'
create function outs(a anyelement, out b anyelement, out c anyarray) language sql as 'select a, array[a]'
create function nopoly() returns anyelement language sql as 'select 1'
create function nopoly2(a int, out b anyarray) language sql as 'select 1'
create function nopoly3(a anyelement) returns anycompatible language sql as 'select 1'
create function anyfn("any") returns int language sql as 'select 1'
select first(array[1, 2]), first(array['a']), first(tags) from t
select first(1)
select first('a')
select both(1, 2), both('a'::text, 'b'), both(1, 2.5)
select both(1, 2), both('a'::text, 'b')
select both('a', 'b')
select pick(1), pick('a'::text), pick(1, 2)
select compat(1, 2.5), compat('a', 'b'), compat(1, 'a')
select compat(1, 2.5), compat('a', 'b')
select rest(1, 2, 3), rest('a'::text, 'b', 'c')
select * from outs(1)
select * from outs('a'::text)
select (outs(1.5)).*
-- parameters
create function p1(a int, a int) returns int language sql as 'select 1'
create function p2(a int default 1, b int) returns int language sql as 'select 1'
create function p3(out a int default 1) language sql as 'select 1'
create function p4(variadic a int) returns int language sql as 'select 1'
create function p5(variadic a int[], b int) returns int language sql as 'select 1'
create function p6(a setof int) returns int language sql as 'select 1'
create function p7(a nope) returns int language sql as 'select 1'
create function p8() returns nope language sql as 'select 1'
create function p9() language sql as 'select 1'
create function p10(a int, out b text) returns int language sql as 'select 1'
create function p11(a int default 'x') returns int language sql as 'select 1'
create function p12(a int default 'x'::text) returns int language sql as 'select 1'
create function p13(a int default nope) returns int language sql as 'select 1'
create function p14(a int default t.id) returns int language sql as 'select 1'
create function p15(a int default 1 + 2, b text default 'a' || 'b', c timestamptz default now()) returns int language sql as 'select 1'
create function p16(a int default (select 1)) returns int language sql as 'select 1'
create function p17(a s.nope) returns int language sql as 'select 1'
create function p18(a nos.nope) returns int language sql as 'select 1'
create function p19(a t.id%type, b t.name%type) returns t.n%type language sql as 'select 1.5'
create function p20(a t.nope%type) returns int language sql as 'select 1'
create function p21(a nope.id%type) returns int language sql as 'select 1'
create function p22(a int = 5) returns int language sql as 'select a'
create function p23(a void) returns int language sql as 'select 1'
create function p24(a int, out a int) language sql as 'select 1'
create function p25(out a int, out a int) language sql as 'select 1'
create function p26(a trigger) returns int language sql as 'select 1'
create function p27(a pair default row(1, 'x')) returns int language sql as 'select a.a'
create function p28(a int) returns table (a int) language sql as 'select 1'
create function p29(a numeric(10,2), b varchar(3)) returns varchar(5) language sql as $$ select 'x' $$
select p15(), p15(1), p15(c => now()), p15(b => 'x', a => 2)
select p19(1, 'a'), p22(), p27(), p29(1, 'x')
-- options
create function o1() returns int as 'select 1'
create function o2() returns int language sql
create function o3() returns int language nope as 'select 1'
create function o4() returns int language sql language sql as 'select 1'
create function o5() returns int language sql stable volatile as 'select 1'
create function o6() returns int language sql cost 0 as 'select 1'
create function o7() returns int language sql rows 10 as 'select 1'
create function o8() returns setof int language sql rows 0 as 'select 1'
create function o9() returns int language sql parallel nope as 'select 1'
create function o10() returns int language sql strict security definer leakproof parallel safe cost 10 set search_path = '' as 'select 1'
create function o11() returns int language sql set nope = 1 as 'select 1'
create function o12() returns int language sql set my.own = 'x' set search_path to s, public set work_mem = 64 as 'select 1'
create function o13() returns int language sql as 'a', 'b'
create function o14() returns int language plpgsql return 1
create function o15() returns int language sql as 'select 1' return 1
create function nos.o16() returns int language sql as 'select 1'
create function s.o17() returns int language sql as 'select 1'
create function o18() returns trigger language sql as 'select 1'
create function o19() returns int language sql set search_path = s as 'select count(*)::int from t'
create function o20() returns int language sql set search_path from current as 'select count(*)::int from t'
create function o21() returns int language sql called on null input as 'select 1'
create function o22() returns int strict strict language sql as 'select 1'
create or replace procedure one() language sql as 'select 1'
-- procedures
create procedure pr1() language sql as 'select 1'
create procedure pr2(a int, b text default 'x') language sql as 'insert into t (id, name) values (a, b)'
create procedure pr3(inout a int) language sql as 'select a'
create procedure pr4(out a int) language sql as 'select 1'
create procedure pr5() returns int language sql as 'select 1'
create procedure pr6() language sql stable as 'select 1'
create procedure pr7() language sql strict as 'select 1'
create procedure pr8() language sql security definer as 'select 1'
create or replace function pr1() returns int language sql as 'select 1'
call pr2(1, 'a')
call pr2('x')
call pr2(nope)
call nosuch()
call one()
call pr2()
call pr9(1)
call pr2(b => 'x')
select pr1()
select pr2(1, 'x')
select * from pr1()
-- plpgsql
create function tg() returns trigger language plpgsql as $$ begin return new; end $$
create function tg2() returns trigger language plpgsql security definer set search_path = '' as $$ begin return null; end $$
create function tga(a int) returns trigger language plpgsql as $$ begin return new; end $$
create function pl1(a int) returns int language plpgsql as $$ begin return a; end $$
create function pl2() returns cstring language plpgsql as $$ begin return null; end $$
create function pl3(a cstring) returns int language plpgsql as $$ begin return 1; end $$
create function pl4() returns record language plpgsql as $$ begin return row(1); end $$
create function pl5() returns event_trigger language plpgsql as $$ begin end $$
create function pl6() returns setof t language plpgsql as $$ begin return query select * from t; end $$
create function pl7(a anyelement) returns anyelement language plpgsql as $$ begin return a; end $$
create function pl8() returns table (x int, y text) language plpgsql as $$ begin return; end $$
create function pl9(a record) returns text language plpgsql as $$ begin return 'x'; end $$
select pl1(1), pl7(1), pl7('a'::text), pl9(t) from t
select * from pl6()
select * from pl8()
select * from pl4()
-- triggers
create trigger a before insert on t for each row execute function tg()
create trigger a before insert on t for each row execute function tg()
create or replace trigger a after insert or update on t for each row execute function tg()
create trigger b before update of name, n on t for each row when (old.name is distinct from new.name) execute procedure tg('x', 1)
create trigger c before update of nope on t for each row execute function tg()
create trigger c before update of name, name on t for each row execute function tg()
create trigger c before insert on t for each row when (old.id > 1) execute function tg()
create trigger c before delete on t for each row when (new.id > 1) execute function tg()
create trigger c before insert on t for each statement when (new.id > 1) execute function tg()
-- differs: no hint
create trigger c before insert on t for each row when (new.nope > 1) execute function tg()
create trigger c before insert on t for each row when (new.id) execute function tg()
create trigger c before insert on t for each row when (new.g > 1) execute function tg()
-- differs: no hint
create trigger c before insert on t for each row when (nope) execute function tg()
create trigger c before insert on t for each row execute function nope()
create trigger c before insert on t for each row execute function s.nope()
create trigger c before insert on t for each row execute function nos.nope()
create trigger c before insert on t for each row execute function one()
create trigger c before insert on nope for each row execute function tg()
create trigger c before truncate on t for each row execute function tg()
create trigger c before truncate on t execute function tg()
create trigger d instead of insert on t for each row execute function tg()
create trigger d instead of insert on tv for each row execute function tg()
create trigger e instead of insert on tv for each statement execute function tg()
create trigger e instead of update on tv for each row when (true) execute function tg()
create trigger e instead of update of name on tv for each row execute function tg()
create trigger e before insert on tv for each row execute function tg()
create trigger e before insert on tv execute function tg()
create trigger e2 after truncate on tv execute function tg()
create trigger e before insert on mv for each row execute function tg()
create trigger f after insert on t referencing new table as nt for each statement execute function tg()
create trigger f2 after update on t referencing new table as nt old table as ot for each row execute function tg()
create trigger f3 after insert on t referencing old table as nt execute function tg()
create trigger f3 after delete on t referencing new table as nt execute function tg()
create trigger f3 before insert on t referencing new table as nt execute function tg()
create trigger f3 after insert or update on t referencing new table as nt execute function tg()
create trigger f3 after update of name on t referencing new table as nt execute function tg()
create trigger f3 after update on t referencing new table as x old table as x execute function tg()
create trigger f3 after update on t referencing new table as x new table as y execute function tg()
create trigger f3 after update on t referencing new row as x execute function tg()
create trigger f3 after truncate on t referencing old table as x execute function tg()
create constraint trigger k after insert on t deferrable initially deferred for each row execute function tg()
create or replace constraint trigger k after insert on t for each row execute function tg()
create or replace trigger k after insert on t for each row execute function tg()
create constraint trigger k2 after insert on t from o for each row when (new.id > 0) execute function tg()
create constraint trigger k3 after insert on t from nope for each row execute function tg()
alter trigger a on t rename to a2
alter trigger a on t rename to a3
alter trigger a2 on t rename to b
alter trigger a2 on nope rename to x
alter table t disable trigger a2
alter table t enable trigger a2
alter table t disable trigger nope
alter table t disable trigger all
alter table t enable trigger user
comment on trigger a2 on t is 'hello'
comment on trigger nope on t is 'hello'
drop trigger nope on t
drop trigger if exists nope on t
drop trigger if exists nope on nope
drop trigger nope on nope
drop trigger f2 on t
drop trigger d on tv
-- dependents
create policy pol on t using (good8(id) > 0)
alter table t add column d int default add(1, 2)
alter table t add constraint chk check (add(id, 1) > 0)
create index ix on t (add(id, 1))
-- differs: PostgreSQL inlines the body first
create index ix2 on t (one())
create index ix3 on t (pl1(id))
alter table t add column gen int generated always as (add(id, 1)) stored
alter table t add column gen2 int generated always as (pl1(id)) stored
create view fv as select add(id, 1) as x from t
drop function add(int, int)
drop function good8(int)
drop function tg()
drop function tg2()
drop table t
drop type mood
drop type pair
drop function tg() cascade
drop function good8 cascade
-- drop, alter
drop function nosuch
drop function nosuch()
drop function nosuch(int, text)
drop function if exists nosuch(int)
drop function if exists nosuch
drop function if exists nosuch(nope)
drop function nosuch(nope)
drop function add
drop function add(bool)
drop function pr1()
drop procedure one()
drop procedure pr1(int)
drop procedure pr1()
drop routine pr2
drop procedure nosuch
drop function nos.one()
drop function s.nosuch()
drop function if exists nos.one()
drop function good1(), good2()
drop function good10(int, out int, out text)
drop function good3
alter function one() rename to uno
alter function uno() rename to good24
alter function nosuch() rename to x
alter function add rename to x
alter function uno() set schema s
alter function s.uno() set schema nos
alter function s.uno() set schema public
alter function good24() set schema s
alter function uno() immutable strict security definer cost 5
alter function uno() rows 5
alter function uno() stable stable
alter function uno() set search_path = '' set my.x = '1'
alter function uno() reset my.x
alter function uno() reset all
alter function uno() set nope = 1
alter function uno() owner to other
alter function uno() owner to nosuch
alter procedure uno() owner to other
alter function nosuch() owner to other
alter function pr8() owner to other
alter routine pr8() owner to other
comment on function uno() is 'x'
comment on function nosuch() is 'x'
comment on function uno(int) is 'x'
comment on procedure pr8() is 'x'
-- grant
grant execute on function uno() to other
grant execute on function uno to public
revoke execute on function uno() from public
revoke all on function uno() from public, other
grant select on function uno() to other
grant execute on function nosuch() to other
grant execute on function nosuch to other
grant execute on function add to other
grant execute on function add(text, text) to other
grant execute on function uno() to nosuch
grant execute on all functions in schema public to other
grant execute on all functions in schema nos to other
grant execute on all routines in schema public to other
revoke execute on all functions in schema public from public
grant execute on procedure pr8() to other
grant execute on procedure uno() to other
grant execute on function pr8() to other
alter default privileges revoke execute on functions from public
alter default privileges in schema public grant execute on functions to other
create function dp() returns int language sql as 'select 1'
-- as another role
set role other
create function mine() returns int language sql as 'select 1'
create or replace function uno() returns int language sql as 'select 2'
create or replace function dp() returns int language sql as 'select 2'
drop function dp()
alter function dp() stable
alter function mine() owner to boss
grant execute on function mine() to boss
grant execute on function dp() to boss
create trigger x before insert on t for each row execute function tg2()
create function lp() returns int language sql leakproof as 'select 1'
reset role
drop schema s
drop schema s cascade
set check_function_bodies = off
create function late() returns int language sql as 'select nope from nowhere'
create function late2() returns int language sql as 'selec 1'
create function late3() returns int return nope
set check_function_bodies = on
create function late4() returns int language sql as 'select nope from nowhere'
select late()
alter table t drop column n
alter table t alter column name type varchar
alter table t drop column name
create function t_id(a t) returns int language sql as 'select 7'
create function id(a t) returns text language sql as $$ select 'x' $$
select t.id, id(t), t.t_id from t
-- differs: only the first object is named
drop role other
create table tt (a int, b int)
create trigger w before update on tt for each row when (old.a <> new.a) execute function tg2()
create trigger u before update of b on tt for each row execute function tg2()
alter table tt alter column a type bigint
alter table tt alter column b type bigint
alter table tt drop column a
alter table tt drop column b
alter table tt drop column b cascade
alter table tt rename column a to c
alter table tt drop column c
select row(1, 'x')::pair, (row(1, 'x')::pair).a, ('(1,x)'::pair).b
select row(1)::pair
select row(1, 2, 3)::pair
select row('{}'::jsonb, 'x')::pair
select row(now(), 'x')::pair
create function takes_pair(p pair) returns int language sql as 'select p.a'
select takes_pair(row(1, 'x')), takes_pair((1, 'x')), takes_pair(null)
select takes_pair(row(1))
select takes_pair((1, now()))
create function gives_pair() returns pair language sql as $$ select row(1, 'x')::pair $$
create function gives_pair2() returns pair language sql as $$ select (1, 'x')::pair $$
insert into tt2 values (1)
create table tt2 (id int, p pair)
insert into tt2 values (1, row(1, 'x')), (2, (1, 'y')::pair)
insert into tt2 values (1, row(1))
update tt2 set p = row(2, 'z')
create function plx1() returns int language plpgsql as $$ begin return 1 end $$
create function plx2() returns int language plpgsql as $$ begin retrun 1; end $$
create function plx3() returns int language plpgsql as $$ declare x int begin return 1; end $$
create function plx4() returns int language plpgsql as 'begin if true then return 1; end;'
create function plx5() returns int language plpgsql as $$ begin selec 1; end $$
create function plx6() returns int language plpgsql as $$ begin return (select 1 from; ); end $$
create function plx7() returns int language plpgsql as 'begin perform nope(); return late; end'
create function plx8() returns int language plpgsql as ''
