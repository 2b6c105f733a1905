-- Rows for development.
insert into notes (author, body, is_public) values
  ('6f1e5a3c-0000-4000-8000-000000000001', 'Hello, world', true),
  ('6f1e5a3c-0000-4000-8000-000000000001', 'Only for me', false);
