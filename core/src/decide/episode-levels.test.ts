import { expect, it } from 'vitest'
import { episodeLevels } from './episode-levels.ts'

const levels = (peaks: readonly (readonly [time: number, score: number])[], mergeS = 6) =>
  episodeLevels(
    { times: Uint32Array.from(peaks, ([time]) => time), scores: Float32Array.from(peaks, ([, score]) => score) },
    mergeS,
  )

it('a cluster is one episode, at the level of its largest score', () => {
  expect(
    levels([
      [100, 50],
      [102, 60],
      [107, 55],
      [113, 40],
      [200, 9],
      [300, 8],
    ]),
  ).toEqual([60, 9, 8])
})

it('two that a third joins later are two until it comes, and the level of the third one is that of another', () => {
  // By hand: 50 and 48 lie ten apart and are two; 47 between them makes them one; 9 makes two again, 8 three.
  expect(
    levels([
      [100, 50],
      [105, 47],
      [110, 48],
      [200, 9],
      [300, 8],
    ]),
  ).toEqual([50, 48, 8])
})

it('without scores there are no levels, and below zero they descend too', () => {
  expect(levels([])).toEqual([])
  expect(
    levels([
      [0, -2],
      [100, -1],
      [200, 0.5],
      [300, -1],
    ]),
  ).toEqual([0.5, -1, -1, -2])
})
