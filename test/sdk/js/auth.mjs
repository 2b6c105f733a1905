// supabase.auth of an unmodified supabase-js: URL, ANON_KEY, SECRET_KEY, MAIL.
// Ends with `N passed, N failed`.
import assert from 'node:assert/strict'
import { createHmac } from 'node:crypto'
import { createClient } from '@supabase/supabase-js'

const env = process.env
const store = () => {
  const items = new Map()
  return { getItem: (k) => items.get(k) ?? null, setItem: (k, v) => void items.set(k, v), removeItem: (k) => void items.delete(k) }
}
const client = (auth = {}) => createClient(env.URL, env.ANON_KEY, { auth: { autoRefreshToken: false, storage: store(), ...auth } })
const staff = createClient(env.URL, env.SECRET_KEY, { auth: { persistSession: false, autoRefreshToken: false } })
const tests = []
const test = (name, fn) => tests.push([name, fn])
const ok = ({ data, error }) => {
  assert.equal(error, null, error && `${error.code} ${error.message}`)
  return data
}
const mail = async (to, count = 1) => {
  for (let i = 0; i < 200; i++) {
    const found = await (await fetch(`${env.MAIL}/api/v1/search?query=${encodeURIComponent('to:' + to)}`)).json()
    if (found.messages.length >= count) {
      const m = await (await fetch(`${env.MAIL}/api/v1/message/${found.messages[0].ID}`)).json()
      const link = m.HTML.match(/href="([^"]+)"/)?.[1].replaceAll('&amp;', '&')
      return { link, code: m.HTML.replace(/<[^>]+>/g, ' ').replace(/https?:\S+/g, '').match(/\b\d{6}\b/)?.[0] }
    }
    await new Promise((done) => setTimeout(done, 50))
  }
  throw new Error('no mail to ' + to)
}
const where = async (link) => (await fetch(link, { redirect: 'manual' })).headers.get('location')
const totp = (secret) => {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('')
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)))
  const step = Buffer.alloc(8)
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30000)))
  const digest = createHmac('sha1', key).update(step).digest()
  const at = digest[19] & 15
  return String((digest.readUInt32BE(at) & 0x7fffffff) % 1000000).padStart(6, '0')
}
const password = 'correct horse'

test('signUp, the mailed code, a session, rows of one\'s own', async () => {
  const sb = client()
  const events = []
  sb.auth.onAuthStateChange((event) => events.push(event))
  const made = ok(await sb.auth.signUp({ email: 'js@example.org', password, options: { data: { name: 'Js' } } }))
  assert.equal(made.session, null)
  assert.equal(made.user.user_metadata.name, 'Js')
  const { code } = await mail('js@example.org')
  const { session, user } = ok(await sb.auth.verifyOtp({ email: 'js@example.org', token: code, type: 'signup' }))
  assert.equal(user.email, 'js@example.org')
  assert.equal((await sb.auth.getSession()).data.session.access_token, session.access_token)
  assert.equal(ok(await sb.auth.getUser()).user.id, user.id)
  assert.equal(ok(await sb.auth.getClaims()).claims.sub, user.id)
  ok(await sb.from('notes').insert({ text: 'mine' }))
  assert.deepEqual(ok(await sb.from('notes').select('text, owner')), [{ text: 'mine', owner: user.id }])
  assert.deepEqual(ok(await client().from('notes').select('text')), [])
  ok(await sb.auth.signOut())
  assert.equal((await sb.auth.getSession()).data.session, null)
  await new Promise((done) => setTimeout(done, 20))
  assert.ok(events.includes('SIGNED_IN') && events.includes('SIGNED_OUT'), events.join())
})

test('signInWithPassword, refreshSession, setSession', async () => {
  const sb = client()
  const { error } = await sb.auth.signInWithPassword({ email: 'js@example.org', password: 'wrong' })
  assert.deepEqual([error.status, error.code, error.message], [400, 'invalid_credentials', 'Invalid login credentials'])
  const { session } = ok(await sb.auth.signInWithPassword({ email: 'js@example.org', password }))
  const next = ok(await sb.auth.refreshSession()).session
  assert.notEqual(next.refresh_token, session.refresh_token)
  const other = client()
  ok(await other.auth.setSession({ access_token: next.access_token, refresh_token: next.refresh_token }))
  assert.equal(ok(await other.auth.getUser()).user.email, 'js@example.org')
  ok(await sb.auth.signOut({ scope: 'others' }))
  assert.equal(ok(await sb.auth.getUser()).user.email, 'js@example.org')
})

test('a weak password is an AuthWeakPasswordError', async () => {
  const { error } = await client().auth.signUp({ email: 'weak@example.org', password: 'abc' })
  assert.equal(error.name, 'AuthWeakPasswordError')
  assert.deepEqual(error.reasons, ['length'])
})

test('the PKCE flow: exchangeCodeForSession', async () => {
  const sb = client({ flowType: 'pkce' })
  ok(await sb.auth.signInWithOtp({ email: 'js@example.org', options: { emailRedirectTo: 'http://127.0.0.1:3000/in' } }))
  const location = await where((await mail('js@example.org', 2)).link)
  assert.ok(location.startsWith('http://127.0.0.1:3000/in?code='), location)
  const { session } = ok(await sb.auth.exchangeCodeForSession(new URL(location).searchParams.get('code')))
  assert.equal(session.user.email, 'js@example.org')
})

test('resetPasswordForEmail and updateUser', async () => {
  const sb = client()
  ok(await sb.auth.resetPasswordForEmail('js@example.org'))
  const location = await where((await mail('js@example.org', 3)).link)
  const hash = new URLSearchParams(new URL(location).hash.slice(1))
  ok(await sb.auth.setSession({ access_token: hash.get('access_token'), refresh_token: hash.get('refresh_token') }))
  const { user } = ok(await sb.auth.updateUser({ password: 'another horse', data: { lang: 'en' } }))
  assert.equal(user.user_metadata.lang, 'en')
  ok(await client().auth.signInWithPassword({ email: 'js@example.org', password: 'another horse' }))
})

test('verifyOtp by token_hash; resend; reauthenticate', async () => {
  const sb = client()
  ok(await sb.auth.signUp({ email: 'again@example.org', password }))
  ok(await sb.auth.resend({ type: 'signup', email: 'again@example.org' }))
  const token_hash = new URL((await mail('again@example.org', 2)).link).searchParams.get('token')
  ok(await sb.auth.verifyOtp({ token_hash, type: 'email' }))
  ok(await sb.auth.reauthenticate())
  const nonce = (await mail('again@example.org', 3)).code
  ok(await sb.auth.updateUser({ password: 'third horse', nonce }))
})

test('signInAnonymously', async () => {
  const { user, session } = ok(await client().auth.signInAnonymously())
  assert.equal(user.is_anonymous, true)
  assert.ok(session.access_token)
})

test('mfa: enroll, challengeAndVerify, levels, listFactors, unenroll', async () => {
  const sb = client()
  ok(await sb.auth.signInWithPassword({ email: 'again@example.org', password: 'third horse' }))
  const factor = ok(await sb.auth.mfa.enroll({ factorType: 'totp', friendlyName: 'app' }))
  assert.ok(factor.totp.qr_code.startsWith('data:image/svg+xml;utf-8,<svg'))
  ok(await sb.auth.mfa.challengeAndVerify({ factorId: factor.id, code: totp(factor.totp.secret) }))
  const level = ok(await sb.auth.mfa.getAuthenticatorAssuranceLevel())
  assert.deepEqual([level.currentLevel, level.nextLevel], ['aal2', 'aal2'])
  assert.equal(ok(await sb.auth.mfa.listFactors()).totp.length, 1)
  const low = client()
  ok(await low.auth.signInWithPassword({ email: 'again@example.org', password: 'third horse' }))
  assert.deepEqual(Object.values(ok(await low.auth.mfa.getAuthenticatorAssuranceLevel())).slice(0, 2), ['aal1', 'aal2'])
  ok(await sb.auth.mfa.unenroll({ factorId: factor.id }))
})

test('the admin API', async () => {
  const { user } = ok(await staff.auth.admin.createUser({ email: 'made@example.org', password, email_confirm: true, user_metadata: { a: 1 } }))
  assert.equal(ok(await staff.auth.admin.getUserById(user.id)).user.email, 'made@example.org')
  const list = ok(await staff.auth.admin.listUsers({ page: 1, perPage: 2 }))
  assert.equal(list.users.length, 2)
  assert.ok(list.total >= 3 && list.nextPage === 2, JSON.stringify({ ...list, users: 0 }))
  assert.equal(ok(await staff.auth.admin.updateUserById(user.id, { app_metadata: { role: 'editor' } })).user.app_metadata.role, 'editor')
  const link = ok(await staff.auth.admin.generateLink({ type: 'magiclink', email: 'made@example.org' }))
  ok(await client().auth.verifyOtp({ token_hash: link.properties.hashed_token, type: 'magiclink' }))
  ok(await staff.auth.admin.inviteUserByEmail('guest@example.org', { data: { team: 'x' } }))
  const { session } = ok(await client().auth.signInWithPassword({ email: 'made@example.org', password }))
  ok(await staff.auth.admin.signOut(session.access_token))
  ok(await staff.auth.admin.deleteUser(user.id))
  assert.equal((await staff.auth.admin.getUserById(user.id)).error.code, 'user_not_found')
  const { error } = await client().auth.admin.listUsers()
  assert.equal(error.code, 'not_admin')
})

let failed = 0
for (const [name, fn] of tests) {
  try {
    await fn()
  } catch (error) {
    failed++
    console.log(`FAILED ${name}: ${error.message.slice(0, 800)}\n${(error.stack ?? '').split('\n').filter((l) => l.includes('auth.mjs')).slice(0, 3).join('\n')}`)
  }
}
console.log(`${tests.length - failed} passed, ${failed} failed`)
process.exit(failed ? 1 : 0)
