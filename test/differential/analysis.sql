-- Queries for step_analysis.py, a line each, against the catalog of test/support/sql_fixture.c.
select nope from t
select t.nope from t
select namee from t
select idd, nam from t
select x.id from t
select t.id from t as x
select id from t, child
select a.id from t a, t a
select t.id from t, (select t.name) x
select 1 + 'a'
select 1 + '2'
select '1' + '2'
select 'a' || 'b'
select 'a' || 1
select 1 || 2
select name || id from t
select n / 0, id / 2, f * id, n * f, r + f, small + id, big - small from t
select tags || 'a' from t
select tags || array['b'] from t
select nums || 1, 1 || nums, nums[1], nums[1:2], tags[1] from t
select jb -> 'a', jb ->> 'a', jb #> '{a,b}', jb #>> '{a}', j -> 0, jb ? 'a', jb @> '{}' from t
select jb['a'], jb['a']['b'] from t
select d + 1, d - d, ts - ts, tstz - tstz, ts + iv, now() - iv, d + iv, tm + iv, d + tm, iv * 2, iv / 2.5 from t
select d = '2020-01-01', d = ts, d < tstz, ts > tstz from t
select name like 'a%', name ilike 'b', name ~ 'c', name ~* 'd', email like 'x', c like 'y', name not like 'z' from t
select name similar to 'a' from t
select id in (1, 2, 3), name in ('a', 'b'), u in ('x') from t
select id in (1, 2.5), id not in (1, null), m in ('sad') from t
select id in (select t_id from child), name not in (select label from child) from t
select (id, name) in (select id, label from child) from t
select id = any(nums), name = any('{a,b}'), id = all(array[1,2]), name = any(tags), 1 = any(nums) from t
select id = any('a') from t
select case when b then 1 else 2.5 end, case id when 1 then 'a' when 2 then 'b' end, case when b then 'x' else name end from t
select case when id then 1 end from t
select coalesce(name, 'x'), coalesce(id, 2.5), coalesce(null, null), greatest(1, 2.5), least('a', name), nullif(id, 2), nullif(name, 'x'), nullif('a', 'b') from t
select coalesce(id, name) from t
select id::text, name::int, n::int, f::int, id::bool, b::int, id::numeric(5,2), 'x'::varchar(3), d::timestamptz, tstz::date, ts::time, u::text, j::jsonb, jb::text, m::text, 'sad'::mood, name::mood, nums::text[], tags::int[] from t
select b::numeric from t
select u::int from t
select d::int from t
select array[1,2], array[1,2.5], array['a','b'], array[]::int[], array[[1,2],[3,4]], array[id, big] from t
select array[]
-- rows: a row as text
select row(1,2), row(1,'a'), (1,2) = (3,4), (1,2) < (id, 3) from t
select (1,2) = (3,4,5)
-- differs: character without a length is called bpchar there
select count(*), count(id), count(distinct name), sum(id), sum(big), sum(n), sum(f), sum(r), sum(small), avg(id), avg(f), avg(iv), min(name), max(d), max(m), min(nums), bool_and(b), every(b), array_agg(id), array_agg(tags), string_agg(name, ','), json_agg(id), jsonb_agg(t), json_object_agg(name, id), max(c), min(email), stddev(id), variance(f), bit_or(id) from t
select max(u) from t
select max(b) from t
select sum(name) from t
select sum(iv), max(iv), min(tm), max(tstz), max(data) from t
select count() from t
select sum(*) from t
select sum(id) filter (where b), count(*) filter (where id > 1) from t
select sum(id) from t where sum(id) > 1
select sum(sum(id)) from t
-- rows: row_number() over () numbers in any order
select row_number() over (), rank() over (partition by name order by id), sum(id) over (order by id rows between 1 preceding and current row), lag(name) over w, lead(id, 2) over w, lead(id, 2, 0) over w, first_value(name) over w, ntile(4) over w from t window w as (order by id)
select rank() from t
select name from t where row_number() over () = 1
select lower(name) over () from t
select lower(distinct name) from t
select now(), current_timestamp, current_date, current_time, localtime, localtimestamp, current_user, session_user, current_timestamp(2)
select extract(year from d), date_part('year', d), date_trunc('day', ts), age(ts), age(ts, ts), to_char(ts, 'x'), to_char(id, 'x'), to_date('a','b'), make_interval(days => 2), ts at time zone 'utc', tstz at time zone 'utc', timezone('utc', now()), date_trunc('day', d) from t
select substring(name from 1 for 2), substring(name, 1), substr(name, 2), left(name, 1), trim(name), trim(both 'x' from name), position('a' in name), overlay(name placing 'x' from 1), length(name), char_length(email), length(data), upper(email), replace(name, 'a', 'b'), split_part(name, ',', 1), concat(name, id, b), concat_ws(',', name, id), format('%s', id), md5(name), encode(data, 'hex'), lpad(name, 5), repeat(name, 2), reverse(name), initcap(c), ascii(name), chr(65), strpos(name, 'x'), regexp_replace(name, 'a', 'b', 'g'), regexp_match(name, 'a'), string_to_array(name, ','), array_to_string(tags, ','), starts_with(name, 'a'), btrim(name) from t
select abs(id), abs(n), abs(-5), round(n), round(n, 1), round(f), round(id), ceil(n), ceil(f), floor(id), sqrt(id), power(2, 3), power(n, 2), mod(id, 2), mod(big, 2), trunc(n, 1), sign(id), random(), ln(f), exp(n), log(n), pi(), div(n, 2), cbrt(f), degrees(f), greatest(n, id) from t
select array_length(nums, 1), cardinality(tags), array_append(nums, 2), array_append(nums, 2.5), array_prepend(1, nums), array_cat(nums, nums), array_position(tags, 'a'), array_remove(nums, 1), array_remove(tags, 'a'), unnest(nums), array_upper(nums, 1), array_to_json(nums) from t
-- differs: several set-returning functions in one SELECT list
select to_json(id), to_jsonb(name), to_jsonb(t), row_to_json(t), json_build_object('a', id), jsonb_build_object('a', 1, 'b', tags), json_build_array(1, 'a'), jsonb_typeof(jb), jsonb_array_length(jb), jsonb_set(jb, '{a}', '1'), jsonb_set(jb, '{a}', '1', false), jsonb_pretty(jb), json_typeof(j), jb || '{}', jb - 'a', jb - 1, jb #- '{a}', jsonb_strip_nulls(jb), jsonb_each(jb), jsonb_object_keys(jb), json_extract_path(j, 'a', 'b'), jsonb_extract_path_text(jb, 'a') from t
select to_jsonb('a')
select gen_random_uuid(), current_setting('a'), current_setting('a', true), set_config('a', 'b', true), pg_typeof(1), version(), current_database(), current_schema()
select -id, +id, -n, -f, - '5', @ id, not b, ~ id, id & 1, id << 2, id # 3, id | 1, id % 2, id ^ 2, |/ f from t
select id is null, name is not null, b is true, b is not false, b is unknown, id is distinct from 1, name is not distinct from 'x', row(1,null) is null from t
select id is true from t
select not id from t
select b and id from t
select id between 1 and 2, name between 'a' and 'b', id between symmetric 2 and 1, id not between 1 and 2.5 from t
select exists(select 1), (select 1), (select name from t limit 1), array(select id from t)
select (select 1, 2)
select (select id, name from t)
select p, p + 1, p::int, p = 1, 5::posint, '5'::posint, coalesce(p, 1) from t
select m, m = 'sad', m < 'happy', m::text, m || 'x', max(m) over (), coalesce(m, 'ok'), m in ('sad', 'ok') from t
select m = 'bad' from t
select m = name from t
select 'abc'::int
select '2020-13-01'::date
select 1.5::int, 1e3, 1e400, .5, 5., 99999999999, 9999999999999999999999
select true and 'yes', 'a' = 'b', null, null + 1, null = null, null::int
select x.* from (values (1, 'a'), (2.5, 'b')) x(a, b)
values (1, 'x'), (2, null)
values (1), ('a')
values (1, 2), (3)
select 1 union select 'a'
select 1 union select name from t
select 1, 2 union select 3
select 'a' union select 'b'
select null union select 1
select id from t union all select big from t order by id
select id from t union all select big from t order by id + 1
select id from t order by 3
select id from t order by 'x'
select id as x, name as x from t order by x
select distinct id from t order by name
select distinct j from t
select j from t order by j
select name from t group by j
select distinct on (id) id, name from t order by name
select distinct on (id) id, name from t order by id, name
-- rows: ties
select name, count(*) from t group by 1 order by 2
select name n2, count(*) from t group by n2 having count(*) > 1
select name, count(*) from t having count(*) > 1
select email from t group by name
select id, name, email from t group by id
select t.name, c.label from t join child c on c.t_id = t.id group by t.id
select lower(name) from t group by lower(name)
select name from t group by lower(name)
select (select c.label from child c where c.id = t.id) from t group by t.name
select count(*) from t group by sum(id)
select * from t join child using (id)
select id from t join child using (id)
select t.id, child.id from t join child using (id)
select * from t natural join child
select * from t join child using (nope)
select id from t full join child using (id)
select * from t left join child on t.id = child.t_id and nope = 1
select * from t a join t b on a.id = b.id join t c on c.id = d.id
select * from t, child c join gen g on g.id = t.id
select * from (select id from t)
select * from (select id from t) x(a, b)
select * from t x(a, b)
select a, b, n from t x(a, b)
select * from generate_series(1, 3)
select * from generate_series(1, 3) g
select g, g.g, g.* from generate_series(1, 3) g
select * from generate_series(1, 3) with ordinality
select * from generate_series(1, 3) with ordinality as x(a, o)
select * from unnest(array[1,2]) u
select * from json_each('{}')
select * from jsonb_each_text('{}') e(k, v)
select * from json_array_elements('[]')
select * from jsonb_array_elements_text('[]') as elem
select * from json_to_recordset('[]')
select * from json_to_recordset('[]') as x(a int, b text, c mood, d int[])
select * from json_to_record('{}') as x(a int)
select * from json_populate_record(null::t, '{}')
select * from now()
select * from lower('a') x
select * from t, jsonb_array_elements(t.jb) e
select * from t, lateral (select t.id) x
select x.a.b from t x
select (t).name, (t).nope from t
select (t).name, t.t from t
select name(t), t.name from t
select (row(1,2)).f1
select id.name from t
select with_x.a from with_x
with x as (select 1 a, 2 b) select * from x
with x(p, q) as (select 1 a, 2 b) select * from x
with x(p, q, r) as (select 1 a, 2 b) select * from x
with x as (select 1), x as (select 2) select 1
with recursive r as (select 1 n union all select n + 1 from r where n < 3) select * from r
-- rows: it has no end
with recursive r(a, b) as (select 1, 'x' union all select a + 1, b || 'y' from r) select * from r
with recursive r as (select 1 n union all select n + 1.5 from r) select * from r
with recursive r as (select n from r) select * from r
with x as (insert into t(id) values (1) returning id, name) select * from x
with x as (insert into t(id) values (1)) select * from x
with x as (delete from child returning *) select count(*) from x
insert into t values (1, 'a') returning id
insert into t(id, name) values (1)
insert into t(id) values (1, 2)
insert into t(id, id) values (1, 2)
insert into t(nope) values (1)
insert into t(id, name) values (1, 'a'), (2)
insert into t(id) values ('x')
insert into t(id) values (name)
insert into t(name) values (1)
insert into t(b) values (1)
insert into t(d) values (1)
insert into t(u) select name from child, t
insert into t(id) select 'a'
insert into t(u) select '6b29fc40-ca47-1067-b31d-00dd010662da'
insert into nope values (1)
insert into t(id) default values
insert into t default values returning *
insert into t(m, p, tags) values ('sad', 1, '{a}') returning m, p, tags
insert into t(m) values ('bad')
insert into t as x (id) values (1) on conflict (id) do update set name = x.name || excluded.name where x.id > 1 returning x.*
insert into t(id) values (1) on conflict do update set name = 'x'
insert into t(id) values (1) on conflict (nope) do nothing
-- differs: there the index is looked for when the query is planned
insert into t(id) values (1) on conflict (name) do nothing
insert into t(id) values (1) on conflict on constraint nope do nothing
insert into t(id) values (1) on conflict on constraint t_pkey do update set id = default
insert into gen(code, a) values ('x', 1) on conflict (lower(code)) where a > 0 do update set a = 2
-- differs: there the index is looked for when the query is planned
insert into gen(code, a) values ('x', 1) on conflict (lower(code)) do nothing
insert into gen(b) values (1)
insert into gen(id) values (1)
insert into gen(id) overriding system value values (1)
insert into gen(id, b) values (default, default)
update t set nope = 1
update t set id = 1, id = 2
update t set id = 'x'
update t set name = 1
update t set id = name
update t set (id, name) = (1, 'x')
update t set (id, name) = (select 1, 'x')
update t set (id, name) = (1)
update t set (id, name) = (1, 2, 3)
update t x set name = 'a' where t.id = 1
update t set name = c.label from child c where c.t_id = t.id returning t.id, c.*
update t set name = c.label from child c, lateral (select t.id) y
update gen set b = 1
update gen set id = 1
update gen set id = default, b = default, alt = 1
update t set name = sum(id)
delete from t where id
delete from t where nope = 1
delete from t x using child c where c.t_id = x.id returning *
delete from v
select limit from t
select id from t limit 'a'
select id from t limit name
select id from t limit 1 offset 2
select id from t limit null
select id from t limit (select 1)
select id from t for update
-- differs: system columns are not supported
select ctid from t
select lower(1)
select lower(name, 'x') from t
select nofunc(1, 'a', name) from t
select nofunc() from t
select pg_catalog.lower(name), public.f(1) from t
select nos.lower(name) from t
select sum(id, 1) from t
select generate_series(1, 3), 1
select * from t where generate_series(1, 2) = 1
select 1 where generate_series(1, 2) = 1
select coalesce(name, id::text) as "Weird Name", name as "x""y" from t
select max(name, id) from t
select 1 a, 2 a
select abs('5'), length('x'), lower('A'), to_char(now(), 'x'), upper(null)
select jsonb_build_object(), json_build_array()
-- differs: the field mask of an interval is not printed
select timestamptz '2020-01-01', date '2020-01-01', interval '1 day', time '10:00', timestamp '2020-01-01 00:00:00', interval '1' day
select text 'a', int '5', bool 'true', numeric '1.50', varchar 'q'
select cast(id as varchar(3)), cast(name as char(2)), id::float4, name::name, n::float8 from t
select 'a' collate "C", name collate "C" < 'x' from t
select 'a' between 'b' and 'c', 1 between '2' and 3
select tags && array['a'], tags @> '{a}', tags <@ array['x'], nums = '{1,2}', nums < nums, tags = array['x'] from t
select tags @> array[1] from t
select nums @> tags from t
-- differs: bit strings are not supported
select b'101'
select u = 'x' from t
select u = '6b29fc40-ca47-1067-b31d-00dd010662da', u::text = name from t
select u = name from t
select email = name, c = name, email = c, email || c, upper(c), length(c) from t
select date '2020-01-01' - 1, date '2020-01-01' + interval '1 day', now()::date - d from t
select sum(id)::int, count(*)::text, avg(n)::numeric(10,2) from t
select id from t where name
select id from t where null
select id from t where 'true'
-- rows: a row as text
select t from t
select t.* from t x
-- rows: a row as text
select x from t x
select count(t) from t, count(*) from t
select count(t), count(t.*) from t
select json_agg(t.*), to_jsonb(t.*) from t
select t is null, t.* is not null from t
-- rows: a row as text
select row(t.*), row(t.*, 1) from t
-- rows: a row as text
select (select t) from t
select least(d, ts), greatest(tstz, d), coalesce(d, now()), case when b then d else ts end from t
select nullif(1, 'a'), nullif(1, 2.5)
select id as "ID", "ID" from t
select 1 as one order by one
select name from t order by lower(name), 1 desc nulls last
select id from t union select id from child order by 1 limit 3
(select id from t order by name limit 1) union all (select 2)
select * from (select 1 union select 2) x
select 1 intersect select 2 except select 3
select null::text union select 1
select * from t where (id, name) > (1, 'x')
select * from t where (id, name) = (select 1, 'x')
select * from t where id = (select max(id) from child)
select * from t where id > all (select qty from child)
select * from t where id = some (select 'a' from child)
select exists (select from t)
select id from t where id in (select id, name from t)
select coalesce(json_agg(_row), '[]'::json)::text from (select t.id, t.name, (select row_to_json(x) from (select c.label from child c where c.t_id = t.id) x) as c from t where t.id = '1' order by t.id asc nulls last limit '3'::bigint offset '0') _row
select pg_catalog.count(*) as total, json_agg(r) from (select * from t) r
select t.id, row_to_json(c1.*)::jsonb as child from t left join lateral (select child.label from child where child.t_id = t.id) as c1 on true
select coalesce(c1.agg, '[]') as children from t left join lateral (select json_agg(x) as agg from (select label from child where t_id = t.id order by label limit 2) as x) c1 on true
with src as (insert into child(id, t_id) select j.id, j.t_id from json_to_recordset('[]') as j(id bigint, t_id int) returning *) select count(*), json_agg(src) from src
with src as (update t set name = x.name from (select * from json_to_recordset('[]') as y(id int, name text)) x where t.id = x.id returning t.*) select * from src
with pgrst_source as (select * from t), c as (select count(*) from pgrst_source) select * from pgrst_source, c
select "public"."t"."id", public.t.name from "public"."t" where "public"."t"."id" = $1
select * from t where name ilike any('{a%,b%}') and name like all(array['a', 'b'])
select * from t where tags @> '{a}' and nums <@ '{1}' and tags && '{b}' and jb @> '{"a":1}'
select * from t where id = any('{1,2}'::int[]) and not (name is null or b is true)
select * from t where jb->'a'->>'b' = '1' and j#>>'{a,b}' = '2' and (jb->>'n')::int > 3
select * from t where to_tsvector(name) @@ to_tsquery('x')
select id::text as id, sum(qty), avg(qty)::numeric from child group by id
select count(distinct (name, id)) from t
select string_agg(name, ',' order by id desc), array_agg(distinct name order by name), json_agg(t order by id) filter (where id > 1) from t
select array_agg(distinct name order by id) from t
select jsonb_object_agg(name, row(id, b)) from t
-- differs: an aggregate over outer columns is not supported
select json_build_object('a', id, 'b', (select json_agg(c) from child c where c.t_id = t.id)) from t
select exists(select 1 from child c where c.t_id = t.id and c.qty > t.id) from t
select id from t where (select count(*) from child where t_id = t.id) > 2
-- rows: the order is an inner one
select id, row_number() over (partition by name order by id desc nulls last) rn from t
select * from (select id, dense_rank() over (order by n) r from t) x where r <= 3
select date_trunc('month', tstz) as m, count(*) from t group by 1 order by 1 desc
select extract(epoch from tstz - now())::int from t
select (now() at time zone 'utc'), now() - interval '7 days', now() + '1 day'::interval, current_date - 30, current_date - interval '1 month' from t
select coalesce(nullif(trim(name), ''), split_part(email, '@', 1)), lower(email) like '%@x.com' from t
select name || ' ' || coalesce(email, '') from t
select concat(name, ' ', email), format('%s-%s', name, id), name || id, id || name from t
select case when count(*) > 0 then sum(n) / count(*) else 0 end from t
select round(avg(n), 2), round(n::numeric, 1), round((f * 100)::numeric, 2) from t
select greatest(count(*), 1), least(max(id), 10) from t
select array(select name from t order by id), array_length(array(select 1), 1), (array[1,2,3])[2], (select array_agg(id) from t)[1]
select (select array_agg(id) from t)[1]
select unnest(tags) tag, count(*) from t group by tag
select tag, count(*) from t, unnest(tags) tag group by tag
select tag from t cross join lateral unnest(tags) as x(tag)
select e->>'a' from t, jsonb_array_elements(jb->'x') e
select key, value from t, jsonb_each(jb)
select k.key from t, jsonb_object_keys(jb) k(key)
select t.*, c.cnt from t left join (select t_id, count(*) cnt from child group by t_id) c on c.t_id = t.id
select * from t t1 join t t2 on t1.id = t2.id + 1 left join child using (id)
select * from t a natural left join child b
select coalesce(a.id, b.id) from t a full outer join child b on a.id = b.t_id
select a.id from t a right join child b on b.t_id = a.id where a.id is null
with a as (select 1 x), b as (select x + 1 y from a) select * from a, b
with a as not materialized (select id from t) select * from a where id in (select id from a)
with recursive tree as (select id, t_id, 0 as depth from child where t_id is null union all select c.id, c.t_id, tree.depth + 1 from child c join tree on c.t_id = tree.id) select * from tree where depth < 5
with recursive tree(id, path) as (select id, array[id] from t union all select t.id, path || t.id from t join tree on not t.id = any(path)) select * from tree
select * from v where id = 1
select v.*, t.email from v join t using (id, name)
insert into v(id) values (1)
update v set name = 'x'
insert into t select * from t
insert into t(id, name) select id, label from child
insert into t(id, name) (select 1, 'a' union select 2, 'b')
insert into t(id, name) values ((select max(id) + 1 from t), lower('A')), (2, default)
-- differs: system columns are not supported
insert into t(id) values (1) on conflict (id) do update set name = excluded.name, n = t.n + 1 where t.b returning (xmax = 0)
insert into t(id) values (1) on conflict (id) do update set name = (select label from child where id = excluded.id)
insert into t(id) values (1) on conflict (id) do update set name = name || 'x'
insert into t(id) values (1) on conflict (id) do update set nope = 1
insert into t(id) values (1) on conflict (id) do update set name = excluded.nope
insert into gen(a) values (1) on conflict (id) do update set b = 2
insert into t(id, j, jb, tags, nums) values (1, '{}', '[]', '{a}', '{1}')
insert into t(id, j) values (1, '{bad')
insert into t(id, n) values (1, 'x')
insert into t(id, u) values (1, gen_random_uuid()) returning u
insert into t(id, email) values (1, 'x'::text)
insert into t(id, ts, d) values (1, now(), now())
insert into t(id, small) values (1, 100000)
insert into t(id, f, n, r) values (1, 1, 1.5, 1)
update t set (n, f) = (select sum(qty), avg(qty) from child where t_id = t.id)
update t set tags = array_append(tags, 'x'), jb = jb || '{"a":1}', n = default
update t set jb = jsonb_set(jb, '{a}', to_jsonb(name))
update t as x set name = y.name from t y where x.id = y.id
update t set id = c.id from child c
delete from t where exists (select 1 from child where t_id = t.id) returning *
delete from child using t where child.t_id = t.id and t.name = 'x'
select id in (select t_id from child) or name = any(select label from child) from t
select 1 where 1 not in (select 2 union select 3)
select (id, name) is distinct from (1, 'x'), (id, name) in ((1, 'a'), (2, 'b')) from t
select (id, name) not in ((1, 'a')) from t
select id from t where (id, name) between (1, 'a') and (2, 'b')
select id from t order by case when b then 1 else 2 end, name desc
select id as name from t order by name
select name, id from t group by name, id order by id + 1
-- rows: ties
select name from t group by name order by count(*)
select name from t group by name order by id
select id, count(*) over () from t group by id
select sum(count(*)) over () from t group by name
select name, rank() over (order by sum(id)) from t group by name
select distinct name from t order by upper(name)
select distinct on (name) name, id from t order by name, id desc
select max(id) from t having max(id) > 1
select 1 from t having name = 'x'
select id from t where id = all('{1,2}')
select 'a' = any(tags), 'a' <> all(tags), id = any(array[1, 2, null]) from t
select name from t where name = any($1) or id = any($2::bigint[])
-- differs: a parameter takes its type anew at each place
select $1::int + 1, $1 || 'x', coalesce($1, name), lower($1), $1 = id, case when $1 then 1 end from t
select $1
-- differs: a parameter takes its type anew at each place
select length($1), abs($1), to_json($1::text)
select current_setting('request.jwt.claims', true)::json->>'sub', (current_setting('x', true))::uuid, nullif(current_setting('a', true), '')::jsonb ->> 'role'
select x from generate_series(1, 10, 2) x where x % 2 = 0
select d::date from generate_series(now(), now() + '7 days', '1 day') d
select generate_series('2020-01-01'::timestamp, '2020-02-01', '1 day')
select generate_series(1, 2.5)
select to_char(tstz, 'YYYY-MM'), to_char(n, '999'), to_char(iv, 'HH24'), to_number('1', '9'), to_timestamp(0), to_timestamp('x', 'y')
select age(tstz), age(now(), tstz), justify_days(iv), date_part('dow', d), extract(dow from ts) from t
select 1::bool, 'yes'::bool, true::int, true::text, 1::text::int, '1.5'::numeric::int, 'a'::char(3), 'abc'::varchar(2), 1::numeric(5,2)
select null::uuid, null::json, '{}'::json::jsonb, '[1]'::jsonb->0, '{"a":1}'::jsonb @> '{}', '{"a":1}'::json->>'a'
select '{1,2}'::int[], '{a}'::text[]::varchar[], array['1','2']::int[], '{}'::uuid[], array[1,2]::text[], array[]::text[]
select array[1, 'a']
select array[1, 'a']::text[]
select array['a', null], array[null, 1], array[array[1], array[2]]
select int4(2.5), text(1), float8(1), bool(1), varchar('x'), date('2020-01-01'), numeric('1'), name('x')
select cast('1' as int), cast(null as text), cast(id as bigint) from t
select pg_catalog.int4(1), "left"('abc', 2)
select t.id from public.t, public.child where public.t.id = child.t_id
select public.t.* from public.t
select nope.t.id from t
select other.t.id from public.t
select 1 as a union all select 2 order by a
-- differs: no hint names a column of the other side
select 1 as a union all select 2 as b order by b
select id, name from t union select id, label from child order by name
select * from (values (1, null), (2, 'x')) v(a, b) where b is null
select * from (values (1), (2.5)) v
select v from (values (1), (2)) v(v)
select least(1, null), coalesce(null, 1), nullif(null, 1)
select bool_or(id > 1), bool_and(name is null), every(b) from t
-- differs: character without a length is called bpchar there
select min(ts), max(tstz), min(tm), max(iv), min(c), max(email), min(small), max(r) from t
select sum(qty * 1.5), sum(qty::float8), avg(qty * 2), sum(qty) / count(*), sum(qty) * 100.0 / nullif(sum(qty), 0) from child
select count(*) filter (where mood = 'ok')::float / count(*) from child
select count(nope.*) from t
select nope.* from t
select t.nope.x from t
select id from t where name = 'a' and nope
select id from t where t.name = 1 or x.y = 2
select * from child c where c.t_id in (select id from t where t.name = c.label and t.b)
select * from child where t_id in (select t_id from t)
select (select id) from t
select (select c.id from child c where t.id = c.t_id and exists (select 1 from gen where gen.id = t.id)) from t
select mood, m from t, child where m = mood
select m::text::mood, 'ok'::mood > 'sad', array['sad']::mood[], '{sad,ok}'::mood[], enum_range(null::mood), enum_first(null::mood) from t
select array_agg(m), m = any(array['sad','ok']::mood[]), m = any('{sad}'), m::text = any(tags) from t
select m in ('nope') from t
select case m when 'sad' then 1 else 2 end from t
select case m when 'nope' then 1 else 2 end from t
select coalesce(m, 'nope') from t
select coalesce(m, name) from t
select p + p, p = 5, -p, p::text, sum(p), max(p), array_agg(p), p in (1, 2), p between 1 and 2, coalesce(p, 5), case when true then p end from t
select 'x'::posint
select iv > '1 day', iv = interval '24 hours', ts - '1 day', ts - ts > '1 day', '1 day' + ts, tstz < now() - '1 day'::interval from t
select ts - '2020-01-01' from t
select d - '2020-01-01', d + '1', d + 1.5 from t
select n % 2, n ^ 2, 2 ^ 3, id ^ 2, f % 2 from t
select n % 2, n ^ 2, 2 ^ 3, id ^ 2, id % 2, big % 2, small / 2, 5 / 2, 5 / 2.0, 7 % 3 from t
select 'a' < 'b', 'a' <> name, name || null, name || 'x'::varchar, c || c, email || name from t
select - name from t
select name + 1 from t
select id + name from t
select not name from t
select id || id from t
select tags || tags || 'x', tags = '{}', array_length(tags, 1) > 0, tags[1:2], tags[2:], cardinality(tags) = 0 from t
select jb - 'a' - 'b', jb ->> 0, jb -> -1, jb @? '$.a', jb @@ '$.a' from t
select jb ?| array['a'], jb ?& '{a}', jb <@ '{}', jb = '{}', jb || jb, jb < jb from t
select j = '{}' from t
select j::text = '{}', j->>'a' = 'x', (j->'a')::text from t
select data || '\x00', data = '\x01', length(data), encode(data, 'base64'), decode('aa', 'hex'), substring(data from 1 for 2), md5(data) from t
select u::text, u < u, u || 'x', lower(u::text), u in (select gen_random_uuid()) from t
select tm + '1 hour', tm - tm, tm > '10:00', ts::time, tm::text, tm::interval from t
select b = 'true', b = 't', b is not true, not b, b::text, b::int, b and 't', b > false from t
select r + f, r * 2, r = 1.5, f = n, r + n, f::int, f::numeric, r::text from t
select small + 1, small * small, small = 1, small::int, -small, small + big, small || 'x' from t
select trim(leading 'x' from name), trim(trailing from name), ltrim(name, 'ab'), rtrim(name), substring(name from 'a.c'), substring(name similar 'a' escape '#'), position('x' in name), char_length(name), octet_length(name), upper(name), initcap(name) from t
-- differs: several set-returning functions in one SELECT list
select regexp_replace(name, 'a', 'b'), regexp_matches(name, 'a'), regexp_split_to_table(name, ','), regexp_split_to_array(name, ','), name ~ any(array['a']), name !~ 'x', name !~* 'y' from t
select translate(name, 'a', 'b'), to_hex(id), chr(id), ascii(name), quote_ident(name), quote_literal(name), repeat('x', 3), left(name, -1), starts_with(name, 'x'), string_to_table(name, ',') from t
select floor(random() * 10)::int, ceil(n)::int, trunc(f), sign(id), sqrt(n), power(2, 0.5), log(10), exp(1), mod(n, 2), width_bucket(f, 0, 1, 10) from t
select md5('x'), sha256('x'), encode(sha256(name::bytea), 'hex'), digest(name, 'sha256'), gen_random_bytes(8), uuid_generate_v4(), crypt('a', gen_salt('bf')), hmac('a', 'b', 'sha1') from t
select nextval('nope_seq')
select pg_typeof(id), pg_typeof(name)::text, current_schemas(true), version() from t
select to_json(now()), to_jsonb(array[1]), to_json(row(1, 'a')), json_build_object('a', null, 'b', tags, 1, 2), jsonb_build_array(1, 'x', null, t.*) from t
-- differs: not supported
select json_object('{a,1}'), jsonb_object(array['a'], array['1']), json_object_agg(id, name), jsonb_typeof('1'), jsonb_array_length('[]'), json_array_length(j), jsonb_path_query(jb, '$.a') from t
select json_populate_record(null::child, j), (jsonb_populate_record(null::child, jb)).label, jsonb_populate_recordset(null::child, jb) from t
select * from jsonb_populate_recordset(null::child, '[]') x where x.qty > 1
select * from jsonb_to_record('{}') as x(a int, b mood[], c t)
-- differs: system columns are not supported
select xmin from t
-- differs: system columns are not supported
select t.tableoid from t
-- rows: a relation's name is written with its schema
select 't'::regclass, 'public.t'::regclass, '"t"'::regclass, 'T'::regclass
select 'nope'::regclass
select 't'::text::regclass
select nextval(name), setval('t'::text, 1) from t
select t.id, unnest(tags) from t
select unnest(tags) tag, count(*) from t group by tag
select (jsonb_each(jb)).key from t where id = 1
select jsonb_array_elements(jb) ->> 'c' from t where id = 2
select generate_series(1, id) from t order by 1 limit 3
-- differs: a set-returning function in ORDER BY is not supported
select id from t order by generate_series(1, 2)
select t.* is null, (t).name is null, row(id, name) is not null from t
select row_to_json(c) from t left join (select t_id, label from child) c on c.t_id = t.id
select greatest(count(*), 1), least(max(id), 10), greatest(max(n), sum(id), null), least(null, min(name), 'a') from t
select greatest(sum(id) over (), 3) from t
select name, greatest(max(n), 0.5), least(max(id), min(id), 2, 3) from t group by name
select array[[1,2],[3,4]]
select json_agg(t order by id) filter (where id > 1), jsonb_agg(t order by id desc), json_agg(child) from t, child where t.id = child.t_id
select json_agg(x), jsonb_agg(x), array_agg(x.id), json_agg(x.id), json_agg(tags) from (select id, tags from t where tags is not null) x
select json_object_agg(id, x) from (select id, name from t order by id) x
select id / 0 from t
select n / 0 from t
select f / 0 from t
select 2147483647 + 1
select 9223372036854775807 + 1
select (-2147483648)::int / -1, (-5) / 2, -5 % 3, 5 % -3
select 32767::smallint + 1::smallint
select 1e308 * 10
select 'abc'::numeric
select '12abc'::int
select round(2.5::float8), round(2.5), round(-2.5), round(0.5::float8), round(1.5::float8), 2.5::int, 3.5::int, (-2.5)::int
select 1.0 / 3, 10 / 4.0, 1.10 + 2.205, 2 * 1.50, 1.5 ^ 2, sqrt(2::numeric), 7.0 / 2
select 0.1::float8 + 0.2, 1e15::float8, 1e16::float8, 0.00001::float8, 123456789.123::real, 1::float8, 'Infinity'::float8
select n::text, (n * 1.000)::text, sum(n)::text from t group by n order by n
select avg(n), avg(id), avg(f), sum(f), stddev(id), variance(n) from t
select name from t where name like 'A%' order by name
select name from t where name ilike 'a%' order by id
select 'a%b' like 'a\%b', 'a_b' like 'a\_b', 'axb' like 'a\_b', 'AbC' ilike 'aBc', 'Ä' ilike 'ä', '' like '%', 'x' like '', 'ab' like 'a_'
select 'abc' like 'a#%c' escape '#', 'a%c' like 'a#%c' escape '#'
select name from t order by name, id
select name from t order by name desc nulls last, id
select email from t order by email collate "C" nulls first, id
select 'a' < 'B', 'Z' < 'a', 'é' > 'z', 'abc' < 'abcd', '' < 'a'
select n from t order by n desc, id
select tags from t order by tags, id
select jb from t order by jb, id
select iv from t order by iv, id
select m from t order by m, id
select m from t order by m desc nulls last, id
select distinct b from t order by b
select distinct on (b) b, id from t order by b, id desc
select b, count(*), count(name), array_agg(id order by id), string_agg(name, '|' order by id) from t group by b order by b
select max(m), min(m), max(n), min(tags), max(name), min(u::text) from t
select count(distinct b), count(distinct n), sum(distinct id % 2) from t
select id, sum(id) over (order by id), lag(id) over (order by id), first_value(name) over (partition by b order by id), rank() over (order by b), dense_rank() over (order by b), ntile(2) over (order by id), count(*) over (partition by b) from t order by id
select id, sum(id) over (order by id rows between unbounded preceding and 1 preceding) from t order by id
select id, avg(n) over (order by id rows 1 preceding), max(name) over (order by id range between unbounded preceding and unbounded following) from t order by id
select lower('ÄÖÜ'), upper('äöüß'), initcap('hello wORLD'), length('äö'), octet_length('äö'), reverse('äbc'), left('äbc', 2), right('äbc', 2), substr('äbcd', 2, 2), position('c' in 'äbc'), lpad('ä', 3, '*'), rpad('x', 5, 'ab'), overlay('abcdef' placing 'XX' from 2 for 3)
select substring('abc' from 0 for 2), substring('abc' from -1), left('abc', -1), right('abc', -2), split_part('a,b,c', ',', 2), split_part('a,b,c', ',', -1), split_part('abc', ',', 2), repeat('ab', 0), btrim('  x '), ltrim('xxabc', 'x'), translate('12345', '143', 'ax')
select concat('a', null, 1, true), concat_ws('-', 'a', null, 'b'), 'a' || null, format('%s %I %L %%', 'a', 'b c', 'd''e'), format('%2$s %1$s', 'x', 'y'), quote_ident('a b'), quote_literal('a''b'), quote_nullable(null)
select regexp_replace('foobarbaz', 'b..', 'X'), regexp_replace('foobarbaz', 'b..', 'X', 'g'), regexp_replace('Hello', '(l+)', '<\1>'), regexp_match('foobar', '(o+)b'), 'abc' ~ '^a.c$', 'ABC' ~* 'b', 'abc' !~ 'd', regexp_split_to_array('a1b2c', '\d'), 'foo' ~ 'f(o+)'
select md5('abc'), encode('abc'::bytea, 'hex'), encode('abc'::bytea, 'base64'), decode('616263', 'hex'), encode(sha256('abc'), 'hex'), ascii('a'), chr(228), to_hex(255)
select array[1,2,3] || 4, 0 || array[1], array[1,2] || array[3], array_append('{1}'::int[], null), array_prepend(0, '{1}'), array_cat('{1}', '{2}'::int[]), array_remove(array[1,2,1], 1), array_replace(array[1,2], 2, 3), array_position(array['a','b'], 'b'), array_positions(array[1,2,1], 1), array_length('{}'::int[], 1), cardinality('{}'::int[]), array_length(array[[1,2],[3,4]], 2), array_to_string(array[1,null,3], ',', '*'), string_to_array('a,b,,c', ','), string_to_array('abc', null), array_upper(array[1,2], 1), array_dims(array[1,2])
select array[1,2] = array[1,2], array[1,2] < array[1,3], array[1] <> array[2], '{a,b}'::text[] @> array['a'], array[1] <@ array[1,2], array[1,2] && array[2,3], '{}'::int[] && '{}', 1 = any(array[1,null]), 2 = any(array[1,null]), 1 = all(array[1,1]), 1 <> all(array[]::int[])
select (array[1,2,3])[2], (array[1,2,3])[5], (array[1,2,3])[1:2], (array['a','b'])[2:], (array[[1,2],[3,4]])[2][1], tags[1], nums[2:3] from t order by id
select '{"a":{"b":[1,2]}}'::jsonb -> 'a' -> 'b' -> 0, '{"a":1}'::jsonb ->> 'a', '{"a":null}'::jsonb -> 'a', '{"a":null}'::jsonb ->> 'a', '{"a":1}'::jsonb -> 'x', '[1,2]'::jsonb -> -1, '[1,2]'::jsonb ->> 5, '{"a":{"b":2}}'::jsonb #> '{a,b}', '{"a":[1,{"c":3}]}'::jsonb #>> '{a,1,c}'
select '{"a":1,"b":2}'::jsonb @> '{"a":1}', '[1,2,3]'::jsonb @> '[3,1]', '{"a":[1,2]}'::jsonb @> '{"a":[2]}', '"x"'::jsonb @> '"x"', '{"a":1}'::jsonb ? 'a', '["a","b"]'::jsonb ? 'b', '{"a":1}'::jsonb ?| array['x','a'], '{"a":1}'::jsonb ?& array['a','b'], '{"a":1}'::jsonb || '{"b":2}', '{"a":1}'::jsonb - 'a', '[1,2,3]'::jsonb - 1, '{"a":{"b":1}}'::jsonb #- '{a,b}'
select '{"b":1,"a":2,"a":3}'::jsonb, '{"a" : 1.50 }'::jsonb, '1.0'::jsonb = '1.00'::jsonb, '[]'::jsonb < '{}'::jsonb, 'null'::jsonb, '"\u00e4"'::jsonb, '{"a":1}'::json, ' [1 , 2] '::json
select jsonb_set('{"a":1}', '{b}', '2'), jsonb_set('{"a":1}', '{b}', '2', false), jsonb_set('{"a":[1,2]}', '{a,0}', '9'), jsonb_insert('{"a":[1]}', '{a,0}', '0'), jsonb_strip_nulls('{"a":null,"b":{"c":null}}'), jsonb_typeof('[]'), jsonb_typeof('null'), jsonb_array_length('[1,2]'), jsonb_pretty('{"a":[1]}')
select to_json('a"b'::text), to_jsonb(1.50), to_jsonb(true), to_jsonb(array['a',null]), to_json('2020-01-01'::date), to_json('2020-01-01 10:00:00+00'::timestamptz), to_jsonb('{"a":1}'::json), json_build_object('a', 1, 'b', null, 'c', array[1], 'd', '{"x":1}'::jsonb), json_build_array(1, 'x', null, true), row_to_json(row(1, 'a')), jsonb_build_object('t', tstz, 'd', d, 'n', n, 'i', iv, 'u', u, 'm', m) from t order by id
select key, value from jsonb_each('{"b":1,"a":[2]}') order by key
select key, value from json_each_text('{"b":1,"a":null}')
select * from jsonb_array_elements('[1,"x",null,{"a":1}]') with ordinality
select * from jsonb_array_elements_text('[1,"x",null]')
select * from jsonb_object_keys('{"b":1,"a":2}')
select * from json_to_recordset('[{"a":1,"b":"x","c":{"d":1},"e":[1,2]},{"a":null}]') as x(a int, b text, c jsonb, e int[])
select * from jsonb_to_recordset('[{"a":"5","m":"ok","t":"2020-01-01"}]') as x(a int, m mood, t timestamptz)
select * from json_to_record('{"a":1,"b":[1,2]}') as x(a text, b text)
select * from json_populate_record(null::child, '{"id":5,"label":"x","mood":"ok"}')
-- differs: unnest() of several arrays is not supported
select * from unnest(array[1,2], array['a']) as x(a, b)
select * from unnest('{a,b}'::text[]) with ordinality as x(v, i)
select * from generate_series(5, 1, -2)
select * from generate_series(1, 3) a, generate_series(a, 3) b
select * from generate_series('2020-01-30'::date, '2020-02-02', '1 day')
select d + 1, d - 1, d - '2024-01-01'::date, d + interval '1 month', ts + interval '1 day 2 hours', ts - interval '1 year', tstz - '2024-01-01'::timestamptz, iv * 2, iv / 2, -iv, iv + iv, tm + interval '1 hour', tm - '01:00'::time from t order by id
select '2024-01-31'::date + interval '1 month', '2024-03-31'::timestamp - interval '1 month', '2024-02-29'::date + interval '1 year', date '2024-01-01' - date '2023-01-01', timestamp '2024-01-01' - timestamp '2023-12-25 12:00', interval '1 month' = interval '30 days', interval '24 hours' = interval '1 day', interval '1 day' > interval '23 hours'
select extract(year from ts), extract(month from d), extract(dow from d), extract(epoch from tstz), extract(hour from ts), extract(day from iv), date_part('minute', ts), extract(isodow from d), extract(week from d), extract(quarter from d), extract(doy from d), extract(milliseconds from ts) from t order by id
select date_trunc('month', ts), date_trunc('day', tstz), date_trunc('hour', ts), date_trunc('week', d), date_trunc('year', ts), date_trunc('hour', iv) from t order by id
select to_char(ts, 'YYYY-MM-DD HH24:MI:SS'), to_char(d, 'DD Mon YYYY'), to_char(ts, 'Day, FMMonth'), to_char(1234.5, '9,999.99'), to_char(5, '000'), to_char(iv, 'DD HH24:MI') from t order by id
select tstz at time zone 'Europe/Berlin', ts at time zone 'America/New_York', timezone('utc', tstz), tstz::date, tstz::timestamp, ts::timestamptz, d::timestamptz, tstz::time, tstz::text, ts::date from t order by id
select make_date(2024, 2, 29), make_interval(days => 2, hours => 3), make_timestamp(2024, 1, 2, 3, 4, 5.5), to_timestamp(1700000000), to_timestamp(0) at time zone 'utc', to_date('2024-02-29', 'YYYY-MM-DD'), age(timestamp '2024-03-01', timestamp '2023-01-31'), justify_days(interval '40 days'), isfinite(date 'infinity')
select '2024-02-30'::date
select '25:00'::time
select 'infinity'::timestamptz, '-infinity'::date, 'epoch'::timestamptz, '2024-01-01T10:00:00Z'::timestamptz, '2024-01-01 10:00:00+05:30'::timestamptz, '20240101'::date, 'Jan 5, 2024'::date, '10:00 PM'::time, '1 year 2 months 3 days'::interval, 'P1DT2H'::interval, '1:30'::interval, '-1 day'::interval
select true and null, false and null, true or null, not null::bool, null = null, null is null, null is not distinct from null, 1 is distinct from null, (null::bool) is true, coalesce(null, false), nullif(1, 1), nullif(1, 2), 1 in (1, null), 2 in (1, null), 2 not in (1, null)
select 'true'::bool, 'f'::bool, 'yes'::bool, '1'::bool, 'off'::bool, true::int, true::text, 0::bool, b::text, b::int from t order by id
select 'maybe'::bool
select u, u::text, u = '6B29FC40-CA47-1067-B31D-00DD010662DA', '{6b29fc40-ca47-1067-b31d-00dd010662da}'::uuid, u < 'ffffffff-0000-0000-0000-000000000000' from t order by id
select 'not-a-uuid'::uuid
select data, data::text, length(data), data || '\x00'::bytea, encode(data, 'hex'), get_byte(data, 0) from t where id = 1
select c, length(c), c = 'abc', c || '|', c::text || '|', 'abc'::char(5) || '|', 'abc  '::char(5) = 'abc'::char(3) from t order by id
select 'abcdef'::varchar(3), 'abcdef'::char(3), 123.456::numeric(5,1), '1234567'::varchar(3)
select 12345.6::numeric(5,2)
insert into t(id, email) values (10, 'this is far longer than twenty')
insert into t(id, n) values (10, 123456789012)
insert into t(id, p) values (10, -1)
insert into t(id, p) values (10, 5) returning p
insert into t(id) values (null)
insert into child(id, t_id) values (100, 999)
insert into child(id, label) values (100, 'x'), (101, 'y') returning id, label, t_id
insert into t(id, name) values (1, 'new'), (20, 'n20') on conflict (id) do update set name = excluded.name || '!' returning id, name
insert into t(id, name) values (1, 'new') on conflict do nothing returning id
-- rows: a sequence there keeps what a refused statement drew
insert into gen(a) values (5) returning id, alt is null, a, b
update t set n = n + 1, name = upper(name) where id in (1, 2) returning id, n, name
update t set name = c.label from child c where c.t_id = t.id and c.id = 3 returning t.id, t.name, c.qty
update t set id = 2 where id = 1
update child set t_id = 999 where id = 1
update t set (name, f) = (select max(label), sum(qty) from child where t_id = t.id) where id = 1 returning name, f
delete from t where id = 1
delete from child where t_id = 1 returning id
delete from child using t where child.t_id = t.id and t.name = 'Ann' returning child.id, t.name
with d as (delete from child where t_id = 1 returning *) select count(*), sum(qty) from d
with i as (insert into t(id, name) values (50, 'x') returning id, name) select * from i union all select id, name from t where id = 4
-- rows: there the outer query does not see what its WITH wrote
with u as (update t set name = 'zz' where id = 4 returning id) select t.name from t join u on u.id = t.id
select * from v order by id
update v set name = 'vv' where id = 2 returning *
insert into v(id, name) values (77, 'v') returning id
delete from v where id = 4 returning name
select * from t natural join (select 1 as id, 'x' as extra) y where false
select t.id, c.id from t left join child c on c.t_id = t.id order by t.id, c.id
select t.id, c.id from t full join child c on c.t_id = t.id order by t.id nulls last, c.id
select t.id, c.id from t right join child c on c.t_id = t.id order by c.id
select id, name from t where exists (select 1 from child c where c.t_id = t.id) order by id
select id from t where id not in (select t_id from child where t_id is not null) order by id
select id from t where id not in (select t_id from child) order by id
select id, (select count(*) from child c where c.t_id = t.id) as n, (select max(label) from child c where c.t_id = t.id) from t order by n desc, id
select t.id, x.n from t cross join lateral (select count(*) as n from child c where c.t_id = t.id) x order by t.id
select t.id, x.label from t left join lateral (select label from child c where c.t_id = t.id order by qty desc limit 1) x on true order by t.id
with recursive r as (select 1 n union all select n + 1 from r where n < 5) select sum(n), string_agg(n::text, ',') from r
with recursive f(a, b) as (select 0, 1 union all select b, a + b from f where b < 50) select a from f
select id from t union select id::int from child order by id
select id from t intersect select t_id from child order by 1
select id from t except select t_id from child order by 1
select id from t union all select t_id from child order by 1 nulls first limit 3 offset 1
select name, count(*) c from t group by name having count(*) >= 1 order by name nulls first
select mood, sum(qty), avg(qty)::numeric(10,2), count(*) filter (where qty > 5) from child group by mood order by mood
select coalesce(label, 'none') as l, case when qty > 10 then 'big' when qty is null then 'unknown' else 'small' end from child order by id
select case mood when 'sad' then 1 when 'ok' then 2 else 3 end, mood = 'sad', mood > 'sad', mood::text like 'h%' from child order by id
select current_setting('request.jwt.claims', true), nullif(current_setting('nope.x', true), ''), current_setting('nope.y', true) is null
select name || ' ' || id || ' ' || coalesce(n::text, '-') from t order by id
select greatest(1, null, 3), least('b', 'a'), greatest(d, '2024-02-29'), least(n, 1) from t order by id
select pg_typeof(id), pg_typeof(name), pg_typeof(tags), pg_typeof(m), pg_typeof(1.5), pg_typeof(null) from t where id = 1
select width_bucket(5.35, 0.024, 10.06, 5), trunc(1.567, 2), trunc(-1.5), ceil(-0.5), floor(-0.5), sign(-3), mod(-7, 3), abs(-2.5), power(2, 10), power(2.0, 0.5), exp(0), ln(1), log(100), cbrt(27), pi(), div(7, 2), gcd(12, 18), lcm(4, 6), factorial(5)
select t.id from t where t.id = (select max(c.t_id) from child c) and exists (select 1 from child where child.t_id = t.id and child.qty > all (select 5))
select count(*) from (select distinct name, b from t) x
select * from (select id, row_number() over (order by id desc) rn from t) x where rn = 1
select c.t_id, json_agg(json_build_object('id', c.id, 'label', c.label) order by c.id) from child c group by c.t_id order by c.t_id nulls last
select t.id, coalesce(json_agg(c.label order by c.id) filter (where c.id is not null), '[]') from t left join child c on c.t_id = t.id group by t.id order by t.id
select t.id, t.name, count(c.id) n, sum(c.qty) s from t left join child c on c.t_id = t.id group by t.id having count(c.id) > 0 order by t.id
select jb ->> 'a' as a, count(*) from t group by jb ->> 'a' order by 1 nulls first
select id, case when b then 'y' else 'n' end as flag from t order by flag, id
select b as flag, sum(id) from t group by flag order by flag
select date_trunc('month', d)::date m, count(*) from t where d is not null group by 1 order by 1
select id from t where tags && array['a','zz'] or nums @> array[5] order by id
select id from t where jb @> '{"a": 1}' or jb ? 'x' order by id
select id from t where jb -> 'b' ->> 0 = '1'
select id from t where (jb ->> 'n')::int > 3
select id from t where name ~ '^[A-Z]' order by id
select id from t where lower(name) = 'ann' order by id
select id from t where n between -1 and 1 order by id
select id from t where d between '2024-01-01' and '2024-12-31' order by id
select id from t where ts::date = '2024-02-29'
select id from t where tstz >= '2024-01-01' and tstz < '2024-03-01' order by id
select id from t where iv > '1 hour' order by id
select id from t where m > 'sad' order by id
select id from t where m in ('ok', 'happy') order by id
select id from t where u in ('6b29fc40-ca47-1067-b31d-00dd010662da', '00000000-0000-0000-0000-000000000001') order by id
select id from t where c = 'abc'
select id from t where email like '%@%' and email not ilike '%Y.COM'
select id from t where id = any(select t_id from child) order by id
select id from t where (b, id) in ((true, 1), (false, 2)) order by id
select id from t where (name, id) > ('a', 0) order by id
select id from t where b is not true order by id
select id from t where n is distinct from 0 order by id
select id from t where not (n > 0) order by id
select id from t where n = 10.5
select id from t where n = 10.50::float8
select id from t where f = -2.5
select id from t where big = 10000000000
select id from t where id = 1.0
select id from t where small < 1.5 order by id
select id from t where data = '\x0102ff'
select id from t where tm < '12:00' order by id
select id from t where p = 5
select id from t where tags = '{a,b,NULL}'
select id from t where tags[1] = 'a'
select id from t where array_length(tags, 1) = 2
select id from t where 'a' = any(tags)
select id from t where 5 = any(nums)
select id from t where not 5 = any(nums) order by id
select id from t where name = any('{Ann,ann}') order by id
select id from t where id <> all('{1,2}') order by id
select a.id, b.id from t a join t b on a.id < b.id where a.b = b.b order by 1, 2
select a.id, b.id from t a join child b using (id) order by 1
select id, a.name, b.label from t a full join child b using (id) order by id
select * from (values (1, 'x'), (2, null)) v(a, b) order by a desc
select v.a + 1 from (values (1), (2)) v(a) order by 1
select (select name from t where id = c.t_id) from child c order by c.id
select array(select id from t order by id desc), array(select label from child where false)
select exists(select 1 from t where id > 100), not exists(select 1 from t)
select id from t order by (select count(*) from child c where c.t_id = t.id) desc, id
select id from t order by n nulls first, id limit 2 offset 1
select distinct t_id is null from child order by 1
select max(x) from (select sum(qty) x from child group by t_id) y
with a as (select t_id, sum(qty) s from child group by t_id), b as (select max(s) m from a) select a.* from a, b where a.s = b.m
with recursive up as (select id, t_id, 1 d from child where id = 1 union select c.id, c.t_id, d + 1 from child c join up on c.t_id = up.t_id where d < 3) select id, d from up order by d, id
with x as (select 1 as n) select n from x union all select n + 1 from x order by n desc
insert into child(id, t_id, label) select id + 100, id, name from t where name is not null returning id, label
insert into child(id, label) values (200, default), (201, lower('ABC')) returning *
insert into t(id, tags, nums, jb, m, d, tstz) values (60, array['x'], '{1}', '{"k":[1]}', 'ok', '2024-05-05', '2024-05-05 10:00+02') returning tags, nums, jb, m, d, tstz
insert into child(id, t_id) values (1, 1) on conflict (id) do update set qty = child.qty + 1, label = coalesce(excluded.label, child.label) where child.qty < 100 returning *
insert into child(id, t_id) values (1, 1) on conflict (id) do update set qty = 0 where child.qty > 100 returning *
insert into child(id) values (1), (1) on conflict do nothing
insert into child(id, label) values (300, 'a'), (300, 'b') on conflict (id) do update set label = excluded.label
update t set jb = jsonb_set(jb, '{z}', '"w"'), tags = tags || 'new', nums = array_remove(nums, 1), n = round(n / 3, 2) where id = 1 returning jb, tags, nums, n
update child set qty = qty * 2 where t_id in (select id from t where name = 'Ann') returning id, qty
update t set email = null, b = not b, d = d + 1, m = 'happy' where id = 4 returning email, b, d, m
update t set name = 'x' where false returning id
delete from child where id in (select id from child order by id desc limit 2) returning id
delete from t where id = 3 returning *
update t set small = 40000 where id = 1
update t set m = 'nope' where id = 1
update t set u = 'bad' where id = 1
update t set p = 0 where id = 1
update t set id = null where id = 1
select nonexistent(1)
select 1 + true
select now() + 1
select '1' + 1, '1' || 1, 1 || '1'
