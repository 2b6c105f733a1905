// An unmodified supabase-js against a running server with the example project.
// URL, PUBLISHABLE_KEY, SECRET_KEY, ANON_KEY, ADA and BEN (their tokens) come
// from the environment. Ends with `N passed, N failed`.
import assert from 'node:assert/strict'
import { createClient } from '@supabase/supabase-js'

const env = process.env
const options = { auth: { persistSession: false, autoRefreshToken: false } }
const visitor = createClient(env.URL, env.PUBLISHABLE_KEY, options)
const legacy = createClient(env.URL, env.ANON_KEY, options)
const staff = createClient(env.URL, env.SECRET_KEY, options)
const as = (token) => createClient(env.URL, env.PUBLISHABLE_KEY, { ...options, accessToken: async () => token })
const ada = as(env.ADA)
const ben = as(env.BEN)
const ADA_ID = '11111111-1111-4111-8111-111111111111'

const tests = []
const test = (name, fn) => tests.push([name, fn])
const ok = ({ data, error, ...rest }) => {
  assert.equal(error, null, error && JSON.stringify(error))
  return rest.count === undefined || rest.count === null ? data : { data, count: rest.count }
}

test('select all visible columns', async () => {
  const rows = ok(await visitor.from('authors').select('*').order('id'))
  assert.equal(rows.length, 4)
  assert.deepEqual(Object.keys(rows[0]), ['id', 'name', 'born', 'created_at'])
  assert.equal(rows[3].name, 'Stanisław Lem')
  assert.match(rows[0].created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?\+00:00$/)
})

test('a policy hides withdrawn books from visitors and shows them to staff', async () => {
  assert.equal(ok(await visitor.from('books').select('id')).length, 6)
  assert.equal(ok(await staff.from('books').select('id')).length, 7)
  assert.equal(ok(await legacy.from('books').select('id')).length, 6)
})

test('values keep their types', async () => {
  const book = ok(await visitor.from('books').select('price, tags, details, status, published').eq('id', 1).single())
  assert.deepEqual(book, {
    price: 12.5, tags: ['novel', 'winter'], details: { pages: 304, language: 'en' }, status: 'available', published: 1969,
  })
})

test('filters', async () => {
  const titles = async (q) => ok(await q.order('id')).map((b) => b.id)
  const books = () => visitor.from('books').select('id')
  assert.deepEqual(await titles(books().eq('status', 'on_loan')), [2])
  assert.deepEqual(await titles(books().neq('status', 'available')), [2])
  assert.deepEqual(await titles(books().gt('price', 12)), [1, 5])
  assert.deepEqual(await titles(books().lte('published', 1961)), [4, 6])
  assert.deepEqual(await titles(books().like('title', 'The %')), [1, 2, 4])
  assert.deepEqual(await titles(books().ilike('title', '%CITIES')), [3])
  assert.deepEqual(await titles(books().in('id', [1, 3, 99])), [1, 3])
  assert.deepEqual(await titles(books().contains('tags', ['novel', 'winter'])), [1])
  assert.deepEqual(await titles(books().overlaps('tags', ['cities', 'space'])), [3, 6])
  assert.deepEqual(await titles(books().contains('details', { language: 'it' })), [3, 4])
  assert.deepEqual(await titles(books().eq('details->>language', 'pl')), [6])
  assert.deepEqual(await titles(books().gt('details->pages', 300)), [1, 2])
  assert.deepEqual(await titles(books().or('id.eq.1,title.ilike.kindred')), [1, 5])
  assert.deepEqual(await titles(books().or('and(id.gt.1,id.lt.4),id.eq.6').is('published', null)), [])
  assert.deepEqual(await titles(books().not('id', 'in', '(1,2,3)')), [4, 5, 6])
  assert.deepEqual(await titles(books().match({ id: 4, status: 'available' })), [4])
  assert.deepEqual(await titles(books().filter('published', 'gte', 1974)), [2, 5])
})

test('single and maybeSingle', async () => {
  const none = await visitor.from('books').select().eq('id', 99).single()
  assert.equal(none.error.code, 'PGRST116')
  assert.equal(none.status, 406)
  assert.equal(ok(await visitor.from('books').select().eq('id', 99).maybeSingle()), null)
  const many = await visitor.from('books').select().single()
  assert.equal(many.error.code, 'PGRST116')
})

test('embedding', async () => {
  const rows = ok(await visitor.from('books').select('title, author:authors(name), reviews(stars, readers(display_name))').eq('id', 1))
  assert.equal(rows[0].author.name, 'Ursula K. Le Guin')
  assert.deepEqual(rows[0].reviews.map((r) => [r.stars, r.readers.display_name]).sort(), [[4, 'Ben'], [5, 'Ada']])
  const authors = ok(await visitor.from('authors').select('name, books!inner(id)').eq('books.id', 5))
  assert.deepEqual(authors, [{ name: 'Octavia E. Butler', books: [{ id: 5 }] }])
  const counted = ok(await visitor.from('books').select('id, reviews(count)').eq('id', 1).single())
  assert.deepEqual(counted, { id: 1, reviews: [{ count: 2 }] })
})

test('many to many through a junction', async () => {
  const shelves = ok(await ada.from('shelves').select('name, books(title)'))
  assert.deepEqual(shelves.map((s) => [s.name, s.books.map((b) => b.title).sort()]), [['To read', ['Kindred', 'The Dispossessed']]])
  assert.deepEqual(ok(await visitor.from('shelves').select()), [])
})

test('order, limit and range', async () => {
  const ids = (rows) => rows.map((r) => r.id)
  assert.deepEqual(ids(ok(await visitor.from('books').select('id').order('published', { ascending: false }).limit(2))), [5, 2])
  assert.deepEqual(ids(ok(await visitor.from('books').select('id').order('id').range(1, 3))), [2, 3, 4])
  const embedded = ok(await visitor.from('authors').select('id, books(id)').eq('id', 1).order('id', { referencedTable: 'books', ascending: false }))
  assert.deepEqual(embedded[0].books.map((b) => b.id), [2, 1])
})

test('exact counts, also without rows', async () => {
  const { count, data } = ok(await visitor.from('books').select('id', { count: 'exact' }).limit(2))
  assert.equal(count, 6)
  assert.equal(data.length, 2)
  const head = await visitor.from('books').select('*', { count: 'exact', head: true })
  assert.equal(head.count, 6)
  assert.equal(head.data, null)
})

test('the view runs with its caller\'s rights', async () => {
  const rows = ok(await visitor.from('book_overview').select('*').order('id'))
  assert.equal(rows.length, 6)
  assert.deepEqual(rows[0], { id: 1, title: 'The Left Hand of Darkness', author: 'Ursula K. Le Guin', published: 1969, status: 'available', reviews: 2, rating: 4.5 })
  assert.equal(ok(await staff.from('book_overview').select('id')).length, 7)
})

test('a visitor may not write', async () => {
  const { error, status } = await visitor.from('reviews').insert({ book_id: 2, reader_id: ADA_ID, stars: 1 })
  assert.equal(error.code, '42501')
  assert.equal(error.message, 'new row violates row-level security policy for table "reviews"')
  assert.equal(status, 401)
})

test('insert, update and delete own rows only', async () => {
  const made = ok(await ada.from('reviews').insert({ book_id: 2, stars: 4 }).select().single())
  assert.equal(made.reader_id, ADA_ID)
  assert.match(made.id, /^[0-9a-f-]{36}$/)
  assert.deepEqual(ok(await ben.from('reviews').update({ stars: 1 }).eq('id', made.id).select()), [])
  assert.deepEqual(ok(await ben.from('reviews').delete().eq('id', made.id).select()), [])
  const changed = ok(await ada.from('reviews').update({ stars: 5, body: 'Ambiguous.' }).eq('id', made.id).select('stars, body').single())
  assert.deepEqual(changed, { stars: 5, body: 'Ambiguous.' })
  const forged = await ada.from('reviews').insert({ book_id: 3, stars: 4, reader_id: '22222222-2222-4222-8222-222222222222' })
  assert.equal(forged.error.code, '42501')
  assert.equal(forged.status, 403)
  const twice = await ada.from('reviews').insert({ book_id: 2, stars: 4 })
  assert.equal(twice.error.code, '23505')
  assert.equal(twice.status, 409)
  assert.equal(twice.error.message, 'duplicate key value violates unique constraint "reviews_book_id_reader_id_key"')
  // PostgreSQL tells no values of a table that policies hold.
  assert.equal(twice.error.details, null)
  ok(await ada.from('reviews').delete().eq('id', made.id))
  assert.deepEqual(ok(await ada.from('reviews').select().eq('id', made.id)), [])
})

test('constraint errors', async () => {
  const check = await ada.from('reviews').insert({ book_id: 4, stars: 6 })
  assert.equal(check.error.code, '23514')
  assert.equal(check.error.message, 'new row for relation "reviews" violates check constraint "reviews_stars_check"')
  const missing = await ada.from('reviews').insert({ book_id: 4 })
  assert.equal(missing.error.code, '23502')
  assert.equal(missing.error.message, 'null value in column "stars" of relation "reviews" violates not-null constraint')
  const foreign = await ada.from('reviews').insert({ book_id: 99, stars: 3 })
  assert.equal(foreign.error.code, '23503')
  assert.equal(foreign.error.details, 'Key is not present in table "books".')
  const told = await staff.from('reviews').insert({ book_id: 99, reader_id: ADA_ID, stars: 3 })
  assert.equal(told.error.details, 'Key (book_id)=(99) is not present in table "books".')
  const held = await staff.from('books').delete().eq('id', 1)
  assert.equal(held.error.code, '23503')
  const cast = await visitor.from('books').select().eq('id', 'one')
  assert.equal(cast.error.code, '22P02')
  assert.equal(cast.error.message, 'invalid input syntax for type bigint: "one"')
})

test('bulk insert, upsert and their counts', async () => {
  const made = ok(await ada.from('shelves').insert([{ name: 'Winter' }, { name: 'Summer' }]).select('id, name'))
  assert.deepEqual(made.map((s) => s.name), ['Winter', 'Summer'])
  const merged = ok(await ada.from('shelves').upsert({ owner_id: ADA_ID, name: 'Winter' }, { onConflict: 'owner_id,name' }).select('id'))
  assert.equal(merged[0].id, made[0].id)
  const ignored = ok(await ada.from('shelves').upsert([{ owner_id: ADA_ID, name: 'Winter' }], { onConflict: 'owner_id,name', ignoreDuplicates: true }).select('id'))
  assert.deepEqual(ignored, [])
  const { count } = await ada.from('shelves').delete({ count: 'exact' }).in('id', made.map((s) => s.id))
  assert.equal(count, 2)
})

test('the service role sees what has no policy', async () => {
  assert.equal(ok(await staff.from('deliveries').select('copies, books(title)').order('id')).length, 2)
  assert.deepEqual(ok(await visitor.from('deliveries').select()), [])
})

test('unknown tables, columns and functions', async () => {
  const table = await visitor.from('bookz').select()
  assert.equal(table.error.code, 'PGRST205')
  assert.equal(table.status, 404)
  const column = await visitor.from('books').select('titel')
  assert.equal(column.error.code, '42703')
  const fn = await visitor.rpc('no_such_function')
  assert.equal(fn.error.code, 'PGRST202')
})

test('csv and aborting', async () => {
  const csv = ok(await visitor.from('authors').select('id, name').order('id').limit(1).csv())
  assert.equal(csv, 'id,name\n1,"Ursula K. Le Guin"')
  const stop = new AbortController()
  stop.abort()
  assert.notEqual((await visitor.from('authors').select().abortSignal(stop.signal)).error, null)
})

test('services that do not exist yet say so', async () => {
  const { error } = await visitor.functions.invoke('hello')
  assert.notEqual(error, null)
  const files = await visitor.storage.from('avatars').list()
  assert.notEqual(files.error, null)
})

let failed = 0
for (const [name, fn] of tests) {
  try {
    await fn()
  } catch (error) {
    failed++
    console.log(`FAILED ${name}: ${error.message.slice(0, 800)}\n${(error.stack ?? '').split('\n').filter((l) => l.includes('test.mjs')).slice(0, 2).join('\n')}`)
  }
}
console.log(`${tests.length - failed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
