import { expect, test } from 'vitest'
import type { FileCheck, Import } from '../api/data.ts'
import { formatBytes } from '../format/count.ts'
import { leftOf, outcomeOf, refusalOf, sentencesOf } from './import-texts.ts'

const check: FileCheck = {
  ...{ name: 'a.csv', market: 'a:b', interval: '1h', rows: 100, first: '', last: '' },
  ...{ repeated: 0, fresh: 100, known: 0, late: 0, replaced: 0, missing: 0, gapCount: 0 },
}
const of: Import = {
  ...{ id: '1', name: 'a.csv', market: 'a:b', interval: '1h', state: 'done', rows: 2_500, done: 2_500, judged: 2_000 },
  ...{ known: 400, late: 100, first: '', last: '', startedAt: '', endedAt: '', error: null },
}

test('what an import would do is said in sentences, and what it would not do is left out', () => {
  expect(sentencesOf(check)).toEqual(['100 rows are new and will be judged.'])
  const all = { fresh: 1, known: 1, late: 1_200, replaced: 1, repeated: 2, missing: 1, gapCount: 1 }
  expect(sentencesOf({ ...check, ...all })).toEqual([
    '1 row is new and will be judged.',
    '1 row is stored already, with the same numbers.',
    '1,200 rows can’t be judged any more, being older than the newest bar: kept as history alone, for training.',
    '1 row of these replaces what was imported before.',
    '2 rows stand in it more than once, and count once.',
    '1 bar is missing in 1 gap.',
  ])
})

test('how an import ended', () => {
  expect(outcomeOf(of)).toBe('2,500 rows imported: 2,000 judged, 400 known before, 100 kept as history alone.')
  expect(outcomeOf({ ...of, state: 'running', done: 1_000 })).toBe('1,000 of 2,500 rows')
  expect(outcomeOf({ ...of, state: 'stopped', done: 1_000 })).toBe(
    'Stopped after 1,000 of 2,500 rows. Those stay; send the file again to go on.',
  )
  const error = { code: 'ERR_NOT_STORED', detail: 'The database did not take the rows.' }
  expect(outcomeOf({ ...of, state: 'failed', done: 0, error })).toBe(
    'Failed after 0 of 2,500 rows. The database did not take the rows. Those stay; send the file again to go on.',
  )
})

test('the time that is left, once there is something to go by', () => {
  const first = { atMs: 5_000, done: 1_000 }
  expect(leftOf(first, { atMs: 6_000, done: 2_000 }, 10_000)).toBeNull()
  expect(leftOf(first, { atMs: 9_000, done: 1_000 }, 10_000)).toBeNull()
  expect(leftOf(first, { atMs: 9_000, done: 3_000 }, 10_000)).toBe('about 14 s left')
  expect(leftOf(first, { atMs: 65_000, done: 2_000 }, 10_000)).toBe('about 8 min left')
  expect(leftOf(first, { atMs: 65_000, done: 10_000 }, 10_000)).toBeNull()
})

test('an empty file and one that is too large are not sent', () => {
  expect(refusalOf({ name: 'a.csv', size: 0 })).toBe('a.csv is empty.')
  expect(refusalOf({ name: 'a.csv', size: 64 * 2 ** 20 })).toBeNull()
  expect(refusalOf({ name: 'a.csv', size: 100 * 2 ** 20 })).toBe(
    'a.csv has 100 MB; a file may have 64 MB. Split it, say by years, and bring the parts.',
  )
})

test('sizes in the unit that they are spoken of', () => {
  expect([1, 999, 1_500, 2_345_678].map(formatBytes)).toEqual(['1 byte', '999 bytes', '1 kB', '2.2 MB'])
})
