import { expect, test } from 'vitest'
import { at, episode, feedFault, hourMs, verdict } from '../state/example.ts'
import { type Entry, entriesOf } from './episodes.ts'
import { csvOf, firstWish, pick, sorted } from './log.ts'

const fault = verdict(50, feedFault)
const entries: readonly Entry[] = entriesOf(
  [episode(0, 1, 9), { ...episode(30, 30, 30), severity: 'low', pValue: 0.004 }],
  [{ at: at(50), ...fault.bar, verdict: fault }],
)
const starts = (shown: readonly Entry[]) => shown.map(({ start }) => (start - at(0)) / hourMs)

test('newest first, and a second click on the column the other way round', () => {
  expect(starts(pick(entries, firstWish, at(50)))).toEqual([50, 30, 0])
  expect(starts(pick(entries, sorted(firstWish, 'start'), at(50)))).toEqual([0, 30, 50])
})

test('by duration, longest first; what has no p-value comes last either way', () => {
  expect(starts(pick(entries, sorted(firstWish, 'lasted'), at(50)))[0]).toBe(0)
  const rarest = sorted(firstWish, 'rarity')
  expect(starts(pick(entries, rarest, at(50)))).toEqual([0, 30, 50])
  expect(starts(pick(entries, sorted(rarest, 'rarity'), at(50)))).toEqual([30, 0, 50])
})

test('by severity, lane and how long ago', () => {
  expect(starts(pick(entries, { ...firstWish, kinds: ['critical', 'fault'] }, at(50)))).toEqual([50, 0])
  expect(starts(pick(entries, { ...firstWish, lane: 'market' }, at(50)))).toEqual([30, 0])
  expect(starts(pick(entries, { ...firstWish, recency: '24 h' }, at(50)))).toEqual([50, 30])
})

test('a spreadsheet gets a row an episode, quotes doubled', () => {
  const said = { ...entries[1]!, because: 'Fell "hard".' }
  const [head, row] = csvOf([said], hourMs, new Map([[said.peak, 'right']])).split('\n')
  expect(head?.split(',')).toHaveLength(13)
  expect(row).toBe(
    'low,market,2021-05-20T06:00:00Z,2021-05-20T06:00:00Z,2021-05-20T06:00:00Z,1,1,,0.004,,,right,"Fell ""hard""."',
  )
})
