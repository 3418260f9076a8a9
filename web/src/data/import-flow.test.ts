import type { Import } from '@candlewatch/api/imports'
import { expect, test } from 'vitest'
import { newer } from './import-flow.ts'

const at = (done: number, endedAt: string | null = null): Import => ({
  id: '1',
  name: 'a.csv',
  market: 'a:b',
  interval: '1h',
  state: endedAt === null ? 'running' : 'done',
  rows: 9,
  done,
  judged: 0,
  known: 0,
  fills: 0,
  late: 0,
  first: '',
  last: '',
  startedAt: '',
  endedAt,
  error: null,
})

test('the more advanced of an answer and an event about an import counts, whichever comes first', () => {
  expect(newer(undefined, at(0))).toEqual(at(0))
  expect(newer(at(1), at(2))).toEqual(at(2))
  expect(newer(at(2), at(1))).toEqual(at(2))
  expect(newer(at(9, 'now'), at(9))).toEqual(at(9, 'now'))
  expect(newer(at(9), at(9, 'now'))).toEqual(at(9, 'now'))
})
