import { expect, test } from 'vitest'
import { parseDuration, parseOptions } from './options.ts'
import { formatDuration } from './printer.ts'

test.each([
  ['50ms', 50],
  ['2s', 2_000],
  ['1m', 60_000],
  ['1h', 3_600_000],
  ['0', 0],
  ['1.5s', 1_500],
  ['0.5ms', 0.5],
])('the duration %s is %d ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms)
})

test.each(['', '5', '-1s', '2 s', '1d', '61m', 's', '1e3ms', 'NaN'])('"%s" is not a duration', text => {
  expect(parseDuration(text)).toBeNull()
})

test('durations are shown in the largest unit that fits', () => {
  expect([0, 50, 2_000, 90_000, 3_600_000].map(formatDuration)).toEqual(['0', '50ms', '2s', '1.5m', '1h'])
})

test('the defaults are a row per second, port 3000, and one alarm per week', () => {
  expect(parseOptions([])).toEqual({
    everyMs: 1_000,
    fromMs: null,
    toMs: null,
    csv: null,
    market: null,
    port: 3000,
    once: false,
    alarmsPerWeek: null,
    seed: null,
    restart: false,
  })
})

test('every option can be given', () => {
  const argv = '--every 0 --from 2021-02-01 --to 2021-02-02T12:00Z --market a:b --port 0 --once --seed 7 --restart'
  expect(parseOptions([...argv.split(' '), '--alarms-per-week', '0.5'])).toEqual({
    everyMs: 0,
    fromMs: Date.UTC(2021, 1, 1),
    toMs: Date.UTC(2021, 1, 2, 12),
    csv: null,
    market: 'a:b',
    port: 0,
    once: true,
    alarmsPerWeek: 0.5,
    seed: 7,
    restart: true,
  })
})

test('several mistakes give one line each, with what was expected and found', () => {
  const parse = () =>
    parseOptions(['--every', 'fast', '--from', '2021-02-30', '--port', '70000', '--csv', '/no/file', '--market', 'BTC'])
  expect(parse).toThrow(/--every: expected a duration.*found "fast"/)
  expect(parse).toThrow(/--from: expected a date.*found "2021-02-30"/)
  expect(parse).toThrow(/--port: expected a port.*found "70000"/)
  expect(parse).toThrow(/--csv: expected a file that exists, found "\/no\/file"/)
  expect(parse).toThrow(/--market: expected venue:INSTRUMENT.*found "BTC"/)
})

test('an end that is not after the start, and an unknown option, are refused', () => {
  expect(() => parseOptions(['--from', '2021-02-01', '--to', '2021-02-01'])).toThrow(
    /--to: expected a date after --from/,
  )
  expect(() => parseOptions(['--speed', '5'])).toThrow(/unknown option '--speed'/)
  expect(() => parseOptions(['--csv', '/dev/null', '--seed', '1'])).toThrow(/--seed: .*--csv/)
})
