import { rarityText } from '@candlewatch/api/values/rarity'
import { expect, test } from 'vitest'
import { at, episode, fault, hourMs } from '../state/example.suite.ts'
import { entriesOf } from './entry.ts'

test('episodes and faults in one log, newest first', () => {
  const entries = entriesOf([episode(1, 2, 3), episode(8, 8, 8)], [fault(5)])
  expect(entries.map(({ start, kind, type, lane }) => [start, kind, type, lane])).toEqual([
    [at(8), 'critical', 'fall', 'market'],
    [at(5), 'fault', 'gap', 'feed'],
    [at(1), 'critical', 'fall', 'market'],
  ])
  expect(entries[2]).toMatchObject({ peak: at(2), end: at(3), isOver: true, size: -0.08, seenBy: 7, detectors: 10 })
})

test('a p-value as a trader would say it', () => {
  expect([0.002, 0.01, 0.2, null].map(p => rarityText(p, hourMs))).toEqual([
    'once in 3 weeks',
    'once in 4 days',
    '1 bar of 5',
    '–',
  ])
})
