import fc from 'fast-check'
import { odd } from './odd.ts'
import { shapes } from './rows.ts'
import { field, listed, value, weighted } from './values.ts'

const stream = fc.nat({ max: 2 })
const back = fc.nat({ max: 60 })
const shape = fc.oneof(weighted(30, fc.constant('usual' as const)), weighted(6, fc.constantFrom(...shapes)))
const count = fc.oneof(
  weighted(90, fc.integer({ min: 1, max: 3 })),
  weighted(9, fc.integer({ min: 0, max: 12 })),
  weighted(1, fc.integer({ min: 0, max: 200 })),
)
const gap = fc.oneof(weighted(20, fc.constant(0)), weighted(1, fc.integer({ min: 1, max: 200 })))
const ahead = fc.oneof(fc.constant(0), fc.nat({ max: 5 }))
const share = fc.double({ min: 0, max: 0.99, noNaN: true })
const kind = <T extends string>(...names: [T, ...T[]]) => fc.constantFrom(...names)

const bytes = fc.record({
  kind: kind('bytes'),
  head: fc.constantFrom(
    '',
    'GET / HTTP/1.1\r\nHost: localhost\r\n',
    'POST /predict_anomaly HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n',
    'GET /api/stream HTTP/1.1\r\nHost: localhost\r\n\r\n',
  ),
  bytes: fc.uint8Array({ maxLength: 300 }),
})

/** A request relative to what was accepted so far, so that it can be made from a seed and made smaller. */
export const plan = fc.oneof(
  weighted(340, fc.record({ kind: kind('next'), stream, count, gap, shape })),
  weighted(90, fc.record({ kind: kind('again'), stream, back, count, more: fc.nat({ max: 2 }) })),
  weighted(60, fc.record({ kind: kind('conflict', 'late', 'swapped'), stream, back })),
  weighted(
    3,
    fc.record({
      kind: kind('correct'),
      stream,
      back,
      known: fc.boolean(),
      factor: fc.double({ min: 0.5, max: 2, noNaN: true }),
    }),
  ),
  weighted(
    220,
    fc.record({
      kind: kind('mutated'),
      stream,
      ahead,
      field,
      alone: fc.boolean(),
      // null leaves the field out.
      value: fc.option(value, { freq: 5 }),
    }),
  ),
  weighted(270, odd),
  weighted(
    12,
    fc.record({
      kind: kind('cut'),
      stream,
      share,
      path: listed('/predict_anomaly /predict_anomaly /api/corrections /api/stream'),
    }),
  ),
  weighted(5, bytes),
)

/** One request to make. */
export type Plan = typeof plan extends fc.Arbitrary<infer T> ? T : never
