import { expect, test } from 'vitest'
import { at, episode, fault, hourMs } from '../state/example.suite.ts'
import { csvOf, type Entry, entriesOf } from './entry.ts'
import { defaultFilter, type Filter, filterOf, isFiltered, pick, sorted, writeFilter } from './filter.ts'

const written = (filter: Filter) => {
  const query = new URLSearchParams('market=a:b')
  writeFilter(query, filter)
  return query.toString()
}
const filter: Filter = {
  ...{ kinds: ['critical', 'fault'], type: 'fall', lane: 'market', recency: '7d' },
  ...{ sortBy: 'seen by', descending: false },
}

test('what is wished for stands in the address and is read from there again', () => {
  const query = 'market=a%3Ab&severity=critical%2Cfault&type=fall&lane=market&last=7d&sort=-seen-by'
  expect(written(filter)).toBe(query)
  expect(filterOf(new URLSearchParams(query))).toEqual(filter)
})

test('the usual is left out, and taken out', () => {
  expect(written(defaultFilter)).toBe('market=a%3Ab')
  const query = new URLSearchParams(written(filter))
  writeFilter(query, defaultFilter)
  expect(query.toString()).toBe('market=a%3Ab')
})

test('what an address gets wrong is as if it had not been asked', () => {
  const wrong = new URLSearchParams('severity=awful,low&type=crash&lane=bus&last=2d&sort=-mood')
  expect(filterOf(wrong)).toEqual({ ...defaultFilter, kinds: ['low'] })
})

test('sorting leaves nothing out, every filter does', () => {
  expect(isFiltered({ ...defaultFilter, sortBy: 'size' })).toBe(false)
  expect(
    [{ kinds: ['low'] }, { type: 'gap' }, { lane: 'feed' }, { recency: '1y' }].map(one =>
      isFiltered({ ...defaultFilter, ...(one as Partial<Filter>) }),
    ),
  ).toEqual([true, true, true, true])
})

const entries: readonly Entry[] = entriesOf(
  [episode(0, 1, 9), { ...episode(30, 30, 30), severity: 'low', type: 'rise', pValue: 0.004, size: 0.03 }],
  [fault(50)],
)
const starts = (shown: readonly Entry[]) => shown.map(({ start }) => (start - at(0)) / hourMs)

test('newest first, and a second click on the column the other way round', () => {
  expect(starts(pick(entries, defaultFilter, at(50)))).toEqual([50, 30, 0])
  expect(starts(pick(entries, sorted(defaultFilter, 'start'), at(50)))).toEqual([0, 30, 50])
})

test('by duration, longest first; what has no p-value or size comes last either way', () => {
  expect(starts(pick(entries, sorted(defaultFilter, 'lasted'), at(50)))[0]).toBe(0)
  for (const column of ['rarity', 'size'] as const) {
    const most = sorted(defaultFilter, column)
    expect(starts(pick(entries, most, at(50)))).toEqual([0, 30, 50])
    expect(starts(pick(entries, sorted(most, column), at(50)))).toEqual([30, 0, 50])
  }
})

test('by severity, type, lane and how long ago', () => {
  expect(starts(pick(entries, { ...defaultFilter, kinds: ['critical', 'fault'] }, at(50)))).toEqual([50, 0])
  expect(starts(pick(entries, { ...defaultFilter, type: 'rise' }, at(50)))).toEqual([30])
  expect(starts(pick(entries, { ...defaultFilter, lane: 'market' }, at(50)))).toEqual([30, 0])
  expect(starts(pick(entries, { ...defaultFilter, recency: '24h' }, at(50)))).toEqual([50, 30])
})

test('a spreadsheet gets a row an episode, quotes doubled', () => {
  const said = { ...entries[1]!, because: 'Fell "hard".' }
  const [head, row] = csvOf([said], hourMs, new Map([[said.peak, 'right']])).split('\n')
  expect(head?.split(',')).toHaveLength(14)
  expect(row).toBe(
    'low,rise,market,2021-05-20T06:00:00Z,2021-05-20T06:00:00Z,2021-05-20T06:00:00Z,1,1,3.00,0.004,7,10,right,"Fell ""hard""."',
  )
})
