import fc from 'fast-check'
import { shapes } from './rows.ts'

/** What is to be sent, relative to what was taken so far: so it can be made from a seed, and made smaller. */
export type Plan =
  | {
      readonly kind: 'next'
      readonly stream: number
      readonly count: number
      readonly gap: number
      readonly shape: (typeof shapes)[number]
    }
  | {
      readonly kind: 'again'
      readonly stream: number
      readonly back: number
      readonly count: number
      readonly more: number
    }
  | { readonly kind: 'conflict' | 'late' | 'swapped'; readonly stream: number; readonly back: number }
  | {
      readonly kind: 'correct'
      readonly stream: number
      readonly back: number
      readonly factor: number
      readonly known: boolean
    }
  | {
      readonly kind: 'mutated'
      readonly stream: number
      readonly ahead: number
      readonly field: string
      readonly value: string | null
      readonly alone: boolean
    }
  | {
      readonly kind: 'odd'
      readonly method: string
      readonly path: string
      readonly query: string
      readonly headers: Readonly<Record<string, string>>
      readonly body: string | null
    }
  | { readonly kind: 'cut'; readonly stream: number; readonly share: number; readonly path: string }
  | { readonly kind: 'bytes'; readonly head: string; readonly bytes: Uint8Array }

const stream = fc.nat({ max: 2 })
const back = fc.nat({ max: 60 })
const shape = fc.oneof(
  { weight: 30, arbitrary: fc.constant('usual' as const) },
  { weight: 6, arbitrary: fc.constantFrom(...shapes) },
)
const count = fc.oneof(
  { weight: 90, arbitrary: fc.integer({ min: 1, max: 3 }) },
  { weight: 9, arbitrary: fc.integer({ min: 0, max: 12 }) },
  { weight: 1, arbitrary: fc.integer({ min: 0, max: 200 }) },
)
const gap = fc.oneof(
  { weight: 20, arbitrary: fc.constant(0) },
  { weight: 1, arbitrary: fc.integer({ min: 1, max: 200 }) },
)

/** Half a letter cannot be written in an address. */
const encoded = (it: string) => encodeURIComponent(it.replace(/\p{Surrogate}/gu, '?'))

const sql = ["'; drop table bars; --", "1' or '1'='1", '$1', '%s', '\\', '"', "x'); select pg_sleep(5); --"]
const text = fc.oneof(
  fc.constantFrom(
    ...sql,
    '',
    '\0',
    'NaN',
    'Infinity',
    '-1',
    '1e400',
    '../../etc/passwd',
    '{{7*7}}',
    '<script>',
    'a:b',
    'A:B/C',
    '1h',
    '7d',
    '8d',
    '0m',
    '999999d',
  ),
  fc.constantFrom(
    '2021-05-19T12:00:00Z',
    '2021-02-30',
    '0099-01-01',
    '9999-12-31T23:59:59Z',
    '1969-12-31',
    '2021-05-19T12:00:00+14:00',
    '2001-01-03',
  ),
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
)
const nested = fc
  .tuple(fc.constantFrom('[', '{"a":'), fc.constantFrom(3, 50, 2_000, 50_000))
  .map(([open, deep]) => open.repeat(deep) + (open === '[' ? '' : '1') + (open === '[' ? ']' : '}').repeat(deep))
/** JSON as it is written: numbers that no double holds, too. */
const value = fc.oneof(
  { weight: 4, arbitrary: fc.double().map(x => (Number.isFinite(x) ? JSON.stringify(x) : '1e999')) },
  {
    weight: 2,
    arbitrary: fc.constantFrom(
      '0',
      '-0',
      '1e-400',
      '5e-324',
      '1.7976931348623157e308',
      '-1',
      '1e15',
      '1e-12',
      '9007199254740993',
      '1e999',
      'null',
      'true',
      '[]',
      '{}',
      '{"__proto__":{"high":1}}',
    ),
  },
  { weight: 3, arbitrary: text.map(it => JSON.stringify(it)) },
  { weight: 1, arbitrary: fc.json({ maxDepth: 4 }) },
  { weight: 1, arbitrary: nested },
)
const field = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('date', 'open', 'high', 'low', 'close', 'volume', 'market', 'interval') },
  {
    weight: 2,
    arbitrary: fc.constantFrom('__proto__', 'constructor', 'toString', 'VolumeBTC', 'Volume BTC', 'reason', 'length'),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 20 }) },
)

// Not /api/models/retrain: a training is minutes of work.
const paths = [
  ...[
    '/predict_anomaly',
    '/api/bars',
    '/api/verdicts',
    '/api/episodes',
    '/api/forecasts',
    '/api/markets',
    '/api/models',
  ],
  ...[
    '/api/corrections',
    '/api/labels',
    '/api/feeds',
    '/api/budget',
    '/api/rehearsal',
    '/api/replays',
    '/api/replays/x',
  ],
  ...[
    '/healthz',
    '/readyz',
    '/metrics',
    '/openapi.json',
    '/docs/',
    '/docs/swagger-ui.css',
    '/api/session',
    '/api/stream',
    '/api/models/nothing/rollback',
    '/api/models/none@1/promote',
    '/nothing',
  ],
]
const path = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom(...paths) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(fc.constantFrom('/', '/api/', '/api/replays/', '/assets/', '/docs/'), text)
      .map(([a, b]) => a + encoded(b)),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '/%',
      '/api/replays/%zz',
      '/%00',
      '//x',
      '/..%2f..%2fpackage.json',
      '/assets/%2e%2e/%2e%2e/x',
      '/*',
    ),
  },
)
const parameter = fc.tuple(
  fc.constantFrom(
    'market',
    'interval',
    'from',
    'to',
    'limit',
    'cursor',
    'points',
    'alarmsPerWeek',
    'lastEventId',
    'format',
    '__proto__',
    'market[]',
    'limit[a]',
  ),
  fc.oneof(
    text,
    fc.constantFrom(
      'bitstamp:BTC-USD',
      '1h',
      '0',
      '1',
      '10000',
      '10001',
      '1.5',
      '-1',
      'YmVmb3JlOjk5OTk5OTk5OTk5OTk5OTk',
    ),
  ),
)
const query = fc.oneof(
  {
    weight: 5,
    arbitrary: fc
      .array(parameter, { maxLength: 4 })
      .map(all => all.map(([name, it]) => `${name}=${encoded(it)}`).join('&')),
  },
  { weight: 1, arbitrary: fc.constantFrom('%', '%zz', '&&&', '=', 'limit', 'limit=1&limit=2', 'a'.repeat(3_000)) },
)
const visible = fc.string({ maxLength: 150 })
const headers = fc.dictionary(
  fc.constantFrom(
    'x-request-id',
    'accept',
    'content-type',
    'content-encoding',
    'last-event-id',
    'range',
    'if-match',
    'if-none-match',
    'if-modified-since',
    'origin',
    'authorization',
    'cookie',
    'x-forwarded-for',
    'accept-encoding',
    'transfer-encoding-x',
    'via',
  ),
  fc.oneof(
    visible,
    fc.constantFrom(
      'application/json',
      'text/plain',
      'application/json; charset=utf-7',
      'gzip',
      'br',
      'bytes=99999999-',
      'bytes=0-0,5-9',
      '*',
      '"x"',
      'text/csv',
      '1',
      '99999999999999999',
      'Bearer x',
      'null',
      'http://127.0.0.1',
    ),
  ),
  { maxKeys: 3 },
)
const body = fc.oneof(
  { weight: 2, arbitrary: fc.constant(null) },
  { weight: 3, arbitrary: value },
  {
    weight: 3,
    arbitrary: fc
      .array(
        fc.tuple(
          fc.oneof(field, fc.constantFrom('mark', 'note', 'alarmsPerWeek', 'source', 'state', 'everyMs', 'from', 'to')),
          value,
        ),
        { maxLength: 8 },
      )
      .map(all => `{${all.map(([name, it]) => `${JSON.stringify(name)}:${it}`).join(',')}}`),
  },
  { weight: 2, arbitrary: fc.string({ maxLength: 80 }) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(
      '',
      '[',
      '[]',
      '{',
      '{"a":1,}',
      '[{}]',
      '\u{feff}{}',
      `[${'{},'.repeat(300)}{}]`,
      `[${'1,'.repeat(10_000)}1]`,
      `"${'x'.repeat(4_300_000)}"`,
      '{"alarmsPerWeek":2,"note":"\\u0000"}',
      '{"alarmsPerWeek":3}',
    ),
  },
)
const method = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('GET', 'POST') },
  { weight: 2, arbitrary: fc.constantFrom('PUT', 'PATCH', 'DELETE', 'OPTIONS', 'HEAD') },
  { weight: 1, arbitrary: fc.constantFrom('TRACE', 'PROPFIND', 'SEARCH', 'PURGE', 'LINK', 'QUERY') },
)
const json: fc.Arbitrary<Readonly<Record<string, string>>> = fc.constant({ 'content-type': 'application/json' })
const written = fc.constantFrom(
  '/predict_anomaly',
  '/api/corrections',
  '/api/labels',
  '/api/budget',
  '/api/replays',
  '/api/replays/x',
)
const requestHeads = [
  '',
  'GET / HTTP/1.1\r\nHost: localhost\r\n',
  'POST /predict_anomaly HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
  'GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n',
]

export const plan: fc.Arbitrary<Plan> = fc.oneof(
  { weight: 340, arbitrary: fc.record({ kind: fc.constant('next' as const), stream, count, gap, shape }) },
  {
    weight: 90,
    arbitrary: fc.record({ kind: fc.constant('again' as const), stream, back, count, more: fc.nat({ max: 2 }) }),
  },
  {
    weight: 60,
    arbitrary: fc.record({
      kind: fc.constantFrom('conflict' as const, 'late' as const, 'swapped' as const),
      stream,
      back,
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('correct' as const),
      stream,
      back,
      factor: fc.double({ min: 0.5, max: 2, noNaN: true }),
      known: fc.boolean(),
    }),
  },
  {
    weight: 220,
    arbitrary: fc.record({
      kind: fc.constant('mutated' as const),
      stream,
      ahead: fc.oneof(fc.constant(0), fc.nat({ max: 5 })),
      field,
      value: fc.option(value, { freq: 5 }),
      alone: fc.boolean(),
    }),
  },
  { weight: 120, arbitrary: fc.record({ kind: fc.constant('odd' as const), method, path, query, headers, body }) },
  {
    weight: 60,
    arbitrary: fc.record({
      kind: fc.constant('odd' as const),
      method: fc.constantFrom('POST', 'PUT', 'PATCH'),
      path: written,
      query: fc.constant(''),
      headers: json,
      body,
    }),
  },
  {
    weight: 90,
    arbitrary: fc.record({
      kind: fc.constant('odd' as const),
      method: fc.constant('GET'),
      path: fc.constantFrom(...paths),
      query,
      headers: fc.constant({}),
      body: fc.constant(null),
    }),
  },
  {
    weight: 12,
    arbitrary: fc.record({
      kind: fc.constant('cut' as const),
      stream,
      share: fc.double({ min: 0, max: 0.99, noNaN: true }),
      path: fc.constantFrom('/predict_anomaly', '/predict_anomaly', '/api/corrections', '/api/stream'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      kind: fc.constant('bytes' as const),
      head: fc.constantFrom(...requestHeads),
      bytes: fc.uint8Array({ maxLength: 300 }),
    }),
  },
)
