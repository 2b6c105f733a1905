-- A small lending library: who wrote what, what readers think of it, and what
-- each reader keeps on private shelves.

create type public.book_status as enum ('available', 'on_loan', 'withdrawn');

create table public.authors (
  id bigint generated always as identity primary key,
  name text not null check (char_length(name) between 1 and 200),
  born date,
  created_at timestamptz not null default now()
);

create table public.books (
  id bigint generated always as identity primary key,
  author_id bigint not null references public.authors (id) on delete restrict,
  title text not null,
  published integer check (published between 1400 and 2100),
  price numeric(8, 2) not null default 0 check (price >= 0),
  status public.book_status not null default 'available',
  tags text[] not null default '{}',
  details jsonb not null default '{}',
  unique (author_id, title)
);

create index books_author_id_idx on public.books (author_id);

-- A profile per account; auth.users belongs to the sign-in service.
create table public.readers (
  id uuid primary key references auth.users (id) on delete cascade,
  display_name text not null unique,
  joined_at timestamptz not null default now()
);

create table public.reviews (
  id uuid primary key default gen_random_uuid(),
  book_id bigint not null references public.books (id) on delete cascade,
  reader_id uuid not null default auth.uid() references public.readers (id) on delete cascade,
  stars smallint not null check (stars between 1 and 5),
  body text,
  created_at timestamptz not null default now(),
  unique (book_id, reader_id)
);

create table public.shelves (
  id uuid primary key default gen_random_uuid(),
  owner_id uuid not null default auth.uid() references public.readers (id) on delete cascade,
  name text not null,
  unique (owner_id, name)
);

create table public.shelf_books (
  shelf_id uuid not null references public.shelves (id) on delete cascade,
  book_id bigint not null references public.books (id) on delete cascade,
  added_at timestamptz not null default now(),
  primary key (shelf_id, book_id)
);

-- Deliveries are the staff's business: row level security without any policy
-- lets only the service role in.
create table public.deliveries (
  id bigint generated always as identity primary key,
  book_id bigint not null references public.books (id),
  copies integer not null check (copies > 0),
  delivered_on date not null default current_date
);
