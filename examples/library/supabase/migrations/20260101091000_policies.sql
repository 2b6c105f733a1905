-- Who may do what. A table without a policy is closed to everyone but the
-- service role.

alter table public.authors enable row level security;
alter table public.books enable row level security;
alter table public.readers enable row level security;
alter table public.reviews enable row level security;
alter table public.shelves enable row level security;
alter table public.shelf_books enable row level security;
alter table public.deliveries enable row level security;

create policy "Everyone sees authors" on public.authors
  for select using (true);

create policy "Everyone sees books that were not withdrawn" on public.books
  for select using (status <> 'withdrawn');

create policy "Everyone sees readers' names" on public.readers
  for select using (true);

create policy "Readers rename themselves" on public.readers
  for update to authenticated
  using (id = (select auth.uid())) with check (id = (select auth.uid()));

create policy "Everyone sees reviews" on public.reviews
  for select using (true);

create policy "Readers write their own reviews" on public.reviews
  for insert to authenticated with check (reader_id = (select auth.uid()));

create policy "Readers change their own reviews" on public.reviews
  for update to authenticated
  using (reader_id = (select auth.uid())) with check (reader_id = (select auth.uid()));

create policy "Readers delete their own reviews" on public.reviews
  for delete to authenticated using (reader_id = (select auth.uid()));

create policy "A shelf belongs to its owner" on public.shelves
  for all to authenticated
  using (owner_id = (select auth.uid())) with check (owner_id = (select auth.uid()));

create policy "Books on a shelf belong to its owner" on public.shelf_books
  for all to authenticated
  using (exists (
    select 1 from public.shelves s where s.id = shelf_id and s.owner_id = (select auth.uid())
  ))
  with check (exists (
    select 1 from public.shelves s where s.id = shelf_id and s.owner_id = (select auth.uid())
  ));
