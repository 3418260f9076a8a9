import { request } from 'node:http'
import { gzipSync } from 'node:zlib'
import { memoryStore } from '@candlewatch/adapters/stores/memory/store'
import type { Route } from '@candlewatch/api/route'
import { routes } from '@candlewatch/api/routes'
import { CandlewatchError } from '@candlewatch/core/errors'
import { expect, onTestFinished, test } from 'vitest'
import { keyed } from '../access/keyed.suite.ts'
import { fileOf, linesFrom } from '../imports/files.suite.ts'
import { barAt, btc, rowAt, serving } from '../serving.suite.ts'
import { mismatch, undocumented } from './document.suite.ts'

const every = Object.entries<Route>(routes)

interface Sent {
  readonly status: number
  readonly type: string | null
  readonly text: string
}

/** Sends a request as it is, with a Host of its own if it names one; fetch would correct it. */
function sent(url: string, method: string, path: string, headers: Record<string, string>, body?: string | Buffer) {
  return new Promise<Sent>((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) }
    const call = request(`${url}${path}`, { method, headers: { ...headers, ...length } }, response => {
      const type = response.headers['content-type']?.replace(/;.*/, '') ?? null
      let text = ''
      const end = () => resolve({ status: response.statusCode ?? 0, type, text })
      // A stream of events does not end.
      if (type === 'text/event-stream') {
        call.destroy()
        end()
        return
      }
      response
        .setEncoding('utf8')
        .on('data', piece => (text += piece))
        .on('end', end)
      response.on('error', reject)
    })
    call.setTimeout(10_000, () => call.destroy(new Error(`no answer to ${method} ${path}`)))
    call.on('error', reject).end(body)
  })
}

const json = { 'content-type': 'application/json' }
const csv = { 'content-type': 'text/csv' }

/** Requests that a route refuses, and some that it may answer. */
function attacks({ method, body, bodyType, path, query }: Route) {
  const good = bodyType ? csv : body ? json : {}
  const real = path.replaceAll(/:\w+/g, 'none')
  const text = bodyType ? 'a,b\n' : body ? '{}' : undefined
  return [
    ['nothing special', real, good, text],
    ['a long address', `${real}?x=${'a'.repeat(3_000)}`, good, text],
    ['a broken path', path.replaceAll(/:\w+/g, '%E0%A4%A'), good, text],
    ['an unknown path', path.replaceAll(/:\w+/g, '%00'), good, text],
    ['another host', real, { ...good, host: 'evil.example' }, text],
    ['another origin', real, { ...good, origin: 'https://evil.example' }, text],
    ['another site', real, { ...good, 'sec-fetch-site': 'cross-site' }, text],
    ['an expectation', real, { ...good, expect: 'tea' }, text],
    ['a range', real, { ...good, range: 'bytes=9-1' }, text],
    ['another answer', real, { ...good, accept: 'image/png' }, text],
    ...(query ? [['a wrong query', `${real}?market=x&interval=0&limit=-1&alarmsPerWeek=x`, good, text] as const] : []),
    ...(body
      ? ([
          ['another type', real, { 'content-type': 'text/plain' }, 'x'],
          ['no type', real, {}, 'x'],
          ['another charset', real, { 'content-type': 'application/json; charset=latin1' }, '{}'],
          ['an empty body', real, good, ''],
          ['a broken body', real, good, '{'],
          ['null', real, good, 'null'],
          ['an array', real, good, '[]'],
          ['an unknown compression', real, { ...good, 'content-encoding': 'zip' }, '{}'],
          ['a broken compression', real, { ...good, 'content-encoding': 'gzip' }, '{}'],
          ['a bomb', real, { ...good, 'content-encoding': 'gzip' }, gzipSync(Buffer.alloc(8 * 2 ** 20))],
          ['a large body', real, good, ' '.repeat(5 * 2 ** 20)],
        ] as const)
      : [['a body that is not expected', real, json, method === 'GET' ? undefined : '{'] as const]),
  ] as readonly (readonly [what: string, path: string, headers: Record<string, string>, body?: string | Buffer])[]
}

async function differences(url: string, key: Record<string, string>) {
  const found: string[] = []
  for (const [name, route] of every) {
    for (const [what, path, headers, body] of attacks(route)) {
      const { status, type, text } = await sent(url, route.method, path, { ...headers, ...key }, body)
      const isJson = /json$/.test(type ?? '')
      const difference = undocumented(name, status, type, isJson ? JSON.parse(text) : text)
      if (difference !== null) found.push(`${what}: ${difference}`)
    }
  }
  return found
}

test('what a server without keys answers to requests of all kinds is documented', async () => {
  const { url } = await serving()
  expect(await differences(url, {})).toEqual([])
})

test.each(['none', 'wrong', 'read', 'admin'] as const)(
  'what a server with keys answers to requests of all kinds is documented (key: %s)',
  async scope => {
    const { url, texts } = await keyed()
    const text = scope === 'none' || scope === 'wrong' ? 'cw_' : texts[scope]
    expect(await differences(url, scope === 'none' ? {} : { authorization: `Bearer ${text}` })).toEqual([])
  },
)

/** Bodies and queries that are accepted. */
const bodies: Readonly<Record<string, unknown>> = {
  'POST /predict_anomaly': rowAt(1),
  'POST /api/labels': { date: rowAt(0).date, mark: 'missed' },
  'PUT /api/budget': { alarmsPerWeek: 3 },
  'POST /api/corrections': { ...rowAt(0), volume: 9, reason: 'wrong' },
  'POST /api/what-if': { close: 36_000 },
  'POST /api/replays': { source: { kind: 'csv', name: 'rows.csv' }, from: rowAt(0).date, to: rowAt(9).date },
  'PATCH /api/replays/:id': { state: 'paused' },
}
const queries: Readonly<Record<string, string>> = {
  'GET /api/rehearsal': '?alarmsPerWeek=2',
  'DELETE /api/bars': `?date=${rowAt(0).date}&reason=wrong`,
}

/** What a call of a store returns that fails, whether rows or one answer are expected. */
function failing(error: Error) {
  const rows = { next: () => Promise.reject(error) }
  const promise = Promise.reject(error)
  promise.catch(() => undefined)
  return Object.assign(promise, { [Symbol.asyncIterator]: () => rows })
}

test.each(['ERR_DATABASE_REFUSED', 'ERR_DATABASE_UNREACHABLE'] as const)(
  'what a server answers while every call of its database fails with %s is documented, and is never 500',
  async code => {
    const store = memoryStore()
    const { url } = await serving({ store })
    const working = { ...store }
    onTestFinished(() => void Object.assign(store, working))
    for (const [name, call] of Object.entries(store)) {
      if (typeof call !== 'function' || name === 'close') continue
      Object.assign(store, { [name]: () => failing(new CandlewatchError(code, 'a read-only database')) })
    }
    const found: string[] = []
    const codes: Record<string, unknown> = {}
    for (const [name, route] of every) {
      const [headers, body] = route.bodyType
        ? [csv, fileOf(linesFrom(0, 3))]
        : route.body
          ? [json, JSON.stringify(bodies[name] ?? {})]
          : [{}, undefined]
      const path = `${route.path.replaceAll(/:\w+/g, 'fake@1')}${queries[name] ?? ''}`
      const { status, type, text } = await sent(url, route.method, path, headers, body)
      const answer: unknown = /json$/.test(type ?? '') ? JSON.parse(text) : text
      const difference = undocumented(name, status, type, answer)
      if (difference !== null || status === 500) found.push(`${difference} ${status} ${text}`)
      codes[name] = (answer as { readonly code?: string }).code
    }
    expect(found).toEqual([])
    expect(codes).toMatchObject({
      'POST /predict_anomaly': expect.stringMatching(/^ERR_(NOT_STORED|DATABASE_\w+)$/),
      'POST /api/labels': code,
      'PUT /api/budget': code,
      'POST /api/replays': code,
      'POST /api/imports': code,
      'GET /api/bars.csv': code,
      'POST /api/models/:id/promote': code,
    })
  },
)

test('a feed without a bar and one with faults fit their schema in the document', async () => {
  const { url, post, feeds } = await serving()
  feeds.refused(btc, barAt(0).ts, new CandlewatchError('ERR_BAR_LATE', 'late'))
  const answered = async () => (await (await fetch(`${url}/api/feeds`)).json()) as { readonly feeds: readonly object[] }
  const empty = await answered()
  expect(empty.feeds[0]).toMatchObject({ lastBar: null, dueAt: null, usualLatenessMs: null, last: { gap: null } })
  await post({ ...barAt(0), date: '2021-01-01', interval: '1h' })
  for (const one of [...empty.feeds, ...(await answered()).feeds]) {
    expect(mismatch({ $ref: '#/components/schemas/Feed' }, one, '')).toBeNull()
    expect(mismatch({ $ref: '#/components/schemas/Feed' }, { ...one, lastBar: 7 }, '')).toContain('lastBar')
  }
})
