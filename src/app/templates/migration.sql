-- The first migration: notes that belong to their author.
create table notes (
  id bigint generated always as identity primary key,
  author uuid not null default auth.uid(),
  body text not null check (length(body) between 1 and 10000),
  is_public boolean not null default false,
  created_at timestamptz not null default now()
);

create index notes_author on notes (author);

-- Without a policy nobody sees a row: each of these opens one door.
alter table notes enable row level security;

create policy "public notes are for everybody"
  on notes for select
  using (is_public);

create policy "authors read their own"
  on notes for select to authenticated
  using (author = auth.uid());

create policy "authors write their own"
  on notes for insert to authenticated
  with check (author = auth.uid());

create policy "authors change their own"
  on notes for update to authenticated
  using (author = auth.uid())
  with check (author = auth.uid());

create policy "authors delete their own"
  on notes for delete to authenticated
  using (author = auth.uid());
