import { expect, it } from 'vitest'
import type { Episode } from '../types.ts'
import { compare } from './comparison.ts'

/** Hours of 1 January 2021 and later. */
function episode(from: number, to = from): Episode {
  const date = (hour: number) => new Date(Date.UTC(2021, 0, 1, hour)).toISOString()
  return {
    id: String(from),
    market: 'a:b-c',
    interval: '1h',
    lane: 'market',
    severity: 'low',
    alarms: 1,
    pValue: 0.01,
    start: date(from),
    peak: date(from),
    end: date(to),
    recovered: null,
    type: 'fall',
    size: null,
    seenBy: 0,
    detectors: 0,
    reason: { code: 'gap', missing: 1, intervalMs: 3_600_000 },
  }
}

const hours = (episodes: readonly Episode[]) => episodes.map(({ id }) => Number(id))

it('six hours apart are one event, seven are two: 1 more, 2 fewer, 2 in both, by hand', () => {
  const first = [episode(0, 4), episode(30), episode(50), episode(100, 120)]
  const second = [episode(10), episode(37), episode(110)]
  const { more, fewer, both } = compare(first, second)
  expect({ more: hours(more), fewer: hours(fewer), both }).toEqual({ more: [37], fewer: [30, 50], both: 2 })
})

it('one long episode of the second matches two of the first', () => {
  const found = compare([episode(0), episode(20)], [episode(0, 20)])
  expect(found).toEqual({ more: [], fewer: [], both: 2 })
})

it('nothing against nothing', () => {
  expect(compare([], [])).toEqual({ more: [], fewer: [], both: 0 })
})
