import fc from 'fast-check'
import { field, listed, text, value, weighted } from './values.ts'

/** Half of a surrogate pair cannot be written in an address. */
const encoded = (it: string) => encodeURIComponent(it.replace(/\p{Surrogate}/gu, '?'))

// Not /api/models/retrain: a training is minutes of work.
const paths =
  listed(`/predict_anomaly /api/bars /api/verdicts /api/episodes /api/faults /api/forecasts /api/markets /api/models
  /api/corrections /api/labels /api/feeds /api/budget /api/rehearsal /api/replays /api/replays/x /api/stream /api/session
  /api/models/nothing/rollback /api/models/none@1/promote /healthz /readyz /metrics /openapi.json /docs/
  /docs/swagger-ui.css /nothing /api/imports /api/imports/x /api/coverage /api/bars.csv`)
const path = fc.oneof(
  weighted(8, paths),
  weighted(
    1,
    fc.tuple(listed('/ /api/ /api/replays/ /assets/ /docs/'), text).map(([a, b]) => `${a}x${encoded(b)}`),
  ),
  weighted(1, listed('/% /api/replays/%zz /%00 //x /..%2f..%2fpackage.json /assets/%2e%2e/%2e%2e/x /*')),
)

const parameter = fc
  .tuple(
    listed(
      'market interval from to limit cursor points alarmsPerWeek lastEventId format gaps check name verdicts __proto__ market[] limit[a]',
    ),
    fc.oneof(text, listed('bitstamp:BTC-USD 1h 0 1 10000 10001 1.5 -1 YmVmb3JlOjk5OTk5OTk5OTk5OTk5OTk')),
  )
  .map(([name, it]) => `${name}=${encoded(it)}`)
const query = fc.oneof(
  weighted(
    5,
    fc.array(parameter, { maxLength: 4 }).map(all => all.join('&')),
  ),
  weighted(1, fc.constantFrom('%', '%zz', '&&&', '=', 'limit', 'limit=1&limit=2', 'a'.repeat(3_000))),
)

const headers: fc.Arbitrary<Readonly<Record<string, string>>> = fc.dictionary(
  listed(`x-request-id accept content-type content-encoding last-event-id range if-match if-none-match if-modified-since
    origin authorization cookie x-forwarded-for accept-encoding via`),
  fc.oneof(
    fc.string({ maxLength: 150 }),
    fc.constantFrom('application/json', 'text/plain', 'application/json; charset=utf-7', 'gzip', 'br', 'text/csv'),
    fc.constantFrom('bytes=99999999-', 'bytes=0-0,5-9', '*', '"x"', '1', '99999999999999999', 'Bearer x', 'null'),
    fc.constant('http://127.0.0.1'),
  ),
  { maxKeys: 3 },
)

const key = fc.oneof(field, listed('mark note alarmsPerWeek source state everyMs from to'))
const object = fc
  .array(fc.tuple(key, value), { maxLength: 8 })
  .map(all => `{${all.map(([name, it]) => `${JSON.stringify(name)}:${it}`).join(',')}}`)
const body = fc.oneof(
  weighted(2, fc.constant(null)),
  weighted(3, value),
  weighted(3, object),
  weighted(2, fc.string({ maxLength: 80 })),
  weighted(1, fc.constantFrom('', '[', '[]', '{', '{"a":1,}', '[{}]', '\u{feff}{}', `[${'{},'.repeat(300)}{}]`)),
  weighted(1, fc.constantFrom('{"alarmsPerWeek":2,"note":"\\u0000"}', '{"alarmsPerWeek":3}', '{"alarmsPerWeek":1}')),
  weighted(1, fc.constantFrom(`[${'1,'.repeat(10_000)}1]`, `"${'x'.repeat(4_300_000)}"`)),
)

const method = fc.oneof(
  weighted(6, listed('GET POST')),
  weighted(2, listed('PUT PATCH DELETE OPTIONS HEAD')),
  weighted(1, listed('TRACE PROPFIND SEARCH PURGE LINK QUERY')),
)

const kind = fc.constant('odd' as const)
const json: typeof headers = fc.constant({ 'content-type': 'application/json' })
const written = listed(
  '/predict_anomaly /api/corrections /api/labels /api/budget /api/replays /api/replays/x /api/session',
)

/** Any call in any form, except rows that could be accepted. */
export const odd = fc.oneof(
  weighted(4, fc.record({ kind, method, path, query, headers, body })),
  weighted(
    2,
    fc.record({ kind, method: listed('POST PUT PATCH'), path: written, query: fc.constant(''), headers: json, body }),
  ),
  weighted(
    3,
    fc.record({
      kind,
      method: fc.constant('GET'),
      path: paths,
      query,
      headers: fc.constant({}) as typeof headers,
      body: fc.constant(null),
    }),
  ),
)
