import { expect, test } from 'vitest'
import type { Reason } from '../reasons.ts'
import { rarityInSentence as rarity, rarityText } from './rarity.ts'
import { sentence, skillSentence } from './sentences.ts'

const hourMs = 3_600_000
const say = (reason: Reason) => sentence(reason, 'bitstamp:BTC-USD')

const crash = {
  code: 'anomaly',
  side: 'low',
  actual: 30_000,
  expected: 37_601.9,
  absoluteError: 7_601.9,
  edge: 36_420,
  change: 36_000 / 38_500 - 1,
  volumeRatio: 4.21,
  pValue: 0.0005,
  intervalMs: hourMs,
  others: 3,
  agreeing: 2,
  clearest: { id: 'surprise', pValue: 0.0005 },
} as const

test('a crash is described by price, expectation, volume, rarity and agreement', () => {
  expect(say(crash)).toBe(
    'Fell to 30,000.00 USD, 20.2 % below the expected 37,601.90 (90 % range from 36,420.00); ' +
      'the bar closed −6.5 %, on 4.2 times the usual volume. A deviation this large occurs about once in 12 weeks. ' +
      '2 of 3 other detectors agree, most clearly the forecast quantiles (about once in 12 weeks).',
  )
})

test('an anomaly that no other detector agrees on, on little volume, within its range', () => {
  const alone = say({ ...crash, side: 'high', edge: null, volumeRatio: 0.3, others: 0, agreeing: 0, clearest: null })
  expect(alone).toMatch(/^Rose to 30,000.00 USD, 20.2 % above the expected 37,601.90; the bar closed −6.5 %/)
  expect(alone).toContain('the bar closed −6.5 %, on low volume.')
  expect(alone).toMatch(/No other detector agrees\.$/)
  expect(say({ ...crash, volumeRatio: null })).toContain('closed −6.5 %, with no usual volume to compare.')
})

test('one other detector is named alone, one of several after a colon, an unknown one by its id', () => {
  const seenBy = (others: number, agreeing: number, id: string) =>
    say({ ...crash, others, agreeing, clearest: { id, pValue: 0.2 } })
  expect(seenBy(1, 1, 'kmeans')).toMatch(/The other detector agrees: k-means \(in about 1 of 5 bars\)\.$/)
  expect(seenBy(4, 1, 'rules')).toMatch(/1 of 4 other detectors agrees: the rule set \(in about 1 of 5 bars\)\.$/)
  expect(seenBy(1, 1, 'of-yesterday')).toContain('agrees: of-yesterday (')
})

test('a normal bar stayed within the expected range', () => {
  expect(say({ code: 'within-range', high: 38_650, low: 0.123456789 })).toBe(
    'High 38,650.00 and low 0.12346 stayed within the expected range.',
  )
})

test('a normal bar outside its 90 % range says by how much, and how often that occurs', () => {
  const past = { code: 'past-range', side: 'low', actual: 36_400, edge: 36_420, intervalMs: hourMs } as const
  expect(say({ ...past, pValue: 0.05 })).toBe(
    'Low 36,400.00 is below the 90 % range (from 36,420.00); a deviation this large occurs in about 1 of 20 bars.',
  )
  expect(say({ ...past, side: 'high', pValue: null })).toBe(
    'High 36,400.00 is above the 90 % range (up to 36,420.00); a deviation this large occurs at a rate not known yet.',
  )
})

test.each([
  [0, 'Warming up: the first forecast will be for the next bar.'],
  [1, 'Warming up: 1 more bar is needed before the first forecast.'],
  [7, 'Warming up: 7 more bars are needed before the first forecast.'],
])('warming up says that %i bars are needed', (barsNeeded, text) => {
  expect(say({ code: 'warming-up', barsNeeded })).toBe(text)
})

test('rarity is stated in plain words for every interval', () => {
  expect(rarity(1 / 168, hourMs)).toBe('about once in 7 days')
  expect(rarity(1 / (24 * 7 * 14), hourMs)).toBe('about once in 14 weeks')
  expect(rarity(0.2, hourMs)).toBe('in about 1 of 5 bars')
  expect([1 / 168, 1 / (24 * 7 * 14), 0.2, null].map(pValue => rarityText(pValue, hourMs))).toEqual([
    'once in 7 days',
    'once in 14 weeks',
    '1 of 5 bars',
    '–',
  ])
})

test('an implausible row has the result of the check that contributed most', () => {
  const rare = { code: 'unlikely', pValue: 1 / (24 * 7 * 10), intervalMs: hourMs } as const
  expect(say({ ...rare, witness: 'volume-alone', rangeRatio: 0.5, volumeRatio: 12.34 })).toBe(
    'Implausible row: 12 times the expected volume, but 0.5 times the expected range. Price and volume disagree this much about once in 10 weeks.',
  )
  expect(say({ ...rare, witness: 'range-alone', rangeRatio: 6, volumeRatio: 1 })).toContain(
    '6 times the expected range on 1 times the expected volume.',
  )
})

test('a gap is given in bars and in time', () => {
  expect(say({ code: 'gap', missing: 1, intervalMs: hourMs })).toBe(
    '1 bar is missing before this one (1 h), so it has no forecast.',
  )
  expect(say({ code: 'gap', missing: 72, intervalMs: hourMs })).toBe(
    '72 bars are missing before this one (3 days), so it has no forecast.',
  )
})

test('a flat feed, for the first time or longer than ever', () => {
  expect(say({ code: 'flat', bars: 3, longestBefore: 0 })).toBe(
    'The price has not moved for 3 bars (no flat run before): the feed may be stuck.',
  )
  expect(say({ code: 'flat', bars: 6, longestBefore: 5 })).toContain('(longest flat run before: 5)')
})

test('a break names both prices and how far apart they are, and the second row says that the level holds', () => {
  const reason = { code: 'break', open: 345_120, previousClose: 34_500, jump: 230.4, largestBefore: 0.31 } as const
  expect(say({ ...reason, isNewLevel: false })).toBe(
    'The open of 345,120.00 is 230 usual ranges from the close of 34,500.00 before it (largest before: 0.31): ' +
      'probably another unit, currency or decimal point.',
  )
  expect(say({ ...reason, largestBefore: 0, isNewLevel: true })).toMatch(
    /\(none before\), and continues the row before it: the new level is accepted from the next bar on\.$/,
  )
  expect(say({ code: 'repeat' })).toBe('The row repeats every number of the one before it: the feed may be stuck.')
})

test('a bad tick names the price as it was printed', () => {
  const text = say({ code: 'bad-tick', side: 'high', price: 1_000, outside: 8.85, volumeRatio: 1 })
  expect(text).toBe(
    'The high of 1000 is 885.0 % outside the 90 % range, while open and close are inside it and volume is 1.0 times the usual: probably a bad tick.',
  )
})

test('the reason why a forecaster is in use is a sentence', () => {
  const errors = { days: 30, modelPercent: 2, naivePercent: 1 }
  expect(skillSentence({ code: 'few-errors', bars: 6 })).toBe(
    'Using the model: 6 bars are too few to compare it with the naive forecast.',
  )
  expect(skillSentence({ code: 'naive-better', ...errors })).toBe(
    "Using the naive forecast: over the last 30 days its error was 1.000 % of the price, the model's 2.000 %.",
  )
  expect(skillSentence({ code: 'model-better', ...errors })).toBe(
    "Using the model: over the last 30 days its error was 2.000 % of the price, the naive forecast's 1.000 %.",
  )
})

test('a text that was stored by an earlier version reads as it was stored', () => {
  expect(say({ code: 'stored-text', text: 'As it was.' })).toBe('As it was.')
  expect(skillSentence({ code: 'stored-text', text: 'As it was.' })).toBe('As it was.')
})
