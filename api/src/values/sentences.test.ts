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

test('a crash reads as a trader would say it', () => {
  expect(say(crash)).toBe(
    'Fell to 30,000.00 USD, 20.2 % below the 37,601.90 expected (the 90 % range ended at 36,420.00); ' +
      'closed −6.5 % on the bar, on 4.2 times the usual volume. A miss this large comes about once in 12 weeks. ' +
      'Seen too by 2 of 3 others, clearest by the forecast’s quantiles (about once in 12 weeks).',
  )
})

test('an anomaly that no other detector sees, on little volume, within its range', () => {
  const alone = say({ ...crash, side: 'high', edge: null, volumeRatio: 0.3, others: 0, agreeing: 0, clearest: null })
  expect(alone).toMatch(/^Rose to 30,000.00 USD, 20.2 % above the 37,601.90 expected; closed −6.5 % on the bar/)
  expect(alone).toContain('closed −6.5 % on the bar, on little volume.')
  expect(alone).toMatch(/No other detector sees it\.$/)
  expect(say({ ...crash, volumeRatio: null })).toContain('on the bar, on volume where none is usual.')
})

test('one other detector is named alone, one of several after a colon, an unknown one by its id', () => {
  const seenBy = (others: number, agreeing: number, id: string) =>
    say({ ...crash, others, agreeing, clearest: { id, pValue: 0.2 } })
  expect(seenBy(1, 1, 'kmeans')).toMatch(/Seen too by k-means \(in about one bar of 5\)\.$/)
  expect(seenBy(4, 1, 'rules')).toMatch(
    /Seen too by 1 of 4 others: by the four plain rules \(in about one bar of 5\)\.$/,
  )
  expect(seenBy(1, 1, 'of-yesterday')).toContain('by of-yesterday (')
})

test('an ordinary bar stayed within what was expected', () => {
  expect(say({ code: 'within-range', high: 38_650, low: 0.123456789 })).toBe(
    'High 38,650.00 and low 0.12346 stayed within what was expected.',
  )
})

test('an ordinary bar past its range says so and how often that comes', () => {
  const past = { code: 'past-range', side: 'low', actual: 36_400, edge: 36_420, intervalMs: hourMs } as const
  expect(say({ ...past, pValue: 0.05 })).toBe(
    'Low 36,400.00 went below the 90 % range, which ended at 36,420.00; a miss like this comes in about one bar of 20.',
  )
  expect(say({ ...past, side: 'high', pValue: null })).toBe(
    'High 36,400.00 went above the 90 % range, which ended at 36,420.00; a miss like this comes at a rate not known yet.',
  )
})

test.each([
  [0, 'Warming up: no forecast was made for this bar; the first one follows it.'],
  [1, 'Warming up: one more bar is needed before the first forecast.'],
  [7, 'Warming up: 7 more bars are needed before the first forecast.'],
])('warming up with %i bars needed', (barsNeeded, text) => {
  expect(say({ code: 'warming-up', barsNeeded })).toBe(text)
})

test('rarity in plain words, whatever the interval', () => {
  expect(rarity(1 / 168, hourMs)).toBe('about once in 7 days')
  expect(rarity(1 / (24 * 7 * 14), hourMs)).toBe('about once in 14 weeks')
  expect(rarity(0.2, hourMs)).toBe('in about one bar of 5')
  expect([1 / 168, 1 / (24 * 7 * 14), 0.2, null].map(pValue => rarityText(pValue, hourMs))).toEqual([
    'once in 7 days',
    'once in 14 weeks',
    '1 bar of 5',
    '–',
  ])
})

test('a row that is hard to believe: what the check found that contributed most', () => {
  const rare = { code: 'unlikely', pValue: 1 / (24 * 7 * 10), intervalMs: hourMs } as const
  expect(say({ ...rare, witness: 'volume-alone', rangeRatio: 0.5, volumeRatio: 12.34 })).toBe(
    'Hard to believe: 12 times the volume expected, while the range was 0.5 times the one expected. Price and volume disagree like this about once in 10 weeks.',
  )
  expect(say({ ...rare, witness: 'range-alone', rangeRatio: 6, volumeRatio: 1 })).toContain(
    '6 times the range expected on 1 times the volume.',
  )
})

test('a gap is told in bars and in time', () => {
  expect(say({ code: 'gap', missing: 1, intervalMs: hourMs })).toBe(
    '1 bar is missing before this one (1 h): no forecast was made for it.',
  )
  expect(say({ code: 'gap', missing: 72, intervalMs: hourMs })).toBe(
    '72 bars are missing before this one (3 days): no forecast was made for it.',
  )
})

test('a feed that stands still, for the first time or longer than ever', () => {
  expect(say({ code: 'flat', bars: 3, longestBefore: 0 })).toBe(
    'Nothing has moved for 3 bars (it never stood still before): the feed may be stuck.',
  )
  expect(say({ code: 'flat', bars: 6, longestBefore: 5 })).toContain('(the longest such run before it was 5)')
})

test('a bad tick names the price as it was printed', () => {
  const text = say({ code: 'bad-tick', side: 'high', price: 1_000, outside: 8.85, volumeRatio: 1 })
  expect(text).toBe(
    'A high of 1000, 885.0 % outside the range, while open and close stayed inside it and volume was 1.0 times the usual: a bad tick, by all signs.',
  )
})

test('why a forecaster drives', () => {
  const errors = { days: 30, modelPercent: 2, naivePercent: 1 }
  expect(skillSentence({ code: 'few-errors', bars: 6 })).toBe(
    'The model drives: 6 bars of errors are too few to judge it by.',
  )
  expect(skillSentence({ code: 'naive-better', ...errors })).toBe(
    "The naive forecast drives: the model lost to it; its error over the last 30 days is 2.000 % of the price, the naive forecast's 1.000 %.",
  )
  expect(skillSentence({ code: 'model-better', ...errors })).toBe(
    "The model drives: its error over the last 30 days is 2.000 % of the price, the naive forecast's 1.000 %.",
  )
})

test('a text that was stored by an earlier version reads as it was stored', () => {
  expect(say({ code: 'stored-text', text: 'As it was.' })).toBe('As it was.')
  expect(skillSentence({ code: 'stored-text', text: 'As it was.' })).toBe('As it was.')
})
