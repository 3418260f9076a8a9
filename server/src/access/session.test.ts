import { known } from '@candlewatch/core/nth'
import { expect, test } from 'vitest'
import { eventsOf, jsonOf, serving } from '../serving.suite.ts'
import { keyed } from './keyed.suite.ts'

test('signing in sets a cookie that scripts and other sites cannot use and that does not contain the key', async () => {
  const { signIn, texts } = await keyed()
  const { response } = await signIn('read')
  const cookie = response.headers.get('set-cookie')!
  expect(cookie).toMatch(/^cw_session=[0-9a-f]{64}; Max-Age=604800; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Strict$/)
  expect(cookie).not.toContain(texts.read.split('_')[2])
  expect(await jsonOf(response)).toEqual({ keyRequired: true, name: 'the read key', scope: 'read' })
})

test('the cookie permits what its key permits, including the stream, and no more', async () => {
  const { signIn, ask, url } = await keyed()
  const { cookie } = await signIn('read')
  expect((await ask('GET', '/api/bars', null, undefined, { cookie })).status).toBe(200)
  expect((await ask('PUT', '/api/budget', null, { alarmsPerWeek: 2 }, { cookie })).status).toBe(403)
  expect(
    await eventsOf(`${url}/api/stream`, all => all.length > 0, undefined, { cookie: `a=b; ${cookie}` }),
  ).toHaveLength(1)
})

test('signing out removes the cookie and ends its session', async () => {
  const { signIn, ask } = await keyed()
  const { cookie } = await signIn('admin')
  const out = await ask('DELETE', '/api/session', null, undefined, { cookie })
  expect(out.status).toBe(204)
  expect(out.headers.get('set-cookie')).toMatch(/^cw_session=; .*1970/)
  expect(await jsonOf(ask('GET', '/api/bars', null, undefined, { cookie }))).toMatchObject({ code: 'ERR_KEY_REQUIRED' })
})

test('GET /api/session says who is signed in, or that signing in is required', async () => {
  const { signIn, ask } = await keyed()
  const { cookie } = await signIn('ingest')
  const nobody = { keyRequired: true, name: null, scope: null }
  expect(await jsonOf(ask('GET', '/api/session', null))).toEqual(nobody)
  expect(await jsonOf(ask('GET', '/api/session', null, undefined, { cookie }))).toMatchObject({
    name: 'the ingest key',
  })
  expect(await jsonOf(ask('GET', '/api/session', null, undefined, { cookie: 'cw_session=1' }))).toEqual(nobody)
})

test('a form of another site cannot sign in or post with the cookie, because of its origin or content type', async () => {
  const { signIn, ask, url, texts } = await keyed()
  const { cookie } = await signIn('admin')
  for (const origin of ['https://evil.example', 'null', `${url}.evil.example`, url.replace(/\d+$/, '1')]) {
    const refused = { code: 'ERR_ORIGIN_REFUSED' }
    expect(await jsonOf(ask('PUT', '/api/budget', null, { alarmsPerWeek: 5 }, { cookie, origin }))).toMatchObject(
      refused,
    )
    expect(await jsonOf(ask('POST', '/api/session', null, { key: texts.admin }, { origin }))).toMatchObject(refused)
    expect(await jsonOf(ask('DELETE', '/api/session', null, undefined, { cookie, origin }))).toMatchObject(refused)
  }
  const form = { cookie, 'content-type': 'text/plain' }
  expect((await ask('PUT', '/api/budget', null, { alarmsPerWeek: 5 }, form)).status).toBe(415)
  expect((await ask('PUT', '/api/budget', null, { alarmsPerWeek: 5 }, { cookie, origin: url })).status).toBe(200)
})

test('behind a trusted proxy with TLS the cookie is Secure; the same header from any other caller is ignored', async () => {
  const tls = { 'x-forwarded-proto': 'https' }
  for (const [trustProxy, secure] of [
    [['127.0.0.1'], true],
    [[], false],
  ] as const) {
    const { ask, texts } = await keyed({ trustProxy })
    const response = await ask('POST', '/api/session', null, { key: texts.read }, tls)
    expect(response.headers.get('set-cookie')?.includes('; Secure')).toBe(secure)
  }
})

test('over TLS the cookie has the prefix __Host-, and one without it is ignored', async () => {
  const tls = { 'x-forwarded-proto': 'https' }
  const { ask, texts } = await keyed({ trustProxy: ['127.0.0.1'] })
  const response = await ask('POST', '/api/session', null, { key: texts.read }, tls)
  const cookie = known(response.headers.get('set-cookie')?.split(';')[0])
  expect(response.headers.get('set-cookie')).toMatch(
    /^__Host-cw_session=[0-9a-f]{64}; Max-Age=604800; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Strict$/,
  )
  const statusWith = async (text: string, headers: Record<string, string>) =>
    (await ask('GET', '/api/bars', null, undefined, { cookie: text, ...headers })).status
  const plain = cookie.replace('__Host-', '')
  expect(await statusWith(`cw_session=${'0'.repeat(64)}; ${cookie}`, tls)).toBe(200)
  expect(await statusWith(plain, tls)).toBe(401)
  expect(await statusWith(cookie, {})).toBe(401)
  const out = await ask('DELETE', '/api/session', null, undefined, { cookie, ...tls })
  expect(out.headers.get('set-cookie')).toMatch(/^__Host-cw_session=; Path=\/; Expires=[^;]*1970/)
})

test.each([{}, { key: 7 }, { key: 'x'.repeat(201) }, [], 'cw_'])('a body like %j is refused', async body => {
  const { ask } = await keyed()
  expect((await ask('POST', '/api/session', null, body)).status).toBe(400)
})

test('where no key is required, signing in is refused', async () => {
  const { get, send } = await serving()
  expect(await jsonOf(get('/api/session'))).toEqual({ keyRequired: false, name: null, scope: null })
  expect((await send('POST', '/api/session', { key: 'cw_' })).status).toBe(404)
})
