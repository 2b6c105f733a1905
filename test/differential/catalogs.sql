-- The schema whose catalogs step_catalogs.py compares, a statement a line.
create type public.mood as enum ('sad', 'ok', 'happy')
create domain public.email as text check (value ~ '^[^@]+@[^@]+$')
create type public.point3 as (x int, y numeric(6,2), z text)
create table public.orgs (id bigint generated always as identity primary key, name varchar(20) not null default 'x', slug text unique, created_at timestamptz not null default now(), settings jsonb not null default '{}'::jsonb, tags text[] default '{}', score numeric(10,2) default 0, rank bigint default 5)
comment on table public.orgs is 'Organisations'
comment on column public.orgs.slug is 'in the URL'
create table public.members (org_id bigint not null references public.orgs(id) on delete cascade, user_id uuid not null default auth.uid(), role text not null default 'member' check (role in ('owner', 'admin', 'member')), feeling public.mood default 'ok', mail public.email, joined date default current_date, primary key (org_id, user_id))
create table public.items (id serial primary key, org_id bigint, user_id uuid, title text not null, body text, price numeric(8,2) check (price > 0), qty int default 1 constraint qty_range check (qty between 1 and 100), total numeric generated always as (price * qty) stored, done boolean default false, due timestamp(3), meta json, constraint items_member_fkey foreign key (org_id, user_id) references public.members(org_id, user_id) on update cascade on delete set null deferrable initially deferred, constraint title_len check (char_length(title) >= 3 and length(btrim(title)) > 0), unique nulls not distinct (org_id, title))
create index items_title_idx on public.items (lower(title), price desc nulls last) where not done
create index on public.orgs using gin (tags)
create unique index items_body_key on public.items ((body || title)) include (price)
create index orgs_created_idx on public.orgs (created_at desc)
alter table public.orgs enable row level security
alter table public.items enable row level security
create policy "read own" on public.orgs for select to authenticated using (exists (select 1 from public.members m where m.org_id = orgs.id and m.user_id = auth.uid()))
create policy insert_any on public.orgs for insert with check ((select auth.uid()) is not null)
create policy items_all on public.items as restrictive for all to authenticated, anon using (user_id = auth.uid() or org_id in (select org_id from members where role = 'owner')) with check (title <> 'x' and coalesce(qty, 0) > 0)
create policy items_role on public.items for update using ((auth.jwt() ->> 'role') = 'admin' and not done and due is not null)
create view public.open_items as select i.id, i.title, o.name as org from public.items i join public.orgs o on o.id = i.org_id where not i.done
create view public.counts with (security_invoker = true) as select org_id, count(*) as n, max(price) as top from public.items group by org_id having count(*) > 1 order by 2 desc limit 10
create view public.plain as select id, title from public.items
create view public.table_names as select t.table_name, t.table_type, c.relkind from information_schema.tables t join pg_class c on c.relname = t.table_name where t.table_schema = 'public'
create view public.cases as select id, case when score > 10 then 'high' when score is null then null else 'low' end as level, case rank when 1 then 'a' else 'b' end as r, extract(year from created_at) as y, created_at at time zone 'utc' as utc, tags[1] as first, coalesce(slug, name) as label from public.orgs
create view public.unions as select id from public.orgs where score between 1 and 2 union select org_id from public.members where role in ('a', 'b') union all select 3
create view public.trees as with recursive tree as (select id, name, 1 as depth from public.orgs where id = 1 union all select o.id, o.name, t.depth + 1 from public.orgs o join tree t on o.rank = t.id) select * from tree where depth < 5
create view public.laterals as select o.id, x.value from public.orgs o cross join lateral jsonb_each_text(o.settings) x where not exists (select 1 from public.members m where m.org_id = o.id) and o.id not in (select org_id from public.members)
create sequence public.counter start 5 increment 2 maxvalue 1000 cycle
create function public.add(a int, b int default 2) returns int language sql immutable strict as 'select a + b'
create function public.touch() returns trigger language plpgsql as $$ begin new.title := upper(new.title); return new; end $$
create function public.org_rows(min numeric) returns table(id bigint, label text) language sql stable security definer set search_path = public, extensions as $$ select id, name from orgs where score > min $$
create procedure public.noop(inout x int) language plpgsql as $$ begin x := 1; end $$
create trigger items_touch before insert or update of title, body on public.items for each row when (new.title is distinct from 'x') execute function public.touch()
create trigger items_log after delete on public.items for each statement execute function public.touch('a', 'b''c')
grant select on public.orgs to anon
grant insert (title, body) on public.items to anon
revoke execute on function public.add(int, int) from public
alter default privileges in schema public grant select on tables to anon
create publication app_changes for table public.orgs, public.items
