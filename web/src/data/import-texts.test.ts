import type { FileCheck, Import } from '@candlewatch/api/imports'
import { expect, test } from 'vitest'
import { checkSentences, fileRefusal, importOutcome, timeLeft } from './import-texts.ts'

const check: FileCheck = {
  name: 'a.csv',
  market: 'a:b',
  interval: '1h',
  columns: [],
  rows: 100,
  first: '',
  last: '',
  repeated: 0,
  fresh: 100,
  known: 0,
  fills: 0,
  late: 0,
  replaced: 0,
  missing: 0,
  gapCount: 0,
  gaps: [],
}
const job: Import = {
  id: '1',
  name: 'a.csv',
  market: 'a:b',
  interval: '1h',
  state: 'done',
  rows: 2_500,
  done: 2_500,
  judged: 2_000,
  known: 400,
  fills: 0,
  late: 100,
  first: '',
  last: '',
  startedAt: '',
  endedAt: '',
  error: null,
}

test('a checked file gets one sentence for each kind of row, and none for kinds that it does not have', () => {
  expect(checkSentences(check)).toEqual(['100 rows are new and will be judged.'])
  const all = { fresh: 1, known: 1, fills: 3, late: 1_200, replaced: 1, repeated: 2, missing: 1, gapCount: 1 }
  expect(checkSentences({ ...check, ...all })).toEqual([
    '1 row is new and will be judged.',
    '1 row is already stored with the same numbers.',
    '3 rows fill gaps; they and the bars after them will be judged.',
    '1,200 rows are too old to be judged; stored for training only.',
    '1 row of these replaces a row of an earlier import.',
    '2 rows appear more than once in the file and count once.',
    '1 bar is missing in 1 gap.',
  ])
})

test('an import says how it ended, and how far it got', () => {
  expect(importOutcome(job)).toBe(
    '2,500 rows imported: 2,000 judged, 400 already stored, 100 stored for training only.',
  )
  expect(importOutcome({ ...job, state: 'running', done: 1_000 })).toBe('1,000 of 2,500 rows')
  expect(importOutcome({ ...job, state: 'stopped', done: 1_000 })).toBe(
    'Stopped after 1,000 of 2,500 rows. These rows stay stored; send the file again to continue.',
  )
  const error = { code: 'ERR_NOT_STORED', detail: 'The database did not take the rows.' } as const
  expect(importOutcome({ ...job, state: 'failed', done: 0, error })).toBe(
    'Failed after 0 of 2,500 rows. The database did not take the rows. These rows stay stored; send the file again to continue.',
  )
})

test('the time left is estimated once there is enough to go by', () => {
  const first = { atMs: 5_000, done: 1_000 }
  expect(timeLeft(first, { atMs: 6_000, done: 2_000 }, 10_000)).toBeNull()
  expect(timeLeft(first, { atMs: 9_000, done: 1_000 }, 10_000)).toBeNull()
  expect(timeLeft(first, { atMs: 9_000, done: 3_000 }, 10_000)).toBe('about 14 s left')
  expect(timeLeft(first, { atMs: 65_000, done: 2_000 }, 10_000)).toBe('about 8 min left')
  expect(timeLeft(first, { atMs: 65_000, done: 10_000 }, 10_000)).toBeNull()
})

test('an empty file and one that is too large are not sent', () => {
  expect(fileRefusal({ name: 'a.csv', size: 0 })).toBe('a.csv is empty.')
  expect(fileRefusal({ name: 'a.csv', size: 64 * 2 ** 20 })).toBeNull()
  expect(fileRefusal({ name: 'a.csv', size: 100 * 2 ** 20 })).toBe(
    'a.csv has 100 MB; the limit is 64 MB. Split it, for example by year, and import the parts.',
  )
})
