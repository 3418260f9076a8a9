import { expect, test } from 'vitest'
import { at, episode, fault, hourMs } from '../state/example.suite.ts'
import { type Entry, entriesOf } from './entry.ts'
import { applyFilter, defaultFilter, type Filter, filterOf, isFiltered, sortedBy, writeFilter } from './filter.ts'

const written = (filter: Filter) => {
  const query = new URLSearchParams('market=a:b')
  writeFilter(query, filter)
  return query.toString()
}
const filter: Filter = {
  kinds: ['critical', 'fault'],
  type: 'fall',
  lane: 'market',
  recency: '7d',
  sortBy: 'seen by',
  descending: false,
}

test('a filter is written to the address and read from there', () => {
  const query = 'market=a%3Ab&severity=critical%2Cfault&type=fall&lane=market&last=7d&sort=-seen-by'
  expect(written(filter)).toBe(query)
  expect(filterOf(new URLSearchParams(query))).toEqual(filter)
})

test('defaults are left out of the address, and removed from it', () => {
  expect(written(defaultFilter)).toBe('market=a%3Ab')
  const query = new URLSearchParams(written(filter))
  writeFilter(query, defaultFilter)
  expect(query.toString()).toBe('market=a%3Ab')
})

test('invalid parts of an address have no effect', () => {
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

test('rows are newest first, and a second click on the column reverses them', () => {
  expect(starts(applyFilter(entries, defaultFilter, at(50)))).toEqual([50, 30, 0])
  expect(starts(applyFilter(entries, sortedBy(defaultFilter, 'start'), at(50)))).toEqual([0, 30, 50])
})

test('rows are sorted by duration, longest first; those without a p-value or size come last in both directions', () => {
  expect(starts(applyFilter(entries, sortedBy(defaultFilter, 'lasted'), at(50)))[0]).toBe(0)
  for (const column of ['rarity', 'size'] as const) {
    const most = sortedBy(defaultFilter, column)
    expect(starts(applyFilter(entries, most, at(50)))).toEqual([0, 30, 50])
    expect(starts(applyFilter(entries, sortedBy(most, column), at(50)))).toEqual([30, 0, 50])
  }
})

test('rows are filtered by severity, type, lane and age', () => {
  expect(starts(applyFilter(entries, { ...defaultFilter, kinds: ['critical', 'fault'] }, at(50)))).toEqual([50, 0])
  expect(starts(applyFilter(entries, { ...defaultFilter, type: 'rise' }, at(50)))).toEqual([30])
  expect(starts(applyFilter(entries, { ...defaultFilter, lane: 'market' }, at(50)))).toEqual([30, 0])
  expect(starts(applyFilter(entries, { ...defaultFilter, recency: '24h' }, at(50)))).toEqual([50, 30])
})
