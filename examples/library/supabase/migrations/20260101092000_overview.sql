-- What the front page shows: each visible book with its author and rating. The
-- view runs with its caller's rights, so the policies above hold here too.

create view public.book_overview with (security_invoker = true) as
select
  b.id,
  b.title,
  a.name as author,
  b.published,
  b.status,
  count(r.id) as reviews,
  round(avg(r.stars), 1) as rating
from public.books b
join public.authors a on a.id = b.author_id
left join public.reviews r on r.book_id = b.id
group by b.id, b.title, a.name, b.published, b.status;
