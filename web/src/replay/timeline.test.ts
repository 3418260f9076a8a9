import { expect, test } from 'vitest'
import { at, episode } from '../state/example.suite.ts'
import { ticksOf } from './timeline.ts'

const sharesOf = (ticks: ReturnType<typeof ticksOf>) => ticks.map(({ share }) => share)

test('each episode of the replay has a tick at its peak', () => {
  const episodes = [episode(-9, -8, -7), episode(10, 20, 22), episode(50, 50, 50), episode(101, 102, 103)]
  expect(sharesOf(ticksOf(episodes, at(0), at(100)))).toEqual([0.2, 0.5])
})

test('of two overlapping ticks the more severe one is kept, or the earlier of equal ones', () => {
  const low = { ...episode(51, 51, 51), severity: 'low' as const }
  const near = [{ ...episode(20, 20, 20), severity: 'high' as const }, episode(21, 21, 21), low, episode(52, 52, 52)]
  expect(sharesOf(ticksOf(near, at(0), at(100), 0.02))).toEqual([0.21, 0.52])
  expect(sharesOf(ticksOf([episode(20, 20, 20), episode(21, 21, 21)], at(0), at(100), 0.02))).toEqual([0.2])
})
