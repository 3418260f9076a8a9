import { expect, test } from 'vitest'
import { at, episode, fault, hourMs } from '../state/example.suite.ts'
import { csvOf, entriesOf } from './entry.ts'

test('episodes and faults in one log, newest first', () => {
  const entries = entriesOf([episode(1, 2, 3), episode(8, 8, 8)], [fault(5)])
  expect(entries.map(({ start, kind, type, lane }) => [start, kind, type, lane])).toEqual([
    [at(8), 'critical', 'fall', 'market'],
    [at(5), 'fault', 'gap', 'feed'],
    [at(1), 'critical', 'fall', 'market'],
  ])
  expect(entries[2]).toMatchObject({ peak: at(2), end: at(3), isOver: true, size: -0.08, seenBy: 7, detectors: 10 })
})

test('a CSV file has a row for each entry, with quotes doubled', () => {
  const [entry] = entriesOf([{ ...episode(30, 30, 30), severity: 'low', type: 'rise', pValue: 0.004, size: 0.03 }], [])
  const quoted = { ...entry!, because: 'Fell "hard".' }
  const [head, row] = csvOf([quoted], hourMs, new Map([[quoted.peak, 'right']])).split('\n')
  expect(head?.split(',')).toHaveLength(14)
  expect(row).toBe(
    'low,rise,market,2021-05-20T06:00:00Z,2021-05-20T06:00:00Z,2021-05-20T06:00:00Z,1,1,3.00,0.004,7,10,right,"Fell ""hard""."',
  )
})
