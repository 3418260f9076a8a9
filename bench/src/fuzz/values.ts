import fc from 'fast-check'

/** Picks one of the words of a text. */
export const listed = (text: string) => fc.constantFrom(...text.trim().split(/\s+/))

/** Gives an arbitrary a weight. */
export const weighted = <T>(weight: number, arbitrary: fc.Arbitrary<T>) => ({ weight, arbitrary })

const sql = fc.constantFrom("'; drop table bars; --", "1' or '1'='1", '$1', "x'); select pg_sleep(5); --")
const tricks = fc.constantFrom('', '\0', '\\', '"', '%s', '{{7*7}}', '<script>', '../../etc/passwd')
const nearly = listed('NaN Infinity -1 1e400 a:b A:B/C 1h 7d 8d 0m 999999d')
const dates =
  listed(`2021-05-19T12:00:00Z 2021-02-30 0099-01-01 9999-12-31T23:59:59Z 1969-12-31 2021-05-19T12:00:00+14:00
  2001-01-03`)

/** Text: ordinary, tricky and hostile. */
export const text = fc.oneof(
  sql,
  tricks,
  nearly,
  dates,
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
)

const numbers = listed(`0 -0 1e-400 5e-324 1.7976931348623157e308 -1 1e15 1e-12 9007199254740993 1e999 null true [] {}
  {"__proto__":{"high":1}}`)
const nested = fc
  .tuple(fc.constantFrom('[', '{"a":'), fc.constantFrom(3, 50, 2_000, 50_000))
  .map(([open, deep]) => open.repeat(deep) + (open === '[' ? '' : '1') + (open === '[' ? ']' : '}').repeat(deep))

/** JSON text, including numbers that no double can hold. */
export const value = fc.oneof(
  weighted(
    4,
    fc.double().map(x => (Number.isFinite(x) ? JSON.stringify(x) : '1e999')),
  ),
  weighted(2, numbers),
  weighted(
    3,
    text.map(it => JSON.stringify(it)),
  ),
  weighted(1, fc.json({ maxDepth: 4 })),
  weighted(1, nested),
)

/** Names of fields: those of rows, and tricky ones. */
export const field = fc.oneof(
  weighted(8, listed('date open high low close volume market interval')),
  weighted(2, fc.constantFrom('__proto__', 'constructor', 'toString', 'VolumeBTC', 'Volume BTC', 'reason', 'length')),
  weighted(1, fc.string({ unit: 'binary', maxLength: 20 })),
)
