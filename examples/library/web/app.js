// The page talks to the data API with an unmodified supabase-js. What it may
// see and change is decided by the policies in supabase/migrations.
const query = new URLSearchParams(location.search)
const url = query.get('url') ?? 'http://127.0.0.1:54321'
const key = query.get('key') ?? 'sb_publishable_ACJWlzQHlZjBrEguHvfOxg_3BJgxAaH'

const $ = (id) => document.getElementById(id)
const say = (text) => ($('message').textContent = text)

let client = window.supabase.createClient(url, key)

function actAs(token) {
  client = window.supabase.createClient(url, key, token ? { accessToken: async () => token } : {})
  return Promise.all([showBooks(), showShelves()])
}

async function showBooks() {
  const { data, error } = await client.from('book_overview').select('*').order('title')
  if (error) return say(error.message)
  $('books').replaceChildren(...data.map(bookRow))
}

function bookRow(book) {
  const row = document.createElement('tr')
  for (const text of [book.title, book.author, book.rating ?? '–', book.reviews]) {
    row.append(Object.assign(document.createElement('td'), { textContent: text }))
  }
  const review = Object.assign(document.createElement('button'), { textContent: '5 stars' })
  review.onclick = () => addReview(book.id)
  row.append(Object.assign(document.createElement('td')), review)
  return row
}

async function addReview(book_id) {
  const { error } = await client.from('reviews').insert({ book_id, stars: 5 })
  say(error ? error.message : 'Thank you.')
  await showBooks()
}

async function showShelves() {
  const { data, error } = await client.from('shelves').select('name, books(title, authors(name))').order('name')
  if (error) return say(error.message)
  const lines = data.flatMap((shelf) =>
    shelf.books.map((book) => `${shelf.name}: ${book.title} (${book.authors.name})`))
  $('shelves').replaceChildren(
    ...lines.map((text) => Object.assign(document.createElement('li'), { textContent: text })))
}

$('use').onclick = () => actAs($('token').value.trim()).then(() => say(''))
actAs('')
