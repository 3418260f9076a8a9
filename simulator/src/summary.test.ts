import type { Ms, PriceOutcome } from '@candlewatch/core/types'
import { expect, test } from 'vitest'
import { makePrinter } from './printer.ts'
import { barAt, verdictOf } from './rows.suite.ts'
import { makeTally } from './summary.ts'

const outcome = (actual: number, expected: number, baseline: number): PriceOutcome => ({
  actual,
  expected,
  baseline,
  model: expected,
  lower: 0,
  upper: 0,
  absoluteError: Math.abs(actual - expected),
})

test('the summary of four answers and a failure is as computed by hand', () => {
  const now = { value: 0 }
  const tally = makeTally('rows.csv', { now: () => now.value as Ms })
  tally.answered([
    verdictOf(barAt(0), { status: 'warming-up' }),
    verdictOf(barAt(1), { high: outcome(100, 101, 98) }),
    verdictOf(barAt(2), { high: outcome(100, 95, 107), status: 'anomaly', isAnomaly: true }),
  ])
  tally.failed()
  tally.answered([verdictOf(barAt(3), { status: 'feed-fault', high: outcome(10, 10.334, 10) })])
  now.value = 2_500
  // (1 + 5 + 0.334) / 3 = 2.1113 and (2 + 7 + 0) / 3 = 3; 5 rows in 2.5 s.
  expect(tally.summary()).toEqual({
    posted: 5,
    answered: 4,
    failed: 1,
    anomalies: 1,
    feedFaults: 1,
    maeHigh: 2.11,
    maeBaseline: 3,
    seconds: 2.5,
    rowsPerSecond: 2,
    source: 'rows.csv',
  })
})

test('figures without a forecast are null, not zero', () => {
  const tally = makeTally('x', { now: () => 0 as Ms })
  tally.answered([verdictOf(barAt(0))])
  expect(tally.summary()).toMatchObject({ maeHigh: null, maeBaseline: null, rowsPerSecond: 0 })
})

function recorded(colours = false) {
  const lines: string[] = []
  const now = { value: 0 }
  const printer = makePrinter({ write: text => void lines.push(text), clock: { now: () => now.value as Ms }, colours })
  return { lines, now, printer }
}

test('a row is one line with date, close, high, forecast, p and progress', () => {
  const { lines, printer } = recorded()
  printer.verdict(verdictOf(barAt(4), { high: outcome(39_150.1, 38_702.4, 0), pValue: 0.0312 }), 412, 8760)
  expect(lines).toEqual([
    '2021-01-01T04:00Z  close     104.00  high  39,150.10 of  38,702.40 expected    p 0.0312     412/8760    4.7 %\n',
  ])
})

test('a fast replay prints at most five normal lines per second, every anomaly, and the last row', () => {
  const { lines, now, printer } = recorded()
  for (let row = 1; row <= 1_000; row++) {
    now.value = row
    const odd = row === 500
    printer.verdict(
      verdictOf(barAt(row), odd ? { status: 'anomaly', severity: 'high', because: 'It fell.' } : {}),
      row,
      1_000,
    )
  }
  expect(lines.filter(line => line.startsWith('20')).length).toBeLessThanOrEqual(7)
  expect(lines.filter(line => line.includes('ANOMALY'))).toEqual(['  >>> ANOMALY high: It fell.\n'])
  expect(lines.at(-1)).toContain('1000/1000')
})

test('colours are printed only on request', () => {
  const anomaly = verdictOf(barAt(0), { status: 'anomaly', severity: 'low' })
  const [plain, coloured] = [recorded(), recorded(true)]
  plain.printer.verdict(anomaly, 1, 2)
  coloured.printer.verdict(anomaly, 1, 2)
  expect(plain.lines.join('')).not.toContain('\u001b[')
  expect(coloured.lines.join('')).toContain('\u001b[')
})
