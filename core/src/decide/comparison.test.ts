import { expect, it } from 'vitest'
import { exampleEpisode } from '../eval/example-verdict.ts'
import { isoDate } from '../interval.ts'
import type { Episode } from '../types.ts'
import { compare } from './comparison.ts'

/** Hours of 1 January 2021 and later. */
function episode(from: number, to = from): Episode {
  const dateMs = (hour: number) => Date.UTC(2021, 0, 1, hour)
  return exampleEpisode('a:b-c', dateMs(from), { id: String(from), end: isoDate(dateMs(to)) })
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

it('two empty lists have nothing in common', () => {
  expect(compare([], [])).toEqual({ more: [], fewer: [], both: 0 })
})
