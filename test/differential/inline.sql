-- schema: statements of step_inline.py, a line each, on both engines
create table teams (id int primary key, name text)
create table members (team_id int references teams, who text, role text, primary key (team_id, who))
create table docs (id int primary key, team_id int references teams, title text, secret int)
insert into teams select g, 'team ' || g from generate_series(1, 5) g
insert into members values (1, 'ann', 'owner'), (1, 'bob', 'viewer'), (2, 'bob', 'owner'), (3, 'eve', 'owner')
insert into docs select g, g % 5 + 1, 'doc ' || g, g % 3 from generate_series(1, 30) g
alter table members enable row level security
alter table docs enable row level security
create function me() returns text language sql stable as $$ select current_setting('request.jwt.claims', true)::json ->> 'sub' $$
create function is_member(team int) returns boolean language sql stable security definer set search_path = public as $$ select exists (select 1 from members m where m.team_id = team and m.who = me()) $$
create function role_in(team int) returns text language sql stable security definer set search_path to 'public' as $$ select role from members where team_id = $1 and who = me() $$
create function is_member_invoker(team int) returns boolean language sql stable as $$ select exists (select 1 from members m where m.team_id = team and m.who = me()) $$
create function my_teams() returns setof int language sql stable security definer as $$ select team_id from public.members where who = public.me() $$
create function visible_docs(min_id int default 0) returns setof docs language sql stable as $$ select * from docs where id > min_id $$
create function owner_docs() returns table (id int, label text) language sql stable security definer as $$ select d.id, d.title || '!' from public.docs d order by d.id $$
create function label(d docs) returns text language sql stable as $$ select d.title || ':' || d.secret $$
create function twice(a int) returns int language sql immutable as 'select a + a'
create function strict_add(a int, b int) returns int language sql immutable strict as 'select coalesce(a, 0) + coalesce(b, 0)'
create function first_title(t int) returns text language sql stable as 'select title from docs where team_id = t order by id desc'
create function n_docs(t int) returns bigint language sql stable as 'select count(*) from docs where team_id = t'
create function pick_from(a anyelement, b anyelement) returns anyelement language sql immutable as 'select coalesce(a, b)'
create function as_who() returns text language sql stable security definer as 'select current_user::text'
create function hidden(a int) returns int language sql stable as 'select a + 1'
create function calls_hidden(a int) returns int language sql stable security definer as 'select public.hidden(a)'
create function narrow(a int) returns bigint language sql immutable as 'select a'
create function words(t text) returns text[] language sql immutable as $$ select string_to_array(t, ' ') $$
create function in_words(t text, w text) returns boolean language sql immutable as $$ select w = any(words(t)) $$
create function deep(a int) returns int language sql immutable as 'select twice(twice(a)) + 1'
create function ones(variadic a int[]) returns int language sql immutable as 'select array_length(a, 1)'
create function atomic_add(a int, b int) returns int immutable return a + b
create function atomic_docs(t int) returns bigint stable begin atomic select count(*) from docs where team_id = t; end
create function reads_members(t int) returns text language sql stable as 'select role from members where team_id = t limit 1'
create function lazy_hidden(a int) returns int language sql stable security definer set search_path = public as 'select hidden(a) where a > 100'
create function pl_member(team int) returns boolean language plpgsql stable security definer set search_path = public as $$ begin return exists (select 1 from members m where m.team_id = team and m.who = me()); end; $$
create function pl_role(t int) returns text language plpgsql stable security definer as $$ begin /* one */ return (select m.role from public.members m where m.team_id = t and m.who = public.me()); end $$
create function pl_strict(a int) returns bigint language plpgsql immutable strict as $$ begin return a * 2; end $$
create function pl_ambiguous(team_id int) returns boolean language plpgsql stable as $$ begin return exists (select 1 from docs where team_id = 1); end $$
create function pl_text(a int) returns text language plpgsql immutable as $$ begin return a; end $$
revoke execute on function hidden(int) from public
grant usage on schema public to anon, authenticated
grant select, insert, update, delete on docs, teams to authenticated
grant select on docs to anon
create policy see on docs for select using (is_member(team_id))
create policy ins on docs for insert with check (role_in(team_id) = 'owner')
create policy upd on docs for update using (role_in(team_id) in ('owner', 'viewer')) with check (is_member(team_id))
create policy del on docs for delete using (role_in(team_id) = 'owner' and in_words(title, 'doc'))
create policy own on members for select using (who = me())
create view doc_view as select id, title, twice(secret) as s, is_member(team_id) as mine from docs
create view inv_view with (security_invoker = true) as select id, title, label(docs) as l from docs
grant select on doc_view, inv_view to anon, authenticated
create view hv as select id, hidden(id) as h from docs
create table dflt (id int primary key, a int default hidden(1), b int check (hidden(b) > 0), c text default label((1, 1, 'x', 2)::docs), d int default twice(4))
grant select on hv to anon, authenticated
grant select, insert, update on dflt to authenticated
create table dflt2 (id int primary key, a int default atomic_add(1, 2), e int generated always as (twice(id)) stored, check (strict_add(id, 1) > 0))
grant select, insert, update on dflt2 to authenticated, anon
create table secured (id int primary key, v int)
alter table secured enable row level security
grant select, insert on secured to anon, authenticated
create policy hp on secured using (hidden(v) > 0) with check (v > 0)
-- queries: as anon, and as ann, bob and zoe of role authenticated
select id, title from docs order by id
select * from docs where is_member(team_id) order by id
select id, is_member(team_id), role_in(team_id), is_member_invoker(team_id) from docs order by id
select * from my_teams() order by 1
select id from docs where team_id in (select my_teams()) order by id
select * from visible_docs() order by id
select id, title from visible_docs(10) where team_id = 1 order by id
select v.id, t.name from visible_docs() v join teams t on t.id = v.team_id order by 1
select * from owner_docs() where id < 4 order by id
select count(*) from owner_docs()
select d.label, d.title from docs d order by id
select label(d) from docs d where label(d) like 'doc 1%' order by 1
select label(docs) from docs order by 1 limit 3
select id, twice(id), twice(secret) + 1 from docs order by id
select sum(twice(id)), twice(sum(id)::int) from docs
select strict_add(1, null), strict_add(null, 2), strict_add(2, 3), strict_add(id, null) from docs order by id
select id, first_title(team_id), n_docs(team_id) from docs order by id
select id, first_title(id) from teams order by id
select n_docs(t.id), atomic_docs(t.id), atomic_add(t.id, 2) from teams t order by t.id
select pick_from(null, 1), pick_from('a'::text, 'b'), pick_from(secret, 7) from docs order by id
select as_who()
select hidden(1)
select calls_hidden(1)
select narrow(id), deep(id), words(title), in_words(title, 'doc') from docs order by id
select deep(1), ones(1, 2, 3), ones(variadic array[1])
select * from doc_view order by id
select * from doc_view where mine order by id
select * from inv_view order by id
select * from docs where twice(id) / (secret - 1) > 3 order by id
select (select name from teams where id = twice(d.team_id)) from docs d order by id
select t.id, (select count(*) from visible_docs(t.id)) from teams t order by 1
select t.id, v.id from teams t, lateral visible_docs(t.id) v where v.secret = 1 order by 1, 2
select t.id, v.id from teams t left join visible_docs(25) v on v.team_id = t.id order by 1, 2
select to_jsonb(v) from visible_docs(28) v order by v.id
select v.label from visible_docs(28) v order by v.id
insert into docs values (100, 1, 'doc new', 1)
insert into docs values (101, 2, 'doc new', 1) returning id, label(docs)
insert into docs values (102, 4, 'doc new', 1)
update docs set title = title || '?' where id < 12 returning id, title
update docs set team_id = 4 where id = 5
update docs set secret = twice(secret) where is_member(team_id) returning id, secret
delete from docs where id < 8 returning id
delete from docs where hidden(id) > 3
insert into docs select id + 200, team_id, title, twice(secret) from visible_docs() where role_in(team_id) = 'owner'
with v as (select * from visible_docs() where id < 9) select v.id, twice(v.id) from v order by 1
select id from docs where exists (select 1 from my_teams() m where m = docs.team_id) order by id
select array_agg(twice(id) order by id) from docs
select twice(id) as t, count(*) from docs group by twice(id) order by 1
select distinct twice(secret) from docs order by 1
select case when is_member(team_id) then 'y' else 'n' end from docs order by id
select reads_members(id) from docs where id < 0
select reads_members(id) from docs where id < 3
select id from docs where id < 0 and reads_members(id) = 'x'
select lazy_hidden(1)
select case when id > 1000 then reads_members(id) else 'no' end from docs order by id
select id, pl_member(team_id), pl_role(team_id), pl_strict(secret), pl_strict(null) from docs order by id
select id from docs where pl_member(team_id) and pl_role(team_id) = 'owner' order by id
select pl_ambiguous(1)
select pl_text(id) || '!' from docs order by id
update docs set title = 'mine' where pl_member(team_id) returning id, title
select * from hv order by id
select id from hv order by id
insert into dflt (id, b) values (1, null)
insert into dflt (id, a, b) values (1, 2, 3)
insert into dflt (id, a) values (2, 2)
insert into dflt (id, a) values (2, 2) returning *
insert into dflt2 (id) values (3) returning *
insert into dflt2 (id) values (-3) returning *
update dflt2 set id = 4
select * from secured
insert into secured values (1, 1)
insert into secured values (1, 1) returning id
