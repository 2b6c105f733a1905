// Serves this folder and the supabase-js bundle from node_modules on port 3000.
import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'

const files = {
  '/': ['index.html', 'text/html; charset=utf-8'],
  '/app.js': ['app.js', 'text/javascript; charset=utf-8'],
  '/supabase.js': ['node_modules/@supabase/supabase-js/dist/umd/supabase.js', 'text/javascript; charset=utf-8'],
}
const port = Number(process.env.PORT ?? 3000)

createServer(async (request, response) => {
  const file = files[new URL(request.url, 'http://localhost').pathname]
  if (!file) return response.writeHead(404).end('not found\n')
  try {
    const body = await readFile(new URL(file[0], import.meta.url))
    response.writeHead(200, { 'content-type': file[1] }).end(body)
  } catch {
    response.writeHead(500).end(`${file[0]} is missing: run npm install first\n`)
  }
}).listen(port, '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`))
