import { expect, test } from 'vitest'
import { anomaly, at, episode, feedFault, hourMs, verdict } from '../state/example.ts'
import type { Candle } from '../state/tape.ts'
import { agreement, entriesOf, joinEpisodes, rarity, sizeOf } from './episodes.ts'

const judged = (hour: number, change: object): Candle => {
  const said = verdict(hour, change)
  return { at: at(hour), ...said.bar, verdict: said }
}

test('episodes and faults in one log, newest first; an episode knows what was said of its peak', () => {
  const entries = entriesOf([episode(1, 2, 3)], [judged(2, anomaly), judged(5, feedFault)])
  expect(entries.map(({ start, kind, lane }) => [start, kind, lane])).toEqual([
    [at(5), 'fault', 'feed'],
    [at(1), 'critical', 'market'],
  ])
  expect(entries[1]?.verdict?.date).toBe(verdict(2).date)
})

test('the newest episodes are asked for again: what was known before them stays', () => {
  const [old, growing, grown] = [episode(0, 0, 0), episode(9, 9, 9), episode(9, 9, 12)]
  expect(joinEpisodes([old, growing], [grown], growing.start)).toEqual([old, grown])
})

test('its size is how far the price that gave it away lay from what was expected', () => {
  const low = { expected: 100, lower: 95, upper: 105, baseline: 100, model: 100, actual: 92, absoluteError: 8 }
  expect(sizeOf(verdict(0, { low, side: 'low' }))).toBeCloseTo(-0.08)
  expect(sizeOf(verdict(0, { high: null }))).toBeNull()
})

test('who decides and who finds it rarer than one bar in a hundred see it', () => {
  const said = (pValue: number, share: number) => ({ id: 'a', score: 1, pValue, share })
  expect(agreement(verdict(0, { detectors: [said(0.02, 1), said(0.01, 0), said(0.3, 0)] }))).toEqual({ seen: 2, of: 3 })
})

test('a p-value as a trader would say it', () => {
  expect([0.002, 0.01, 0.2, null].map(p => rarity(p, hourMs))).toEqual([
    'once in 3 weeks',
    'once in 4 days',
    '1 bar of 5',
    '–',
  ])
})
