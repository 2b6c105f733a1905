-- Rows to look at. Applied once, after the migrations.

insert into auth.users (id, aud, role, email) values
  ('11111111-1111-4111-8111-111111111111', 'authenticated', 'authenticated', 'ada@example.com'),
  ('22222222-2222-4222-8222-222222222222', 'authenticated', 'authenticated', 'ben@example.com');

insert into public.readers (id, display_name) values
  ('11111111-1111-4111-8111-111111111111', 'Ada'),
  ('22222222-2222-4222-8222-222222222222', 'Ben');

insert into public.authors (name, born) values
  ('Ursula K. Le Guin', '1929-10-21'),
  ('Italo Calvino', '1923-10-15'),
  ('Octavia E. Butler', '1947-06-22'),
  ('Stanisław Lem', '1921-09-12');

insert into public.books (author_id, title, published, price, status, tags, details) values
  (1, 'The Left Hand of Darkness', 1969, 12.50, 'available', '{novel,winter}', '{"pages": 304, "language": "en"}'),
  (1, 'The Dispossessed', 1974, 11.00, 'on_loan', '{novel,utopia}', '{"pages": 341, "language": "en"}'),
  (2, 'Invisible Cities', 1972, 9.90, 'available', '{novel,cities}', '{"pages": 165, "language": "it"}'),
  (2, 'The Baron in the Trees', 1957, 10.20, 'available', '{novel}', '{"pages": 217, "language": "it"}'),
  (3, 'Kindred', 1979, 13.00, 'available', '{novel,history}', '{"pages": 264, "language": "en"}'),
  (4, 'Solaris', 1961, 8.75, 'available', '{novel,space}', '{"pages": 204, "language": "pl"}'),
  (4, 'The Cyberiad', 1965, 9.25, 'withdrawn', '{stories,robots}', '{"pages": 295, "language": "pl"}');

insert into public.reviews (book_id, reader_id, stars, body) values
  (1, '11111111-1111-4111-8111-111111111111', 5, 'Cold and warm at once.'),
  (1, '22222222-2222-4222-8222-222222222222', 4, null),
  (3, '22222222-2222-4222-8222-222222222222', 5, 'A map of longing.'),
  (6, '11111111-1111-4111-8111-111111111111', 3, 'The ocean stays silent.');

insert into public.shelves (id, owner_id, name) values
  ('33333333-3333-4333-8333-333333333333', '11111111-1111-4111-8111-111111111111', 'To read'),
  ('44444444-4444-4444-8444-444444444444', '22222222-2222-4222-8222-222222222222', 'Favourites');

insert into public.shelf_books (shelf_id, book_id) values
  ('33333333-3333-4333-8333-333333333333', 2),
  ('33333333-3333-4333-8333-333333333333', 5),
  ('44444444-4444-4444-8444-444444444444', 3);

insert into public.deliveries (book_id, copies, delivered_on) values
  (1, 3, '2026-01-04'),
  (6, 2, '2026-01-11');
