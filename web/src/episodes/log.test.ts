import { expect, test } from 'vitest'
import { at, episode, fault, hourMs } from '../state/example.ts'
import { type Entry, entriesOf } from './episodes.ts'
import { pick, sorted } from './log.ts'
import { csvOf } from './log-csv.ts'
import { firstWish } from './wish.ts'

const entries: readonly Entry[] = entriesOf(
  [episode(0, 1, 9), { ...episode(30, 30, 30), severity: 'low', type: 'rise', pValue: 0.004, size: 0.03 }],
  [fault(50)],
)
const starts = (shown: readonly Entry[]) => shown.map(({ start }) => (start - at(0)) / hourMs)

test('newest first, and a second click on the column the other way round', () => {
  expect(starts(pick(entries, firstWish, at(50)))).toEqual([50, 30, 0])
  expect(starts(pick(entries, sorted(firstWish, 'start'), at(50)))).toEqual([0, 30, 50])
})

test('by duration, longest first; what has no p-value or size comes last either way', () => {
  expect(starts(pick(entries, sorted(firstWish, 'lasted'), at(50)))[0]).toBe(0)
  for (const column of ['rarity', 'size'] as const) {
    const most = sorted(firstWish, column)
    expect(starts(pick(entries, most, at(50)))).toEqual([0, 30, 50])
    expect(starts(pick(entries, sorted(most, column), at(50)))).toEqual([30, 0, 50])
  }
})

test('by severity, type, lane and how long ago', () => {
  expect(starts(pick(entries, { ...firstWish, kinds: ['critical', 'fault'] }, at(50)))).toEqual([50, 0])
  expect(starts(pick(entries, { ...firstWish, type: 'rise' }, at(50)))).toEqual([30])
  expect(starts(pick(entries, { ...firstWish, lane: 'market' }, at(50)))).toEqual([30, 0])
  expect(starts(pick(entries, { ...firstWish, recency: '24h' }, at(50)))).toEqual([50, 30])
})

test('a spreadsheet gets a row an episode, quotes doubled', () => {
  const said = { ...entries[1]!, because: 'Fell "hard".' }
  const [head, row] = csvOf([said], hourMs, new Map([[said.peak, 'right']])).split('\n')
  expect(head?.split(',')).toHaveLength(14)
  expect(row).toBe(
    'low,rise,market,2021-05-20T06:00:00Z,2021-05-20T06:00:00Z,2021-05-20T06:00:00Z,1,1,3.00,0.004,7,10,right,"Fell ""hard""."',
  )
})
